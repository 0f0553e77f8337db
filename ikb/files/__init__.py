"""Files that people send: kept by the hash of their content, looked at in quarantine, given out by permission only."""

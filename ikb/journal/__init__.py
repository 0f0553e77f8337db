"""Who did what, and when: rows that are only ever added, each sealed by the one before it."""

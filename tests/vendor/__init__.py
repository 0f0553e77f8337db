"""Files of others that only the tests need, and the check that all vendored files are what they claim."""

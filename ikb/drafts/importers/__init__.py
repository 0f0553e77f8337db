"""Reads papers that a town already has; stores nothing. What cannot be read is said with its line number."""

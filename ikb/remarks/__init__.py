"""One thing said about one section, by exactly one source."""

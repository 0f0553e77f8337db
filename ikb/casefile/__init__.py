"""The whole case for the file: one archive with an index, checksums and copies that can still be read in thirty years."""

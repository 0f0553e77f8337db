"""Papers as Word files: written with anchors and tracked changes, and read back after somebody edited them."""

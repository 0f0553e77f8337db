"""The text: drafts, their numbered versions and sections, and the importers that read a paper."""

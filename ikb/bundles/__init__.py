"""Files that take a while: somebody asks, a worker puts them together, they lie ready for some days and are gone."""

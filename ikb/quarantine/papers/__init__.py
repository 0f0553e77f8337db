"""Papers as Word, PDF and HTML, brought into the lines of plain text that the importer reads; each in a locked program."""

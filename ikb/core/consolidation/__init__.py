"""The consolidation as a whole: base text, statements and decisions in, the overview of the result format out."""

"""Remarks become a revision draft: what fits together is suggested, what a person decides is written."""

"""Reads what may be anybody's, in a program of its own that can do nothing else: text and pictures come out, or nothing."""

"""The sequence watched over: what does not hold and why, what is due when, and what if a paper went to another sitting."""

"""Measuring ikb against the least that could do the same work: `make bench`, or `python -m bench submit list`."""

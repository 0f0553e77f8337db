"""The least that could do the same work, a few lines each. What ikb adds to them is what it costs."""

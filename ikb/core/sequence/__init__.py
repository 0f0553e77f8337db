"""The Beratungsfolge as dates and rules: what does not hold, what is due when, and what happens if a body postpones."""

"""The whole case: a procedure, its leads, and the phases in which the people are asked."""

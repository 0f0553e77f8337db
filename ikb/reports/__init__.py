"""Overviews that look into several rooms: where a procedure stands, and whether the house is well."""

"""Dates for calendar programs: one secret address per person and purpose, and open ones for what everybody may see."""

"""Lists and calendars that people bring along, read in a program that can do nothing else."""

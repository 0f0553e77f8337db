"""What the town owes people about their data: to say what it does with it, to keep it no longer than it may, to give it out."""

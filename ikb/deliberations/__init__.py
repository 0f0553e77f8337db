"""The council's side: committees, sittings, papers with their numbers, and the sequence of consultations."""

"""ikb: the workflow that carries one resolution draft from the first invitation to the council's vote."""

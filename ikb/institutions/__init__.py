"""Those who are heard: the register, their contacts, and the invitation that joins one of them to one phase."""

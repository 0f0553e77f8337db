"""Who you are and what you may see: people with roles, their sessions, and the one policy."""

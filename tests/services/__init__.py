"""The real things tests lean on: PostgreSQL, Valkey, an SMTP server, a browser."""

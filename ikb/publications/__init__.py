"""What was released: snapshots that public pages read, each on a ground, none of them ever changed."""

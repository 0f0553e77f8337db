"""What everybody may see: what is being decided, when, and how to take part."""

"""What all pages share: how they look, how they speak, what they say when something goes wrong."""

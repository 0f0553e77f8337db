"""What an institution says behind its link: written, saved, submitted once, and answered with a receipt."""

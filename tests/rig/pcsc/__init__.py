"""A stand-in for pcscd in which a reader and its card come and go together, as a USB key does."""

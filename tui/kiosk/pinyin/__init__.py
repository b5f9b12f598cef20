"""Han characters typed by their sound where the terminal has no input method."""

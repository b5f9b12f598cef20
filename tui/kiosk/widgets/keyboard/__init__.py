"""A keyboard on the screen, for hands that have no other."""

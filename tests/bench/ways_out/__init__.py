"""Ways out of a counter, tried from every screen that asks something of a person."""

"""How all screens look: the layout by the window's size, and the palettes by what the terminal shows."""

"""Keep what the terminal shows, and send only the cells that differ from what it shall show."""

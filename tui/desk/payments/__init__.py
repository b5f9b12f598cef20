"""Money: one port for all payment channels, and an adapter for each channel."""

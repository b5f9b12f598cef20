"""Money: the port for all payment platforms, and what becomes of an attempt, a refund, a notice and a bill."""

"""What operators see and decide, and the commands for it."""

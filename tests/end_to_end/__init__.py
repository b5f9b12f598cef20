"""The journey end to end: real token, real desk, real protocols, the sandbox in the place of the outside world."""

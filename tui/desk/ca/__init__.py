"""Certificate authorities that the desk can ask to issue."""

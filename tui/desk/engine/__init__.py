"""What must happen later or again, and the one engine that sees to it."""

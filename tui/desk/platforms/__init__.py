"""Partners that the desk talks to, one folder each."""

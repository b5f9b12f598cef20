"""A virtual smart card and what puts it into a reader."""

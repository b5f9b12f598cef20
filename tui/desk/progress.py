"""What one act of the desk has come to, for whoever carries it out again."""

from enum import StrEnum


class Progress(StrEnum):
    """What came of one act."""

    DONE = "done"
    LATER = "later"
    """Not yet: try again."""
    OVER = "over"
    """Never."""

"""What one act of the desk has come to; when it is due again stands in its row."""

from enum import StrEnum


class Progress(StrEnum):
    """What came of one act."""

    DONE = "done"
    LATER = "later"
    """Not yet: it is due again."""
    OVER = "over"
    """Nothing is owed any more."""

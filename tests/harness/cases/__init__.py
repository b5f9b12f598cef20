"""What people and businesses that exist type into the forms, and what becomes of it."""

from pathlib import Path

UNSEEN = "\x00\x07\x1b\x7f\x85\x0b\x0c\u2028\u2029\u200b\u200e\u202a\u202e\u2066\u2069\u00ad\ufeff\U000e0041\ufe0f"
"""Marks that nobody sees."""


def rows(*names: str) -> list[tuple[str, ...]]:
    """Field, type, value, wanted word, stored value."""
    lines = [line for name in names for line in (Path(__file__).parent / name).read_text(encoding="utf-8").splitlines()]
    cells = [[*line.split("\t"), ""][:5] for line in lines if line and not line.startswith("#")]
    return [(f, kind, _text(value), wanted, _text(stored)) for f, kind, value, wanted, stored in cells]


def _text(escaped: str) -> str:
    return escaped.encode("ascii").decode("unicode_escape")


ROWS = rows("forms.tsv", "neighbours.tsv")

"""Lines in the middle of a screen, as bytes; no import, so that a counter's supervisor may use it."""

WIDE = 0x2E80
"""From here on nearly all characters are two cells wide."""


def centred(lines: tuple[str, ...], columns: int, rows: int) -> str:
    """Each of `lines` at its place; what does not fit begins at the edge."""
    top = max(1, (rows - len(lines)) // 2)
    return "".join(f"\x1b[{top + i};{_indent(line, columns)}H{line}" for i, line in enumerate(lines))


def _indent(line: str, columns: int) -> int:
    cells = sum(2 if ord(character) >= WIDE else 1 for character in line)
    return max(1, (columns - cells) // 2 + 1)

"""Where commands print: results on standard output in UTF-8, everything for people's eyes on standard error."""

import sys
from typing import Any


def out(text: str) -> None:
    """Lines of the result; UTF-8 in any locale, since other programs read them."""
    sys.stdout.buffer.write(f"{text}\n".encode())
    sys.stdout.buffer.flush()


def out_json(rows: Any) -> None:
    """An indented JSON list."""
    import msgspec

    out(msgspec.json.format(msgspec.json.encode(rows), indent=2).decode())


def say(text: object) -> None:
    """A line on standard error."""
    print(text, file=sys.stderr, flush=True)

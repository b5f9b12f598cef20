"""Where commands print: results on standard output in UTF-8, everything for people's eyes on standard error."""

import sys


def out(text: str) -> None:
    """Lines of the result; UTF-8 in any locale, since other programs read them."""
    sys.stdout.buffer.write(f"{text}\n".encode())
    sys.stdout.buffer.flush()


def say(text: object) -> None:
    """A line on standard error."""
    print(text, file=sys.stderr, flush=True)

"""The English catalogue by Babel: `python -m tests.kiosk.text.catalogue` takes new messages in and compiles.

The page of failures, which quotes it, is written anew with it.

A new message gets an empty translation, which the tests refuse; a message that the program no longer has is dropped.
A comment `# Translators: …` above a message in the source stands above it in the catalogue too.
"""

from collections.abc import Iterable
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parents[3]
PO = ROOT / "tui/kiosk/text/locales/en/LC_MESSAGES/kiosk.po"
MO = PO.with_suffix(".mo")
KEYWORDS = {"_": None, "N_": None}
COMMENT_TAG = "Translators:"
HEADER_COMMENT = "# Written by `python -m tests.kiosk.text.catalogue`; the translations are edited here."


class English(Catalog):
    """The catalogue under a header that neither the day nor Babel's version changes."""

    def __init__(self) -> None:
        super().__init__(locale="en", fuzzy=False, header_comment=HEADER_COMMENT)

    @property
    def mime_headers(self) -> list[tuple[str, str]]:
        """What gettext needs to know."""
        return [
            ("Project-Id-Version", "ca-renewal-kiosk"),
            ("Language", "en"),
            ("MIME-Version", "1.0"),
            ("Content-Type", "text/plain; charset=UTF-8"),
            ("Content-Transfer-Encoding", "8bit\n"),
        ]

    @mime_headers.setter
    def mime_headers(self, value: Iterable[tuple[str, str]]) -> None:
        """Stays as it is."""


def extracted() -> English:
    """Every message of the program, by file, with the comments for translators and no translation."""
    found = English()
    python = [("**.py", "python")]
    told = extract_from_dir(ROOT / "tui", python, keywords=KEYWORDS, comment_tags=(COMMENT_TAG,))
    for file, line, message, comments, _context in told:
        found.add(message, locations=[(f"tui/{file}", line)], auto_comments=comments)
    return found


def known() -> Catalog:
    """The catalogue as it stands in the file."""
    with PO.open("rb") as file:
        return read_po(file, locale="en", abort_invalid=True)


def merged() -> English:
    """The messages that the program has, with the translations that are known."""
    english, translated = extracted(), known()
    for message in english:
        if message.id and (before := translated.get(message.id)):
            message.string = before.string
    return english


def refresh() -> None:
    """Write both files for the messages that the program now has."""
    english = merged()
    with PO.open("wb") as po, MO.open("wb") as mo:
        write_po(po, english, width=0, sort_by_file=True, include_lineno=False)
        write_mo(mo, english)


if __name__ == "__main__":
    refresh()
    from tests.kiosk.text import failures  # the words that have just been compiled

    failures.write()

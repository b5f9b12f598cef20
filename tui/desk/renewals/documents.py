"""供应商须知 and the agreement, as they ship with the program; the version stands in the first line."""

import hashlib
from dataclasses import dataclass
from functools import cache

from tui.core.order import Document
from tui.process.resources import ASSETS
from tui.process.translations import english_of


@dataclass(frozen=True, slots=True)
class Documents:
    """Both texts in their current versions."""

    notice: Document
    agreement: Document


@cache
def documents() -> Documents:
    """Read once; a new version ships with a new program."""
    return Documents(_read("notice.txt"), _read("agreement.txt"))


def _read(name: str) -> Document:
    """First line: version and title, separated by a blank; the rest is the text."""
    head, _, body = (ASSETS / "texts" / name).read_text(encoding="utf-8").partition("\n")
    version, _, title = head.partition(" ")
    text = body.strip()
    return Document(version, title, text, hashlib.sha256(text.encode()).hexdigest(), english_of(text))

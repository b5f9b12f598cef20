"""Text as tokens keep it: UTF-8 by the standard, GB18030 by habit, cut off anywhere by the width of its field."""

import codecs
from typing import Final

from tui.core.text_safety import is_han

_BROKEN_OFF: Final = 32
"""Bytes of CK_TOKEN_INFO.label, after which many programs cut CKA_LABEL too."""
_ELLIPSIS = b"..."
"""What OpenSC writes after what it has cut off, inside a character too."""


def text_of(raw: bytes) -> str:
    """The text; bytes that belong to no character are dropped.

    A text that is no UTF-8 is GB18030 where that gives Han; half a character at its end is none.
    """
    raw = raw.rstrip(b"\0 ")
    for encoding, cut_off in (("utf-8", False), ("utf-8", True), ("gb18030", False), ("gb18030", True)):
        text = _decoded(raw, encoding, cut_off=cut_off)
        if text is not None and (encoding == "utf-8" or any(map(is_han, text))):
            return text
    return raw.decode(errors="ignore")


def _decoded(raw: bytes, encoding: str, *, cut_off: bool) -> str | None:
    """The whole in this encoding, or with `cut_off` all but half a character at the end; None where that fails."""
    try:
        if not cut_off:
            return raw.decode(encoding)
        head = raw.removesuffix(_ELLIPSIS)
        text = codecs.getincrementaldecoder(encoding)().decode(head)
    except UnicodeDecodeError:
        return None
    # A short text of ASCII and half a character is one character of GB18030 rather.
    certain = len(raw) >= _BROKEN_OFF or head != raw or not text.isascii()
    return text + raw[len(head) :].decode() if certain else None

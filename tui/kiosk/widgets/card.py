"""A token and its certificates as the screens draw them; the words are those of `tui.kiosk.text.certificate`."""

from textual.content import Content

from tui.core.certificate import Token
from tui.kiosk.text import _
from tui.kiosk.text.certificate import facts, kept_words, refused_facts, row, short_facts, token_name

__all__ = ["facts", "kept_words", "refused_facts", "row", "short_facts", "token_title"]


def token_title(token: Token, *, veiled: bool = False) -> Content:
    """The token's label and the tail of its serial; `veiled` tells of neither."""
    return Content.styled(_("已插入CA") if veiled else token_name(token), "bold")

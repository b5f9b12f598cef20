"""A token as the screens name it above its certificates."""

from textual.content import Content

from tui.core.certificate import Token
from tui.kiosk.text import _
from tui.kiosk.text.certificate import token_name


def token_title(token: Token, *, veiled: bool = False) -> Content:
    """The token's label and the tail of its serial; `veiled` tells of neither."""
    return Content.styled(_("已插入CA") if veiled else token_name(token), "bold")

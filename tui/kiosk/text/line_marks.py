"""The marks that no line begins or ends with (GB/T 15834-2011, 5.1; W3C clreq, 3.1.6)."""

from typing import Final

CLOSING: Final = frozenset("，。、；：？！）」』》〉】〕］｝”’…～·％,.;:?!)]}%")
"""Never at a line's beginning (行首禁则)."""
OPENING: Final = frozenset("（「『《〈【〔［｛“‘([{¥")
"""Never at a line's end (行尾禁则); an amount stays with its currency."""

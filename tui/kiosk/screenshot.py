"""Draw what an app shows as SVG: Rich's drawing, with each word in its cells and in fonts of this machine."""

import re
from collections.abc import Iterator
from html import escape, unescape
from typing import Any

from rich.cells import cell_len
from textual.app import App

CELL = 12.2, 24.4
"""Width and height of a cell in Rich's pictures."""
FONT = "font-family: 'DejaVu Sans Mono', 'Noto Sans Mono CJK SC', monospace"


def picture(app: App[Any]) -> str:
    """What the app shows, as SVG in fonts of this machine."""
    drawn = app.export_screenshot(title="ca-kiosk", simplify=True)
    local = re.sub(r"@font-face \{.*?\}\s*", "", drawn, flags=re.DOTALL)
    local = re.sub(r"font-family: ?Fira Code[^;]*", FONT, local)
    local = re.sub(r'(-matrix">)', lambda found: found[1] + "".join(_carets(app)), local, count=1)
    return re.sub(r'(x="([\d.]+)"[^>]*) textLength="([\d.]+)"([^>]*>)([^<]+)', _in_cells, local)


def _carets(app: App[Any]) -> Iterator[str]:
    """Underlined blanks as lines of their own, for Rich draws none below a blank."""
    for y, strip in enumerate(app.screen._compositor.render_strips()):
        x = 0
        for text, style, _ in strip:
            if style is not None and style.underline and not text.strip() and style.color is not None:
                colour = style.color.get_truecolor().hex
                at = f'x="{x * CELL[0]:.1f}" y="{(y + 1) * CELL[1] - 2:.1f}" width="{len(text) * CELL[0]:.1f}"'
                yield f'<rect fill="{colour}" {at} height="3"/>'
            x += cell_len(text)


def _in_cells(run: re.Match[str]) -> str:
    """Rich counts characters, of which a Chinese one takes two cells, and blanks are lost: each word gets its place."""
    text, left = unescape(run[5]), float(run[2])
    cell = float(run[3]) / len(text)
    words = re.finditer(r"[!-~]+|[^ \xa0]", text)
    spans = (f'<tspan x="{left + cell_len(text[: w.start()]) * cell:.1f}">{escape(w[0])}</tspan>' for w in words)
    return f"{run[1]}{run[4]}{''.join(spans)}"

"""The fee table: 费用名称 / 费用单价 / 数量 / 小计, and 总价."""

from rich.cells import cell_len
from textual.content import Content

from tui.core.order import Order, ServiceStatus, yuan
from tui.core.text_safety import printable
from tui.kiosk.text import _
from tui.kiosk.text.translated import english_name
from tui.kiosk.widgets.words import Words

NAME, NUMBER = 26, 14
"""Widths of the first and of the other columns, in cells."""


class FeeTable(Words):
    """One row a fee line; the total of several, which beside the way to pay it is said in figures."""

    def show(self, order: Order, service: ServiceStatus | None) -> None:
        """Draw the order's lines; a translated name below the table once more, as the order has it."""
        heads = (_("费用名称"), _("费用单价"), _("数量"), _("小计"))
        rows = [_row(*heads).stylize("$muted")]
        for line in order.lines:
            known = english_name(line.name, service) or printable(line.name)
            name = Content(known).truncate(NAME - 2, ellipsis=True).plain
            rows.append(_row(name, yuan(line.unit_fen), str(line.quantity), yuan(line.subtotal_fen)))
        total = [_row("", "", _("总价"), yuan(order.total_fen)).stylize("bold")] if len(order.lines) > 1 else []
        translated = [printable(line.name) for line in order.lines if english_name(line.name, service)]
        names = _("、").join(dict.fromkeys(translated))
        mark = [Content.styled(_("译名仅供参考，以中文为准：{names}").format(names=names), "$muted")] if names else []
        self.update(Content("\n").join([*rows, *total, *mark]))


def _row(name: str, *numbers: str) -> Content:
    cells = [" " * max(1, NUMBER - cell_len(number)) + number for number in numbers]
    return Content(padded(name, NAME) + "".join(cells))


def padded(text: str, width: int) -> str:
    """`text` filled up with blanks to `width` cells, one blank at least."""
    return text + " " * max(1, width - cell_len(text))

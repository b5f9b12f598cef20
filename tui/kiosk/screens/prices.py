"""详细信息 of the fee: what each term costs in all and per year, and the end date it gives."""

from collections.abc import Iterable

from textual.widget import Widget

from tui.core.order import Term, yuan
from tui.kiosk.screens.dialogue import Dialogue
from tui.kiosk.text import _
from tui.kiosk.text.dates import day
from tui.kiosk.widgets.action import ActionButton
from tui.kiosk.widgets.fee_table import padded

WIDTHS = (12, 14, 14, 18)


class Prices(Dialogue):
    """One row a term."""

    def __init__(self, terms: tuple[Term, ...]) -> None:
        # Translators: for how many months the certificate is renewed; a field, and the head of a column.
        rows = [(_("续期时间"), _("费用"), _("每年"), _("证书有效期至"))]
        rows += [
            (
                _("{months}个月").format(months=term.months),
                yuan(term.fee_fen),
                yuan(term.yearly_fen),
                day(term.not_after),
            )
            for term in terms
        ]
        table = "\n".join("".join(padded(*cell) for cell in zip(row, WIDTHS, strict=True)).rstrip() for row in rows)
        rule = _("有效期从原证书到期时起算，提前办理不损失天数。")
        super().__init__(_("费用详细信息"), f"{table}\n\n{rule}")

    def compose_buttons(self) -> Iterable[Widget]:
        """One way out."""
        yield ActionButton(_("关闭"), "back", primary=True)

"""Words about what a renewal costs, and an application that is not over."""

from tui.core.order import Application, Term, yuan
from tui.core.text_safety import printable
from tui.journey.state import State
from tui.kiosk.text import _, proper
from tui.kiosk.text.labels import label


def term_words(term: Term) -> str:
    """续期时间 with its fee."""
    return _("{months}个月  {fee}").format(months=term.months, fee=yuan(term.fee_fen))


def wallet_words(state: State) -> str:
    """What scans the code, by the methods that are offered."""
    wallets = _("、").join(proper(method.wallet) for method in state.methods)
    return _("用手机扫码付款：{wallets}。").format(wallets=wallets)


def application_words(application: Application) -> str:
    """Its number, and how it and its payment stand."""
    return _("业务单号：{number}  业务状态：{status}  支付状态：{payment}").format(
        number=printable(application.business_no, 40),
        status=label(application.status),
        payment=label(application.payment_status),
    )

"""The text of a receipt: what was renewed and paid, with the person masked."""

from collections.abc import Iterator
from datetime import datetime

from tui.core.beijing import beijing
from tui.core.order import yuan
from tui.core.text_safety import mask, printable
from tui.journey.state import State
from tui.kiosk.text import _
from tui.kiosk.text.dates import day, moment
from tui.kiosk.text.labels import label
from tui.kiosk.text.wording import call


def receipt_of(state: State) -> tuple[str, ...]:
    """Its lines in the language spoken; times are Beijing's."""
    line = _("{label}：{value}")
    facts = (line.format(label=name, value=printable(value, 80)) for name, value in facts_of(state) if value)
    head = _("网证通数字证书续期  收据")
    foot = _("本收据不是发票，电子发票另行发送。")
    return head, *facts, foot, call(state.service)


def facts_of(state: State) -> Iterator[tuple[str, str]]:
    """What it says, each with its label; a value may be empty."""
    application, new = state.application, state.renewed
    if new is not None:
        yield _("证书持有人"), masked_holder(new.name)
        yield _("证书序列号"), new.serial.upper()
        yield _("有效期"), _("{begin}至{end}").format(begin=day(new.not_before), end=moment(new.not_after))
    if application is None:
        return
    yield _("业务单号"), application.business_no
    if application.order is not None:
        yield _("订单编号"), application.order.order_no
        yield _("已付金额"), yuan(application.order.total_fen)
    if application.attempt is not None:
        yield _("支付方式"), label(application.attempt.method)
    if (done := _completed(state)) is not None:
        yield _("办理时间"), _("{time}（北京时间）").format(time=moment(done))


def masked_holder(name: str) -> str:
    """Enough for the holder to know it, too little for who finds the paper."""
    ends = 1 if len(name) <= 4 else 2
    return mask(printable(name, 60), ends, ends if len(name) > 2 else 0)


def compact_receipt_of(state: State) -> str:
    """The numbers alone, in the characters that a QR code takes in least room (ISO/IEC 18004 7.3.4).

    It names nobody, so that it fits where the whole text does not.
    """
    application, new = state.application, state.renewed
    parts = ["NETCA"]
    if application is not None:
        parts.append(application.business_no)
        if application.order is not None:
            amount = application.order.total_fen
            parts += [application.order.order_no, f"CNY {amount // 100}.{amount % 100:02d}"]
        if application.attempt is not None:
            parts.append(application.attempt.method.value)
    if new is not None:
        parts += [f"SN {new.serial}", f"TO {beijing(new.not_after):%Y-%m-%d}"]
    if (done := _completed(state)) is not None:
        parts.append(f"{beijing(done):%Y-%m-%d %H:%M}")
    if state.service is not None and state.service.hotline:
        parts.append(f"TEL {state.service.hotline}")
    return printable(" / ".join(parts).upper(), 400)


def _completed(state: State) -> datetime | None:
    installed = state.application.installed_at if state.application else None
    return installed or state.now

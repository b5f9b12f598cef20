"""Print what `ca-kiosk renew` does: one JSON object a line for scripts, or words and a QR code for people."""

from collections.abc import Iterator
from datetime import datetime
from itertools import zip_longest
from typing import Protocol, TextIO, assert_never

import msgspec

from tui.core.failure import Failure, Money, Reason
from tui.core.order import yuan
from tui.core.payment_method import PaymentMethod
from tui.core.token import KeyLeft
from tui.journey.state import State
from tui.kiosk.text import _
from tui.kiosk.text.dates import moment
from tui.kiosk.text.labels import label
from tui.kiosk.text.wording import explain, field_message
from tui.process.output import put, written


class Pay(msgspec.Struct, frozen=True, tag_field="event", tag="pay"):
    """A QR code waits to be scanned; comes again when it was renewed."""

    method: PaymentMethod
    qr: str
    amount_fen: int
    business_no: str
    expires_in: int
    """Seconds."""


class Paid(msgspec.Struct, frozen=True, tag_field="event", tag="paid"):
    """The money is recorded at the desk."""

    business_no: str


class Issued(msgspec.Struct, frozen=True, tag_field="event", tag="issued"):
    """The new certificate waits at the desk."""

    business_no: str


class Installed(msgspec.Struct, frozen=True, tag_field="event", tag="installed"):
    """The new certificate is on the token and the desk has verified its key."""

    business_no: str
    serial: str
    """Hex."""
    not_before: datetime
    not_after: datetime


class Retired(msgspec.Struct, frozen=True, tag_field="event", tag="retired"):
    """The old certificate was deleted, as the answers wish."""

    business_no: str
    key_left: KeyLeft | None
    """Why its key was not; null when it was."""


class Failed(msgspec.Struct, frozen=True, tag_field="event", tag="failed"):
    """The journey ended without a certificate."""

    reason: str
    """A `core.failure.Reason`."""
    message: str
    """For people, in Chinese."""
    money: Money


Line = Pay | Paid | Issued | Installed | Retired | Failed


class Report(Protocol):
    """Where a journey tells what it has reached."""

    def tell(self, line: Line) -> None: ...

    def progress(self, before: State, after: State) -> None: ...


def failed(failure: Failure, money: Money) -> Failed:
    """The last line of a journey that failed."""
    told = explain(failure, money)
    detail = failure.detail if failure.reason is Reason.SETTINGS_WRONG else ""
    fields = "，".join(f"{name}: {field_message(rule)}" for name, rule in failure.field_errors)
    message = " ".join(filter(None, (told.happened, detail, fields, told.advice)))
    return Failed(failure.reason.value, message, money)


class JsonReport:
    """Lines of JSON in UTF-8 (RFC 8259 8.1), whatever the locale."""

    def tell(self, line: Line) -> None:
        """Write one object."""
        put(msgspec.json.encode(line) + b"\n")

    def progress(self, before: State, after: State) -> None:
        """Steps are not part of the contract."""


class WordReport:
    """Sentences, and the QR code where the terminal can show it."""

    def __init__(self, out: TextIO) -> None:
        self._out = out

    def tell(self, line: Line) -> None:
        """Say it."""
        match line:
            case Pay():
                self._say(
                    _("请用{method}扫码支付{amount}").format(method=label(line.method), amount=yuan(line.amount_fen))
                )
                import shutil  # with compression, of which a script needs nothing

                columns = shutil.get_terminal_size().columns if self._out.isatty() else 0
                for row in qr_rows(line.qr, columns):
                    self._say(row)
                self._say(line.qr)
                self._say(_("二维码{seconds}秒内有效").format(seconds=line.expires_in))
            case Paid():
                self._say(_("支付成功"))
            case Issued():
                self._say(_("新证书已签发"))
            case Installed():
                self._say(_("证书安装完成！"))
                self._say(f"{line.serial}  {moment(line.not_before)} — {moment(line.not_after)}")
            case Retired():
                self._say(_("原证书（已删除）"))
                if line.key_left:
                    self._say(label(line.key_left))
            case Failed():
                self._say(f"{line.message} {label(line.money)} {Reason(line.reason).number}")
            case _:
                assert_never(line)

    def progress(self, before: State, after: State) -> None:
        """Name the step or the token's stage that has begun."""
        if after.step is not before.step:
            self._say(f"· {label(after.step)}")
        elif after.stage is not None and after.stage is not before.stage:
            self._say(f"    {label(after.stage)}")

    def _say(self, text: str) -> None:
        with written():
            print(text, file=self._out, flush=True)


_DARK, _LIGHT = 16, 231
"""#000 and #fff of the 256-colour palette: theme colours make codes that phones do not read."""


def qr_rows(payload: str, columns: int) -> Iterator[str]:
    """The code in half blocks with its colours set, or nothing where it is not drawable or too wide."""
    from tui.kiosk.matrix import QUIET_ZONES, drawable, framed, modules

    if not drawable(payload):
        return
    code = modules(payload)
    quiet = next((quiet for quiet in QUIET_ZONES if len(code) + 2 * quiet <= columns), None)
    if quiet is None:
        return
    rows = framed(code, quiet, quiet)
    for upper, lower in zip_longest(rows[::2], rows[1::2], fillvalue=(False,) * len(rows)):
        yield "".join(map(_cell, upper, lower)) + "\x1b[0m"


def _cell(upper: bool, lower: bool) -> str:
    """Equal halves are a space: block glyphs leave light seams through dark modules."""
    background, ink = (_DARK if upper else _LIGHT), (_DARK if lower else _LIGHT)
    return f"\x1b[48;5;{background}m " if upper == lower else f"\x1b[38;5;{ink};48;5;{background}m▄"

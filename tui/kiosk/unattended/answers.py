"""answers.toml: what a person would type, for the journey without screens."""

import re
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from tui.core.application import ApplicationForm, Buyer, IdType, InvoiceForm
from tui.core.order import Method
from tui.core.secret import Password, Pin, Secret
from tui.kiosk.tables import SettingsError, Table, open_table
from tui.process.secret_files import open_to_others

Code = TypeVar("Code", bound=StrEnum)
Held = TypeVar("Held", bound=Secret)

LONGEST_PIN = 256
"""Bytes; longer than any token takes."""
_BOM = b"\xef\xbb\xbf"
_UTF_16 = b"\xff\xfe", b"\xfe\xff"
_CONTROL = bytes((*range(0x20), 0x7F))

KEYS = {
    "term_months": "term_months",
    "id_type": "agent.id_type",
    "id_number": "agent.id_number",
    "agent_name": "agent.name",
    "agent_mobile": "agent.mobile",
    "agent_email": "agent.email",
    "recipient_name": "recipient.name",
    "recipient_mobile": "recipient.mobile",
    "recipient_address": "recipient.address",
    "tax_number": "invoice.tax_number",
    "title": "invoice.title",
    "buyer": "invoice.buyer",
}
"""Fields of the forms by the keys that fill them."""

_PRINTED = re.compile(r"(?:serial(?:number)?=?)?(?:\d+\((?=0x))?(?:0x)?([0-9a-f]{1,64})\)?")
"""A serial number without its colons and blanks: as `openssl x509` prints it, and as Windows shows it."""
_BETWEEN = re.compile(r"[\s:\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
"""What stands between the figures; Windows puts an invisible mark before them when they are copied."""


@dataclass(frozen=True, slots=True)
class Answers:
    """One journey's answers."""

    account: str = field(repr=False)
    password: Password
    form: ApplicationForm
    method: Method
    invoice: InvoiceForm
    serial: str = ""
    """Which certificate is meant, as `core.certificate.Certificate.serial` writes it; empty for the only one."""
    delete_old: bool = False
    """Consent to the deletion of the old pair, where the CA allows it."""
    source: Path = Path("answers.toml")
    """The file that they came from."""


def read_answers(path: Path) -> Answers:
    """The answers of one file.

    Raises `SettingsError`; it never repeats a value.
    """
    top = open_table(path)
    agent, recipient = top.table("agent"), top.table("recipient")
    payment, invoice = top.table("payment"), top.table("invoice")
    same = recipient.take("same_as_agent", bool, False)
    form = ApplicationForm(
        term_months=top.take("term_months", int, 12),
        id_type=_code(agent, "id_type", IdType, IdType.RESIDENT_ID),
        id_number=agent.take("id_number", str),
        agent_name=agent.take("name", str),
        agent_mobile=agent.take("mobile", str),
        agent_email=agent.take("email", str),
        recipient_name=recipient.take("name", str, "" if same else None),
        recipient_mobile=recipient.take("mobile", str, "" if same else None),
        recipient_address=recipient.take("address", str),
    )
    answers = Answers(
        account=top.take("account", str),
        password=Password(top.take("password", str).encode()),
        form=form.copied_from_agent() if same else form,
        method=_code(payment, "method", Method, Method.ALIPAY),
        invoice=_invoice(invoice),
        serial=_serial(top),
        delete_old=top.take("delete_old", bool, False),
        source=top.source,
    )
    for table in (top, agent, recipient, payment, invoice):
        table.refuse_rest()
    return answers


def read_pin(path: Path) -> Pin:
    """The first line of a file as PIN, without the mark that Windows' editors put before UTF-8.

    What no person types is refused before a token counts a try for it. Raises `SettingsError`.
    """
    buffer = bytearray(len(_BOM) + LONGEST_PIN + 1)
    try:
        with path.open("rb", buffering=0) as file:
            length = file.readinto(buffer)
    except OSError as error:
        raise SettingsError(path, "", "无法读取", f"cannot be read ({error.strerror})") from error
    utf_16 = buffer.startswith(_UTF_16)
    begin = len(_BOM) if buffer.startswith(_BOM) else 0
    line_end = min((at for mark in b"\r\n" if (at := buffer.find(mark, begin, length)) >= 0), default=length)
    control = any(octet in _CONTROL for octet in memoryview(buffer)[begin:line_end])
    fits = 0 < line_end - begin <= LONGEST_PIN and not (utf_16 or control)
    pin = Pin(memoryview(buffer)[begin:line_end].tobytes()) if fits else None
    buffer[:] = bytes(len(buffer))
    if utf_16:
        raise SettingsError(path, "", "是 UTF-16，请另存为 UTF-8", "is UTF-16: save it as UTF-8")
    if control:
        raise SettingsError(path, "", "的CA密码中有控制字符", "has control characters in its PIN")
    if pin is None:
        raise SettingsError(path, "", "里没有CA密码", "holds no PIN")
    return pin


def refuse_open(path: Path) -> None:
    """Raise `SettingsError` where people other than its owner may read or change a file with a secret."""
    try:
        why = open_to_others(path)
    except OSError:  # told by whoever reads it
        return
    if why:
        chinese, _, english = why.removeprefix(f"{path} ").partition(" / ")
        raise SettingsError(path, "", f"里面有密码，{chinese}", f"holds a secret and {english}")


def again(secret: Held) -> Held:
    """A copy that may be wiped by whoever uses it."""
    return type(secret)(bytes(secret.reveal()))


def _serial(top: Table) -> str:
    """Always hexadecimal: what has figures only could be either, and every program that shows serials shows this."""
    written = top.take("serial", object, "")
    joined = _BETWEEN.sub("", written).lower() if isinstance(written, str) else "?"
    if not joined:
        return ""
    if (printed := _PRINTED.fullmatch(joined)) is None or joined.endswith(")") is not ("(" in joined):
        raise top.error(
            "serial",
            '应为加引号的十六进制序列号，例如 "0A:1B:2C" 或 "0x0a1b2c"',
            'must be a hexadecimal serial number in quotes, as "0A:1B:2C" or "0x0a1b2c"',
        )
    return printed[1].lstrip("0") or "0"


def _invoice(table: Table) -> InvoiceForm:
    buyer = _code(table, "buyer", Buyer, Buyer.COMPANY)
    number = table.take("tax_number", str, None if buyer is Buyer.COMPANY else "")
    return InvoiceForm(number, table.take("title", str), buyer)


def _code(table: Table, key: str, kind: type[Code], default: Code) -> Code:
    value = table.take(key, str, default.value)
    try:
        return kind(value)
    except ValueError as error:
        raise table.error(key, f"应为 {' | '.join(kind)}", f"must be one of {' | '.join(kind)}") from error

"""answers.toml: what a person would type, for the journey without screens."""

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from tui.core.application import ApplicationForm, Buyer, IdType, InvoiceForm
from tui.core.order import Method
from tui.core.secret import Password, Pin, Secret
from tui.secret_files import open_to_others
from tui.tables import SettingsError, Table, open_table

Code = TypeVar("Code", bound=StrEnum)
Held = TypeVar("Held", bound=Secret)

LONGEST_PIN = 256
"""Bytes; longer than any token takes."""


@dataclass(frozen=True, slots=True)
class Answers:
    """One journey's answers."""

    account: str = field(repr=False)
    password: Password
    form: ApplicationForm
    method: Method
    invoice: InvoiceForm
    serial: str = ""
    """Which certificate (hex serial) where several could be renewed."""
    delete_old: bool = False
    """Consent to the deletion of the old pair, where the CA allows it."""


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
        serial=top.take("serial", str, "").lower(),
        delete_old=top.take("delete_old", bool, False),
    )
    for table in (top, agent, recipient, payment, invoice):
        table.refuse_rest()
    return answers


def read_pin(path: Path) -> Pin:
    """The first line of a file as PIN.

    Raises `SettingsError`.
    """
    buffer = bytearray(LONGEST_PIN + 1)
    try:
        with path.open("rb", buffering=0) as file:
            length = file.readinto(buffer)
    except OSError as error:
        raise SettingsError(path, "", "无法读取", f"cannot be read ({error.strerror})") from error
    line_end = min((buffer.find(mark, 0, length) for mark in b"\r\n" if mark in buffer[:length]), default=length)
    pin = Pin(memoryview(buffer)[:line_end].tobytes()) if 0 < line_end <= LONGEST_PIN else None
    buffer[:] = bytes(len(buffer))
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

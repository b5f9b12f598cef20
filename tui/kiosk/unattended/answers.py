"""Read answers.toml: what a person would type, for the journey without screens."""

import re
from dataclasses import field
from pathlib import Path
from typing import TypeVar

from tui.core.form.fields import ApplicationForm, InvoiceForm
from tui.core.form.kinds import Buyer, IdType
from tui.core.frozen import frozen
from tui.core.payment_method import PaymentMethod
from tui.core.secret import Password, Secret
from tui.process.tables import Table, open_table

Held = TypeVar("Held", bound=Secret)

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

_PRINTED = re.compile(r"(?:serial(?:number)?=?)?(-?\d+\((?=-?0x))?(-|\(negative\))?(?:0x)?([0-9a-f]+)(?(1)\))")
"""A serial number without its colons and blanks: as `openssl x509` prints it, and as Windows shows it."""
_BETWEEN = re.compile(r"[\s:\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
"""What stands between the figures; Windows puts an invisible mark before them when they are copied."""


@frozen
class Answers:
    """One journey's answers."""

    account: str = field(repr=False)
    password: Password
    form: ApplicationForm
    method: PaymentMethod
    invoice: InvoiceForm
    serial: str = ""
    """Which certificate is meant, as `core.certificate.Certificate.serial` writes it; empty for the only one."""
    delete_old: bool = False
    """Consent to the deletion of the old pair, where the CA allows it."""
    source: Path = Path("answers.toml")
    """The file that they came from."""


def read_answers(path: Path) -> Answers:
    """The answers of one file.

    :raises SettingsError: a key is wanting, unknown or wrong; the text never repeats a value.
    """
    top = open_table(path)
    agent, recipient = top.table("agent"), top.table("recipient")
    payment, invoice = top.table("payment"), top.table("invoice")
    same = recipient.take("same_as_agent", bool, False)
    form = ApplicationForm(
        term_months=top.take("term_months", int, 12),
        id_type=agent.choice("id_type", IdType.RESIDENT_ID),
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
        method=payment.choice("method", PaymentMethod.ALIPAY),
        invoice=_invoice(invoice),
        serial=_serial(top),
        delete_old=top.take("delete_old", bool, False),
        source=top.source,
    )
    for table in (top, agent, recipient, payment, invoice):
        table.refuse_rest()
    return answers


def again(secret: Held) -> Held:
    """A copy that may be wiped by whoever uses it."""
    return type(secret)(bytes(secret.reveal()))


def _serial(top: Table) -> str:
    """Always hexadecimal: what has figures only could be either, and every program that shows serials shows this."""
    written = top.take("serial", object, "")
    joined = _BETWEEN.sub("", written).lower() if isinstance(written, str) else "?"
    if not joined:
        return ""
    if (printed := _PRINTED.fullmatch(joined)) is None:
        raise top.error(
            "serial",
            '应为加引号的十六进制序列号，例如 "0A:1B:2C" 或 "0x0a1b2c"',
            'must be a hexadecimal serial number in quotes, as "0A:1B:2C" or "0x0a1b2c"',
        )
    number = int(printed[3], 16)
    return f"{-number if printed[2] else number:x}"


def _invoice(table: Table) -> InvoiceForm:
    buyer = table.choice("buyer", Buyer.COMPANY)
    number = table.take("tax_number", str, None if buyer is Buyer.COMPANY else "")
    return InvoiceForm(number, table.take("title", str), buyer)

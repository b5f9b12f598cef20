"""Domain values that the tests of the desk's side share."""

import hashlib
from datetime import UTC, datetime

from tui.core.form.fields import ApplicationForm, InvoiceForm
from tui.core.order import (
    Application,
    ApplicationStatus,
    Attempt,
    AttemptState,
    Document,
    FeeLine,
    Order,
    PaymentStatus,
    ServiceStatus,
)
from tui.core.payment_method import PaymentMethod

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
INVOICE = InvoiceForm("91440101MA59XH5C8L", "某某公司")
SERVICE = ServiceStatus("1.0.0", NOW, "020-89524338", "4008301330", "NETCA")


def document(text: str = "第一条\n\n第二条") -> Document:
    """A document with a fitting digest."""
    return Document("1", "协议", text, hashlib.sha256(text.encode()).hexdigest())


def application(
    status: ApplicationStatus = ApplicationStatus.ENTERED,
    *,
    statement: str = "{}",
    form: ApplicationForm | None = None,
    payee: str = "网证通",
    qr: str = "https://qr.example/1",
    expires_in: int = 300,
) -> Application:
    """An application with an order and an open attempt."""
    return Application(
        business_no="CA202611230001",
        status=status,
        payment_status=PaymentStatus.PAYING,
        fingerprint="ab" * 32,
        form=form or ApplicationForm(agent_name="张三"),
        agreement_version="1",
        agreement_digest="cd" * 32,
        statement=statement,
        order=Order("DD1", NOW, (FeeLine("续期费", 20000, 1, 20000),), 20000),
        attempt=Attempt("P1", PaymentMethod.ALIPAY, AttemptState.QR_SHOWN, 20000, payee, expires_in, qr),
        invoice=INVOICE,
        certificate=b"\x30\x00",
        challenge=b"\x01" * 32,
    )

"""Sample values for tests of the domain: one token, one certificate, one application."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from tui.core.application import ApplicationForm, InvoiceForm
from tui.core.certificate import Certificate, CertificateRef, PinState, Token, refer
from tui.core.order import (
    Application,
    ApplicationStatus,
    Attempt,
    AttemptState,
    Document,
    FeeLine,
    Offer,
    Order,
    PaymentStatus,
    ServiceStatus,
    Term,
)
from tui.core.payment_method import PaymentMethod
from tui.core.token import Snapshot
from tui.journey.state import State, Step

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)

FORM = ApplicationForm(
    term_months=12,
    id_number="11010519491231002X",
    agent_name="张三",
    agent_mobile="13800138000",
    agent_email="zhang@example.cn",
    recipient_name="李四",
    recipient_mobile="020-89524338",
    recipient_address="广州市天河区体育西路1号",
)
INVOICE = InvoiceForm("91440300100012316L", "某某供应商有限公司")
NOTICE = Document("1.0", "供应商须知", "请仔细阅读。", "aa" * 32)
AGREEMENT = Document("2.0", "网证通电子认证服务协议", "第一条", "bb" * 32)
SERVICE = ServiceStatus("1.0.0", NOW, "020-89524338", "4008301330", "CN=NETCA 演示 CA")


def certificate(name: str = "old", days_left: int = 20, **changes: object) -> Certificate:
    """A certificate whose fingerprint is derived from its name."""
    sample = Certificate(
        der=b"DER " + name.encode(),
        fingerprint=name.encode().hex().ljust(64, "0"),
        subject=f"CN={name},O=某某供应商有限公司,C=CN",
        common_name=name,
        issuer="CN=NETCA 演示 CA",
        serial=name.encode().hex(),
        not_before=NOW - timedelta(days=345),
        not_after=NOW + timedelta(days=days_left, hours=1),
        key="RSA-2048",
        key_id="01",
        label=name,
        has_private_key=True,
        spki=name.encode().hex().ljust(64, "1"),
        dated=bool(changes.get("readable", True)),
    )
    return replace(sample, **changes)  # type: ignore[arg-type]


def token(*certificates: Certificate, serial: str = "S1", **changes: object) -> Token:
    """A token that holds these certificates."""
    sample = Token(
        module="/lib/m.so",
        slot=0,
        label="网证通",
        serial=serial,
        model="GM3000",
        pin_state=PinState.UNKNOWN,
        pin_pad=False,
        pin_min=4,
        pin_max=32,
        certificates=certificates,
    )
    return replace(sample, **changes)  # type: ignore[arg-type]


OLD = certificate()
TOKEN = token(OLD)
REF: CertificateRef = refer(TOKEN, OLD)
SNAPSHOT = Snapshot((TOKEN,))
TERM = Term(12, 20000, 20000, OLD.not_after.replace(year=OLD.not_after.year + 1))
OFFER = Offer((TERM,))
ATTEMPT = Attempt("P1", PaymentMethod.ALIPAY, AttemptState.QR_SHOWN, 20000, "网证通", 120, "https://qr.alipay.com/bax1")


def application(status: ApplicationStatus = ApplicationStatus.DRAFT, **changes: object) -> Application:
    """An application for OLD; from ENTERED on with its order."""
    order = None
    if status is not ApplicationStatus.DRAFT:
        order = Order("D1", NOW, (FeeLine("证书服务费用", 20000, 1, 20000),), 20000)
    sample = Application(
        business_no="B1",
        status=status,
        payment_status=PaymentStatus.UNPAID,
        fingerprint=OLD.fingerprint,
        form=FORM,
        agreement_version=AGREEMENT.version,
        agreement_digest=AGREEMENT.digest,
        statement="{}",
        order=order,
    )
    return replace(sample, **changes)  # type: ignore[arg-type]


def state(step: Step, **changes: object) -> State:
    """A signed-in journey at this step with everything that comes before it."""
    sample = State(
        step=step,
        now=NOW,
        snapshot=SNAPSHOT,
        chosen=REF,
        account="supplier01",
        signed_in=True,
        service=SERVICE,
        desk_reachable=True,
        notice=NOTICE,
        agreement=AGREEMENT,
        offer=OFFER,
        form=FORM,
        invoice=INVOICE,
    )
    return replace(sample, **changes)  # type: ignore[arg-type]

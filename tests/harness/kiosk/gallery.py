"""Every screen in the states that people see: what pictures are drawn of, and what looks are held to."""

from dataclasses import replace

from tests.harness import people
from tests.harness.journey.walk import INSTALLATION, INSTALLED, ISSUED, ISSUING, PAYING
from tests.harness.people import ATTEMPT, NOW, SERVICE, application, certificate, state, token
from tui.core.certificate import Token, refer
from tui.core.details import Details, Named
from tui.core.failure import Failure, Reason
from tui.core.order import ApplicationStatus, AttemptState, PaymentStatus, Refund, RefundCause
from tui.core.token import ModuleFault, Readers, Snapshot, TokenStage
from tui.desk.renewals.documents import documents
from tui.journey.ports import Check
from tui.journey.state import State, Step

COMPANY = "深圳市某某建筑工程有限公司"
NUMBER = "20261123000017"


def _held(name: str, days: int, serial: str) -> Token:
    subject = f"C=CN,ST=广东省,L=深圳市,O={name},CN={name}"
    held = certificate(serial, days, serial=f"5a3f00{serial.encode().hex()}", common_name=name, subject=subject)
    return token(held, serial=f"GM30{serial}")


LONE = _held(COMPANY, 20, "8841")
OTHERS = tuple(_held(f"{COMPANY}第{n}分公司", 160 - 25 * n, f"770{n}") for n in range(1, 6))
DETAILS = Details(
    subject=(Named("C", "CN"), Named("ST", "广东省"), Named("L", "深圳市"), Named("O", COMPANY), Named("CN", COMPANY)),
    issuer=(Named("C", "CN"), Named("O", "NETCA Certificate Authority"), Named("CN", "NETCA Business CA")),
    signature="RSA-SHA256",
    usages=("digitalSignature", "nonRepudiation"),
    purposes=("clientAuth", "emailProtection"),
    names=(Named("rfc822Name", "ca@example.cn"),),
    policies=("1.3.6.1.4.1.18760.1.10",),
    statements=("https://www.example.cn/cps",),
    revocation_lists=("http://crl.example.cn/BusinessCA.crl",),
    responders=("http://ocsp.example.cn/",),
    issuers=("http://ca.example.cn/BusinessCA.cer",),
    key_id="5a" * 20,
    issuer_key_id="c3" * 20,
    codes=(
        Named("1.2.156.10260.4.1.4", "91440300100012316L"),
        Named("1.3.6.1.4.1.18760.1.12.11", "1@5006ZZ0440300001"),
    ),
    others=("2.5.29.16",),
)
HOME = State(now=NOW, snapshot=Snapshot((LONE,)), service=SERVICE, desk_reachable=True)
ENTERED = application(ApplicationStatus.ENTERED, business_no=NUMBER)
SHOWN = replace(PAYING, business_no=NUMBER)
CODE = replace(
    ATTEMPT, expires_in=95, payee="网证通安全认证有限公司", qr="https://qr.alipay.com/bax03206ug0kulveltqc80a8"
)


def _at(step: Step, **changes: object) -> State:
    return state(step, **{"service": SERVICE, **changes})


def _paying(**changes: object) -> State:
    return _at(Step.QR, application=replace(SHOWN, attempt=replace(CODE, **changes)))  # type: ignore[arg-type]


_ENDED = application(
    ApplicationStatus.FAILED,
    business_no=NUMBER,
    payment_status=PaymentStatus.REFUNDING,
    refunds=(Refund(20000, done=False, cause=RefundCause.ISSUING_FAILED),),
)
_DONE = replace(INSTALLED, business_no=NUMBER, invoice=people.INVOICE, installed_at=NOW)

GALLERY: dict[str, State] = {
    "waiting-reading": State(),
    "waiting": replace(HOME, snapshot=Snapshot()),
    "waiting-token": HOME,
    "waiting-many": replace(HOME, snapshot=Snapshot((LONE, *OTHERS))),
    "waiting-fault": replace(
        HOME, snapshot=Snapshot((), (ModuleFault("/x.so", Failure(Reason.DRIVER_MISSING, "x.so")),))
    ),
    "waiting-sought": replace(HOME, snapshot=Snapshot(readers=Readers.PRESENT), failure=Failure(Reason.NO_TOKEN)),
    "waiting-expired": replace(HOME, snapshot=Snapshot((_held(COMPANY, -3, "8841"),))),
    "choosing": _at(Step.CHOOSING, snapshot=Snapshot((people.TOKEN, token(certificate("second", 30), serial="S2")))),
    "sign-in": _at(Step.SIGN_IN, account=""),
    "notice": _at(Step.NOTICE, notice=documents().notice),
    "card": _at(Step.CARD),
    "card-under-way": _at(Step.CARD, offer=replace(people.OFFER, application=ENTERED)),
    "agreement": _at(Step.AGREEMENT, agreement=documents().agreement),
    "form": _at(Step.FORM),
    "request-pin": _at(Step.REQUEST_PIN, application=application()),
    "requesting": _at(Step.REQUESTING, application=application(), stage=TokenStage.KEY_PAIR),
    "pay-notice": _at(Step.PAY_NOTICE, application=ENTERED),
    "order": _at(Step.ORDER, application=ENTERED),
    "order-frozen": _at(Step.ORDER, application=replace(ENTERED, payment_status=PaymentStatus.FROZEN)),
    "channel": _at(Step.CHANNEL, application=ENTERED),
    "method": _at(Step.METHOD, application=ENTERED),
    "qr": _paying(),
    "qr-scanned": _paying(state=AttemptState.SCANNED),
    "qr-over": _paying(expires_in=0),
    "issuing": _at(Step.ISSUING, application=replace(ISSUING, business_no=NUMBER)),
    "install-pin": _at(Step.INSTALL_PIN, application=replace(ISSUED, business_no=NUMBER)),
    "installing": _at(Step.INSTALLING, application=ISSUED, stage=TokenStage.READING_BACK),
    "done": _at(Step.DONE, application=_DONE, installation=INSTALLATION),
    "retiring": _at(Step.RETIRING, application=_DONE, installation=INSTALLATION, stage=TokenStage.RETIRING),
    "withdrawn": _at(Step.WITHDRAWN, application=_ENDED),
    "token-awaited": _at(Step.TOKEN_AWAITED, return_to=Step.FORM, snapshot=Snapshot()),
    "token-awaited-unread": _at(
        Step.TOKEN_AWAITED,
        return_to=Step.INSTALL_PIN,
        snapshot=Snapshot(readers=Readers.NO_SERVICE),
        application=replace(ISSUED, business_no=NUMBER),
    ),
    "refused": _at(Step.REFUSED, failure=Failure(Reason.CERTIFICATE_EXPIRED)),
    "certificates": _at(Step.CERTIFICATES, snapshot=Snapshot((LONE, *OTHERS))),
    "details": _at(
        Step.DETAILS, snapshot=Snapshot((LONE,)), looked_at=refer(LONE, LONE.certificates[0]), details=DETAILS
    ),
    "self-check": _at(
        Step.SELF_CHECK,
        checks=(Check("clock", True, "1秒"), Check("desk", False, "x", Failure(Reason.DESK_UNREACHABLE))),
    ),
}

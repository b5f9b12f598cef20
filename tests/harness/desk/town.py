"""Builds the desk that tests talk to, and plays the person with the token and the payment platform."""

import base64
import hashlib
import json
import secrets
import weakref
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from litestar import Litestar
from litestar.testing import TestClient

from tests.harness.desk.doubles import NOW, Clock, Platform
from tests.harness.desk.schema import new_database
from tests.harness.desk.signing import PADDINGS, Key, pem, sign, sign_evidence, sign_request
from tui.core.evidence import evidence_content, proof_message
from tui.core.form.fields import ApplicationForm, InvoiceForm
from tui.core.order import Application, AttemptState
from tui.core.payment_method import PaymentMethod
from tui.core.policy import KeyPolicy, SignatureScheme
from tui.core.x509.parts import dissect
from tui.desk.ca.local.settings import LocalCaSettings
from tui.desk.context import Desk
from tui.desk.engine.obligations import OBLIGATIONS, Obligation, claim
from tui.desk.http.api import create_app
from tui.desk.payments.gateway import Outcome, TradeState
from tui.desk.renewals.accounts import bind_certificate, create_account
from tui.desk.renewals.documents import documents
from tui.desk.renewals.issuing import issue
from tui.desk.settings import DatabaseUrl, DataKey, DeskSettings, Price
from tui.desk.settings_reader import SecretPath
from tui.desk.wiring import build

ACCOUNT, PASSWORD = "supplier", "correct horse battery"
FORM = ApplicationForm(
    term_months=12,
    id_number="11010519491231002X",
    agent_name="张三",
    agent_mobile="13800138000",
    agent_email="zhangsan@example.cn",
    recipient_name="李四",
    recipient_mobile="13900139000",
    recipient_address="广州市天河区珠江新城一号",
)
INVOICE = InvoiceForm("91440300100012316L", "某某科技有限公司")


class Refusal(Exception):  # noqa: N818 - it is an answer
    """A problem that the desk answered."""

    def __init__(self, status: int, problem: dict[str, Any]) -> None:
        super().__init__(status, problem)
        self.status, self.problem, self.reason = status, problem, problem["reason"]


@dataclass
class Person:
    """Somebody with a token, signed in or not."""

    client: TestClient[Any]
    key: Key
    certificate: bytes
    new_key: Key
    scheme: SignatureScheme = SignatureScheme.PKCS1
    headers: dict[str, str] = field(default_factory=lambda: {"Kiosk-Version": "1.2.0"})

    def call(self, method: str, path: str, body: object = None, *, key: str = "") -> Any:
        """One request; a problem is raised as `Refusal`."""
        headers = self.headers | {"Idempotency-Key": key or secrets.token_hex(16), "Content-Type": "application/json"}
        content = msgspec.json.encode(body) if body is not None else None
        answer = self.client.request(method, f"/v1{path}", content=content, headers=headers)
        if answer.status_code >= 400:
            assert answer.headers["content-type"] == "application/problem+json"
            raise Refusal(answer.status_code, json.loads(answer.content))
        return json.loads(answer.content) if answer.content else None

    def ask(self, method: str, path: str, body: object = None, *, key: str = "") -> Application:
        """A request that is answered with an application."""
        return msgspec.convert(self.call(method, path, body, key=key), Application, builtin_types=(), strict=False)

    def sign_in(self, account: str = ACCOUNT, password: str = PASSWORD) -> "Person":
        """登录."""
        session = self.call("POST", "/sessions", {"account": account, "password": password})
        self.headers["Authorization"] = f"Bearer {session['token']}"
        return self

    def save(self, form: ApplicationForm = FORM, fee_fen: int = 20000, *, key: str = "") -> Application:
        """提交 of the form."""
        agreement = documents().agreement
        body = {
            "certificate": b64(self.certificate),
            "agreement_version": agreement.version,
            "agreement_digest": agreement.digest,
            "form": form,
            "fee_fen": fee_fen,
        }
        return self.ask("PUT", "/applications", body, key=key)

    def csr(self, subject: x509.Name | None = None) -> bytes:
        """Made by the new key."""
        if isinstance(self.new_key, ec.EllipticCurvePrivateKey) and subject is None:
            return sign_request(self.new_key, dissect(self.certificate).subject, PADDINGS[self.scheme])
        old = x509.load_der_x509_certificate(self.certificate)
        return sign_request(self.new_key, subject or old.subject, PADDINGS[self.scheme])

    def evidence(self, statement: str, csr: bytes) -> bytes:
        """Signed by the old key."""
        return sign_evidence(self.key, self.certificate, evidence_content(statement, csr), PADDINGS[self.scheme])

    def submit(self, draft: Application) -> Application:
        """Hand in CSR and evidence."""
        csr = self.csr()
        body = {"csr": b64(csr), "evidence": b64(self.evidence(draft.statement, csr))}
        return self.ask("PUT", f"/applications/{draft.business_no}/request", body)

    def entered(self) -> Application:
        """Up to the order."""
        return self.submit(self.save())

    def pay(
        self, business_no: str, method: PaymentMethod = PaymentMethod.ALIPAY, invoice: InvoiceForm = INVOICE
    ) -> Application:
        """Open an attempt."""
        body = {"method": method.value, "invoice": invoice}
        return self.ask("POST", f"/applications/{business_no}/payments", body)

    def see(self, business_no: str) -> Application:
        """The application now."""
        return self.ask("GET", f"/applications/{business_no}")

    def prove(self, application: Application) -> Application:
        """Sign the challenge with the new key."""
        digest = hashlib.sha256(application.certificate).hexdigest()
        message = proof_message(application.business_no, digest, application.challenge)
        body = {"signature": b64(sign(self.new_key, message, self.scheme))}
        return self.ask("PUT", f"/applications/{application.business_no}/proof", body)


def b64(data: bytes) -> str:
    """As bytes travel in JSON."""
    return base64.b64encode(data).decode()


@dataclass
class Town:
    """The desk, its clock, its doubles and its CA."""

    desk: Desk
    clock: Clock
    alipay: Platform
    unionpay: Platform
    folder: Path
    ca_key: Key
    client: TestClient[Any]

    def certificate(
        self, key: Key, *, days_left: float = 20, issuer_key: Key | None = None, common_name: str = "张三"
    ) -> bytes:
        """An old certificate of this CA (or forged under its name)."""
        name = x509.Name(
            [x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"), x509.NameAttribute(NameOID.COMMON_NAME, common_name)]
        )
        start = self.clock.now - timedelta(days=365)
        end = (self.clock.now + timedelta(days=days_left)).replace(microsecond=0)
        builder = x509.CertificateBuilder(
            _CA_NAME, name, key.public_key(), x509.random_serial_number(), start, end
        ).add_extension(x509.KeyUsage(True, True, False, False, False, False, False, False, False), critical=True)
        return builder.sign(issuer_key or self.ca_key, SHA256()).public_bytes(Encoding.DER)

    def person(self, *, days_left: float = 20, bound: bool = True, key: Key | None = None) -> Person:
        """Somebody whose certificate is bound to the account, signed in."""
        key = key or ec.generate_private_key(ec.SECP256R1())
        return self.holder(key, self.certificate(key, days_left=days_left), bound=bound)

    def holder(self, key: Key, certificate: bytes, *, bound: bool = True) -> Person:
        """The same with this certificate; new key and scheme are as the desk's settings say."""
        if bound:
            bind_certificate(self.desk.engine, ACCOUNT, hashlib.sha256(certificate).hexdigest())
        rules = self.desk.settings.ca
        new_key = key if rules.key_policy is KeyPolicy.KEEP else ec.generate_private_key(ec.SECP256R1())
        return Person(self.client, key, certificate, new_key, rules.signature).sign_in()

    def paid(self, person: Person, method: PaymentMethod = PaymentMethod.ALIPAY) -> Application:
        """An application whose money is here."""
        business_no = person.entered().business_no
        person.pay(business_no, method)
        self.platform(method).state = TradeState.PAID
        return person.ask("POST", f"/applications/{business_no}/payments/query")

    def issued(self, person: Person) -> Application:
        """An application whose certificate waits; the engine's act is called by hand."""
        business_no = self.paid(person).business_no
        issue(self.desk, business_no)
        return person.see(business_no)

    def platform(self, method: PaymentMethod) -> Platform:
        """The channel's double."""
        return self.alipay if method is PaymentMethod.ALIPAY else self.unionpay

    def later(self, **delta: float) -> None:
        """Move the clock."""
        self.clock.now += timedelta(**delta)


_CA_NAME = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "NETCA 测试")])


def make_ca(folder: Path) -> Key:
    """CA files below the folder."""
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = (
        x509.CertificateBuilder(
            _CA_NAME,
            _CA_NAME,
            key.public_key(),
            x509.random_serial_number(),
            NOW - timedelta(days=999),
            datetime(2046, 1, 1, tzinfo=UTC),
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, SHA256())
    )
    (folder / "ca.pem").write_bytes(certificate.public_bytes(Encoding.PEM))
    (folder / "ca.key").write_bytes(pem(key))
    return key


def make_settings(folder: Path, **changes: Any) -> DeskSettings:
    """Settings of a desk on SQLite without outside world."""
    settings = DeskSettings(
        host="127.0.0.1",
        port=0,
        certificate=folder / "desk.pem",
        key=SecretPath(folder / "desk.key"),
        database=DatabaseUrl(f"sqlite:///{folder / 'desk.db'}"),
        public_url="https://desk.example",
        data_key=DataKey(range(32)),
        minimum_kiosk_version="1.1.0",
        window_days=90,
        hotline="020-89524338",
        qq="4008301330",
        prices=(Price(12, 20000), Price(24, 36000)),
        ca=LocalCaSettings(certificate=folder / "ca.pem", key=SecretPath(folder / "ca.key")),
    )
    return msgspec.structs.replace(settings, **changes)


def make_town(folder: Path, app_of: Callable[[Desk], Litestar] = create_app, **changes: Any) -> Town:
    """A desk with an account; its database is closed at the latest when nobody holds the town any more."""
    ca_key = make_ca(folder)
    settings = make_settings(folder, **changes)
    engine = new_database(settings.database, settings.data_key)
    clock = Clock()
    alipay, unionpay = Platform(PaymentMethod.ALIPAY), Platform(PaymentMethod.UNIONPAY)
    desk = build(settings, engine, clock)
    desk = replace(desk, gateways={PaymentMethod.ALIPAY: alipay, PaymentMethod.UNIONPAY: unionpay})
    create_account(engine, ACCOUNT, PASSWORD)
    town = Town(desk, clock, alipay, unionpay, folder, ca_key, TestClient(app_of(desk)))
    weakref.finalize(town, engine.dispose)
    return town


def sweep(town: Town, **delta: float) -> None:
    """Let time pass and do what is due."""
    town.later(**delta)
    do_due(town.desk)


def do_due(desk: Desk) -> None:
    """Everything that the engine would do now but issuing, which tests do by hand."""
    for kind in OBLIGATIONS:
        if kind.act is issue:
            continue
        for number in claimed(desk, kind):
            kind.act(desk, number)


def claimed(desk: Desk, kind: Obligation) -> list[str]:
    """What is due, taken for a minute."""
    now = desk.clock()
    return claim(desk.engine, kind, 50, now, now + timedelta(minutes=1))


def shown(application: Application) -> tuple[str, AttemptState]:
    assert application.attempt is not None
    return application.attempt.attempt_no, application.attempt.state


def paid(town: Town, attempt_no: str, fen: int = 20000) -> Outcome:
    return Outcome(TradeState.PAID, fen, f"T{attempt_no}", town.clock.now)

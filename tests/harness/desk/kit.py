"""Parts of the world of payments: a wire that can lose messages or kill the desk, keys and adapters made once, a CA."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import parse_qsl, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from tests.harness.desk.doubles import Clock
from tests.harness.desk.town import ACCOUNT
from tui.core.payment_method import PaymentMethod
from tui.desk.ca.port import IssuingFailed
from tui.desk.outbound import Answer
from tui.desk.payments.gateway import GatewayUnknown, PaymentGateway
from tui.desk.platforms.common.transport import ANSWER_LIMIT
from tui.desk.platforms.registry import PLATFORMS
from tui.desk.renewals.accounts import create_account
from tui.desk.storage.database import open_database
from tui.desk.storage.schema import migrate
from tui.sandbox.gateways.common.http import Call, Fate
from tui.sandbox.gateways.common.platform import PaymentSandbox
from tui.sandbox.gateways.registry import counterpart


class Crash(Exception):  # noqa: N818
    """The desk died here; what it had committed is all that is left of it."""


@dataclass
class Wire:
    """The adapters' connection: one message at a time, straight into a stand-in."""

    platform: PaymentSandbox | None = None
    early: Callable[[], None] = lambda: None
    """Called between what the platform did and its answer, when a notice is to come first."""
    fate: str = ""
    """Of the next message: crash-before, crash-after, lost, unanswered."""

    def post(self, url: str, form: str, limit: int = ANSWER_LIMIT, *, asks: bool) -> bytes:
        """Carry out one call."""
        del asks
        return self.call("POST", url, {}, form.encode(), limit).body

    def get(self, url: str, limit: int) -> bytes:
        """Fetch a bill."""
        return self.call("GET", url, {}, b"", limit).body

    def call(self, method: str, url: str, headers: Mapping[str, str], content: bytes, limit: int) -> Answer:
        """Carry out one request."""
        fate, self.fate = self.fate, ""
        if fate == "crash-before":
            raise Crash
        if fate == "lost":
            raise GatewayUnknown("ConnectError")
        at = urlsplit(url)
        sent = {name.lower(): value for name, value in headers.items()}
        form = "" if "content-type" in sent else content.decode()
        fields = dict(parse_qsl(at.query, keep_blank_values=True)) | dict(parse_qsl(form, keep_blank_values=True))
        assert self.platform is not None
        base = f"{at.scheme}://{at.netloc}"
        reply = self.platform.answer(Call(at.path, base, fields, "utf-8", method, at.query, sent, content))
        if reply is not None and reply.after is not None:
            self.early()
        if fate == "crash-after":
            raise Crash
        if fate == "unanswered" or reply is None or reply.fate is not Fate.SENT:
            raise GatewayUnknown("ReadTimeout")
        assert len(reply.body) <= limit
        return Answer(reply.status, reply.headers, reply.body)


@dataclass
class Kit:
    """What is slow to make, and made once: keys, adapters, an empty database."""

    folder: Path
    clock: Clock
    wires: dict[PaymentMethod, Wire]
    gateways: dict[PaymentMethod, PaymentGateway]
    keep: TemporaryDirectory[str]


@cache
def kit() -> Kit:
    """One for the whole process."""
    keep = TemporaryDirectory(prefix="world-")
    folder = Path(keep.name)
    played = {method: counterpart(method) for method in PaymentMethod}
    for method, one in played.items():
        one.make_keys(folder / method.value)
    engine = open_database(f"sqlite:///{folder / 'empty.db'}", bytes(range(32)))
    migrate(engine)
    create_account(engine, ACCOUNT, "correct horse battery")
    engine.dispose()
    clock, wires = Clock(), {method: Wire() for method in PaymentMethod}
    gateways = {
        method: PLATFORMS[method].open(
            one.settings(folder / method.value, f"http://127.0.0.1{one.path}"), clock, wires[method]
        )
        for method, one in played.items()
    }
    return Kit(folder, clock, wires, gateways, keep)


@cache
def certified() -> tuple[bytes, bytes]:
    """A CSR (PEM), and a certificate (DER) for it."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "张三")])
    csr = x509.CertificateSigningRequestBuilder().subject_name(name).sign(key, SHA256())
    begin = datetime(2026, 1, 1, tzinfo=UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, begin, begin + timedelta(days=3650))
    return csr.public_bytes(Encoding.PEM), builder.sign(key, SHA256()).public_bytes(Encoding.DER)


@dataclass
class Ca:
    """Issues, or refuses for good."""

    refuses: bool = False
    chain: tuple[bytes, ...] = ()

    def issue(self, request_id: str, csr: bytes, old_certificate: bytes, not_after: datetime) -> bytes:
        """The one certificate."""
        del request_id, csr, old_certificate, not_after
        if self.refuses:
            raise IssuingFailed("refused", final=True)
        return certified()[1]

    def recognises(self, certificate: bytes) -> bool:
        """Everything."""
        return bool(certificate)

    @property
    def not_after(self) -> datetime:
        """Not in these tests."""
        return datetime(2999, 1, 1, tzinfo=UTC)

    def flaw(self, certificate: bytes) -> str:
        """None."""
        del certificate
        return ""

"""What can go wrong between the desk and a payment platform, on real sockets."""

import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from msgspec import structs

from tests.harness.gateways.served import Clock, Merchant, attempt, served
from tui.core.payment_method import PaymentMethod
from tui.desk.payments.gateway import GatewayMisconfigured, GatewayUnknown, PaymentGateway, TradeState
from tui.desk.platforms.alipay.gateway import Alipay
from tui.desk.platforms.common.transport import ANSWER_LIMIT
from tui.desk.platforms.unionpay.gateway import UnionPay
from tui.sandbox.gateways.alipay.gateway import AlipaySandbox
from tui.sandbox.gateways.alipay.keys import alipay_settings
from tui.sandbox.gateways.unionpay.keys import unionpay_settings


@pytest.fixture
def tls(tmp_path: Path) -> Path:
    """A key and a certificate of its own for 127.0.0.1, in one PEM file."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "loopback")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, SHA256())
    )
    path = tmp_path / "tls.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(private + certificate.public_bytes(Encoding.PEM))
    return path


@pytest.fixture(params=[PaymentMethod.ALIPAY, PaymentMethod.UNIONPAY])
def gateway_at(
    request: pytest.FixtureRequest, alipay_directory: Path, unionpay_directory: Path, clock: Clock
) -> Callable[..., PaymentGateway]:
    """Each adapter, pointed at an address; of the seconds of its deadline a platform that answers needs few."""

    def make(url: str, deadline: float = 15.0) -> PaymentGateway:
        if request.param is PaymentMethod.ALIPAY:
            return Alipay(structs.replace(alipay_settings(alipay_directory, url), deadline=deadline), clock)
        return UnionPay(structs.replace(unionpay_settings(unionpay_directory, url), deadline=deadline), clock)

    return make


@pytest.mark.parametrize(
    "reply", [b"500", b"302", b"404", b"x" * (ANSWER_LIMIT + 1)], ids=["500", "302", "404", "long"]
)
def test_what_is_not_an_answer_leaves_the_outcome_unknown(
    gateway_at: Callable[..., PaymentGateway], clock: Clock, reply: bytes
) -> None:
    with served(Merchant(reply=reply)) as base, pytest.raises(GatewayUnknown) as failed:
        gateway_at(base).query(attempt(clock))
    assert "Timeout" not in str(failed.value)


def test_a_platform_that_never_answers_is_waited_for_until_the_deadline(
    gateway_at: Callable[..., PaymentGateway], clock: Clock
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(GatewayUnknown, match="Timeout"):
        gateway_at(f"http://127.0.0.1:{silent.getsockname()[1]}", 0.2).query(attempt(clock))


def test_nobody_there_leaves_the_outcome_unknown(gateway_at: Callable[..., PaymentGateway], clock: Clock) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with pytest.raises(GatewayUnknown, match="ConnectError"):
        gateway_at(f"http://127.0.0.1:{port}").query(attempt(clock))


@pytest.mark.parametrize("url", ["", "ftp://127.0.0.1", "http://127.0.0.1:x", "nonsense"])
def test_an_address_that_cannot_be_used_is_our_own_fault(
    gateway_at: Callable[..., PaymentGateway], clock: Clock, url: str
) -> None:
    with pytest.raises(GatewayMisconfigured):
        gateway_at(url).query(attempt(clock))


def test_tls_is_trusted_by_the_given_file_only(alipay_directory: Path, clock: Clock, tls: Path) -> None:
    platform, merchant = AlipaySandbox(alipay_directory, notice_ca=tls, clock=clock), Merchant()
    with served(platform, tls) as base, served(merchant, tls) as desk:
        settings = structs.replace(alipay_settings(alipay_directory, f"{base}/gateway.do"), ca_file=tls)
        gateway, asked = Alipay(settings, clock), attempt(clock, f"{desk}/notify")
        platform.pay(gateway.start(asked).qr)
        assert gateway.read_notice(merchant.next(), asked.notify_url).outcome.state is TradeState.PAID


def test_tls_that_is_not_trusted_is_our_own_fault(
    gateway_at: Callable[..., PaymentGateway], clock: Clock, tls: Path
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tls)

    def shake_hands() -> None:
        with suppress(ssl.SSLError):
            context.wrap_socket(listener.accept()[0], server_side=True).close()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = threading.Thread(target=shake_hands)
        server.start()
        with pytest.raises(GatewayMisconfigured, match="tls"):
            gateway_at(f"https://127.0.0.1:{listener.getsockname()[1]}").query(attempt(clock))
        server.join()


def test_settings_do_not_show_their_secrets(alipay_directory: Path, unionpay_directory: Path) -> None:
    shown = f"{alipay_settings(alipay_directory, 'x')!r}{unionpay_settings(unionpay_directory, 'x')!r}"
    for secret in ("PRIVATE KEY", "000000'", "\\x"):
        assert secret not in shown


def test_private_keys_are_readable_by_their_owner_only(alipay_directory: Path, unionpay_directory: Path) -> None:
    secrets = [alipay_directory / "app_private.pem", alipay_directory / "alipay_private.pem"]
    secrets += [unionpay_directory / name for name in ("merchant.pfx", "platform.key", "middle.key")]
    assert {path.stat().st_mode & 0o777 for path in secrets} == {0o600}

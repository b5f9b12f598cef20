"""A desk on loopback with real TLS that answers what a test has scripted and keeps what it was asked."""

import asyncio
import datetime as dt
import ipaddress
import socket
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import uvicorn
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID


@dataclass(frozen=True, slots=True)
class Answer:
    """One scripted answer."""

    body: bytes = b""
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    hang: bool = False
    """Never answer."""
    drop: bool = False
    """Close the connection in the middle of the answer."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as it came."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass(slots=True)
class DeskDouble:
    """Answers from `script`, the last one for ever."""

    url: str = ""
    ca_file: Path = Path()
    script: list[Answer] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)

    async def __call__(self, scope: Any, receive: Callable[[], Awaitable[Any]], send: Callable[[Any], Any]) -> None:
        """ASGI."""
        body = b""
        while (message := await receive())["type"] == "http.request":
            body += message["body"]
            if not message["more_body"]:
                break
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        self.asked.append(Asked(scope["method"], scope["raw_path"].decode(), headers, body))
        answer = self.script.pop(0) if len(self.script) > 1 else self.script[0]
        if answer.hang:
            await receive()
            return
        length = len(answer.body) + (1 if answer.drop else 0)
        sent = [(n.encode(), v.encode()) for n, v in answer.headers] + [(b"content-length", str(length).encode())]
        await send({"type": "http.response.start", "status": answer.status, "headers": sent})
        await send({"type": "http.response.body", "body": answer.body, "more_body": answer.drop})


def make_tls(
    folder: Path, *, host: str = "127.0.0.1", begins: dt.timedelta = -dt.timedelta(hours=1)
) -> tuple[Path, Path, Path]:
    """CA, server certificate (which lives for a day from `begins` on) and server key as PEM files."""
    ca_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    ca_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Test CA")])
    now = dt.datetime.now(dt.UTC)

    def builder(
        subject: x509.Name, public: ec.EllipticCurvePublicKey, begin: dt.timedelta = -dt.timedelta(hours=1)
    ) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(ca_name)
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now + begin)
            .not_valid_after(now + begin + dt.timedelta(days=1))
        )

    ca = (
        builder(ca_name, ca_key.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(
            x509.KeyUsage(False, False, False, False, False, True, True, False, False),
            critical=True,
        )
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(ca_key.public_key()), critical=False)
        .sign(ca_key, hashes.SHA256())
    )
    names = x509.IPAddress(ipaddress.ip_address(host)), x509.DNSName("localhost")
    server = (
        builder(x509.Name([]), key.public_key(), begins)
        .add_extension(x509.SubjectAlternativeName(names), critical=True)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_key.public_key()), critical=False)
        .sign(ca_key, hashes.SHA256())
    )
    files = folder / "ca.pem", folder / "server.pem", folder / "server.key"
    files[0].write_bytes(ca.public_bytes(Encoding.PEM))
    files[1].write_bytes(server.public_bytes(Encoding.PEM))
    files[2].write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return files


@contextmanager
def serve(app: DeskDouble, certificate: Path, key: Path, *, dated: bool = True) -> Iterator[str]:
    """The app on a free loopback port in a thread of its own, which tells the date or not; yields its URL."""
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(
        app,
        ssl_certfile=certificate,
        ssl_keyfile=key,
        lifespan="off",
        ws="none",
        log_config=None,
        access_log=False,
        date_header=dated,
    )
    server = uvicorn.Server(config)
    loop = asyncio.new_event_loop()

    def run() -> None:
        with asyncio.Runner(loop_factory=lambda: loop) as runner:
            runner.run(server.serve([listener]))

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield f"https://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = server.force_exit = True
        thread.join(10)
        listener.close()

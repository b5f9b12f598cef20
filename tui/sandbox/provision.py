"""Make a certificate about to expire: key in the token, issued by the sandbox's CA, bound to the account."""

import json
import tomllib
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import cast

from cryptography import x509
from cryptography.hazmat import asn1
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key
from cryptography.x509.oid import ExtendedKeyUsageOID
from sqlalchemy import select

from tui.core.order import ApplicationStatus
from tui.desk.renewals.accounts import bind_certificate
from tui.desk.settings import load
from tui.desk.storage.database import open_database, reading
from tui.desk.storage.records import ApplicationRecord
from tui.sandbox.authorities import key_usage, lengths_in_characters, name, write
from tui.sandbox.files import ACCOUNT, COMPANY, COMPANY_NUMBER
from tui.sandbox.token import KeyKind, PublicKey, certificates, generate, opened, write_certificate

USCC = x509.ObjectIdentifier("1.2.156.10260.4.1.4")
"""统一社会信用代码 of the holder, as Chinese CAs put it into certificates."""
_MARGIN = timedelta(hours=6)
"""So that N whole days are left for a while."""
_TERM = timedelta(days=365)


def provision_token(
    directory: Path,
    module: Path,
    pin: str,
    *,
    token_label: str | None = None,
    slot: int | None = None,
    days_left: int = 20,
    cn: str = COMPANY,
    key: KeyKind = "rsa2048",
    environment: tuple[tuple[str, str], ...] = (),
) -> str:
    """Make key and certificate in the token, bind it to the account, name the module in kiosk.toml.

    `days_left` below zero makes an expired certificate; `environment` is what the driver's process needs.
    Gives the certificate's fingerprint.

    :raises TokenRefused: the token does not serve.
    :raises OSError: `directory` holds no sandbox.
    """
    with opened(module, pin, label=token_label, slot=slot) as session:
        key_id, public = generate(session, key, cn)
        certificate = issue(directory / "ca", public, cn, days_left)
        der = certificate.public_bytes(Encoding.DER)
        with lengths_in_characters():
            subject = certificate.subject.public_bytes()
        write_certificate(session, der, subject, key_id, cn)
    fingerprint = sha256(der).hexdigest()
    engine = open_database(load(directory / "desk.toml").database)
    bind_certificate(engine, ACCOUNT, fingerprint)
    engine.dispose()
    name_module(directory / "kiosk.toml", module, environment)
    return fingerprint


def issue(ca: Path, public: PublicKey, cn: str, days_left: int) -> x509.Certificate:
    """A supplier's signing certificate as it would have been bought a year before its end."""
    authority = x509.load_pem_x509_certificate((ca / "ca.pem").read_bytes())
    authority_key = cast(RSAPrivateKey, load_pem_private_key((ca / "ca.key").read_bytes(), None))  # as `make_ca` wrote
    subject = name(
        country="CN", province="广东省", locality="深圳市", organisation=COMPANY, unit=COMPANY_NUMBER, common_name=cn
    )
    now = datetime.now(UTC).replace(microsecond=0)
    end = now + timedelta(days=days_left) + _MARGIN
    identifier = authority.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(authority.subject)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(min(now, end) - _TERM)
        .not_valid_after(end)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=False)
        .add_extension(key_usage(digital_signature=True, non_repudiation=True), critical=True)
        .add_extension(
            x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.EMAIL_PROTECTION]),
            critical=False,
        )
        .add_extension(x509.UnrecognizedExtension(USCC, asn1.encode_der(COMPANY_NUMBER)), critical=False)
        .sign(authority_key, SHA256())
    )


def name_module(kiosk: Path, module: Path, environment: tuple[tuple[str, str], ...]) -> None:
    """Add the module to kiosk.toml unless it is there."""
    text = kiosk.read_text("utf-8")
    known = tomllib.loads(text).get("token", {}).get("modules", [])
    if any(entry["path"] == str(module.absolute()) for entry in known):
        return
    lines = ["", "[[token.modules]]", f"path = {json.dumps(str(module.absolute()), ensure_ascii=False)}"]
    if environment:
        pairs = ", ".join(f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in environment)
        lines.append(f"environment = {{ {pairs} }}")
    write(kiosk, (text + "\n".join(lines) + "\n").encode())


def has_renewable(directory: Path, module: Path, token_label: str) -> bool:
    """Whether the token holds a certificate that ends soon and was not renewed yet.

    :raises TokenRefused: the token cannot be read.
    """
    with opened(module, None, label=token_label) as session:
        found = [x509.load_der_x509_certificate(der) for der in certificates(session)]
    engine = open_database(load(directory / "desk.toml").database)
    with reading(engine) as db:
        renewed = set(
            db.unit.scalars(
                select(ApplicationRecord.fingerprint).where(ApplicationRecord.status == ApplicationStatus.INSTALLED)
            )
        )
    engine.dispose()
    now = datetime.now(UTC)
    return any(
        now < certificate.not_valid_after_utc < now + timedelta(days=90)
        and certificate.fingerprint(SHA256()).hex() not in renewed
        for certificate in found
    )

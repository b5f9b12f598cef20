"""The desk's settings, read once from desk.toml; every error names the file and the key."""

import base64
import binascii
import re
import socket
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from tui.core.order import KeyPolicy, OldPair, SignatureScheme
from tui.desk.notifications.messages import MailSettings, SmsSettings
from tui.desk.platforms.alipay.settings import AlipaySettings
from tui.desk.platforms.nuonuo.settings import TaxPlatformSettings
from tui.desk.platforms.unionpay.settings import UnionPaySettings
from tui.desk.settings_reader import Reader, SettingsError

_SAFE_URL = re.compile(r"https://[^/?#@\s]+(/|$)|http://(127\.0\.0\.1|localhost|\[::1\])(:\d+)?(/|$)")
_VERSION = re.compile(r"\d{1,6}(\.\d{1,6}){0,3}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Price:
    """Fee of one term."""

    months: int
    fee_fen: int
    """Whole fee of the term, in fen."""


@dataclass(frozen=True, slots=True)
class CaSettings:
    """The embedded CA and its rules; an application under way keeps the rules that it began with."""

    certificate: Path
    key: Path
    kind: str = "local"
    directory: Path | None = None
    """Where issued certificates are kept; `issued` beside the certificate when not named."""
    retired_certificate_files: tuple[Path, ...] = ()
    """PEM files of this CA's earlier certificates: what they issued is renewed by the key of now."""
    key_policy: KeyPolicy = KeyPolicy.REKEY
    old_pair: OldPair = OldPair.KEEP
    signature: SignatureScheme = SignatureScheme.PKCS1
    """How RSA keys sign request, evidence and proof."""

    @property
    def issued(self) -> Path:
        """The directory of issued certificates."""
        return self.directory or self.certificate.parent / "issued"


@dataclass(frozen=True, slots=True)
class DeskSettings:
    """Everything the desk must be told."""

    host: str
    port: int
    """0 lets the system choose."""
    certificate: Path
    key: Path
    database: str = field(repr=False)
    """SQLAlchemy URL."""
    public_url: str
    """Where the payment platforms send notices; empty means the address that the desk listens on."""
    data_key: bytes = field(repr=False)
    """32 bytes, AES-256: seals personal data at rest."""
    minimum_kiosk_version: str
    window_days: int
    hotline: str
    qq: str
    prices: tuple[Price, ...]
    ca: CaSettings
    alipay: AlipaySettings | None
    unionpay: UnionPaySettings | None
    invoices: TaxPlatformSettings | None
    mail: MailSettings | None
    sms: SmsSettings | None
    executor: str = "desk"
    """Name of this process among several on one database, by which PostgreSQL shows its connections.

    Not named in the file: "desk" on SQLite, where there is but one process, and the host's name on PostgreSQL.
    """
    qr_seconds: int = 300
    """How long a payment code is shown."""
    session_seconds: int = 1800
    """A sign-in ends this long after its last use."""
    wrong_passwords: int = 5
    """So many wrong passwords in a row lock an account."""
    lock_seconds: int = 600
    takeover_seconds: int = 60
    """What a desk had under way that died is taken over by another one, or by itself, so soon."""
    connections: int = 1000
    """Open at once; fewer where the system allows fewer open files."""
    connections_per_address: int = 100


@dataclass(frozen=True, slots=True)
class _Desk:
    """Table [desk] as it stands in the file."""

    certificate: Path
    key: Path
    data_key_file: Path
    database: str = "sqlite:///desk.db"
    host: str = "127.0.0.1"
    port: int = 8443
    public_url: str = ""
    minimum_kiosk_version: str = "1.0.0"
    window_days: int = 90
    hotline: str = ""
    qq: str = ""
    executor: str = ""
    qr_seconds: int = 300
    session_seconds: int = 1800
    wrong_passwords: int = 5
    lock_seconds: int = 600
    takeover_seconds: int = 60
    connections: int = 1000
    connections_per_address: int = 100


def load(path: Path) -> DeskSettings:
    """Read desk.toml; relative paths in it are relative to its folder.

    :raises SettingsError: the file is missing, is no TOML, or a key is missing, unknown or of no use.
    """
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"{path}: {error}") from error
    reader = Reader(path)
    desk = reader.table(document, "desk", _Desk)
    prices = document.get("prices")
    if not isinstance(prices, list) or not prices:
        raise SettingsError(f"{path}: prices: at least one [[prices]] is needed")
    payments = document.get("payments", {})
    if not isinstance(payments, dict):
        raise SettingsError(f"{path}: payments: must be a table")
    database = _database(desk.database, path)
    if make_url(database).password:
        reader.refuse_open(path, "desk.database")
    settings = DeskSettings(
        host=desk.host,
        port=desk.port,
        certificate=desk.certificate,
        key=desk.key,
        database=database,
        public_url=desk.public_url.rstrip("/"),
        data_key=_data_key(desk.data_key_file, path),
        minimum_kiosk_version=desk.minimum_kiosk_version,
        window_days=desk.window_days,
        hotline=desk.hotline,
        qq=desk.qq,
        prices=tuple(reader.table({"prices": price}, "prices", Price) for price in prices),
        ca=reader.table(document, "ca", CaSettings),
        alipay=reader.optional(payments, "alipay", AlipaySettings, "payments."),
        unionpay=reader.optional(payments, "unionpay", UnionPaySettings, "payments."),
        invoices=reader.optional(document, "invoices", TaxPlatformSettings),
        mail=reader.optional(document, "mail", MailSettings),
        sms=reader.optional(document, "sms", SmsSettings),
        executor=desk.executor or ("desk" if desk.database.startswith("sqlite") else socket.gethostname()),
        qr_seconds=desk.qr_seconds,
        session_seconds=desk.session_seconds,
        wrong_passwords=desk.wrong_passwords,
        lock_seconds=desk.lock_seconds,
        takeover_seconds=desk.takeover_seconds,
        connections=desk.connections,
        connections_per_address=desk.connections_per_address,
    )
    _refuse_senseless(settings, path)
    return settings


def _refuse_senseless(settings: DeskSettings, file: Path) -> None:
    """Values that are of the right type and of no use."""
    positive = "window_days qr_seconds session_seconds wrong_passwords lock_seconds takeover_seconds connections"
    for key in (*positive.split(), "connections_per_address"):
        if getattr(settings, key) <= 0:
            raise SettingsError(f"{file}: desk.{key} must be positive")
    if not 0 <= settings.port < 1 << 16:
        raise SettingsError(f"{file}: desk.port must be 0 to 65535")
    if not _VERSION.fullmatch(settings.minimum_kiosk_version):
        raise SettingsError(f"{file}: desk.minimum_kiosk_version must be up to four numbers with dots between them")
    addresses = {}
    if settings.alipay:
        addresses["alipay.gateway_url"] = settings.alipay.gateway_url
    if settings.unionpay:
        addresses["unionpay.gateway_url"] = settings.unionpay.gateway_url
        addresses["unionpay.file_url"] = settings.unionpay.file_url
    for name, url in addresses.items():
        if not _SAFE_URL.match(url):
            raise SettingsError(f"{file}: payments.{name} must begin with https:// (http on loopback only)")
    months = [price.months for price in settings.prices]
    if min(months) < 12 or len(set(months)) < len(months):
        raise SettingsError(f"{file}: prices.months must be 12 or more, and each term stands there once")
    if min(price.fee_fen for price in settings.prices) <= 0:
        raise SettingsError(f"{file}: prices.fee_fen must be positive")
    if settings.ca.key_policy is KeyPolicy.KEEP and settings.ca.old_pair is OldPair.DELETE:
        raise SettingsError(f"{file}: ca.old_pair must be keep where ca.key_policy is: the old key is the new one")


def _database(url: str, file: Path) -> str:
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):  # whose text may hold a part of the password
        raise SettingsError(f"{file}: desk.database is no URL of a database") from None
    if parsed.get_backend_name() not in ("sqlite", "postgresql"):
        raise SettingsError(f"{file}: desk.database must be of sqlite or postgresql")
    if parsed.get_backend_name() == "sqlite" and parsed.database and parsed.database != ":memory:":
        parsed = parsed.set(database=str((file.parent / parsed.database).absolute()))
    return parsed.render_as_string(hide_password=False)


def _data_key(path: Path, file: Path) -> bytes:
    try:
        key = base64.b64decode(path.read_bytes(), validate=False)
    except (OSError, binascii.Error) as error:
        raise SettingsError(f"{file}: desk.data_key_file: {error}") from error
    if len(key) != 32:
        raise SettingsError(f"{file}: desk.data_key_file must hold 32 bytes in base64")
    return key

"""The desk's settings, read once from desk.toml; every error names the file and the key."""

import base64
import socket
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Self, Union

from msgspec import Meta, Struct, defstruct, field
from msgspec.structs import asdict
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from tui.desk.ca.registry import CAS
from tui.desk.ca.rules import CaRules
from tui.desk.notifications.sms import SmsSettings
from tui.desk.notifications.smtp import MailSettings
from tui.desk.platforms.nuonuo.settings import TaxPlatformSettings
from tui.desk.platforms.registry import PLATFORMS
from tui.desk.settings_reader import (
    AddressOrNone,
    Positive,
    SecretBytes,
    SecretPath,
    UnusableSetting,
    read,
    refuse_open,
)

_EACH_TERM_ONCE = "must be 12 to 1200, and each term stands there once"
_Lease = Annotated[int, Meta(ge=1, le=86400, description="must be 1 to 86400")]
_Workers = Annotated[int, Meta(ge=1, le=64, description="must be 1 to 64")]
_Days = Annotated[int, Meta(ge=1, le=3650, description="must be 1 to 3650")]
_Host = Annotated[str, Meta(min_length=1, description="must not be empty")]
_Port = Annotated[int, Meta(ge=0, le=65535, description="must be 0 to 65535")]
_Version = Annotated[
    str,
    Meta(
        pattern=r"\A[0-9]{1,6}(\.[0-9]{1,6}){0,3}\Z",
        description="must be up to four numbers with dots between them",
    ),
]


class DatabaseUrl(str):
    """Of SQLAlchemy; with a password in it the settings must be their owner's alone, and it is never shown."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "***"

    @classmethod
    def named(cls, text: str, file: Path) -> Self:
        """As `text` in the settings `file` says; the file that SQLite's URL names is relative to them."""
        try:
            parsed = make_url(text)
        except (ArgumentError, ValueError):  # whose text may hold a part of the password
            raise ValueError("is no URL of a database") from None
        if parsed.get_backend_name() not in ("sqlite", "postgresql"):
            raise ValueError("must be of sqlite or postgresql")
        if parsed.password:
            refuse_open(file)
        if parsed.get_backend_name() == "sqlite" and parsed.database and parsed.database != ":memory:":
            parsed = parsed.set(database=str((file.parent / parsed.database).absolute()))
        return cls(parsed.render_as_string(hide_password=False))


class DataKey(SecretBytes):
    """32 bytes, AES-256: seals personal data at rest; base64 in its file."""

    @classmethod
    def named(cls, text: str, file: Path) -> Self:
        """The key itself."""
        key = base64.b64decode(super().named(text, file), validate=False)
        if len(key) != 32:
            raise ValueError("must hold 32 bytes in base64")
        return cls(key)


class Price(Struct, frozen=True, forbid_unknown_fields=True):
    """Fee of one term."""

    months: Annotated[int, Meta(ge=12, le=1200, description=_EACH_TERM_ONCE)]
    fee_fen: Positive
    """Whole fee of the term, in fen."""


class Name(Struct, frozen=True, forbid_unknown_fields=True):
    """A name that the desk says in Chinese, of a payee or a fee item, for people who read English."""

    chinese: str
    """Exactly as it is said; it stays the one that binds."""
    english: str


if TYPE_CHECKING:
    CaSettings = CaRules

    class Payments(Struct, frozen=True):
        """Table [payments]: the platforms, each in a table of its own, or None where the file has none."""

        def __getattr__(self, name: str) -> Any:
            """A platform's settings by its name."""
else:
    CaSettings = Union[tuple(kind.settings for kind in CAS.values())]  # noqa: UP007 — of as many as there are
    Payments = defstruct(
        "Payments",
        [(method.value, platform.settings | None, None) for method, platform in PLATFORMS.items()],
        frozen=True,
        kw_only=True,
        forbid_unknown_fields=True,
    )


class Desk(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Table [desk]: this process, its database, its answers to kiosks."""

    certificate: Path
    key: SecretPath
    data_key: DataKey = field(name="data_key_file")
    database: DatabaseUrl = DatabaseUrl("sqlite:///desk.db")
    host: _Host = "127.0.0.1"
    port: _Port = 8443
    """0 lets the system choose."""
    public_url: AddressOrNone = ""
    """Where the payment platforms send notices; empty means the address that the desk listens on."""
    minimum_kiosk_version: _Version = "1.0.0"
    window_days: _Days = 90
    hotline: str = ""
    qq: str = ""
    executor: str = ""
    """Name of this process among several on one database, by which PostgreSQL shows its connections.

    Not named in the file: "desk" on SQLite, where there is but one process, and the host's name on PostgreSQL.
    """
    qr_seconds: Positive = 300
    """How long a payment code is shown."""
    session_seconds: Positive = 1800
    """A sign-in ends this long after its last use."""
    wrong_passwords: Positive = 5
    """So many wrong passwords in a row lock an account."""
    lock_seconds: Positive = 600
    takeover_seconds: _Lease = 60
    """What a desk had under way that died is taken over by another one, or by itself, so soon."""
    connections: Positive = 1000
    """Open at once; fewer where the system allows fewer open files."""
    connections_per_address: Positive = 100
    workers: _Workers = 1
    """Processes that serve the address together; each has `connections` and an engine of its own."""

    def __post_init__(self) -> None:
        if self.workers > 1 and self.database.startswith("sqlite"):
            raise UnusableSetting("workers", "must be 1 with SQLite, which has one desk")


class DeskSettings(Desk, frozen=True, kw_only=True):
    """Everything the desk must be told: table [desk] and the others."""

    prices: tuple[Price, ...]
    names: tuple[Name, ...] = ()
    ca: CaSettings
    payments: Payments = Payments()
    invoices: TaxPlatformSettings | None = None
    mail: MailSettings | None = None
    sms: SmsSettings | None = None


class _File(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """desk.toml."""

    desk: Desk
    prices: tuple[Price, ...] = ()
    names: tuple[Name, ...] = ()
    ca: CaSettings
    payments: Payments = Payments()
    invoices: TaxPlatformSettings | None = None
    mail: MailSettings | None = None
    sms: SmsSettings | None = None

    def __post_init__(self) -> None:
        if not self.prices:
            raise UnusableSetting("prices", "at least one [[prices]] is needed")
        if len({price.months for price in self.prices}) < len(self.prices):
            raise UnusableSetting("prices.months", _EACH_TERM_ONCE)


def load(path: Path) -> DeskSettings:
    """Read desk.toml; relative paths in it are relative to its folder.

    :raises SettingsError: the file is missing, is no TOML, or a key is missing, unknown or of no use.
    """
    tables = asdict(read(path, _File))
    desk: Desk = tables.pop("desk")
    named = asdict(desk)
    named["database"] = DatabaseUrl.named(desk.database, path)  # the default too is relative to the file
    named["public_url"] = desk.public_url.rstrip("/")
    named["executor"] = desk.executor or ("desk" if desk.database.startswith("sqlite") else socket.gethostname())
    return DeskSettings(**named, **tables)

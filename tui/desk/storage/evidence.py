"""The tables of what proves a renewal: what was signed, and which keys were seen."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from tui.desk.storage.records import Record
from tui.desk.storage.sealed import Sealed


class EvidenceRecord(Record):
    """What the person signed with the old key: verifiable with `openssl cms -verify`."""

    __tablename__ = "evidence"
    business_no: Mapped[str] = mapped_column(ForeignKey("applications.business_no"), primary_key=True)
    csr: Mapped[bytes]
    """PEM."""
    cms: Mapped[bytes] = mapped_column(Sealed("evidence.cms"))
    """DER SignedData."""
    created_at: Mapped[datetime]


class KeyRecord(Record):
    """A public key that was certified or requested here before."""

    __tablename__ = "keys"
    spki: Mapped[str] = mapped_column(primary_key=True)
    """SHA-256 over SubjectPublicKeyInfo, hex."""
    business_no: Mapped[str] = mapped_column(default="")
    """The application that requested it last; empty while none did and only its certificate was shown here."""

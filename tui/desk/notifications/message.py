"""What every way of sending a message shares: its attachments, and how it fails."""

from dataclasses import dataclass


class NotDelivered(Exception):  # noqa: N818 — named as the desk speaks of it
    """The message was not accepted; the text holds a code and never the address or the words."""

    def __init__(self, text: str, final: bool) -> None:
        """`final` means that sending the same again cannot help."""
        super().__init__(text)
        self.text = text
        self.final = final


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file sent with a mail."""

    name: str
    media_type: str
    """`application/pdf`, …"""
    content: bytes

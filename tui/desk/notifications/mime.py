"""A mail as it travels: its header and, all in base64, its text and its files (RFC 5322, RFC 2045 to 2047).

The library's own classes take ten times as long, for they can write every mail; ours are all alike.
"""

import re
from base64 import encodebytes
from collections.abc import Iterable, Mapping
from email.header import Header
from email.utils import encode_rfc2231

from tui.desk.notifications.message import Attachment

_UNPLAIN = re.compile(r"[^0-9A-Za-z._-]")
_BOUNDARY = "=_part"
"""No line of base64 begins so (RFC 2045 6.7)."""


def encoded(words: str) -> str:
    """A header's value, in words that are encoded where they are not ASCII."""
    return words if words.isascii() else Header(words, "utf-8").encode(linesep="\r\n")


def compose(header: Mapping[str, str], text: str, attachments: Iterable[Attachment]) -> bytes:
    """The whole mail, in lines that end with CRLF; what is in the header is ASCII."""
    body = "\r\n".join([*text.splitlines(), ""]).encode()
    parts = [_part({"Content-Type": 'text/plain; charset="utf-8"'}, body)]
    parts += [_part(_fields(attachment), attachment.content) for attachment in attachments]
    head = _lines({**header, "MIME-Version": "1.0"})
    if len(parts) == 1:
        return head + parts[0]
    mixed = _lines({"Content-Type": f'multipart/mixed; boundary="{_BOUNDARY}"'})
    border = f"--{_BOUNDARY}".encode()
    whole = b"".join([border + b"\r\n" + part + b"\r\n" for part in parts])
    return head + mixed + b"\r\n" + whole + border + b"--\r\n"


def _fields(attachment: Attachment) -> dict[str, str]:
    name = attachment.name
    parameter = f"filename*={encode_rfc2231(name, 'utf-8')}" if _UNPLAIN.search(name) else f'filename="{name}"'
    return {"Content-Type": attachment.media_type, "Content-Disposition": f"attachment; {parameter}"}


def _part(fields: Mapping[str, str], content: bytes) -> bytes:
    """One part with its fields, an empty line and its content."""
    head = _lines({**fields, "Content-Transfer-Encoding": "base64"})
    return head + b"\r\n" + encodebytes(content).replace(b"\n", b"\r\n")


def _lines(fields: Mapping[str, str]) -> bytes:
    return "".join([f"{name}: {value}\r\n" for name, value in fields.items()]).encode("ascii")

"""Run a mail server on loopback that keeps every message as an .eml file."""

import os
import re
import ssl
import tempfile
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

_UNSAFE = re.compile(r"[^A-Za-z0-9.@_-]")


class Mailbox:
    """Takes whatever is sent; one file a message, named by its Message-ID, so a second copy replaces the first."""

    def __init__(self, directory: Path, port: int, tls: tuple[Path, Path]) -> None:
        """Listen on `port` of 127.0.0.1 once started; `tls` (certificate, key) makes STARTTLS obligatory."""
        directory.mkdir(parents=True, exist_ok=True)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*tls)
        self._controller = Controller(
            _Keeper(directory),
            hostname="127.0.0.1",
            port=port,
            tls_context=context,
            require_starttls=True,
            enable_SMTPUTF8=True,
            ident="mailbox",
        )

    def start(self) -> None:
        """Listen, in a thread of its own.

        :raises OSError: the port is taken.
        """
        self._controller.start()

    def stop(self) -> None:
        """Stop listening and end the thread."""
        self._controller.stop()


class _Keeper:
    """aiosmtpd's handler."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 — aiosmtpd
        """Keep the message before it is accepted."""
        content = envelope.original_content or b""
        keep(self._directory / f"{_message_id(content)}.eml", content)
        return "250 2.0.0 kept"


def keep(path: Path, content: bytes) -> None:
    """Write the file in one act."""
    descriptor, draft = tempfile.mkstemp(dir=path.parent, prefix=".draft-")
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    os.replace(draft, path)


def _message_id(content: bytes) -> str:
    found = re.search(rb"^Message-ID:\s*<([^>\r\n]{1,200})>", content, re.IGNORECASE | re.MULTILINE)
    return _UNSAFE.sub("_", found[1].decode("ascii", "replace")) if found else f"unnamed-{os.urandom(8).hex()}"

"""Send e-mail by SMTP (RFC 5321); a message is safe to send again under the same number."""

import re
import smtplib
import socket
import time
import weakref
from collections import deque
from contextlib import suppress
from email.errors import MessageError
from email.headerregistry import Address
from email.utils import formataddr, formatdate
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import msgspec

from tui.core.form.contacts import check_email
from tui.desk.notifications.message import Attachment, NotDelivered
from tui.desk.notifications.mime import compose, encoded
from tui.desk.outbound import trust
from tui.desk.settings_reader import Password, Seconds, UnusableSetting
from tui.desk.silence import is_silent

_Host = Annotated[str, msgspec.Meta(min_length=1, description="must not be empty")]
_Port = Annotated[int, msgspec.Meta(ge=1, le=65535, description="must be 1 to 65535")]
_VERDICT = 600.0
"""Seconds for the answer to a whole message (RFC 5321, 4.5.3.2.6): who gives up before it comes sends a second copy."""
_GO_ON = 354
_PIECE = 64 * 1024
"""Bytes of a message, each given the time of one command."""
_LEADING_DOT = re.compile(rb"^\.", re.MULTILINE)
_KEPT, _KEPT_SECONDS = 2, 15.0
"""Connections, and how long each of them is kept unused."""


class MailSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The mail server that takes our messages."""

    host: _Host
    port: _Port
    sender: str
    """Address in From and MAIL FROM; its domain is the right side of every Message-ID."""
    sender_name: str = ""
    starttls: bool = True
    """RFC 3207, refused when the server does not offer it. False is for a relay on the same machine only."""
    implicit_tls: bool = False
    """TLS from the first byte (RFC 8314, port 465) in the place of STARTTLS."""
    ca_file: Path | None = None
    """PEM bundle to trust instead of the system's authorities."""
    user: str = ""
    """Empty: no authentication."""
    password: Password = msgspec.field(default=Password(), name="password_file")
    deadline: Seconds = 15.0
    """Seconds for one command; a message that was handed over is waited for as long as RFC 5321 says."""

    def __post_init__(self) -> None:
        """Refuse a sender that no mail can come from.

        :raises UnusableSetting: names the field.
        """
        if check_email(self.sender) is not None:
            raise UnusableSetting("sender", "must be an e-mail address")


class NoVerdict(smtplib.SMTPException):
    """The server has all of the message, and nobody knows whether it took it."""


class _Patient(smtplib.SMTP):
    def data(self, msg: Any) -> tuple[int, bytes]:
        """Hand over a message, bytes in lines that end with CRLF; whoever fails ends the connection.

        :raises NoVerdict: it is sent, and no answer came.
        """
        code, said = self.docmd("data")
        if code != _GO_ON:
            raise smtplib.SMTPDataError(code, said)
        body = _LEADING_DOT.sub(b"..", msg) + b".\r\n"
        for start in range(0, len(body), _PIECE):
            self.send(body[start : start + _PIECE])
        if self.sock is not None:
            self.sock.settimeout(_VERDICT)
        try:
            answer = self.getreply()
        except smtplib.SMTPServerDisconnected as lost:
            raise NoVerdict from lost
        if self.sock is not None:
            self.sock.settimeout(self.timeout)
        return answer


class _PatientOverTls(_Patient, smtplib.SMTP_SSL):
    pass


class _Kept(NamedTuple):
    """A connection that nobody uses."""

    server: smtplib.SMTP
    until: float
    """In seconds of the monotonic clock; no server has lost patience by then."""

    @property
    def is_fresh(self) -> bool:
        """Whether the server has neither said good-bye nor gone."""
        if self.server.sock is None or time.monotonic() >= self.until:
            return False
        return is_silent(self.server.sock)


class Mailer:
    """Sends mail, one message after another over a connection, usable from any thread."""

    def __init__(self, settings: MailSettings) -> None:
        """Keep the settings; nothing is connected yet.

        :raises ValueError: the file to trust holds no certificate.
        :raises OSError: it cannot be read.
        """
        self._settings, self._tls = settings, trust(settings.ca_file)
        self._sender = Address(settings.sender_name, addr_spec=settings.sender)
        self._kept = deque[_Kept]()
        self._busy = set[smtplib.SMTP]()
        self._is_over = False
        self.close = weakref.finalize(self, _close, self._kept)
        """Give the connections back; whoever forgets the mailer does so too."""

    def send(self, message_id: str, to: str, subject: str, text: str, attachments: tuple[Attachment, ...] = ()) -> None:
        """Hand one message to the server; `message_id` becomes its Message-ID, by which receivers drop a second copy.

        :raises NotDelivered: the server refused (5xx: final) or could not be asked (not final).
        """
        message = self._compose(message_id, to, subject, text, attachments)
        try:
            self._hand_over(to, message)
        except smtplib.SMTPRecipientsRefused as error:
            codes = [code for code, _ in error.recipients.values()]
            raise NotDelivered(f"SMTP {min(codes)}", final=min(codes) >= 500) from None  # the cause names the address
        except smtplib.SMTPAuthenticationError as error:
            raise NotDelivered(f"SMTP {error.smtp_code}", final=False) from None
        except smtplib.SMTPResponseException as error:
            raise NotDelivered(f"SMTP {error.smtp_code}", final=error.smtp_code >= 500) from None
        except (smtplib.SMTPException, OSError) as error:
            raise NotDelivered(type(error).__name__, final=False) from error

    def give_up(self) -> None:
        """Wait for no server any more: what is under way, and all else, is not delivered."""
        self._is_over = True
        for server in tuple(self._busy):
            if (sock := server.sock) is not None:
                with suppress(OSError):  # it has gone already
                    socket.socket.shutdown(sock, socket.SHUT_RDWR)  # below TLS, whose own is not for another thread

    def _hand_over(self, to: str, message: bytes) -> None:
        """Over a kept connection, and over a new one where the server would not go on with that."""
        if (kept := self._take()) is not None:
            try:
                self._send_over(kept, to, message)
            except (smtplib.SMTPServerDisconnected, smtplib.SMTPSenderRefused):
                pass  # it ended, or takes no more messages: nothing was handed over
            else:
                return
        self._send_over(self._connect(), to, message)

    def _send_over(self, server: smtplib.SMTP, to: str, message: bytes) -> None:
        self._busy.add(server)
        try:
            if self._is_over:
                raise NotDelivered("the desk is ending", final=False)
            server.sendmail(self._sender.addr_spec, [to], message)
        except (NotDelivered, smtplib.SMTPException, OSError):
            server.close()
            raise
        finally:
            self._busy.discard(server)
        self._give_back(server)

    def _take(self) -> smtplib.SMTP | None:
        """A connection that lives; those that do not are ended."""
        with suppress(IndexError):
            while True:
                kept = self._kept.pop()
                if kept.is_fresh:
                    return kept.server
                kept.server.close()
        return None

    def _give_back(self, server: smtplib.SMTP) -> None:
        if len(self._kept) < _KEPT:
            self._kept.append(_Kept(server, time.monotonic() + _KEPT_SECONDS))
        else:
            server.close()

    def _compose(self, message_id: str, to: str, subject: str, text: str, attachments: tuple[Attachment, ...]) -> bytes:
        if not _is_address(to) or not subject.isprintable():
            raise NotDelivered("address or subject cannot be sent", final=True)
        header = {
            "From": formataddr((self._sender.display_name, self._sender.addr_spec)),
            "To": to,
            "Subject": encoded(subject),
            "Message-ID": f"<{message_id}@{self._sender.domain}>",
            "Date": formatdate(),
            "Auto-Submitted": "auto-generated",  # RFC 3834: holiday notices must not come back
        }
        return compose(header, text, attachments)

    def _connect(self) -> smtplib.SMTP:
        settings = self._settings
        server: smtplib.SMTP
        if settings.implicit_tls:
            server = _PatientOverTls(settings.host, settings.port, timeout=settings.deadline, context=self._tls)
        else:
            server = _Patient(settings.host, settings.port, timeout=settings.deadline)
        try:
            if settings.starttls and not settings.implicit_tls:
                server.starttls(context=self._tls)
            if settings.user:
                server.login(settings.user, settings.password.decode().strip())
        except (smtplib.SMTPException, OSError):
            server.close()
            raise
        return server


def _close(kept: deque[_Kept]) -> None:
    while kept:
        kept.pop().server.close()


def _is_address(text: str) -> bool:
    """Whether this is one address, and nothing else (RFC 5322, 3.4.1)."""
    try:
        return text.isascii() and Address(addr_spec=text).addr_spec == text
    except (ValueError, MessageError, IndexError):
        return False

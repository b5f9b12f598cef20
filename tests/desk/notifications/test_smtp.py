"""Mail, sent for real to a server on the loopback interface."""

import email
import smtplib
import socket
import ssl
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from select import select
from typing import TextIO

import pytest

from tests.harness.gateways.served import free_port
from tui.desk.notifications import smtp
from tui.desk.notifications.message import Attachment, NotDelivered
from tui.desk.notifications.smtp import Mailer, MailSettings
from tui.sandbox.mailbox import Mailbox


@pytest.fixture
def mail(tmp_path: Path, tls: Path) -> Iterator[MailSettings]:
    port = free_port()
    mailbox = Mailbox(tmp_path / "mail", port, (tls / "server.pem", tls / "server.key"))
    mailbox.start()
    yield MailSettings(
        host="127.0.0.1",
        port=port,
        sender="ca@kiosk.example.com",
        sender_name="数字证书服务中心",
        ca_file=tls / "ca.pem",
    )
    mailbox.stop()


def kept(directory: Path, name: str) -> EmailMessage:
    message = email.message_from_bytes((directory / f"{name}.eml").read_bytes(), policy=default)
    assert isinstance(message, EmailMessage)
    return message


def test_a_mail_arrives_whole_by_starttls(mail: MailSettings, tmp_path: Path) -> None:
    attachment = Attachment("发票.pdf", "application/pdf", b"%PDF-1.4\n\xff")
    Mailer(mail).send("INV-1", "zhang@example.com", "您的电子发票", "下载：https://例\n.\n", (attachment,))
    message = kept(tmp_path / "mail", "INV-1@kiosk.example.com")
    assert message["Subject"] == "您的电子发票"
    assert message["To"] == "zhang@example.com"
    assert "数字证书服务中心" in message["From"]
    body = message.get_body()
    assert body is not None
    assert body.get_content().splitlines() == ["下载：https://例", "."]
    (part,) = message.iter_attachments()
    assert (part.get_filename(), part.get_content()) == ("发票.pdf", b"%PDF-1.4\n\xff")


def test_a_second_copy_has_the_same_message_id(mail: MailSettings, tmp_path: Path) -> None:
    for _ in range(2):
        Mailer(mail).send("INV-1", "zhang@example.com", "发票", "一次")
    assert [path.name for path in (tmp_path / "mail").iterdir()] == ["INV-1@kiosk.example.com.eml"]


def test_an_untrusted_mail_server_gets_nothing(mail: MailSettings, tmp_path: Path) -> None:
    stranger = MailSettings(host=mail.host, port=mail.port, sender=mail.sender)
    with pytest.raises(NotDelivered) as failed:
        Mailer(stranger).send("INV-1", "zhang@example.com", "发票", "一次")
    assert not failed.value.final
    assert list((tmp_path / "mail").iterdir()) == []


def test_a_server_that_demands_tls_refuses_plain_text(mail: MailSettings) -> None:
    plain = MailSettings(host=mail.host, port=mail.port, sender=mail.sender, starttls=False)
    with pytest.raises(NotDelivered, match="SMTP 530"):
        Mailer(plain).send("INV-1", "zhang@example.com", "发票", "一次")


def test_no_server_is_not_final() -> None:
    with pytest.raises(NotDelivered) as failed:
        Mailer(MailSettings(host="127.0.0.1", port=free_port(), sender="ca@example.com")).send(
            "1", "zhang@example.com", "发票", ""
        )
    assert not failed.value.final


@pytest.mark.parametrize(
    ("to", "subject"),
    [("zhang@example.com", "一\r\nBcc: x@y.z"), ("no address", "一"), ("a@b.c, d@e.f", "一"), ("", "一")],
)
def test_headers_cannot_be_smuggled_in(mail: MailSettings, to: str, subject: str) -> None:
    with pytest.raises(NotDelivered) as failed:
        Mailer(mail).send("1", to, subject, "")
    assert failed.value.final
    assert not to or to not in str(failed.value)


class Counted:
    """A relay that takes messages without a word about TLS, so many over one connection, and counts."""

    def __init__(
        self,
        at_most: int,
        *,
        says_so: bool = True,
        leaves: bool = False,
        takes: Sequence[float] = (),
        hesitates: float = 0,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """Where it does not leave before, it hears one message more, to refuse it.

        It hesitates so many seconds before each message, and takes so many over the first ones.
        Messages whose sender did not wait for it are none.
        """
        self._at_most, self._says_so, self._leaves = at_most, says_so, leaves
        self._takes, self._hesitates = iter(takes), hesitates
        self._tls, self.read = tls, threading.Semaphore(0)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self.connections = self.bodies = self.messages = 0
        self.left, self.late = threading.Semaphore(0), list[str]()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def stop(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._listener.close()

    def _run(self) -> None:
        with suppress(OSError):
            while True:
                peer, _ = self._listener.accept()
                self.connections += 1
                if self._tls:
                    peer = self._tls.wrap_socket(peer, server_side=True)
                with peer, peer.makefile("rw", encoding="ascii", newline="\r\n") as lines, suppress(OSError):
                    self._serve(lines, peer)

    def _serve(self, lines: TextIO, peer: socket.socket) -> None:
        def say(line: str) -> None:
            lines.write(f"{line}\r\n")
            lines.flush()

        taken = 0
        say("220 relay")
        for line in lines:
            verb = line[:4].upper().strip()
            if verb == "MAIL" and taken >= self._at_most:
                return say("421 enough") if self._says_so else None
            if verb == "DATA" and select([peer], [], [], self._hesitates)[0]:
                return None  # it went
            say("354 go on" if verb == "DATA" else "250 ok")
            if verb == "DATA":
                while lines.readline() != ".\r\n":
                    pass
                self.bodies += 1
                self.read.release()
                if select([peer], [], [], next(self._takes, 0))[0]:
                    return None
                taken, self.messages = taken + 1, self.messages + 1
                say("250 taken")
                if self._leaves and taken == self._at_most:
                    if self._says_so:
                        say("421 enough")
                    peer.shutdown(socket.SHUT_WR)
                    self.left.release()
                    self.late += lines
        return None


@contextmanager
def relayed(relay: Counted, deadline: float = 15.0, ca_file: Path | None = None) -> Iterator[Mailer]:
    """Over TLS where there is a file to trust."""
    settings = MailSettings(
        host="127.0.0.1",
        port=relay.port,
        sender="ca@example.com",
        starttls=False,
        implicit_tls=ca_file is not None,
        ca_file=ca_file,
        deadline=deadline,
    )
    mailer = Mailer(settings)
    try:
        yield mailer
    finally:
        mailer.close()
        relay.stop()


@pytest.mark.parametrize("says_so", [True, False])
def test_messages_follow_each_other_over_a_connection_as_long_as_the_server_goes_on(*, says_so: bool) -> None:
    relay = Counted(2, says_so=says_so)
    with relayed(relay) as mailer:
        for number in range(3):
            mailer.send(str(number), "zhang@example.com", "发票", "一次")
        assert (relay.messages, relay.connections) == (3, 2)


@pytest.mark.parametrize("says_so", [True, False])
def test_nothing_is_said_over_a_connection_that_the_server_has_left(*, says_so: bool) -> None:
    relay = Counted(1, says_so=says_so, leaves=True)
    with relayed(relay) as mailer:
        for number in range(2):
            mailer.send(str(number), "zhang@example.com", "发票", "一次")
            assert relay.left.acquire(timeout=20)
        assert (relay.messages, relay.connections) == (2, 2)
    assert relay.late == []


def test_a_server_may_think_about_a_message_for_longer_than_about_a_command(monkeypatch: pytest.MonkeyPatch) -> None:
    waits, answer = list[float | None](), smtplib.SMTP.getreply

    def awaited(server: smtplib.SMTP) -> tuple[int, bytes]:
        assert server.sock is not None
        waits.append(server.sock.gettimeout())
        return answer(server)

    monkeypatch.setattr(smtplib.SMTP, "getreply", awaited)
    relay = Counted(2)
    with relayed(relay, deadline=15) as mailer:
        for number in range(2):
            mailer.send(str(number), "zhang@example.com", "发票", "一次")
        assert relay.messages == 2
    command, verdict = 15, smtp._VERDICT
    greeting, mail = [command] * 2, [command] * 3  # of the second: its word, EHLO; MAIL, RCPT, DATA
    assert waits[: len(waits) - waits[::-1].index(verdict)] == [*greeting, *mail, verdict, *mail, verdict]


def test_a_server_that_hesitates_before_a_message_is_given_the_time_of_a_command() -> None:
    relay = Counted(1, hesitates=20)
    with relayed(relay, deadline=0.2) as mailer, pytest.raises(NotDelivered) as failed:
        mailer.send("1", "zhang@example.com", "发票", "一次")
    assert (failed.value.final, relay.bodies) == (False, 0)


def test_what_a_server_was_silent_about_is_not_sent_again_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    relay = Counted(3, takes=[0, 20])
    with relayed(relay) as mailer:
        mailer.send("1", "zhang@example.com", "发票", "一次")
        monkeypatch.setattr(smtp, "_VERDICT", 0.2)
        with pytest.raises(NotDelivered) as failed:
            mailer.send("2", "zhang@example.com", "发票", "一次")  # over the connection that was kept
    assert (failed.value.final, relay.bodies) == (False, 2)


@pytest.mark.parametrize("over_tls", [True, False])
def test_who_gives_up_waits_for_no_server(tls: Path, *, over_tls: bool) -> None:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH) if over_tls else None
    if context:
        context.load_cert_chain(tls / "server.pem", tls / "server.key")
    relay = Counted(2, takes=[20], tls=context)
    with relayed(relay, ca_file=tls / "ca.pem" if over_tls else None) as mailer, ThreadPoolExecutor(1) as pool:
        sending = pool.submit(mailer.send, "1", "zhang@example.com", "发票", "一次")
        assert relay.read.acquire(timeout=20)
        mailer.give_up()
        with pytest.raises(NotDelivered, match="NoVerdict") as failed:
            sending.result()
        assert not failed.value.final
        with pytest.raises(NotDelivered, match="ending"):
            mailer.send("2", "zhang@example.com", "发票", "一次")
    assert relay.bodies == 1


def test_a_line_that_begins_with_a_dot_ends_nothing() -> None:
    relay = Counted(1)
    with relayed(relay), closing(smtp._Patient("127.0.0.1", relay.port, timeout=15)) as server:
        server.sendmail("ca@example.com", "zhang@example.com", b".\r\n" + b"x" * 100 + b"\r\n.\r\n")
        assert (relay.bodies, relay.messages) == (1, 1)

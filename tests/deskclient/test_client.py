"""The client against a TLS server on loopback: what it sends, what it repeats, what it believes."""

import asyncio
import hashlib
import socket
import sys
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.harness.deskclient.desk_double import Answer, DeskDouble, make_tls
from tests.harness.deskclient.samples import INVOICE, SERVICE, application, document
from tui.core.failure import DeskError, Reason
from tui.core.form.fields import ApplicationForm
from tui.core.order import Offer
from tui.core.payment_method import PaymentMethod
from tui.core.secret import Password
from tui.core.sighting import Sighting
from tui.core.token import SignedRequest
from tui.desk.http.connection import Limits
from tui.deskclient.client import LONGEST_WAIT, DeskClient
from tui.deskclient.wire import FormRequest, PayRequest, SaveRequest, Session

APPLICATION = Answer(msgspec.json.encode(application()))
SESSION = Answer(msgspec.json.encode(Session("s3cr3t-token", 600)))
STATUS = Answer(msgspec.json.encode(SERVICE))

_ASK = """
import asyncio, sys
import tui.process.lean
from pathlib import Path
from tui.deskclient.client import DeskClient
asyncio.run(DeskClient(sys.argv[1], Path(sys.argv[2]), "1.2.3").status())
print(*sys.modules)
"""


def _problem(status: int, reason: str) -> Answer:
    return Answer(f'{{"title":"","status":{status},"reason":"{reason}"}}'.encode(), status)


async def _reason(call: Awaitable[object]) -> Reason:
    with pytest.raises(DeskError) as caught:
        await call
    return caught.value.failure.reason


async def test_status_needs_no_session_and_states_the_version(desk: DeskDouble, client: DeskClient) -> None:
    desk.script[:] = [STATUS]
    assert await client.status() == SERVICE
    asked = desk.asked[0]
    assert (asked.method, asked.path, asked.headers["kiosk-version"]) == ("GET", "/v1/service", "1.2.3")
    assert not {"authorization", "idempotency-key"} & set(asked.headers)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
async def test_a_host_in_ascii_needs_no_tables_for_other_names(desk: DeskDouble, host: str) -> None:
    """Nothing listens on the first address of `localhost` where that is ::1."""
    desk.script[:] = [STATUS]
    address = desk.url.replace("127.0.0.1", host)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _ASK, address, str(desk.ca_file), stdout=asyncio.subprocess.PIPE
    )
    told, _ = await process.communicate()
    assert desk.asked[0].headers["host"] == address.removeprefix("https://")
    assert not {"encodings.idna", "stringprep", "msgspec.inspect"} & {*told.decode().split()}


async def test_the_session_is_carried_until_signing_out(desk: DeskDouble, client: DeskClient) -> None:
    desk.script[:] = [SESSION, Answer(msgspec.json.encode(document())), Answer(status=204), STATUS]
    await client.sign_in("pingan", Password(b"pass-word"))
    assert (await client.agreement()).digest == hashlib.sha256("第一条\n\n第二条".encode()).hexdigest()
    await client.sign_out()
    await client.sign_out()
    await client.status()
    assert msgspec.json.decode(desk.asked[0].body) == {"account": "pingan", "password": "pass-word"}
    assert desk.asked[1].headers["authorization"] == "Bearer s3cr3t-token"
    assert (desk.asked[2].method, desk.asked[2].path) == ("DELETE", "/v1/sessions/current")
    assert "authorization" not in desk.asked[3].headers
    assert len(desk.asked) == 4


async def test_documents_find_two_connections_open_after_the_sign_in(
    desk: DeskDouble, client: DeskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect, opened = asyncio.open_connection, list[object]()

    async def open_connection(*where: Any, **how: Any) -> Any:
        opened.append(where)
        return await connect(*where, **how)

    monkeypatch.setattr(asyncio, "open_connection", open_connection)
    desk.script[:] = [SESSION, Answer(msgspec.json.encode(document()))]
    await client.sign_in("pingan", Password(b"pass-word"))
    opening = client._exchange._opening
    assert opening is not None
    await opening
    assert len(opened) == 2
    await asyncio.gather(client.notice(), client.agreement())
    desk.script[:] = [SESSION]
    for _ in range(3):  # people who sign in one after the other
        await client.sign_in("pingan", Password(b"pass-word"))
    assert len(opened) == 2


async def test_an_idle_connection_is_given_up_before_the_desk_ends_it(desk: DeskDouble, client: DeskClient) -> None:
    desk.script[:] = [SESSION]
    await client.sign_in("pingan", Password(b"pass-word"))
    opening = client._exchange._opening
    assert opening is not None
    await opening
    now = asyncio.get_running_loop().time()
    unused, used = sorted(connection._kept_until - now for connection in client._exchange._transport._idle)
    assert unused < Limits().head < used < 30


async def test_an_ended_session_is_forgotten(desk: DeskDouble, client: DeskClient) -> None:
    desk.script[:] = [SESSION, _problem(401, "session_ended"), APPLICATION]
    await client.sign_in("pingan", Password(b"x"))
    assert await _reason(client.application("N1")) is Reason.SESSION_ENDED
    await client.application("N1")
    assert "authorization" not in desk.asked[2].headers


async def test_signing_out_never_raises(desk: DeskDouble, client: DeskClient) -> None:
    desk.script[:] = [SESSION, _problem(500, "desk_fault")]
    await client.sign_in("pingan", Password(b"x"))
    await client.sign_out()
    assert len(desk.asked) == 2


CALLS: list[tuple[Callable[[DeskClient], Awaitable[object]], str, str]] = [
    (lambda c: c.submit("N/1", SignedRequest(b"csr", b"cms")), "PUT", "/v1/applications/N%2F1/request"),
    (lambda c: c.pay("N1", PaymentMethod.ALIPAY, INVOICE), "POST", "/v1/applications/N1/payments"),
    (lambda c: c.query_payment("N1"), "POST", "/v1/applications/N1/payments/query"),
    (lambda c: c.end_payment("N1"), "POST", "/v1/applications/N1/payments/end"),
    (lambda c: c.withdraw("N1"), "POST", "/v1/applications/N1/withdrawal"),
    (lambda c: c.confirm("N1", b"proof"), "PUT", "/v1/applications/N1/proof"),
    (lambda c: c.save(b"der", document(), ApplicationForm(), 20000), "PUT", "/v1/applications"),
]


@pytest.mark.parametrize(("call", "method", "path"), CALLS, ids=[path for _, _, path in CALLS])
async def test_a_write_goes_to_its_path_with_a_key_of_its_own(
    desk: DeskDouble, client: DeskClient, call: Callable[[DeskClient], Awaitable[object]], method: str, path: str
) -> None:
    desk.script[:] = [APPLICATION]
    assert await call(client) == application()
    await call(client)
    assert [(a.method, a.path) for a in desk.asked] == [(method, path)] * 2
    assert len({a.headers["idempotency-key"] for a in desk.asked}) == 2


async def test_bodies_are_the_wires_messages(desk: DeskDouble, client: DeskClient) -> None:
    desk.script[:] = [Answer(msgspec.json.encode(Offer(()))), Answer(msgspec.json.encode(Offer(()))), APPLICATION]
    assert await client.offer(b"\x30\x82") == await client.offer(b"", "ab" * 32) == Offer(())
    await client.pay("N1", PaymentMethod.UNIONPAY, INVOICE)
    await client.save(b"der", document(), ApplicationForm(agent_name="张三"), 20000)
    assert msgspec.json.decode(desk.asked[0].body) == {"certificate": "MII=", "spki": "", "finished": True}
    assert msgspec.json.decode(desk.asked[1].body) == {"certificate": "", "spki": "ab" * 32, "finished": True}
    assert msgspec.json.decode(desk.asked[2].body, type=PayRequest) == PayRequest(PaymentMethod.UNIONPAY, INVOICE)
    saved = msgspec.json.decode(desk.asked[3].body, type=SaveRequest)
    assert (saved.form.agent_name, saved.agreement_digest, saved.fee_fen) == ("张三", document().digest, 20000)


async def test_a_half_filled_form_is_sent_once_whatever_becomes_of_it(desk: DeskDouble, client: DeskClient) -> None:
    desk.script[:] = [SESSION, Answer(b"{", drop=True)]
    await client.sign_in("pingan", Password(b"x"))
    assert await _reason(client.keep_form(b"der", ApplicationForm(agent_name="张"))) is Reason.DESK_UNREACHABLE
    (sent,) = desk.asked[1:]
    assert (sent.method, sent.path, "authorization" in sent.headers) == ("PUT", "/v1/forms", True)
    kept = msgspec.json.decode(sent.body, type=FormRequest)
    assert (kept.certificate, kept.form.agent_name) == (b"der", "张")


async def test_a_lost_answer_is_asked_again_with_the_same_key(desk: DeskDouble, client: DeskClient) -> None:
    desk.script[:] = [Answer(b"{", drop=True), APPLICATION]
    assert await client.pay("N1", PaymentMethod.ALIPAY, INVOICE) == application()
    assert len(desk.asked) == 2
    assert len({a.headers["idempotency-key"] for a in desk.asked}) == 1


async def test_what_was_seen_is_named_so_that_the_desk_can_wait(desk: DeskDouble, client: DeskClient) -> None:
    waits = (("etag", 'W/"1"'), ("preference-applied", "wait=20"))
    desk.script[:] = [replace(APPLICATION, headers=waits), Answer(status=304, headers=waits), Answer(status=304)]
    seen = await client.application("N1")
    assert seen == Sighting(application(), 'W/"1"')
    assert await client.application("N1", seen) is seen
    first, second = (asked.headers for asked in desk.asked)
    assert "if-none-match" not in first
    assert second["if-none-match"] == 'W/"1"'
    assert all(0 < int(asked["prefer"].removeprefix("wait=")) <= LONGEST_WAIT for asked in (first, second))
    assert await _reason(client.application("N1")) is Reason.DESK_FAULT  # nothing was named, and it is "the same"


async def test_a_desk_that_answers_at_once_is_told_nothing(desk: DeskDouble, client: DeskClient) -> None:
    desk.script[:] = [replace(APPLICATION, headers=(("etag", 'W/"a proxy"'),)), APPLICATION]
    seen = await client.application("N1")
    assert seen == Sighting(application())
    assert await client.application("N1", seen) == seen
    assert "if-none-match" not in desk.asked[1].headers


async def test_a_refusal_is_not_asked_again(desk: DeskDouble, client: DeskClient) -> None:
    desk.script[:] = [_problem(403, "not_the_applicant")]
    assert await _reason(client.offer(b"der")) is Reason.NOT_THE_APPLICANT
    assert len(desk.asked) == 1


async def test_a_lost_sign_in_is_not_repeated_because_a_wrong_password_counts(
    desk: DeskDouble, client: DeskClient
) -> None:
    desk.script[:] = [Answer(b"{", drop=True)]
    assert await _reason(client.sign_in("a", Password(b"b"))) is Reason.DESK_UNREACHABLE
    assert len(desk.asked) == 1


async def test_one_deadline_covers_a_call_and_its_repeats(desk: DeskDouble) -> None:
    desk.script[:] = [Answer(hang=True)]
    client = DeskClient(desk.url, desk.ca_file, "1.2.3", deadline=0.3)
    assert await _reason(client.status()) is Reason.DESK_TIMEOUT
    await client.close()


async def test_an_answer_without_end_is_refused(desk: DeskDouble, client: DeskClient) -> None:
    desk.script[:] = [Answer(b" " * (2 << 20))]
    assert await _reason(client.status()) is Reason.DESK_FAULT


async def test_a_desk_of_another_ca_is_not_believed(desk: DeskDouble, tmp_path: Path) -> None:
    foreign, _, _ = make_tls(tmp_path)
    client = DeskClient(desk.url, foreign, "1.2.3")
    with pytest.raises(DeskError) as caught:
        await client.sign_in("pingan", Password(b"x"))
    assert caught.value.failure.reason is Reason.DESK_UNTRUSTED
    assert "certificate" in caught.value.failure.detail
    assert desk.asked == []
    await client.close()


async def test_nobody_listening_is_an_unreachable_desk(desk: DeskDouble) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    client = DeskClient(f"https://127.0.0.1:{port}", desk.ca_file, "1.2.3")
    assert await _reason(client.sign_in("a", Password(b"b"))) is Reason.DESK_UNREACHABLE
    await client.close()


def test_a_ca_file_without_certificate_is_a_matter_of_settings(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("nothing")
    with pytest.raises(DeskError) as caught:
        DeskClient("https://desk.example", tmp_path / "ca.pem", "1")
    assert caught.value.failure.reason is Reason.SETTINGS_WRONG


async def test_neither_token_nor_password_shows(
    desk: DeskDouble, client: DeskClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG", logger="tui")
    desk.script[:] = [SESSION, _problem(500, "desk_fault")]
    await client.sign_in("pingan", Password(b"pass-word"))
    await client.sign_out()
    assert "s3cr3t" not in repr(vars(client)) + caplog.text
    assert "pass-word" not in caplog.text

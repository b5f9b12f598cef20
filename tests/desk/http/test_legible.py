"""Requests that cannot be read: 400 and a problem, never a fault, on SQLite and on PostgreSQL."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from tests.desk.storage.test_postgresql import server
from tests.harness.desk.town import Person, Town, make_town
from tui.core.payment_method import PaymentMethod
from tui.desk.http import problems
from tui.desk.payments.gateway import AnswerNotGenuine

__all__ = ["server"]
DEEP = "[" * 100_000
BODIES = [
    b"\xff",
    b'{"account":"\xff","password":"x"}',
    b'{"account":"a\\u0000b","password":"x"}',
    b'{"account":"x","password":"\\u0000"}',
    b'{"account":"\\ud800","password":"x"}',
    b'{"account":"x","password":"x","more\\u0000":1}',
    b'{"account":"x","password":"x","more":[{"a":"\\u0000"}]}',
    b'{"account":"x","password":"x","more":' + b"9" * 400 + b"}",
    b'{"account":"x","password":"x","more":-9223372036854775809}',
    b'{"account":"x","password":"x","more":1e999}',
    DEEP.encode(),
    b'{"account":' + DEEP.encode(),
    b'{"a":' * 50_000,
    b"",
    b"{",
    b"null",
]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def desk(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    changes = {"database": request.getfixturevalue("server")} if request.param == "postgresql" else {}
    town = make_town(tmp_path_factory.mktemp(request.param), **changes)
    yield town
    town.desk.engine.dispose()


@pytest.fixture
def person(desk: Town) -> Person:
    return desk.person()


def is_a_problem(status: int, kind: str | None, content: bytes) -> bool:
    told = json.loads(content)
    return (status, kind, told["status"]) == (400, "application/problem+json", 400) and "reason" in told


@pytest.mark.parametrize("body", BODIES, ids=range(len(BODIES)))
def test_a_body_that_cannot_be_read(person: Person, body: bytes) -> None:
    headers = person.headers | {"Content-Type": "application/json", "Idempotency-Key": "k"}
    for method, path in (("POST", "/sessions"), ("POST", "/offers"), ("PUT", "/applications")):
        answer = person.client.request(method, f"/v1{path}", content=body, headers=headers)
        assert is_a_problem(answer.status_code, answer.headers["content-type"], answer.content)


@pytest.mark.parametrize("path", ["/applications/%00", "/applications/a%00b", "/applications/%ff", "/service?a=%fe"])
def test_an_address_that_cannot_be_read(person: Person, path: str) -> None:
    answer = person.client.get(f"/v1{path}", headers=person.headers)
    assert is_a_problem(answer.status_code, answer.headers["content-type"], answer.content)


@pytest.mark.parametrize("name", ["Authorization", "Idempotency-Key", "Kiosk-Version"])
def test_a_header_with_nul(person: Person, name: str) -> None:
    headers = person.headers | {"Idempotency-Key": "k"} | {name: f"{person.headers.get(name, '1.2.0')}\0"}
    answer = person.client.post("/v1/applications/SQ1/withdrawal", headers=headers)
    assert is_a_problem(answer.status_code, answer.headers["content-type"], answer.content)


def test_letters_beyond_ascii_and_surrogate_pairs_are_text(person: Person) -> None:
    body = b'{"account":"\\ud840\\udc00\xe7\xbb\xad","password":"\\\\u0000"}'
    headers = person.headers | {"Content-Type": "application/json"}
    answer = person.client.post("/v1/sessions", content=body, headers=headers)
    assert (answer.status_code, answer.json()["reason"]) == (401, "wrong_password")


@pytest.mark.parametrize("body", [b"a=%00", b"\xff", b"content=%00", b'content={"c_orderno":"ZF\\u0000000000"}', b"\0"])
def test_notices_that_cannot_be_read_are_no_fault(desk: Town, body: bytes) -> None:
    desk.alipay.notice = desk.unionpay.notice = AnswerNotGenuine("notice is not a form")
    for method in (*PaymentMethod, "invoices", "other"):
        assert desk.client.post(f"/notify/{method}?a=%00", content=body).status_code < 500


def test_probes_leave_a_line_each_up_to_a_limit(
    desk: Town, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = datetime(2026, 11, 28, tzinfo=UTC)
    monkeypatch.setattr(problems, "utc_now", lambda: now)
    caplog.set_level("INFO", "tui.desk.access")
    assert desk.client.get("/wp-login%0A%1b[2J.php").status_code == 404
    assert desk.client.delete("/v1/service").status_code == 405
    for _ in range(100):
        assert desk.client.get(f"/{'x' * 500}").status_code == 404
    lines = [record.getMessage() for record in caplog.records]
    assert lines[:2] == ["GET /wp-login [2J.php 404, unknown", "DELETE /v1/service 405, unknown"]
    assert len(lines) == 30
    assert max(map(len, lines)) < 160

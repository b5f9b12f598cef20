"""What the desk sends is data: cleaned where it is shown, exact where it is signed or drawn."""

import hashlib
import json
from dataclasses import replace
from datetime import timedelta

import msgspec
import pytest

from tests.harness.deskclient.samples import NOW, SERVICE, application
from tui.core.failure import DeskError, Reason
from tui.core.form.fields import ApplicationForm
from tui.core.order import Application, Document, Offer, Refund, ServiceStatus, Term
from tui.core.policy import KeyPolicy, OldPair, SignatureScheme
from tui.deskclient.answers import decode, decode_document, problem

ESCAPE = "\x1b[31m红\u202e\x07"


def test_texts_are_cleaned_and_signed_or_drawn_ones_stay_exact() -> None:
    sent = application(
        statement=f'{{"a": "{ESCAPE}"}}', form=ApplicationForm(agent_name=ESCAPE), payee=ESCAPE, qr=ESCAPE
    )
    got = decode(msgspec.json.encode(sent), Application)
    assert got.attempt is not None
    assert sent.attempt is not None
    assert got.attempt.payee == "[31m红"
    assert (got.statement, got.attempt.qr, got.form) == (sent.statement, sent.attempt.qr, sent.form)
    assert (got.certificate, got.challenge) == (sent.certificate, sent.challenge)


def test_the_rules_of_the_ca_come_through() -> None:
    sent = replace(
        application(),
        key_policy=KeyPolicy.KEEP,
        old_pair=OldPair.DELETE,
        scheme=SignatureScheme.PSS,
        old_certificate=bytes(range(256)) * 16,
    )
    assert decode(msgspec.json.encode(sent), Application) == sent
    assert decode(msgspec.json.encode(Offer((), sent)), Offer) == Offer((), sent)


def test_a_desk_that_does_not_know_the_rules_has_the_old_ones() -> None:
    told = msgspec.json.decode(msgspec.json.encode(application()))
    for name in ("key_policy", "old_pair", "scheme", "old_certificate"):
        del told[name]
    got = decode(msgspec.json.encode(told), Application)
    assert got == application()
    assert (got.key_policy, got.old_pair, got.scheme) == (KeyPolicy.REKEY, OldPair.KEEP, SignatureScheme.PKCS1)


def test_a_rule_that_this_kiosk_does_not_know_is_not_guessed() -> None:
    told = msgspec.json.decode(msgspec.json.encode(application()))
    with pytest.raises(DeskError) as caught:
        decode(msgspec.json.encode(told | {"scheme": "sm2"}), Application)
    assert caught.value.failure.reason is Reason.DESK_FAULT


def test_a_refunds_cause_that_this_kiosk_does_not_know_is_no_fault() -> None:
    told = msgspec.json.decode(msgspec.json.encode(application()))
    told["refunds"] = [{"amount_fen": 20000, "done": False, "cause": "another_cause"}]
    assert decode(msgspec.json.encode(told), Application).refunds == (Refund(20000, False, "another_cause"),)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b'{"minimum_version": 1}',
        *(
            b'{"minimum_version":"1","time":"%s","hotline":"","qq":"","ca_name":""}' % time
            for time in (
                b"2026-11-23T08:00:00",
                b"2019-12-31T23:59:59Z",
                b"3000-01-01T00:00:00Z",
                b"9999-12-31T23:59:59Z",
                b"0001-01-01T00:00:00+14:00",
            )
        ),
    ],
    ids=["empty", "html", "wrong type", "no zone", "too early", "too late", "the last year", "the first"],
)
def test_an_answer_of_another_shape_is_the_desks_fault(body: bytes) -> None:
    with pytest.raises(DeskError) as caught:
        decode(body, ServiceStatus)
    assert caught.value.failure.reason is Reason.DESK_FAULT


@pytest.mark.parametrize("time", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"])
def test_a_time_that_is_none_in_utc_is_the_desks_fault(time: str) -> None:
    told = msgspec.json.decode(msgspec.json.encode(application()))
    with pytest.raises(DeskError) as caught:
        decode(msgspec.json.encode(told | {"old_not_after": time}), Application)
    assert caught.value.failure.reason is Reason.DESK_FAULT


def _document(text: str, digest: str) -> bytes:
    return msgspec.json.encode(Document("3", "协议", text, digest))


def test_a_document_is_accepted_by_the_digest_of_what_was_sent() -> None:
    text = "第一条\u200b\n\n第二条 \x1b[2J"
    got = decode_document(_document(text, hashlib.sha256(text.encode()).hexdigest()))
    assert got.text == "第一条\n\n第二条 [2J"
    english = replace(
        Document("3", "协议", "", hashlib.sha256(b"").hexdigest()), english="Article 1\n\n2\u202e \x1b[2J"
    )
    assert decode_document(msgspec.json.encode(english)).english == "Article 1\n\n2 [2J"
    with pytest.raises(DeskError, match="digest"):
        decode_document(_document(text, "0" * 64))


def _told(told: object, *way: str | int, value: int) -> bytes:
    """The answer with another number at this place."""
    whole = place = json.loads(msgspec.json.encode(told))
    for name in way[:-1]:
        place = place[name]
    place[way[-1]] = value
    return json.dumps(whole).encode()


UNCOUNTED = [-1, 10**9 + 1, 1 << 63, -(10**30), 10**400]
PAID = replace(application(), refunds=(Refund(20000, False, "withdrawn"),))


@pytest.mark.parametrize("value", UNCOUNTED, ids=["negative", "too many", "64 bits", "far below", "400 figures"])
@pytest.mark.parametrize(
    ("told", "way"),
    [
        (PAID, ("order", "total_fen")),
        (PAID, ("order", "lines", 0, "quantity")),
        (PAID, ("attempt", "amount_fen")),
        (PAID, ("attempt", "expires_in")),
        (PAID, ("refunds", 0, "amount_fen")),
        (Offer((Term(12, 20000, 20000, NOW),)), ("terms", 0, "months")),
        (Offer(()), ("window_days",)),
        (SERVICE, ("window_days",)),
    ],
    ids=lambda found: ".".join(map(str, found)) if isinstance(found, tuple) else "",
)
def test_a_number_that_nothing_is_counted_by_is_the_desks_fault(told: object, way: tuple[str, ...], value: int) -> None:
    with pytest.raises(DeskError) as caught:
        decode(_told(told, *way, value=value), type(told))
    assert caught.value.failure.reason is Reason.DESK_FAULT


@pytest.mark.parametrize(("days", "taken"), [(0, 0), (36_524, 36_524), (99_999, 36_524), (10**9, 36_524)])
@pytest.mark.parametrize("told", [SERVICE, Offer(())], ids=["service", "offer"])
def test_a_window_however_long_is_within_the_calendar(told: ServiceStatus | Offer, days: int, taken: int) -> None:
    got = decode(_told(told, "window_days", value=days), type(told))
    assert got.window_days == taken
    assert NOW - timedelta(days=got.window_days) <= NOW < NOW + timedelta(days=got.window_days + 1)


@pytest.mark.parametrize("value", UNCOUNTED)
def test_a_refusal_holds_whatever_number_goes_with_it(value: int) -> None:
    body = _told({"title": "", "status": 503, "reason": "desk_busy"}, "retry_after", value=value)
    assert problem(503, {"retry-after": "2"}, body).retry_after == 2
    assert problem(503, {}, body).retry_after is None
    wrong = _told({"title": "", "status": 401, "reason": "wrong_password"}, "tries_left", value=value)
    assert (problem(401, {}, wrong).reason, problem(401, {}, wrong).tries_left) == (Reason.WRONG_PASSWORD, None)


def test_a_problem_tells_its_failure() -> None:
    body = b'{"title":"","status":422,"reason":"form_invalid","field_errors":[["agent_email","email_format"]]}'
    failure = problem(422, {}, body)
    assert failure.reason is Reason.FORM_INVALID
    assert failure.field_errors == (("agent_email", "email_format"),)
    locked = problem(423, {"retry-after": "900"}, b'{"title":"","status":423,"reason":"account_locked","tries_left":0}')
    assert (locked.reason, locked.retry_after, locked.tries_left) == (Reason.ACCOUNT_LOCKED, 900, 0)
    old = problem(426, {}, b'{"title":"","status":426,"reason":"kiosk_too_old","minimum_version":"2.0.0"}')
    assert (old.reason, old.detail) == (Reason.KIOSK_TOO_OLD, "2.0.0")


@pytest.mark.parametrize(
    ("status", "reason"),
    [(500, Reason.DESK_FAULT), (503, Reason.DESK_BUSY), (429, Reason.DESK_BUSY), (302, Reason.DESK_FAULT)],
)
def test_an_error_page_of_a_proxy_is_told_by_its_status(status: int, reason: Reason) -> None:
    failure = problem(status, {"retry-after": "Wed, 21 Oct 2026 07:28:00 GMT"}, b"<html>")
    assert (failure.reason, failure.detail, failure.retry_after) == (reason, f"HTTP {status}", None)


def test_an_unknown_reason_is_the_desks_fault() -> None:
    assert problem(400, {}, b'{"title":"","status":400,"reason":"novelty"}').reason is Reason.DESK_FAULT


@pytest.mark.parametrize(
    "sent",
    [
        b"\xff",
        b'"\xe7\xbb"',
        b'{"text":"\\ud800"}',
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b"<html>",
        b"",
        b"9" * 5000,
        b'{"notice"',
    ],
)
def test_an_answer_that_cannot_be_read_is_the_desks_fault(sent: bytes) -> None:
    for read in (lambda: decode(sent, Application), lambda: decode(sent, Offer), lambda: decode_document(sent)):
        with pytest.raises(DeskError) as told:
            read()
        assert told.value.failure.reason is Reason.DESK_FAULT
    assert problem(500, {}, sent).reason is Reason.DESK_FAULT

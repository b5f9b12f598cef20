"""The engine at work: what it sees to beside what, what wakes it, what does not end it."""

import threading
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from tests.harness.desk.slow_post import PATIENCE, SlowPost, message, write_messages
from tests.harness.desk.town import Person, Town, claimed, shown
from tui.core.order import AttemptState
from tui.desk.context import Desk
from tui.desk.engine import engine as engine_module
from tui.desk.engine import workers
from tui.desk.engine.engine import DeskEngine
from tui.desk.engine.obligations import AT_ONCE, OBLIGATIONS, Due, Obligation, claim, put_off
from tui.desk.notifications.message import Attachment
from tui.desk.payments.polling import follow
from tui.desk.storage.database import open_database, writing
from tui.desk.storage.records import AttemptRecord, MessageKind
from tui.desk.storage.wakeup import wakeup


def test_payments_do_not_wait_for_the_mail(town: Town, person: Person, number: str) -> None:
    write_messages(town, number, 20)
    person.pay(number)
    town.later(seconds=301)
    post, followed = SlowPost(), threading.Event()

    def ended(desk: Desk, attempt_no: str) -> None:
        follow(desk, attempt_no)
        followed.set()

    attempts = Obligation(AttemptRecord.attempt_no, AttemptRecord.next_query_at, ended)
    engine = DeskEngine(town.desk, kinds=(post.kind, attempts))
    engine.start()
    try:
        post.await_begun(AT_ONCE)
        assert followed.wait(PATIENCE)
        assert shown(person.see(number))[1] is AttemptState.CLOSED
    finally:
        post.go.set()
        engine.stop()


class Server:
    """Takes messages once it is let go."""

    def __init__(self) -> None:
        self.begun, self.go = threading.Semaphore(0), threading.Event()

    def send(self, *_: str | tuple[Attachment, ...]) -> None:
        """Taken."""
        self.begun.release()
        assert self.go.wait(PATIENCE)

    def give_up(self) -> None:
        """Let go."""
        self.go.set()


def test_an_sms_does_not_wait_for_the_mail(town: Town, number: str) -> None:
    mail, sms = Server(), Server()
    sms.go.set()
    engine = DeskEngine(replace(town.desk, mail=mail, sms=sms))
    engine.start()
    try:
        write_messages(town, number, AT_ONCE + 1)
        for _ in range(AT_ONCE):
            assert mail.begun.acquire(timeout=PATIENCE)
        with writing(town.desk.engine) as db:
            text = message(town, number, AT_ONCE + 1)
            text.kind = MessageKind.SMS
            db.unit.add(text)
        assert sms.begun.acquire(timeout=PATIENCE)
        assert not mail.begun.acquire(blocking=False)
    finally:
        mail.go.set()
        engine.stop()


@pytest.mark.parametrize(
    "failure",
    [
        OperationalError("BEGIN IMMEDIATE", {}, Exception("database is locked")),
        RuntimeError("can't start new thread"),
    ],
)
def test_nothing_that_fails_for_a_while_ends_the_engine(
    town: Town, monkeypatch: pytest.MonkeyPatch, failure: Exception
) -> None:
    calls, again = [0], threading.Event()

    def fail_once(*_: object) -> list[datetime | None]:
        calls[0] += 1
        if calls[0] == 1:
            raise failure
        again.set()
        return [None] * len(OBLIGATIONS)

    monkeypatch.setattr("tui.desk.engine.engine.next_due", fail_once)
    engine = DeskEngine(town.desk)
    engine.start()
    try:
        assert again.wait(PATIENCE)
    finally:
        engine.stop()


def test_a_kind_that_cannot_be_claimed_keeps_no_other_waiting(
    town: Town, number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_messages(town, number, 1)
    post = SlowPost()

    def fail_for_attempts(engine: Engine, kind: Obligation, *rest: Any, **named: Any) -> list[str]:
        if kind is OBLIGATIONS[0]:
            raise OperationalError("UPDATE attempts", {}, Exception("database disk image is malformed"))
        return claim(engine, kind, *rest, **named)

    monkeypatch.setattr(workers, "claim", fail_for_attempts)
    engine = DeskEngine(town.desk, kinds=(OBLIGATIONS[0], post.kind))
    engine._workers[OBLIGATIONS[0]].told(Due(OBLIGATIONS[0], "", town.clock.now))
    engine.start()
    try:
        post.await_begun(1)
    finally:
        post.go.set()
        engine.stop()


def test_a_commit_of_this_process_begins_what_it_left_at_once(
    town: Town, number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.desk.storage.wakeup._GLANCE", 3600.0)
    post, resting = SlowPost(), threading.Semaphore(0)
    post.go.set()
    engine = DeskEngine(town.desk, kinds=(post.kind,))
    engine._pace = 3600.0
    wait = engine._wakeup.wait

    def rest(seconds: float) -> bool:
        resting.release()
        return wait(seconds)

    monkeypatch.setattr(engine._wakeup, "wait", rest)
    engine.start()
    try:
        for _ in range(2):  # before and after it has begun to listen, which ends the first rest
            assert resting.acquire(timeout=PATIENCE)
        write_messages(town, number, 1)
        post.await_begun(1)
    finally:
        engine.stop()


def test_a_commit_of_another_process_is_seen(town: Town, number: str) -> None:
    waiting, other = wakeup(town.desk.engine), open_database(town.desk.settings.database, town.desk.settings.data_key)
    try:
        assert waiting.wait(PATIENCE)  # nobody counted before
        with writing(other) as db:
            db.unit.add(message(town, number, 0))
        assert waiting.wait(PATIENCE)
        waiting.wake()
        assert not waiting.wait(PATIENCE)
    finally:
        waiting.close()
        other.dispose()


def test_who_ends_claims_nothing_more_and_keeps_what_is_under_way(
    town: Town, number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    post, renewed = SlowPost(), threading.Semaphore(0)

    def renew(*rest: Any) -> set[str]:
        try:
            return put_off(*rest)
        finally:
            renewed.release()

    monkeypatch.setattr(workers, "put_off", renew)
    engine = DeskEngine(town.desk, kinds=(post.kind,))
    engine._lease = 0.1  # it renews after a third of that; leases are as long as ever
    engine.start()
    write_messages(town, number, 1)
    post.await_begun(1)
    ending = threading.Thread(target=engine.stop)
    ending.start()
    try:
        assert engine._stopping.wait(PATIENCE)
        for _ in range(2):
            town.later(seconds=40)
            while renewed.acquire(blocking=False):
                pass
            for _ in range(2):  # the first may have begun before
                assert renewed.acquire(timeout=PATIENCE)
        with writing(town.desk.engine) as db:
            db.unit.add(message(town, number, 1))
        assert claimed(town.desk, post.kind) == ["M1"]
    finally:
        post.go.set()
        ending.join()
    assert post.seen == ["M0"]


def test_a_mail_server_that_is_silent_keeps_no_desk_from_its_end(
    town: Town, number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine_module, "_PATIENCE", 0.0)
    mail = Server()
    engine = DeskEngine(replace(town.desk, mail=mail))
    engine.start()
    write_messages(town, number, 1)
    assert mail.begun.acquire(timeout=PATIENCE)
    engine.stop()
    assert mail.go.is_set()


def test_who_wakes_nobody_any_more_is_not_told(town: Town) -> None:
    waiting = wakeup(town.desk.engine)
    waiting.close()
    waiting.wake()  # by a transaction that was committed while the engine ended


def test_a_desk_on_sqlite_takes_back_at_once_what_it_had_when_it_died(town: Town, number: str) -> None:
    write_messages(town, number, 1)
    post = SlowPost()
    post.go.set()
    assert claimed(town.desk, post.kind) == ["M0"]  # and then it died
    town.later(seconds=6)
    engine = DeskEngine(town.desk, kinds=(post.kind,))
    engine.start()
    try:
        post.await_begun(1)
    finally:
        engine.stop()


def test_what_a_clock_that_was_put_back_had_put_off_is_done_at_once(
    town: Town, number: str, caplog: pytest.LogCaptureFixture
) -> None:
    write_messages(town, number, 1)
    post = SlowPost()
    post.go.set()
    engine = DeskEngine(town.desk, kinds=(post.kind,))
    town.later(hours=-1)
    engine.start()
    try:
        post.await_begun(1)
    finally:
        engine.stop()
    assert [record.levelname for record in caplog.records if "clock was put back" in record.getMessage()] == ["ERROR"]

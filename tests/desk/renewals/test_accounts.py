"""Passwords: how they are hashed, renewed and refused, and that nobody waits for another's."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from sqlalchemy import update

from tests.harness.desk.town import ACCOUNT, PASSWORD, Person, Refusal, Town
from tui.core.failure import Reason
from tui.desk.crypto.passwords import PasswordHasher
from tui.desk.http.sign_ins import SignIns
from tui.desk.refusals import Refused
from tui.desk.renewals import accounts
from tui.desk.renewals.accounts import create_account
from tui.desk.storage.database import reading, writing
from tui.desk.storage.records import AccountRecord

HASHER = accounts._HASHER
"""The program's own, taken before the tests' quick one comes."""
COST = "$argon2id$v=19$m=19456,t=2,p=1$"
OLD, QUICK = "$argon2id$v=19$m=128,t=2,p=2$", "$argon2id$v=19$m=64,t=1,p=1$"


class Earlier:
    """What hashed the passwords of an earlier version."""

    def hash(self, password: str) -> str:
        """By another library, on two lanes."""
        function = Argon2id(salt=b"0123456789abcdef", length=32, iterations=2, lanes=2, memory_cost=128)
        return function.derive_phc_encoded(password.encode())


class Recorder:
    """The tests' hasher, which tells what it verifies, and may be told to wait."""

    def __init__(self, hasher: PasswordHasher) -> None:
        self.hasher, self.verified = hasher, list[str]()
        self.begun, self.go_on = threading.Semaphore(0), threading.Event()
        self.go_on.set()
        self.then: Callable[[], object] = lambda: None

    def __getattr__(self, name: str) -> object:
        return getattr(self.hasher, name)

    def verify(self, stored: str, password: str) -> bool:
        """The same, recorded."""
        self.verified.append(stored)
        self.begun.release()
        assert self.go_on.wait(30)
        right = self.hasher.verify(stored, password)
        self.then()
        return right


@pytest.fixture
def recorder(monkeypatch: pytest.MonkeyPatch) -> Iterator[Recorder]:
    recorder = Recorder(accounts._HASHER)
    monkeypatch.setattr(accounts, "_HASHER", recorder)
    yield recorder
    recorder.go_on.set()


def stored(town: Town, name: str = ACCOUNT) -> str:
    with reading(town.desk.engine) as db:
        return db.unit.get_one(AccountRecord, name).password_hash


def make_old(town: Town, monkeypatch: pytest.MonkeyPatch, name: str = ACCOUNT) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(accounts, "_HASHER", Earlier())
        create_account(town.desk.engine, name, PASSWORD)
    assert stored(town, name).startswith(OLD)


def leave(town: Town, **values: object) -> None:
    """The account as another sign-in leaves it."""
    with writing(town.desk.engine) as db:
        db.unit.execute(update(AccountRecord).where(AccountRecord.name == ACCOUNT).values(**values))


def refused(act: Callable[[], object]) -> str:
    with pytest.raises(Refusal) as refusal:
        act()
    return str(refusal.value.reason)


def test_passwords_are_hashed_as_owasp_recommends(monkeypatch: pytest.MonkeyPatch) -> None:
    assert HASHER.hash(PASSWORD).startswith(COST)
    monkeypatch.setattr(accounts, "_HASHER", HASHER)
    assert accounts._hash_of_nothing(None).startswith(COST)


def test_a_hash_of_another_cost_is_verified_by_its_own_and_made_anew_when_the_password_is_right(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = town.person()
    make_old(town, monkeypatch)
    assert refused(lambda: person.sign_in(password="wrong")) == Reason.WRONG_PASSWORD.value
    assert stored(town).startswith(OLD)
    person.sign_in()
    assert stored(town).startswith(QUICK)
    assert person.sign_in()


def test_a_password_that_is_changed_during_the_sign_in_stays_changed(
    town: Town, recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = town.person()
    make_old(town, monkeypatch)
    recorder.then = lambda: create_account(town.desk.engine, ACCOUNT, "another")
    person.sign_in()
    recorder.then = lambda: None
    assert refused(person.sign_in) == Reason.WRONG_PASSWORD.value
    assert person.sign_in(password="another")


def test_a_lock_that_comes_during_the_sign_in_holds_whose_password_is_right(town: Town, recorder: Recorder) -> None:
    person = town.person()
    until = town.clock.now + timedelta(minutes=10)
    recorder.then = lambda: leave(town, locked_until=until)
    assert refused(person.sign_in) == Reason.ACCOUNT_LOCKED.value
    recorder.then = lambda: None
    town.later(minutes=11)
    assert person.sign_in()


def test_wrong_passwords_during_the_sign_in_are_forgiven_by_the_right_one(town: Town, recorder: Recorder) -> None:
    person = town.person()
    recorder.then = lambda: leave(town, wrong_passwords=4)
    assert person.sign_in()
    with reading(town.desk.engine) as db:
        assert db.unit.get_one(AccountRecord, ACCOUNT).wrong_passwords == 0


def test_an_unknown_account_takes_as_long_as_the_one_next_to_it(
    town: Town, person: Person, recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_old(town, monkeypatch, "neighbour")
    for name, cost in (("nearby", OLD), ("neighboured", QUICK), ("zzz", QUICK)):
        recorder.verified.clear()
        assert refused(lambda name=name: person.sign_in(name)) == Reason.WRONG_PASSWORD.value  # type: ignore[misc]
        assert [hash_.startswith(cost) for hash_ in recorder.verified] == [True]


def test_what_is_hashed_for_an_unknown_account_is_a_hash() -> None:
    with pytest.raises(InvalidKey):  # and not ValueError, which comes at once
        Argon2id.verify_phc_encoded(PASSWORD.encode(), accounts._hash_of_nothing(None))


@pytest.mark.parametrize(("account", "password"), [("a" * 65, PASSWORD), (ACCOUNT, "x" * 129)])
def test_nothing_of_excessive_length_is_hashed(
    town: Town, person: Person, monkeypatch: pytest.MonkeyPatch, account: str, password: str
) -> None:
    create_account(town.desk.engine, account[:64], password)
    monkeypatch.setattr(accounts, "_HASHER", None)
    assert refused(lambda: person.sign_in(account, password)) == Reason.WRONG_PASSWORD.value


def test_a_queue_of_sign_ins_keeps_nobody_waiting(town: Town, person: Person, recorder: Recorder) -> None:
    number, many = person.entered().business_no, 40  # more than the threads that answer everything else
    coming = [Person(town.client, person.key, person.certificate, person.new_key) for _ in range(many)]
    recorder.verified.clear()
    recorder.go_on.clear()
    with ThreadPoolExecutor(many) as kiosks:
        tokens = [kiosks.submit(one.sign_in) for one in coming]
        assert recorder.begun.acquire(timeout=30)
        assert person.see(number).business_no == number
        assert not any(token.done() for token in tokens)
        recorder.go_on.set()
        assert all(token.result(30) for token in tokens)
    assert len(recorder.verified) == many


async def test_a_flood_of_sign_ins_is_told_to_come_later() -> None:
    sign_ins, inside, go_on = SignIns(at_once=1, waiting=0), threading.Event(), threading.Event()

    def slow() -> str:
        inside.set()
        assert go_on.wait(30)
        return "token"

    first = asyncio.ensure_future(sign_ins.take(slow))
    await asyncio.to_thread(inside.wait, 30)
    with pytest.raises(Refused) as told:
        await sign_ins.take(slow)
    assert (told.value.reason, told.value.problem.retry_after) == (Reason.DESK_BUSY, 2)
    go_on.set()
    assert await first == await sign_ins.take(slow) == "token"
    await sign_ins.close()

"""Answer one request of a signed-in account: check its session, do a write once, give repetitions its answer."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

import msgspec
from sqlalchemy import Connection, and_, bindparam, select

from tui.core.failure import Reason
from tui.core.order import Application
from tui.desk.context import Desk
from tui.desk.refusals import Refused
from tui.desk.renewals.accounts import digest, prolong
from tui.desk.renewals.glance import glance
from tui.desk.renewals.views import view
from tui.desk.storage.answers import AnswerRecord
from tui.desk.storage.database import glancing, reading, writes_alone, writing
from tui.desk.storage.inserts import put
from tui.desk.storage.records import SessionRecord
from tui.desk.storage.rows import new
from tui.desk.storage.statements import ask
from tui.desk.storage.transactions import Transaction
from tui.desk.storage.variants import writes_once

_KEPT_HERE = and_(AnswerRecord.account == SessionRecord.account, AnswerRecord.key == bindparam("key"))
_OF_TOKEN = SessionRecord.token_hash == bindparam("token_hash")
_LOOKED_UP = (
    select(SessionRecord.account, SessionRecord.expires_at, AnswerRecord.request_hash, AnswerRecord.answer)
    .outerjoin(AnswerRecord, _KEPT_HERE)
    .where(_OF_TOKEN)
)


@dataclass(frozen=True, slots=True)
class _Kept:
    """An answer that was given before."""

    request_hash: str
    answer: bytes = field(repr=False)
    """With personal data."""


@dataclass(frozen=True, slots=True)
class Bearer:
    """Who holds the token of a session (RFC 6750); the request's Idempotency-Key with it. Using a session prolongs it.

    Every method raises `Refused`: SESSION_ENDED, and what the act raises.
    """

    desk: Desk
    token: str = field(repr=False)
    """As the request brings it."""
    key: str = ""
    """Of a write."""

    @contextmanager
    def reading(self) -> Iterator[tuple[Transaction, str]]:
        """A transaction that changes nothing, and the account."""
        with self._prolonged() as used, reading(self.desk.engine) as db:
            yield db, self._look(db.connection(), used)[0]

    @contextmanager
    def writing(self) -> Iterator[tuple[Transaction, str]]:
        """A transaction, and the account; for an act that may simply be done again."""
        self._come_in()
        with self._prolonged() as used, writing(self.desk.engine) as db:
            yield db, self._look(db.connection(), used)[0]

    def account(self) -> str:
        """The account alone."""
        with self._prolonged() as used, glancing(self.desk.engine) as connection:
            return self._look(connection, used)[0]

    def see(self, business_no: str) -> Application:
        """The application as it is now; one statement finds it and the session.

        :raises Refused: APPLICATION_MISSING.
        """
        now = self.desk.clock()
        with self._prolonged() as used:
            found = glance(self.desk.engine, business_no, digest(self.token))
            if found is not None and found.session_ends >= now:
                used.append(found.session_ends)
                return view(found.dossier, now)
            with glancing(self.desk.engine) as connection:
                self._look(connection, used)
            raise Refused(Reason.APPLICATION_MISSING)

    def once(self, request: tuple[object, ...], act: Callable[[Transaction, str], Application]) -> Application:
        """The kept answer of this key, or the act's, which is kept for a day by the same transaction.

        Refusals are not kept: every act may be repeated, so a second try is judged anew.

        :raises Refused: KIOSK_FAULT when the key is missing or was used for another request.
        """
        self._come_in()
        with self._prolonged() as used, writing(self.desk.engine) as db:
            account, kept = self._look(db.connection(), used)
            answer = self._kept(kept, request)
            if answer is None:
                answer = act(db, account)
                db.flush()
                self._keep(db.connection(), account, request, answer)
        return answer

    def once_apart(self, request: tuple[object, ...], act: Callable[[str], Application]) -> Application:
        """The same for an act with transactions of its own, between which it asks a platform.

        :raises Refused: as `once`.
        """
        with self._prolonged() as used, glancing(self.desk.engine) as connection:
            account, kept = self._look(connection, used)
            answer = self._kept(kept, request)
        if answer is None:
            answer = act(account)
            with writes_once(self.desk.engine).begin() as connection:
                self._keep(connection, account, request, answer)
        return answer

    def _come_in(self) -> None:
        """Let nobody unknown begin what keeps everybody else from writing."""
        if writes_alone(self.desk.engine):
            self.account()

    @contextmanager
    def _prolonged(self) -> Iterator[list[datetime]]:
        """Prolong the session that is used, whatever comes of the transaction; it takes the end that was read."""
        used: list[datetime] = []
        try:
            yield used
        finally:
            for end in used:
                prolong(self.desk.engine, self.desk.settings, self.token, end, self.desk.clock())

    def _look(self, connection: Connection, used: list[datetime]) -> tuple[str, _Kept | None]:
        """The account, and what is kept under the key."""
        found = ask(connection, _LOOKED_UP, {"key": self.key, "token_hash": digest(self.token)})
        if not found:
            raise Refused(Reason.SESSION_ENDED)
        ((account, expires_at, request_hash, answer),) = found
        if expires_at < self.desk.clock():
            raise Refused(Reason.SESSION_ENDED)
        used.append(expires_at)
        return account, None if request_hash is None else _Kept(request_hash, answer.open((account, self.key)))

    def _kept(self, kept: _Kept | None, request: tuple[object, ...]) -> Application | None:
        if not 0 < len(self.key) <= 128:
            raise Refused(Reason.KIOSK_FAULT, "Idempotency-Key is missing or too long")
        if kept is None:
            return None
        if kept.request_hash != _hash(request):
            raise Refused(Reason.KIOSK_FAULT, "Idempotency-Key was used for another request")
        return msgspec.json.decode(kept.answer, type=Application)

    def _keep(self, connection: Connection, account: str, request: tuple[object, ...], answer: Application) -> None:
        encoded, now = msgspec.json.encode(answer), self.desk.clock()
        kept = new(
            AnswerRecord,
            account=account,
            key=self.key,
            request_hash=_hash(request),
            answer=encoded,
            created_at=now,
        )
        put(connection, kept)


def _hash(request: tuple[object, ...]) -> str:
    return hashlib.sha256(msgspec.json.encode(request)).hexdigest()

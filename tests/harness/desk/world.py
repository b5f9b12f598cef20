"""Desk, wallets and all payment stand-ins in one process and one thread, under one clock, without a network.

Everything that a real desk does is done by its own rules and adapters; only the wire is short: a message goes straight
into the stand-in, and can be lost, or kill the desk, on either side of it.
"""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

import msgspec
from sqlalchemy import event, select

from tests.harness.desk.doubles import Clock
from tests.harness.desk.kit import Ca, Crash, Kit, Wire, certified, kit
from tests.harness.desk.town import ACCOUNT, FORM, INVOICE, claimed, make_settings
from tui.core.beijing import BEIJING
from tui.core.order import ApplicationStatus, AttemptState, PaymentStatus
from tui.core.payment_method import PaymentMethod
from tui.desk.context import Desk
from tui.desk.engine.obligations import Obligation
from tui.desk.payments.polling import follow
from tui.desk.payments.refunds import pursue
from tui.desk.payments.webhooks import receive
from tui.desk.refusals import Refused
from tui.desk.renewals.issuing import issue
from tui.desk.renewals.lapse import lapse
from tui.desk.renewals.paying import end_payment, pay, query_payment, withdraw
from tui.desk.storage.database import open_database, reading, writing
from tui.desk.storage.evidence import EvidenceRecord
from tui.desk.storage.records import ApplicationRecord, AttemptRecord, OrderRecord, RefundRecord
from tui.deskclient.wire import PayRequest
from tui.sandbox.faults import Fault
from tui.sandbox.gateways.common.control import SandboxRefused
from tui.sandbox.gateways.common.platform import PaymentSandbox
from tui.sandbox.gateways.registry import counterpart

PRICE = 20000
BUSINESS_NO = "YW2026112400000001"
MONEY = (
    Obligation(AttemptRecord.attempt_no, AttemptRecord.next_query_at, follow),
    Obligation(RefundRecord.refund_no, RefundRecord.next_try_at, pursue),
)
ROUNDS = 2000


@dataclass(frozen=True, slots=True)
class End:
    """How it ended."""

    bill: PaymentStatus
    attempts: tuple[AttemptState, ...]
    application: ApplicationStatus
    net_fen: int
    """Money taken minus returned, at all platforms together."""


@dataclass
class World:
    """One application that waits for its money."""

    desk: Desk
    clock: Clock
    ca: Ca
    wires: dict[PaymentMethod, Wire]
    platforms: dict[PaymentMethod, PaymentSandbox]
    lost: set[str] = field(default_factory=set)
    """Keys of notices that never arrive."""

    def arm(self, method: PaymentMethod, *faults: Fault) -> None:
        """Something goes wrong at a platform, once."""
        for fault in faults:
            self.platforms[method].faults.arm(fault)

    def pay(self, method: PaymentMethod) -> None:
        """Ask for a code; a desk that says no, or dies, leaves none."""
        self._person(lambda: pay(self.desk, ACCOUNT, BUSINESS_NO, PayRequest(method, INVOICE)))

    def query(self) -> None:
        """支付成功."""
        self._person(lambda: query_payment(self.desk, ACCOUNT, BUSINESS_NO))

    def leave(self) -> None:
        """更换支付方式: the code is put away."""
        self._person(lambda: end_payment(self.desk, ACCOUNT, BUSINESS_NO))

    def withdraw(self) -> None:
        """撤销申请."""
        self._person(lambda: withdraw(self.desk, ACCOUNT, BUSINESS_NO))

    def _person(self, act: Callable[[], object]) -> None:
        with suppress(Refused, Crash):
            act()

    def phone(self, which: int = -1, amount_fen: int | None = None) -> bool:
        """Scan the which-th code (the newest by default) and pay; False when the wallet cannot."""
        codes = [(one.method, one.qr) for one in self.attempts() if one.qr]
        if not codes:
            return False
        method, qr = codes[which % len(codes) if which >= 0 else which]
        try:
            self.platforms[method].pay(qr, amount_fen)
        except SandboxRefused:
            return False
        return True

    def scan(self) -> None:
        """The newest code, without paying."""
        newest = self.attempts()[-1]
        self.platforms[newest.method].scan(newest.qr)

    def notices(self) -> None:
        """Deliver what the platforms have to tell; what is not confirmed comes again."""
        for method, platform in self.platforms.items():
            for notice in platform.pending():
                if notice.key in self.lost:
                    continue
                try:
                    reply = receive(
                        self.desk, method, notice.body, urlsplit(notice.url).query, platform.notice_headers(notice)
                    )
                except Crash:
                    continue
                again = platform.faults.take(Fault.NOTICE_RESENT, notice.number)
                if reply == self.desk.gateways[method].notices.taken and not again:
                    platform.confirm(notice)

    def lose_notices(self) -> None:
        """What waits now never arrives."""
        self.lost |= {notice.key for platform in self.platforms.values() for notice in platform.pending()}

    def later(self, **delta: float) -> None:
        """Let time pass; nothing is done meanwhile."""
        self.clock.now += timedelta(**delta)

    def sweep(self) -> None:
        """What the engine would do now."""
        for kind in MONEY:
            for number in claimed(self.desk, kind):
                with suppress(Crash):
                    kind.act(self.desk, number)
        self.issue()

    def issue(self) -> None:
        """The engine's act, if it is its turn."""
        if self.application().status is ApplicationStatus.ISSUING:
            issue(self.desk, BUSINESS_NO)

    def quiet(self, **limit: float) -> None:
        """Go from one due time to the next until none is left, or for so long."""
        end = self.clock.now + timedelta(**(limit or {"days": 4}))
        for _ in range(ROUNDS):
            self.sweep()
            due = self._next_due()
            if due is None or due > end:
                return
            self.clock.now = max(due, self.clock.now)
        raise AssertionError("never quiet")

    def _next_due(self) -> datetime | None:
        with reading(self.desk.engine) as db:
            moments = [
                db.unit.scalar(select(kind.due).where(kind.due.is_not(None)).order_by(kind.due)) for kind in MONEY
            ]
        return min((moment for moment in moments if moment), default=None)

    def lapse(self) -> None:
        """The certificate's end has passed."""
        lapse(self.desk, self.clock.now)

    def application(self) -> ApplicationRecord:
        """As it is now."""
        with reading(self.desk.engine) as db:
            return db.unit.get_one(ApplicationRecord, BUSINESS_NO)

    def attempts(self) -> list[AttemptRecord]:
        """In their order."""
        with reading(self.desk.engine) as db:
            return list(db.unit.scalars(select(AttemptRecord).order_by(AttemptRecord.ordinal)))

    def taken_fen(self) -> int:
        """What all platforms took for us, without what went back."""
        return sum(
            (trade.amount_fen if trade.paid_at else 0) - trade.refunded_fen
            for platform in self.platforms.values()
            for trade in platform._ledger.trades()
        )

    def end(self) -> End:
        """How it stands."""
        application = self.application()
        states = tuple(attempt.state for attempt in self.attempts())
        return End(application.payment_status, states, application.status, self.taken_fen())


@contextmanager
def world() -> Iterator[World]:
    """A new world on an empty database, at noon in Beijing, tomorrow: keys are valid from yesterday on."""
    made = kit()
    noon = datetime.now(BEIJING).replace(hour=12, minute=0, second=0, microsecond=0)
    made.clock.now = (noon + timedelta(days=1)).astimezone(UTC)
    with TemporaryDirectory(prefix="world-") as name:
        folder = Path(name)
        shutil.copy(made.folder / "empty.db", folder / "desk.db")
        settings = make_settings(folder)
        engine = open_database(settings.database, settings.data_key)
        event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous=OFF"))
        ca = Ca()
        desk = Desk(settings, engine, ca, made.gateways, None, None, None, made.clock)
        platforms = {method: _platform(method, made, folder) for method in PaymentMethod}
        town = World(desk, made.clock, ca, made.wires, platforms)
        for method, wire in made.wires.items():
            wire.platform, wire.early, wire.fate = platforms[method], town.notices, ""
        _enter(town)
        yield town
        engine.dispose()


def _platform(method: PaymentMethod, made: Kit, folder: Path) -> PaymentSandbox:
    directory = Path(shutil.copytree(made.folder / method.value, folder / method.value))
    platform: PaymentSandbox = counterpart(method).application(directory, clock=made.clock, by_hand=True)
    platform._ledger._write = lambda: None  # type: ignore[method-assign]  # nothing here survives the test
    return platform


def _enter(town: World) -> None:
    now, csr = town.clock.now, certified()[0]
    with writing(town.desk.engine) as db:
        db.unit.add(
            ApplicationRecord(
                business_no=BUSINESS_NO,
                account=ACCOUNT,
                fingerprint="ab" * 32,
                old_certificate=b"old",
                old_not_after=now + timedelta(days=20),
                new_not_after=now + timedelta(days=385),
                status=ApplicationStatus.ENTERED,
                payment_status=PaymentStatus.UNPAID,
                form=msgspec.json.encode(FORM),
                fee_fen=PRICE,
                agreement_version="1",
                agreement_digest="cd" * 32,
                statement=b"{}",
                certificate=b"",
                challenge=b"",
                created_at=now,
            )
        )
        db.flush()
        db.unit.add(EvidenceRecord(business_no=BUSINESS_NO, csr=csr, cms=b"", created_at=now))
        db.unit.add(
            OrderRecord(
                order_no="DD1", business_no=BUSINESS_NO, created_at=now, unit_fen=PRICE, quantity=1, total_fen=PRICE
            )
        )

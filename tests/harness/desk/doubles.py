"""Doubles of what a test must command: the clock, a payment channel."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from tui.core.payment_method import PaymentMethod
from tui.desk.payments.bill import Bill
from tui.desk.payments.gateway import (
    Attempt,
    Ended,
    Outcome,
    PaymentGatewayError,
    PaymentNotice,
    Refund,
    RefundOutcome,
    RefundState,
    Started,
    TradeState,
)
from tui.desk.payments.notice_rules import NO_HEADERS, NoticeRules

NOW = datetime(2026, 11, 23, 4, 0, 0, tzinfo=UTC)


@dataclass
class Clock:
    """Stands still until it is moved."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        """The desk's time."""
        return self.now


@dataclass
class Platform:
    """A payment channel that answers as a test has set it and keeps what it was asked."""

    method: PaymentMethod
    state: TradeState = TradeState.NOT_SCANNED
    ended: Ended = Ended.CLOSED
    paid_fen: int | None = None
    refund_state: RefundState = RefundState.DONE
    failure: PaymentGatewayError | None = None
    during: Callable[[Attempt], object] | None = None
    """Called while a start is under way, before it is answered."""
    on_end: Callable[[], object] = lambda: None
    asked: list[tuple[str, str]] = field(default_factory=list)
    payee: str = "网证通"
    notices: NoticeRules = field(default_factory=lambda: NoticeRules(taken=b"success"))
    bill_edge: timedelta = timedelta(minutes=10)
    lines: Bill | None = None
    notice: PaymentNotice | PaymentGatewayError | None = None

    def _ask(self, call: str, number: str) -> None:
        self.asked.append((call, number))
        if self.failure is not None:
            raise self.failure

    def start(self, attempt: Attempt) -> Started:
        """A code that names the attempt."""
        self._ask("start", attempt.number)
        if self.during:
            self.during(attempt)
        return Started(f"https://qr.example/{attempt.number}")

    def query(self, attempt: Attempt) -> Outcome:
        """The state that was set."""
        self._ask("query", attempt.number)
        paid = attempt.amount_fen if self.paid_fen is None else self.paid_fen
        if self.state is TradeState.PAID:
            return Outcome(self.state, paid, f"T{attempt.number}")
        return Outcome(self.state, self.paid_fen)

    def end(self, attempt: Attempt) -> Ended:
        """The end that was set; a paid trade says so."""
        self._ask("end", attempt.number)
        self.on_end()
        return Ended.PAID if self.state is TradeState.PAID else self.ended

    def refund(self, refund: Refund) -> RefundOutcome:
        """The refund's state that was set."""
        self._ask("refund", refund.number)
        return RefundOutcome(self.refund_state)

    def query_refund(self, refund: Refund) -> RefundOutcome:
        """The same."""
        self._ask("query_refund", refund.number)
        return RefundOutcome(self.refund_state)

    def bill(self, day: date) -> Bill | None:
        """The bill that was set, of any day."""
        self._ask("bill", day.isoformat())
        return self.lines

    def read_notice(self, body: bytes, url: str, headers: Mapping[str, str] = NO_HEADERS) -> PaymentNotice:
        """The notice that was set."""
        del body, url, headers
        if self.notice is None or isinstance(self.notice, PaymentGatewayError):
            raise self.notice or PaymentGatewayError("no notice was set")
        return self.notice

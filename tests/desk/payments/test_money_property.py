"""Money under random interleavings: whatever happens in whatever order, it pays once, goes back, or is frozen."""

from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from tests.harness.desk.world import PRICE, World, world
from tui.core.beijing import BEIJING
from tui.core.order import ApplicationStatus, AttemptState, PaymentStatus
from tui.core.payment_method import PaymentMethod
from tui.desk.payments.reconciliation import reconcile
from tui.sandbox.faults import Fault

FATES = ("crash-before", "crash-after", "lost", "unanswered")
FAULTS = (
    Fault.NOTICE_DROPPED,
    Fault.NOTICE_DOUBLED,
    Fault.NOTICE_EARLY,
    Fault.NOTICE_LATE,
    Fault.NOTICE_RESENT,
    Fault.UNAVAILABLE,
    Fault.TOO_OFTEN,
    Fault.NO_SUCH_TRADE,
    Fault.UNSIGNED_ERROR,
    Fault.WRONG_SIGNATURE,
    Fault.PAID_LATE,
    Fault.REFUND_PENDING,
    Fault.REFUND_REFUSED,
)
OF_UNIONPAY = (Fault.REFUND_FAILED, Fault.A6)
OF_ALIPAY = (Fault.CANCEL_REFUNDS, Fault.CANCEL_RETRY, Fault.CANCEL_TIMEOUT)
BOUGHT = {ApplicationStatus.ISSUED, ApplicationStatus.INSTALLED}
METHODS = st.sampled_from(list(PaymentMethod))


class Money(RuleBasedStateMachine):
    """One application; people, platforms and the desk act in any order."""

    def __init__(self) -> None:
        super().__init__()
        self._manager = world()
        self.town: World = self._manager.__enter__()
        self.began = self.town.clock.now

    @initialize(method=METHODS)
    def begin(self, method: PaymentMethod) -> None:
        """A code is shown."""
        self.town.pay(method)

    @rule(method=METHODS)
    def ask_for_a_code(self, method: PaymentMethod) -> None:
        """The same method refreshes, another one is refused while a code is shown."""
        self.town.pay(method)

    @rule(method=METHODS)
    def switch(self, method: PaymentMethod) -> None:
        """更换支付方式."""
        self.town.leave()
        self.town.pay(method)

    @rule(which=st.integers(-1, 3))
    def scan_and_pay(self, which: int) -> None:
        """Also an old code, also one more."""
        self.town.phone(which)

    @rule(method=METHODS)
    def pay_old_and_new(self, method: PaymentMethod) -> None:
        """The old code was photographed."""
        self.switch(method)
        for platform in self.town.platforms.values():
            platform.faults.arm(Fault.PAID_LATE)
        self.town.phone(0)
        self.town.phone()

    @rule()
    def pay_while_it_is_cancelled(self) -> None:
        """Alipay gives the money back at once; the notice of the payment is on its way."""
        self.town.pay(PaymentMethod.ALIPAY)
        self.town.arm(PaymentMethod.ALIPAY, Fault.CANCEL_REFUNDS)
        self.town.leave()

    @rule(which=st.integers(-1, 3), fen=st.sampled_from([1, PRICE - 1, PRICE + 1]))
    def pay_another_amount(self, which: int, fen: int) -> None:
        """A platform that has gone wrong."""
        self.town.phone(which, fen)

    @rule()
    def deliver_notices(self) -> None:
        """All that wait."""
        self.town.notices()

    @rule()
    def lose_notices(self) -> None:
        """All that wait."""
        self.town.lose_notices()

    @rule()
    def claim_paid(self) -> None:
        """支付成功."""
        self.town.query()

    @rule()
    def leave(self) -> None:
        """The code is put away."""
        self.town.leave()

    @rule()
    def withdraw(self) -> None:
        """撤销申请."""
        self.town.withdraw()

    @rule(seconds=st.sampled_from([3, 31, 240, 380, 4000]))
    def time_passes(self, seconds: int) -> None:
        """The desk is not up meanwhile."""
        self.town.later(seconds=seconds)

    @rule(seconds=st.sampled_from([5, 40, 400]))
    def the_watch_works(self, seconds: int) -> None:
        """Polls, ends, refunds and issues what is due within so long."""
        self.town.quiet(seconds=seconds)

    @rule()
    def issue(self) -> None:
        """The engine's turn."""
        self.town.issue()

    @rule(refuses=st.booleans())
    def the_ca_changes_its_mind(self, refuses: bool) -> None:
        """For the next request."""
        self.town.ca.refuses = refuses

    @rule(method=METHODS, fate=st.sampled_from(FATES))
    def the_next_call_fails(self, method: PaymentMethod, fate: str) -> None:
        """The desk dies on either side of it, or request or answer are lost."""
        self.town.wires[method].fate = fate

    @rule(method=METHODS, fault=st.sampled_from(FAULTS))
    def the_platform_errs(self, method: PaymentMethod, fault: Fault) -> None:
        """Once."""
        self.town.arm(method, fault)

    @rule(fault=st.sampled_from(OF_ALIPAY))
    def a_cancel_goes_wrong(self, fault: Fault) -> None:
        """Once."""
        self.town.arm(PaymentMethod.ALIPAY, fault)

    @rule(fault=st.sampled_from(OF_UNIONPAY))
    def unionpay_has_its_own(self, fault: Fault) -> None:
        """Once."""
        self.town.arm(PaymentMethod.UNIONPAY, fault)

    @invariant()
    def never_more_goes_back_than_came(self) -> None:
        """At no platform, for no attempt."""
        for platform in self.town.platforms.values():
            for trade in platform._ledger.trades():
                assert trade.refunded_fen <= (trade.amount_fen if trade.paid_at else 0)

    @invariant()
    def credited_at_most_once(self) -> None:
        """And at most one code is shown."""
        states = [attempt.state for attempt in self.town.attempts()]
        assert states.count(AttemptState.PAID) <= 1

    def teardown(self) -> None:
        """Everything that is due is done, and every clock has passed."""
        try:
            self._come_to_rest()
            self._judge()
        finally:
            self._manager.__exit__(None, None, None)

    def _come_to_rest(self) -> None:
        for platform in self.town.platforms.values():
            platform.faults.clear()
        for wire in self.town.wires.values():
            wire.fate = ""
        for _ in range(3):
            self.town.later(minutes=2)
            self.town.quiet(days=4)
            self.town.notices()
        # A code that was paid long after its end, and never told of, stands in the platform's bill alone.
        self.town.later(days=1)
        for day in range((self.town.clock.now - self.began).days + 1):
            for method in PaymentMethod:
                at = (self.began + timedelta(days=day)).astimezone(BEIJING).date()
                reconcile(self.town.desk, method, at)
        self.town.quiet(days=4)

    def _judge(self) -> None:
        end = self.town.end()
        settled = {AttemptState.PAID, AttemptState.CLOSED, AttemptState.REFUNDED, AttemptState.FROZEN}
        assert set(end.attempts) <= settled, end
        frozen = [attempt for attempt in self.town.attempts() if attempt.state is AttemptState.FROZEN]
        held = sum(self._held(attempt.attempt_no) for attempt in frozen)
        if end.application in BOUGHT and end.bill is not PaymentStatus.FROZEN:
            assert end.net_fen == PRICE, end
        elif end.application in BOUGHT:
            # One was credited, or its platform took it back after the issue: the frozen one.
            assert end.net_fen - held in (PRICE, 0), end
            assert end.net_fen - held == PRICE or held == 0, end
        else:
            assert end.net_fen == held, end
        if end.bill is PaymentStatus.FROZEN:
            assert frozen, end

    def _held(self, attempt_no: str) -> int:
        """What a platform holds for this attempt."""
        trades: list[Any] = [platform.trade(attempt_no) for platform in self.town.platforms.values()]
        return sum(trade.amount_fen - trade.refunded_fen for trade in trades if trade and trade.paid_at)


TestMoney = Money.TestCase
TestMoney.settings = settings(
    max_examples=15,
    stateful_step_count=20,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    print_blob=True,
)

"""What goes wrong with a payment, played through the desk's rules at one platform."""

from collections.abc import Callable

from tests.harness.desk.world import BUSINESS_NO, World
from tui.core.beijing import BEIJING
from tui.core.payment_method import PaymentMethod
from tui.desk.operators.actions import Act, refund, release
from tui.desk.payments.reconciliation import reconcile
from tui.desk.storage.audit_log import ActKind
from tui.sandbox.faults import Fault

Play = Callable[[World, PaymentMethod], None]
ACT = Act(ActKind.RETURN, "operator", "金额不符")


def ordinary(*faults: Fault, told: bool = True, after: tuple[Fault, ...] = ()) -> Play:
    """Shown, paid, told (or not): `faults` from the start on, `after` once the code is there."""

    def play(town: World, method: PaymentMethod) -> None:
        town.arm(method, *faults)
        town.pay(method)
        town.quiet(seconds=2)
        town.arm(method, *after)
        if not town.attempts()[-1].qr:
            town.pay(method)
        town.phone()
        if told:
            town.notices()
        town.quiet()
        town.notices()
        town.quiet()

    return play


def nobody_scans(town: World, method: PaymentMethod) -> None:
    town.pay(method)
    town.quiet()


def time_jumps(town: World, method: PaymentMethod) -> None:
    town.pay(method)
    town.arm(method, Fault.TIME_JUMP)
    town.quiet(seconds=10)
    assert not town.phone()  # the code is over for the wallet, and still on the screen
    town.quiet()


def scanned_only(town: World, method: PaymentMethod) -> None:
    town.pay(method)
    town.scan()
    town.quiet()


def scanned_then_paid(town: World, method: PaymentMethod) -> None:
    town.pay(method)
    town.scan()
    town.quiet(seconds=10)
    town.phone()
    town.notices()
    town.quiet()


def code_lost(*faults: Fault) -> Play:
    """The answer with the code does not come; sooner or later there is one, and it is paid."""

    def play(town: World, method: PaymentMethod) -> None:
        town.arm(method, *faults)
        town.pay(method)
        _come_to_a_code(town, method)
        town.phone()
        town.notices()
        town.quiet()

    return play


def paid_then_left(*faults: Fault) -> Play:
    """Paid, and put away before the desk knows; then another look."""

    def play(town: World, method: PaymentMethod) -> None:
        town.pay(method)
        town.arm(method, *faults)
        town.phone()
        town.leave()
        town.quiet()
        town.notices()
        town.quiet()

    return play


def left_with(*faults: Fault) -> Play:
    """Put away unpaid, while ending it goes wrong."""

    def play(town: World, method: PaymentMethod) -> None:
        town.pay(method)
        town.arm(method, *faults)
        town.leave()
        town.notices()
        town.quiet()
        town.notices()

    return play


def paid_after_close(town: World, method: PaymentMethod) -> None:
    town.pay(method)
    town.leave()
    town.arm(method, Fault.PAID_LATE)
    town.quiet(minutes=7)
    town.phone()
    town.notices()
    town.quiet()


def paid_after_close_and_found_by_the_bill(town: World, method: PaymentMethod) -> None:
    town.pay(method)
    town.quiet()
    town.clock.now = town.clock.now.astimezone(BEIJING).replace(hour=12)
    town.arm(method, Fault.PAID_LATE, Fault.NOTICE_DROPPED)
    town.phone()
    day = town.clock.now.astimezone(BEIJING).date()
    town.quiet()
    town.later(days=1)
    comparison = reconcile(town.desk, method, day)
    assert [difference.settled for difference in comparison.differences] == [True]
    assert not reconcile(town.desk, method, day).differences
    town.quiet()


def paid_after_close_and_denied_once(town: World, method: PaymentMethod) -> None:
    """The notice says paid, the query that is to confirm it "no such trade"."""
    town.pay(method)
    town.leave()
    town.quiet()
    town.later(minutes=30)
    town.arm(method, Fault.PAID_LATE, Fault.NO_SUCH_TRADE)
    town.phone()
    town.notices()
    town.notices()
    town.quiet()


def paid_after_withdrawal(town: World, method: PaymentMethod) -> None:
    town.pay(method)
    town.withdraw()
    town.arm(method, Fault.PAID_LATE)
    town.phone()
    town.notices()
    town.quiet()


def paid_twice(town: World, method: PaymentMethod) -> None:
    town.pay(method)
    town.leave()
    town.pay(method)
    if not town.attempts()[-1].qr:  # while the first can still be paid, it may be the only one
        town.quiet(minutes=8)
        town.pay(method)
    town.phone()
    town.notices()
    town.arm(method, Fault.PAID_LATE)
    town.phone(0)
    town.notices()
    town.quiet()


def switched(town: World, method: PaymentMethod) -> None:
    other = PaymentMethod.UNIONPAY if method is PaymentMethod.ALIPAY else PaymentMethod.ALIPAY
    town.pay(method)
    town.leave()
    town.pay(other)
    town.phone()
    town.notices()
    town.arm(method, Fault.PAID_LATE)
    town.phone(0)
    town.notices()
    town.quiet()


def money_back(*faults: Fault) -> Play:
    """Paid, and the CA refuses: the refund meets what goes wrong."""

    def play(town: World, method: PaymentMethod) -> None:
        town.ca.refuses = True
        town.arm(method, *faults)
        town.pay(method)
        town.phone()
        town.notices()
        town.quiet()
        town.notices()
        town.quiet()

    return play


def wrong_amount(town: World, method: PaymentMethod) -> None:
    town.pay(method)
    town.arm(method, Fault.WRONG_AMOUNT)
    town.phone()
    town.notices()
    town.quiet()


def wrong_amount_returned(town: World, method: PaymentMethod) -> None:
    wrong_amount(town, method)
    release(town.desk, BUSINESS_NO, town.attempts()[0].attempt_no, ACT)
    town.quiet()


def refunded_by_an_operator(town: World, method: PaymentMethod) -> None:
    town.pay(method)
    town.phone()
    town.notices()
    refund(town.desk, BUSINESS_NO, Act(ActKind.REFUND, "operator", "客户要求"))
    town.quiet()


def crash(where: str) -> Play:
    """The desk dies at the start's call, and comes up again."""

    def play(town: World, method: PaymentMethod) -> None:
        town.wires[method].fate = where
        town.pay(method)
        _come_to_a_code(town, method)
        town.phone()
        town.notices()
        town.quiet()

    return play


def _come_to_a_code(town: World, method: PaymentMethod) -> None:
    """The engine starts the same attempt once more; where its number is spent, a new one follows its end."""
    town.quiet(seconds=40)
    if not town.attempts()[-1].qr:
        town.quiet(minutes=8)
        town.pay(method)


def crash_at_refund(town: World, method: PaymentMethod) -> None:
    town.ca.refuses = True
    town.pay(method)
    town.phone()
    town.notices()
    town.issue()
    town.wires[method].fate = "crash-after"
    town.quiet()

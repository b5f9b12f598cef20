"""The journey without screens, through the real flow and runtime, with ports that a test scripts."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.harness.kiosk.ports_double import lost
from tests.harness.kiosk.renewing import (
    ENTERED,
    INSTALLED,
    ISSUED,
    ISSUING,
    NEW,
    SHOWN,
    Desk,
    Looking,
    Tokens,
    desk_script,
    renewed,
    token_script,
)
from tests.harness.people import (
    ATTEMPT,
    NOW,
    OFFER,
    OLD,
    SNAPSHOT,
    application,
    certificate,
    token,
)
from tui.core.exits import Exit
from tui.core.failure import DeskError, Failure, Money, Reason, TokenError
from tui.core.order import (
    Application,
    ApplicationStatus,
    AttemptState,
    Offer,
    PaymentStatus,
    Refund,
    RefundCause,
)
from tui.core.payment_method import PaymentMethod
from tui.core.policy import OldPair
from tui.core.token import SignedRequest, Snapshot
from tui.kiosk.unattended import journey
from tui.kiosk.unattended.report import Failed, Installed, Issued, Paid, Pay, Retired


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journey, "PAUSE", 0.01)
    monkeypatch.setattr(journey, "LONGEST_PAUSE", 0.02)
    monkeypatch.setattr(journey, "GRACE", 60.0)


@pytest.fixture
def short_grace(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is asked is what comes after it; elsewhere a busy machine must not bring it to its end."""
    monkeypatch.setattr(journey, "GRACE", 2.0)


def test_from_the_token_to_the_new_certificate() -> None:
    tokens, desk = token_script(), desk_script()
    code, kept = renewed(desk, tokens)
    assert code is Exit.DONE
    assert kept.lines == [
        Pay(PaymentMethod.ALIPAY, ATTEMPT.qr, 20000, "B1", 120),
        Paid("B1"),
        Issued("B1"),
        Installed("B1", NEW.serial, NEW.not_before, NEW.not_after),
    ]
    assert tokens.pins == ["246810", "246810"]
    assert tokens.prepared == 1
    assert desk.count("sign_out") == 1


def test_each_document_is_asked_for_once_and_both_before_the_offer() -> None:
    desk = desk_script()
    renewed(desk, token_script())
    asked = [name for name, _ in desk.called if name in {"notice", "agreement", "offer"}]
    assert asked == ["notice", "agreement", "offer"]


def test_the_application_is_not_looked_at_on_the_way_to_its_code() -> None:
    desk = desk_script()
    renewed(desk, token_script())
    asked = [name for name, _ in desk.called]
    assert asked[asked.index("submit") + 1] == "pay"
    assert asked[asked.index("pay") + 1] == "application"


class TakesBack(Desk):
    """The platform takes the first payment back while the certificate is awaited."""

    def __getattr__(self, name: str) -> Any:
        if name == "pay" and self.count("pay"):
            self.answers["application"] = [replace(seen, refunds=BACK.refunds) for seen in (AGAIN, ISSUING, ISSUED)]
        return super().__getattr__(name)


BACK = replace(
    ENTERED, payment_status=PaymentStatus.REFUNDED, refunds=(Refund(20000, done=True, cause=RefundCause.PAID_LATE),)
)
AGAIN = replace(SHOWN, refunds=BACK.refunds, attempt=replace(ATTEMPT, attempt_no="P2", qr="https://qr.alipay.com/bax2"))


def test_money_that_its_platform_took_back_is_paid_by_another_code() -> None:
    usual = desk_script(
        pay=[SHOWN, AGAIN], application=[SHOWN, ISSUING, BACK], confirm=[replace(INSTALLED, refunds=BACK.refunds)]
    )
    code, kept = renewed(TakesBack(resumed=False, **usual.answers))
    assert code is Exit.DONE
    assert kept.kinds == [Pay, Paid, Pay, Paid, Issued, Installed]


def test_nothing_is_told_as_installed_before_the_desk_has_verified_the_proof() -> None:
    code, kept = renewed(desk_script(confirm=[DeskError(Failure(Reason.PROOF_REFUSED))]))
    assert (code, kept.kinds, kept.reason) == (Exit.REFUSED, [Pay, Paid, Issued, Failed], "proof_refused")


class Pulled(Tokens):
    """A token that goes when `going` says so."""

    def __init__(self) -> None:
        super().__init__()
        self.going = asyncio.Event()

    async def watch(self) -> AsyncIterator[Snapshot]:
        yield SNAPSHOT
        await self.going.wait()
        yield Snapshot()
        await asyncio.Event().wait()


def test_a_token_that_is_pulled_at_the_form_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    tokens, desk = Pulled(), desk_script()

    async def save(*_: Any) -> None:
        tokens.going.set()
        await asyncio.Event().wait()

    monkeypatch.setattr(desk, "save", save, raising=False)
    code, kept = renewed(desk, tokens)
    assert (code, kept.reason, tokens.pins) == (Exit.TOKEN, "token_removed", [])


def test_a_wrong_pin_ends_it_and_is_not_tried_again() -> None:
    tokens = token_script(answer=TokenError(Failure(Reason.WRONG_PIN, tries_left=2)))
    code, kept = renewed(desk_script(), tokens)
    assert (code, kept.reason, tokens.pins) == (Exit.TOKEN, "wrong_pin", ["246810"])


@pytest.mark.parametrize(("days", "reason"), [(-1, "certificate_expired"), (200, "too_early")])
def test_a_certificate_out_of_its_time_is_refused(days: int, reason: str) -> None:
    desk = desk_script(offer=[DeskError(Failure(Reason(reason)))])
    code, kept = renewed(desk, token_script(Snapshot((token(certificate(days_left=days)),))))
    assert (code, kept.reason, kept.lines[-1]) == (Exit.REFUSED, reason, kept.lines[0])


def test_a_renewal_paid_in_time_is_finished_after_the_certificate_expired() -> None:
    expired = Snapshot((token(certificate("old", days_left=-1)),))
    code, kept = renewed(desk_script(offer=[Offer(OFFER.terms, ISSUED)]), token_script(expired))
    assert (code, kept.kinds[-1]) == (Exit.DONE, Installed)


@pytest.mark.usefixtures("short_grace")
def test_no_token_is_told_after_the_grace() -> None:
    code, kept = renewed(desk_script(), token_script(Snapshot()))
    assert (code, kept.reason) == (Exit.TOKEN, "no_token")


def test_a_token_that_comes_late_is_taken() -> None:
    assert renewed(desk_script(), token_script(Snapshot(), SNAPSHOT))[0] is Exit.DONE


@pytest.mark.usefixtures("short_grace")
def test_no_desk_is_told_after_the_grace() -> None:
    code, kept = renewed(desk_script(status=[lost()]))
    assert (code, kept.reason) == (Exit.DESK, "desk_unreachable")


def test_a_desk_that_is_lost_in_between_is_asked_again_without_another_pin() -> None:
    tokens, desk = token_script(), desk_script(submit=[lost(), lost(), ENTERED], save=[lost(), application()])
    assert renewed(desk, tokens)[0] is Exit.DONE
    assert (desk.count("submit"), desk.count("save"), len(tokens.pins)) == (3, 2, 2)


def test_patience_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(journey.PATIENCE, Reason.DESK_UNREACHABLE, 0.05)
    code, kept = renewed(desk_script(save=[lost()]))
    assert (code, kept.reason) == (Exit.DESK, "desk_unreachable")


@pytest.mark.parametrize(
    ("method", "reason", "code"),
    [
        ("sign_in", Reason.WRONG_PASSWORD, Exit.REFUSED),
        ("offer", Reason.NOT_THE_APPLICANT, Exit.REFUSED),
        ("save", Reason.FORM_INVALID, Exit.REFUSED),
        ("pay", Reason.PAYMENT_REFUSED, Exit.PAYMENT),
        ("confirm", Reason.PROOF_REFUSED, Exit.REFUSED),
    ],
)
def test_a_refusal_is_not_repeated(method: str, reason: Reason, code: Exit) -> None:
    desk = desk_script(False, **{method: [DeskError(Failure(reason))]})
    ended, kept = renewed(desk)
    assert (ended, kept.reason, desk.count(method)) == (code, reason.value, 1)


def test_a_code_that_ran_out_is_renewed() -> None:
    over = replace(SHOWN, attempt=replace(ATTEMPT, expires_in=0))
    fresh = replace(SHOWN, attempt=replace(ATTEMPT, attempt_no="P2", qr="https://qr.alipay.com/bax2"))
    desk = desk_script(pay=[SHOWN, fresh], application=[over, fresh, ISSUING, ISSUED])
    code, kept = renewed(desk)
    assert code is Exit.DONE
    assert [line.qr for line in kept.lines if isinstance(line, Pay)] == [ATTEMPT.qr, "https://qr.alipay.com/bax2"]


def test_an_application_under_way_is_continued() -> None:
    desk = desk_script(offer=[replace(OFFER, application=ISSUED)])
    code, kept = renewed(desk)
    assert (code, kept.kinds) == (Exit.DONE, [Paid, Issued, Installed])
    assert not desk.count("save") + desk.count("pay")


def test_an_attempt_by_another_method_is_ended_first() -> None:
    other = replace(SHOWN, attempt=replace(ATTEMPT, method=PaymentMethod.UNIONPAY, qr="https://qr.95516.com/1"))
    ended = replace(ENTERED, attempt=replace(ATTEMPT, method=PaymentMethod.UNIONPAY, state=AttemptState.CLOSED))
    desk = desk_script(
        resumed=True,
        offer=[Offer(OFFER.terms, other)],
        end_payment=[ended],
        application=[other, ended, SHOWN, ISSUING, ISSUED],
    )
    code, kept = renewed(desk)
    assert (code, kept.kinds) == (Exit.DONE, [Pay, Paid, Issued, Installed])
    assert desk.count("end_payment") == 1


def test_an_ended_session_is_opened_again() -> None:
    desk = desk_script(
        application=[DeskError(Failure(Reason.SESSION_ENDED)), ISSUED],
        offer=[OFFER, replace(OFFER, application=ISSUING)],
    )
    assert renewed(desk)[0] is Exit.DONE
    assert desk.count("sign_in") == 2


@pytest.mark.parametrize(
    ("ended", "reason", "code", "money"),
    [
        (
            replace(SHOWN, payment_status=PaymentStatus.FROZEN),
            Reason.PAYMENT_FROZEN,
            Exit.PAYMENT,
            Money.SAFE,
        ),
        (
            application(ApplicationStatus.FAILED, payment_status=PaymentStatus.REFUNDING),
            Reason.ISSUING_FAILED,
            Exit.DESK,
            Money.RETURNING,
        ),
        (application(ApplicationStatus.LAPSED), Reason.CERTIFICATE_EXPIRED, Exit.REFUSED, Money.NOT_TOUCHED),
        (application(ApplicationStatus.WITHDRAWN), Reason.APPLICATION_MOVED_ON, Exit.REFUSED, Money.NOT_TOUCHED),
    ],
)
def test_an_application_that_ended_tells_where_the_money_is(
    ended: Application, reason: Reason, code: Exit, money: Money
) -> None:
    got, kept = renewed(desk_script(application=[SHOWN, ended]))
    assert (got, kept.reason) == (code, reason.value)
    assert isinstance(kept.lines[-1], Failed)
    assert kept.lines[-1].money is money


def test_the_old_pair_is_deleted_only_where_both_agree() -> None:
    allowed = replace(INSTALLED, old_pair=OldPair.DELETE)
    for delete_old, confirmed, pins in ((False, allowed, 2), (True, INSTALLED, 2), (True, allowed, 3)):
        tokens = token_script(Snapshot((token(OLD, NEW),)))
        code, kept = renewed(desk_script(confirm=[confirmed]), tokens, delete_old=delete_old)
        assert (code, len(tokens.pins)) == (Exit.DONE, pins)
        told = (Retired("B1", None),) if pins == 3 else ()
        assert tuple(line for line in kept.lines if isinstance(line, Retired)) == told


def test_among_several_certificates_the_named_one_is_taken() -> None:
    second = certificate("second", not_after=NOW + timedelta(days=5))
    both = Snapshot((token(OLD, second),))
    code, kept = renewed(desk_script(), token_script(both))
    assert (code, kept.reason) == (Exit.USAGE, "settings_wrong")
    desk = desk_script()
    renewed(desk, token_script(both), serial=second.serial)
    assert ("offer", (second.der, "")) in desk.called


def test_a_private_certificate_is_looked_for_on_the_one_token_alone() -> None:
    veiled = token(hides=True)
    tokens = Looking((Snapshot((veiled,)),), SignedRequest(b"csr", b"cms"))
    code, kept = renewed(desk_script(), tokens)
    assert (code, kept.kinds[-1]) == (Exit.DONE, Installed)
    assert tokens.pins == ["246810"] * 3
    tokens = Looking((Snapshot((veiled, token(serial="S2"))),), SignedRequest(b"csr", b"cms"))
    code, kept = renewed(desk_script(), tokens)
    assert (code, kept.reason, tokens.pins) == (Exit.REFUSED, "certificate_hidden", [])

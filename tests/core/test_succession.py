"""Which certificate may be renewed: an order of our own, and those that a later one has replaced."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest

from tests.harness.journey.walk import walk
from tests.harness.people import NOW, OLD, SERVICE, application, certificate, state, token
from tui.core.certificate import SM2, Certificate, CertificateState, Token, Usage
from tui.core.eligibility import best_refused, why_not
from tui.core.failure import Failure, Reason
from tui.core.order import ApplicationStatus, Offer
from tui.core.token import Snapshot
from tui.journey import commands as c
from tui.journey import events as e
from tui.journey.moves.arrival import may_be_paid
from tui.journey.renewable import renewable
from tui.journey.state import State, Step

NEW = certificate("new", 385, subject=OLD.subject, not_before=NOW - timedelta(days=2))
LONG_AGO = replace(NEW, not_before=NOW - timedelta(days=31))


def home(*tokens: Token) -> State:
    return State(now=NOW, snapshot=Snapshot(tokens), service=SERVICE, desk_reachable=True)


def beside(*others: Certificate) -> Certificate:
    """OLD as it is seen beside these."""
    (seen,) = Snapshot((token(OLD, *others),)).tokens
    return next(found for found in seen.certificates if found.fingerprint == OLD.fingerprint)


@pytest.mark.parametrize(
    ("other", "renewed"),
    [
        (NEW, True),
        (replace(NEW, spki=OLD.spki, key_id="99"), True),
        (replace(NEW, not_before=OLD.not_before), True),
        (replace(NEW, has_private_key=False), False),
        (replace(NEW, subject="CN=somebody else"), False),
        (replace(NEW, issuer="CN=another CA"), False),
        (replace(NEW, usage=Usage.ENCRYPTION), False),
        (replace(NEW, usage=Usage.SIGNING), False),
        (replace(NEW, not_after=OLD.not_after), False),
        (replace(NEW, not_before=OLD.not_before - timedelta(days=1)), False),
        (replace(NEW, readable=False, well_formed=False), False),
        (replace(NEW, well_formed=False), False),
        (replace(NEW, key=SM2), False),
    ],
)
def test_a_later_certificate_of_the_same_holder_replaces_the_old_one(other: Certificate, renewed: bool) -> None:
    seen = beside(other)
    wanted = CertificateState.RENEWED if renewed else CertificateState.RENEWABLE
    assert (seen.state(NOW), seen.renewed_until) == (wanted, other.not_after if renewed else None)
    assert why_not(seen, NOW) is (Reason.ALREADY_RENEWED if renewed else None)


def test_a_successor_on_another_token_or_of_no_name_counts_not() -> None:
    assert renewable(home(token(OLD), token(NEW, serial="S2")))
    nameless = replace(OLD, subject=""), replace(NEW, subject="")
    assert renewable(home(token(*nameless)))


def test_neither_an_encryption_certificate_nor_an_expired_one_changes_its_reason_wrongly() -> None:
    enc = replace(OLD, usage=Usage.ENCRYPTION), replace(NEW, usage=Usage.ENCRYPTION)
    (seen,) = Snapshot((token(*enc),)).tokens
    assert {found.state(NOW) for found in seen.certificates} == {CertificateState.NOT_FOR_SIGNING}
    assert {found.renewed_until for found in seen.certificates} == {None}
    later = NOW + timedelta(days=400)
    (seen,) = Snapshot((token(OLD, NEW),)).tokens
    found = best_refused(seen.certificates, later)
    assert found is not None
    assert (found[0].fingerprint, found[1]) == (NEW.fingerprint, Reason.CERTIFICATE_EXPIRED)


def test_of_a_chain_only_the_last_counts_and_the_one_before_it_is_spoken_of() -> None:
    last = replace(NEW, fingerprint="ee" * 32, der=b"DER last", not_after=NEW.not_after + timedelta(days=365))
    for order in permutations((OLD, NEW, last)):
        (seen,) = Snapshot((token(*order),)).tokens
        assert [c.renewed_until for c in seen.certificates] == [None, last.not_after, last.not_after]
        found = best_refused(seen.certificates, NOW)
        assert found is not None
        assert (found[0].fingerprint, found[1]) == (NEW.fingerprint, Reason.ALREADY_RENEWED)


def test_a_certificate_without_dates_neither_has_a_successor_nor_is_one() -> None:
    """Its dates hold the epoch, before which nothing ends."""
    epoch = datetime.fromtimestamp(0, UTC)
    undated = replace(OLD, dated=False, well_formed=False, not_before=epoch, not_after=epoch)
    (seen,) = Snapshot((token(undated, NEW),)).tokens
    assert [found.fingerprint for found in seen.certificates] == [NEW.fingerprint, undated.fingerprint]
    assert [found.renewed_until for found in seen.certificates] == [None, None]
    assert why_not(seen.certificates[1], NOW) is Reason.CERTIFICATE_MALFORMED


def test_every_order_of_the_driver_is_shown_as_one() -> None:
    rows = (
        certificate("late", 60),
        certificate("soon", 5),
        certificate("alike", 60, subject="CN=late"),
        certificate("enc", 1, usage=Usage.ENCRYPTION),
        certificate("bad", 0, readable=False),
    )
    tokens = [token(*order, serial=serial) for order in permutations(rows) for serial in ("S2", "S1")]
    seen = {Snapshot((second, first)).tokens for second, first in zip(tokens[::2], tokens[1::2], strict=True)}
    assert len(seen) == 1
    (both,) = seen
    assert [found.serial for found in both] == ["S1", "S2"]
    assert [found.common_name for found in both[0].certificates] == ["soon", "alike", "late", "enc", "bad"]
    assert [found.common_name for _, found in renewable(home(*both))] == ["soon", "alike", "late"]


def test_of_one_token_behind_two_modules_the_first_module_s_is_taken() -> None:
    first, second = token(OLD, module="/lib/z.so", slot=4), token(OLD, module="/lib/a.so")
    assert [found.module for found, _ in renewable(home(first, second))] == ["/lib/z.so"]


def test_a_young_successor_leads_to_the_desk_an_old_one_to_the_reason() -> None:
    asked, _ = walk(home(token(OLD, NEW)), e.Started())
    assert (asked.step, asked.chosen and asked.chosen.fingerprint) == (Step.SIGN_IN, OLD.fingerprint)
    told, _ = walk(home(token(OLD, LONG_AGO)), e.Started())
    assert (told.step, told.failure) == (Step.REFUSED, Failure(Reason.ALREADY_RENEWED))
    assert may_be_paid(told)
    assert walk(told, e.RenewalRequested())[0].step is Step.SIGN_IN


def test_beside_another_certificate_the_cut_off_installation_stays_within_reach() -> None:
    other = certificate("other", 30)
    both = home(token(OLD, NEW, other))
    straight, _ = walk(both, e.Started())
    assert (straight.step, straight.chosen and straight.chosen.fingerprint) == (Step.SIGN_IN, other.fingerprint)
    back, _ = walk(both, e.RenewalRequested())
    assert (back.step, back.chosen and back.chosen.fingerprint) == (Step.SIGN_IN, OLD.fingerprint)
    nothing = home(token(OLD, LONG_AGO, other))
    assert walk(nothing, e.RenewalRequested()) == (nothing, ())


@pytest.mark.parametrize(
    "told", [home(token(OLD, NEW)), walk(home(token(OLD, LONG_AGO)), e.Started())[0]], ids=["waiting", "refused"]
)
def test_neither_way_to_an_earlier_renewal_leads_past_a_program_too_old_or_a_pin_to_be_changed(told: State) -> None:
    too_new = e.ServiceSeen(replace(SERVICE, minimum_version="999.0.0"))
    changed = e.TokensSeen(Snapshot(tuple(replace(each, pin_to_be_changed=True) for each in told.tokens)), NOW)
    for event, reason in ((too_new, Reason.KIOSK_TOO_OLD), (changed, Reason.PIN_EXPIRED)):
        now, _ = walk(told, event, e.RenewalRequested())
        assert now.failure is not None
        assert (now.step, now.failure.reason) == (Step.REFUSED, reason)


def at_the_card(*certificates: Certificate) -> State:
    return state(Step.CARD, snapshot=Snapshot((token(*certificates),)), offer=None)


def test_the_finished_renewal_is_shown_with_both_certificates() -> None:
    done = application(ApplicationStatus.INSTALLED, certificate=NEW.der)
    shown, commands = walk(at_the_card(OLD, NEW), e.OfferMade(Offer((), done)))
    assert (shown.step, commands, shown.application) == (Step.DONE, (c.StopWatching(),), done)
    assert shown.installation is not None
    assert (shown.installation.old.fingerprint, shown.installation.new) == (OLD.fingerprint, shown.finished)


def test_without_the_new_certificate_the_renewal_is_not_called_complete() -> None:
    done = application(ApplicationStatus.INSTALLED, certificate=NEW.der)
    shown, _ = walk(at_the_card(OLD), e.OfferMade(Offer((), done)))
    assert (shown.step, shown.failure) == (Step.REFUSED, Failure(Reason.ALREADY_RENEWED))


def test_a_live_application_of_a_renewed_certificate_goes_on() -> None:
    issued = application(ApplicationStatus.ISSUED, certificate=NEW.der, challenge=b"c")
    shown, _ = walk(at_the_card(OLD, NEW), e.OfferMade(Offer((), issued)), e.RenewalRequested())
    assert shown.step is Step.INSTALL_PIN


def test_a_renewed_certificate_is_not_sold_a_second_renewal() -> None:
    shown, _ = walk(at_the_card(OLD, NEW), e.OfferMade(state(Step.CARD).offer or Offer(())))
    assert (shown.step, shown.failure) == (Step.REFUSED, Failure(Reason.ALREADY_RENEWED))


@pytest.mark.parametrize(
    ("named", "step", "reason"),
    [
        (OLD, Step.REFUSED, Reason.ALREADY_RENEWED),
        (NEW, Step.REFUSED, Reason.TOO_EARLY),
        (certificate("other", 30), Step.SIGN_IN, None),
    ],
)
def test_a_named_certificate_is_taken_or_refused_and_no_other_in_its_place(
    named: Certificate, step: Step, reason: Reason | None
) -> None:
    held = home(token(OLD, NEW, certificate("other", 30)))
    moved, _ = walk(held, e.CertificateChosen(named.fingerprint))
    assert (moved.step, moved.chosen and moved.chosen.fingerprint) == (step, named.fingerprint)
    assert (moved.failure and moved.failure.reason) is reason
    assert walk(held, e.CertificateChosen("gone")) == (held, ())
    old_program = replace(held, service=replace(SERVICE, minimum_version="99.0"))
    refused, _ = walk(old_program, e.CertificateChosen(named.fingerprint))
    assert refused.failure is not None
    assert refused.failure.reason is Reason.KIOSK_TOO_OLD

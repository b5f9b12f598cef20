"""A pulled CA covers what was typed; only the account's password shows it again."""

import pytest

from tests.harness.journey.walk import BACK_IN, DRAFT, EMPTY, ENTERED, ISSUED, PAYING, failed, walk
from tests.harness.people import FORM, INVOICE, NOW, certificate, state, token
from tui.core.failure import Reason
from tui.core.form.fields import InvoiceForm
from tui.core.payment_method import PaymentMethod
from tui.core.secret import Password
from tui.core.token import Snapshot
from tui.journey import commands as c
from tui.journey import events as e
from tui.journey.flow import advance
from tui.journey.state import Busy, Step

TYPED = [Step.NOTICE, Step.CARD, Step.AGREEMENT, Step.FORM, Step.REQUEST_PIN, Step.METHOD]
FOREIGN = e.TokensSeen(Snapshot((token(certificate("foreign")),)), NOW)


@pytest.mark.parametrize("step", TYPED)
def test_what_was_typed_is_covered_with_the_pulled_token_and_shown_again_after_the_password(step: Step) -> None:
    away, _ = advance(state(step, application=DRAFT), EMPTY)
    assert (away.step, away.return_to, away.form, away.covered) == (Step.TOKEN_AWAITED, step, FORM, True)
    assert advance(away, FOREIGN)[0].step is Step.TOKEN_AWAITED
    back, _ = advance(away, BACK_IN)
    assert (back.step, back.covered) == (Step.SIGN_IN, True)
    password = Password(b"x")
    asked, commands = advance(back, e.SignInSubmitted("somebody else", password))
    assert commands == (c.SignIn("supplier01", password),)
    wrong, _ = advance(asked, failed(Reason.WRONG_PASSWORD, "SignIn"))
    assert (wrong.step, wrong.covered) == (Step.SIGN_IN, True)
    shown, _ = advance(asked, e.SignedIn())
    assert (shown.step, shown.form, shown.covered) == (step, FORM, False)


@pytest.mark.parametrize("step", TYPED)
def test_who_leaves_a_pulled_token_leaves_nothing_typed(step: Step) -> None:
    away, _ = advance(state(step, application=DRAFT), EMPTY)
    for waiting in (away, advance(away, BACK_IN)[0]):
        for end in (e.BackPressed(), e.TimedOut(), e.Abandoned()):
            left, commands = advance(waiting, end)
            assert (left.step, left.form.id_number, left.account, commands) == (Step.WAITING, "", "", (c.SignOut(),))


def test_a_token_that_is_pulled_twice_leads_back_to_the_same_step() -> None:
    away, _ = walk(state(Step.FORM, application=DRAFT), EMPTY, BACK_IN, EMPTY)
    assert (away.step, away.return_to, away.covered) == (Step.TOKEN_AWAITED, Step.FORM, True)
    looking, _ = walk(away, e.SelfCheckOpened(), e.SelfChecked(()), BACK_IN, e.BackPressed())
    assert (looking.step, looking.return_to, looking.covered) == (Step.SIGN_IN, Step.FORM, True)


def test_before_the_sign_in_and_at_the_last_password_there_is_nothing_to_cover() -> None:
    back, _ = walk(state(Step.SIGN_IN, signed_in=False), EMPTY, BACK_IN)
    assert (back.step, back.account, back.covered) == (Step.SIGN_IN, "", False)
    back, _ = walk(state(Step.INSTALL_PIN, application=ISSUED), EMPTY, BACK_IN)
    assert (back.step, back.asks_password) == (Step.INSTALL_PIN, False)


def test_a_token_pulled_at_a_page_beside_covers_what_it_leads_back_to() -> None:
    looking = state(Step.CERTIFICATES, return_to=Step.CARD)
    back, _ = walk(looking, EMPTY, BACK_IN, e.BackPressed())
    assert (back.step, back.return_to, back.covered) == (Step.SIGN_IN, Step.CARD, True)


@pytest.mark.parametrize("step", [Step.PAY_NOTICE, Step.ORDER, Step.CHANNEL, Step.QR])
def test_a_token_pulled_while_paying_hides_what_leads_back_to_the_form(step: Step) -> None:
    paying = state(step, application=PAYING if step is Step.QR else ENTERED, invoice=INVOICE)
    there, _ = advance(paying, EMPTY)
    assert (there.step, there.invoice, there.covered) == (step, InvoiceForm(), True)
    again, _ = walk(there, BACK_IN)
    assert again.step is step
    method = {Step.QR: (e.BackPressed(), e.ApplicationSeen(ENTERED)), Step.CHANNEL: (e.OnlineChosen(),)}
    if step in method:
        shown, _ = walk(again, *method[step])
        assert (shown.step, shown.invoice) == (Step.METHOD, InvoiceForm())
    if step is Step.ORDER:
        back, _ = walk(again, e.BackPressed())
        assert (back.step, back.return_to) == (Step.SIGN_IN, Step.CARD)
        shown, _ = walk(back, e.SignInSubmitted("", Password(b"x")), e.SignedIn())
        assert (shown.step, shown.covered, shown.form) == (Step.CARD, False, FORM)


def test_a_code_that_came_while_the_token_was_out_is_shown_when_it_is_back() -> None:
    asking = state(Step.METHOD, application=ENTERED, busy=Busy.ORDERING)
    away, _ = walk(asking, EMPTY, e.ApplicationSeen(PAYING))
    back, _ = walk(away, BACK_IN)
    assert (away.return_to, back.step) == (Step.QR, Step.QR)


def test_paying_hides_an_invoice_only_when_the_token_goes() -> None:
    without, _ = advance(state(Step.ORDER, application=ENTERED), EMPTY)
    typing, _ = walk(without, e.PaymentOpened(), e.OnlineChosen())
    typing, _ = advance(typing, e.InvoiceEdited(PaymentMethod.ALIPAY, INVOICE))
    still, _ = advance(typing, EMPTY)
    assert (typing.step, still.step, still.invoice) == (Step.METHOD, Step.METHOD, INVOICE)


def test_a_session_that_ended_keeps_what_was_typed_for_the_same_account_alone() -> None:
    ended, _ = advance(state(Step.FORM, busy=Busy.SAVING), failed(Reason.SESSION_ENDED, "SaveApplication"))
    again, commands = advance(ended, e.SignInSubmitted("somebody else", password := Password(b"x")))
    assert commands == (c.SignIn("supplier01", password),)
    assert advance(again, e.SignedIn())[0].step is Step.NOTICE

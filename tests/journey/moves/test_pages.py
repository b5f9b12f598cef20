"""What a page loads as it is entered, and where news of the application leads from it."""

import pytest

from tests.harness.journey.walk import DRAFT, ENTERED, ISSUING, PAYING
from tests.harness.people import FORM, INVOICE, NOTICE, OFFER, OLD, application, state
from tui.core.form.fields import InvoiceForm
from tui.core.order import Application, PaymentStatus
from tui.journey import commands as c
from tui.journey import events as e
from tui.journey.flow import advance
from tui.journey.state import Busy, Step

OTHER = InvoiceForm(INVOICE.tax_number, "另一家有限公司")


def test_after_the_sign_in_only_what_is_not_there_is_loaded() -> None:
    signing_in = state(Step.SIGN_IN, busy=Busy.SIGNING_IN)
    known, commands = advance(signing_in, e.SignedIn())
    assert (known.step, known.busy, known.notice, commands) == (Step.NOTICE, None, NOTICE, ())
    fresh, commands = advance(state(Step.SIGN_IN, busy=Busy.SIGNING_IN, notice=None), e.SignedIn())
    assert (fresh.step, fresh.busy, commands) == (Step.NOTICE, Busy.LOADING, (c.LoadNotice(), c.LoadAgreement()))


def test_the_card_asks_what_is_on_offer_for_its_certificate() -> None:
    now, commands = advance(state(Step.NOTICE, offer=None), e.NoticeAccepted())
    assert (now.step, now.busy, commands) == (Step.CARD, Busy.CHECKING, (c.AskOffer(OLD.der),))


@pytest.mark.parametrize(("polled", "commands"), [(False, (c.WatchApplication("B1"),)), (True, ())])
def test_a_payment_that_has_come_leads_to_the_issue_and_is_watched_once(
    polled: bool, commands: tuple[c.Command, ...]
) -> None:
    now, told = advance(state(Step.QR, application=PAYING), e.ApplicationSeen(ISSUING, polled=polled))
    assert (now.step, now.application, told) == (Step.ISSUING, ISSUING, commands)


@pytest.mark.parametrize(
    ("back_to", "news", "then"),
    [
        (Step.METHOD, e.ApplicationSeen(PAYING), Step.QR),
        (Step.METHOD, e.ApplicationSeen(PAYING, polled=True), Step.METHOD),
        (Step.METHOD, e.ApplicationSeen(ENTERED), Step.METHOD),
        (Step.ORDER, e.ApplicationSeen(PAYING), Step.ORDER),
    ],
)
def test_only_a_code_that_was_asked_for_is_what_the_ca_leads_back_to(
    back_to: Step, news: e.ApplicationSeen, then: Step
) -> None:
    away = state(Step.TOKEN_AWAITED, return_to=back_to, application=ENTERED, covered=True)
    assert advance(away, news)[0].return_to is then


@pytest.mark.parametrize(
    ("found", "invoice"),
    [(application(invoice=OTHER), OTHER), (application(), INVOICE)],
    ids=["its own", "what was typed"],
)
def test_an_invoice_that_the_desk_knows_goes_before_what_was_typed(found: Application, invoice: InvoiceForm) -> None:
    card = state(Step.CARD, application=DRAFT, form=FORM, invoice=INVOICE, offer=OFFER)
    under_way = advance(card, e.OfferMade(type(OFFER)(OFFER.terms, found)))[0]
    assert advance(under_way, e.RenewalRequested())[0].invoice == invoice


def test_a_payment_that_its_platform_took_back_leads_to_the_order() -> None:
    taken = application(ENTERED.status, payment_status=PaymentStatus.REFUNDED)
    issuing = state(Step.ISSUING, application=ENTERED)
    assert advance(issuing, e.ApplicationSeen(taken, polled=True))[0].step is Step.ORDER

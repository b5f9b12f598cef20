"""The journey at the desk's door: from the offer to the proof."""

import subprocess
from datetime import UTC, datetime

import pytest
from cryptography import x509

from tests.desk.town import Town
from tui.core.order import ApplicationStatus, AttemptState, PaymentStatus
from tui.desk.evidence import evidence_of
from tui.desk.pricing import later


def test_from_the_offer_to_the_proof(town: Town) -> None:
    person = town.person()
    offer = person.call("POST", "/offers", {"certificate": __import__("base64").b64encode(person.certificate).decode()})
    assert [term["months"] for term in offer["terms"]] == [12, 24]
    entered = person.entered()
    assert entered.status is ApplicationStatus.ENTERED
    assert entered.order is not None
    assert entered.order.total_fen == 20000
    paying = person.pay(entered.business_no)
    assert paying.payment_status is PaymentStatus.PAYING
    assert paying.attempt is not None
    assert paying.attempt.state is AttemptState.QR_SHOWN
    assert paying.attempt.expires_in == 300

"""What whoever finds a token at a counter is told of its holder before the desk has offered anything: nothing."""

from dataclasses import replace

import pytest

from tests.harness.kiosk.stage import staged
from tests.harness.people import NOW, OFFER, SERVICE, certificate, token
from tui.core.certificate import Token, refer
from tui.core.details import Details, Named
from tui.core.failure import Failure, Reason
from tui.core.token import Snapshot
from tui.journey.ports import Check
from tui.journey.state import State, Step
from tui.kiosk.settings import Mode
from tui.kiosk.text.certificate import Fact, discreet, masked_name, short_facts

NAME, LABEL, SERIAL, NUMBER = "盐田欧阳甪鑫个体商行有限公司", "甪鑫的网证通", "GM30770942", "5a3f00d1c2b3a4"
PERSONAL = (NAME, LABEL, SERIAL, SERIAL[-8:], NUMBER.upper(), "甪")
HELD = certificate("found", common_name=NAME, subject=f"C=CN,CN={NAME}", serial=NUMBER, label=NAME)
FOUND = token(HELD, label=LABEL, serial=SERIAL)
SECOND = token(certificate("second", 30, common_name=f"{NAME}二部", subject=f"CN={NAME}二部"), label=LABEL, serial="2")
UNREAD = token(certificate("bytes", readable=False, label=NAME, subject="", common_name=""), label=LABEL)


def _at(step: Step, *tokens: Token, **changes: object) -> State:
    held = tokens or (FOUND,)
    sample = State(step=step, now=NOW, snapshot=Snapshot(held), service=SERVICE, chosen=refer(FOUND, HELD))
    return replace(sample, **changes)  # type: ignore[arg-type]


STATES = {
    "waiting": _at(Step.WAITING, chosen=None),
    "waiting, several": _at(Step.WAITING, FOUND, SECOND, chosen=None),
    "waiting, unreadable": _at(Step.WAITING, UNREAD, chosen=None),
    "choosing": _at(Step.CHOOSING, FOUND, SECOND),
    "look": _at(Step.LOOK_PIN),
    "sign-in": _at(Step.SIGN_IN),
    "card": _at(Step.CARD, signed_in=True),
    "refused": _at(Step.REFUSED, failure=Failure(Reason.CERTIFICATE_EXPIRED)),
    "refused by the desk": _at(Step.REFUSED, signed_in=True, failure=Failure(Reason.NOT_THE_APPLICANT)),
    "another PIN": _at(Step.CHANGE_PIN),
    "pulled": _at(Step.TOKEN_AWAITED, return_to=Step.SIGN_IN),
    "certificates": _at(Step.CERTIFICATES, FOUND, SECOND),
    "certificates, unreadable": _at(Step.CERTIFICATES, UNREAD),
    "details, issued by itself": _at(
        Step.DETAILS,
        looked_at=refer(FOUND, HELD),
        details=Details(subject=(Named("CN", NAME),), issuer=(Named("CN", NAME),)),
    ),
    "self-check": _at(Step.SELF_CHECK, checks=(Check("token", True, LABEL), Check("certificate", True, NAME))),
}


@pytest.mark.parametrize("name", STATES)
async def test_nothing_by_which_the_holder_is_known(name: str) -> None:
    async with staged(STATES[name], (120, 60)) as stage:
        shown = [words for words in PERSONAL if words in stage.text]
        assert shown or name == "details, issued by itself", "an office shows something of it, or this test nothing"
        stage.app.mode = Mode.COUNTER
        await stage.show(State())
        await stage.show(STATES[name])
        assert not [words for words in PERSONAL if words in stage.text]


async def test_who_has_been_made_an_offer_sees_whose_certificate_it_is() -> None:
    async with staged(State()) as stage:
        stage.app.mode = Mode.COUNTER
        await stage.show(_at(Step.CARD, signed_in=True, offer=OFFER))
        assert NAME in stage.text


async def test_neither_is_it_by_the_serial_of_a_certificate_that_its_whole_subject_names() -> None:
    held = certificate("found", common_name="", subject=f"C=CN,O={NAME}", serial=NUMBER)
    async with staged(State(), (120, 60)) as stage:
        stage.app.mode = Mode.COUNTER
        await stage.show(
            _at(Step.CARD, token(held, label=LABEL, serial=SERIAL), signed_in=True, chosen=refer(FOUND, held))
        )
        assert "有效期至" in stage.text
        assert not [words for words in PERSONAL if words in stage.text]


def test_a_certificate_without_a_subject_is_called_by_its_serial_number_and_that_is_masked() -> None:
    nameless = certificate("x", common_name="", subject="", serial=NUMBER)
    name, *rest = short_facts(nameless, NOW, State(service=SERVICE).window)
    assert name.value == NUMBER.upper()
    assert discreet((name, *rest), nameless) == (Fact(name.label, masked_name(name.value), name.style), *rest)

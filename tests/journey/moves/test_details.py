"""证书详情: opened from the list, read, and left: by the person, or with the token."""

from tests.harness.journey.walk import EMPTY, walk
from tests.harness.people import NOW, OLD, REF, SNAPSHOT, certificate, state
from tui.core.details import Details
from tui.journey import commands as c
from tui.journey import events as e
from tui.journey.flow import advance
from tui.journey.moves.details import looked_at
from tui.journey.state import State, Step

LIST = State(step=Step.CERTIFICATES, now=NOW, snapshot=SNAPSHOT)
READ = Details(signature="RSA-SHA256")


def test_a_certificate_is_looked_at_and_the_list_comes_back() -> None:
    there, commands = advance(LIST, e.DetailsOpened(REF))
    assert (there.step, commands) == (Step.DETAILS, (c.ReadDetails(OLD.der),))
    found = looked_at(there)
    assert found is not None
    assert found[1] == OLD
    told, _ = advance(there, e.DetailsRead(OLD.der, READ))
    assert told.details == READ
    assert advance(told, e.BackPressed())[0] == LIST


def test_what_was_read_of_another_certificate_comes_too_late() -> None:
    there, _ = advance(LIST, e.DetailsOpened(REF))
    assert advance(there, e.DetailsRead(certificate("other").der, READ)) == (there, ())


def test_one_that_is_not_there_is_not_looked_at() -> None:
    gone = State(step=Step.CERTIFICATES, now=NOW)
    assert advance(gone, e.DetailsOpened(REF)) == (gone, ())


def test_the_list_comes_back_when_the_token_goes() -> None:
    now, _ = walk(LIST, e.DetailsOpened(REF), e.DetailsRead(OLD.der, READ), EMPTY)
    assert (now.step, now.looked_at, now.details) == (Step.CERTIFICATES, None, None)


def test_in_the_middle_of_a_renewal_the_token_that_goes_covers_it_and_back_leads_to_the_password() -> None:
    looking = state(Step.CERTIFICATES, return_to=Step.CARD)
    now, _ = walk(looking, e.DetailsOpened(REF), EMPTY)
    assert (now.step, now.covered, now.return_to) == (Step.CERTIFICATES, True, Step.CARD)

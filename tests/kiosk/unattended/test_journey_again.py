"""`renew` run again: what was finished is told as finished, and nothing else is renewed in its place."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.harness.kiosk import renewing as script
from tests.harness.people import NOW, OLD, TERM, application, certificate, token
from tui.core.exits import Exit
from tui.core.failure import DeskError, Failure, Reason
from tui.core.order import ApplicationStatus, Offer, PaymentStatus
from tui.core.policy import OldPair
from tui.core.token import SignedRequest, Snapshot
from tui.kiosk.unattended import journey
from tui.kiosk.unattended.report import Failed, Installed, Retired

NEW = certificate("new", 385, subject=OLD.subject, not_before=NOW - timedelta(days=2))
LONG_AGO = replace(NEW, not_before=NOW - timedelta(days=200))
DONE = application(
    ApplicationStatus.INSTALLED, payment_status=PaymentStatus.PAID, certificate=NEW.der, old_not_after=OLD.not_after
)
FACTS = Installed("B1", NEW.serial, NEW.not_before, NEW.not_after)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journey, "GRACE", 60.0)


@pytest.fixture
def short_grace(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is asked is what comes after it; elsewhere a busy machine must not bring it to its end."""
    monkeypatch.setattr(journey, "GRACE", 2.0)


@pytest.mark.parametrize("serial", ["", OLD.serial])
@pytest.mark.parametrize("held", [(OLD, NEW), (NEW,), (OLD, LONG_AGO), (OLD, NEW, certificate("third", 200))])
def test_a_renewal_that_was_finished_is_told_with_its_facts(held: tuple[object, ...], serial: str) -> None:
    tokens = script.token_script(Snapshot((token(*held),)))  # type: ignore[arg-type]
    new = next(found for found in held if found in (NEW, LONG_AGO))
    code, kept = script.renewed(script.desk_script(offer=[Offer((), DONE)]), tokens, serial=serial)
    assert (code, tokens.pins) == (Exit.DONE, [])
    assert kept.lines[-1] == Installed("B1", NEW.serial, new.not_before, NEW.not_after)


def test_what_was_cut_off_before_the_proof_is_finished() -> None:
    issued = replace(script.ISSUED, certificate=NEW.der)
    desk = script.desk_script(offer=[Offer((TERM,), issued)])
    tokens = script.token_script(Snapshot((token(OLD, NEW),)))
    code, kept = script.renewed(desk, tokens)
    assert (code, kept.kinds[-1], desk.count("confirm"), desk.count("pay")) == (Exit.DONE, Installed, 1, 0)


def test_the_deletion_that_was_agreed_to_is_made_up_for() -> None:
    desk = script.desk_script(offer=[Offer((), replace(DONE, old_pair=OldPair.DELETE))])
    tokens = script.token_script(Snapshot((token(OLD, NEW),)))
    code, kept = script.renewed(desk, tokens, delete_old=True)
    assert (code, kept.lines[-2:], len(tokens.pins)) == (Exit.DONE, [FACTS, Retired("B1", None)], 1)


def test_what_another_desk_has_renewed_is_not_bought_again() -> None:
    desk = script.desk_script()
    code, kept = script.renewed(desk, script.token_script(Snapshot((token(OLD, NEW),))))
    assert (code, kept.reason, desk.count("save")) == (Exit.REFUSED, "already_renewed", 0)


def test_without_the_new_certificate_on_the_token_nothing_is_called_installed() -> None:
    desk = script.desk_script(offer=[Offer((), DONE)])
    code, kept = script.renewed(desk, script.token_script())
    assert (code, kept.reason) == (Exit.REFUSED, "already_renewed")


def test_the_named_certificate_is_asked_about_though_another_could_be_renewed() -> None:
    desk = script.desk_script(offer=[Offer((), DONE)])
    tokens = script.token_script(Snapshot((token(OLD, NEW, certificate("third", 5)),)))
    code, kept = script.renewed(desk, tokens, serial=OLD.serial)
    assert (code, kept.lines[-1]) == (Exit.DONE, FACTS)
    assert [asked for name, asked in desk.called if name == "offer"] == [(OLD.der, "")]


@pytest.mark.usefixtures("short_grace")
def test_the_only_certificate_is_not_renewed_for_another_that_is_named() -> None:
    code, kept = script.renewed(script.desk_script(), serial="abc123")
    assert (code, kept.reason) == (Exit.USAGE, "settings_wrong")
    told = kept.lines[-1]
    assert isinstance(told, Failed)
    assert f"answers.toml: serial 应为以下之一：{OLD.serial} / must be one of {OLD.serial}" in told.message


def test_a_field_that_the_desk_refuses_is_told_by_file_key_and_choices() -> None:
    wrong = Failure(Reason.FORM_INVALID, field_errors=(("term_months", "term_unknown"), ("agent_name", "required")))
    code, kept = script.renewed(script.desk_script(save=[DeskError(wrong)]))
    told = kept.lines[-1]
    assert code is Exit.REFUSED
    assert isinstance(told, Failed)
    assert "answers.toml: term_months (12): 请选择续期时间" in told.message
    assert "answers.toml: agent.name: 必须填写" in told.message


def test_a_serial_that_names_neither_certificate_is_no_success() -> None:
    desk = script.desk_script(offer=[Offer((), DONE)])
    code, kept = script.renewed(desk, script.token_script(Snapshot((token(OLD, NEW),))), serial="ffff")
    assert (code, kept.reason) == (Exit.USAGE, "settings_wrong")


def test_a_hidden_certificate_that_the_serial_does_not_name_is_not_bought() -> None:
    desk = script.desk_script()
    tokens = script.Looking((Snapshot((token(hides=True),)),), SignedRequest(b"csr", b"cms"))
    code, kept = script.renewed(desk, tokens, serial="ffff")
    assert (code, kept.reason, desk.count("save"), desk.count("pay")) == (Exit.USAGE, "settings_wrong", 0, 0)

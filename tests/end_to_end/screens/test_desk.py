"""The desk is killed at each state of an application and comes back by itself; the journey ends on the result page."""

from pathlib import Path

import pytest

from tests.harness.end_to_end.sandbox import Sandbox
from tests.harness.end_to_end.stage import at_counter, desk_is_back, kill_desk, ledger_of, new_token
from tui.core.order import ApplicationStatus
from tui.journey.state import Step
from tui.sandbox.gateways.common.ledger import Stage


@pytest.mark.parametrize(
    ("step", "status"),
    [
        (Step.REQUEST_PIN, ApplicationStatus.DRAFT),
        (Step.ORDER, ApplicationStatus.ENTERED),
        (Step.QR, ApplicationStatus.ENTERED),
        (Step.INSTALL_PIN, ApplicationStatus.ISSUED),
    ],
    ids=lambda value: value.value,
)
async def test_killed_while_the_person_reads(
    sandbox: Sandbox, tmp_path: Path, step: Step, status: ApplicationStatus
) -> None:
    token = new_token(sandbox, tmp_path)
    async with at_counter(sandbox, token) as person:
        await person.walk_to(step)
        business_no = person.application.business_no
        assert person.application.status is status
        await desk_is_back(sandbox, kill_desk(sandbox))
        await person.walk_to(Step.DONE)
        assert person.application.business_no == business_no
        assert "证书安装完成！" in person.text
    assert [trade.stage for trade in ledger_of(sandbox, business_no)] == [Stage.PAID]


async def test_paid_while_the_desk_is_away(sandbox: Sandbox, tmp_path: Path) -> None:
    token = new_token(sandbox, tmp_path)
    async with at_counter(sandbox, token) as person:
        await person.walk_to(Step.QR)
        business_no = person.application.business_no
        dead = kill_desk(sandbox)
        await person.pay()
        await desk_is_back(sandbox, dead)
        await person.until(Step.INSTALL_PIN)
        await person.walk_to(Step.DONE)
        assert person.application.business_no == business_no
    assert [trade.stage for trade in ledger_of(sandbox, business_no)] == [Stage.PAID]


async def test_killed_while_it_issues(sandbox: Sandbox, tmp_path: Path) -> None:
    token = new_token(sandbox, tmp_path)
    async with at_counter(sandbox, token) as person:
        await person.walk_to(Step.QR)
        business_no = person.application.business_no
        await person.pay()
        await person.press("tab", "enter")
        await person.reached(Step.ISSUING, Step.INSTALL_PIN)
        dead = kill_desk(sandbox)
        await desk_is_back(sandbox, dead)
        await person.walk_to(Step.DONE)
        assert person.application.business_no == business_no
    assert [trade.stage for trade in ledger_of(sandbox, business_no)] == [Stage.PAID]


async def test_killed_while_the_request_is_handed_in(sandbox: Sandbox, tmp_path: Path) -> None:
    token = new_token(sandbox, tmp_path)
    async with at_counter(sandbox, token) as person:
        await person.walk_to(Step.REQUEST_PIN)
        business_no = person.application.business_no
        dead = kill_desk(sandbox)
        await person.enter_pin(token.pin)
        await desk_is_back(sandbox, dead)
        await person.walk_to(Step.DONE)
        assert person.application.business_no == business_no
    assert token.objects().count("Private Key Object") == 2

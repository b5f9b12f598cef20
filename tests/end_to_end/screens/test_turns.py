"""Turns of the journey on the real screens: withdrawal, another account, another method, the way back."""

import asyncio
from pathlib import Path

import pytest

from tests.harness.end_to_end.sandbox import Sandbox, tool
from tests.harness.end_to_end.stage import at_counter, ledger_of, new_token, on_the_desk_database
from tui.core.failure import Money, Reason
from tui.core.order import ApplicationStatus, AttemptState, PaymentStatus
from tui.core.payment_method import PaymentMethod
from tui.desk.renewals.accounts import create_account
from tui.desk.renewals.evidence import evidence_of
from tui.journey.state import Step
from tui.kiosk.widgets.secret_field import SecretField
from tui.sandbox.faults import CLEAR, Fault
from tui.sandbox.files import ACCOUNT
from tui.sandbox.gateways.common.ledger import Stage
from tui.sandbox.wallet import WalletRefused, arm, pay


async def test_withdrawn_before_payment_then_applied_anew(sandbox: Sandbox, tmp_path: Path) -> None:
    token = new_token(sandbox, tmp_path)
    async with at_counter(sandbox, token) as person:
        await person.walk_to(Step.QR)
        first, code = person.application.business_no, person.qr
        await person.press("f3")
        await person.until(Step.METHOD)
        await person.press("f3")
        await person.until(Step.CHANNEL)
        await person.press("f3")
        await person.until(Step.ORDER)
        await person.press("tab", "enter", "enter")
        assert person.app.state.step is Step.ORDER
        assert person.application.status is ApplicationStatus.ENTERED
        await person.app.step_screen.run_action("withdraw")
        await person.press("tab", "enter")
        await person.until(Step.WITHDRAWN)
        assert "申请已撤销" in person.text
        assert "没有扣款" in person.text
        assert person.app.state.money is Money.NOT_TOUCHED
        with pytest.raises(WalletRefused):
            await asyncio.to_thread(pay, sandbox.directory, code)
        await person.press("enter")
        await person.until(Step.WAITING)
        await person.walk_to(Step.ORDER)
        second = person.application
        assert second.business_no != first
        assert (second.status, second.payment_status) == (ApplicationStatus.ENTERED, PaymentStatus.UNPAID)
        await person.walk_to(Step.DONE)
    assert [trade.stage for trade in ledger_of(sandbox, first)] == [Stage.DEAD]
    assert [trade.stage for trade in ledger_of(sandbox, second.business_no)] == [Stage.PAID]


async def test_an_account_that_is_not_the_applicant_is_refused(sandbox: Sandbox, tmp_path: Path) -> None:
    token = new_token(sandbox, tmp_path)
    with on_the_desk_database(sandbox) as engine:
        create_account(engine, "stranger9", "Else2026")
    async with at_counter(sandbox, token, account=("stranger9", "Else2026")) as person:
        await person.walk_to(Step.REFUSED)
        assert person.app.state.failure is not None
        assert person.app.state.failure.reason is Reason.NOT_THE_APPLICANT
        assert person.app.state.application is None
        assert "不是" in person.text
        assert "申请" in person.text
        assert ACCOUNT not in person.text
        assert ACCOUNT not in repr(person.app.state)
        await person.press("enter")
        await person.until(Step.WAITING)


async def test_another_method_after_the_first_code(sandbox: Sandbox, tmp_path: Path) -> None:
    token = new_token(sandbox, tmp_path)
    async with at_counter(sandbox, token) as person:
        await person.walk_to(Step.QR)
        first = person.qr
        assert person.application.attempt is not None
        assert person.application.attempt.method is PaymentMethod.ALIPAY
        await person.press("f3")
        await person.until(Step.METHOD)
        await person.choose(PaymentMethod.UNIONPAY)
        await person.press_main()
        await person.until(Step.QR)
        await person.walk_to(Step.QR)
        attempt = person.application.attempt
        assert (attempt.method, attempt.state) == (PaymentMethod.UNIONPAY, AttemptState.QR_SHOWN)
        assert person.qr.startswith("https://qr.95516.com/")
        assert "银联" in person.text
        with pytest.raises(WalletRefused):
            await asyncio.to_thread(pay, sandbox.directory, first)
        await person.pay()
        with pytest.raises(WalletRefused, match="already_paid"):
            await person.pay()
        await person.walk_to(Step.DONE)
        business_no = person.application.business_no
    assert [trade.stage for trade in ledger_of(sandbox, business_no, PaymentMethod.ALIPAY)] == [Stage.DEAD]
    (paid,) = ledger_of(sandbox, business_no, PaymentMethod.UNIONPAY)
    assert (paid.stage, paid.amount_fen, paid.refunds) == (Stage.PAID, 20000, ())


async def test_a_code_that_the_platform_refused_is_asked_for_again(sandbox: Sandbox, tmp_path: Path) -> None:
    token = new_token(sandbox, tmp_path)
    async with at_counter(sandbox, token) as person:
        await person.walk_to(Step.METHOD)
        await asyncio.to_thread(arm, sandbox.directory, PaymentMethod.ALIPAY, Fault.UNAVAILABLE, 9)
        try:
            await person.fill_invoice()
            await person.press_main()
            await person.until(Step.METHOD)
        finally:
            await asyncio.to_thread(arm, sandbox.directory, PaymentMethod.ALIPAY, CLEAR, 1)
        assert person.app.state.failure is not None
        await person.walk_to(Step.QR)
        assert person.app.state.failure is None


async def test_going_back_loses_nothing_typed(sandbox: Sandbox, tmp_path: Path) -> None:
    token = new_token(sandbox, tmp_path)
    async with at_counter(sandbox, token) as person:
        await person.walk_to(Step.FORM)
        await person.fill_form()
        typed = person.visitor.form
        for value in (typed.agent_name, typed.recipient_address):
            assert value in person.text
        await person.press("f3")
        await person.until(Step.AGREEMENT)
        assert person.app.state.form == typed
        await person.walk_to(Step.FORM)
        assert person.form_on_screen() == typed

        await person.press_main()
        await person.until(Step.REQUEST_PIN)
        await person.press("1", "2", "3", "4", "f3")
        await person.until(Step.FORM)
        assert person.form_on_screen() == typed
        await person.press_main()
        await person.until(Step.REQUEST_PIN)
        assert SecretField.dot not in person.text

        await person.walk_to(Step.METHOD)
        await person.fill_invoice()
        await person.choose(PaymentMethod.UNIONPAY)
        await person.press("f3")
        await person.until(Step.CHANNEL)
        await person.walk_to(Step.METHOD)
        assert person.app.state.method is PaymentMethod.UNIONPAY
        assert person.visitor.invoice.title in person.text
        await person.walk_to(Step.DONE)
        assert person.application.form == typed
        assert person.application.invoice == person.visitor.invoice


async def test_the_evidence_of_a_finished_application_verifies(sandbox: Sandbox, tmp_path: Path) -> None:
    token = new_token(sandbox, tmp_path, "rsa2048")
    async with at_counter(sandbox, token) as person:
        await person.walk_to(Step.DONE)
        application = person.application
    with on_the_desk_database(sandbox) as engine:
        evidence = evidence_of(engine, application.business_no)
    assert evidence is not None
    (tmp_path / "evidence.der").write_bytes(evidence)
    verify = ("openssl", "cms", "-verify", "-inform", "DER", "-in", tmp_path / "evidence.der", "-purpose", "any")
    content = tool(sandbox, *map(str, verify), "-CAfile", sandbox.directory / "ca/ca.pem")
    form = person.visitor.form
    for value in (form.id_number, form.agent_name, form.agent_mobile, form.agent_email, form.recipient_address):
        assert value in content
    assert application.agreement_digest in content
    assert content.startswith(application.statement)
    assert "BEGIN CERTIFICATE REQUEST" in content

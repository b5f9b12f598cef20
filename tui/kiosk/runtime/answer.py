"""Carry one command out against the ports and return the event that answers it."""

from collections.abc import Callable
from dataclasses import replace
from typing import assert_never

from tui.core.order import Application, ApplicationStatus, Document
from tui.core.token import TokenStage
from tui.journey import commands as c
from tui.journey import events as e
from tui.journey.ports import DeskPort, SelfCheckPort, TokenPort
from tui.process.translations import english_of

TokenCommand = c.Look | c.ChangePin | c.MakeRequest | c.Install | c.Retire
DeskCommand = (
    c.AskService
    | c.SignIn
    | c.LoadNotice
    | c.AskOffer
    | c.LoadAgreement
    | c.SaveApplication
    | c.SubmitRequest
    | c.Pay
    | c.QueryPayment
    | c.EndPayment
    | c.Withdraw
    | c.Confirm
)


async def answer_token(
    command: TokenCommand, tokens: TokenPort, progress: Callable[[TokenStage], None]
) -> e.TokenRevealed | e.PinChanged | e.RequestMade | e.Installed | e.Retired:
    """Ask the token.

    :raises TokenError: token or driver refused, or could not.
    """
    match command:
        case c.Look(token, pin):
            return e.TokenRevealed(await tokens.look(token, pin, progress))
        case c.ChangePin(token, old, new):
            await tokens.change_pin(token, old, new, progress)
            return e.PinChanged()
        case c.MakeRequest(certificate, pin, application):
            return e.RequestMade(await tokens.make_request(certificate, pin, application, progress))
        case c.Install(certificate, pin, application):
            return e.Installed(await tokens.install(certificate, pin, application, progress))
        case c.Retire(certificate, pin, application, installation):
            return e.Retired(await tokens.retire(certificate, pin, application, installation, progress))
        case _:
            assert_never(command)


async def changed_elsewhere(command: TokenCommand, desk: DeskPort) -> Application | None:
    """What became of the draft at another kiosk or at the desk: no key is made for it. None where it is as it was.

    :raises DeskError: the desk refused, or was not reached.
    """
    if not isinstance(command, c.MakeRequest):
        return None
    now = (await desk.application(command.application.business_no)).application
    is_draft = now.status is ApplicationStatus.DRAFT
    return None if is_draft and now.statement == command.application.statement else now


async def answer_check(command: c.RunSelfCheck, checks: SelfCheckPort) -> e.SelfChecked:
    """Run 环境检测."""
    return e.SelfChecked(await checks.run(command.snapshot))


async def answer_desk(command: DeskCommand, desk: DeskPort) -> e.Event:
    """Ask the desk.

    :raises DeskError: the desk refused, or was not reached.
    """
    match command:
        case c.AskService():
            return e.ServiceSeen(await desk.status())
        case c.SignIn(account, password):
            await desk.sign_in(account, password)
            return e.SignedIn()
        case c.LoadNotice():
            return e.NoticeLoaded(_translated(await desk.notice()))
        case c.AskOffer(certificate, spki):
            return e.OfferMade(await desk.offer(certificate, spki))
        case c.LoadAgreement():
            return e.AgreementLoaded(_translated(await desk.agreement()))
        case c.SaveApplication(certificate, agreement, form, fee_fen):
            return e.ApplicationSaved(await desk.save(certificate, agreement, form, fee_fen))
        case c.SubmitRequest(business_no, request):
            return e.ApplicationSeen(await desk.submit(business_no, request))
        case c.Pay(business_no, method, invoice):
            return e.ApplicationSeen(await desk.pay(business_no, method, invoice))
        case c.QueryPayment(business_no):
            return e.ApplicationSeen(await desk.query_payment(business_no))
        case c.EndPayment(business_no):
            return e.ApplicationSeen(await desk.end_payment(business_no))
        case c.Withdraw(business_no):
            return e.ApplicationSeen(await desk.withdraw(business_no))
        case c.Confirm(business_no, proof):
            return e.ApplicationSeen(await desk.confirm(business_no, proof))
        case _:
            assert_never(command)


def wipe(command: c.Command) -> None:
    """Empty the secret that a command carries; whatever became of the command."""
    match command:
        case (
            c.SignIn(password=secret)
            | c.Look(pin=secret)
            | c.MakeRequest(pin=secret)
            | c.Install(pin=secret)
            | c.Retire(pin=secret)
        ):
            secret.wipe()
        case c.ChangePin(old=old, new=new):
            old.wipe()
            new.wipe()
        case _:
            pass


def _translated(document: Document) -> Document:
    """With the translation that ships, where the desk sends none."""
    return document if document.english else replace(document, english=english_of(document.text))

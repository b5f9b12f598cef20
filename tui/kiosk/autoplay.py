"""Press the keys that a person would press, on the real screens, to the end (`demo --autoplay`)."""

from asyncio import sleep
from collections.abc import Awaitable, Callable
from dataclasses import field
from pathlib import Path
from time import monotonic
from typing import cast

from textual.pilot import Pilot
from textual.widget import Widget

from tui.core.exits import Exit
from tui.core.form.fields import ApplicationForm, InvoiceForm
from tui.core.form.kinds import Buyer
from tui.core.frozen import frozen
from tui.journey.state import Step
from tui.kiosk.app import KioskApp
from tui.kiosk.screenshot import picture
from tui.process.output import unusable

STUCK = 120.0
"""Seconds at one step after which the walk is given up, however slow it is."""

LOOK = 0.05
"""Seconds between two looks at the screen while the program works."""

MAIN = "#actions ActionButton.-main"


@frozen
class Visitor:
    """What the person at the keys knows."""

    account: str
    password: str = field(repr=False)
    pin: str = field(repr=False)
    form: ApplicationForm
    invoice: InvoiceForm


class Stuck(Exception):  # noqa: N818
    """The screens did not move on."""


class Autoplay:
    """Walks one renewal; each step's picture is kept when a folder is named."""

    def __init__(self, visitor: Visitor, speed: float = 1.0, pictures: Path | None = None) -> None:
        self.visitor = visitor
        self.pause = 1.0 / speed
        self.pictures = pictures
        self.seen: list[Step] = []

    async def __call__(self, pilot: Pilot[object]) -> None:
        """Play, then end the app: with 0 when the certificate is installed, with 70 where no screen moves on."""
        self.pilot = pilot
        self.app = cast(KioskApp, pilot.app)
        try:
            while await self._settled() is not Step.DONE:
                await self._act(self.app.state.step)
            await self._look()
        except Stuck as stuck:
            self.app.exit(return_code=Exit.FAULT, message=f"自动演示停在 / the autoplay is stuck at: {stuck}")
        except OSError as error:  # of a picture
            self.app.exit(return_code=Exit.USAGE, message=unusable(error))
        else:
            self.app.exit(return_code=0)

    @property
    def _acts(self) -> dict[Step, Callable[[], Awaitable[None]]]:
        return {
            Step.SIGN_IN: self._sign_in,
            Step.NOTICE: self._read,
            Step.AGREEMENT: self._accept,
            Step.FORM: self._fill_form,
            Step.REQUEST_PIN: self._enter_pin,
            Step.METHOD: self._fill_invoice,
            Step.QR: self._pay,
            Step.INSTALL_PIN: self._enter_pin,
        }

    async def _act(self, step: Step) -> None:
        await self._look()
        await self._acts.get(step, self._press_main)()
        await self._until(lambda: self.app.state.step is not step)

    async def _settled(self) -> Step:
        """The step, once its screen stands and waits for the person."""
        await self._until(self._waits_for_the_person)
        return self.app.state.step

    def _waits_for_the_person(self) -> bool:
        state = self.app.state
        if (
            state.step in (Step.REQUESTING, Step.ISSUING, Step.INSTALLING)
            or state.busy
            or self.pilot.app.screen.is_modal
        ):
            return False
        match state.step:
            case Step.WAITING:
                return bool(state.tokens) and state.desk_reachable is True
            case Step.QR:
                return state.application is not None and bool(
                    state.application.attempt and state.application.attempt.qr
                )
            case _:
                return True

    async def _until(self, there: Callable[[], bool]) -> None:
        end = monotonic() + STUCK
        while not there():
            if monotonic() > end:
                raise Stuck(self.app.state.step.value)
            await sleep(LOOK)
        await self.pilot.pause()

    # ── the person ──────────────────────────────────────────────────────────
    async def _look(self) -> None:
        await sleep(self.pause)
        step = self.app.state.step
        if step not in self.seen:
            self.seen.append(step)
            if self.pictures is not None:
                self._keep_picture(self.pictures / f"{len(self.seen):02d}-{step.value.replace('_', '-')}.svg")

    async def _type(self, text: str) -> None:
        for character in text:
            await self.pilot.press(character)
            await sleep(self.pause / 40)

    async def _enter(self, *texts: str) -> None:
        for text in texts:
            await self._type(text)
            await self.pilot.press("enter")

    async def _go_to(self, selector: str) -> None:
        """Tab until the widget has the focus."""
        screen = self.app.screen
        for _turn in range(len(screen.focus_chain) + 1):
            if screen.focused is not None and screen.focused in screen.query(selector):
                return
            await self.pilot.press("tab")
        raise Stuck(selector)

    async def _press_main(self) -> None:
        await self._until(lambda: any(map(_can_be_pressed, self.app.screen.query(MAIN))))
        await self._go_to(MAIN)
        await self.pilot.press("enter")

    async def _sign_in(self) -> None:
        account = () if self.app.state.covered else (self.visitor.account,)
        await self._enter(*account, self.visitor.password)

    async def _read(self) -> None:
        await self.pilot.press("end")
        await self._press_main()

    async def _accept(self) -> None:
        await self._go_to("Tick")
        await self.pilot.press("space")
        await self._press_main()

    async def _fill_form(self) -> None:
        form = self.visitor.form
        await self._go_to("#field-id-number Input")
        await self._enter(form.id_number, form.agent_name, form.agent_mobile, form.agent_email)
        await self._go_to("#copy")
        await self.pilot.press("enter")
        await self._go_to("#field-recipient-address Input")
        await self._enter(form.recipient_address)
        await self._press_main()

    async def _enter_pin(self) -> None:
        await self._enter(self.visitor.pin)

    async def _fill_invoice(self) -> None:
        await self._type_invoice()
        await self._press_main()

    async def _type_invoice(self) -> None:
        invoice = self.visitor.invoice
        if invoice.buyer is Buyer.PERSON:
            await self._go_to("#buyer")
            await self.pilot.press("right")
            await self._go_to("#field-title Input")
            await self._enter(invoice.title)
        else:
            await self._go_to("#field-tax-number Input")
            await self._enter(invoice.tax_number, invoice.title)

    async def _pay(self) -> None:
        await self.pilot.press("f12")

    def _keep_picture(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(picture(self.app), encoding="utf-8")


def _can_be_pressed(button: Widget) -> bool:
    """One that is still sunk takes no other press."""
    return button.focusable and not button.has_class("-active")

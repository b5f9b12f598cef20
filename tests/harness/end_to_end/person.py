"""A person at a kiosk of the sandbox: keys in, screens out, and patience."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from time import monotonic

from textual.events import Key
from textual.keys import _character_to_key as character_to_key
from textual.pilot import Pilot

from tests.harness.end_to_end.sandbox import Sandbox
from tui.core.form.fields import ApplicationForm
from tui.core.order import Application
from tui.core.payment_method import PaymentMethod
from tui.journey.events import Event
from tui.journey.state import Step
from tui.kiosk.app import KioskApp
from tui.kiosk.autoplay import LOOK, Autoplay, Visitor
from tui.kiosk.runtime.runtime import Runtime
from tui.kiosk.screens.form import FormScreen
from tui.kiosk.widgets.choice import Choice, Tick
from tui.sandbox.wallet import pay

PATIENCE = 60.0
"""Seconds after which a journey that stands still has failed."""
AT_THE_MACHINE = frozenset({Step.REQUESTING, Step.ISSUING, Step.INSTALLING})
"""Steps that end by themselves."""


class WatchedKiosk(KioskApp):
    """The kiosk; it says when an event has gone through the flow, and lets a test act the moment one comes in."""

    def __init__(self, runtime: Runtime) -> None:
        super().__init__(runtime)
        self.moved = asyncio.Event()
        self.trail: list[Step] = []
        """Every step, in order."""
        self.at_arrival: Callable[[Event], None] = lambda event: None
        """Called in the thread that brings the event, before anything else sees it."""

    def advance(self, event: Event) -> None:
        """An event comes in."""
        self.at_arrival(event)
        super().advance(event)

    async def take(self, event: Event) -> None:
        """The flow, the screen, the commands; then whoever waits looks again."""
        await super().take(event)
        if not self.trail or self.trail[-1] is not self.state.step:
            self.trail.append(self.state.step)
        self.moved.set()


class Person(Autoplay):
    """Presses keys as the demonstration does; knows how to try again, and when to look away."""

    app: WatchedKiosk

    def __init__(self, visitor: Visitor, app: WatchedKiosk, pilot: Pilot[object], sandbox: Sandbox) -> None:
        super().__init__(visitor, speed=1e9)
        self.app, self.pilot, self._town = app, pilot, sandbox
        self._paid = ""

    @property
    def application(self) -> Application:
        """As the kiosk knows it now."""
        assert self.app.state.application is not None
        return self.app.state.application

    @property
    def qr(self) -> str:
        """What the phone would scan."""
        assert self.application.attempt is not None
        return self.application.attempt.qr

    @property
    def text(self) -> str:
        """All that stands on the terminal, row by row."""
        return "\n".join(strip.text.rstrip() for strip in self.app.screen._compositor.render_strips())

    async def walk_to(self, *goals: Step) -> None:
        """Do what each screen wants until one of these waits for the person; failures are tried again."""
        while await self._settled() not in goals:
            await self._act(self.app.state.step)

    async def until(self, step: Step) -> None:
        """Wait, without a key, until the step is reached and nothing is under way."""
        await self._until(lambda: self.app.state.step is step and self.app.state.busy is None)

    async def reached(self, *steps: Step) -> None:
        """Wait, without a key, until one of these is shown, whatever is under way."""
        await self._until(lambda: self.app.state.step in steps)

    async def press(self, *keys: str) -> None:
        """Press keys one after the other."""
        await self.pilot.press(*keys)

    async def pay(self) -> None:
        """The phone scans what the screen shows and pays."""
        await asyncio.to_thread(pay, self._town.directory, self.qr)
        self._paid = self.qr

    async def choose(self, method: PaymentMethod) -> None:
        """Turn to the method, with the arrow keys."""
        await self._go_to("#method")
        while self.app.step_screen.query_one("#method", Choice).value is not method:
            await self.pilot.press("left")

    async def fill_form(self) -> None:
        """The whole form, without 提交."""
        form = self.visitor.form
        await self._go_to("#field-id-number Input")
        await self._enter(form.id_number, form.agent_name, form.agent_mobile, form.agent_email)
        await self._go_to("#copy")
        await self.pilot.press("enter")
        await self._go_to("#field-recipient-address Input")
        await self._enter(form.recipient_address)

    async def press_main(self) -> None:
        """The button of the obvious next act."""
        await self._press_main()

    async def fill_invoice(self) -> None:
        """Tax number and title, without 提交."""
        await self._type_invoice()

    def form_on_screen(self) -> ApplicationForm:
        """What stands in the form's fields."""
        screen = self.app.step_screen
        assert isinstance(screen, FormScreen)
        return screen.typed()

    async def enter_pin(self, pin: str) -> None:
        """Type it and press 确定."""
        await self._enter(pin)

    # ── how Autoplay's ways differ here ─────────────────────────────────────
    async def _act(self, step: Step) -> None:
        failed = self.app.state.failure
        if failed is None:
            await self._acts.get(step, self._press_main)()
        else:
            await self._try_again(step)
        await self._until(lambda: self.app.state.step is not step or self._refused(failed is None))

    def _refused(self, first: bool) -> bool:
        return first and self.app.state.failure is not None and self.app.state.busy is None

    async def _try_again(self, step: Step) -> None:
        if step in (Step.REQUEST_PIN, Step.INSTALL_PIN):
            await self._enter_pin()
        elif step is not Step.QR and self._may_retry():
            await self.pilot.press("f6")
        else:
            await self._press_main()

    def _may_retry(self) -> bool:
        screen = self.app.step_screen
        return any(key.action == "retry" for key in screen.keys) and screen.offers("retry", self.app.state)

    async def _accept(self) -> None:
        if not self.app.step_screen.query_one(Tick).ticked:
            await self._go_to("Tick")
            await self.pilot.press("space")
        await self._press_main()

    async def _fill_form(self) -> None:
        if not self.form_on_screen().id_number:
            await self.fill_form()
        await self._press_main()

    async def _fill_invoice(self) -> None:
        if not self.app.state.invoice.title:
            await self.fill_invoice()
        await self._press_main()

    async def _pay(self) -> None:
        if self.qr != self._paid:  # else the screen has not heard of it yet
            await self.pay()

    async def _type(self, text: str) -> None:
        for character in text:  # as fast as a scanner types: `Pilot.press` would rest after each key
            self.app.post_message(Key(character_to_key(character), character))
        await self.pilot.pause()

    async def _look(self) -> None:
        """No pause."""

    def _waits_for_the_person(self) -> bool:
        state = self.app.state
        stuck = state.step in AT_THE_MACHINE and state.failure is not None and state.busy is None
        return stuck or super()._waits_for_the_person()

    async def _until(self, there: Callable[[], bool]) -> None:
        end = monotonic() + PATIENCE
        while not there():
            state = self.app.state
            assert monotonic() < end, (state.step, state.busy, state.failure, self.app.trail)
            self.app.moved.clear()
            with suppress(TimeoutError):  # a widget may open without an event
                await asyncio.wait_for(self.app.moved.wait(), LOOK)
        await self.pilot.pause()

"""A visit line by line on ports that a test scripts: answers through a pipe, and all that was said."""

import asyncio
import io
import os
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

from tests.harness.kiosk.ports_double import QUICK, ChecksDouble, DeskScript, TokensDouble
from tests.harness.kiosk.renewing import desk_script, token_script
from tests.harness.people import FORM, INVOICE, NOW
from tui.journey.state import Step
from tui.kiosk.linear.session import Session
from tui.kiosk.linear.terminal import Terminal
from tui.kiosk.ports import Outlets
from tui.kiosk.runtime.desk_time import DeskTime
from tui.kiosk.runtime.ports import Ports
from tui.kiosk.runtime.runtime import Runtime

PIN, PASSWORD = "246810", "Renew2026"
ANSWERS = (
    "1",  # begin
    "supplier01",
    PASSWORD,
    "1",  # agree to the notice
    "1",  # renew
    "1",  # accept the agreement
    "",  # 12 months
    "",  # a resident's identity card
    FORM.id_number,
    FORM.agent_name,
    FORM.agent_mobile,
    FORM.agent_email,
    "2",  # another recipient
    FORM.recipient_name,
    FORM.recipient_mobile,
    FORM.recipient_address,
    "1",  # hand in
    PIN,
    "1",  # told to pay
    "1",  # pay
    "1",  # online
    "2",  # Alipay
    "",  # a company
    INVOICE.tax_number,
    INVOICE.title,
    "1",  # hand in
    PIN,
    "1",  # done
)
"""From the first question to the last."""
AWAITED = Step.QR, Step.ISSUING
"""Nothing needs to be answered there."""


class Heard(io.StringIO):
    """What a person reads or hears."""

    encoding = "utf-8"


class Visit:
    """One visit to its end."""

    def __init__(
        self,
        answers: Sequence[str | bytes],
        *,
        desk: DeskScript | None = None,
        tokens: TokensDouble | None = None,
        then: Callable[["Visit"], None] | None = None,
        whenever: Callable[["Visit"], None] = lambda visit: None,
        outlets: Outlets = (),
        folder: Path | None = None,
    ) -> None:
        """Each answer comes when something is asked; after the last one the input ends, or `then` is called.

        `whenever` is called each time the session goes round.
        """
        self.desk, self.tokens = desk or desk_script(), tokens or token_script()
        self._heard, self._then, self._whenever, self._answers = Heard(), then, whenever, deque(answers)
        source, pipe = os.pipe()
        self._pipe: int | None = pipe
        ports = Ports(self.tokens, self.desk, ChecksDouble(), DeskTime(lambda: NOW))
        runtime = self._runtime = Runtime(lambda: ports, pace=QUICK)
        self.session = Session(
            runtime, Terminal(source, self._heard), idle_seconds=120, outlets=outlets, folder=folder, beat=self._beat
        )
        try:
            with closing(self.session):
                self.code = self.session.run()
        finally:
            os.close(source)
            if self._pipe is not None:
                os.close(self._pipe)

    def open(self, gate: asyncio.Event) -> None:
        """Let go on what waits for it in the runtime's loop."""
        assert self._runtime._loop is not None
        self._runtime._loop.call_soon_threadsafe(gate.set)

    def _beat(self) -> None:
        self._whenever(self)
        if not self.session.asks or self._pipe is None or (self._answers and self.session.state.step in AWAITED):
            return
        if self._answers:
            answer = self._answers.popleft()
            os.write(self._pipe, (answer.encode() if isinstance(answer, str) else answer) + b"\n")
        elif self._then is not None:
            self._then(self)
        else:
            os.close(self._pipe)
            self._pipe = None

    @property
    def text(self) -> str:
        """All that was said."""
        return self._heard.getvalue()

"""Hold one person's visit: events in from runtime and person, the state on, the step's dialogue asked and answered."""

import os
import queue
import select
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import Thread

from tui.core.secret import Secret
from tui.journey import events as e
from tui.journey.flow import advance, discard
from tui.journey.ports import Phone
from tui.journey.state import State, Step
from tui.kiosk.linear.dialogue import BACK, HELP, Dialogue, Question
from tui.kiosk.linear.dialogues.registry import DIALOGUES
from tui.kiosk.linear.ending import Ending, farewell, greeting
from tui.kiosk.linear.source import wipe
from tui.kiosk.linear.terminal import Terminal
from tui.kiosk.linear.waits import Waits
from tui.kiosk.ports import Outlets, Runtime
from tui.kiosk.text import _
from tui.kiosk.watchdog import IdleClock

BEAT = 1.0
"""Seconds between two looks at the clocks."""
WARNING = 30.0
"""Seconds before the end of the idle time at which a warning is said: a screen reader needs some to read it."""


class Session:
    """One visit, from the first question to the exit code; all of it runs in the thread that calls `run`."""

    def __init__(
        self,
        runtime: Runtime,
        terminal: Terminal,
        *,
        idle_seconds: float,
        phone: Phone | None = None,
        outlets: Outlets = (),
        folder: Path | None = None,
        beat: Callable[[], None] = lambda: None,
    ) -> None:
        """`beat` is called whenever the session goes round: it is alive."""
        self.phone, self.outlets, self.folder = phone, outlets, folder
        self.state = State()
        self._runtime, self._terminal, self._beat = runtime, terminal, beat
        self.idle = IdleClock(idle_seconds)
        self._events: queue.SimpleQueue[e.Event | str] = queue.SimpleQueue()
        self._wake, self._waker = os.pipe()
        os.set_blocking(self._waker, False)
        self._ending = Ending()
        self._dialogue: Dialogue = DIALOGUES[Step.WAITING](self.state, self)
        self._asked: Question | None = None
        self._stale = True
        """What was typed before the next question was not typed for it."""
        self._warned = self._told = False
        self._waits = Waits()

    # ── for the dialogues ───────────────────────────────────────────────────
    @property
    def size(self) -> tuple[int, int]:
        """Columns and rows."""
        return self._terminal.size

    @property
    def canvas(self) -> tuple[int, int]:
        """The same where pictures of block characters can be drawn."""
        return self._terminal.size if self._terminal.draws else (0, 0)

    def say(self, *sentences: str) -> None:
        """Say them, below whatever is asked."""
        self._asked = None
        self._terminal.say(*(sentence for sentence in sentences if sentence) if any(sentences) else ("",))

    def draw(self, *rows: str) -> None:
        """Draw them as they are."""
        self._asked = None
        self._terminal.draw(*rows)

    def aside(self, work: Callable[[], str]) -> None:
        """On a thread of its own; its words are said when it is done."""

        def done() -> None:
            self.post(work())

        Thread(target=done, daemon=True).start()

    @property
    def asks(self) -> bool:
        """A question stands."""
        return self._asked is not None

    # ── from outside ────────────────────────────────────────────────────────
    def post(self, event: e.Event | str) -> None:
        """Let an event or some words in, from any thread."""
        self._events.put(event)
        with suppress(OSError):
            os.write(self._waker, b"x")

    def interrupt(self, code: int) -> None:
        """End with this code as soon as nothing can be hurt; asked twice, at once. For a signal's handler."""
        self._ending.ask(code)
        with suppress(OSError):
            os.write(self._waker, b"x")

    # ── the visit ───────────────────────────────────────────────────────────
    def run(self) -> int:
        """To the exit code; whatever ends it, the ports are closed and the terminal is as it was."""
        self._terminal.say(*greeting(self._terminal.hides))
        self._dialogue.begin()
        self._runtime.start(self.post)
        try:
            self._take(e.Retried())
            while (code := self._ending.code(self.state)) is None:
                self._let_in()
                self._ask()
                self._wait()
                self._beat()
            self._terminal.withdraw()
            self._terminal.say(*farewell(self.state, self._ending))
            return code
        finally:
            self._runtime.stop()
            self._terminal.close()

    def _let_in(self) -> None:
        while True:
            try:
                event = self._events.get_nowait()
            except queue.Empty:
                return
            if isinstance(event, str):
                self.say(event)
            else:
                before = self.state
                self._take(event)
                self._stale = self._stale or _purpose(self.state) != _purpose(before)

    def _take(self, event: e.Event) -> None:
        """The flow, the words, the commands."""
        if isinstance(event, e.Abandoned | e.TimedOut):
            self._ending.leave(self.state, idle=isinstance(event, e.TimedOut))
            if self._ending.over:
                return  # said with the state that the person left; the end of the runtime signs out
        before = self.state
        after, commands = advance(before, event)
        if before.step is Step.DONE and after.step is Step.WAITING:  # the CA was pulled out
            self._ending.leave(before, idle=False)
            return
        self.state = after
        if self.state.step is not before.step:
            self.idle.touch()
            self._warned = False
            self._withdraw()
            self._dialogue = DIALOGUES[self.state.step](self.state, self)
            self._dialogue.begin()
        elif self.state is not before:
            self._dialogue.present(self.state)
        for command in commands:
            self._runtime.run(command)

    def _withdraw(self) -> None:
        if self._asked is not None:
            self._asked = None
            self._terminal.withdraw()

    # ── asking ──────────────────────────────────────────────────────────────
    def _ask(self) -> None:
        """Put the question that stands, unless it was put already."""
        question = self._dialogue.asked()
        if question == self._asked:
            return
        if question is None:
            self._withdraw()
            return
        if self._stale or (question.secret is not None and self._asked is None):
            self._terminal.drop_typed()
        self._stale = False
        for number, choice in enumerate(question.choices, 1):
            self._terminal.say(f"  {number}  {choice}")
        if question.ends:
            self._terminal.say(f"  0  {question.ends}")
        self._terminal.prompt(question.words, hidden=question.secret is not None)
        self._asked = question

    def _wait(self) -> None:
        """Until an event, a line, or a clock's time; say what is waited for now and then."""
        ready = self._terminal.source.ready and self._asked is not None
        if not ready and not self._events.qsize():
            found = self._look()
            if self._terminal.source.fd in found and self._asked is not None and not self._terminal.source.read():
                self._ending.ask(self._ending.hung_up)
                return
        self._look_for_somebody()
        if self._asked is not None and self._terminal.source.ready:
            self._answered()
        self._dialogue.tick()
        words = self._dialogue.waiting()
        if told := self._waits.told(words, self.state):
            self._interject(told)
        if self._terminal.gone:
            self._ending.ask(self._ending.hung_up)
        elif self._ending.asked and not self._told and self.state.token_working:
            self._told = True
            words = _("CA正在工作，请不要拔出。完成后即结束；再按一次Ctrl-C立即结束，原证书不受影响。")
            self._terminal.say(words)

    def _look(self) -> dict[int, int]:
        waiting = select.poll()
        waiting.register(self._wake, select.POLLIN)
        if self._asked is not None:
            waiting.register(self._terminal.source.fd, select.POLLIN)
        found = dict(waiting.poll(BEAT * 1000))
        if self._wake in found:
            os.read(self._wake, 4096)
        return found

    def _answered(self) -> None:
        """A line has come: an answer, or the sign that somebody is still there."""
        question = self._asked
        assert question is not None  # noqa: S101 - nothing is read while nothing is asked
        line = self._terminal.source.take()
        self._terminal.answered()
        self._asked = None
        self.idle.touch()
        warned, self._warned = self._warned, False
        try:
            if warned and not line:
                return
            event = self._secret(question.secret, line) if question.secret else self._line(line)
        finally:
            wipe(line)
        if event is not None:
            self._take(event)

    def _secret(self, kind: type[Secret], line: bytearray) -> e.Event | None:
        for command, words in ((b"<", BACK), (b"?", HELP)):
            if line == command:
                return self._dialogue.take(next(word for word in words if word.encode() == command))
        return self._dialogue.confide(kind(line))

    def _line(self, line: bytearray) -> e.Event | None:
        return self._dialogue.take(line.decode(self._terminal.encoding, "replace").strip())

    # ── clocks ──────────────────────────────────────────────────────────────
    def _look_for_somebody(self) -> None:
        left = self.idle.left(self.state.step)
        if self.state.step is Step.WAITING or self.state.token_working:
            self.idle.touch()
        elif left <= 0:
            self._withdraw()  # a line that has come meanwhile may be another person's
            self._take(e.TimedOut())
        elif left <= WARNING and not self._warned:
            self._warned = True
            words = _("您还在吗？{seconds}秒后退出登录并结束，已提交的申请保存在续期服务中。按回车继续办理。")
            self._interject(words.format(seconds=round(left)))

    def _interject(self, words: str) -> None:
        """Say something in the middle of a question, and only its prompt again."""
        asked = self._asked
        self._terminal.say(words)
        if asked is not None:
            self._terminal.prompt(asked.words, hidden=asked.secret is not None)
            self._asked = asked

    def close(self) -> None:
        """Give the descriptors back."""
        while not self._events.empty():
            event = self._events.get_nowait()
            if not isinstance(event, str):
                discard(event)
        os.close(self._wake)
        os.close(self._waker)


def _purpose(state: State) -> tuple[object, ...]:
    """What is typed now is for this step, and for this token."""
    token = state.token
    return state.step, state.busy, token and (token.label, token.serial)

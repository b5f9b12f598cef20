"""Sign in while the token is still being looked at: who wrote the answers need not type them first."""

import threading
from collections.abc import Callable

from tui.core.failure import Reason
from tui.journey import commands as c
from tui.journey import events as e
from tui.kiosk.ports import Runtime
from tui.kiosk.runtime.polls import LOST
from tui.kiosk.unattended.answers import Answers, again

_HEARD_OUT = 2.0
"""Seconds that an end waits for a sign-in under way: its session could not be ended otherwise."""
_ON_ITS_WAY = 0.03
"""Seconds that are given a sign-in to be sent, if the desk is silent: what is imported beside would hold it up."""
_FORGOTTEN = LOST - {Reason.DESK_BUSY}
"""Failures of a while ago that say nothing of now: the journey's own sign-in is sent then."""


class SignInAhead:
    """A runtime that has begun the journey's first sign-in before the journey asks for it.

    Its answer waits until then, and is the answer to that command, whose password is wiped unsent. A token that never
    comes, or cannot be renewed, is told as if nobody had signed in; the session is ended with the rest.
    """

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._post: Callable[[e.Event], None] = _nowhere
        self._lock = threading.Lock()
        self._unasked = False
        """A sign-in was begun, and the journey has not asked for one."""
        self._answer: e.Event | None = None
        """Of that sign-in, once it has come."""
        self._answered = threading.Event()
        self._spoken = threading.Event()
        """The desk has said something, or is known to be lost."""

    def start(self, post: Callable[[e.Event], None]) -> None:
        """Start the runtime, in whose thread events are heard."""
        self._post = post
        self._runtime.start(self._hear)

    def begin(self, answers: Answers) -> None:
        """Sign in now; returns when that was sent, as far as the desk's first word or a moment tell."""
        self._unasked = True
        self._runtime.run(c.SignIn(answers.account, again(answers.password)))
        self._spoken.wait(_ON_ITS_WAY)

    def run(self, command: c.Command) -> None:
        """Have a command carried out; the first sign-in is."""
        match command:
            case c.SignIn() if self._is_begun():
                command.password.wipe()
                return
            case c.SignOut():
                self._claim()
            case _:
                pass
        self._runtime.run(command)

    def stop(self) -> None:
        """Stop the runtime, once a sign-in that nobody has asked for was heard out."""
        unasked, _answer = self._claim()
        if unasked:
            self._answered.wait(_HEARD_OUT)
        self._runtime.stop()

    def _is_begun(self) -> bool:
        """Whether the sign-in is under way, or its answer is at hand and was posted."""
        unasked, answer = self._claim()
        if isinstance(answer, e.Failed) and answer.failure.reason in _FORGOTTEN:
            return False
        if answer is not None:
            self._post(answer)
        return unasked

    def _claim(self) -> tuple[bool, e.Event | None]:
        """Once: whether there was one, and its answer; an answer that comes later goes to the journey."""
        with self._lock:
            unasked, self._unasked = self._unasked, False
            answer, self._answer = self._answer, None
            return unasked, answer

    def _hear(self, event: e.Event) -> None:
        if not isinstance(event, e.TokensSeen):
            self._spoken.set()
        match event:
            case e.SignedIn() | e.Failed(command="SignIn"):
                self._answered.set()
                with self._lock:
                    if self._unasked:
                        self._answer = event
                        return
            case _:
                pass
        self._post(event)


def _nowhere(event: e.Event) -> None:
    """Nobody listens yet."""

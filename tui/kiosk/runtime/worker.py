"""Schedule the runtime's work: tasks for commands, one token lane, one poll, and their ends."""

import asyncio
import contextlib
import logging
from collections import Counter
from collections.abc import Callable, Coroutine
from typing import Any

from tui.core.failure import KioskError
from tui.journey import commands as c
from tui.journey.events import ApplicationSeen, DetailsRead, Event, Failed, TokenProgressed
from tui.journey.ports import DeskPort
from tui.kiosk.runtime.answer import (
    DeskCommand,
    TokenCommand,
    answer_check,
    answer_desk,
    answer_token,
    changed_elsewhere,
    wipe,
)
from tui.kiosk.runtime.keeping import Keeping
from tui.kiosk.runtime.pace import Pace
from tui.kiosk.runtime.polls import Post, watch_application, watch_service, watch_tokens
from tui.kiosk.runtime.ports import Ports
from tui.kiosk.runtime.unexpected import failure_of

_log = logging.getLogger(__name__)

Work = Coroutine[Any, Any, None]
_CHANGING = (c.SaveApplication, c.SubmitRequest, c.Pay, c.QueryPayment, c.EndPayment, c.Withdraw, c.Confirm)
"""What one of them is about, the desk may still do after the kiosk has stopped listening."""


class Worker:
    """Lives on one event loop; only `stopping` and `accept` are touched from outside, by way of that loop."""

    def __init__(
        self,
        build: Callable[[], Ports],
        post: Post,
        pace: Pace,
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        self._build, self._post, self._pace = build, post, pace
        self.stopping = asyncio.Event()
        self._ports: asyncio.Future[Ports] = loop.create_future()
        self._looked = asyncio.Event()
        """The tokens were seen for the first time, or could not be."""
        self._token_lane = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()
        self._droppable: set[asyncio.Task[None]] = set()
        """Commands that a sign-out ends."""
        self._latest: dict[str, asyncio.Task[None]] = {}
        """The desk's commands under way, by kind."""
        self._turns = Counter[str]()
        """How many of each kind were begun: the answer of all but the last comes too late."""
        self._poll: asyncio.Task[None] | None = None
        self._keeping = Keeping(self._opened, pace.form, pace.farewell)
        self._farewell: asyncio.Task[None] | None = None
        """The sign-out under way: nobody signs in before its end."""
        self._visit = 0
        """Counts the sign-outs: what an earlier person's commands still bring is dropped."""

    async def serve(self) -> None:
        """Open the ports, work until `stopping`, close them."""
        self._spawn(self._open(), "Start", self._post)
        await self.stopping.wait()
        self._post = _nowhere
        for task in self._tasks:
            task.cancel()
        if self._ports.done() and self._ports.exception() is None:
            await self._close(self._ports.result())

    def accept(self, command: c.Command) -> None:
        """Begin a command."""
        name, post = type(command).__name__, self._posting()
        match command:
            case c.SignOut():
                self._visit += 1
                self._end_poll()
                for task in self._droppable:
                    task.cancel()
                self._farewell = self._spawn(self._sign_out(), name, self._post)
                self._spawn(self._forget(), name, self._post)
            case c.StopWatching():
                self._end_poll()
            case c.KeepForm():
                self._keeping.keep(command)
            case c.WatchApplication(business_no):
                self._end_poll()
                self._poll = self._spawn(self._watch(business_no, post), name, post)
            case c.SignIn():
                self._spawn(self._prepare(), name, self._post)
                self._begin(command, name, post)
            case c.ReadDetails():
                self._spawn(self._read(command, post), name, post)
            case c.Look() | c.ChangePin() | c.MakeRequest() | c.Install() | c.Retire():
                task = self._spawn(self._ask_token(command, post, self._visit), name, post)
                task.add_done_callback(lambda _: wipe(command))
            case _:
                self._begin(command, name, post)

    def _begin(self, command: DeskCommand | c.RunSelfCheck, name: str, post: Post) -> None:
        """Instead of an earlier one of its kind that is under way: of one that changes something, after it.

        Whether the desk is there is asked once at a time, or whoever asks faster than it answers is never told.
        """
        earlier = self._latest.get(name)
        if isinstance(command, c.AskService) and earlier is not None and not earlier.cancelling():
            return
        if earlier is not None and not isinstance(command, _CHANGING):
            earlier.cancel()
        self._turns[name] += 1
        turn = self._turns[name]

        def latest(event: Event) -> None:  # not by the task: its failure would keep it, and the command
            if self._turns[name] == turn:
                post(event)

        task = self._spawn(self._ask(command, latest, earlier), name, latest)
        self._latest[name] = task
        task.add_done_callback(lambda _: wipe(command))
        task.add_done_callback(self._droppable.discard)
        task.add_done_callback(lambda done: self._latest.pop(name) if self._latest.get(name) is done else None)
        self._droppable.add(task)

    async def _open(self) -> None:
        ports, post = self._build(), self._post

        def seen(event: Event) -> None:
            post(event)
            self._looked.set()

        self._ports.set_result(ports)
        self._spawn(watch_tokens(ports.tokens, seen, ports.time, self._pace), "WatchTokens", post)
        await self._first_look()
        self._spawn(watch_service(ports.desk, self._post, ports.time, self._pace), "WatchService", self._post)

    async def _first_look(self) -> None:
        """The tokens first: what asks the desk holds the interpreter for a tenth of a second of imports."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._pace.first_look):
                await self._looked.wait()

    async def _close(self, ports: Ports) -> None:
        try:
            async with asyncio.timeout(self._pace.farewell):
                await asyncio.gather(ports.tokens.close(), self._leave(ports.desk), return_exceptions=True)
        except TimeoutError:
            _log.warning("the ports did not close in time")

    async def _leave(self, desk: DeskPort) -> None:
        try:
            await self._keeping.finish()
            await desk.sign_out()
        finally:
            await desk.close()

    async def _sign_out(self) -> None:
        await self._keeping.finish()
        await (await self._opened()).desk.sign_out()

    async def _forget(self) -> None:
        """After what the token is at for this person: see `TokenPort.forget`."""
        tokens = (await self._opened()).tokens
        async with self._token_lane:
            await tokens.forget()

    async def _prepare(self) -> None:
        """While the desk is asked; a token that is at work has done so."""
        await (await self._opened()).tokens.prepare()

    async def _watch(self, business_no: str, post: Post) -> None:
        await watch_application((await self._opened()).desk, business_no, post, self._pace)

    async def _ask(self, command: DeskCommand | c.RunSelfCheck, post: Post, earlier: asyncio.Task[None] | None) -> None:
        if earlier is not None:
            await asyncio.wait({earlier})
        ports = await self._opened()
        match command:
            case c.SignIn() if self._farewell is not None:
                await asyncio.wait({self._farewell})
            case c.SaveApplication():
                await self._keeping.drop()
            case c.AskService():
                await self._first_look()
        if isinstance(command, c.RunSelfCheck):
            post(await answer_check(command, ports.checks))
        else:
            post(await answer_desk(command, ports.desk))

    async def _read(self, command: c.ReadDetails, post: Post) -> None:
        """No token is asked, so none is waited for."""
        details = (await self._opened()).tokens.details(command.certificate)
        post(DetailsRead(command.certificate, details))

    async def _ask_token(self, command: TokenCommand, post: Post, visit: int) -> None:
        """Never cancelled by a sign-out: a token must not be left in the middle of a write."""
        ports = await self._opened()
        changed = await changed_elsewhere(command, ports.desk)
        async with self._token_lane:
            if visit != self._visit:
                return
            if changed is not None:
                post(ApplicationSeen(changed))
            else:
                post(await answer_token(command, ports.tokens, lambda stage: post(TokenProgressed(stage))))

    async def _opened(self) -> Ports:
        return await asyncio.shield(self._ports)

    def _end_poll(self) -> None:
        """A cancelled task keeps its frames, and with them the application, for as long as somebody keeps the task."""
        poll, self._poll = self._poll, None
        if poll is not None:
            poll.cancel()

    def _posting(self) -> Post:
        """A post that falls silent with the next sign-out."""
        visit = self._visit
        return lambda event: self._post(event) if visit == self._visit else None

    def _spawn(self, work: Work, name: str, post: Post) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(lambda done: self._settle(done, post))
        return task

    def _settle(self, task: asyncio.Task[None], post: Post) -> None:
        self._tasks.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is None:
            return
        failure = failure_of(error)
        _log.warning(
            "%s failed: %s %s %s", task.get_name(), failure.reason.number, failure.reason.value, failure.detail
        )
        if not self._ports.done():
            self._ports.set_exception(KioskError(failure))
            self._ports.exception()  # retrieved: asyncio does not complain when no command ever asks
        post(Failed(failure, task.get_name()))


def _nowhere(event: Event) -> None:
    """Nobody listens any more."""

"""Send one request to the desk within a total deadline; repeat it where that is safe."""

import asyncio
import random
import ssl
from collections.abc import Mapping
from pathlib import Path

from tui.core.failure import DeskError, Failure, Reason
from tui.core.secret import Secret
from tui.deskclient.answers import problem
from tui.deskclient.faults import outside_validity
from tui.deskclient.reply import NO_HEADERS, NOT_MODIFIED, Reply
from tui.deskclient.server import Server
from tui.deskclient.transport import Request, Transport
from tui.deskclient.trust import trust
from tui.deskclient.wire import IDEMPOTENCY_HEADER, VERSION_HEADER

_ROUND_TRIP = 10.0
"""Seconds without a byte from the desk."""

_PAUSES = (0.25, 1.0)
"""Seconds before the second and the third try, by half more or less: many kiosks may have lost the same desk."""

_dice = random.SystemRandom()

_REPEATED = frozenset({Reason.DESK_UNREACHABLE, Reason.DESK_TIMEOUT})


class Exchange:
    """The desk's HTTP side: bytes in, bytes out, `DeskError` for everything else."""

    def __init__(self, url: str, ca_file: Path | None, context: ssl.SSLContext, version: str, deadline: float) -> None:
        """`context` trusts `ca_file`, or the system's store without one.

        :raises DeskError: SETTINGS_WRONG: there can be no server at `url`.
        """
        self._deadline = deadline
        self._ca_file = ca_file
        self._server = Server.of(url)
        self._transport = Transport(self._server, context)
        self._opening: asyncio.Task[None] | None = None
        self._headers = {
            VERSION_HEADER: version,
            "User-Agent": f"ca-kiosk/{version}",
            "Accept": "application/json",
            "Accept-Encoding": "identity",
        }

    async def send(
        self, method: str, path: str, body: bytes = b"", *, session: Secret | None = None, tries: int = 3
    ) -> bytes:
        """The body of the desk's answer.

        :raises DeskError: as `ask`.
        """
        return (await self.ask(method, path, body, session=session, tries=tries)).body

    async def ask(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        *,
        session: Secret | None = None,
        tries: int = 3,
        headers: Mapping[str, str] = NO_HEADERS,
        wait: float = 0.0,
    ) -> Reply:
        """The desk's answer, for which it may take `wait` seconds; a write keeps its Idempotency-Key through all tries.

        :raises DeskError: the desk refused, or was not reached in any of the tries.
        """
        headers, deadline = {**self._headers, **headers}, max(self._deadline, wait and wait + _ROUND_TRIP)
        if body:
            headers["Content-Type"] = "application/json"
        if method != "GET":
            import secrets  # with hashlib a tenth of a MiB, which a kiosk that waits does without

            headers[IDEMPOTENCY_HEADER] = secrets.token_hex(16)
        if session:
            headers["Authorization"] = f"Bearer {str(session.reveal(), 'ascii')}"
        try:
            async with asyncio.timeout(deadline):
                for pause in _PAUSES[: tries - 1]:
                    try:
                        return await self._once(method, path, body, headers, wait)
                    except DeskError as error:
                        if error.failure.reason not in _REPEATED:
                            raise
                    await asyncio.sleep(pause * _dice.uniform(0.5, 1.5))
                return await self._once(method, path, body, headers, wait)
        except TimeoutError as error:
            raise DeskError(Failure(Reason.DESK_TIMEOUT, detail=f"{deadline:g} s")) from error

    def expect_company(self) -> None:
        """Have a connection ready beside the one of the call that begins now: those after it come two at a time."""
        if self._opening is None or self._opening.done():
            self._opening = asyncio.create_task(self._transport.open())

    async def close(self) -> None:
        """Give the connections back."""
        if self._opening is not None:
            self._opening.cancel()
        await self._transport.close()

    async def _once(self, method: str, path: str, body: bytes, headers: dict[str, str], wait: float) -> Reply:
        try:
            reply = await self._transport.ask(Request(method, f"v1/{path}", headers, body), _ROUND_TRIP + wait)
        except DeskError as error:
            if (refused := outside_validity(error)) is not None:
                from tui.deskclient.out_of_date import explained

                raise DeskError(await explained(refused, trust(self._ca_file), self._server)) from error
            raise
        is_known = reply.status == NOT_MODIFIED and "If-None-Match" in headers
        if not (200 <= reply.status < 300 or is_known):
            raise DeskError(problem(reply.status, reply.headers, reply.body))
        return reply

"""A token behind p11-kit's remote protocol, as it is forwarded over SSH, with a tunnel that can be cut."""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import mkdtemp

from tests.rig.softhsm import SoftToken

CLIENT = Path("/usr/lib/x86_64-linux-gnu/pkcs11/p11-kit-client.so")


@dataclass(slots=True)
class RemoteToken:
    """A token whose driver runs in a p11-kit server; offers what `SoftToken` offers to whoever loads a driver."""

    soft: SoftToken
    """The token behind the server."""
    provider: Path
    """The driver that the server loads."""
    provider_environment: tuple[tuple[str, str], ...]
    socket: Path
    _server: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def module(self) -> Path:
        """p11-kit's client."""
        return CLIENT

    @property
    def environment(self) -> tuple[tuple[str, str], ...]:
        """Where the client finds the server."""
        return (("P11_KIT_SERVER_ADDRESS", f"unix:path={self.socket}"),)

    @property
    def certificate_der(self) -> bytes:
        """The certificate that is on the token."""
        return self.soft.certificate_der

    def restore(self) -> None:
        """Start the server; it listens when this returns."""
        assert self._server is None
        self._server = subprocess.Popen(
            (
                "p11-kit",
                "server",
                "--foreground",
                "--provider",
                str(self.provider),
                "--name",
                str(self.socket),
                "pkcs11:",
            ),
            env={**os.environ, **dict(self.provider_environment)},
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        assert self._server.stdout is not None
        assert self._server.stdout.readline(), "p11-kit server did not start"

    def cut(self) -> None:
        """The server is gone, and with it the children that serve one client each."""
        server, self._server = self._server, None
        if server is not None:
            os.killpg(server.pid, signal.SIGKILL)
            server.wait()
            assert server.stdout is not None
            server.stdout.close()
            self.socket.unlink(missing_ok=True)


@contextmanager
def remote(
    soft: SoftToken, provider: Path | None = None, environment: tuple[tuple[str, str], ...] | None = None
) -> Iterator[RemoteToken]:
    """A remote token, whose server is not started yet; by default served by its own driver."""
    folder = Path(mkdtemp(prefix="p11"))  # short: a socket's path holds 107 bytes
    token = RemoteToken(soft, provider or soft.module, environment or soft.environment, folder / "socket")
    try:
        yield token
    finally:
        token.cut()
        shutil.rmtree(folder)

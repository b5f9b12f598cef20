"""A driver that hangs in C_Finalize is ended by the kernel, also where the program is gone."""

import signal
from typing import cast

import pytest

from tui.token import protocol
from tui.token.host import serving
from tui.token.host.channel import Channel
from tui.token.host.reader import Reader
from tui.token.load import Load


class Ending:
    """A driver that is asked how long its last call may take."""

    patience = -1

    def __init__(self, path: str) -> None:
        """Loaded."""

    def close(self) -> None:
        """C_Finalize."""
        Ending.patience = signal.alarm(0)


class Gone:
    """The way to a program that has ended after its first message."""

    def receive(self) -> bytearray:
        """The order to load the driver."""
        return bytearray(Load("driver.so", ()).encoded())

    def listen_to(self, descriptor: int) -> None:
        """Nothing is heard."""


def test_the_last_call_has_an_alarm(monkeypatch: pytest.MonkeyPatch) -> None:
    def ended(*_: object) -> None:
        signal.alarm(0)
        raise EOFError

    monkeypatch.setenv("XDG_CACHE_HOME", "")
    monkeypatch.setattr(serving, "Driver", Ending)
    monkeypatch.setattr(serving, "_work", ended)
    with pytest.raises(EOFError):
        serving.serve(cast(Channel, Gone()), Reader(0, -1, -1))
    assert Ending.patience == protocol.WATCH_DEADLINE

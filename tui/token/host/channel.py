"""The way between a driver's process and the program."""

import os
import select
import signal

from tui.core.token import TokenStage
from tui.token import protocol
from tui.token.load import HEADER, framed
from tui.token.protocol import NewPinWanted, PinWanted, Report


class Channel:
    """The way back to the program, out of the driver's reach."""

    def __init__(self) -> None:
        """Move the channel off stdin and stdout, and let those lead nowhere: drivers write where they like."""
        self._reader, self._writer = os.dup(0), os.dup(1)
        nowhere = os.open(os.devnull, os.O_RDWR)
        for standard in range(3):
            os.dup2(nowhere, standard)
        os.close(nowhere)
        self._poll = select.poll()
        self._poll.register(self._reader, select.POLLIN)

    def send(self, report: Report) -> None:
        """Write one message.

        :raises BrokenPipeError: the program is gone.
        """
        rest = memoryview(framed(protocol.encode(report)))
        while rest:
            rest = rest[os.write(self._writer, rest) :]

    def listen_to(self, descriptor: int) -> None:
        """Let `wait` end when something can be read from it."""
        self._poll.register(descriptor, select.POLLIN)

    def wait(self, seconds: float) -> bool:
        """Whether a message (or the end) comes within this time, or before there is something in what it listens to."""
        return any(descriptor == self._reader for descriptor, _ in self._poll.poll(seconds * 1000))

    def receive(self) -> bytearray:
        """Read one message into a buffer that can be wiped.

        :raises EOFError: the program is gone.
        """
        (length,) = HEADER.unpack(self._exactly(HEADER.size))
        if length > protocol.LIMIT:
            raise EOFError
        return self._exactly(length)

    def _exactly(self, length: int) -> bytearray:
        buffer = bytearray(length)
        rest = memoryview(buffer)
        while rest:
            count = os.readv(self._reader, [rest])
            if not count:
                raise EOFError
            rest = rest[count:]
        return buffer

    def ask_pin(self) -> bytearray:
        """Ask for the PIN and take it."""
        self.send(PinWanted())
        return self.receive()

    def ask_new_pin(self) -> bytearray:
        """Ask for the PIN that is to come into force, and take it."""
        self.send(NewPinWanted())
        return self.receive()

    def progress(self, stage: TokenStage) -> None:
        """Tell the stage, and let the kernel end a driver that hangs in it though the program is gone too."""
        signal.alarm(int(protocol.DEADLINES[stage]) + protocol.WATCH_DEADLINE)
        self.send(protocol.Staged(stage))

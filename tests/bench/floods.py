"""How soon F1 answers after each flood, and how much memory is left with it: `python -m tests.bench.floods`."""

import argparse
import os
import random
import signal
from collections.abc import Iterator
from threading import Thread
from time import monotonic

from tests.harness.kiosk.program import Program

HELP = "帮助："
"""Begins the title of the help, on whatever screen a flood has ended."""
MEGABYTE = 1 << 20


def floods() -> Iterator[tuple[str, bytes, float]]:
    """Name, bytes, and the silence after which the terminal is itself again."""
    random_bytes = random.Random(8).randbytes(MEGABYTE)
    soup = b"".join(b"\x1b[%d;%d%c" % (at % 90, at % 9, 65 + at % 50) for at in range(25_000))
    yield "nothing", b"", 0
    yield "paste, 1 MB", b"\x1b[200~" + b"A1[b]" * (MEGABYTE // 5) + b"\x1b[201~", 0
    yield "paste, 1 MB, never ended", b"\x1b[200~" + b"A1[b]" * (MEGABYTE // 5), 2.2
    yield "1,000 pastes", b"\x1b[200~A1[b]\r\n\x1b[201~" * 1000, 0
    yield "CSI, 40 kB, unfinished", b"\x1b[" + b"1;" * 20_000, 0
    yield "OSC, 1 MB, unfinished", b"\x1b]52;c;" + b"A" * MEGABYTE, 0
    yield "5,000 keys", b"a" * 5_000, 0
    yield "200,000 keys", b"a" * 200_000, 0
    yield "200 kB of CSI soup", soup[:200_000], 0
    yield "20,000 arrows", b"\x1b[B" * 20_000, 0
    yield "20,000 motions", b"".join(b"\x1b[<35;%d;%dM" % (1 + at % 80, 1 + at % 24) for at in range(20_000)), 0
    yield "5,000 clicks", b"\x1b[<0;30;9M\x1b[<0;30;9m" * 5_000, 0
    yield "1 MB at random", random_bytes + b"\x18", 1.2


def measure(name: str, data: bytes, silence: float) -> str:
    """One flood into the account's field of a fresh program."""
    program = Program(idle=600)
    try:
        program.read_until("还有20天到期")
        program.send(b"\r")
        program.read_until("登录财智云")
        before = resident(program.process.pid)
        begun = monotonic()
        sending = Thread(target=write_all, args=(program.master, data))
        sending.start()
        while sending.is_alive():
            program.read(0.01)
        taken = monotonic()
        while monotonic() - taken < silence:
            program.read(0.05)
        pressed = monotonic()
        program.send(b"\x1bOP")
        program.read_until(HELP)
        answered = monotonic()
        grown = resident(program.process.pid) - before
        return f"{name:28} {taken - begun:6.2f} s taken  {answered - pressed:6.2f} s to F1  {grown / 1024:+6.1f} MB"
    except AssertionError:
        return f"{name:28} no answer"
    finally:
        os.kill(program.process.pid, signal.SIGKILL)
        program.close()


def write_all(fd: int, data: bytes) -> None:
    """A terminal that sends as fast as it is read."""
    view = memoryview(data)
    while view:
        view = view[os.write(fd, view[:4096]) :]


def resident(pid: int) -> int:
    """Kilobytes in memory."""
    with open(f"/proc/{pid}/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="")
    only = parser.parse_args().only
    for flood in floods():
        if only in flood[0]:
            print(measure(*flood), flush=True)

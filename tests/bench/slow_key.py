"""Does the screen answer while the token makes a key for 30 s? `python -m tests.bench.slow_key [--seconds 30]`.

The kiosk runs in a pseudo-terminal over the simulator, whose C_GenerateKeyPair takes that long. Keys are pressed all
the while (F1 opens the help, F1 closes it), and the time from each key to what it paints is measured from outside. The
same keys on the screen before, with the token at rest, are measured first.
"""

import argparse
import os
import pty
import random
import select
import subprocess
import sys
import tempfile
import termios
import time
from dataclasses import replace
from pathlib import Path
from statistics import median, quantiles

from tests.rig.simulator import At, Simulator, build
from tests.rig.softhsm import make_token
from tui.process import garbage

ROOT = Path(__file__).parents[2]
PAINTED = 400
"""Bytes: opening and closing the help paints thousands, the clock of the wait some dozens."""
BOUNDS = (10, 20, 30, 40, 50, 75, 100, 200)


class Terminal:
    """The program in a pseudo-terminal of 80x24."""

    def __init__(self, *arguments: str) -> None:
        self._master, slave = pty.openpty()
        termios.tcsetwinsize(slave, (24, 80))
        self._process = subprocess.Popen(
            [sys.executable, "-X", "utf8", "-m", "tests.bench.slow_key", *arguments],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            cwd=ROOT,
            env={"TERM": "xterm-256color", "PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/")},
            start_new_session=True,
        )
        os.close(slave)
        self.seen = b""

    def read(self, seconds: float) -> bytes:
        """What is painted within this time, at once when something is."""
        ready, _, _ = select.select([self._master], [], [], seconds)
        data = os.read(self._master, 1 << 16) if ready else b""
        self.seen += data
        return data

    def until(self, text: str, seconds: float = 60) -> None:
        """Read until this was painted."""
        end = time.monotonic() + seconds
        while text.encode() not in self.seen:
            assert time.monotonic() < end, self.seen[-3000:].decode(errors="replace")
            self.read(0.1)

    def type(self, keys: str) -> None:
        """Press keys."""
        os.write(self._master, keys.encode())

    def answer(self, keys: str) -> float:
        """Milliseconds from the key to what it paints; before it nothing may be on its way any more."""
        while self.read(0.15):
            pass
        began, painted = time.perf_counter(), 0
        self.type(keys)
        while painted < PAINTED:
            painted += len(self.read(2.0))
            assert time.perf_counter() < began + 5, "nothing was painted"
        return (time.perf_counter() - began) * 1000

    def close(self) -> None:
        """End it."""
        self._process.kill()
        self._process.wait()
        os.close(self._master)


def show(name: str, times: list[float]) -> None:
    """Median, 95th percentile, maximum and a histogram."""
    cuts = quantiles(times, n=20)
    print(f"{name}: {len(times)} keys, median {median(times):.1f} ms, p95 {cuts[18]:.1f} ms, max {max(times):.1f} ms")
    below = 0.0
    for bound in (*BOUNDS, float("inf")):
        count = sum(below <= t < bound for t in times)
        if count:
            print(f"    {below:5.0f} - {bound:<5.0f} ms  {'#' * -(-count * 50 // len(times))} {count}")
        below = bound


def measure(seconds: float) -> None:
    """Press keys at rest, then while the token works."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        token = make_token(place / "token")
        simulator = Simulator(token, build(place), place / "control")
        simulator.at("C_GenerateKeyPair", At.DELAY, int(seconds * 1000))
        environment = "\n".join("=".join(pair) for pair in simulator.environment)
        (place / "environment").write_text(environment)
        terminal = Terminal("--program", str(simulator.module), str(place / "environment"))
        try:
            terminal.until("输入CA密码")
            rest = [terminal.answer("\x1bOP") for _ in range(40)]
            show("token at rest", rest)
            terminal.type("123456\r")
            terminal.until("在CA中生成新密钥")
            end, times = time.monotonic() + seconds - 2, []
            while time.monotonic() < end:
                time.sleep(random.uniform(0.0, 0.2))
                times.append(terminal.answer("\x1bOP"))
            show(f"key generation of {seconds:g} s", times)
        finally:
            terminal.close()


def program(module: str, environment: str) -> int:
    """The kiosk at the PIN, over this driver and without a desk; started like `tui.cli.kiosk.kiosk`."""
    garbage.put_off()
    from tests.harness.kiosk.ports_double import ChecksDouble, DeskScript
    from tests.harness.people import SERVICE, application, state
    from tui.core.certificate import refer
    from tui.journey.events import Event, TokensSeen
    from tui.journey.state import Step
    from tui.kiosk.app import KioskApp
    from tui.kiosk.run import run
    from tui.kiosk.runtime.ports import Ports
    from tui.kiosk.runtime.runtime import Runtime
    from tui.token.launch import Module
    from tui.token.tokens import Tokens

    pairs = tuple(tuple(line.split("=", 1)) for line in Path(environment).read_text().splitlines())

    class AtThePin(KioskApp):
        """Begins where the first token is seen, at step 5."""

        async def take(self, event: Event) -> None:
            if isinstance(event, TokensSeen) and event.snapshot.tokens and self.state.chosen is None:
                token = event.snapshot.tokens[0]
                ref = refer(token, token.certificates[0])
                draft = replace(application(), fingerprint=ref.fingerprint)
                begun = state(Step.REQUEST_PIN, chosen=ref, snapshot=event.snapshot, now=event.at, application=draft)
                await self.present(begun)
            else:
                await super().take(event)

    def ports() -> Ports:
        return Ports(Tokens((Module(Path(module), pairs),)), DeskScript(status=[SERVICE]), ChecksDouble())  # type: ignore[arg-type]

    app = AtThePin(Runtime(ports), idle_seconds=600)
    garbage.set_aside()
    garbage.resume()
    return run(app)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--program", nargs=2, metavar=("MODULE", "ENVIRONMENT"), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.program:
        sys.exit(program(*asked.program))
    measure(asked.seconds)

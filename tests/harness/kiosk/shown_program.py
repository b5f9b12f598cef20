"""Stands for the program that a counter's supervisor shows: one letter a key, each with its own act."""

import os
import select
import signal
import sys
import time

from tui.kiosk.counter import wire

SLOW = 1.0
"""Seconds of a slow program's start, beside the interpreter's own."""


def main() -> None:
    """Arguments: how it begins, and the descriptors of reports and orders."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # just before a read Python's own would wait for a key
    begins, reports, orders = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    if begins == "broken":
        sys.exit(2)

    def say(word: str) -> None:
        os.write(reports, f"{word}\n".encode())

    def told() -> list[str]:
        return os.read(orders, 4096).decode().split("\n")

    if begins == "slow":
        select.select([orders], [], [], SLOW)
    say(wire.READY)
    if wire.SHOW not in told():
        return
    os.write(1, f"\x1b[H\x1b[2JFIRST {os.getpid()} ".encode())
    say(wire.PAINTED)
    while True:
        match key := os.read(0, 1):
            case b"h":
                say(wire.HOME)
                break
            case b"k":
                os.kill(os.getpid(), signal.SIGSEGV)
            case b"s":
                os.kill(os.getpid(), signal.SIGSTOP)
                os.write(1, b"WOKEN ")
            case b"":
                return
            case _:
                os.write(1, b"KEY-%b-%d " % (key, os.getpid()))
    while True:
        orders_now = told()
        if wire.MUTE in orders_now:
            say(wire.MUTED)
        if wire.END in orders_now or orders_now == [""]:
            time.sleep(0.05)
            return


if __name__ == "__main__":
    main()

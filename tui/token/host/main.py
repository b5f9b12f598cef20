"""Run the driver's process: whatever reads certificates is imported beside it, in a process that ends."""

import gc
import os
from contextlib import suppress
from typing import NoReturn

import tui.process.lean  # noqa: F401 - before all that imports msgspec
from tui.process.hardening import harden, hide
from tui.token.host.reader import Reader


def main(*, hurried: bool = False, orders_come: bool = False) -> NoReturn:
    """Serve until the program's end of the channel closes; where orders are sure to come, all is imported here.

    `hurried`, somebody waits for the first look, and does nothing else meanwhile.
    """
    if hurried:
        gc.disable()  # until the first look is told; what waits all day has its imports' garbage collected
    harden()
    hide()
    reader = Reader.absent() if orders_come else Reader.start(hurried=hurried)
    from tui.token.host.channel import Channel  # the driver's side, which the reader does without
    from tui.token.host.serving import serve

    channel = Channel()
    with suppress(EOFError, BrokenPipeError):
        serve(channel, reader, orders_come=orders_come)
    os._exit(0)  # the driver has had its end; Python's takes 15 ms, for which commands would wait


if __name__ == "__main__":
    main()

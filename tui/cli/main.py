"""The entry of `ca-kiosk`."""

import gc
from collections.abc import Sequence
from typing import NoReturn


def main(words: Sequence[str] | None = None) -> NoReturn:
    """Run one command and exit with its code.

    Nothing that is imported is garbage, and looking for it takes 10 ms: what runs on has it looked for again.
    """
    gc.disable()
    from tui.cli.run import run

    run(words)

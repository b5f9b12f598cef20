"""The entry of `ca-kiosk`."""

import gc
import sys
from collections.abc import Sequence
from typing import NoReturn


def main(words: Sequence[str] | None = None) -> NoReturn:
    """Run one command and exit with its code.

    Nothing that is imported is garbage, and looking for it takes 10 ms: what runs on has it looked for again.
    """
    gc.disable()
    try:
        from tui.cli.run import run

        run(words)
    except KeyboardInterrupt:  # before there is a command
        sys.exit(130)  # 128 + SIGINT, without the import that this one may have interrupted

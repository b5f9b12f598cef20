"""What every process of the program does first, so that no secret is left on the disk for others."""

import os
import resource


def harden() -> None:
    """No core dump, which would hold PIN and keys in the clear; files made from now on are their owner's alone."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.umask(0o077)

"""What the program takes from its environment, and what it must not believe."""

import os
from collections.abc import Mapping


def environment() -> dict[str, str]:
    """The whole environment, for what is handed on to another program."""
    return dict(os.environ)


def forget_inherited() -> None:
    """What a shell hands on and this program must not believe.

    SSLKEYLOGFILE would have TLS secrets written to a file, and passwords and tax data pass through TLS; COLUMNS and
    LINES are those of a window that may have had another size; from ESCPOS_CAPABILITIES_PICKLE_DIR the printer's
    library would take a pickle, which is code.
    """
    for name in ("SSLKEYLOGFILE", "COLUMNS", "LINES", "ESCPOS_CAPABILITIES_PICKLE_DIR"):
        os.environ.pop(name, None)


def clean_environment(environ: Mapping[str, str] = os.environ) -> dict[str, str] | None:
    """The environment without what would change Textual or the output's encoding; None when it is clean already."""
    kept = {n: v for n, v in environ.items() if not n.startswith("TEXTUAL_") and n != "PYTHONIOENCODING"}
    return None if len(kept) == len(environ) else kept

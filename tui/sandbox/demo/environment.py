"""Run the demonstration's child process: a sandbox and a SoftHSM2 token whose certificate has 20 days left."""

import shutil
import sys
from pathlib import Path

import msgspec

from tui.process.beginning import prepare
from tui.process.output import out, say, unusable
from tui.sandbox.demo.session import DAYS_LEFT, PIN, TEMPORARY, TOKEN_LABEL
from tui.sandbox.desk_process import DeskFailed
from tui.sandbox.environment import Environment, EnvironmentFailed, until_signalled
from tui.sandbox.files import ACCOUNT, PASSWORD
from tui.sandbox.provision import has_renewable, provision_token
from tui.sandbox.token import TokenRefused, init_softhsm


class Ready(msgspec.Struct, frozen=True):
    """The one line on standard output; the account protects nothing real."""

    account: str
    password: str


def main() -> int:
    """Stay until standard input ends; the arguments are the folder and, where it goes at the end, `TEMPORARY`."""
    prepare()
    place = Path(sys.argv[1])
    try:
        with until_signalled(while_stdin=True) as wait, Environment(place, furnish=insert_token):
            out(msgspec.json.encode(Ready(ACCOUNT, PASSWORD)).decode())
            wait()
    except (EnvironmentFailed, DeskFailed, TokenRefused) as error:
        say(error)
        return 1
    except OSError as error:
        say(unusable(error))
        return 1
    finally:
        if TEMPORARY in sys.argv[2:]:
            shutil.rmtree(place, ignore_errors=True)
    return 0


def insert_token(directory: Path) -> None:
    """A token in the folder; one more certificate when those on it have been renewed or have ended.

    :raises TokenRefused: SoftHSM2 is missing or refuses.
    """
    module = init_softhsm(directory, TOKEN_LABEL, PIN)
    if not has_renewable(directory, module, TOKEN_LABEL):
        provision_token(
            directory,
            module,
            PIN,
            token_label=TOKEN_LABEL,
            days_left=DAYS_LEFT,
            environment=(("SOFTHSM2_CONF", "softhsm2.conf"),),
        )


if __name__ == "__main__":
    sys.exit(main())

"""The kiosk as the forced command of an account that people sign in to by SSH."""

import sys
from collections.abc import Mapping

from tui.core.exits import Exit
from tui.process.output import say

ASKED_FOR = "SSH_ORIGINAL_COMMAND"
"""What the client wanted to be run instead (sshd(8), ForceCommand)."""


def refuse_other_command(environment: Mapping[str, str]) -> None:
    """End the program where the client asked for a command: it is neither run nor shown."""
    if environment.get(ASKED_FOR):
        say(
            "此账号只能办理证书续期，不执行其他命令。请直接登录，不带命令：ssh -t\n"
            "This account renews certificates and runs no other command. Sign in without one: ssh -t"
        )
        sys.exit(Exit.USAGE)

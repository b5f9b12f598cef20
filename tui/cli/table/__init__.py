"""Every command of `ca-kiosk`, a contract with other people's scripts: parser, completion and manual come from it."""

from tui.cli.command import Group
from tui.cli.table import desk, kiosk, sandbox

KIOSK = kiosk.KIOSK
"""What `ca-kiosk` does without a command."""

COMMANDS = (*kiosk.COMMANDS, *desk.COMMANDS, *sandbox.COMMANDS)

GROUPS = (
    Group("token", "CA 的密码和密钥 / PIN and keys of a token"),
    Group("desk", "续期服务 / the renewal desk"),
    Group("sandbox", "模拟的外部世界 / the outside world on loopback"),
)

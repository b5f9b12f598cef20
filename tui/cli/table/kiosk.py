"""The commands at a kiosk."""

from pathlib import Path

from tui.cli.command import Command, OneOf, Option
from tui.cli.table.options import JSON, KIOSK_TOML, LINEAR, MODULE, pin_file, switch


def factor(text: str) -> float:
    """A number above 0, at most 1000."""
    value = float(text)
    if not 0 < value <= 1000:
        raise ValueError(text)
    return value


KIOSK = Command(
    "",
    "CA 证书自助续期终端；不带子命令时启动全屏程序\n"
    "Renew the certificate on a USB token; without a command the full-screen program starts",
    "tui.cli.kiosk:kiosk",
    (KIOSK_TOML, LINEAR),
    full_screen=True,
)

COMMANDS = (
    Command(
        "demo",
        "演示：沙箱、20天后到期的软证书和终端 / sandbox, a token with 20 days left, kiosk",
        "tui.cli.kiosk:demo",
        (
            Option("--dir DIR", "演示数据的文件夹，缺省为临时文件夹 / folder, else a temporary one", "directory", Path),
            LINEAR,
            switch("--autoplay", "自动走完全程 / walk the screens to the end by itself"),
            Option("--speed X", "自动演示的倍速 / speed factor", kind=factor, default=1.0),
            Option("--pictures DIR", "自动演示时保存每步画面 / keep each step's picture", kind=Path),
        ),
        extra="demo",
        full_screen=True,
    ),
    Command(
        "certs",
        "列出所有 CA 上的证书，不需要密码 / certificates on all tokens, no PIN needed",
        "tui.cli.certs.run:certs",
        (
            JSON,
            switch(
                "--watch",
                "每次插拔输出一行 JSON，直到 SIGTERM / one JSON line at each plug, change and unplug, until SIGTERM",
                "watching",
            ),
            OneOf((KIOSK_TOML, MODULE)),
        ),
    ),
    Command(
        "doctor",
        "环境检测 / check drivers, token, desk, clock and version",
        "tui.cli.doctor:doctor",
        (JSON, KIOSK_TOML),
    ),
    Command(
        "operator-password",
        "设置柜台模式的管理密码：输入两次，输出写入 [kiosk] operator 的散列值 / "
        "hash of a counter's operator password, for [kiosk] operator",
        "tui.cli.operator.password:operator_password",
    ),
    Command(
        "renew",
        "不用全屏办理续期：按答案文件，或逐行问答 / the journey without screens: by a file of answers, or line by line",
        "tui.cli.renew:renew",
        (
            KIOSK_TOML,
            Option("--answers FILE", "answers.toml；没有则逐行问答 / without it line by line", kind=Path),
            pin_file("FILE", required=False),
            JSON,
        ),
    ),
)

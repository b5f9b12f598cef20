"""The commands at a kiosk."""

from argparse import ArgumentTypeError
from contextlib import suppress
from pathlib import Path

from tui.cli.command import Command, OneOf, Option
from tui.cli.table.options import JSON, KIOSK_TOML, LINEAR, MODULE, TOKEN, pin_file, switch


def factor(text: str) -> float:
    """A number above 0, at most 1000."""
    with suppress(ValueError):
        if 0 < (value := float(text)) <= 1000:
            return value
    raise ArgumentTypeError("应大于0，最多1000 / must be above 0, at most 1000")


WATCH = switch(
    "--watch",
    "每次插拔输出一行 JSON，直到 SIGTERM / one JSON line for each token inserted, changed or removed, until SIGTERM",
    "watching",
)
FINGERPRINT = Option(
    "--fingerprint HEX",
    "SHA-256 指纹的开头，几张证书中选一张 / beginning of the SHA-256 fingerprint, to choose one of several",
    default="",
)

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
            Option(
                "--dir DIR", "演示数据的文件夹，缺省为临时文件夹 / folder; default: a temporary one", "directory", Path
            ),
            LINEAR,
            switch("--autoplay", "自动走完全程 / go through all the screens by itself"),
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
            OneOf((JSON, WATCH)),
            OneOf((KIOSK_TOML, MODULE)),
        ),
    ),
    Command(
        "certs show",
        "一张或全部证书的详细内容 / one certificate, or all, in every detail",
        "tui.cli.certs.show:show",
        (
            FINGERPRINT,
            JSON,
            OneOf((KIOSK_TOML, MODULE)),
        ),
    ),
    Command(
        "certs export",
        "把一张证书（公开部分）写入文件 / write a certificate, which is public, to a file",
        "tui.cli.certs.export:export",
        (
            Option("FILE", ".pem 或 .crt 为 PEM，.der 或 .cer 为 DER / PEM or DER, by the suffix", kind=Path),
            FINGERPRINT,
            OneOf((KIOSK_TOML, MODULE)),
        ),
    ),
    Command(
        "token pin",
        "修改 CA 密码 / change the user PIN",
        "tui.cli.token.pins:change",
        (TOKEN, OneOf((KIOSK_TOML, MODULE))),
    ),
    Command(
        "token unlock",
        "用管理员密码（SO PIN）解锁 CA，并设新的 CA 密码 / unlock by the SO PIN, with a new user PIN",
        "tui.cli.token.pins:unlock",
        (TOKEN, OneOf((KIOSK_TOML, MODULE))),
    ),
    Command(
        "token leftovers",
        "列出没有证书的密钥 / list the keys without a certificate",
        "tui.cli.token.leftovers:leftovers",
        (
            TOKEN,
            switch("--delete", "逐个确认后删除 / delete them, each once its name has been typed"),
            Option(
                "--account ACCOUNT",
                "用此账号向续期服务查明申请是否已终止 / ask the desk with this account which applications are over",
                default="",
            ),
            JSON,
            KIOSK_TOML,
        ),
    ),
    Command(
        "doctor",
        "环境检测 / check drivers, token, desk, clock and version",
        "tui.cli.doctor:doctor",
        (
            JSON,
            switch("--deep", "连同本机：终端、字体、读卡器、打印机等 / this machine too: fonts, reader, printer"),
            KIOSK_TOML,
        ),
    ),
    Command(
        "operator-password",
        "设置柜台模式的管理密码：输入两次，输出写入 [kiosk] operator 的散列值 / "
        "hash of a counter's operator password, for [kiosk] operator",
        "tui.cli.operator_password:operator_password",
    ),
    Command(
        "renew",
        "不用全屏办理续期：按答案文件，或逐行问答 / the journey without screens: by a file of answers, or line by line",
        "tui.cli.renew:renew",
        (
            KIOSK_TOML,
            Option(
                "--answers FILE", "answers.toml；没有则逐行问答 / answers.toml; without it, line by line", kind=Path
            ),
            pin_file("FILE", required=False),
            JSON,
        ),
    ),
)

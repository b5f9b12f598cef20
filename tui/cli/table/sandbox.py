"""The commands of the sandbox."""

from argparse import ArgumentTypeError
from dataclasses import replace
from pathlib import Path

from tui.cli.command import Command, OneOf, Option
from tui.cli.table.options import BUSINESS_NO, MODULE, PLATFORMS, pin_file

LONGEST_NAME = 64
"""Characters (ub-common-name, RFC 5280 appendix A.1)."""


def whole(text: str) -> int:
    """A whole number."""
    try:
        return int(text)
    except ValueError:
        raise ArgumentTypeError("应为整数 / must be a whole number") from None


def count(text: str) -> int:
    """A whole number, at least 1."""
    if (value := whole(text)) < 1:
        raise ArgumentTypeError("应不小于1 / must be at least 1")
    return value


def common_name(text: str) -> str:
    """A name that fits into a certificate."""
    if len(text) > LONGEST_NAME:
        told = f"{len(text)} 个字，最多 {LONGEST_NAME} 个 / {len(text)} characters, at most {LONGEST_NAME}"
        raise ArgumentTypeError(told)
    return text


SANDBOX = Option("--dir DIR", "沙箱的文件夹 / the sandbox's folder", "directory", Path, required=True)

COMMANDS = (
    Command(
        "sandbox up",
        "启动沙箱，就绪时输出一行 JSON，直到 SIGTERM / start; one JSON line when ready",
        "tui.sandbox.commands:up",
        (replace(SANDBOX, about="文件夹 / folder"),),
        "demo",
    ),
    Command(
        "sandbox token",
        "在 CA 中放入即将到期的证书 / put a certificate on a token",
        "tui.sandbox.commands:token",
        (
            SANDBOX,
            replace(MODULE, required=True),
            OneOf(
                (
                    Option("--token-label L", "CA 的标签 / token label"),
                    Option("--slot N", "槽位 / slot", kind=whole),
                ),
                required=True,
            ),
            pin_file("F"),
            Option("--days-left N", "剩余天数，缺省20 / days left; default: 20", kind=whole, default=20),
            Option("--cn NAME", "证书名称，最多64个字 / common name", kind=common_name),
            Option("--key", "密钥 / key", choices=("rsa2048", "ec256"), default="rsa2048"),
        ),
        "demo",
    ),
    Command(
        "sandbox pay",
        "用模拟手机付款 / pay as a phone does",
        "tui.sandbox.commands:pay",
        (
            SANDBOX,
            OneOf(
                (
                    Option("--qr PAYLOAD", "二维码内容 / content of the QR code"),
                    replace(BUSINESS_NO, optional=True),
                ),
                required=True,
            ),
        ),
        "demo",
    ),
    Command(
        "sandbox fault",
        "让支付平台出错 / make a payment platform misbehave",
        "tui.sandbox.commands:fault",
        (
            SANDBOX,
            Option("NAME", "见上 / see above", choices="tui.sandbox.faults:NAMES"),
            Option("--channel", "只在这一个平台，缺省为全部 / one platform; default: all", choices=PLATFORMS),
            Option("--count N", "次数，缺省1 / how many times; default: 1", kind=count, default=1),
        ),
        "demo",
        more="tui.sandbox.legend:LEGEND",
    ),
)

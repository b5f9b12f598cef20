"""Options that several commands have."""

from pathlib import Path

from tui.cli.command import Option
from tui.core.payment_method import PaymentMethod


def switch(name: str, about: str, into: str = "") -> Option:
    """Off, unless it is given."""
    return Option(name, about, into, default=False, gives=True)


def pin_file(metavar: str, *, required: bool = True) -> Option:
    """`--pin-file`."""
    return Option(f"--pin-file {metavar}", "首行为 CA 密码 / PIN in its first line", kind=Path, required=required)


LINEAR = switch("--linear", "逐行问答，供读屏软件和简单终端使用 / line by line, for screen readers and plain terminals")
SETTINGS = "设置文件 kiosk.toml；缺省依次为 $CA_KIOSK_CONFIG、~/.config/ca-kiosk/、/etc/ca-kiosk/ / settings file"
PLATFORMS = tuple(method.value for method in PaymentMethod)

KIOSK_TOML = Option("--config FILE", SETTINGS, kind=Path, inherited=True)
JSON = switch("--json", "输出 JSON / print JSON", "as_json")
MODULE = Option("--module SO", "PKCS#11 驱动 / PKCS#11 module", kind=Path)
TOKEN = Option(
    "--token SERIAL", "插入了多个 CA 时，按序列号或名称选一个 / serial or label of one of several", default=""
)
BUSINESS_NO = Option("BUSINESS_NO", "业务单号 / application number")

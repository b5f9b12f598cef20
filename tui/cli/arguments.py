"""The command line of `ca-kiosk`: a contract with other people's scripts; help in Chinese first, then English."""

import argparse
from datetime import date
from pathlib import Path

from tui import __version__
from tui.core.exits import LEGEND
from tui.sandbox.faults import ABOUT, CHANNELS, CLEAR, ONLY

CONFIG = "设置文件 kiosk.toml；缺省依次为 $CA_KIOSK_CONFIG、~/.config/ca-kiosk/、/etc/ca-kiosk/ / settings file"
LOG = """\
日志 / log: ~/.local/state/ca-kiosk/kiosk.log，kiosk.toml 里 [kiosk] log = "路径" 可改，log = "" 则不写；
个人信息已打码，不含密码 / personal data masked, never a password"""
LONGEST_NAME = 64
EPILOG = f"{LEGEND}\n\n{LOG}"


def parser() -> argparse.ArgumentParser:
    """All commands; `command` in the result names the one to run."""
    top = _new(
        argparse.ArgumentParser(prog="ca-kiosk", add_help=False),
        "CA 证书自助续期终端；不带子命令时启动全屏程序\n"
        "Renew the certificate on a USB token; without a command the full-screen program starts",
    )
    top.add_argument("--version", action="version", version=__version__, help="版本 / version")
    _config(top)
    top.set_defaults(command="kiosk", config=None)
    commands = top.add_subparsers(title="命令 / commands", metavar="")

    demo = _command(
        commands, "demo", "演示：沙箱、20天后到期的软证书和终端 / sandbox, a token with 20 days left, kiosk"
    )
    demo.add_argument("--dir", type=Path, help="演示数据的文件夹，缺省为临时文件夹 / folder, else a temporary one")
    demo.add_argument("--autoplay", action="store_true", help="自动走完全程 / walk the screens to the end by itself")
    demo.add_argument("--speed", type=_factor, default=1.0, metavar="X", help="自动演示的倍速 / speed factor")
    demo.add_argument("--pictures", type=Path, metavar="DIR", help="自动演示时保存每步画面 / keep each step's picture")

    certs = _command(commands, "certs", "列出所有 CA 上的证书，不需要密码 / certificates on all tokens, no PIN needed")
    _json(certs)
    certs.add_argument(
        "--watch",
        action="store_true",
        help="每次插拔输出一行 JSON，直到 SIGTERM / one JSON line at each plug, change and unplug, until SIGTERM",
    )
    source = certs.add_mutually_exclusive_group()
    _config(source)
    source.add_argument("--module", type=Path, metavar="SO", help="PKCS#11 驱动 / PKCS#11 module")

    doctor = _command(commands, "doctor", "环境检测 / check drivers, token, desk, clock and version")
    _json(doctor)
    _config(doctor)

    renew = _command(commands, "renew", "不用屏幕办理续期，二维码输出到终端 / the journey without screens")
    _config(renew, required=True)
    renew.add_argument("--answers", type=Path, required=True, metavar="FILE", help="answers.toml")
    renew.add_argument(
        "--pin-file", type=Path, required=True, metavar="FILE", help="首行为 CA 密码 / PIN in its first line"
    )
    _json(renew)

    desk = _group(commands, "desk", "续期服务 / the renewal desk")
    serve = _command(desk, "serve", "启动续期服务 / start the desk", "desk serve")
    serve.add_argument("--config", type=Path, required=True, metavar="FILE", help="desk.toml")
    about = "建立数据库，或升级到本版本 / make the database, or bring it up to this version"
    migrate = _command(desk, "migrate", about, "desk migrate")
    migrate.add_argument("--config", type=Path, required=True, metavar="FILE", help="desk.toml")
    evidence = _command(
        desk, "evidence", "输出申请人的签名（CMS） / the signed evidence, for openssl cms -verify", "desk evidence"
    )
    evidence.add_argument("--config", type=Path, required=True, metavar="FILE", help="desk.toml")
    evidence.add_argument("business_no", metavar="BUSINESS_NO", help="业务单号 / business number")
    _operators(desk)
    about = "检验支付平台的一份原始报文 / is this message of a payment platform genuine"
    _verify(_command(desk, "verify", about, "desk verify"))

    sandbox = _group(commands, "sandbox", "模拟的外部世界 / the outside world on loopback")
    up = _command(
        sandbox, "up", "启动沙箱，就绪时输出一行 JSON，直到 SIGTERM / start; one JSON line when ready", "sandbox up"
    )
    up.add_argument("--dir", type=Path, required=True, help="文件夹 / folder")
    _token(_command(sandbox, "token", "在 CA 中放入即将到期的证书 / put a certificate on a token", "sandbox token"))
    pay = _command(sandbox, "pay", "用模拟手机付款 / pay as a phone does", "sandbox pay")
    pay.add_argument("--dir", type=Path, required=True, help="沙箱的文件夹 / the sandbox's folder")
    what = pay.add_mutually_exclusive_group(required=True)
    what.add_argument("--qr", metavar="PAYLOAD", help="二维码内容 / content of the QR code")
    what.add_argument("business_no", nargs="?", metavar="BUSINESS_NO", help="业务单号 / business number")
    _fault(_command(sandbox, "fault", "让支付平台出错 / make a payment platform misbehave", "sandbox fault"))
    return top


def _operators(desk: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    orders = _command(
        desk, "orders", "查看申请、账单、付款和退款 / applications, bills, payments, refunds", "desk orders"
    )
    orders.add_argument("--config", type=Path, required=True, metavar="FILE", help="desk.toml")
    which = orders.add_mutually_exclusive_group()
    which.add_argument("--frozen", dest="concern", action="store_const", const="frozen", help="待人工核对 / frozen")
    which.add_argument(
        "--refunding", dest="concern", action="store_const", const="refunding", help="退款中 / refunding"
    )
    which.add_argument("--open", dest="concern", action="store_const", const="open", help="付款未结束 / attempt open")
    which.add_argument(
        "--revoke", dest="concern", action="store_const", const="revoke", help="待吊销证书 / certificate to be revoked"
    )
    orders.add_argument("business_no", nargs="?", default="", metavar="BUSINESS_NO", help="业务单号 / business number")
    _json(orders)

    refund = _command(
        desk, "refund", "退款，由运行中的服务执行 / give money back, sent by the running desk", "desk refund"
    )
    refund.add_argument("--config", type=Path, required=True, metavar="FILE", help="desk.toml")
    refund.add_argument(
        "--attempt", default="", metavar="NO", help="付款号，缺省为已入账的 / attempt, else the credited"
    )
    refund.add_argument(
        "--after-issue", action="store_true", help="证书已签发也退 / although the certificate is issued"
    )

    release = _command(desk, "release", "处理冻结的付款 / decide about a frozen payment", "desk release")
    release.add_argument("--config", type=Path, required=True, metavar="FILE", help="desk.toml")
    release.add_argument("--attempt", required=True, metavar="NO", help="付款号 / attempt")
    what = release.add_mutually_exclusive_group(required=True)
    what.add_argument(
        "--credit",
        dest="kind",
        action="store_const",
        const="credit",
        help="入账，仅当平台确认足额付款 / credit, if the platform says paid with the right amount",
    )
    what.add_argument("--return", dest="kind", action="store_const", const="return", help="原路退回 / give back")
    for decision in (refund, release):
        decision.add_argument("--reason", required=True, metavar="TEXT", help="原因，将与操作人一起存档 / why; kept")
        decision.add_argument("business_no", metavar="BUSINESS_NO", help="业务单号 / business number")

    about = "查看电子发票；被拒绝的可重试 / the e-invoice as JSON; what was refused can be tried again"
    invoice = _command(desk, "invoice", about, "desk invoice")
    invoice.add_argument("--config", type=Path, required=True, metavar="FILE", help="desk.toml")
    invoice.add_argument(
        "--again", action="store_true", help="原因排除后重试，由运行中的服务执行 / try again, by the running desk"
    )
    invoice.add_argument("business_no", metavar="BUSINESS_NO", help="业务单号 / business number")

    about = "与支付平台的日账单核对 / compare a platform's daily bill with ours"
    reconcile = _command(desk, "reconcile", about, "desk reconcile")
    reconcile.add_argument("--config", type=Path, required=True, metavar="FILE", help="desk.toml")
    reconcile.add_argument("--date", type=date.fromisoformat, metavar="YYYY-MM-DD", help="缺省为昨天 / else yesterday")
    reconcile.add_argument(
        "--channel", action="append", default=[], choices=("alipay", "unionpay"), help="支付渠道，缺省为全部 / else all"
    )
    _json(reconcile)


def _verify(verify: argparse.ArgumentParser) -> None:
    verify.add_argument("--channel", choices=("alipay", "unionpay"), required=True, help="支付渠道 / payment channel")
    verify.add_argument(
        "--kind", choices=("answer", "notice"), required=True, help="应答或通知 / answer to a call, or notice"
    )
    verify.add_argument(
        "--method",
        default="",
        metavar="NAME",
        help="支付宝应答的接口名，如 alipay.trade.query / Alipay answers only: the method that was called",
    )
    verify.add_argument(
        "--trust",
        type=Path,
        required=True,
        metavar="PATH",
        help="支付宝公钥或证书，或银联根证书和中级证书 / Alipay's key or certificate, UnionPay's root and middle (PEM)",
    )
    verify.add_argument(
        "--charset",
        default="utf-8",
        metavar="C",
        help="先按此字符集解读，缺省 utf-8，可为 gbk / read in this charset first",
    )
    verify.add_argument(
        "message",
        nargs="?",
        default="-",
        metavar="FILE",
        help="原始报文，缺省或 - 为标准输入；末尾一个换行不计 / raw bytes; one line end at the end is not counted",
    )


def _fault(fault: argparse.ArgumentParser) -> None:
    alone = {name: f" [{channel}]" for name, channel in ONLY.items()}
    lines = [f"  {name:<18} {about}{alone.get(name, '')}" for name, about in ABOUT.items()]
    ending = f"  {CLEAR:<18} 全部取消 / end all"
    fault.description = "\n".join([f"{fault.description}", "", "NAME:", *lines, ending])
    fault.add_argument("--dir", type=Path, required=True, help="沙箱的文件夹 / the sandbox's folder")
    fault.add_argument("name", metavar="NAME", choices=(*ABOUT, CLEAR), help="见上 / see above")
    fault.add_argument("--channel", choices=CHANNELS, help="只在这一个平台，缺省为两个 / one platform, else both")
    fault.add_argument("--count", type=_count, default=1, metavar="N", help="次数，缺省1 / so many times")


def _token(token: argparse.ArgumentParser) -> None:
    token.add_argument("--dir", type=Path, required=True, help="沙箱的文件夹 / the sandbox's folder")
    token.add_argument("--module", type=Path, required=True, metavar="SO", help="PKCS#11 驱动 / PKCS#11 module")
    which = token.add_mutually_exclusive_group(required=True)
    which.add_argument("--token-label", metavar="L", help="CA 的标签 / token label")
    which.add_argument("--slot", type=int, metavar="N", help="槽位 / slot")
    token.add_argument(
        "--pin-file", type=Path, required=True, metavar="F", help="首行为 CA 密码 / PIN in its first line"
    )
    token.add_argument("--days-left", type=int, default=20, metavar="N", help="剩余天数，缺省20 / days left")
    token.add_argument("--cn", type=_common_name, metavar="NAME", help="证书名称，最多64个字 / common name")
    token.add_argument("--key", choices=("rsa2048", "ec256"), default="rsa2048", help="密钥 / key")


def _command(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, about: str, command: str = ""
) -> argparse.ArgumentParser:
    made = _new(commands.add_parser(name, help=about, add_help=False), about)
    made.set_defaults(command=command or name)
    return made


def _group(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, about: str
) -> "argparse._SubParsersAction[argparse.ArgumentParser]":
    made = _new(commands.add_parser(name, help=about, add_help=False), about)
    return made.add_subparsers(title="命令 / commands", metavar="COMMAND", required=True, dest="which")


def _new(made: argparse.ArgumentParser, about: str) -> argparse.ArgumentParser:
    made.description, made.epilog, made.allow_abbrev = about, EPILOG, False
    made.formatter_class = argparse.RawDescriptionHelpFormatter
    made.add_argument("-h", "--help", action="help", help="显示帮助 / show this help")
    return made


def _config(made: argparse._ActionsContainer, *, required: bool = False) -> None:
    """Left out of the result where it is not given: a command must not undo `ca-kiosk --config FILE command`."""
    made.add_argument("--config", type=Path, required=required, default=argparse.SUPPRESS, metavar="FILE", help=CONFIG)


def _json(made: argparse.ArgumentParser) -> None:
    made.add_argument("--json", action="store_true", help="输出 JSON / print JSON")


def _factor(text: str) -> float:
    value = float(text)
    if not 0 < value <= 1000:
        raise ValueError(text)
    return value


def _common_name(text: str) -> str:
    """At most 64 characters (ub-common-name, RFC 5280 appendix A.1)."""
    if len(text) > LONGEST_NAME:
        told = f"{len(text)} 个字，最多 {LONGEST_NAME} 个 / {len(text)} characters, at most {LONGEST_NAME}"
        raise argparse.ArgumentTypeError(told)
    return text


def _count(text: str) -> int:
    value = int(text)
    if value < 1:
        raise ValueError(text)
    return value

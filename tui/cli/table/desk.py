"""The commands of the desk and of those who operate it."""

from argparse import ArgumentTypeError
from dataclasses import replace
from datetime import date
from pathlib import Path

from tui.cli.command import Command, OneOf, Option
from tui.cli.table.options import BUSINESS_NO, JSON, PLATFORMS, switch


def day(text: str) -> date:
    """A day of the calendar."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError("应为 YYYY-MM-DD / must be YYYY-MM-DD") from None


DESK_TOML = Option("--config FILE", "desk.toml", kind=Path, required=True)
REASON = Option("--reason TEXT", "原因，与操作人一起存档 / reason, kept with who and when", required=True)


def concern(name: str, about: str) -> Option:
    """Which applications `desk orders` lists."""
    return Option(f"--{name}", about, "concern", default="", gives=name)


COMMANDS = (
    Command("desk serve", "启动续期服务 / start the desk", "tui.desk.commands:serve", (DESK_TOML,), "desk", logs=True),
    Command(
        "desk migrate",
        "建立数据库，或升级到本版本 / make the database, or bring it up to this version",
        "tui.desk.commands:migrate",
        (DESK_TOML,),
        "desk",
    ),
    Command(
        "desk evidence",
        "输出申请人的签名（CMS）/ the signed evidence, for openssl cms -verify",
        "tui.desk.commands:evidence",
        (DESK_TOML, BUSINESS_NO),
        "desk",
    ),
    Command(
        "desk orders",
        "查看申请、账单、付款和退款 / applications, bills, payments, refunds",
        "tui.desk.operators.commands:orders",
        (
            DESK_TOML,
            OneOf(
                (
                    concern("frozen", "待人工核对 / frozen"),
                    concern("refunding", "退款中 / refunding"),
                    concern("open", "付款未结束 / attempt open"),
                    concern("revoke", "待吊销证书 / certificate to be revoked"),
                )
            ),
            replace(BUSINESS_NO, default="", optional=True),
            JSON,
        ),
        "desk",
    ),
    Command(
        "desk refund",
        "退款，由运行中的服务执行 / refund a payment, sent by the running desk",
        "tui.desk.operators.commands:refund",
        (
            DESK_TOML,
            Option(
                "--attempt NO", "付款号，缺省为已入账的 / attempt; default: the credited one", "attempt_no", default=""
            ),
            switch("--after-issue", "证书已签发也退 / even if the certificate is issued"),
            REASON,
            BUSINESS_NO,
        ),
        "desk",
    ),
    Command(
        "desk release",
        "处理冻结的付款 / decide about a frozen payment",
        "tui.desk.operators.commands:release",
        (
            DESK_TOML,
            Option("--attempt NO", "付款号 / attempt", "attempt_no", required=True),
            OneOf(
                (
                    Option(
                        "--credit",
                        "入账，仅当平台确认足额付款 / credit it, if the platform says paid with the right amount",
                        "kind",
                        gives="credit",
                    ),
                    Option("--return", "原路退回 / refund it", "kind", gives="return"),
                ),
                required=True,
            ),
            REASON,
            BUSINESS_NO,
        ),
        "desk",
    ),
    Command(
        "desk invoice",
        "查看电子发票；被拒绝的可重试 / the e-invoice as JSON; what was refused can be tried again",
        "tui.desk.operators.commands:invoice",
        (
            DESK_TOML,
            switch("--again", "原因排除后重试，由运行中的服务执行 / try again, by the running desk"),
            BUSINESS_NO,
        ),
        "desk",
    ),
    Command(
        "desk reconcile",
        "与支付平台的日账单核对 / compare a platform's daily bill with ours",
        "tui.desk.operators.commands:reconcile",
        (
            DESK_TOML,
            Option("--date YYYY-MM-DD", "缺省为昨天 / default: yesterday", "day", kind=day),
            Option("--channel", "支付渠道，缺省为全部 / default: all", "channels", choices=PLATFORMS, repeated=True),
            JSON,
        ),
        "desk",
        logs=True,
    ),
    Command(
        "desk verify",
        "检验支付平台的一份原始报文 / is this message of a payment platform genuine",
        "tui.desk.operators.verify:verify",
        (
            Option("--channel", "支付渠道 / payment channel", choices=PLATFORMS, required=True),
            Option("--kind", "应答或通知 / answer to a call, or notice", choices=("answer", "notice"), required=True),
            Option(
                "--method NAME",
                "支付宝应答的接口名，如 alipay.trade.query / Alipay answers only: the method that was called",
                default="",
            ),
            Option(
                "--trust PATH",
                "平台的公钥或证书，银联为根和中级证书 / the platform's key or certificate (UnionPay: root and next)",
                kind=Path,
                required=True,
            ),
            Option(
                "--charset C",
                "先按此字符集解读，缺省 utf-8，可为 gbk / read in this charset first",
                default="utf-8",
            ),
            Option(
                "FILE",
                "原始报文，缺省或 - 为标准输入；不计末尾的一个换行；签名在 HTTP 头里的，头在前，空一行 "
                "/ raw bytes; a final newline is ignored; headers first, if they hold the signature",
                "message",
                default="-",
                optional=True,
            ),
        ),
    ),
)

"""What `ca-kiosk desk orders`, `refund`, `release`, `invoice` and `reconcile` do; they may run while desks do."""

import os
import pwd
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import msgspec

from tui.core.beijing import BEIJING, beijing
from tui.core.exits import Exit
from tui.core.order import yuan
from tui.core.payment_method import PaymentMethod
from tui.core.text_safety import printable
from tui.desk.commands import existing_database, with_settings
from tui.desk.context import Desk
from tui.desk.invoices.service import try_again
from tui.desk.invoices.view import invoice_view
from tui.desk.operators.actions import Act, NotAllowed
from tui.desk.operators.actions import refund as decide_refund
from tui.desk.operators.actions import release as decide_release
from tui.desk.operators.queries import Concern, Seen, applications
from tui.desk.payments.comparison import Comparison, Oddity
from tui.desk.payments.gateway import PaymentGatewayError
from tui.desk.payments.reconciliation import reconcile as compare
from tui.desk.settings import DeskSettings
from tui.desk.storage.audit_log import ActKind
from tui.desk.storage.database import reading, writing
from tui.desk.storage.records import ApplicationRecord
from tui.desk.storage.wakeup import notify
from tui.desk.wiring import build
from tui.process.clock import utc_now
from tui.process.output import out, put, say


def orders(config: Path, concern: str, business_no: str, *, as_json: bool) -> int:
    """List the applications of a `Concern`, else all; or show one."""

    def show(settings: DeskSettings) -> int:
        with existing_database(settings) as engine:
            found = applications(engine, Concern(concern or Concern.ALL), business_no)
        if business_no and not found:
            say(f"没有这笔申请 / no application {business_no}")
            return Exit.REFUSED
        if as_json:
            out(_json(found[0] if business_no else found))
        else:
            put("".join(f"{line}\n" for one in found for line in _lines(one, whole=bool(business_no))).encode())
        return Exit.DONE

    return with_settings(config, show)


def refund(config: Path, business_no: str, reason: str, attempt_no: str, *, after_issue: bool) -> int:
    """Decide that a payment goes back."""
    act = Act(ActKind.REFUND, operator(), printable(reason))

    def decide(desk: Desk) -> int:
        number = decide_refund(desk, business_no, act, attempt_no=attempt_no, after_issue=after_issue)
        say(f"已登记退款，由运行中的服务执行 / refund of {number} recorded, the running desk sends it")
        return Exit.DONE

    return _decided(config, reason, decide)


def release(config: Path, business_no: str, attempt_no: str, kind: str, reason: str) -> int:
    """Decide about a frozen payment; `kind` is the `ActKind`."""

    def decide(desk: Desk) -> int:
        state = decide_release(desk, business_no, attempt_no, Act(ActKind(kind), operator(), printable(reason)))
        say(f"{attempt_no}: {state.value}")
        return Exit.DONE

    return _decided(config, reason, decide)


def invoice(config: Path, business_no: str, *, again: bool) -> int:
    """Show an application's e-invoice as one JSON object; or let what the tax platform refused be tried again."""

    def show(settings: DeskSettings) -> int:
        access = writing if again else reading
        with existing_database(settings) as engine:
            with access(engine) as db:
                view = invoice_view(db, business_no) if db.unit.get(ApplicationRecord, business_no) else None
                if view is None:
                    say(f"没有这笔申请的发票 / no invoice of {business_no}")
                    return Exit.REFUSED
                if not again:
                    out(_json(view))
                    return Exit.DONE
                if not try_again(db, business_no, utc_now()):
                    say("发票没有被拒绝，无需重试 / nothing was refused, there is nothing to try again")
                    return Exit.REFUSED
            notify(engine)
        say("已登记重试，由运行中的服务执行 / recorded, the running desk tries again")
        return Exit.DONE

    return with_settings(config, show)


def reconcile(config: Path, day: date | None, channels: Sequence[str], *, as_json: bool) -> int:
    """Compare a day, else yesterday, of the channels named, else of all."""

    def act(settings: DeskSettings) -> int:
        with existing_database(settings) as engine:
            return compared(build(settings, engine))

    def compared(desk: Desk) -> int:
        wanted = day or desk.clock().astimezone(BEIJING).date() - timedelta(days=1)
        methods = [PaymentMethod(channel) for channel in channels]
        if missing := [method.value for method in methods if method not in desk.gateways]:
            say(f"没有配置 {missing[0]} / {missing[0]} is not set up")
            return Exit.USAGE
        codes, results = [Exit.DONE], list[Comparison]()
        for method in methods or tuple(desk.gateways):
            try:
                results.append(compare(desk, method, wanted))
            except PaymentGatewayError as error:
                say(f"{method.value}: 账单无法取得 / the bill cannot be had: {type(error).__name__} {error}")
                codes.append(Exit.DESK)
        codes += [code for result in results if (code := _verdict(result))]
        if as_json:
            out(_json(results))
        else:
            put("".join(f"{line}\n" for result in results for line in _compared(result)).encode())
        return max(codes)

    return with_settings(config, act)


def operator() -> str:
    """The system's user: not from the environment, which anybody can set."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return str(os.getuid())


def _decided(config: Path, reason: str, act: Callable[[Desk], int]) -> int:
    def decide(settings: DeskSettings) -> int:
        if not printable(reason):
            say("--reason: 请写明原因 / a reason is needed")
            return Exit.USAGE
        try:
            with existing_database(settings) as engine:
                code = act(build(settings, engine))
                notify(engine)
                return code
        except NotAllowed as error:
            say(str(error))
            return Exit.REFUSED
        except PaymentGatewayError as error:
            say(f"支付平台没有给出结果，未做改动 / no word from the platform, nothing changed: {type(error).__name__}")
            return Exit.PAYMENT

    return with_settings(config, decide)


def _verdict(result: Comparison) -> Exit:
    if result.entries is None and result.ours:
        return Exit.DESK  # the bill is not there yet
    return Exit.PAYMENT if result.differences else Exit.DONE


def _compared(result: Comparison) -> list[str]:
    head = f"{result.method.value} {result.day}: "
    if result.entries is None:
        return [f"{head}尚无账单 / no bill (yet); 我方 / ours: {result.ours}"]
    lines = [f"{head}账单 / bill {result.entries}, 我方 / ours {result.ours}, 差异 / differ {len(result.differences)}"]
    lines += [
        f"  {one.kind.value} {one.refund_no or one.attempt_no} 我方 / ours {_yuan(one.ours_fen)} {one.ours_state} "
        f"账单 / bill {_yuan(one.theirs_fen)}{' 已处理 / settled' if one.settled else ''}"
        for one in result.differences
    ]
    if result.odd:
        lines.append(f"  格式异常未比对的行 / odd lines, not compared: {len(result.odd)}")
        lines += _places(result.odd)
    if result.others:
        lines.append(
            f"  同一商户其他店铺的行，未比对 / lines of the seller's other shops, not compared: {len(result.others)}"
        )
        lines += _places(result.others)
    return lines


def _places(oddities: Sequence[Oddity]) -> list[str]:
    return [f"  第{one.line}行 / line {one.line}: {one.number or '-'} ({one.why})" for one in oddities]


def _lines(one: Seen, *, whole: bool) -> list[str]:
    head = f"{one.business_no} {one.status} {one.payment_status} {yuan(one.fee_fen)} {one.agent} {one.mobile}"
    lines = [f"{head} {beijing(one.created_at):%Y-%m-%d %H:%M}"]
    if one.to_revoke:
        serial = one.withheld_serial or "可能已签发 / may have been signed"
        lines.append(f"  请CA吊销未交付的证书 / to be revoked, nobody got it: {serial}")
    if not whole:
        return lines
    lines += [
        f"  {a.attempt_no} {a.method} {a.state} {yuan(a.amount_fen)} 实收 / paid {_yuan(a.paid_fen)}"
        for a in one.attempts
    ]
    lines += [
        f"  {r.sent_as} {r.cause} {yuan(r.amount_fen)} {'已退 / done' if r.done_at else '退款中 / open'} {r.refusal}"
        for r in one.refunds
    ]
    lines.append(f"  发票 / invoice {one.invoice.status} {one.invoice.number}")
    return lines + [
        f"  {a.kind} {a.attempt_no} {a.operator} {beijing(a.done_at):%Y-%m-%d %H:%M} {a.reason}" for a in one.acts
    ]


def _yuan(fen: int | None) -> str:
    return "-" if fen is None else yuan(fen)


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()

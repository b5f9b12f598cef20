"""Run the commands of the desk, its operators and the sandbox; each imports only what it needs."""

import argparse
from collections.abc import Callable


def desk_serve(arguments: argparse.Namespace) -> int:
    """The desk."""
    from tui.desk.commands import serve
    from tui.process.logbook import log_to_stderr

    log_to_stderr()
    return serve(arguments.config)


def desk_migrate(arguments: argparse.Namespace) -> int:
    """The desk's database is made, or brought up to this version."""
    from tui.desk.commands import migrate

    return migrate(arguments.config)


def desk_evidence(arguments: argparse.Namespace) -> int:
    """What the person signed, for anybody who must verify it."""
    from tui.desk.commands import evidence

    return evidence(arguments.config, arguments.business_no)


def desk_orders(arguments: argparse.Namespace) -> int:
    """Applications as operators see them."""
    from tui.desk.operators.commands import orders
    from tui.desk.operators.queries import Concern

    concern = Concern(arguments.concern or Concern.ALL)
    return orders(arguments.config, concern, arguments.business_no, as_json=arguments.json)


def desk_refund(arguments: argparse.Namespace) -> int:
    """An operator gives money back."""
    from tui.desk.operators.commands import refund

    a = arguments
    return refund(a.config, a.business_no, a.reason, a.attempt, after_issue=a.after_issue)


def desk_release(arguments: argparse.Namespace) -> int:
    """An operator decides about a frozen payment."""
    from tui.desk.operators.commands import release
    from tui.desk.storage.audit_log import ActKind

    a = arguments
    return release(a.config, a.business_no, a.attempt, ActKind(a.kind), a.reason)


def desk_invoice(arguments: argparse.Namespace) -> int:
    """An application's e-invoice."""
    from tui.desk.operators.commands import invoice

    return invoice(arguments.config, arguments.business_no, again=arguments.again)


def desk_reconcile(arguments: argparse.Namespace) -> int:
    """A platform's daily bill against our books."""
    from tui.core.order import Method
    from tui.desk.operators.commands import reconcile
    from tui.process.logbook import log_to_stderr

    log_to_stderr()
    channels = [Method(name) for name in arguments.channel]
    return reconcile(arguments.config, arguments.date, channels, as_json=arguments.json)


def desk_verify(arguments: argparse.Namespace) -> int:
    """Whether one message of a payment platform is genuine."""
    from tui.desk.operators.verify import verify

    a = arguments
    return verify(a.channel, a.kind, a.trust, a.message, method=a.method, charset=a.charset)


def sandbox_up(arguments: argparse.Namespace) -> int:
    """The outside world on loopback."""
    from tui.sandbox.commands import up

    return up(arguments.dir)


def sandbox_token(arguments: argparse.Namespace) -> int:
    """A key and a certificate that is about to expire."""
    from tui.sandbox.commands import token

    return token(
        arguments.dir,
        arguments.module,
        arguments.pin_file,
        token_label=arguments.token_label,
        slot=arguments.slot,
        days_left=arguments.days_left,
        cn=arguments.cn,
        key=arguments.key,
    )


def sandbox_pay(arguments: argparse.Namespace) -> int:
    """A phone that scans and pays."""
    from tui.sandbox.commands import pay

    return pay(arguments.dir, qr=arguments.qr, business_no=arguments.business_no)


def sandbox_fault(arguments: argparse.Namespace) -> int:
    """Something that goes wrong at a payment platform."""
    from tui.sandbox.commands import fault

    return fault(arguments.dir, arguments.name, channel=arguments.channel, count=arguments.count)


SERVICES: dict[str, Callable[[argparse.Namespace], int]] = {
    "desk serve": desk_serve,
    "desk migrate": desk_migrate,
    "desk evidence": desk_evidence,
    "desk orders": desk_orders,
    "desk refund": desk_refund,
    "desk release": desk_release,
    "desk invoice": desk_invoice,
    "desk reconcile": desk_reconcile,
    "desk verify": desk_verify,
    "sandbox up": sandbox_up,
    "sandbox token": sandbox_token,
    "sandbox pay": sandbox_pay,
    "sandbox fault": sandbox_fault,
}

SERVICES_NEED = {
    "desk serve": "desk",
    "desk migrate": "desk",
    "desk evidence": "desk",
    "desk orders": "desk",
    "desk refund": "desk",
    "desk release": "desk",
    "desk invoice": "desk",
    "desk reconcile": "desk",
    "sandbox up": "demo",
    "sandbox token": "demo",
    "sandbox pay": "demo",
    "sandbox fault": "demo",
}
"""The extra of the package that a command needs."""

"""The desk's commands: each imports what it needs when it is called."""

import argparse
from collections.abc import Callable


def desk_serve(arguments: argparse.Namespace) -> int:
    """The desk."""
    from tui.desk.commands import serve
    from tui.runtime.logbook import log_to_stderr

    log_to_stderr()
    return serve(arguments.config)


def desk_evidence(arguments: argparse.Namespace) -> int:
    """What the person signed, for anybody who must verify it."""
    from tui.desk.commands import evidence

    return evidence(arguments.config, arguments.business_no)


def desk_orders(arguments: argparse.Namespace) -> int:
    """Applications as operators see them."""
    from tui.desk.operator_commands import orders
    from tui.desk.overview import Concern

    concern = Concern(arguments.concern or Concern.ALL)
    return orders(arguments.config, concern, arguments.business_no, as_json=arguments.json)


def desk_refund(arguments: argparse.Namespace) -> int:
    """An operator gives money back."""
    from tui.desk.operator_commands import refund

    a = arguments
    return refund(a.config, a.business_no, a.reason, a.attempt, after_issue=a.after_issue)


def desk_release(arguments: argparse.Namespace) -> int:
    """An operator decides about a frozen payment."""
    from tui.desk.books import ActKind
    from tui.desk.operator_commands import release

    a = arguments
    return release(a.config, a.business_no, a.attempt, ActKind(a.kind), a.reason)


def desk_reconcile(arguments: argparse.Namespace) -> int:
    """A platform's daily bill against our books."""
    from tui.core.order import Method
    from tui.desk.operator_commands import reconcile
    from tui.runtime.logbook import log_to_stderr

    log_to_stderr()
    channels = [Method(name) for name in arguments.channel]
    return reconcile(arguments.config, arguments.date, channels, as_json=arguments.json)


def desk_verify(arguments: argparse.Namespace) -> int:
    """Whether one message of a payment platform is genuine."""
    from tui.desk.verifying import verify

    a = arguments
    return verify(a.channel, a.kind, a.trust, a.message, method=a.method, charset=a.charset)


DESK_COMMANDS: dict[str, Callable[[argparse.Namespace], int]] = {
    "desk serve": desk_serve,
    "desk evidence": desk_evidence,
    "desk orders": desk_orders,
    "desk refund": desk_refund,
    "desk release": desk_release,
    "desk reconcile": desk_reconcile,
    "desk verify": desk_verify,
}

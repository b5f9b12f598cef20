"""A state for every step, with all that its screen can show and do."""

from dataclasses import replace

from tests.harness.people import ATTEMPT, OLD, REF, TOKEN, application, certificate, state, token
from tui.core.details import Details, Named
from tui.core.failure import Failure, Reason
from tui.core.order import ApplicationStatus
from tui.core.token import Installation, Snapshot, TokenStage
from tui.journey.ports import Check
from tui.journey.state import State, Step

PAYING = application(ApplicationStatus.ENTERED, attempt=ATTEMPT)
LONG = replace(state(Step.NOTICE).notice, text="请仔细阅读。\n\n" * 40)  # type: ignore[type-var]
MORE: dict[Step, dict[str, object]] = {
    Step.WAITING: {"signed_in": False, "account": ""},
    Step.CHOOSING: {"snapshot": Snapshot((token(OLD, certificate("other", days_left=30)),))},
    Step.NOTICE: {"notice": LONG},
    Step.AGREEMENT: {"agreement": LONG},
    Step.INSTALLING: {"stage": TokenStage.PROVING},
    Step.REQUESTING: {"stage": TokenStage.KEY_PAIR},
    Step.DONE: {"installation": Installation(OLD, certificate("new", days_left=385), b"")},
    Step.SELF_CHECK: {"checks": (Check("token", True, "S1"), Check("desk", False, "", Failure(Reason.DESK_FAULT)))},
    Step.CERTIFICATES: {"snapshot": Snapshot(tuple(replace(TOKEN, serial=f"S{n}") for n in range(9)))},
    Step.DETAILS: {"looked_at": REF, "details": Details(issuer=tuple(Named("OU", str(n)) for n in range(40)))},
    Step.REFUSED: {"failure": Failure(Reason.TOO_EARLY)},
}


def journey_states() -> list[State]:
    """One for each step, in order."""
    return [state(step, **{"application": PAYING, **MORE.get(step, {})}) for step in Step]

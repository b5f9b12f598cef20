"""What only an act brings onto a screen: a question, a keyboard, an error, a tick, help."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from textual.widget import Widget

from tests.harness import people
from tests.harness.kiosk.fingers import Fingers
from tests.harness.kiosk.gallery import GALLERY, HOME
from tests.harness.kiosk.stage import Stage
from tui.core.application import check, normalise
from tui.core.failure import Failure, Reason
from tui.core.form.fields import ApplicationForm
from tui.core.order import Offer, Term
from tui.journey.state import State, Step
from tui.kiosk.watchdog import IdleClock

Act = Callable[[Stage], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Scene:
    """A state, and what a person does there."""

    state: State
    act: Act


def _keys(*keys: str) -> Act:
    async def act(stage: Stage) -> None:
        await stage.press(*keys)

    return act


def _keyboard(field: str, letters: str = "") -> Act:
    """F2 at a field, and taps on the keys of the keyboard that comes."""

    async def act(stage: Stage) -> None:
        fingers = Fingers(stage.app, stage.pilot)  # type: ignore[arg-type]
        entry = stage.screen.query_one(field)
        entry.focus()
        await fingers.until(lambda: _is_seen(stage, entry))  # where the body rests then is where it is scrolled from
        await stage.press("f2")
        await fingers.until(lambda: stage.screen.is_typing and _is_seen(stage, entry))
        composition = fingers.keyboard._composition
        await fingers.until(lambda: not fingers.keyboard.composes or composition._dictionary is not None)
        for letter in letters:
            await fingers.key(letter)

    return act


def _is_seen(stage: Stage, widget: Widget) -> bool:
    place = stage.screen.find_widget(widget)
    return bool(place.region) and place.visible_region == place.region


class _Away(IdleClock):
    """Nobody has touched the keys for long, and no time passes."""

    def left(self, step: Step) -> float:
        """Within the warning."""
        return 12.0


async def _nobody(stage: Stage) -> None:
    stage.app.idle = _Away(120)
    await stage.app._look_for_somebody()
    await stage.pilot.pause()


async def _prices(stage: Stage) -> None:
    await stage.act("#prices")


async def _handed_in(stage: Stage) -> None:
    """提交 with three fields that break their rules."""
    await stage.act("#submit")
    wrong = dict(check(normalise(WRONG.form), (12, 24), WRONG.today))
    await stage.show(replace(WRONG, failure=Failure(Reason.FORM_INVALID, field_errors=tuple(wrong.items()))))


_OLD_END = people.OLD.not_after
TERMS = tuple(
    Term(months, 10000 * months // 12 * 2, 20000, _OLD_END.replace(year=_OLD_END.year + months // 12))
    for months in (12, 24, 36)
)
FORM = replace(GALLERY["form"], offer=Offer(TERMS))
BLANK = replace(FORM, form=ApplicationForm(term_months=12))
WRONG = replace(
    FORM, form=replace(people.FORM, id_number="110105194912310021", agent_mobile="1380013", recipient_address="")
)
COVERED = replace(GALLERY["sign-in"], account="supplier01", signed_in=False, covered=True, return_to=Step.FORM)
REFUSED = replace(GALLERY["sign-in"], account="supplier01", signed_in=False)

SCENES: dict[str, Scene] = {
    "leaving-the-program": Scene(HOME, _keys("f10")),
    "waiting-help": Scene(HOME, _keys("f1")),
    "sign-in-blank": Scene(GALLERY["sign-in"], _keys("enter", "enter")),
    "sign-in-refused": Scene(replace(REFUSED, failure=Failure(Reason.WRONG_PASSWORD)), _keys()),
    "sign-in-covered": Scene(COVERED, _keys()),
    "sign-in-keyboard": Scene(GALLERY["sign-in"], _keyboard("#account", "sup")),
    "notice-read": Scene(GALLERY["notice"], _keys("end")),
    "card-leaving": Scene(GALLERY["card"], _keys("f10")),
    "agreement-ticked": Scene(GALLERY["agreement"], _keys("end", "tab", "space")),
    "form-blank": Scene(BLANK, _keys()),
    "form-wrong": Scene(WRONG, _handed_in),
    "form-prices": Scene(FORM, _prices),
    "form-help": Scene(FORM, _keys("f1")),
    "form-leaving": Scene(FORM, _keys("f10")),
    "form-nobody": Scene(FORM, _nobody),
    "form-digits": Scene(BLANK, _keyboard("#field-id-number Input", "11010")),
    "form-latin": Scene(BLANK, _keyboard("#field-agent-email Input", "zhang@")),
    "form-sound": Scene(BLANK, _keyboard("#field-agent-name Input", "zhang")),
}
"""In the order of the journey."""

"""What the two screens with forms share: nothing typed is lost, each field speaks for itself."""

from abc import abstractmethod
from collections.abc import Collection
from typing import ClassVar

from textual import on
from textual.timer import Timer
from textual.widgets import Input

from tui.core.failure import Failure, Reason
from tui.core.form.kinds import FieldErrors
from tui.journey.events import Event
from tui.journey.state import State
from tui.kiosk.screens.base import StepScreen
from tui.kiosk.widgets.choice import Choice
from tui.kiosk.widgets.field import Field, TextField, first_wrong

PAUSE = 0.3
"""Seconds without a key after which the flow hears what was typed: one redraw a pause, not one a key."""


class TypedScreen(StepScreen):
    """Posts what was typed soon after it was typed and before anything else happens; marks wrong fields."""

    named: ClassVar[tuple[str, ...]] = ()
    """Names of the text fields, in order."""

    def __init__(self) -> None:
        super().__init__()
        self._pause: Timer | None = None
        self._told: Failure | None = None
        self._visited: set[str] = set()
        self._refused: dict[str, tuple[object, str]] = {}
        """By field: what stood there when the desk refused it, and the refusal; none that the rules here find too."""

    # ── for subclasses ──────────────────────────────────────────────────────
    @abstractmethod
    def edited(self) -> Event:
        """The event that keeps what stands in the fields."""

    @abstractmethod
    def errors(self) -> FieldErrors:
        """Every error of what stands in the fields now."""

    @property
    def kind(self) -> object:
        """The choice by which the fields are judged."""

    # ── what was typed ──────────────────────────────────────────────────────
    def field(self, name: str) -> Field:
        """The field of this name."""
        return self.query_one(f"#field-{name.replace('_', '-')}", Field)

    def text(self, name: str) -> str:
        """What stands in a text field."""
        field = self.field(name)
        return field.value if isinstance(field, TextField) else ""

    def fill(self, values: object) -> None:
        """Set the text fields from the attributes of a form."""
        for name in self.named:
            field = self.field(name)
            if isinstance(field, TextField):
                field.fill(getattr(values, name))
        self.judge_again()

    def keep(self) -> None:
        """Tell the flow now."""
        if self._pause is not None:
            self._pause.stop()
            self._pause = None
            self.advance(self.edited())

    @on(Input.Changed)
    @on(Choice.Changed)
    def _typed(self) -> None:
        if self._pause is not None:
            self._pause.stop()
        self._pause = self.set_timer(PAUSE, self.keep)

    def action_back(self) -> None:
        """返回, with everything kept."""
        self.keep()
        super().action_back()

    def action_end(self) -> None:
        """结束办理, with everything kept for another visit."""
        self.keep()
        super().action_end()

    def entered(self, state: State) -> None:
        """No field was visited yet."""
        self._visited.clear()
        self._refused.clear()
        self._told = None
        self._mark({})

    def left(self) -> None:
        """Personal data leaves the screen; the state has it."""
        if self._pause is not None:
            self._pause.stop()
            self._pause = None
        self._refused.clear()
        for field in self.query(TextField):
            field.fill("")

    # ── what is wrong ───────────────────────────────────────────────────────
    @on(Field.Left)
    def _field_left(self, event: Field.Left) -> None:
        self._visited.add(event.field.name or "")
        self._judge(self._visited)

    @on(Choice.Changed)
    def judge_again(self) -> None:
        """A message goes when what it was about is replaced, by the program or by another choice."""
        standing = {field.name or "" for field in self.query(Field) if field.wrong}
        if standing:
            self._judge(standing)

    def _judge(self, asked: Collection[str]) -> None:
        """By the rules here, and by what the desk has refused for as long as it stands there unchanged."""
        wrong = {name: error for name, error in self.errors() if self._spoken(name)}
        refused = {name: error for name, (about, error) in self._refused.items() if about == self._about(name)}
        self._mark({name: error for name, error in (refused | wrong).items() if name in asked})

    def _about(self, name: str) -> object:
        entry = self.field(name).entry
        return self.kind, entry.value if isinstance(entry, Choice) else self.text(name)

    def _spoken(self, name: str) -> bool:
        """A field that was passed by empty is not blamed before 提交."""
        return self._told is not None or bool(self.text(name))

    def show_errors(self, failure: Failure | None) -> None:
        """After 提交: every wrong field says why, the first one has the focus."""
        self.set_class(failure is not None, "-failed")
        if failure is self._told or failure is None or failure.reason is not Reason.FORM_INVALID:
            return
        self._told = failure
        self._visited.update(self.named)
        named = {field.name for field in self.query(Field)}
        beyond = set(failure.field_errors) - set(self.errors())
        self._refused = {name: (self._about(name), error) for name, error in beyond if name in named}
        self._mark(dict(failure.field_errors))
        if wrong := first_wrong(self.query(Field)):
            self.set_focus(wrong.entry)

    def _mark(self, wrong: dict[str, str]) -> None:
        for field in self.query(Field):
            field.fail(wrong.get(field.name or ""))

"""A form asked field by field: each answer by its own rule at once, the whole shown before it is handed in."""

import abc
from collections.abc import Mapping
from functools import partial
from typing import Any, ClassVar

from tui.core.failure import Reason
from tui.core.form.characters import half_width
from tui.core.frozen import frozen
from tui.core.text_safety import printable
from tui.journey import events as e
from tui.journey.state import State
from tui.kiosk.linear.dialogue import Choice, Dialogue, Question
from tui.kiosk.text import _
from tui.kiosk.text.wording import field_message


@frozen
class Entry:
    """One field."""

    name: str
    label: str
    hint: str = ""
    options: tuple[tuple[Any, str], ...] = ()
    """Value and words; empty where text is typed."""


class Fields(Dialogue, abc.ABC):
    """Asks what is not right yet, in order; then lists all of it, to be changed or handed in."""

    question_is_open = True
    submit: ClassVar[str] = ""
    """Source Chinese: what handing in is called."""

    # ── for subclasses ──────────────────────────────────────────────────────
    @abc.abstractmethod
    def entries(self) -> tuple[Entry, ...]:
        """The fields, in order; those that are not asked now are left out."""

    @abc.abstractmethod
    def load(self, state: State) -> dict[str, Any]:
        """What each field holds when the step begins."""

    @abc.abstractmethod
    def wrong(self) -> Mapping[str, str]:
        """Every field that breaks its rule, and which."""

    @abc.abstractmethod
    def edited(self) -> e.Event:
        """What keeps the values."""

    @abc.abstractmethod
    def submitted(self) -> e.Event:
        """What hands them in."""

    def shown(self, entry: Entry) -> str:
        """A value in words."""
        value = self.values[entry.name]
        return dict(entry.options).get(value, "") if entry.options else printable(str(value), 300)

    def taken(self, entry: Entry, value: Any) -> None:
        """An answer came; what follows from it."""
        self.values[entry.name] = value

    # ── how it goes ─────────────────────────────────────────────────────────
    def open(self) -> None:
        """Begin at the first field that is not right."""
        self.values = self.load(self.state)
        self._at: str | None = None
        self._alone = False
        """One field is changed, and then all is listed again."""
        right = {entry.name for entry in self.entries()} - set(self.wrong())
        begun = any(self.values[entry.name] for entry in self.entries() if not entry.options)
        self._visited = right if begun else set()
        self._complain()
        self._go_on()

    def seen(self, before: State) -> None:
        """The desk refused what was handed in."""
        if self.state.failure is not before.failure:
            self._complain()
            self._go_on()

    def question(self) -> Question | None:
        """The field at hand, or what to do with all of them."""
        entry = self._entry()
        if entry is None:
            return super().question()
        known = self.shown(entry)
        ask = (
            _("{label}（{hint}）").format(label=entry.label, hint=entry.hint)
            if entry.hint and not entry.options
            else entry.label
        )
        if entry.options:
            values = [value for value, _words in entry.options]
            held = self.values[entry.name]
            known = str(values.index(held) + 1) if held in values else ""
        words = (
            _("{question} [{default}]：").format(question=ask, default=known)
            if known
            else _("{question}：").format(question=ask)
        )
        return Question(words, tuple(option for _value, option in entry.options))

    def choices(self) -> tuple[Choice, ...]:
        """Hand in, or change one."""
        change = (Choice(self._change_words(entry), partial(self._change, entry.name)) for entry in self._listed())
        return Choice(_(self.submit), self._submit), *change

    def answer(self, text: str) -> e.Event | None:
        """Judge the answer at its field; what is wrong is asked again."""
        entry = self._entry()
        if entry is None:
            return super().answer(half_width(text))
        value = self._value(entry, text)
        if value is None:
            self.talk.say(_("请从上面的数字中选一个。"))
            return None
        before = self.values[entry.name]
        self.taken(entry, value)
        error = self.wrong().get(entry.name)
        if error is not None:
            self.talk.say(_("注意：{happened}").format(happened=field_message(error)))
            if not text:
                self.values[entry.name] = before
            return None
        self._visited.add(entry.name)
        self._go_on()
        return self.edited()

    def back(self) -> e.Event | None:
        """To the field before, or out of the form; what was typed stays."""
        names = [entry.name for entry in self.entries()]
        entry = self._entry()
        at = len(names) if entry is None else names.index(entry.name)
        if at == 0:
            return super().back()
        self._at, self._alone = names[at - 1], False
        self._visited.discard(self._at)
        return None

    def _value(self, entry: Entry, text: str) -> Any:
        if not entry.options:
            return text if text.strip() else self.values[entry.name]
        number = half_width(text)
        if not number:
            return self.values[entry.name] if self.values[entry.name] in dict(entry.options) else None
        right = number.isascii() and number.isdecimal() and len(number) < 4 and 0 < int(number) <= len(entry.options)
        return entry.options[int(number) - 1][0] if right else None

    def _entry(self) -> Entry | None:
        return next((entry for entry in self.entries() if entry.name == self._at), None)

    def _listed(self) -> tuple[Entry, ...]:
        return self.entries()

    def _change_words(self, entry: Entry) -> str:
        return _("修改{label}：{value}").format(label=entry.label, value=self.shown(entry))

    def _go_on(self) -> None:
        """To the next field that was not visited or is not right; without any, to the list."""
        wrong = self.wrong()
        names = [entry.name for entry in self.entries()]
        if self._alone:
            names = [name for name in names if name in wrong]
        left = [name for name in names if name in wrong or name not in self._visited]
        self._at, self._alone = (left[0] if left else None), False

    def _change(self, name: str) -> None:
        self._at, self._alone = name, True

    def _submit(self) -> e.Event:
        return self.submitted()

    def _complain(self) -> None:
        """Each field's own message."""
        failure = self.state.failure
        if failure is None or failure.reason is not Reason.FORM_INVALID:
            return
        labels = {entry.name: entry.label for entry in self.entries()}
        self._visited -= dict(failure.field_errors).keys()
        for name, rule in failure.field_errors:
            self.talk.say(_("{label}：{value}").format(label=labels.get(name, name), value=field_message(rule)))

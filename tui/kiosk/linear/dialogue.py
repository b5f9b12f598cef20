"""What every step's dialogue has in common: one question at a time, and what its answers lead to."""

from collections.abc import Callable
from pathlib import Path
from typing import ClassVar, Protocol

from tui.core.form.characters import half_width
from tui.core.frozen import frozen
from tui.core.secret import Secret
from tui.core.text_safety import printable
from tui.journey import events as e
from tui.journey.flow import JOURNEY
from tui.journey.ports import Phone
from tui.journey.state import State, Step
from tui.kiosk.ports import Outlets
from tui.kiosk.text import N_, _
from tui.kiosk.text.certificate import Fact
from tui.kiosk.text.labels import label
from tui.kiosk.text.wording import busy_words, call, explain

BACK, HELP = frozenset({"<", "返回", "back"}), frozenset({"?", "帮助", "help"})
"""Understood at every question; `half_width` has made `＜` and `？` of an input method the same."""
END = "0"
"""The number that ends the visit, in every list."""

KEYS = N_(
    "每次回答一个问题，按回车确定。方括号里是现在的值，直接按回车就采用它。\n"
    "输入「<」返回上一步，已填写的内容会保留；输入「?」查看说明；Ctrl-C结束办理，已提交的申请可以随时继续。"
)

Act = Callable[[], "e.Event | None"]


class Talk(Protocol):
    """What a dialogue needs of the session that holds it."""

    phone: Phone | None
    """The demo's."""
    outlets: Outlets
    """Where a receipt can go."""
    folder: Path | None
    """Where a certificate can be saved; None where others come."""

    @property
    def size(self) -> tuple[int, int]:
        """Columns and rows of the terminal; 0 where nobody knows."""
        ...

    @property
    def canvas(self) -> tuple[int, int]:
        """The same, and 0 where block characters are not drawn."""
        ...

    def say(self, *sentences: str) -> None: ...

    def draw(self, *rows: str) -> None: ...

    def aside(self, work: Callable[[], str]) -> None:
        """Do this beside the journey, and say what comes of it."""
        ...


@frozen
class Choice:
    """One of several answers, known by its place in the list."""

    words: str
    act: Act


@frozen
class Question:
    """What is asked now; equal ones are asked once."""

    words: str
    choices: tuple[str, ...] = ()
    """Listed by number above the prompt."""
    ends: str = ""
    """What the number 0 does; empty where it does nothing."""
    secret: type[Secret] | None = None
    """The answer is not shown, and kept in this."""


class Dialogue:
    """One step, as long as it lasts: a function of the state, and of what was asked already.

    A subclass says what the step is about in `open`, and gives `choices`, or a `question` of its own with its `answer`.
    """

    help: ClassVar[str] = ""
    """Source Chinese: what this step is for."""
    default: int | None = None
    """The choice that an empty line takes, from 1; None where one must be named."""

    def __init__(self, state: State, talk: Talk) -> None:
        self.state, self.talk = state, talk
        self._sure: tuple[str, str, e.Event] | None = None
        """Asked once more: the question, what yes does in words, and the event."""

    # ── for subclasses ──────────────────────────────────────────────────────
    def open(self) -> None:
        """The step has begun: say what is to be known."""

    def seen(self, before: State) -> None:
        """The state has changed within the step: say what is new, but for its failure, which is said already."""

    def choices(self) -> tuple[Choice, ...]:
        """What can be done now; none where the step only waits."""
        return ()

    def question(self) -> Question | None:
        """What to ask now; None while there is nothing to answer."""
        return self.listed(self.choices())

    def answer(self, text: str) -> e.Event | None:
        """What an answer leads to; None where the question is to be asked again."""
        return self.chosen(text, self.choices())

    def confide(self, secret: Secret) -> e.Event | None:
        """What a secret leads to; whoever does not send it wipes it."""
        secret.wipe()
        return None

    def tick(self) -> None:
        """A second has gone by, or less: say what only the time changes."""

    def waiting(self) -> str:
        """What is waited for, said again and again; empty where the person is waited for."""
        return busy_words(self.state.busy) if self.state.busy else ""

    def back(self) -> e.Event | None:
        """`<`."""
        if e.BackPressed in JOURNEY[self.state.step]:
            return e.BackPressed()
        self.talk.say(_("这一步不能返回。"))
        return None

    # ── for subclasses to use ───────────────────────────────────────────────
    def say_facts(self, facts: tuple[Fact, ...]) -> None:
        """One line each."""
        self.talk.say(*(_("{label}：{value}").format(label=fact.label, value=fact.value) for fact in facts))

    def sure(self, question: str, yes: str, event: e.Event) -> None:
        """Ask once more; what is not confirmed does not happen."""
        self._sure = question, yes, event

    def listed(self, choices: tuple[Choice, ...], words: str = "") -> Question | None:
        """The question that a list of choices is, with 重试 after a failure."""
        choices = (*choices, *self._more())
        if not choices and not self.ends:
            return None
        number = _("请输入数字")
        ask = words or number
        if self.default is not None and self.default <= len(choices):
            ask = _("{question} [{default}]").format(question=ask, default=self.default)
        return Question(_("{question}：").format(question=ask), tuple(c.words for c in choices), self.ends)

    def chosen(self, text: str, choices: tuple[Choice, ...]) -> e.Event | None:
        """What the number that was typed does."""
        choices = (*choices, *self._more())
        if text == END and self.ends:
            return self.end()
        at = self.default if not text else int(text) if text.isascii() and text.isdecimal() and len(text) < 4 else None
        if at is not None and 0 < at <= len(choices):
            return choices[at - 1].act()
        self.talk.say(_("请从上面的数字中选一个。"))
        return None

    @property
    def ends(self) -> str:
        """What 0 is called."""
        return "" if self.state.token_working else _("结束办理")

    def end(self) -> e.Event | None:
        """0: leave, asked once more."""
        question = _("结束本次办理？已提交的申请保存在续期服务中，可随时在任何一台终端继续办理。")
        self.sure(question, _("结束办理"), e.Abandoned())
        return None

    def _more(self) -> tuple[Choice, ...]:
        again = self.state.failure is not None and self.retries
        return (Choice(_("重试"), e.Retried),) if again else ()

    @property
    def retries(self) -> bool:
        """Whether 重试 helps after a failure here."""
        return e.Retried in JOURNEY[self.state.step]

    # ── for the session ─────────────────────────────────────────────────────
    def begin(self) -> None:
        """Name the step, say its failure, and what it is about."""
        step, stage = self.state.step, self.state.step.stage
        title = label(step)
        if stage and step is not Step.WAITING:
            title = _("第{stage}步，共8步：{title}").format(stage=stage, title=title)
        self.talk.say("", title)
        self._say_failure()
        self.open()

    def present(self, state: State) -> None:
        """The state as it now is, at the same step."""
        before, self.state = self.state, state
        if state.failure is not before.failure:
            self._say_failure()
            self._sure = None
        self.seen(before)

    def asked(self) -> Question | None:
        """What to ask, a second question before all others."""
        if self._sure is None:
            return self.question() if self.state.busy is None else None
        question, yes, _event = self._sure
        return Question(_("{question}：").format(question=question), (_("返回"), yes))

    def take(self, text: str) -> e.Event | None:
        """What a line leads to: a command of every step, the second answer, or the step's own."""
        word = half_width(text)
        if word.casefold() in HELP:
            self.say_help()
        elif self._sure is not None:
            return self._second(word)
        elif word.casefold() in BACK:
            return self.back()
        else:
            return self.answer(text if self.question_is_open else word)
        return None

    question_is_open: ClassVar[bool] = False
    """An answer is text, to be taken as it was typed."""

    def say_help(self) -> None:
        """`?`."""
        self.talk.say(*_(self.help).split("\n\n"), _(KEYS), call(self.state.service))

    def _second(self, word: str) -> e.Event | None:
        assert self._sure is not None  # noqa: S101 - the caller has looked
        _question, _yes, event = self._sure
        if word not in {"1", "2", *BACK}:
            self.talk.say(_("请从上面的数字中选一个。"))
            return None
        self._sure = None
        return event if word == "2" else None

    def _say_failure(self) -> None:
        failure = self.state.failure
        if failure is None:
            return
        words = explain(failure, self.state.money, self.state.service)
        self.talk.say(_("注意：{happened}").format(happened=printable(words.happened)), *words.lines)

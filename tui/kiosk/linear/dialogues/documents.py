"""The texts that are read before one agrees: 供应商须知 and the agreement, page by page or whole."""

import abc

from tui.core.order import Document
from tui.core.text_safety import paragraphs, printable
from tui.journey import events as e
from tui.journey.state import State
from tui.kiosk.linear.dialogue import Choice, Dialogue, Question, Talk
from tui.kiosk.text import N_, _
from tui.kiosk.text.translated import is_translated, reading
from tui.kiosk.text.wrapping import wrapped

LEAST_ROWS = 8
"""Of a page, however low the terminal is."""


class Reading(Dialogue, abc.ABC):
    """One text, and the question at its end."""

    def __init__(self, state: State, talk: Talk) -> None:
        super().__init__(state, talk)
        self._pages: list[list[str]] = []
        self._read = 0
        """Pages that were said."""
        self._original = False
        """The Chinese is read, though there is a translation."""

    @abc.abstractmethod
    def text(self) -> Document | None:
        """What is read here."""

    @abc.abstractmethod
    def consent(self) -> str:
        """What is agreed to at the end, in words."""

    @abc.abstractmethod
    def agree(self) -> e.Event:
        """The event that this is."""

    def open(self) -> None:
        """The first page, if the text is there."""
        if (document := self.text()) is not None:
            columns, rows = self.talk.size
            lines = [
                part
                for line in paragraphs(reading(document, original=self._original)).split("\n")
                for part in wrapped(line, columns)
            ]
            height = max(rows - 3, LEAST_ROWS) if rows else len(lines)
            self._pages = [lines[at : at + height] for at in range(0, len(lines), height)]
            self._read = 0
            self._turn()

    def seen(self, before: State) -> None:
        """The text has come, or another version of it."""
        document = self.text()
        if document is not None and (not self._pages or document is not self._text_of(before)):
            self.open()

    def choices(self) -> tuple[Choice, ...]:
        """The consent is a number of its own, and no empty line gives it."""
        if not self._pages:
            return ()
        listed = [Choice(self.consent(), self.agree), Choice(_("从头再读一遍"), self._again)]
        if is_translated(self.text()):
            listed.append(Choice(_("读译文") if self._original else _("读中文文本"), self._other))
        return tuple(listed)

    def question(self) -> Question | None:
        """The next page, or the consent."""
        if self._read < len(self._pages):
            words = _("第{page}页，共{pages}页。按回车看下一页，输入1一次读完：")
            return Question(words.format(page=self._read, pages=len(self._pages)))
        return super().question()

    def answer(self, text: str) -> e.Event | None:
        """Turn the page, or agree."""
        if self._read >= len(self._pages):
            return super().answer(text)
        if text in ("", "1"):
            self._turn(whole=text == "1")
            return None
        return self.chosen(text, ())

    def _text_of(self, state: State) -> Document | None:
        kept, self.state = self.state, state
        try:
            return self.text()
        finally:
            self.state = kept

    def _again(self) -> None:
        self._read = 0
        self._turn()

    def _other(self) -> None:
        self._original = not self._original
        self.open()

    def _turn(self, whole: bool = False) -> None:
        until = len(self._pages) if whole else self._read + 1
        for page in self._pages[self._read : until]:
            self.talk.say(*page)
        self._read = until


class Notice(Reading):
    """供应商须知."""

    help = N_("请读完须知全文，读到最后选择「同意并继续」。")

    def text(self) -> Document | None:
        """The notice."""
        return self.state.notice

    def consent(self) -> str:
        """The screen's button."""
        return _("同意并继续")

    def agree(self) -> e.Event:
        """同意并继续."""
        return e.NoticeAccepted()


class Agreement(Reading):
    """网证通电子认证服务协议."""

    help = N_("请通读协议，读到最后选择「我接受电子认证服务协议内容」。协议有新版本时会再次显示，请重新阅读。")

    def text(self) -> Document | None:
        """The agreement."""
        return self.state.agreement

    def open(self) -> None:
        """Which text this is, first."""
        if (agreement := self.state.agreement) is not None:
            self.talk.say(
                _("版本：{version}").format(version=printable(agreement.version, 20)),
                f"SHA-256 {printable(agreement.digest, 64)}",
            )
        super().open()

    def consent(self) -> str:
        """The tick and the button in one."""
        return _("我接受电子认证服务协议内容")

    def agree(self) -> e.Event:
        """Ticked and 下一步."""
        return e.AgreementAccepted()

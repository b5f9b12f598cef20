"""What stands beside the steps: 我的证书, 环境检测, the CA that is awaited, and why there is no way on."""

from collections.abc import Iterator
from functools import partial

from tui.core.certificate import refer
from tui.core.eligibility import why_empty
from tui.core.failure import Failure
from tui.journey import events as e
from tui.journey.moves.arrival import may_be_paid
from tui.journey.moves.pin_change import changeable
from tui.journey.state import State
from tui.kiosk.linear.dialogue import Choice, Dialogue
from tui.kiosk.text import N_, _
from tui.kiosk.text.certificate import Fact, facts, refused_facts, token_name
from tui.kiosk.text.checks import HELP, lines
from tui.kiosk.text.ladder import none_seen
from tui.kiosk.text.token_awaited import HELP as AWAITED
from tui.kiosk.text.token_awaited import also, headline, sought, what_then
from tui.kiosk.text.wording import call, explain, names_whom_to_call


class Certificates(Dialogue):
    """我的证书, told anew at every plug and unplug."""

    help = N_("这里列出所有已插入CA中的证书和有效期，不需要CA密码。")
    default = 1

    def open(self) -> None:
        """Token by token."""
        state = self.state
        if not state.tokens:
            self.talk.say(none_seen(state))
        for token in state.tokens:
            self.talk.say(token_name(token))
            if reason := why_empty(token):
                self.talk.say(explain(Failure(reason), state.money).happened)
            for certificate in token.certificates if state.now else ():
                assert state.now is not None  # noqa: S101 - looked at above
                self.say_facts(facts(certificate, state.now, state.window))

    def seen(self, before: State) -> None:
        """Tokens came or went."""
        if self.state.tokens != before.tokens:
            self.open()

    def choices(self) -> tuple[Choice, ...]:
        """Back, another PIN for the only CA that is in, and each certificate's details."""
        back = Choice(_("返回"), e.BackPressed)
        return (back, *_pin_change(self.state), *_details(self.state))


def _details(state: State) -> Iterator[Choice]:
    for token in state.tokens:
        for certificate in token.certificates:
            words = _("证书详情：{name}").format(name=certificate.name or certificate.label or _("没有标签"))
            yield Choice(words, partial(e.DetailsOpened, refer(token, certificate)))


def _pin_change(state: State) -> tuple[Choice, ...]:
    return (Choice(_("修改CA密码"), e.PinChangeOpened),) if changeable(state) else ()


class SelfCheck(Dialogue):
    """环境检测: an item a line, in words."""

    help = HELP
    default = 1

    def seen(self, before: State) -> None:
        """It has run."""
        for line in lines(self.state, veiled=False) if self.state.checks is not before.checks else ():
            self.talk.say(f"{line.item}  {line.result}  {line.detail}".rstrip())
            if line.remedy is not None:
                self.talk.say(line.remedy.happened, *filter(None, (line.remedy.advice, line.remedy.call)))

    def choices(self) -> tuple[Choice, ...]:
        """Back, or once more."""
        return Choice(_("返回"), e.BackPressed), Choice(_("重新检测"), e.Retried)


class TokenAwaited(Dialogue):
    """The same CA must be put back; goes on by itself then."""

    help = AWAITED

    def open(self) -> None:
        """Which CA, and what happens then."""
        self._tell()
        if (chosen := self.state.chosen) is not None:
            self.say_facts(sought(chosen, veiled=False))

    def seen(self, before: State) -> None:
        """Another CA came, or went, or what keeps this one from being seen."""
        if _about(self.state) != _about(before):
            self._tell()

    def choices(self) -> tuple[Choice, ...]:
        """The act is to put the CA back."""
        return Choice(_("取消"), e.BackPressed), Choice(_("环境检测"), e.SelfCheckOpened)

    def _tell(self) -> None:
        self.talk.say(*_about(self.state))


class Refused(Dialogue):
    """Why there is no way on, which certificate it is about, and the way out."""

    help = N_("上面写明了原因和办法。拔出CA或选「返回首页」结束。需要帮助请联系客服。")

    def open(self) -> None:
        """The certificate; the reason is said already, mostly with the hotline."""
        state, rows = self.state, tuple[Fact, ...]()
        if state.holder is not None and state.now is not None:
            rows = refused_facts(state.holder[1], state.now, state.window)
        if state.application is not None:
            rows = (*rows, Fact(_("业务单号"), state.application.business_no))
        if not names_whom_to_call(state.failure):
            rows = (*rows, Fact(_("咨询"), call(state.service)))
        self.say_facts(rows)

    def choices(self) -> tuple[Choice, ...]:
        """Home, and on where a paid renewal may wait."""
        listed = [Choice(_("返回首页"), e.BackPressed), Choice(_("环境检测"), e.SelfCheckOpened)]
        if may_be_paid(self.state):
            listed.append(Choice(_("继续已付款的申请"), e.RenewalRequested))
        return (*listed, *_pin_change(self.state))

    def end(self) -> e.Event:
        """Nothing is left to be asked."""
        return e.Abandoned()


def _about(state: State) -> tuple[str, ...]:
    return headline(state), what_then(state), *also(state)

"""Steps 1 and 2: the CA, which certificate, sign-in, the certificate's facts."""

from functools import partial

from tui.core.failure import Failure, Reason
from tui.core.secret import Password, Secret
from tui.core.text_safety import mask, printable
from tui.journey import events as e
from tui.journey.moves.arrival import under_way
from tui.journey.renewable import in_trouble, renewable, young_successor
from tui.journey.state import State
from tui.kiosk.linear.dialogue import Choice, Dialogue, Question
from tui.kiosk.text import N_, _
from tui.kiosk.text.bill import application_words
from tui.kiosk.text.certificate import facts, kept_words, row, short_facts, token_name
from tui.kiosk.text.dates import day
from tui.kiosk.text.ladder import remedy, rung_words, rungs_of, standing_words
from tui.kiosk.text.token_awaited import why_again
from tui.kiosk.text.wording import demo_words, desk_words, explain, field_message


class Waiting(Dialogue):
    """What is inserted, told at every change, and 开始办理."""

    help = N_("请将CA插入USB接口。证书在有效期内、并且到了可续期的时间，就可以开始办理。全程约10分钟。")
    default = 1

    def open(self) -> None:
        """The demo's passwords, then what is inserted."""
        if self.talk.phone is not None:
            self.talk.say(demo_words(self.talk.phone))
        self._tell()

    def seen(self, before: State) -> None:
        """Tokens came or went, or the desk."""
        now = self.state
        sought = in_trouble(now) and not in_trouble(before)
        if now.snapshot is not None and (_seen(before) != _seen(now) or sought):
            self._tell()
        elif now.desk_reachable is not before.desk_reachable and before.desk_reachable is not None:
            self.talk.say(desk_words(now))

    def waiting(self) -> str:
        """The drivers' first look."""
        return _("正在读取CA") if self.state.snapshot is None else super().waiting()

    def choices(self) -> tuple[Choice, ...]:
        """Nothing before the first look."""
        state = self.state
        if state.snapshot is None:
            return ()
        listed = [Choice(_("开始办理"), e.Started), Choice(_("我的证书"), e.CertificatesOpened)]
        if state.veiled is not None and renewable(state) == ():
            listed.append(Choice(_("输入CA密码查看"), e.LookChosen))
        listed.append(Choice(_("环境检测"), e.SelfCheckOpened))
        if renewable(state) and young_successor(state) is not None:
            listed.append(Choice(_("查看或继续上次续期"), e.RenewalRequested))
        return tuple(listed)

    def question(self) -> Question | None:
        """Nothing before the first look."""
        return super().question() if self.state.snapshot is not None else None

    @property
    def ends(self) -> str:
        """Nothing has begun."""
        return _("退出")

    def end(self) -> e.Event:
        """Without a second question."""
        return e.Abandoned()

    def _tell(self) -> None:
        state = self.state
        if state.snapshot is None:
            self.talk.say(_("正在读取CA"))
            return
        if not state.tokens:
            if in_trouble(state):
                self._tell_ladder()
            self.talk.say(_("请插入CA证书U盘"))
            return
        for token in state.tokens:
            self.talk.say(token_name(token))
            if token.fault:
                self.talk.say(explain(Failure(Reason.TOKEN_FAULT), state.money).happened)
            for certificate in token.certificates if state.now else ():
                assert state.now is not None  # noqa: S101 - looked at above
                lone = certificate.for_signing and certificate.renewed_until is None
                self.say_facts(
                    short_facts(certificate, state.now, state.window)
                    if lone
                    else (row(certificate, state.now, state.window),)
                )
        if in_trouble(state):
            self.talk.say(_("已插入CA，目前不能续期"))
            self._tell_ladder()
        else:
            self.talk.say(self._verdict())

    def _tell_ladder(self) -> None:
        """How far what is inserted gets, a rung a line, and what mends the first that fails."""
        for seen in rungs_of(self.state):
            self.talk.say(_("{label}：{value}").format(label=rung_words(seen), value=standing_words(seen)))
            if (words := remedy(seen, self.state)) is not None:
                self.talk.say(words.happened, *words.lines)

    def _verdict(self) -> str:
        state, now = self.state, self.state.now
        held = [certificate for token in state.tokens for certificate in token.certificates]
        if any(map(state.is_renewable, held)):
            return _("已插入CA，可以办理续期")
        if now and any(c.renewed_until is not None and now <= c.renewed_until for c in held):
            return _("已插入CA，证书已续期")
        return _("已插入CA，目前不能续期")


def _seen(state: State) -> object:
    """What there is to be told of; a reader that comes before its token is no news, one that cannot be used is."""
    seen = state.snapshot
    return (seen.tokens, seen.faults, seen.readers if seen.readers.blind else None) if seen else None


class Choosing(Dialogue):
    """Several certificates could be renewed."""

    help = N_("插入的CA中有多张证书可以续期，一次办理一张。")

    def choices(self) -> tuple[Choice, ...]:
        """One each, in a line."""
        state = self.state
        if state.now is None:
            return ()
        found = []
        for token, certificate in renewable(state):
            told = short_facts(certificate, state.now, state.window)
            words = _("，").join((token_name(token), *(fact.value for fact in told)))
            found.append(Choice(words, partial(e.CertificateChosen, certificate.fingerprint)))
        return tuple(found)


class SignIn(Dialogue):
    """Account, then password."""

    help = N_(
        "请使用申请CA时的财智云账号登录，其他账号不能为这个CA办理续期。\n\n"
        "密码连续输错多次，账号会暂时锁定，到时自动解锁。忘记密码请在财智云系统中找回。\n\n"
        "账号和密码只用于本次办理，不会保存在本终端。"
    )
    question_is_open = True

    def open(self) -> None:
        """Which certificate, and whose account."""
        state = self.state
        self._account = ""
        if state.holder is not None:
            certificate = state.holder[1]
            self.talk.say(_("证书：{name}，{day}到期").format(name=certificate.name, day=day(certificate.not_after)))
        if state.covered:
            self.talk.say(why_again(state))
            self.talk.say(_("账号：{account}").format(account=mask(printable(state.account, 64))))
            self._account = state.account
        else:
            self.talk.say(_("请务必使用申请CA时的账号登录。"))

    def seen(self, before: State) -> None:
        """After a refusal all is asked anew, the account with what was typed."""
        if self.state.failure is not None and not self.state.covered:
            self._account = ""

    def question(self) -> Question:
        """The account first."""
        if self._account:
            return Question(_("密码（不显示）："), secret=Password)
        known = printable(self.state.account, 64)
        return Question(_("账号 [{known}]：").format(known=known) if known else _("账号："))

    def answer(self, text: str) -> None:
        """The account; the desk judges it with the password."""
        self._account = printable(text, 64) or printable(self.state.account, 64)
        if not self._account:
            self.talk.say(field_message("required"))

    def confide(self, secret: Secret) -> e.Event | None:
        """The password."""
        if not secret or not isinstance(secret, Password):
            secret.wipe()
            self.talk.say(field_message("required"))
            return None
        return e.SignInSubmitted(self._account, secret.take())

    def back(self) -> e.Event | None:
        """From the password to the account."""
        if self._account and not self.state.covered:
            self._account = ""
            return None
        return super().back()


class Card(Dialogue):
    """The certificate's facts; 申请续期, or 继续办理 what is under way."""

    help = N_(
        "请核对证书主题和有效期。新证书的有效期从原到期日起顺延，提前办理不会损失天数。\n\n"
        "如果这张证书已有办理中的申请，按「继续办理」接着原来的步骤进行，不需要重新填写，也不会重复收费。"
    )
    default = 1

    def open(self) -> None:
        """The certificate."""
        state = self.state
        if state.holder is not None and state.now is not None:
            token, certificate = state.holder
            self.say_facts(facts(certificate, state.now, state.window))
            if kept := kept_words(token, certificate):
                self.talk.say(kept)
        self._tell_application()

    def seen(self, before: State) -> None:
        """The desk has answered."""
        if self.state.offer is not before.offer:
            self._tell_application()

    def choices(self) -> tuple[Choice, ...]:
        """On, once the desk has answered."""
        if self.state.offer is None:
            return ()
        words = _("继续办理") if under_way(self.state) else _("申请续期")
        return Choice(words, e.RenewalRequested), Choice(_("我的证书"), e.CertificatesOpened)

    def _tell_application(self) -> None:
        if (application := under_way(self.state)) is not None:
            self.talk.say(_("已有一笔办理中的申请，可以接着办理"), application_words(application))

"""Step 7: the payment code as an address and, where the terminal can show one, at a wish as a picture of letters."""

from tui.core.order import SHOWN_ATTEMPT, UNCREDITED_ATTEMPT, Attempt, AttemptState, yuan
from tui.core.text_safety import printable
from tui.journey import events as e
from tui.journey.ports import Phone
from tui.journey.state import State
from tui.kiosk.elapsed import elapsed
from tui.kiosk.linear.dialogue import Choice, Dialogue, Question
from tui.kiosk.linear.picture import picture, quiet_zone
from tui.kiosk.matrix import drawable
from tui.kiosk.text import N_, _, proper
from tui.kiosk.text.certificate import Fact
from tui.kiosk.text.labels import label
from tui.kiosk.text.money_came import NOT_AGAIN, UNDER_REVIEW, what_now
from tui.kiosk.text.translated import english_name
from tui.kiosk.text.wording import call, desk_words, refund_words


class Scanning(Dialogue):
    """Goes on by itself when the money arrives; tells every state of the attempt."""

    help = N_(
        "用手机扫描二维码，或在手机上打开付款链接付款。收到款项后自动继续，也可以选「支付成功」立即查询。"
        "\n\n二维码过期后请选「新二维码」。如果重复付款，多付的款项会自动退回。"
        "\n\n「更换支付方式」会先结束这笔支付；已经付款的不会丢失。"
    )

    def open(self) -> None:
        """The attempt as it now is."""
        self._until = 0.0
        self._looking = False
        """A picture of the code stands on the screen."""
        self._over = False
        self._tell(self.state)

    def seen(self, before: State) -> None:
        """Another code, another state, or no desk."""
        was, now = _attempt(before), _attempt(self.state)
        if now is None:
            return
        if was is None or (was.attempt_no, was.qr) != (now.attempt_no, now.qr):
            self._tell(self.state)
            return
        if was.expires_in != now.expires_in:
            self._until = elapsed() + now.expires_in
        if was.state is not now.state:
            self._looking = False
            self.talk.say(label(now.state))
            self._tell_end(now)
        if before.desk_reachable is not self.state.desk_reachable:
            self.talk.say(desk_words(self.state))

    def tick(self) -> None:
        """The code's time is over: said once."""
        attempt = _attempt(self.state)
        if not self._over and attempt is not None and not self._scannable():
            self._over, self._looking = True, False
            if attempt.state not in UNCREDITED_ATTEMPT:
                self.talk.say(_("二维码已过期，没有付款请选「新二维码」；如已付款，请选「支付成功」。"))

    def question(self) -> Question | None:
        """One line below a picture, which would scroll away above a list."""
        if self._looking:
            return Question(_("请用手机扫描上面的二维码，付款后自动继续；按回车返回选项："))
        return super().question()

    def answer(self, text: str) -> e.Event | None:
        """Away from the picture, or one of the list."""
        if not self._looking:
            return super().answer(text)
        self._looking = False
        return None

    def waiting(self) -> str:
        """The time that is left; nothing below a picture."""
        if self.state.busy is not None:
            return super().waiting()
        if self._looking or not self._scannable():
            return ""
        left = max(0, round(self._until - elapsed()))
        return _("正在等待付款，还剩{minutes}分{seconds}秒").format(minutes=left // 60, seconds=left % 60)

    def choices(self) -> tuple[Choice, ...]:
        """支付成功 also after the code is over; no second payment while the first is frozen."""
        attempt = _attempt(self.state)
        if attempt is None:
            return ()
        frozen = self.state.application is not None and self.state.application.is_frozen
        listed = [Choice(_("支付成功"), e.PaymentClaimed)]
        if self._scannable() and drawable(attempt.qr):
            listed.append(Choice(_("再显示一次付款链接"), lambda: self._show(attempt)))
            if quiet_zone(attempt.qr, *self.talk.canvas) is not None:
                listed.append(Choice(_("显示二维码"), lambda: self._draw(attempt)))
                swapped = Choice(
                    _("黑白对调显示二维码，手机扫不出时用"), lambda: self._draw(attempt, light_ground=True)
                )
                listed.append(swapped)
            if (phone := self.talk.phone) is not None:
                listed.append(Choice(_("演示付款"), lambda: self.talk.aside(lambda: _paid(phone, attempt.qr))))
        if frozen:
            return ()
        if not self._scannable():
            listed.append(Choice(_("新二维码"), e.QrRenewed))
        return *listed, Choice(_("更换支付方式"), e.BackPressed)

    @property
    def retries(self) -> bool:
        """The code is looked at all the time."""
        return False

    def _scannable(self) -> bool:
        attempt = _attempt(self.state)
        return attempt is not None and attempt.state in SHOWN_ATTEMPT and self._until > elapsed()

    def _tell(self, state: State) -> None:
        application, attempt = state.application, _attempt(state)
        if application is None or attempt is None:
            return
        self._until, self._over, self._looking = elapsed() + attempt.expires_in, False, False
        order_no = application.order.order_no if application.order else ""
        english = english_name(attempt.payee, state.service)
        self.say_facts(
            (
                Fact(_("金额"), yuan(attempt.amount_fen)),
                Fact(_("收款方"), printable(attempt.payee, 60)),
                *((Fact(_("收款方译名"), english),) if english else ()),
                Fact(_("业务单号"), application.business_no),
                Fact(_("订单编号"), order_no),
            )
        )
        self._tell_end(attempt)
        if self._scannable():
            self._show(attempt)

    def _tell_end(self, attempt: Attempt) -> None:
        if attempt.state in UNCREDITED_ATTEMPT:
            service, refunded = self.state.service, refund_words(self.state.application)
            if attempt.state is AttemptState.FROZEN:
                self.talk.say(_(NOT_AGAIN), _(UNDER_REVIEW), refunded, *what_now(service))
            else:
                self.talk.say(_("这笔付款没有入账。"), refunded, call(service))

    def _draw(self, attempt: Attempt, *, light_ground: bool = False) -> None:
        self.talk.draw(*picture(attempt.qr, *self.talk.canvas, light_ground=light_ground))
        self._looking = True

    def _show(self, attempt: Attempt) -> None:
        if not drawable(attempt.qr):
            self.talk.say(_("这个二维码无法显示。") if attempt.qr else _("正在获取二维码，请稍候。"))
            return
        self.talk.say(_("请用{wallet}扫码付款").format(wallet=proper(attempt.method.wallet)))
        self.talk.say(_("付款链接（手机上也可以直接打开）："))
        self.talk.draw(attempt.qr)
        self.talk.say(_("付款后自动继续。"))


def _attempt(state: State) -> Attempt | None:
    return state.application.attempt if state.application else None


def _paid(phone: Phone, payload: str) -> str:
    """The demo's phone pays; blocks."""
    import asyncio

    async def attempt() -> bool:
        [trouble] = await asyncio.gather(phone.pay(payload), return_exceptions=True)
        return trouble is None

    return _("演示手机已付款。") if asyncio.run(attempt()) else _("演示手机付款没有成功。")

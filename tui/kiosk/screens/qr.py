"""Step 7: the QR code, beside everything one must know while paying; moves on by itself when the money arrives."""

from collections.abc import Iterable
from dataclasses import replace

from textual import on
from textual.containers import Center, Horizontal, Vertical
from textual.content import Content
from textual.events import Resize
from textual.geometry import Size
from textual.widget import Widget
from textual.widgets import Static

from tui.core.order import SHOWN_ATTEMPT, UNCREDITED_ATTEMPT, Application, Attempt, AttemptState, ServiceStatus, yuan
from tui.journey.events import PaymentClaimed, QrRenewed
from tui.journey.ports import Phone
from tui.journey.state import State
from tui.kiosk.matrix import drawable
from tui.kiosk.screens.base import StepScreen, style
from tui.kiosk.screens.keys import BACK, END, PHONE, RETRY
from tui.kiosk.text import N_, _
from tui.kiosk.text.labels import label
from tui.kiosk.text.money_came import NOT_AGAIN
from tui.kiosk.text.payment_code import frozen, instead, news, next_act, undrawable
from tui.kiosk.text.translated import english_name
from tui.kiosk.widgets.action import ActionButton
from tui.kiosk.widgets.code_room import PANEL
from tui.kiosk.widgets.countdown import Countdown
from tui.kiosk.widgets.facts import Fact, table
from tui.kiosk.widgets.figures import Figures, drawn
from tui.kiosk.widgets.qr import QrCode
from tui.kiosk.widgets.words import Words


class QrScreen(StepScreen):
    """Code left, once it is over a new one in its place; amount, payee, numbers, time left, state and acts right."""

    CSS_PATH = style("qr.tcss")
    heading = N_("扫码支付")
    help_text = N_(
        "用手机扫描二维码付款。收到款项后本页自动继续，也可以按「支付成功」立即查询。"
        "\n\n二维码过期后请按「新二维码」。如果重复付款，多付的款项会自动退回。"
        "\n\n「更换支付方式」会先结束这笔支付；已经付款的不会丢失。"
    )
    keys = (
        BACK.called(N_("更换支付方式")),
        RETRY.called(N_("新二维码")),
        PHONE,
        END,
    )
    when_idle = StepScreen.when_idle | {"back"}
    compact = True

    def __init__(self) -> None:
        super().__init__()
        self._attempt: Attempt | None = None
        self._drawn: tuple[State, bool] | None = None
        self._places: dict[Size, int] = {}
        """Columns of the code that was shown, by the window's size: what follows it there keeps them."""

    def compose_body(self) -> Iterable[Widget]:
        """Code and panel."""
        yield Horizontal(
            QrCode(beside=PANEL, id="code"),
            Vertical(
                Words(id="instead"),
                Center(ActionButton(_("新二维码"), "retry", primary=True, id="renew")),
                id="no-code",
            ),
            Vertical(Vertical(*self._panel(), id="panel"), id="side"),
            id="paying",
        )

    def _panel(self) -> Iterable[Widget]:
        yield Words(id="scan-with")
        yield Words(id="amount")
        yield Words(id="numbers")
        yield Vertical(
            Words(id="live"),
            Horizontal(Static(Content(_("剩余时间  ")), classes="hint"), Countdown(id="left"), id="time-left"),
            id="now",
        )
        yield Words(id="news")
        yield Horizontal(
            ActionButton(_("支付成功"), "claim", id="claim"),
            ActionButton(_("更换支付方式"), "back", id="change"),
            ActionButton(_("结束办理"), "end", primary=True, id="end"),
            id="acts",
        )

    def focus_target(self, state: State) -> str:
        """The new code, or the other method; the way out while a person must look at the money.

        While a code is to be scanned the act is the phone's: no button stands there lit, saying that the money came.
        """
        if frozen(state):
            return "#end"
        if self.offers("retry", state):
            return "#renew"
        return "#change" if undrawable(state) else ""

    # ── state in ────────────────────────────────────────────────────────────
    def show(self, state: State) -> None:
        """Draw the attempt as it now is; an observation with nothing new but the time restarts the countdown only."""
        application = state.application
        attempt = application.attempt if application else None
        if application is None or attempt is None:
            return
        if attempt != self._attempt:
            self._attempt = attempt
            self.query_one(Countdown).start(attempt.expires_in)
        timeless = replace(state, application=replace(application, attempt=replace(attempt, expires_in=0)))
        if (drawn := (timeless, self._scannable(state))) == self._drawn:
            return
        self._drawn = drawn
        self._show_code(state, attempt)
        self.query_one("#numbers", Static).update(_numbers(application, attempt, state.service))
        self.set_class(bool(_translated(attempt, state.service)), "-translated")
        self._show_live(state, attempt)
        for button in self.query(ActionButton):
            button.disabled = state.busy is not None
        if self.focused is not None and not self.focused.display:
            self.focus_next_act()

    def on_resize(self, _: Resize) -> None:
        """The code of another window had other room."""
        self._fit_sheet()

    def left(self) -> None:
        """No code stays behind."""
        self.query_one(QrCode).show("")
        self.query_one(Countdown).stop()
        self._attempt = self._drawn = None
        self._places.clear()

    def offers(self, action: str, state: State) -> bool:
        """支付成功 also after the code is over, then a new code too; no second payment while the first is frozen."""
        match action:
            case "claim":
                return not undrawable(state)
            case "retry":
                return not self._scannable(state) and not frozen(state)
            case "back":
                return super().offers(action, state) and not frozen(state)
            case "phone":
                return self._phone is not None and self._scannable(state)
            case _:
                return super().offers(action, state)

    def _scannable(self, state: State) -> bool:
        attempt = state.application.attempt if state.application else None
        if attempt is None or attempt.state not in SHOWN_ATTEMPT:
            return False
        return self.query_one(Countdown).left > 0 if attempt == self._attempt else attempt.expires_in > 0

    def _show_code(self, state: State, attempt: Attempt) -> None:
        scannable = self._scannable(state)
        code = self.query_one(QrCode)
        if code.display and code.drawing is not None:
            self._places[self.app.size] = code.drawing.size.width
        code.show(attempt.qr if scannable else "")
        code.display = scannable and drawable(attempt.qr)
        self.query_one("#no-code").display = not code.display
        self._fit_sheet()
        not_again = Content.styled(f" {_(NOT_AGAIN)} ", "$ink on $good") if frozen(state) else Content()
        told = filter(None, (not_again, Content(instead(state, attempt, scannable))))
        self.query_one("#instead", Static).update(Content("\n\n").join(told).stylize("bold"))
        self.query_one("#claim").display = self.offers("claim", state) and not frozen(state)
        self.query_one("#renew").display = self.offers("retry", state)
        self.query_one("#change").display = self.offers("back", state)
        self.query_one("#end").display = frozen(state)
        self.query_one("#scan-with", Static).update(
            Content.styled(next_act(state, attempt, scannable), "bold $secondary")
        )
        amount = self.query_one("#amount", Static)
        amount.display = not frozen(state)
        amount.update(drawn(yuan(attempt.amount_fen), ""))

    def _fit_sheet(self) -> None:
        self.query_one("#no-code").styles.width = self._places.get(self.app.size)

    def _show_live(self, state: State, attempt: Attempt) -> None:
        scannable = self._scannable(state)
        if undrawable(state):
            words = _("二维码无法显示")
        else:
            words = label(attempt.state) if scannable or attempt.state in UNCREDITED_ATTEMPT else _("二维码已过期")
        self.query_one("#live", Static).update(Content.styled(words, "bold"))
        self.query_one("#time-left").display = scannable and not undrawable(state)
        now = self.query_one("#now")
        now.set_class(scannable and attempt.state is AttemptState.SCANNED, "-scanned")
        now.set_class(state.failure is not None or not scannable, "-brief")
        self.query_one("#news", Static).update(Content(news(state, scannable)))

    @on(Countdown.Over)
    def _over(self) -> None:
        """The code ran out: it vanishes and a new one is offered."""
        self.present(self.state, entering=False)
        self.focus_next_act()

    # ── events out ──────────────────────────────────────────────────────────
    def action_claim(self) -> None:
        """支付成功: asked at once."""
        self.advance(PaymentClaimed())

    def action_retry(self) -> None:
        """新二维码."""
        self.advance(QrRenewed())

    def action_phone(self) -> None:
        """演示手机付款; the work belongs to the app, not to this screen."""
        attempt = self.state.application.attempt if self.state.application else None
        if self._phone is not None and attempt is not None and attempt.qr:
            self.app.run_worker(self._phone.pay(attempt.qr), group="phone", exclusive=True, exit_on_error=False)

    @property
    def _phone(self) -> Phone | None:
        phone: Phone | None = getattr(self.app, "phone", None)
        return phone


def _numbers(application: Application, attempt: Attempt, service: ServiceStatus | None) -> Content:
    order_no = application.order.order_no if application.order else ""
    return table(
        (
            Fact(_("业务单号"), application.business_no, "bold"),
            Fact(_("订单编号"), order_no, "bold"),
            *_amount(application, attempt),
            Fact(_("收款方"), attempt.payee, "bold"),
            *_translated(attempt, service),
        ),
        PANEL,
    )


def _amount(application: Application, attempt: Attempt) -> tuple[Fact, ...]:
    """Below its figures, which are no words; of frozen money nothing is due."""
    amount = yuan(attempt.amount_fen)
    if application.is_frozen:
        return (Fact(_("业务费用"), amount, "bold"),)
    return (Fact(_("应付金额"), amount, "bold"),) if Figures.half_blocks else ()


def _translated(attempt: Attempt, service: ServiceStatus | None) -> tuple[Fact, ...]:
    """The payee in English: the wallet shows the Chinese."""
    english = english_name(attempt.payee, service)
    return (Fact(_("收款方译名"), english),) if english else ()

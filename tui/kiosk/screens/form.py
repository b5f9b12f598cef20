"""Step 4: 网证通数字证书续期申请表."""

from collections.abc import Iterable

from rich.cells import cell_len
from textual import on
from textual.containers import Horizontal
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from tui.core.application import check, normalise
from tui.core.form.fields import ApplicationForm
from tui.core.form.kinds import FieldErrors, IdType
from tui.core.order import Term, yuan
from tui.core.text_safety import printable
from tui.journey.events import FormEdited, FormSubmitted
from tui.journey.state import State
from tui.kiosk.screens.base import style
from tui.kiosk.screens.keys import BACK, END, RETRY
from tui.kiosk.screens.typed import TypedScreen
from tui.kiosk.text import N_, _
from tui.kiosk.text.bill import term_words
from tui.kiosk.text.dates import day
from tui.kiosk.text.labels import label
from tui.kiosk.widgets.action import ActionButton
from tui.kiosk.widgets.body import Body, Section
from tui.kiosk.widgets.choice import Choice
from tui.kiosk.widgets.field import ENTRY, Field, TextField, first_wrong
from tui.kiosk.widgets.pages import PageButtons
from tui.kiosk.widgets.words import Words


class FormScreen(TypedScreen):
    """基本信息, 经办人信息, 收件人信息; each field with its own message."""

    heading = N_("网证通数字证书续期申请表")
    help_text = N_(
        "带*的项目必须填写。按Tab或上下方向键换到另一项，左右方向键改变续期时间和证件类型。"
        "\n\n手机号码和邮箱用于接收通知和电子发票，请务必填写准确。"
        "\n\n返回不会丢失已填写的内容。"
    )
    keys = (BACK, RETRY, END)
    CSS_PATH = style("applying.tcss")
    named = (
        "id_number",
        "agent_name",
        "agent_mobile",
        "agent_email",
        "recipient_name",
        "recipient_mobile",
        "recipient_address",
    )

    def compose_body(self) -> Iterable[Widget]:
        """The form, top to bottom."""
        yield Section(*self._basics())
        yield Section(*self._agent())
        yield Section(*self._recipient())

    def _basics(self) -> Iterable[Widget]:
        yield _title(_("基本信息"))
        yield Horizontal(
            Static(Content(_("  证书主题")), classes="field-label"), Words(id="subject"), classes="row long"
        )
        yield Field("term_months", _("续期时间"), Choice(id="term"), hint=_("用左右方向键选择，按回车继续"))
        yield Horizontal(
            Static(Content(_("  费用")), classes="field-label"),
            Words(id="fee"),
            ActionButton(_("详细信息"), "prices", id="prices"),
            classes="row acts",
        )

    def _agent(self) -> Iterable[Widget]:
        yield Static(classes="section", id="agent")
        yield Field("id_type", _("证件类型"), Choice(folded=True, id="id-type"))
        yield TextField("id_number", _("证件号码"), hint=_("必须填写真实有效的证件号码"), longest=40)
        yield TextField("agent_name", _("姓名"), longest=120)
        yield TextField("agent_mobile", _("手机号码"), hint=_("用于接收通知和电子发票短信"), longest=40)
        yield TextField("agent_email", _("email"), hint=_("用于接收电子发票"), longest=254)

    def _recipient(self) -> Iterable[Widget]:
        yield Horizontal(
            _title(_("收件人信息")),
            ActionButton(_("从经办人处拷贝"), "copy_agent", id="copy"),
            classes="row acts",
        )
        yield TextField("recipient_name", _("姓名"), longest=120)
        yield TextField("recipient_mobile", _("手机"), hint=_("手机号码、带区号的座机或400电话"), longest=40)
        yield TextField("recipient_address", _("地址"), hint=_("请写到门牌号"), longest=200)

    def compose_actions(self) -> Iterable[Widget]:
        """提交; the pages at the other end."""
        yield ActionButton(_("提交"), "submit_form", primary=True, id="submit")
        yield ActionButton(_("返回"), "back", quiet=True)
        yield PageButtons(focusable=False)

    def focus_target(self, state: State) -> str:
        """The first wrong field, else the first with nothing in it, else the first page's first, else 提交."""
        if wrong := first_wrong(self.query(Field)):
            return f"#{wrong.id} Input"
        if empty := next((name for name in self.named if not self.text(name)), None):
            return f"#field-{empty.replace('_', '-')} Input"
        return "#term" if self.query_one(Body).page[1] > 1 else "#submit"

    async def settle(self, *, entering: bool) -> None:
        """How many pages there are, and with that what is next, is known once it is laid out."""
        if entering:
            await self.lay_out()
            self.focus_next_act()
        await super().settle(entering=entering)

    def offers(self, action: str, state: State) -> bool:
        """重试 loads what is missing; a refused form is submitted again by 提交."""
        return super().offers(action, state) and (action != "retry" or state.agreement is None)

    def action_scroll_body(self, pages: int) -> None:
        """The first field of the page that comes has the focus then: what is typed is seen.

        A finger that only reads on is brought no keyboard.
        """
        body = self.query_one(Body)
        rows = body.turn(pages)
        entry = next((field.entry for field in self.query(Field) if body.row_of(field) in rows), None)
        if entry is not None and (self.is_typing or not self._hands.without_keys):
            self.set_focus(entry, scroll_visible=False)

    @on(Body.Turned)
    def _show_page(self, event: Body.Turned) -> None:
        """In the heading; before the last page 下一页 leads on, and 提交 looks like any other button."""
        page, pages = event.page, event.pages
        submit, buttons = self.query_one("#submit"), self.query_one(PageButtons)
        words = _("第{page}页，共{pages}页").format(page=page, pages=pages) if pages > 1 else ""
        self.query_one("#heading", Static).update(
            Content.assemble(_(self.heading), (words and f"  {words}", "$foreground")), layout=False
        )
        submit.set_class(page < pages, "-later")
        buttons.show(page, pages)
        self._show_fee()

    # ── state in ────────────────────────────────────────────────────────────
    def entered(self, state: State) -> None:
        """Filled from what was typed before."""
        super().entered(state)
        self._load(state.form)

    def show(self, state: State) -> None:
        """Draw subject, prices and errors; the fields are the person's until the step is entered again."""
        holder = state.holder
        subject = printable(holder[1].name, 60) if holder else ""
        self.query_one("#subject", Static).update(Content(subject))
        self._offer_terms(self.typed().term_months)
        self.show_errors(state.failure)

    def _load(self, form: ApplicationForm) -> None:
        self.fill(form)
        self.query_one("#id-type", Choice).offer(tuple((kind, label(kind)) for kind in IdType), form.id_type)
        self._offer_terms(form.term_months)

    @property
    def _terms(self) -> tuple[Term, ...]:
        return self.state.offer.terms if self.state.offer else ()

    def _offer_terms(self, months: int) -> None:
        self.query_one("#term", Choice).offer(tuple((t.months, term_words(t)) for t in self._terms), months)
        self._show_fee()

    def _show_fee(self) -> None:
        term = self._term()
        words = _("{fee}，续期后有效期至{end}").format(fee=yuan(term.fee_fen), end=day(term.not_after)) if term else ""
        self.query_one("#fee", Static).update(Content(words), layout=False)
        self._show_agent_title(term)

    def _show_agent_title(self, term: Term | None) -> None:
        """With what is chosen a page before, where one may begin here and not have seen it."""
        title, chosen = _("经办人信息"), ""
        if term is not None and len(self._terms) > 1 and self.query_one(Body).page[1] > 1:
            words = _("{term}，其他时间请按「上一页」").format(term=term_words(term))
            chosen = " " * max(2, ENTRY - cell_len(title)) + words
        self.query_one("#agent", Static).update(Content.assemble(title, (chosen, "$foreground not bold")), layout=False)

    def _term(self) -> Term | None:
        months = self.typed().term_months
        return next((term for term in self._terms if term.months == months), None)

    # ── events out ──────────────────────────────────────────────────────────
    def typed(self) -> ApplicationForm:
        """What stands in the fields."""
        months, kind = self.query_one("#term", Choice).value, self.query_one("#id-type", Choice).value
        return ApplicationForm(
            term_months=months if isinstance(months, int) else self.state.form.term_months,
            id_type=kind if isinstance(kind, IdType) else self.state.form.id_type,
            **{name: self.text(name) for name in self.named},
        )

    @property
    def kind(self) -> object:
        """证件类型."""
        return self.typed().id_type

    def edited(self) -> FormEdited:
        """Kept by the flow."""
        return FormEdited(self.typed())

    def errors(self) -> FieldErrors:
        """By the same rules as the flow and the desk."""
        return check(normalise(self.typed()), tuple(term.months for term in self._terms), self.state.today)

    @on(Choice.Changed, "#term")
    def _term_changed(self) -> None:
        self._show_fee()

    def action_copy_agent(self) -> None:
        """从经办人处拷贝."""
        self.fill(self.typed().copied_from_agent())
        self.advance(self.edited())
        self.query_one("#field-recipient-address Input").focus()

    def action_prices(self) -> None:
        """详细信息."""
        from tui.kiosk.screens.prices import Prices

        self.app.push_screen(Prices(self._terms))

    def action_submit_form(self) -> None:
        """提交."""
        self.advance(FormSubmitted(self.typed()))


def _title(words: str) -> Static:
    return Static(Content(words), classes="section")

"""Step 4: 网证通数字证书续期申请表, a question a field."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from tui.core.application import check, normalise
from tui.core.form.fields import ApplicationForm
from tui.core.form.kinds import IdType
from tui.core.order import Term, yuan
from tui.core.text_safety import printable
from tui.journey import events as e
from tui.journey.state import State
from tui.kiosk.linear.dialogue import Choice, Question
from tui.kiosk.linear.dialogues.fields import Entry, Fields
from tui.kiosk.text import N_, _
from tui.kiosk.text.bill import term_words
from tui.kiosk.text.dates import day
from tui.kiosk.text.labels import label

SAME = "same"
"""Asked between agent and recipient, and no field of the form."""


class Form(Fields):
    """Term, agent, recipient."""

    help = N_(
        "请如实填写，全部为必填项。填错的项目会当场说明原因，并重新询问。"
        "\n\n已填写的内容会随时保存到续期服务中，中途离开后可以在任何一台终端接着填。"
    )
    submit = N_("提交")

    def open(self) -> None:
        """Whose certificate this is, and what the terms cost."""
        if self.state.holder is not None:
            self.talk.say(_("证书主题：{name}").format(name=printable(self.state.holder[1].name, 60)))
        super().open()

    def seen(self, before: State) -> None:
        """Terms or agreement have come."""
        if self.state.offer is not before.offer and self.state.form != before.form:
            self.values = self.load(self.state)
            self._go_on()
        super().seen(before)

    def question(self) -> Question | None:
        """Nothing while terms or agreement are missing, but the way to have them loaded."""
        if self.state.offer is None or self.state.agreement is None:
            return self.listed(())
        return super().question()

    def answer(self, text: str) -> e.Event | None:
        """As the question was."""
        if self.state.offer is None or self.state.agreement is None:
            return self.chosen(text.strip(), ())
        return super().answer(text)

    @property
    def retries(self) -> bool:
        """重试 loads what is missing; a refused form is handed in again."""
        return self.state.agreement is None

    def entries(self) -> tuple[Entry, ...]:
        """Without the recipient's name and telephone where they are the agent's."""
        kinds = tuple((kind, label(kind)) for kind in IdType)
        agent = (
            Entry("term_months", _("续期时间"), options=tuple((t.months, term_words(t)) for t in self._terms())),
            Entry("id_type", _("证件类型"), options=kinds),
            Entry("id_number", _("证件号码"), _("必须填写真实有效的证件号码")),
            Entry("agent_name", _("经办人姓名")),
            Entry("agent_mobile", _("手机号码"), _("用于接收通知和电子发票短信")),
            Entry("agent_email", _("email"), _("用于接收电子发票")),
        )
        same = (Entry(SAME, _("收件人"), options=((True, _("从经办人处拷贝")), (False, _("另外填写")))),)
        recipient = (
            Entry("recipient_name", _("收件人姓名")),
            Entry("recipient_mobile", _("收件人电话"), _("手机号码、带区号的座机或400电话")),
            Entry("recipient_address", _("收件人地址"), _("请写到门牌号")),
        )
        if self._asks_whether_same():
            return (*agent, *same, recipient[-1])
        return (*agent, *recipient)

    def load(self, state: State) -> dict[str, Any]:
        """What was typed before."""
        return {**asdict(state.form), SAME: None}

    def wrong(self) -> Mapping[str, str]:
        """By the same rules as the flow and the desk."""
        months = tuple(term.months for term in self._terms())
        return {name: error.value for name, error in check(normalise(self._form()), months, self.state.today)}

    def taken(self, entry: Entry, value: Any) -> None:
        """The agent's name and telephone are the recipient's, if that is the answer."""
        super().taken(entry, value)
        if entry.name == SAME and value is True:
            copied = self._form().copied_from_agent()
            self.values |= {"recipient_name": copied.recipient_name, "recipient_mobile": copied.recipient_mobile}
            self._visited |= {"recipient_name", "recipient_mobile"}

    def edited(self) -> e.Event:
        """Kept by the flow, here and at the desk."""
        return e.FormEdited(self._form())

    def submitted(self) -> e.Event:
        """提交."""
        return e.FormSubmitted(self._form())

    def choices(self) -> tuple[Choice, ...]:
        """With the fee and the new end in the first one."""
        hand_in, *change = super().choices()
        term = next((term for term in self._terms() if term.months == self.values["term_months"]), None)
        if term is not None:
            words = _("{submit}（{fee}，续期后有效期至{end}）")
            told = words.format(submit=hand_in.words, fee=yuan(term.fee_fen), end=day(term.not_after))
            hand_in = Choice(told, hand_in.act)
        return hand_in, *change

    def _asks_whether_same(self) -> bool:
        return self.values[SAME] is None and not self.values["recipient_name"] and not self.values["recipient_mobile"]

    def _terms(self) -> tuple[Term, ...]:
        return self.state.offer.terms if self.state.offer else ()

    def _form(self) -> ApplicationForm:
        return ApplicationForm(**{name: value for name, value in self.values.items() if name != SAME})

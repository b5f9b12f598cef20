"""The fields of the application form and of the invoice's, apart from their rules: the first screen needs none."""

from dataclasses import field, replace

from tui.core.form.kinds import Buyer, IdType
from tui.core.frozen import frozen


@frozen
class ApplicationForm:
    """What a person types at step 4, as typed; `normalise` before checking or sending."""

    term_months: int = 12
    id_type: IdType = IdType.RESIDENT_ID
    id_number: str = field(default="", repr=False)
    agent_name: str = field(default="", repr=False)
    agent_mobile: str = field(default="", repr=False)
    agent_email: str = field(default="", repr=False)
    recipient_name: str = field(default="", repr=False)
    recipient_mobile: str = field(default="", repr=False)
    recipient_address: str = field(default="", repr=False)

    def copied_from_agent(self) -> "ApplicationForm":
        """从经办人处拷贝: the recipient is the agent."""
        return replace(self, recipient_name=self.agent_name, recipient_mobile=self.agent_mobile)


@frozen
class InvoiceForm:
    """Whom the e-invoice is made out to."""

    tax_number: str = ""
    """纳税人识别号: 18 (GB 32100), an older 15, or a person's who trades; none for a person who does not."""
    title: str = ""
    """发票抬头."""
    buyer: Buyer = Buyer.COMPANY

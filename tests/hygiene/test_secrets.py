"""No secret and no personal data in the repr of anything that carries one."""

from collections.abc import Iterator

import pytest

from tests.harness.people import FORM
from tui.core.certificate import CertificateRef
from tui.core.form.fields import InvoiceForm
from tui.core.order import Document
from tui.core.payment_method import PaymentMethod
from tui.core.secret import Password, Pin
from tui.deskclient.wire import FormRequest, SaveRequest, Session, SignIn
from tui.journey import commands as c
from tui.journey import events as e
from tui.journey.state import State
from tui.kiosk.unattended.answers import Answers, again

PIN, PASSWORD, ACCOUNT = "246810", "Renew2026", "supplier01"
PERSONAL = (FORM.id_number, FORM.agent_mobile, FORM.agent_email, FORM.agent_name, FORM.recipient_address)


def _carriers() -> Iterator[object]:
    pin, password = Pin(PIN.encode()), Password(PASSWORD.encode())
    ref, document = CertificateRef("f", "s", "1", "l", "t"), Document("1", "t", "x", "d")
    yield c.SignIn(ACCOUNT, password)
    yield c.SaveApplication(b"der", document, FORM, 1)
    yield c.KeepForm(b"der", FORM)
    yield FormRequest(b"der", FORM)
    yield c.Look(ref, pin)
    yield c.MakeRequest(ref, pin, None)  # type: ignore[arg-type]
    yield c.Install(ref, pin, None)  # type: ignore[arg-type]
    yield e.SignInSubmitted(ACCOUNT, password)
    yield e.PinEntered(pin)
    yield e.FormSubmitted(FORM)
    yield e.FormEdited(FORM)
    yield State(account=ACCOUNT, form=FORM)
    yield SignIn(ACCOUNT, PASSWORD)
    yield Session(PASSWORD, 1)
    yield SaveRequest(b"der", "1", "d", FORM, 1)
    yield Answers(ACCOUNT, password, FORM, PaymentMethod.ALIPAY, InvoiceForm())
    yield again(pin)


@pytest.mark.parametrize("carrier", list(_carriers()), ids=lambda carrier: type(carrier).__name__)
def test_a_repr_tells_nothing(carrier: object) -> None:
    for told in (repr(carrier), str(carrier), f"{carrier}"):
        assert not [word for word in (PIN, PASSWORD, ACCOUNT, *PERSONAL) if word in told]

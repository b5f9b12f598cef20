"""What the kiosk accepts the desk accepts and stores identically; what it refuses reaches no row."""

from dataclasses import replace

import msgspec
import pytest

from tests.harness.cases import ROWS, UNSEEN
from tests.harness.desk.town import FORM, INVOICE, Refusal, Town
from tui.core.application import check, check_invoice, normalise, normalise_invoice
from tui.core.failure import Reason
from tui.core.form.kinds import Buyer, IdType
from tui.core.payment_method import PaymentMethod
from tui.desk.storage.database import reading
from tui.desk.storage.records import ApplicationRecord

TYPED = [
    replace(FORM, **{name: value} | ({"id_type": IdType(kind)} if kind != "-" else {}))  # type: ignore[arg-type]
    for name, kind, value, _wanted, _stored in ROWS
    if hasattr(FORM, name) and "\ud800" not in value  # no JSON holds half a character
]
INVOICED = [
    replace(INVOICE, buyer=Buyer(kind), **{name: value})
    for name, kind, value, _wanted, _stored in ROWS
    if hasattr(INVOICE, name)
]


def test_each_form_is_kept_as_the_kiosk_normalises_it_or_refused_for_the_same_field(town: Town) -> None:
    person = town.person()
    for typed in TYPED:
        wanted = normalise(typed)
        if errors := check(wanted, (12,), town.desk.clock().date()):
            with pytest.raises(Refusal) as refused:
                person.save(typed)
            assert refused.value.problem["field_errors"] == [[name, error.value] for name, error in errors]
            continue
        for sent in (typed, wanted):
            business_no = person.save(sent).business_no
            with reading(town.desk.engine) as db:
                assert db.unit.get_one(ApplicationRecord, business_no).typed_form() == wanted


@pytest.mark.parametrize("mark", sorted(set(UNSEEN) - {"\0"}))  # NUL is refused before any rule sees it
def test_no_unseen_character_is_stored(town: Town, mark: str) -> None:
    person = town.person()
    soiled = replace(FORM, recipient_address=f"{FORM.recipient_address}{mark}", agent_name=f"张{mark}三{mark}")
    business_no = person.save(soiled).business_no
    with reading(town.desk.engine) as db:
        record = db.unit.get_one(ApplicationRecord, business_no)
        assert mark.encode() not in record.form
        assert mark not in msgspec.json.decode(record.form)["agent_name"]
        assert mark not in record.statement.decode()


def test_each_invoice_too(town: Town) -> None:
    person = town.person()
    business_no = person.entered().business_no
    for typed in INVOICED:
        wanted = normalise_invoice(typed)
        body = {"method": PaymentMethod.ALIPAY, "invoice": typed}
        if check_invoice(wanted):
            with pytest.raises(Refusal) as refused:
                person.call("POST", f"/applications/{business_no}/payments", body)
            assert refused.value.reason == Reason.FORM_INVALID.value
            continue
        person.call("POST", f"/applications/{business_no}/payments", body)
        with reading(town.desk.engine) as db:
            assert db.unit.get_one(ApplicationRecord, business_no).typed_invoice() == wanted

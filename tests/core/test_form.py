"""The form's rules: GB 11643, GB 32100, phones, mail, and one error a field."""

from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.harness.people import FORM, INVOICE
from tui.core.application import check, check_invoice, normalise, normalise_invoice
from tui.core.form.documents import check_id
from tui.core.form.fields import ApplicationForm, InvoiceForm
from tui.core.form.kinds import Buyer, FieldError, IdType


def test_the_sample_form_is_right() -> None:
    assert check(normalise(FORM), (12, 24)) == ()
    assert check_invoice(INVOICE) == ()


def test_every_required_field_is_named_in_the_forms_order() -> None:
    errors = check(ApplicationForm())
    assert [name for name, _ in errors] == [
        f.name for f in fields(ApplicationForm) if f.name not in ("term_months", "id_type")
    ]
    assert {error for _, error in errors} == {FieldError.REQUIRED}


@pytest.mark.parametrize(
    ("id_type", "number", "error"),
    [
        (IdType.RESIDENT_ID, "11010519491231002X", None),
        (IdType.RESIDENT_ID, "11010519491231002x", None),
        (IdType.RESIDENT_ID, "１１０１０５１９４９１２３１００２Ｘ", None),
        (IdType.RESIDENT_ID, " 110105 19491231 002X ", None),
        (IdType.RESIDENT_ID, "110105194912310021", FieldError.ID_CHECK_DIGIT),
        (IdType.RESIDENT_ID, "110105194913310029", FieldError.ID_DATE),
        (IdType.RESIDENT_ID, "110105491231002", FieldError.ID_OLD),
        (IdType.RESIDENT_ID, "1101051949123100", FieldError.ID_LENGTH),
        (IdType.RESIDENT_ID, "1101051949123100AX", FieldError.ID_FORMAT),
        (IdType.RESIDENT_ID, "", FieldError.REQUIRED),
        (IdType.HK_MACAO_TAIWAN_RESIDENCE, "11010519491231002X", FieldError.ID_FORMAT),
        (IdType.HK_MACAO_TAIWAN_RESIDENCE, "810000199408230021", None),
        (IdType.RESIDENT_ID, "810000199408230021", FieldError.ID_FORMAT),
        (IdType.HK_MACAO_PASS, "H12345678", None),
        (IdType.HK_MACAO_PASS, "C12345678", FieldError.ID_FORMAT),
        (IdType.TAIWAN_PASS, "12345678", None),
        (IdType.TAIWAN_PASS, "1234567890(B)", None),
        (IdType.FOREIGN_RESIDENCE, "ABC123456789012", None),
        (IdType.PASSPORT, "E12345678", None),
        (IdType.PASSPORT, "护照12345", FieldError.ID_FORMAT),
        (IdType.MILITARY, "军字第2001988号", None),
        (IdType.OTHER, "粤A-12345", None),
    ],
)
def test_id_numbers_by_their_types_rule(id_type: IdType, number: str, error: FieldError | None) -> None:
    form = normalise(replace(FORM, id_type=id_type, id_number=number))
    assert check_id(form.id_type, form.id_number) == error


@given(st.integers(0, 16), st.integers(0, 9))
def test_any_single_wrong_digit_of_a_resident_number_is_found(position: int, digit: int) -> None:
    right = "11010519491231002X"
    wrong = right[:position] + str(digit) + right[position + 1 :]
    assert (check_id(IdType.RESIDENT_ID, wrong) is None) is (wrong == right)


@pytest.mark.parametrize(
    ("field", "value", "error"),
    [
        ("agent_mobile", "+86 138-0013-8000", None),
        ("agent_mobile", "12800138000", FieldError.MOBILE_FORMAT),
        ("agent_mobile", "020-89524338", FieldError.MOBILE_FORMAT),
        ("recipient_mobile", "020-89524338", None),
        ("recipient_mobile", "(020)89524338", None),
        ("recipient_mobile", "89524338", FieldError.PHONE_FORMAT),
        ("agent_email", "zhang.san@mail.example.cn", None),
        ("agent_email", "zhang@example", FieldError.EMAIL_FORMAT),
        ("agent_email", "张三@example.cn", FieldError.EMAIL_FORMAT),
        ("agent_email", "a" * 60 + "@" + "b" * 250 + ".cn", FieldError.TOO_LONG),
        ("agent_name", "阿卜杜拉·买买提", None),
        ("agent_name", "张", FieldError.NAME_FORMAT),
        ("agent_name", "[bold]张三[/]", FieldError.NAME_FORMAT),
        ("recipient_address", "广州", FieldError.ADDRESS_SHORT),
        ("recipient_address", "510000 88-1203", FieldError.ADDRESS_SHORT),
        ("recipient_address", "广" * 101, FieldError.TOO_LONG),
        ("term_months", 13, FieldError.TERM_UNKNOWN),
    ],
)
def test_one_field_at_a_time(field: str, value: object, error: FieldError | None) -> None:
    form = normalise(replace(FORM, **{field: value}))  # type: ignore[arg-type]
    assert dict(check(form, (12, 24))).get(field) == error


@pytest.mark.parametrize(
    ("number", "error"),
    [
        ("91440300100012316L", None),
        ("91110000802100433b", None),
        ("９１４４０３００１９２２０３８２１６", None),
        ("91440300100012316M", FieldError.TAX_NUMBER_CHECK),
        ("11010519491231002X", None),
        ("440300100012316", None),
        ("123", FieldError.TAX_NUMBER_FORMAT),
        ("", FieldError.REQUIRED),
    ],
)
def test_tax_numbers(number: str, error: FieldError | None) -> None:
    assert dict(check_invoice(normalise_invoice(InvoiceForm(number, "公司")))).get("tax_number") == error


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_text_is_judged_without_an_exception_and_normalising_is_stable(first: str, second: str) -> None:
    for id_type in IdType:
        form = normalise(
            replace(FORM, id_type=id_type, id_number=first, agent_mobile=second, agent_email=first, agent_name=second)
        )
        assert normalise(form) == form
        check(form)


def test_copying_from_the_agent_fills_name_and_mobile_only() -> None:
    copied = FORM.copied_from_agent()
    assert (copied.recipient_name, copied.recipient_mobile) == ("张三", "13800138000")
    assert copied.recipient_address == FORM.recipient_address


def test_the_form_shows_no_personal_data_in_its_repr() -> None:
    assert all(
        str(getattr(FORM, f.name)) not in repr(FORM) for f in fields(FORM) if f.name not in ("term_months", "id_type")
    )


def test_a_person_gives_a_title_and_no_number() -> None:
    typed = InvoiceForm("91440300100012316M", " 张　三 ", Buyer.PERSON)
    kept = normalise_invoice(typed)
    assert kept == InvoiceForm("", "张 三", Buyer.PERSON)
    assert check_invoice(kept) == ()
    assert dict(check_invoice(InvoiceForm("", "", Buyer.PERSON))) == {"title": FieldError.REQUIRED}


def test_a_company_gives_both() -> None:
    assert dict(check_invoice(InvoiceForm())) == {"tax_number": FieldError.REQUIRED, "title": FieldError.REQUIRED}

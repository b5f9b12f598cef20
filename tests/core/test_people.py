"""People and businesses that exist: what they type is taken or told, the same at the kiosk and at the desk."""

from dataclasses import fields, replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.harness.cases import ROWS, UNSEEN
from tests.harness.people import FORM, INVOICE
from tui.core.application import (
    ApplicationForm,
    Buyer,
    FieldError,
    IdType,
    InvoiceForm,
    check,
    check_invoice,
    normalise,
    normalise_invoice,
)
from tui.core.form.characters import clean, has_unusable
from tui.core.form.contacts import normalise_name
from tui.core.text_safety import is_han, printable

TODAY = date(2026, 11, 28)
INVOICED = frozenset(f.name for f in fields(InvoiceForm))


def judged(name: str, kind: str, value: str) -> tuple[str, str | None]:
    """What is kept of a value, and the rule that refuses it."""
    if name in INVOICED:
        invoice = normalise_invoice(replace(INVOICE, buyer=Buyer(kind), **{name: value}))
        return getattr(invoice, name), dict(check_invoice(invoice, TODAY)).get(name)
    form = replace(FORM, **{name: value})  # type: ignore[arg-type]
    form = normalise(replace(form, id_type=IdType(kind)) if name == "id_number" else form)
    return getattr(form, name), dict(check(form, (12,), TODAY)).get(name)


@pytest.mark.parametrize(("name", "kind", "value", "wanted", "stored"), ROWS)
def test_a_value_is_taken_or_told(name: str, kind: str, value: str, wanted: str, stored: str) -> None:
    kept, error = judged(name, kind, value)
    told = FieldError.TITLE_HAS_NUMBER if wanted.startswith("tell") else wanted
    assert (error or "ok") == told.split(" ")[0]
    if stored:
        assert kept == stored


def test_the_title_is_compared_with_the_number_beside_it_too() -> None:
    invoice = normalise_invoice(InvoiceForm("91440300MA5TEX712G", "某某有限公司 9144 0300 MA5T EX71 2G"))
    assert dict(check_invoice(invoice)) == {"title": FieldError.TITLE_HAS_NUMBER}


def test_without_a_date_nobody_is_born_in_the_future() -> None:
    form = normalise(replace(FORM, id_number="440305209003070010"))
    assert dict(check(form)) == {"id_number": FieldError.ID_DATE}


@pytest.mark.parametrize("mark", UNSEEN)
@pytest.mark.parametrize("name", [f.name for f in fields(ApplicationForm) if f.type == "str" or f.type is str])
def test_unseen_characters_are_dropped_from_every_field_and_refused_where_nothing_dropped_them(
    name: str, mark: str
) -> None:
    value = getattr(FORM, name)
    soiled = replace(FORM, **{name: f"{mark}{value}{mark}"})  # type: ignore[arg-type]
    assert normalise(soiled) == normalise(FORM)
    within = replace(FORM, **{name: value[:5] + mark + value[5:]})
    assert check(within, (12,), TODAY)
    assert not has_unusable(getattr(normalise(within), name))


@pytest.mark.parametrize("mark", UNSEEN)
def test_so_they_are_from_the_invoice(mark: str) -> None:
    soiled = InvoiceForm(f"{mark}{INVOICE.tax_number}", f"{INVOICE.title}{mark}")
    assert normalise_invoice(soiled) == INVOICE
    assert check_invoice(soiled, TODAY)


_BITS = [
    *"\x1b\x9b[]P;m\x07\\0A\ud800\u200d\u0301\u0345\u0344\uff21．.·。張张 -x'‘“(（）×Ⅹ,",
    "转",
    "ext",
    "+86",
    "+886",
    "801",
]
_BITS += ["13800138000", "0755-88888888", "11010519491231002X", "a@example.cn", "\x1b[31m", "\ue815", "\u2e80"]


@given(st.sampled_from(IdType), st.text(), st.lists(st.sampled_from(_BITS), max_size=8).map("".join))
def test_normalising_is_stable_and_leaves_nothing_unseen(id_type: IdType, any_text: str, nasty: str) -> None:
    for first, second in ((any_text, nasty), (nasty, any_text)):
        form = normalise(ApplicationForm(12, id_type, first, second, first, second, second, first, second))
        assert normalise(form) == form
        assert check(normalise(form)) == check(form)
        invoice = normalise_invoice(InvoiceForm(first, second))
        assert normalise_invoice(invoice) == invoice
        check_invoice(invoice)


@pytest.mark.parametrize("visible", "张é😀9~\ue000\ufffd\u0600\U0002ebf0\U00031350")
def test_no_visible_character_is_dropped(visible: str) -> None:
    assert clean(f"\x1b{visible}\u200b\x1b[31m{visible}") == visible * 2


@pytest.mark.parametrize(
    "sequence",
    [
        "\x1b[31m",
        "\x9b0m",
        "\x1b[?2004h",
        "\x1b]52;c;QQ==\x07",
        "\x1b]0;x\x1b\\",
        "\x1bP1$r\x9c",
        "\x1bOA",
        "\x1b(B",
        "\x1b7",
    ],
)
def test_a_control_sequence_goes_whole(sequence: str) -> None:
    assert clean(f"张{sequence}三") == "张三"


def test_a_string_without_an_end_takes_nothing_along() -> None:
    assert clean("\x1b]0;深圳市") == "]0;深圳市"


def test_newer_han_is_shown_and_logged() -> None:
    assert printable("\U0002ebf0明\U00031350\U000323b0\ue000\U0003fffe") == "\U0002ebf0明\U00031350\U000323b0"


@pytest.mark.parametrize("character", "一\u3400々〇\u9fff\uf900\U00020000\U0002ebf0\U000323b0\U0003fffd")
def test_han_is_the_same_for_names_and_for_what_tokens_tell(character: str) -> None:
    assert is_han(character)
    assert normalise_name(f"{character}.{character}") == normalise_name(f"{character}·{character}")


@pytest.mark.parametrize("character", "A·あ\u3000\ue000\U0002fffe\U0003ffff")
def test_what_is_no_han(character: str) -> None:
    assert not is_han(character)

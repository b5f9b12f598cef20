"""Rules of the application form (网证通数字证书续期申请表) and the invoice's: one normal form, one error a field."""

from dataclasses import fields, replace
from datetime import date

from tui.core.form import contacts, invoices
from tui.core.form.characters import clean
from tui.core.form.documents import check_id, normalise_id
from tui.core.form.fields import ApplicationForm, InvoiceForm
from tui.core.form.kinds import Buyer, FieldError, FieldErrors


def normalise(form: ApplicationForm) -> ApplicationForm:
    """The form as screen, answers file and desk keep it: each field in its normal form."""
    return replace(
        form,
        id_number=normalise_id(form.id_type, form.id_number),
        agent_name=contacts.normalise_name(form.agent_name),
        agent_mobile=contacts.normalise_phone(form.agent_mobile),
        agent_email=contacts.normalise_email(form.agent_email),
        recipient_name=contacts.normalise_name(form.recipient_name),
        recipient_mobile=contacts.normalise_phone(form.recipient_mobile),
        recipient_address=clean(form.recipient_address),
    )


def check(form: ApplicationForm, terms: tuple[int, ...] = (), today: date | None = None) -> FieldErrors:
    """Errors of a normalised form, one at most a field, in the form's order; empty means it may be submitted.

    `terms` are the months on offer; empty skips that check. Nobody is born after `today`.
    """
    found = {
        "term_months": FieldError.TERM_UNKNOWN if terms and form.term_months not in terms else None,
        "id_number": check_id(form.id_type, form.id_number, today),
        "agent_name": contacts.check_name(form.agent_name),
        "agent_mobile": contacts.check_mobile(form.agent_mobile),
        "agent_email": contacts.check_email(form.agent_email),
        "recipient_name": contacts.check_name(form.recipient_name),
        "recipient_mobile": contacts.check_phone(form.recipient_mobile),
        "recipient_address": contacts.check_address(form.recipient_address),
    }
    return tuple((f.name, error) for f in fields(form) if (error := found.get(f.name)))


def normalise_invoice(form: InvoiceForm) -> InvoiceForm:
    """Number and title in their normal forms; a person has no number."""
    number = invoices.normalise_tax_number(form.tax_number) if form.buyer is Buyer.COMPANY else ""
    return replace(form, tax_number=number, title=invoices.normalise_title(form.title))


def check_invoice(form: InvoiceForm, today: date | None = None) -> FieldErrors:
    """Errors of a normalised invoice form."""
    number = invoices.check_tax_number(form.tax_number, today) if form.buyer is Buyer.COMPANY else None
    found = (("tax_number", number), ("title", invoices.check_title(form.title, form.tax_number)))
    return tuple((name, error) for name, error in found if error)

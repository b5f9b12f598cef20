"""What other rooms have to do once a move is stored; each may be repeated."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Issue:
    """The bill is paid: the CA is asked for the certificate; it is due with the move."""


@dataclass(frozen=True, slots=True)
class TakeDownOtherCode:
    """The bill is paid: another code of it is ended at its platform at once; it is due with the move."""

    attempt_no: str


@dataclass(frozen=True, slots=True)
class SendRefund:
    """The platform is given this refund's present order; it is due with the move."""

    refund_no: str


@dataclass(frozen=True, slots=True)
class RedInvoice:
    """The bill's money goes back by an operator's word: an invoice for it is taken back."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """A person must look."""

    text: str


Effect = Issue | TakeDownOtherCode | SendRefund | RedInvoice | Alarm

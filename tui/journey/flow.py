"""The whole journey on one page: which event moves which step, and by which move."""

from collections.abc import Callable, Mapping
from typing import Any

from tui.journey import events as e
from tui.journey.moves import anywhere, applying, arrival, common, details, installing, looking, paying, pin_change
from tui.journey.moves.common import Next
from tui.journey.state import State, Step

Move = Callable[[State, Any], Next]

JOURNEY: Mapping[Step, Mapping[type, Move]] = {
    Step.WAITING: {
        e.Started: arrival.start,
        e.LookChosen: looking.begin,
        e.CertificateChosen: arrival.name,
        e.RenewalRequested: arrival.continue_young,
        e.CertificatesOpened: arrival.open_certificates,
        e.SelfCheckOpened: arrival.open_self_check,
        e.Retried: arrival.ask_service,
    },
    Step.CHOOSING: {e.CertificateChosen: arrival.choose, e.BackPressed: common.leave},
    Step.LOOK_PIN: {
        e.PinEntered: looking.look,
        e.TokenRevealed: arrival.token_revealed,
        e.BackPressed: common.leave,
    },
    Step.SIGN_IN: {e.SignInSubmitted: arrival.sign_in, e.SignedIn: arrival.signed_in, e.BackPressed: common.leave},
    Step.NOTICE: {
        e.NoticeLoaded: arrival.notice_loaded,
        e.AgreementLoaded: applying.agreement_ahead,
        e.NoticeAccepted: arrival.accept_notice,
        e.Retried: arrival.reload,
        e.BackPressed: common.leave,
    },
    Step.CARD: {
        e.OfferMade: arrival.offer_made,
        e.AgreementLoaded: applying.agreement_ahead,
        e.RenewalRequested: arrival.request_renewal,
        e.ApplicationSeen: arrival.query_answered,
        e.CertificatesOpened: arrival.open_certificates,
        e.Retried: arrival.reload,
        e.BackPressed: arrival.back_to_notice,
    },
    Step.AGREEMENT: {
        e.AgreementLoaded: applying.agreement_loaded,
        e.AgreementAccepted: applying.accept_agreement,
        e.Retried: arrival.reload,
        e.BackPressed: applying.back_to_card,
    },
    Step.FORM: {
        e.FormEdited: applying.edit_form,
        e.FormSubmitted: applying.submit_form,
        e.AgreementLoaded: applying.agreement_seen_again,
        e.OfferMade: arrival.offer_made,
        e.ApplicationSaved: applying.application_saved,
        e.Retried: arrival.reload,
        e.BackPressed: applying.back_to_agreement,
    },
    Step.REQUEST_PIN: {e.PinEntered: applying.make_request, e.BackPressed: applying.back_to_form},
    Step.REQUESTING: {
        e.TokenProgressed: applying.token_progressed,
        e.RequestMade: applying.request_made,
        e.ApplicationSeen: applying.request_accepted,
        e.Retried: applying.submit_request_again,
    },
    Step.PAY_NOTICE: {
        e.PayNoticeConfirmed: paying.to_order,
        e.ApplicationSeen: common.follow,
        e.BackPressed: paying.to_order,
    },
    Step.ORDER: {
        e.PaymentOpened: paying.open_payment,
        e.WithdrawalConfirmed: paying.withdraw,
        e.ApplicationSeen: common.follow,
        e.Retried: paying.watch,
        e.BackPressed: applying.back_to_card,
    },
    Step.CHANNEL: {
        e.OnlineChosen: paying.choose_online,
        e.ApplicationSeen: common.follow,
        e.BackPressed: paying.to_order,
    },
    Step.METHOD: {
        e.InvoiceEdited: paying.edit_invoice,
        e.PaymentSubmitted: paying.submit_payment,
        e.ApplicationSeen: common.follow,
        e.BackPressed: paying.back_to_channel,
    },
    Step.QR: {
        e.PaymentClaimed: paying.query_payment,
        e.QrRenewed: paying.renew_qr,
        e.ApplicationSeen: common.follow,
        e.Retried: paying.watch,
        e.BackPressed: paying.change_method,
    },
    Step.ISSUING: {e.ApplicationSeen: common.follow, e.Retried: paying.watch, e.BackPressed: common.leave},
    Step.INSTALL_PIN: {e.PinEntered: installing.install, e.BackPressed: common.leave},
    Step.INSTALLING: {
        e.TokenProgressed: applying.token_progressed,
        e.Installed: installing.installed,
        e.ApplicationSeen: installing.confirmed,
        e.Retried: installing.confirm_again,
    },
    Step.DONE: {e.RetirementChosen: installing.choose_retirement, e.BackPressed: common.leave},
    Step.RETIRE_PIN: {e.PinEntered: installing.retire, e.BackPressed: installing.back_to_done},
    Step.RETIRING: {e.TokenProgressed: applying.token_progressed, e.Retired: installing.retired},
    Step.WITHDRAWN: {e.ApplicationSeen: common.follow, e.BackPressed: common.leave},
    Step.TOKEN_AWAITED: {
        e.ApplicationSeen: common.follow,
        e.SelfCheckOpened: arrival.open_self_check,
        e.BackPressed: common.leave,
    },
    Step.REFUSED: {
        e.PinChangeOpened: pin_change.begin,
        e.RenewalRequested: arrival.continue_paid,
        e.SelfCheckOpened: arrival.open_self_check,
        e.BackPressed: common.leave,
    },
    Step.CERTIFICATES: {
        e.DetailsOpened: details.begin,
        e.PinChangeOpened: pin_change.begin,
        e.BackPressed: arrival.go_back,
    },
    Step.DETAILS: {e.DetailsRead: details.read, e.BackPressed: details.back},
    Step.CHANGE_PIN: {
        e.NewPinEntered: pin_change.change,
        e.PinChanged: pin_change.changed,
        e.BackPressed: common.leave,
    },
    Step.SELF_CHECK: {
        e.SelfChecked: arrival.self_checked,
        e.Retried: arrival.check_again,
        e.BackPressed: arrival.go_back,
    },
}

ANYWHERE: Mapping[type, Move] = {
    e.TokensSeen: anywhere.tokens_seen,
    e.ServiceSeen: anywhere.service_seen,
    e.Abandoned: common.leave,
    e.TimedOut: common.leave,
    e.DeskLost: anywhere.desk_lost,
    e.Failed: anywhere.failed,
}


def advance(state: State, event: e.Event) -> Next:
    """The next state and what is to be done; an event that has no row leaves all as it is, and its secret is wiped."""
    move = JOURNEY[state.step].get(type(event)) or ANYWHERE.get(type(event))
    if move is not None:
        return move(state, event)
    discard(event)
    return state, ()


def discard(event: e.Event) -> None:
    """Wipe the secret of an event that nobody takes."""
    match event:
        case e.PinEntered(pin=secret) | e.SignInSubmitted(password=secret):
            secret.wipe()
        case e.NewPinEntered(old, new):
            old.wipe()
            new.wipe()
        case _:
            pass

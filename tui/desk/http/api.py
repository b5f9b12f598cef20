"""Serve the desk's HTTP interface: the paths of `tui.deskclient.wire`, and the webhooks of the platforms."""

import asyncio
from datetime import UTC
from functools import partial
from typing import cast

from cryptography import x509
from cryptography.x509.oid import NameOID
from litestar import Litestar, Request, Response, Router, delete, get, post, put
from litestar.datastructures import State
from litestar.params import FromPath, JSONBody

from tui.core.failure import Reason
from tui.core.order import Application, Document, Offer, ServiceStatus
from tui.core.payment_method import PaymentMethod
from tui.desk.context import Desk
from tui.desk.http import long_poll
from tui.desk.http.idempotency import Bearer
from tui.desk.http.problems import HANDLERS, AccessLog, Probes, check_request
from tui.desk.http.sign_ins import SignIns
from tui.desk.http.waiters import Waiters
from tui.desk.invoices import webhook as invoice_webhook
from tui.desk.payments import webhooks as payment_webhooks
from tui.desk.payments.notice_rules import NoticeRules
from tui.desk.refusals import Refused
from tui.desk.renewals import accounts, admission, applications, paying
from tui.desk.renewals.documents import documents
from tui.deskclient.wire import (
    IDEMPOTENCY_HEADER,
    FormRequest,
    OfferRequest,
    PayRequest,
    ProofRequest,
    SaveRequest,
    Session,
    SignIn,
    SubmitRequest,
)

BODY_LIMIT = 256 * 1024
"""Bytes; no honest request comes near."""
NOTICE_LIMIT = 16 * 1024
"""Bytes of a platform's notice; anybody may send one."""
Asked = Request[None, None, State]


def create_app(desk: Desk, waiters: Waiters | None = None) -> Litestar:
    """The ASGI application; `waiters` are told what is committed, else nobody's wait ends before its time."""
    sign_ins = SignIns()
    state = State({"desk": desk, "sign_ins": sign_ins, "waiters": waiters or Waiters()})
    v1 = Router("/v1", route_handlers=_V1, before_request=check_request)
    return Litestar(
        [v1, receive_notice, receive_invoice_webhook],
        state=state,
        exception_handlers=HANDLERS,
        request_max_body_size=BODY_LIMIT,
        after_exception=[Probes()],
        middleware=[AccessLog],
        openapi_config=None,
        logging_config=None,
        on_shutdown=[sign_ins.close],
    )


@get("/service", sync_to_thread=False)
def service(request: Asked) -> ServiceStatus:
    """What the desk says of itself; answered to kiosks of every version."""
    desk = _desk(request)
    return ServiceStatus(
        desk.settings.minimum_kiosk_version,
        desk.clock().astimezone(UTC),
        desk.settings.hotline,
        desk.settings.qq,
        _ca_name(desk),
        desk.settings.window_days,
        tuple(method.value for method in PaymentMethod if method in desk.gateways),
        tuple((name.chinese, name.english) for name in desk.settings.names),
    )


@post("/sessions")
async def sign_in(request: Asked, data: JSONBody[SignIn]) -> Session:
    """登录."""
    desk, sign_ins = _desk(request), cast(SignIns, request.app.state.sign_ins)
    act = partial(accounts.sign_in, desk.engine, desk.settings, data.account, data.password, desk.clock())
    return Session(await sign_ins.take(act), desk.settings.session_seconds)


@delete("/sessions/current", sync_to_thread=True)
def sign_out(request: Asked) -> None:
    """End the session; always works."""
    accounts.sign_out(_desk(request).engine, _token(request))
    _waiters(request).tell(accounts.digest(_token(request)))


@get("/documents/notice", sync_to_thread=True)
def notice(request: Asked) -> Document:
    """供应商须知."""
    _bearer(request).account()
    return documents().notice


@get("/documents/agreement", sync_to_thread=True)
def agreement(request: Asked) -> Document:
    """网证通电子认证服务协议."""
    _bearer(request).account()
    return documents().agreement


@post("/offers", status_code=200, sync_to_thread=True)
def offer(request: Asked, data: JSONBody[OfferRequest]) -> Offer:
    """Whether this account may renew this certificate, or has; or, without one, what waits for this key."""
    desk = _desk(request)
    with _bearer(request).reading() as (db, account):
        if data.spki and not data.certificate:
            return admission.find_by_key(desk, db, account, data.spki)
        return admission.make_offer(desk, db, account, data.certificate, finished=data.finished)


@put("/forms", status_code=204, sync_to_thread=True)
def keep_form(request: Asked, data: JSONBody[FormRequest]) -> None:
    """Keep the form as far as it is filled; the last one counts."""
    with _bearer(request).writing() as (db, account):
        applications.keep_form(_desk(request), db, account, data)


@put("/applications", sync_to_thread=True)
def save(request: Asked, data: JSONBody[SaveRequest]) -> Application:
    """Create or revise the draft."""
    desk = _desk(request)
    return _bearer(request).once(("save", data), lambda db, account: applications.save(desk, db, account, data))


@get("/applications/{business_no:str}")
async def see(request: Asked, business_no: FromPath[str]) -> Response[bytes]:
    """The application as it is now, or once it is another than the kiosk has seen."""
    return await long_poll.answer(request, _waiters(request), _bearer(request), business_no)


@put("/applications/{business_no:str}/request", sync_to_thread=True)
def submit(request: Asked, business_no: FromPath[str], data: JSONBody[SubmitRequest]) -> Application:
    """Hand in CSR and evidence."""
    desk = _desk(request)
    return _bearer(request).once(
        ("submit", business_no, data),
        lambda db, account: applications.submit(desk, db, account, business_no, data),
    )


@post("/applications/{business_no:str}/payments", status_code=200, sync_to_thread=True)
def pay(request: Asked, business_no: FromPath[str], data: JSONBody[PayRequest]) -> Application:
    """Open a payment attempt."""
    desk, asked = _desk(request), ("pay", business_no, data)
    return _bearer(request).once_apart(asked, lambda account: paying.pay(desk, account, business_no, data))


@post("/applications/{business_no:str}/payments/query", status_code=200, sync_to_thread=True)
def query_payment(request: Asked, business_no: FromPath[str]) -> Application:
    """支付成功: ask the platform; every time anew."""
    return paying.query_payment(_desk(request), _bearer(request).account(), business_no)


@post("/applications/{business_no:str}/payments/end", status_code=200, sync_to_thread=True)
def end_payment(request: Asked, business_no: FromPath[str]) -> Application:
    """Close the open attempt."""
    desk, asked = _desk(request), ("end", business_no)
    return _bearer(request).once_apart(asked, lambda account: paying.end_payment(desk, account, business_no))


@post("/applications/{business_no:str}/withdrawal", status_code=200, sync_to_thread=True)
def withdraw(request: Asked, business_no: FromPath[str]) -> Application:
    """撤销申请."""
    desk, asked = _desk(request), ("withdraw", business_no)
    return _bearer(request).once_apart(asked, lambda account: paying.withdraw(desk, account, business_no))


@put("/applications/{business_no:str}/proof", sync_to_thread=True)
def prove(request: Asked, business_no: FromPath[str], data: JSONBody[ProofRequest]) -> Application:
    """Hand in the new key's signature."""
    desk = _desk(request)
    return _bearer(request).once(
        ("prove", business_no, data),
        lambda db, account: applications.prove(desk, db, account, business_no, data),
    )


@post("/notify/{method:str}", status_code=200, request_max_body_size=NOTICE_LIMIT)
async def receive_notice(request: Asked, method: FromPath[str]) -> Response[bytes]:
    """A payment platform's notice; anything but the channel's own reply makes it send again."""
    if method not in set(PaymentMethod):
        return Response(b"unknown", status_code=404, media_type="text/plain")
    desk, platform, body = _desk(request), PaymentMethod(method), await request.body()
    headers = dict(request.headers.items())
    reply = await asyncio.to_thread(payment_webhooks.receive, desk, platform, body, request.url.query, headers)
    gateway = desk.gateways.get(platform)
    rules = gateway.notices if gateway else NoticeRules(taken=b"")
    if reply is None:
        return Response(rules.refused, status_code=400, media_type=rules.media_type)
    return Response(reply, media_type=rules.media_type)


@post("/notify/invoices", status_code=200)
async def receive_invoice_webhook(request: Asked) -> Response[bytes]:
    """The tax platform's callback; it is always told that it may stop sending."""
    reply = await asyncio.to_thread(invoice_webhook.receive, _desk(request), await request.body())
    return Response(reply, media_type="application/json")


_V1 = [
    service,
    sign_in,
    sign_out,
    notice,
    agreement,
    offer,
    keep_form,
    save,
    see,
    submit,
    pay,
    query_payment,
    end_payment,
    withdraw,
    prove,
]


def _desk(request: Asked) -> Desk:
    return cast(Desk, request.app.state.desk)


def _waiters(request: Asked) -> Waiters:
    return cast(Waiters, request.app.state.waiters)


def _token(request: Asked) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def _bearer(request: Asked) -> Bearer:
    """Whoever asks.

    :raises Refused: SESSION_ENDED without a token.
    """
    if not (token := _token(request)):
        raise Refused(Reason.SESSION_ENDED)
    return Bearer(_desk(request), token, request.headers.get(IDEMPOTENCY_HEADER, ""))


def _ca_name(desk: Desk) -> str:
    names = x509.load_der_x509_certificate(desk.ca.chain[0]).subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(names[0].value) if names else ""

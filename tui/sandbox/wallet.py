"""Pay what a phone scans, at the platform whose code it is."""

import ssl
from importlib import import_module
from pathlib import Path

import httpx
import msgspec

from tui.core.payment_method import PaymentMethod
from tui.sandbox.faults import Fault
from tui.sandbox.files import Addresses, read_addresses

DEADLINE = 10.0
"""Seconds for one payment."""


class WalletRefused(Exception):  # noqa: N818 — what happened
    """The platform does not take this payment; the text is for the person with the phone, Chinese and English."""


class _Refusal(msgspec.Struct, frozen=True):
    error: str
    text: str


class _Paid(msgspec.Struct, frozen=True):
    faults: tuple[Fault, ...] = ()


def pay(directory: Path, qr: str) -> tuple[Fault, ...]:
    """Scan the code and pay it; gives what went wrong on command.

    :raises WalletRefused: not a payment code, expired, closed, paid already, or the platform is not up.
    :raises OSError: there is no sandbox in this folder.
    """
    addresses = read_addresses(directory)
    answer = _post(addresses, f"{_platform(addresses, qr)}/sandbox/pay", {"qr": qr})
    return msgspec.json.decode(answer, type=_Paid).faults


def arm(directory: Path, channel: str, name: str, count: int) -> dict[str, int]:
    """Arm a fault at one platform, or end all of its with `clear`; gives what is armed then.

    :raises WalletRefused: the platform cannot play it, or is not up.
    :raises OSError: there is no sandbox in this folder.
    """
    addresses = read_addresses(directory)
    answer = _post(addresses, f"{getattr(addresses, channel)}/sandbox/faults", {"name": name, "count": count})
    return msgspec.json.decode(answer, type=dict[str, int])


def _post(addresses: Addresses, url: str, asked: dict[str, str | int]) -> bytes:
    tls = ssl.create_default_context(cafile=addresses.ca_file)
    try:
        with httpx.Client(verify=tls, timeout=DEADLINE, trust_env=False) as client:
            answer = client.post(url, json=asked)
    except httpx.HTTPError as error:
        raise WalletRefused(f"支付平台没有应答 / it does not answer ({type(error).__name__})") from error
    if answer.status_code != httpx.codes.OK:
        try:
            refusal = msgspec.json.decode(answer.content, type=_Refusal)
        except msgspec.MsgspecError as error:
            raise WalletRefused(f"HTTP {answer.status_code}") from error
        raise WalletRefused(f"{refusal.text} ({refusal.error})")
    return answer.content


def pay_application(directory: Path, business_no: str) -> tuple[Fault, ...]:
    """Pay the code that the desk shows now for this application; gives what went wrong on command.

    :raises WalletRefused: no code is shown, or as `pay`.
    :raises OSError: there is no sandbox in this folder.
    """
    return pay(directory, _shown_code(directory, business_no))


def _shown_code(directory: Path, business_no: str) -> str:
    from sqlalchemy import select

    from tui.core.order import SHOWN_ATTEMPT
    from tui.desk.settings import load
    from tui.desk.storage.database import open_database, reading
    from tui.desk.storage.records import AttemptRecord

    engine = open_database(load(directory / "desk.toml").database)
    try:
        with reading(engine) as db:
            shown = db.unit.scalar(
                select(AttemptRecord.qr).where(
                    AttemptRecord.business_no == business_no, AttemptRecord.state.in_(SHOWN_ATTEMPT)
                )
            )
    finally:
        engine.dispose()
    if not shown:
        raise WalletRefused(f"{business_no} 现在没有可支付的二维码 / shows no code that can be paid")
    return shown


def _platform(addresses: Addresses, qr: str) -> str:
    for method in PaymentMethod:
        if qr.startswith(import_module(f"tui.sandbox.gateways.{method.value}.traits").CODE):
            return str(getattr(addresses, method.value))
    raise WalletRefused("不是这里的支付平台的付款码 / no payment code of a platform here")

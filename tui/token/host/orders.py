"""Carry an order out on the token; imported with the first one, for what signs and verifies takes its time and room."""

import time
from dataclasses import replace
from typing import Protocol, assert_never

from PyKCS11 import PyKCS11Error

from tui.core.failure import Failure, Reason, TokenError
from tui.core.token import TokenStage
from tui.token.host import enrolment, faults, identity, leftovers, pin_change, retirement, session
from tui.token.host.driver import Driver
from tui.token.protocol import (
    ChangePin,
    DeleteLeftovers,
    Done,
    Install,
    Installed,
    Leftovers,
    ListLeftovers,
    Look,
    MakeRequest,
    Order,
    PinChanged,
    Refused,
    Requested,
    Retire,
    Retired,
    Revealed,
    Unlock,
)

_PERHAPS_PULLED = (Reason.TOKEN_FAULT, Reason.TOKEN_REMOVED, Reason.KEY_MISSING, Reason.SIGNING_PIN_REFUSED)
_NOTICED = 0.6
"""Seconds after which a driver knows that its token is gone: pcscd looks at a reader that stays every 0.4 s."""


class Way(Protocol):
    """The way back to the program while an order is carried out."""

    def ask_pin(self) -> bytearray:
        """Ask for the PIN and take it."""

    def ask_new_pin(self) -> bytearray:
        """Ask for the PIN that is to come into force, and take it."""

    def progress(self, stage: TokenStage) -> None:
        """Tell the stage that begins."""


def carry_out(driver: Driver, order: Order, channel: Way) -> Done | Refused:
    """The order's answer; that `CHECKING` begins is told already. Whatever a driver makes go wrong ends as a reason."""
    try:
        match order:
            case Look():
                return Revealed(session.look(driver, order.certificate, channel.ask_pin))
            case MakeRequest():
                return Requested(enrolment.make_request(driver, order, channel.ask_pin, channel.progress))
            case Install():
                return Installed(enrolment.install(driver, order, channel.ask_pin, channel.progress))
            case Retire():
                return Retired(retirement.retire(driver, order, channel.ask_pin, channel.progress))
            case ChangePin():
                pin_change.change(driver, order, channel.ask_pin, channel.ask_new_pin, channel.progress)
                return PinChanged()
            case Unlock():
                pin_change.unlock(driver, order, channel.ask_pin, channel.ask_new_pin, channel.progress)
                return PinChanged()
            case ListLeftovers():
                return Leftovers(leftovers.found(driver, order, channel.ask_pin))
            case DeleteLeftovers():
                return Leftovers(leftovers.delete(driver, order, channel.ask_pin, channel.progress))
            case _:
                assert_never(order)
    except TokenError as error:
        return Refused(_explain(driver, order, error.failure))
    except PyKCS11Error as error:
        return Refused(_explain(driver, order, faults.failure(error)))
    except (EOFError, BrokenPipeError):
        raise
    except Exception as error:  # noqa: BLE001 - the driver's process must answer
        return Refused(Failure(Reason.KIOSK_FAULT, detail=type(error).__name__))


def _explain(driver: Driver, order: Order, failure: Failure) -> Failure:
    """Drivers report a pulled token in many ways, or list nothing and call that success: look whether it is there."""
    if failure.reason in _PERHAPS_PULLED:
        try:
            replaced = order.old if isinstance(order, Install) else b""
            identity.locate(driver, order.certificate, replaced)
            if failure.reason is Reason.TOKEN_FAULT:
                time.sleep(_NOTICED)
                driver.restart()
                identity.locate(driver, order.certificate, replaced)
        except TokenError as gone:
            return replace(failure, reason=gone.failure.reason)
        except PyKCS11Error:
            return replace(failure, reason=Reason.TOKEN_REMOVED)
    return failure

"""How the desk says no: a reason, the HTTP status it travels with, and what the kiosk needs beside it."""

from tui.core.failure import Reason
from tui.deskclient.wire import Problem

_STATUS = {
    Reason.WRONG_PASSWORD: 401,
    Reason.SESSION_ENDED: 401,
    Reason.ACCOUNT_LOCKED: 429,
    Reason.NOT_THE_APPLICANT: 403,
    Reason.NO_CERTIFICATE: 404,
    Reason.APPLICATION_MISSING: 404,
    Reason.APPLICATION_MOVED_ON: 409,
    Reason.AGREEMENT_CHANGED: 409,
    Reason.PRICE_CHANGED: 409,
    Reason.ALREADY_RENEWED: 409,
    Reason.ALREADY_PAID: 409,
    Reason.PAYMENT_PENDING: 409,
    Reason.PAYMENT_FROZEN: 409,
    Reason.PAYMENT_PLATFORM_DOWN: 503,
    Reason.DESK_BUSY: 503,
    Reason.DESK_FAULT: 500,
    Reason.KIOSK_TOO_OLD: 426,
    Reason.KIOSK_FAULT: 400,
}


class Refused(Exception):  # noqa: N818 - it is an answer
    """A request that is answered with a problem (RFC 9457)."""

    def __init__(
        self,
        reason: Reason,
        detail: str = "",
        *,
        retry_after: int | None = None,
        field_errors: tuple[tuple[str, str], ...] = (),
        minimum_version: str | None = None,
    ) -> None:
        """`detail` is technical and never holds personal data."""
        super().__init__(reason.value, detail)
        self.problem = Problem(
            title=reason.cause,
            status=_STATUS.get(reason, 422),
            reason=reason.value,
            detail=detail,
            retry_after=retry_after,
            field_errors=field_errors,
            minimum_version=minimum_version,
        )

    @property
    def reason(self) -> Reason:
        """The reason code."""
        return Reason(self.problem.reason)

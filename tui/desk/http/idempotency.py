"""A write that comes twice with one Idempotency-Key is done once and answered alike."""

import hashlib
from collections.abc import Callable

import msgspec

from tui.core.failure import Reason
from tui.core.order import Application
from tui.desk.context import Desk
from tui.desk.refusals import Refused
from tui.desk.storage.answers import AnswerRecord
from tui.desk.storage.database import put, reading, writing


def once(
    desk: Desk, account: str, key: str, request: tuple[object, ...], act: Callable[[], Application]
) -> Application:
    """The kept answer of this key, or the act's, which is kept for a day.

    Refusals are not kept: every act may be repeated, so a second try is judged anew.

    :raises Refused: KIOSK_FAULT when the key is missing or was used for another request, and what the act raises.
    """
    if not 0 < len(key) <= 128:
        raise Refused(Reason.KIOSK_FAULT, "Idempotency-Key is missing or too long")
    request_hash = hashlib.sha256(msgspec.json.encode(request)).hexdigest()
    with reading(desk.engine) as db:
        kept = db.get(AnswerRecord, (account, key))
    if kept is not None:
        if kept.request_hash != request_hash:
            raise Refused(Reason.KIOSK_FAULT, "Idempotency-Key was used for another request")
        return msgspec.json.decode(kept.answer, type=Application)
    answer = act()
    with writing(desk.engine) as db:
        put(
            db,
            AnswerRecord(
                account=account,
                key=key,
                request_hash=request_hash,
                answer=msgspec.json.encode(answer),
                created_at=desk.clock(),
            ),
        )
    return answer

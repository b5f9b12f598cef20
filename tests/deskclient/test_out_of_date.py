"""A desk whose certificate is outside its validity: the clock that is wrong is named, and nothing else is forgiven."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from tests.harness.deskclient.desk_double import Answer, DeskDouble, make_tls, serve
from tui.core.failure import DeskError, Failure, Reason
from tui.core.secret import Password
from tui.core.token import Snapshot
from tui.deskclient.client import DeskClient
from tui.journey.ports import Check
from tui.kiosk.runtime.desk_time import DeskTime
from tui.kiosk.runtime.self_check import SelfCheck

EXPIRED, TO_COME = timedelta(days=-800), timedelta(days=800)
SECRET = b"correct horse"
NEVER = Answer(headers=(("date", "Thu, 01 Jan 1970 00:00:00 GMT"),))
"""A time that no clock has; see `tui.deskclient.answers.YEARS`."""


def at(offset: timedelta) -> Answer:
    """An answer of a desk whose clock differs from ours by this much."""
    return Answer(headers=(("date", format_datetime(datetime.now(UTC) + offset, usegmt=True)),))


async def failure(folder: Path, begins: timedelta, answer: Answer, *, other_ca: bool = False) -> Failure:
    """Why a sign-in at this desk fails; its password must not have been sent."""
    ca_file, certificate, key = make_tls(folder, begins=begins)
    if other_ca:
        (folder / "other").mkdir()
        ca_file, *_ = make_tls(folder / "other")
    desk = DeskDouble(ca_file=ca_file, script=[answer])
    with serve(desk, certificate, key, dated=False) as url:
        client = DeskClient(url, ca_file, "1.2.3")
        try:
            with pytest.raises(DeskError) as caught:
                await client.sign_in("supplier01", Password(SECRET))
        finally:
            await client.close()
    assert all((asked.method, asked.body) == ("HEAD", b"") for asked in desk.asked)
    return caught.value.failure


@pytest.mark.parametrize(
    ("begins", "desk_is_ahead", "reason"),
    [
        (TO_COME, TO_COME, Reason.CLOCK_WRONG),
        (EXPIRED, EXPIRED, Reason.CLOCK_WRONG),
        (EXPIRED, timedelta(0), Reason.DESK_CERTIFICATE_EXPIRED),
        (TO_COME, timedelta(0), Reason.DESK_CERTIFICATE_EXPIRED),
    ],
)
async def test_the_desk_s_date_tells_whose_clock_is_wrong(
    tmp_path: Path, begins: timedelta, desk_is_ahead: timedelta, reason: Reason
) -> None:
    told = await failure(tmp_path, begins, at(desk_is_ahead))
    assert told.reason is reason
    assert (told.desk_time is not None) is (reason is Reason.CLOCK_WRONG)


@pytest.mark.parametrize("answer", [Answer(), Answer(headers=(("date", "yesterday"),)), Answer(drop=True), NEVER])
@pytest.mark.parametrize(
    ("begins", "reason"), [(TO_COME, Reason.CLOCK_WRONG), (EXPIRED, Reason.DESK_CERTIFICATE_EXPIRED)]
)
async def test_without_a_date_the_likelier_cause_is_told(
    tmp_path: Path, begins: timedelta, reason: Reason, answer: Answer
) -> None:
    assert (await failure(tmp_path, begins, answer)).reason is reason


async def test_of_an_unknown_ca_no_date_is_believed(tmp_path: Path) -> None:
    told = await failure(tmp_path, EXPIRED, at(EXPIRED), other_ca=True)
    assert told.reason is Reason.DESK_UNTRUSTED


async def test_the_self_check_names_the_clock(tmp_path: Path) -> None:
    ca_file, certificate, key = make_tls(tmp_path, begins=TO_COME)
    desk = DeskDouble(ca_file=ca_file, script=[at(TO_COME)])
    with serve(desk, certificate, key, dated=False) as url:
        client = DeskClient(url, ca_file, "1.2.3")
        checks = await SelfCheck(client, ("/lib/m.so",), "1.2.3", DeskTime()).run(Snapshot())
        await client.close()
    told: dict[str, Check] = {check.item: check for check in checks}
    assert told["clock"].failure is not None
    assert told["clock"].failure.reason is Reason.CLOCK_WRONG
    assert f"{datetime.now(UTC) + TO_COME:%Y-}" in told["clock"].detail

"""Answers of a desk that is broken or is none: one failure each, and the next call is served."""

import gzip

import msgspec
import pytest

from tests.harness.deskclient.desk_double import Answer, DeskDouble
from tests.harness.deskclient.samples import SERVICE
from tui.core.failure import DeskError, Reason
from tui.core.secret import Password
from tui.deskclient.client import DeskClient
from tui.deskclient.wire import Session

GOOD = msgspec.json.encode(SERVICE)
HTML = (("content-type", "text/html"),)


@pytest.mark.parametrize(
    "answer",
    [
        Answer(b"\xff\xfe"),
        Answer(b"[" * 500_000),
        Answer(b"<html>", headers=HTML),
        Answer(b"x" * (1 << 21)),
        Answer(gzip.compress(b" " * (1 << 24) + GOOD), headers=(("content-encoding", "gzip"),)),
        Answer(b"", status=302, headers=(("location", "https://127.0.0.1:1/"),)),
        Answer(b"\xff", status=500),
        Answer(b"[" * 500_000, status=400),
        Answer(b""),
    ],
    ids=range(9),
)
async def test_one_failure_and_no_more(desk: DeskDouble, client: DeskClient, answer: Answer) -> None:
    desk.script = [answer, Answer(GOOD)]
    with pytest.raises(DeskError) as told:
        await client.status()
    assert told.value.failure.reason is Reason.DESK_FAULT
    assert await client.status() == SERVICE
    assert len(desk.asked) == 2


@pytest.mark.parametrize("token", ["", "续", "a\x00", "a b\n"])
async def test_a_session_that_no_header_can_carry_is_refused(desk: DeskDouble, client: DeskClient, token: str) -> None:
    desk.script = [Answer(msgspec.json.encode(Session(token, 60)))]
    with pytest.raises(DeskError) as told:
        await client.sign_in("a", Password(b"p"))
    assert told.value.failure.reason is Reason.DESK_FAULT

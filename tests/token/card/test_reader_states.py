"""What people are told of a real pcscd: away, without a reader, with an empty one, with a card that no driver knows."""

from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tests.harness.kiosk.gallery import HOME
from tests.harness.kiosk.ports_double import DeskScript
from tests.harness.kiosk.stage import staged
from tests.harness.people import NOW, SERVICE
from tests.harness.token.support import until, watching
from tests.kiosk.linear.test_scanning import Heard
from tests.rig.card.pcscd import MODULE, Reader, private_pcscd
from tui.cli.checks import settled
from tui.core.failure import Failure, Reason
from tui.core.token import Readers
from tui.kiosk.linear.dialogues.arrival import Waiting
from tui.kiosk.runtime.desk_time import DeskTime
from tui.kiosk.runtime.self_check import SelfCheck
from tui.token.launch import Module
from tui.token.tokens import Tokens


@dataclass(frozen=True, slots=True)
class StrangeCard:
    """It answers its reset, and refuses every command (ISO/IEC 7816-4: instruction not supported)."""

    atr: bytes = bytes.fromhex("3b800181")

    def power_on(self) -> bytes:
        return self.atr

    def power_off(self) -> None:
        pass

    def transmit(self, apdu: bytes) -> bytes:
        assert apdu
        return b"\x6d\x00"


@pytest.fixture
def environment(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[tuple[str, str], ...]]:
    """That of a driver in this state of readers."""
    reader: Reader = request.getfixturevalue("reader")
    with ExitStack() as stack:
        match request.param:
            case Readers.NO_SERVICE:
                yield ("PCSCLITE_CSOCK_NAME", str(tmp_path / "nobody")), *reader.environment[1:]
            case Readers.NONE:
                yield stack.enter_context(private_pcscd(bare=True)).environment
            case Readers.PRESENT:
                yield reader.environment
            case _:
                stack.enter_context(reader.holding(StrangeCard()))
                yield reader.environment


@pytest.fixture
async def tokens(environment: tuple[tuple[str, str], ...]) -> AsyncIterator[Tokens]:
    """The adapter over OpenSC."""
    made = Tokens((Module(MODULE, environment),))
    yield made
    await made.close()


@pytest.mark.parametrize(
    ("environment", "standings", "words", "reason"),
    [
        (Readers.NO_SERVICE, "异常 未到 未到 未到 未到", "读卡服务没有运行", Reason.READER_SERVICE_DOWN),
        (Readers.NONE, "异常 未到 未到 未到 未到", "换一个USB接口再插一次", Reason.NO_READER),
        (Readers.PRESENT, "正常 正常 异常 未到 未到", "没有找到CA。", Reason.NO_TOKEN),
        (Readers.CARD_UNKNOWN, "正常 异常 未到 未到 未到", "CA驱动无法识别", Reason.CARD_UNKNOWN),
    ],
    indirect=["environment"],
)
async def test_screen_lines_and_doctor_tell_the_state_of_the_readers(
    request: pytest.FixtureRequest, tokens: Tokens, standings: str, words: str, reason: Reason
) -> None:
    wanted: Readers = request.node.callspec.params["environment"]
    async with watching(tokens) as snapshots:
        snapshot = await until(snapshots, lambda seen: seen.readers is wanted)
    state = replace(HOME, snapshot=snapshot, failure=None if wanted.blind else Failure(Reason.NO_TOKEN))

    async with staged(state) as stage:
        told = [word for word in stage.text.split() if word in ("正常", "异常", "未到", "无法得知")]
        assert told == standings.split()
        assert words in stage.text
        assert reason.number in stage.text

    heard = Heard()
    Waiting(state, heard).begin()
    assert [said.rpartition("：")[2] for said in heard.said if said.endswith(("正常", "异常", "未到"))] == told
    assert any(words in said for said in heard.said)

    checks = await SelfCheck(DeskScript(status=[SERVICE]), (str(MODULE),), "1.0.0", DeskTime(lambda: NOW)).run(
        await settled(tokens)
    )
    assert [check.failure.reason for check in checks if check.item == "token" and check.failure] == [reason]

"""The five rungs on the screens: each said in text, the first that fails with what mends it and whom to call."""

import re
from dataclasses import replace

import pytest

from tests.harness import people
from tests.harness.kiosk.gallery import COMPANY, HOME, LONE
from tests.harness.kiosk.stage import Stage, staged
from tui.core.failure import Failure, Reason
from tui.core.token import ModuleFault, Readers, Snapshot
from tui.journey.ports import Check
from tui.journey.state import State, Step
from tui.kiosk.settings import Mode

EMPTY = replace(HOME, snapshot=Snapshot(readers=Readers.PRESENT))
SOUGHT = replace(EMPTY, failure=Failure(Reason.NO_TOKEN))
PATH = "/usr/lib/x86_64-linux-gnu/opensc-pkcs11.so"
FAULTY = Snapshot(faults=(ModuleFault(PATH, Failure(Reason.DRIVER_INCOMPLETE)),))


def rungs(stage: Stage) -> list[str]:
    """What stands below or beside the five names."""
    return re.findall("(?<!全部)正常|(?<!项)异常|未到|无法得知", stage.text)


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (60, 30)])
@pytest.mark.parametrize(
    ("state", "standings", "said"),
    [
        (SOUGHT, "正常 正常 异常 未到 未到", ["没有找到CA。", "换一个USB接口", "020-89524338", "E-101"]),
        (
            replace(HOME, snapshot=Snapshot(readers=Readers.NO_SERVICE)),
            "异常 未到 未到 未到 未到",
            ["读卡服务没有运行", "pcscd", "020-89524338", "E-113"],
        ),
        (replace(HOME, snapshot=FAULTY), "无法得知 异常 未到 未到 未到", ["程序库缺失", "E-127"]),
        (replace(HOME, snapshot=Snapshot((people.token(),))), "正常 正常 正常 异常 未到", ["没有证书", "E-201"]),
    ],
)
async def test_the_waiting_screen_tells_the_first_rung_that_fails(
    state: State, standings: str, said: list[str], size: tuple[int, int]
) -> None:
    async with staged(state, size) as stage:
        assert rungs(stage) == standings.split()
        assert not [words for words in said if words not in stage.text]


async def test_a_certificate_that_cannot_be_used_is_shown_with_its_rung() -> None:
    expired = people.token(people.certificate("expired", -3))
    async with staged(replace(HOME, snapshot=Snapshot((expired,)))) as stage:
        assert rungs(stage) == ["正常", "正常", "正常", "正常", "异常"]
        for words in ("目前不能续期", "《CA办理指南》", "E-203", "已过期3天"):
            assert words in stage.text


@pytest.mark.parametrize("state", [EMPTY, replace(HOME, snapshot=Snapshot(readers=Readers.NONE)), HOME])
async def test_there_is_no_ladder_where_nothing_is_wrong(state: State) -> None:
    async with staged(state) as stage:
        assert "读卡器" not in stage.text


async def test_the_self_check_begins_with_the_ladder_and_tells_a_stranger_no_path_and_no_name() -> None:
    details = {"driver": PATH, "token": "张三的U盘", "certificate": COMPANY}
    checks = tuple(Check(item, ok=True, detail=detail) for item, detail in details.items())
    held = people.state(Step.SELF_CHECK, snapshot=Snapshot((LONE,)), checks=checks)
    async with staged(held) as stage:
        assert rungs(stage) == ["正常"] * 5
        assert not [words for words in details.values() if words not in stage.text]
        stage.app.mode = Mode.COUNTER
        await stage.show(replace(held, busy=None, account="other"))
        assert rungs(stage) == ["正常"] * 5
        assert not [words for words in details.values() if words in stage.text]


async def test_the_self_check_shows_the_ladder_before_the_desk_has_answered() -> None:
    async with staged(people.state(Step.SELF_CHECK, snapshot=FAULTY)) as stage:
        assert rungs(stage) == ["无法得知", "异常", "未到", "未到", "未到"]
        assert "程序库缺失" in stage.text
        assert "还没有检测结果" in stage.text

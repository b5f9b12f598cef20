"""Chinese text is divided by its own rules, whatever it says and however narrow the place."""

from itertools import pairwise

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.content import Content

from tests.harness.kiosk.stage import staged
from tui.journey.state import State
from tui.kiosk.text.line_marks import CLOSING, OPENING
from tui.kiosk.text.wrapping import cells, wrapped
from tui.kiosk.widgets.line_breaks import divide_line, evened

MARKED = st.builds(
    "{}{}{}{}".format,
    st.sampled_from(("", *sorted(OPENING - {"¥"}), "¥ ")),
    st.sampled_from(("证", "CA", "U盘", "200.00", "a@b.cn", "é", "密码 ")),
    st.sampled_from(("", *sorted(CLOSING))),
    st.sampled_from(("", "", " ", "  ")),
)


def lines(text: str, width: int) -> list[str]:
    return [text[start:end] for start, end in pairwise([0, *divide_line(text, width), len(text)])]


@settings(suppress_health_check=[HealthCheck.too_slow])  # a laden machine
@given(st.lists(MARKED, min_size=1, max_size=60).map("".join), st.integers(14, 90))
@example("200.00!¥ 200.00", 14)
@example("abcdefghijkl¥ 2", 14)
@example("Look it up: at https://desk.example.cn", 25)
def test_no_mark_stands_where_it_must_not(text: str, width: int) -> None:
    divided = lines(text, width)
    assert "".join(divided) == text
    assert all(cell_len(line.rstrip()) <= width for line in divided)
    assert not [line for line in divided[1:] if line[0] in CLOSING]
    assert not [line for line in divided[:-1] if line.rstrip()[-1] in OPENING]


@given(st.lists(MARKED, min_size=1, max_size=60).map("".join), st.integers(14, 90))
@example("CN=深圳市示例供应商有限公司,OU=91440300100012316L", 32)
@example("付款途径（『支付宝』）", 20)
def test_lines_without_screens_and_paper_hold_to_the_same_marks(text: str, width: int) -> None:
    divided = wrapped(text, width)
    assert "".join("".join(divided).split()) == "".join(text.split())
    assert all(cells(line) <= width for line in divided)
    assert not [line for line in divided[1:] if line[0] in CLOSING]
    assert not [line for line in divided[:-1] if line[-1] in OPENING]


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.text(max_size=200).filter(lambda text: not set(text) & {"\n", "\t"}), st.integers(2, 90))
def test_nothing_is_lost_of_any_text(text: str, width: int) -> None:
    divided = lines(text, width)
    assert "".join(divided) == text
    assert all(divided) or not text


def test_words_and_amounts_stay_whole_and_what_fits_no_line_is_folded() -> None:
    assert lines("请付（¥ 200.00）谢谢！", 12) == ["请付", "（¥ 200.00）", "谢谢！"]
    assert lines("an English sentence", 11) == ["an English ", "sentence"]
    assert lines("long@example.com，好", 6) == ["long@e", "xampl", "e.co", "m，好"]


async def test_the_screens_are_divided_so() -> None:
    async with staged(State()):
        drawn = Content("付款后证书自动签发，好了").wrap(18)
    assert [line.plain for line in drawn] == ["付款后证书自动签", "发，好了"]


def test_no_paragraph_ends_in_a_lone_word() -> None:
    assert lines("Please check the network and retry.", 32) == ["Please check the network ", "and retry."]
    assert lines("打开这些文件要用它的密钥。", 24) == ["打开这些文件要用", "它的密钥。"]
    assert lines("a-long-word of-a-few-letters", 18) == ["a-long-word ", "of-a-few-letters"]
    assert lines("retry " + " " * 9, 8) == ["retry " + " " * 9]


def test_no_clause_begins_at_a_lines_end() -> None:
    assert lines("插入这个CA并登录，就能找到这笔申请。", 20) == ["插入这个CA并登录，", "就能找到这笔申请。"]
    assert lines("It has expired. Please apply anew.", 23) == ["It has expired. ", "Please apply anew."]
    assert lines("已付，就能继续了", 8) == ["已付，就", "能继续了"], "not for another line"
    assert lines("Pay here: at https://desk.example.cn", 25)[0] == "Pay here: at ", "not where there is no room for it"
    assert lines("已付款，请领取好", 14) == ["已付款，", "请领取好"], "not for the sake of the last line"


@given(st.lists(MARKED, max_size=60).map("".join), st.integers(14, 90))
def test_evened_lines_are_as_few_and_none_is_lost(text: str, width: int) -> None:
    told = evened(text, width).split("\n")
    assert len(told) == len(lines(text, width))
    assert all(len(lines(line, width)) == 1 for line in told)
    assert "".join(told).replace(" ", "") == text.replace(" ", "")


def test_no_line_is_left_for_a_lone_word() -> None:
    question = "已提交的申请保存在续期服务中，可随时在任何一台终端继续办理。"
    assert evened(question, 54).split("\n") == [question[:15], question[15:]]
    assert evened("Kept by the service,\nand a word at the end", 20) == "Kept by the service,\nand a word\nat the end"
    assert evened("", 54) == ""

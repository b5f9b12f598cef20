"""What a terminal sends by itself, pastes, and keys in the newer forms, on the screens where they do harm."""

import pytest
from textual import events

from tests.harness import people
from tests.harness.kiosk.emulator import Emulator
from tests.harness.kiosk.program import Program
from tests.harness.kiosk.stage import Stage, staged
from tui.journey.events import FormEdited
from tui.journey.state import Step
from tui.kiosk.screens.form import FormScreen
from tui.kiosk.terminal.escapes import ESC_DELAY, MAX_PASTE, UNFINISHED, Escapes, visible
from tui.kiosk.terminal.keyboard import Input
from tui.kiosk.terminal.keys import keys_of
from tui.kiosk.widgets.line import Line
from tui.kiosk.widgets.pin_pad import PinEntry

REPORTS = (
    (b"\x1b[?62;4c",),
    (b"\x1b]11;rgb:1e1e/1e1e/1e1e\x1b\\",),
    (b"\x1bP>|tmux 3.3a\x1b\\",),
    (b"\x1b[8;24;80t",),
    (b"\x1b[<0;30;10", b"M"),
    (b"\x1b", b"[<0;30;10M"),
    (b"\x1b[200~12345678\x1b[201~",),
    (b"\x1b[200~\x1b[0m12345678\x1b[201~",),
    (b"\x1b[200~\r\n\x1b]0;x\x0712345678\x1b[201~",),
    (b"\x1b[200~\x1b[200~12\x1b", b"[20", b"1~"),
)
PASTES = (
    ("agent_name", "\x1b[200~王\x1b[0m小明\x1b[201~", "王小明"),
    ("recipient_address", "\x1b[200~\x1b[1m某路1号\x1b[0m\r\r501室\x1b[201~", "某路1号 501室"),
    ("recipient_address", "\x1b[200~某路1号\n501室\x1b[201~", "某路1号 501室"),
    ("recipient_address", "\x1b[200~\r\n某路1号\r\n  501室\r\n\x1b[201~", "某路1号 501室"),
    ("recipient_address", "\x1b[200~某路\t1号\u2028501室\x1b[201~", "某路 1号 501室"),
    ("recipient_address", "\x1b[200~\x1b]0;某市\x1b\\某路1号\x1b[201~", "某路1号"),
    ("agent_name", "\x1b[200~王\x1b(B小\x9b1m明\x1b[201~", "王小明"),
    ("agent_name", "\x1b[200~王\U0003134a\U0002ebf0\x1b[201~", "王\U0003134a\U0002ebf0"),
    ("agent_name", "王\U0003134a\U0002ebf0", "王\U0003134a\U0002ebf0"),
    ("agent_name", "\x1b[?62;4c\x1bP>|tmux 3.3a\x1b\\\x1b[8;24;80t", ""),
)


async def come(stage: Stage, *reads: bytes) -> list[object]:
    """The terminal sends; the events that were posted."""
    source = Input()
    for data in reads:
        for message in source.feed(data):
            stage.app.post_message(message)
    posted: list[object] = list(await stage.events())
    while stage.app._type_ahead.busy:
        posted += await stage.events()
    return posted


@pytest.mark.parametrize("reads", REPORTS, ids=repr)
async def test_no_report_and_no_paste_puts_a_star_into_the_pin_or_leaves_the_screen(reads: tuple[bytes, ...]) -> None:
    async with staged(people.state(Step.REQUEST_PIN)) as stage:
        assert await come(stage, *reads) == []
        assert stage.screen.query_one(PinEntry).length == 0
        stage.screen.query_one(PinEntry).focus()
        await come(stage, b"12")
        assert stage.screen.query_one(PinEntry).length == 2


@pytest.mark.parametrize(("name", "sent", "stands"), PASTES)
async def test_a_paste_is_shown_as_a_line_and_submits_nothing(name: str, sent: str, stands: str) -> None:
    async with staged(people.state(Step.FORM)) as stage:
        assert isinstance(stage.screen, FormScreen)
        line = stage.screen.query_one(f"#field-{name.replace('_', '-')} Input", Line)
        line.value = ""
        line.focus()
        assert not [event for event in await come(stage, sent.encode()) if not isinstance(event, FormEdited)]
        assert line.value == stands
        assert stage.app.focused is line


@pytest.mark.parametrize(
    ("sent", "keys"),
    [
        (b"\x1b[97u\x1b[97;2u\x1b[97:65;2;65u\x1b[97;65u", "a A A A"),
        (b"\x1b[49:33;2u\x1b[49;2;33u\x1b[27;2;33~", "exclamation_mark exclamation_mark exclamation_mark"),
        (b"\x1b[0;;29579:23567u\x1b[29579u", "王 小 王"),
        (b"\x1b[13u\x1b[9u\x1b[9;2u\x1b[127u\x1b[27u", "enter tab shift+tab backspace escape"),
        (
            b"\x1b[27;1;13~\x1b[27;2;13~\x1b[27;2;9~\x1b[27;1;127~\x1b[27;1;27~",
            "enter enter shift+tab backspace escape",
        ),
        (b"\x1b[57400u\x1b[57414u\x1b[57419u\x1bOq", "1 enter up 1"),
        (b"\x1b[97;5u\x1b[27;5;97~\x01", "ctrl+a ctrl+a ctrl+a"),
        (b"\x1b[97;3u\x1b[97;9u\x1b[97;17u\x1b[97;33u\x1b[27;3;97~\x1ba\x1b1", ""),
        (b"\x1b[97;1:2u\x1b[97;1:3u\x1b[1;1:3A", "a"),
        (
            b"\x1b[1114112u\x1b[55296u\x1b[0u\x1b[128u\x1b[57441u\x1b[27;1;99999999~\x1b[" + b"9" * 5000 + b"u",
            "left_shift",
        ),
        (b"\x1b[A\x1bOA\x1b[1;129A\x1b[1;2A\x1b[1;3A", "up up up shift+up"),
        (b"\x1bOP\x1b[P\x1b[11~\x1b[[A", "f1 f1 f1"),  # and no fourth at once
        (b"\x1b[1;1R\x1b[1;2R\x1b[24;80R\x1bOR\x1b[13~", "f3 f3"),
        (b"\x1b\x1b[A", "escape up"),
        (b"\xff\xc3(a\xed\xa0\x80\xef\xbf\xbdb\xc2\x85", "left_parenthesis a b"),
    ],
)
def test_a_key_is_what_it_says(sent: bytes, keys: str) -> None:
    read = [m.key for m in Input(clock=lambda: 0.0).feed(sent) if isinstance(m, events.Key)]
    assert " ".join(read) == keys


@pytest.mark.parametrize("form", ["\x1b[%du", "\x1b[%d;2u", "\x1b[27;1;%d~", "\x1b[0;;%du"])
def test_of_the_codes_of_keys_without_a_character_the_number_pad_s_alone_type(form: str) -> None:
    codes = {code for code in range(0xE000, 0xF900) if any(key.character for key in keys_of(form % code))}
    assert codes == (set() if ";;" in form else {*range(57399, 57414), 57415, 57416})


def test_a_bare_escape_is_a_key_soon_and_what_it_began_is_not_typed_later() -> None:
    source = Input()
    assert source.feed(b"\x1b") == []
    assert source.patience == ESC_DELAY < UNFINISHED
    assert [m.key for m in source.tick() if isinstance(m, events.Key)] == ["escape"]
    assert source.feed(b"]11;rgb:1e1e/1e1e/1e1e\x1b\\") == []
    source.tick()
    assert [m.key for m in source.feed(b"[") if isinstance(m, events.Key)] == ["left_square_bracket"]


@pytest.mark.parametrize(
    "report",
    [
        b"\x1b[?62;4c",
        b"\x1b[<0;30;10M",
        b"\x1b[8;24;80t",
        b"\x1b[48;24;80;480;640t",
        b"\x1b[?997;1n",
        b"\x1b]11;rgb:1e1e/1e1e/1e1e\x1b\\",
        b"\x1b]52;c;MTIzNDU2\x07",
        b"\x1bP>|tmux 3.3a\x1b\\",
        b"\x1bP1$r2 q\x9c",
        b"\x1b_Gi=31;OK\x1b\\",
        b"\x1b[200~12345678\x1b[201~",
    ],
    ids=repr,
)
def test_a_report_that_stalls_for_a_second_types_nothing_when_its_rest_comes(report: bytes) -> None:
    for at in range(2, len(report) - 1):
        source = Input()
        assert source.feed(report[:at]) == source.tick() == []
        assert not [m for m in source.feed(report[at:]) if isinstance(m, events.Key)], at
        assert source.patience is None


def test_what_is_typed_after_a_sequence_that_never_ended_is_typed() -> None:
    for begin in (b"\x1b[", b"\x1b[?62;4", b"\x1b]11;", b"\x1bP>|"):
        source = Input()
        assert source.feed(begin) == source.tick() == []
        keys = [m.key for key in b"1a" for m in source.feed(bytes((key,))) if isinstance(m, events.Key)]
        assert keys == ["1", "a"]


@pytest.mark.parametrize(
    "scanned", ["11010519491231002X", "13800138000", "13800138000@qq.com", "91440101MA59C3R41F", "E12345678\r", "ab"]
)
def test_what_a_scanner_or_an_input_method_hands_over_after_a_lone_introducer_is_typed(scanned: str) -> None:
    """Alt and [, for instance."""
    source = Input()
    assert source.feed(b"\x1b[") == source.tick() == []
    assert "".join(m.character or "" for m in source.feed(scanned.encode()) if isinstance(m, events.Key)) == scanned


def test_keys_that_come_with_the_rest_of_a_report_are_typed() -> None:
    for report, at in ((b"\x1b[<0;30;10M", 5), (b"\x1b[?62;4c", 2), (b"\x1b[200~x\x1b[201~", 4)):
        source = Input()
        assert source.feed(report[:at]) == source.tick() == []
        assert [m.key for m in source.feed(report[at:] + b"ab") if isinstance(m, events.Key)] == ["a", "b"]


def test_a_stalled_paste_is_no_key_when_its_rest_comes() -> None:
    source = Input()
    source.feed(b"\x1b[200~1234")
    assert source.tick() == []
    assert [m.key for m in source.feed(b"5678\x1b[201~9") if isinstance(m, events.Key)] == ["9"]
    assert source.patience is None


@pytest.mark.parametrize("silences", [1, 2])
def test_a_paste_after_one_that_never_ended_is_taken(silences: int) -> None:
    source = Input()
    source.feed(b"\x1b[200~1234")
    for _ in range(silences):
        assert source.tick() == []
    (paste,) = source.feed(b"\x1b[200~5678\x1b[201~")
    assert isinstance(paste, events.Paste)
    assert paste.text == "5678"


def test_nothing_of_a_paste_is_kept_once_it_has_come_or_was_given_up() -> None:
    for stalls, end in ((True, "x"), (False, "\x1b[201~")):
        escapes = Escapes()
        escapes.feed("\x1b[200~a password")
        if stalls:
            escapes.give_up()
        escapes.feed(end)
        assert "password" not in repr(vars(escapes))


def test_what_is_kept_of_a_paste_and_of_a_sequence_is_bounded() -> None:
    for begin in ("\x1b[200~", "\x1b[", "\x1b]52;c;", "\x1bP"):
        escapes = Escapes()
        assert escapes.feed(begin) == []
        for _ in range(100):
            assert escapes.feed("1;" * 2048) == []
        assert len(escapes._held) <= MAX_PASTE + 6
    (paste,) = Input().feed(b"\x1b[200~" + b"A" * (1 << 20) + b"\x1b[201~")
    assert isinstance(paste, events.Paste)
    assert paste.text == "A" * MAX_PASTE


def test_line_breaks_and_tabs_are_all_that_is_left_of_control_characters() -> None:
    assert visible("a\r\nb\rc\x0b\td\x00\x07\u200b\u202e\x1b[31me\x1b") == "a\nb\nc\n\tde"


async def test_a_mouse_report_cut_in_two_clicks_and_types_nothing() -> None:
    async with staged(people.state(Step.SIGN_IN, account="")) as stage:
        await come(stage, b"\x1b[<0;20;10", b"M\x1b[<0;20;", b"10m")
        assert stage.screen.query_one(Line).value == ""


@pytest.mark.parametrize("environment", [{"COLUMNS": "20", "LINES": "5"}, {"COLUMNS": "300"}, {"LINES": "100"}])
def test_the_size_is_the_window_s(environment: dict[str, str]) -> None:
    program = Program(environment=environment)
    try:
        larger = Emulator(120, 40)
        program.read_until("还有20天到期")
        larger.read(program.output)
        lines = larger.text.splitlines()
        assert "F1" in lines[23]
        assert not any(line[80:].strip() for line in lines)
        assert not any(line.strip() for line in lines[24:])
        assert "窗口太小" not in larger.text
    finally:
        program.close()

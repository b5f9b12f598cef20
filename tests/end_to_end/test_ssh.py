"""Over a real sshd with the deployed forced command: a line that drops, and a terminal that calls itself dumb."""

import signal
import tomllib
from pathlib import Path
from typing import Any

from tests.end_to_end.test_lines import ESCAPE, narrow, to_the_end, to_the_pin
from tests.harness.end_to_end.sandbox import Sandbox
from tests.harness.end_to_end.stage import new_token
from tests.harness.end_to_end.terminal import Terminal, all_at_once, settings_file
from tests.rig.sshd import sshd


def answers_of(sandbox: Sandbox) -> dict[str, Any]:
    return tomllib.loads((sandbox.directory / "answers.toml").read_text())


def test_a_line_that_drops_ends_the_program_and_the_next_sign_in_goes_on(sandbox: Sandbox, tmp_path: Path) -> None:
    token, answers = new_token(sandbox, tmp_path), answers_of(sandbox)
    settings = settings_file(sandbox, token, tmp_path)
    with sshd(tmp_path, settings) as server:
        with Terminal(settings, server.words) as first:
            first.walk_to_payment(answers, token.pin, all_at_once)
            number = first.walk_to_code(answers["invoice"]["tax_number"], answers["invoice"]["title"])
            first.hang_up()
        assert server.exit_code() == 128 + signal.SIGHUP
        with Terminal(settings, server.words) as second:
            second.until("再次登录即可继续")
            second.walk_to_card(all_at_once)
            second.press("继续办理")
            assert second.business_no_beside_code() == number


def test_line_by_line_on_a_terminal_that_calls_itself_dumb(sandbox: Sandbox, tmp_path: Path) -> None:
    token, answers = new_token(sandbox, tmp_path), answers_of(sandbox)
    with sshd(tmp_path, settings_file(sandbox, token, tmp_path)) as server:
        with narrow([*server.words, "echo for$((40 + 2))tytwo"]) as refused:
            assert refused.end() == server.exit_code() == 2
        assert "不执行其他命令".encode() in refused.heard
        assert b"tytwo" not in refused.heard
        with narrow(server.words) as visit:
            to_the_pin(visit, answers)
            visit.answer("CA密码（不显示）：", token.pin)
            visit.until("续期申请已提交")
            to_the_end(visit, sandbox, answers, token.pin)
            assert visit.end() == 0
        assert server.exit_code() == 0
    assert ESCAPE not in visit.heard
    assert token.pin.encode() not in visit.heard

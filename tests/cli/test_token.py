"""`ca-kiosk token` and `certs export`, by the real commands at a terminal over SoftHSM2 tokens."""

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import pexpect
import pytest
from cryptography import x509

from tests.cli.test_certs import settings
from tests.harness.token.support import APPLICATION
from tests.rig.softhsm import SoftToken, make_key, make_token, put_certificate, put_key

OLD, NEW, SO = "123456", "271828", "12345678"
Run = Callable[..., Any]


@pytest.fixture
def soft(tmp_path: Path) -> SoftToken:
    """A token whose keys are quickly used."""
    return make_token(tmp_path / "soft", key="ec256")


@pytest.fixture
def run(tmp_path: Path, soft: SoftToken) -> Iterator[Run]:
    """Start a command at a terminal."""
    config = settings(tmp_path, soft)
    environment: Any = {**os.environ, "TERM": "dumb"}
    with ExitStack() as ends:

        def spawn(*words: str) -> Any:
            command = ["-m", "tui", *words, "--config", str(config)]
            return ends.enter_context(
                closing(pexpect.spawn(sys.executable, command, env=environment, timeout=60, encoding="utf-8"))
            )

        yield spawn


def talked(talk: Any, *turns: tuple[str, str]) -> tuple[int, str]:
    """Answer each question; the exit code, and all that stood on the terminal."""
    seen = ""
    for question, answer in turns:
        talk.expect_exact(question)
        seen += talk.before + talk.after
        talk.sendline(answer)
    talk.expect(pexpect.EOF)
    return talk.wait(), seen + talk.before


def test_the_pin_is_changed_by_a_rule_that_is_told_before(run: Run) -> None:
    code, seen = talked(
        run("token", "pin"),
        ("原CA密码（不显示）：", OLD),
        ("新CA密码（不显示）：", "111111"),
        ("新CA密码（不显示）：", "654321"),
        ("新CA密码（不显示）：", NEW),
        ("再输入一次新CA密码（不显示）：", "271829"),
        ("新CA密码（不显示）：", NEW),
        ("再输入一次新CA密码（不显示）：", NEW),
    )
    assert code == 0
    assert seen.index("新密码至少6位，不能全是同一个字符") < seen.index("原CA密码")
    assert all(words in seen for words in ("不能全是同一个字符。", "连续的。", "两次输入的新密码不一致。", "已修改"))
    assert not any(secret in seen for secret in (OLD + "\r", NEW, "111111", "271829"))
    code, seen = talked(
        run("token", "pin"),
        ("原CA密码（不显示）：", OLD),
        ("新CA密码（不显示）：", "314159"),
        ("再输入一次新CA密码（不显示）：", "314159"),
    )
    assert (code, "CA密码不正确。" in seen, "E-141" in seen) == (4, True, True)


def test_a_token_that_is_not_in_is_told_with_those_that_are(run: Run, soft: SoftToken) -> None:
    code, seen = talked(run("token", "pin", "--token", "elsewhere"))
    assert (code, "名称为elsewhere的" in seen, soft.label in seen, "原CA密码" in seen) == (4, True, True, False)


def test_a_wrong_so_pin_is_told_and_warned_of_and_a_right_one_unlocks(run: Run) -> None:
    code, seen = talked(
        run("token", "unlock"),
        ("管理员密码（SO PIN，不显示）：", "87654321"),
        ("新CA密码（不显示）：", NEW),
        ("再输入一次新CA密码（不显示）：", NEW),
    )
    assert (code, "管理员密码不正确。" in seen, "E-150" in seen) == (4, True, True)
    assert talked(run("token", "unlock"), ("确定继续请输入yes：", "no"))[0] == 2
    code, seen = talked(
        run("token", "unlock"),
        ("确定继续请输入yes：", "yes"),
        ("管理员密码（SO PIN，不显示）：", SO),
        ("新CA密码（不显示）：", NEW),
        ("再输入一次新CA密码（不显示）：", NEW),
    )
    assert (code, "CA已解锁" in seen) == (0, True)
    assert SO not in seen


def test_a_leftover_goes_when_its_name_is_typed_and_an_applications_stays(run: Run, soft: SoftToken) -> None:
    put_key(soft, make_key("ec256"), key_id="77", label="旧钥")
    put_key(soft, make_key("ec256"), key_id="78", label=APPLICATION.business_no)
    code, seen = talked(
        run("token", "leftovers", "--delete"), ("CA密码（不显示）：", OLD), ("要删除请完整输入77", "78")
    )
    assert code == 0
    assert "旧钥" in seen
    assert f"为业务单号{APPLICATION.business_no}生成" in seen
    code, _ = talked(
        run("token", "leftovers", "--delete"),
        *(("CA密码（不显示）：", OLD), ("要删除请完整输入77", "77"), ("CA密码（不显示）：", OLD)),
    )
    assert code == 0
    code, seen = talked(run("token", "leftovers", "--json"), ("CA密码（不显示）：", OLD))
    (left,) = json.loads(seen[seen.index("[") :])
    assert (code, left["label"], left["kept"]) == (0, APPLICATION.business_no, "application")


@pytest.mark.parametrize("suffix", [".pem", ".cer"])
def test_a_certificate_is_exported_once(run: Run, soft: SoftToken, tmp_path: Path, suffix: str) -> None:
    file = tmp_path / f"certificate{suffix}"
    assert talked(run("certs", "export", str(file)))[0] == 0
    load = x509.load_pem_x509_certificate if suffix == ".pem" else x509.load_der_x509_certificate
    assert load(file.read_bytes()) == x509.load_der_x509_certificate(soft.certificate_der)
    assert talked(run("certs", "export", str(file)))[0] == 2
    put_certificate(soft, make_token(tmp_path / "other", key="ec256").certificate_der, key_id="02", label="other")
    code, seen = talked(run("certs", "export", str(tmp_path / f"another{suffix}")))
    assert (code, seen.count("测试供应商有限公司")) == (2, 2)


def test_an_end_of_input_asks_no_token(run: Run, soft: SoftToken) -> None:
    talk = run("token", "pin")
    talk.expect_exact("原CA密码（不显示）：")
    talk.sendeof()
    talk.expect(pexpect.EOF)
    assert talk.wait() == 2
    assert "什么也没有做" in talk.before

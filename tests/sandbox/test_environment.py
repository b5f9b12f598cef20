"""The environment with its real desk: comes up, survives its desk's death, keeps its data, ends without a trace."""

import asyncio
import json
import os
import resource
import signal
import ssl
import subprocess
import sys
import tomllib
from pathlib import Path

import httpx
import pytest

from tui.desk.notifications.sms import SmsGateway
from tui.desk.notifications.smtp import Mailer
from tui.desk.settings import load
from tui.kiosk.settings import load as load_kiosk
from tui.sandbox.commands import fault, pay
from tui.sandbox.demo.session import TEMPORARY, DemoFailed, prepare
from tui.sandbox.desk_process import DeskFailed
from tui.sandbox.environment import Environment, EnvironmentFailed
from tui.sandbox.faults import CHANNELS
from tui.sandbox.files import Addresses, read_addresses
from tui.sandbox.wallet import WalletRefused


def answers(addresses: Addresses) -> bool:
    """Whether the desk tells its state."""
    tls = ssl.create_default_context(cafile=addresses.ca_file)
    with httpx.Client(verify=tls, trust_env=False, timeout=20) as client:
        return client.get(f"{addresses.desk}/v1/service", headers={"Kiosk-Version": "9.0.0"}).status_code == 200


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def command_faults(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Arm, look, end; what the desk itself does, as fetching a bill, plays none of these."""
    assert fault(folder, "paid-late", count=2) == 0
    assert json.loads(capsys.readouterr().out) == {channel: {"paid-late": 2} for channel in CHANNELS}
    assert fault(folder, "a6") == 0
    assert json.loads(capsys.readouterr().out) == {"unionpay": {"paid-late": 2, "a6": 1}}
    assert fault(folder, "clear", channel="unionpay") == 0
    assert fault(folder, "notice-late", channel="alipay") == 0
    assert capsys.readouterr().out.splitlines() == ['{"unionpay":{}}', '{"alipay":{"paid-late":2,"notice-late":1}}']
    assert fault(folder, "clear") == 0
    capsys.readouterr()


def test_up_until_sigterm_then_up_again_with_the_same_data(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tmp_path = tmp_path / "made by it"
    up = subprocess.Popen(
        [sys.executable, "-m", "tui", "sandbox", "up", "--dir", str(tmp_path)],
        stdout=subprocess.PIPE,
        text=True,
        umask=0o022,
    )
    with up:
        assert up.stdout is not None
        ready = json.loads(up.stdout.readline())
        first = read_addresses(tmp_path)
        assert ready == json.loads((tmp_path / "sandbox.json").read_bytes())
        assert answers(first)
        assert {path.name for path in tmp_path.glob("*.toml")} == {"kiosk.toml", "desk.toml", "answers.toml"}
        desk = int((tmp_path / "desk.pid").read_text())
        assert tmp_path.stat().st_mode & 0o777 == 0o700
        assert [path for path in tmp_path.rglob("*") if path.is_file() and path.stat().st_mode & 0o077] == []
        assert resource.prlimit(desk, resource.RLIMIT_CORE) == (0, 0)
        with pytest.raises(EnvironmentFailed, match="already"):
            Environment(tmp_path).start()
        up.send_signal(signal.SIGTERM)
        assert up.wait(60) == 0
    assert not alive(desk)
    ca = (tmp_path / "ca/ca.pem").read_bytes()

    with Environment(tmp_path) as environment:
        assert environment.addresses == first
        assert (tmp_path / "ca/ca.pem").read_bytes() == ca
        killed = environment.desk.pid
        environment.desk.restart()
        assert environment.desk.pid != killed
        assert answers(environment.addresses)

        assert pay(tmp_path, qr="https://qr.95516.com/00010000/01") == 6
        assert pay(tmp_path, qr="https://example.com/") == 6
        assert pay(tmp_path, business_no="none") == 6
        assert "unknown_qr" in capsys.readouterr().err

        command_faults(tmp_path, capsys)

        settings = load(tmp_path / "desk.toml")
        assert settings.mail is not None
        assert settings.sms is not None
        Mailer(settings.mail).send("M1", "zhang@example.com", "发票", "您好")
        gateway = SmsGateway(settings.sms)
        gateway.send("S1", "13800000000", "您好")
        gateway.close()
        assert len(list((tmp_path / "mail").iterdir())) == len(list((tmp_path / "sms").iterdir())) == 1
    last = environment.desk.pid
    assert last is not None
    assert not alive(last)
    assert fault(tmp_path, "clear") == 6
    assert pay(tmp_path / "nowhere", qr="https://qr.alipay.com/bax1") == 2
    assert pay(tmp_path / "nowhere", business_no="YW1") == 2
    assert "desk.toml" in capsys.readouterr().err


def test_a_database_and_a_log_that_cannot_be_written_are_told(tmp_path: Path) -> None:
    (tmp_path / "desk.db").write_bytes(b"no database" * 1000)
    with pytest.raises(EnvironmentFailed, match=r"desk\.db 不能使用 / cannot be used: file is not a database"):
        Environment(tmp_path).start()
    (tmp_path / "desk.db").unlink()
    (tmp_path / "desk.log").mkdir()
    with pytest.raises(DeskFailed, match=r"desk\.log 不能使用 / cannot be used: Is a directory"):
        Environment(tmp_path).start()


def test_a_desk_whose_number_cannot_be_written_is_started_again_like_any_other(tmp_path: Path) -> None:
    (tmp_path / "desk.pid").mkdir()
    with Environment(tmp_path) as environment:
        killed = environment.desk.pid
        environment.desk.restart()
        assert environment.desk.pid != killed


def test_a_demo_that_is_gone_takes_its_temporary_folder_along(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "tui.sandbox.demo.environment", str(tmp_path / "demo"), TEMPORARY]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as sandbox:
        assert sandbox.stdout is not None
        assert sandbox.stdout.readline()
        assert (tmp_path / "demo/desk.db").exists()
    assert (sandbox.returncode, list(tmp_path.iterdir())) == (0, [])


def test_the_demo_has_a_token_and_a_phone_and_leaves_nothing_behind(tmp_path: Path) -> None:
    demo = prepare(tmp_path)
    try:
        kiosk = load_kiosk(demo.kiosk_config)
        (module,) = kiosk.modules
        assert module.environment == (("SOFTHSM2_CONF", str(tmp_path / "softhsm2.conf")),)
        listed = subprocess.run(
            ["pkcs11-tool", "--module", str(module.path), "--list-objects", "--type", "cert"],
            env={**os.environ, **dict(module.environment)},
            capture_output=True,
            text=True,
            check=True,
        )
        assert listed.stdout.count("Certificate Object") == 1
        told = tomllib.loads((tmp_path / "answers.toml").read_text("utf-8"))
        assert (demo.account, demo.password) == (told["account"], told["password"])
        phone = demo.phone
        assert (phone.account, phone.password, phone.pin) == (demo.account, demo.password, demo.pin)
        with pytest.raises(WalletRefused, match="unknown_qr"):
            asyncio.run(demo.phone.pay("https://qr.alipay.com/bax1"))
        with pytest.raises(DemoFailed, match="already"):
            prepare(tmp_path)
        desk = int((tmp_path / "desk.pid").read_text())
    finally:
        demo.close()
    demo.close()
    assert not alive(desk)

"""The driver's process: it may crash, hang and chatter, and it ends with the program."""

import asyncio
import errno
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from subprocess import PIPE

import pytest

from tests.harness.token.support import APPLICATION, PATIENCE, pin, quiet, reference, requested, until, watching
from tests.rig.processes import ended, runs
from tests.rig.simulator import At, Simulator
from tests.rig.softhsm import SoftToken
from tui.core.certificate import CertificateRef, refer
from tui.core.failure import Failure, Reason, TokenError
from tui.core.token import Snapshot, TokenStage
from tui.token import protocol
from tui.token.child import Child
from tui.token.host.serving import ORDERS
from tui.token.launch import Module
from tui.token.proxy import DriverProcess
from tui.token.tokens import Tokens

SPY = Path("/usr/lib/x86_64-linux-gnu/pkcs11-spy.so")
"""OpenSC's driver that prints every call to stderr and passes it on to another driver."""


@pytest.fixture(autouse=True)
def launching() -> None:
    """Every process starts as it does for the program."""


def child(tokens: Tokens) -> int:
    """The only child's process id."""
    (driver,) = tokens.drivers
    assert driver.pid is not None
    return driver.pid


async def test_killed_before_the_token_is_touched(tokens: Tokens, soft: SoftToken) -> None:
    ref = await reference(tokens, soft.certificate_der)
    typed = pin()
    with pytest.raises(TokenError) as caught:
        # The child waits for the PIN when CHECKING is heard.
        await tokens.make_request(ref, typed, APPLICATION, lambda _: os.kill(child(tokens), signal.SIGKILL))
    assert caught.value.failure.reason is Reason.DRIVER_CRASHED
    assert caught.value.failure.token_changed is False
    assert not typed
    assert (await requested(tokens, soft)).csr


async def test_a_hang_at_the_first_look_is_told_at_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Half a minute has gone by then; no token is known that could be kept over another try."""
    begun, told = [], []

    def hung() -> "subprocess.Popen[bytes]":
        begun.append(subprocess.Popen(("sh", "-c", "kill -ALRM $$"), stdin=PIPE, stdout=PIPE, start_new_session=True))
        return begun[-1]

    monkeypatch.setattr("tui.token.child.launch", hung)
    driver = DriverProcess(Module(tmp_path), lambda: told.append((driver.failure, len(begun))), protocol.DEADLINES)
    try:
        async with asyncio.timeout(PATIENCE):
            await driver.reported.wait()
    finally:
        await driver.close()
    assert told[0] == (Failure(Reason.DRIVER_HUNG), 1)


async def test_its_memory_is_never_dumped(tokens: Tokens) -> None:
    await tokens.take_snapshot()
    assert resource.prlimit(child(tokens), resource.RLIMIT_CORE) == (0, 0)


async def test_a_process_that_was_given_a_pin_ends_with_the_persons_visit(tokens: Tokens, soft: SoftToken) -> None:
    before = await tokens.take_snapshot()
    unused = child(tokens)
    await tokens.forget()
    assert child(tokens) == unused
    assert (await requested(tokens, soft)).csr
    assert child(tokens) == unused  # the same person's installation may follow
    async with watching(tokens) as snapshots:
        await tokens.forget()
        assert not runs(unused)
        assert (await requested(tokens, soft)).csr  # the next order goes to the next process
        assert child(tokens) != unused
        seen = await until(snapshots, lambda snapshot: True)
    assert (seen.tokens[0].serial, seen.faults) == (before.tokens[0].serial, ())


async def test_a_driver_that_hangs_at_its_end_is_killed_when_its_person_has_gone(
    simulator: Simulator, serving: Callable[..., Tokens]
) -> None:
    tokens = serving(simulator)
    assert (await requested(tokens, simulator)).csr
    hanging = child(tokens)
    os.kill(hanging, signal.SIGSTOP)
    await tokens.forget()
    assert not runs(hanging)
    assert (await requested(tokens, simulator)).csr


@pytest.mark.parametrize("stage", [TokenStage.KEY_PAIR, TokenStage.REQUEST, TokenStage.SIGNING])
async def test_killed_within_an_operation(
    rsa_soft: SoftToken, serving: Callable[..., Tokens], stage: TokenStage
) -> None:
    soft, tokens = rsa_soft, serving(rsa_soft)
    ref = await reference(tokens, soft.certificate_der)

    def kill(reached: TokenStage) -> None:
        if reached is stage:
            os.kill(child(tokens), signal.SIGKILL)

    # A fast token may be done before it is killed.
    outcome = await asyncio.gather(tokens.make_request(ref, pin(), APPLICATION, kill), return_exceptions=True)
    for error in outcome:
        if isinstance(error, TokenError):
            assert error.failure.reason is Reason.DRIVER_CRASHED
            assert error.failure.token_changed is True
    assert (await requested(tokens, soft)).csr
    assert soft.objects().count("Private Key Object") == 2
    assert soft.objects().count("Public Key Object") == 2


async def test_a_crash_is_no_removal(tokens: Tokens, soft: SoftToken) -> None:
    async with watching(tokens) as snapshots:
        first = await until(snapshots, lambda snapshot: bool(snapshot.tokens))
        os.kill(child(tokens), signal.SIGKILL)
        assert await tokens.take_snapshot() == first
        assert (await requested(tokens, soft)).csr
        assert (await tokens.take_snapshot()).tokens[0].certificates == first.tokens[0].certificates


async def test_a_driver_that_hangs_is_stopped(soft: SoftToken) -> None:
    tokens = Tokens((Module(soft.module, soft.environment),), {**protocol.DEADLINES, TokenStage.CHECKING: 0.1})
    try:
        ref = await reference(tokens, soft.certificate_der)
        hanging = child(tokens)
        os.kill(hanging, signal.SIGSTOP)
        with pytest.raises(TokenError) as caught:
            await tokens.make_request(ref, pin(), APPLICATION, quiet)
        assert caught.value.failure.reason is Reason.DRIVER_HUNG
        assert caught.value.failure.token_changed is False
        async with watching(tokens) as snapshots:
            await until(snapshots, lambda snapshot: bool(snapshot.tokens))
    finally:
        await tokens.close()
    assert not runs(hanging)


async def test_a_driver_that_hangs_while_watching_is_ended_by_its_alarm_and_no_token_is_taken_for_gone(
    soft: SoftToken,
) -> None:
    told = []
    module = Module(soft.module, soft.environment)
    driver = DriverProcess(module, lambda: told.append((len(driver.tokens), driver.failure)), protocol.DEADLINES)
    try:
        async with asyncio.timeout(PATIENCE):
            await driver.reported.wait()
        (token,) = driver.tokens
        order = protocol.MakeRequest(
            refer(token, token.certificates[0]), APPLICATION.business_no, APPLICATION.statement
        )
        first = driver.pid
        assert first is not None
        os.kill(first, signal.SIGALRM)
        assert isinstance(await driver.call(order, pin(), quiet), protocol.Requested)
        assert driver.pid != first
    finally:
        await driver.close()
    assert told == [(1, None)]


async def test_a_driver_that_keeps_dying_is_reported(tokens: Tokens, monkeypatch: pytest.MonkeyPatch) -> None:
    start = Child.start

    async def still_born() -> Child:
        born = await start()
        os.kill(born.pid, signal.SIGKILL)
        return born

    def crashed(snapshot: Snapshot) -> bool:
        return any(fault.failure.reason is Reason.DRIVER_CRASHED for fault in snapshot.faults)

    async with watching(tokens) as snapshots:
        await until(snapshots, lambda snapshot: bool(snapshot.tokens))
        with monkeypatch.context() as dying:
            dying.setattr(Child, "start", still_born)
            os.kill(child(tokens), signal.SIGKILL)
            assert (await until(snapshots, crashed)).tokens == ()
        assert (await until(snapshots, lambda s: bool(s.tokens))).faults == ()


async def test_a_cancelled_call_leaves_nothing_behind(tokens: Tokens, soft: SoftToken) -> None:
    ref = await reference(tokens, soft.certificate_der)
    began = asyncio.Event()
    typed = pin()
    call = asyncio.create_task(tokens.make_request(ref, typed, APPLICATION, lambda _: began.set()))
    await began.wait()
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert not typed
    assert (await requested(tokens, soft)).csr


async def test_a_call_whose_progress_nobody_takes_leaves_no_child_that_waits_for_a_pin(
    tokens: Tokens, soft: SoftToken
) -> None:
    def broken(stage: TokenStage) -> None:
        raise RuntimeError(stage)

    ref = await reference(tokens, soft.certificate_der)
    with pytest.raises(RuntimeError):
        await tokens.make_request(ref, pin(), APPLICATION, broken)
    assert (await requested(tokens, soft)).csr


async def test_no_process_to_be_had_is_a_reason_and_the_next_try_goes_on(
    soft: SoftToken, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refused() -> Child:
        raise BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable")

    tokens = Tokens((Module(soft.module, soft.environment),), {**protocol.DEADLINES, TokenStage.CHECKING: 0.5})
    ref = CertificateRef("", "", "", "", "")
    try:
        with monkeypatch.context() as without:
            without.setattr(Child, "start", refused)
            with pytest.raises(TokenError) as caught:
                await tokens.make_request(ref, pin(), APPLICATION, quiet)
            assert caught.value.failure.token_changed is False
            assert caught.value.failure.reason in {Reason.DRIVER_CRASHED, Reason.DRIVER_HUNG}
        async with watching(tokens) as snapshots:
            assert (await until(snapshots, lambda snapshot: bool(snapshot.tokens))).faults == ()
    finally:
        await tokens.close()


async def test_a_driver_that_hangs_at_its_end_holds_up_nobody(
    simulator: Simulator, serving: Callable[..., Tokens]
) -> None:
    tokens = serving(simulator)
    ref = await reference(tokens, simulator.certificate_der)
    simulator.at("C_Finalize", At.HANG)
    old = child(tokens)
    for _ in range(ORDERS):
        with pytest.raises(TokenError):
            await tokens.make_request(ref, pin("1" * 300), APPLICATION, quiet)
    async with asyncio.timeout(PATIENCE):
        assert (await requested(tokens, simulator)).csr
    assert child(tokens) != old


async def test_a_length_that_no_frame_has_ends_the_child(monkeypatch: pytest.MonkeyPatch) -> None:
    babble = "import sys, time; sys.stdout.write('ERROR: x'); sys.stdout.flush(); time.sleep(60)"
    monkeypatch.setattr("tui.token.launch._COMMAND", (sys.executable, "-c", babble))
    started = await Child.start()
    try:
        async with asyncio.timeout(PATIENCE):
            assert [report async for report in started.reports()] == []
    finally:
        await started.close(patience=0)


async def test_a_chatty_driver_spoils_no_screen(soft: SoftToken, capfd: pytest.CaptureFixture[str]) -> None:
    tokens = Tokens((Module(SPY, (*soft.environment, ("PKCS11SPY", str(soft.module)))),))
    try:
        assert (await requested(tokens, soft)).csr
    finally:
        await tokens.close()
    assert tuple(capfd.readouterr()) == ("", "")


async def test_the_child_ends_with_the_program(soft: SoftToken) -> None:
    program = f"""
import asyncio, os, sys
from pathlib import Path
from tui.token.launch import Module
from tui.token.proxy import DriverProcess
from tui.token.tokens import Tokens
async def main():
    tokens = Tokens((Module(Path({str(soft.module)!r}), {soft.environment!r}),))
    await tokens.take_snapshot()
    print(tokens.drivers[0].pid, flush=True)
    os.kill(os.getpid(), 9)
asyncio.run(main())
"""
    done = await asyncio.create_subprocess_exec(sys.executable, "-c", program, stdout=asyncio.subprocess.PIPE)
    printed, _ = await done.communicate()
    assert done.returncode == -signal.SIGKILL
    assert ended(int(printed), PATIENCE)


async def test_closing_ends_the_child(soft: SoftToken, serving: Callable[..., Tokens]) -> None:
    tokens = serving(soft)
    await tokens.take_snapshot()
    pid = child(tokens)
    await tokens.close()
    assert not runs(pid)
    assert (await tokens.take_snapshot()).tokens


def test_this_side_imports_no_driver_and_no_cryptography() -> None:
    code = "import sys, tui.token; print(*(m for m in ('PyKCS11', 'cryptography') if m in sys.modules))"
    done = subprocess.run((sys.executable, "-c", code), capture_output=True, check=True, text=True)
    assert done.stdout.strip() == ""

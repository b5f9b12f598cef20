"""A token forwarded by p11-kit, as over SSH: its driver breaks for good when the tunnel is cut."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

import pytest
from cryptography import x509

from tests.harness.token.support import APPLICATION, issued, pin, quiet, reference, requested, until, watching
from tests.harness.token.unruly import Serving, assert_two_whole_pairs, installed
from tests.rig.remote import RemoteToken, remote
from tests.rig.simulator import At, Simulator
from tests.rig.softhsm import SoftToken, TestCa
from tui.core.failure import Reason, TokenError
from tui.core.token import Snapshot, TokenStage

Progress = Callable[[TokenStage], None]


def present(snapshot: Snapshot) -> bool:
    return bool(snapshot.tokens)


def absent(snapshot: Snapshot) -> bool:
    return not snapshot.tokens


@pytest.fixture
def far(soft: SoftToken) -> Iterator[RemoteToken]:
    """A token behind a server that runs."""
    with remote(soft) as token:
        token.restore()
        yield token


@contextmanager
def behind(simulator: Simulator) -> Iterator[RemoteToken]:
    """The simulator behind a server that runs: what kills the driver there cuts the tunnel here."""
    with remote(simulator.soft, simulator.module, simulator.environment) as token:
        token.restore()
        yield token


async def test_from_snapshot_to_proof(far: RemoteToken, serving: Serving, ca: TestCa) -> None:
    tokens = serving(far)
    (token,) = (await tokens.take_snapshot()).tokens
    assert (token.label, len(token.certificates)) == (far.soft.label, 1)
    request = await requested(tokens, far)
    assert x509.load_pem_x509_csr(request.csr).is_signature_valid
    application = issued(request, ca, far.certificate_der)
    done = await installed(tokens, far, application)
    assert done.new.der == application.certificate
    assert far.soft.objects().count("Certificate Object") == 2


async def test_a_wrong_pin(far: RemoteToken, serving: Serving) -> None:
    tokens = serving(far)
    ref = await reference(tokens, far.certificate_der)
    with pytest.raises(TokenError) as caught:
        await tokens.make_request(ref, pin("000000"), APPLICATION, quiet)
    assert caught.value.failure.reason is Reason.WRONG_PIN
    assert (await requested(tokens, far)).csr


async def test_cut_while_watching_and_restored(far: RemoteToken, serving: Serving) -> None:
    async with watching(serving(far)) as snapshots:
        await until(snapshots, present)
        for _ in range(2):
            far.cut()
            await until(snapshots, absent)
            far.restore()
            await until(snapshots, present)


async def test_started_before_its_server(soft: SoftToken, serving: Serving) -> None:
    with remote(soft) as far:
        tokens = serving(far)
        async with watching(tokens) as snapshots:
            await until(snapshots, absent)
            far.restore()
            await until(snapshots, present)
        assert (await requested(tokens, far)).csr


async def test_cut_before_the_pin(far: RemoteToken, serving: Serving) -> None:
    tokens = serving(far)
    ref = await reference(tokens, far.certificate_der)
    far.cut()
    typed = pin()
    with pytest.raises(TokenError) as caught:
        await tokens.make_request(ref, typed, APPLICATION, quiet)
    assert (caught.value.failure.reason, caught.value.failure.token_changed) == (Reason.TOKEN_REMOVED, False)
    assert not typed
    far.restore()
    assert (await tokens.make_request(ref, pin(), APPLICATION, quiet)).csr


async def cut_at(far: RemoteToken, stage: TokenStage, attempt: Callable[[Progress], Awaitable[object]]) -> None:
    """Try with the tunnel cut at this stage, which may have been done a moment before; then restore it."""
    (outcome,) = await asyncio.gather(
        attempt(lambda reached: far.cut() if reached is stage else None), return_exceptions=True
    )
    if isinstance(outcome, TokenError):
        assert outcome.failure.reason is Reason.TOKEN_REMOVED
    else:
        assert not isinstance(outcome, BaseException)
    far.restore()


@pytest.mark.parametrize("stage", [TokenStage.CHECKING, TokenStage.KEY_PAIR, TokenStage.REQUEST, TokenStage.SIGNING])
async def test_cut_at_a_stage_of_the_request(far: RemoteToken, serving: Serving, stage: TokenStage) -> None:
    tokens = serving(far)
    ref = await reference(tokens, far.certificate_der)
    await cut_at(far, stage, lambda progress: tokens.make_request(ref, pin(), APPLICATION, progress))
    assert (await tokens.make_request(ref, pin(), APPLICATION, quiet)).csr
    assert_two_whole_pairs(far.soft)


@pytest.mark.parametrize(
    "stage", [TokenStage.CHECKING, TokenStage.WRITING, TokenStage.READING_BACK, TokenStage.PROVING]
)
async def test_cut_at_a_stage_of_the_installation(
    far: RemoteToken, serving: Serving, ca: TestCa, stage: TokenStage
) -> None:
    tokens = serving(far)
    application = issued(await requested(tokens, far), ca, far.certificate_der)
    ref = await reference(tokens, far.certificate_der)
    await cut_at(far, stage, lambda progress: tokens.install(ref, pin(), application, progress))
    assert (await tokens.install(ref, pin(), application, quiet)).new.der == application.certificate
    assert far.soft.objects().count("Certificate Object") == 2


# C_Sign is called twice for a signature: the third call is the second one's.
@pytest.mark.parametrize("death", [At.CRASH, At.KILL_AFTER])
@pytest.mark.parametrize(
    ("call", "nth", "changed"),
    [("C_Login", 1, False), ("C_Sign", 1, False), ("C_GenerateKeyPair", 1, True), ("C_Sign", 3, True)],
)
async def test_cut_at_a_call_of_the_request(
    simulator: Simulator, serving: Serving, *, call: str, nth: int, changed: bool, death: At
) -> None:
    with behind(simulator) as far:
        tokens = serving(far)
        ref = await reference(tokens, far.certificate_der)
        simulator.at(call, death, times=1, after=nth)
        with pytest.raises(TokenError) as caught:
            await tokens.make_request(ref, pin(), APPLICATION, quiet)
        failure = caught.value.failure
        assert (failure.reason, failure.token_changed) == (Reason.TOKEN_FAULT, changed)
        assert simulator.calls().count("C_Login") == 1
        assert (await tokens.make_request(ref, pin(), APPLICATION, quiet)).csr
        assert_two_whole_pairs(simulator.soft)


@pytest.mark.parametrize("death", [At.CRASH, At.KILL_AFTER])
@pytest.mark.parametrize(("call", "nth"), [("C_Sign", 1), ("C_Sign", 3), ("C_CreateObject", 1), ("C_Sign", 5)])
async def test_cut_at_a_call_of_the_installation(
    simulator: Simulator, serving: Serving, ca: TestCa, *, call: str, nth: int, death: At
) -> None:
    with behind(simulator) as far:
        tokens = serving(far)
        application = issued(await requested(tokens, far), ca, far.certificate_der)
        ref = await reference(tokens, far.certificate_der)
        simulator.at(call, death, times=1, after=nth)
        with pytest.raises(TokenError) as caught:
            await tokens.install(ref, pin(), application, quiet)
        changed = (call, nth) in (("C_CreateObject", 1), ("C_Sign", 5))  # before it the new key is tried
        assert (caught.value.failure.reason, caught.value.failure.token_changed) == (Reason.TOKEN_FAULT, changed)
        assert (await tokens.install(ref, pin(), application, quiet)).new.der == application.certificate
        assert simulator.soft.objects().count("Certificate Object") == 2

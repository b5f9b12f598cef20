"""The token is pulled at every single call from C_Login to C_Logout; the second try always completes."""

import asyncio
from collections.abc import Awaitable, Callable

import PyKCS11
from cryptography import x509

from tests.harness.token.support import APPLICATION, issued, pin, quiet, reference, requested
from tests.harness.token.unruly import Serving, assert_two_whole_pairs
from tests.rig.simulator import Is, Simulator
from tests.rig.softhsm import TestCa
from tui.core.failure import Reason, TokenError

Attempt = Callable[[], Awaitable[object]]


async def pulled_at(simulator: Simulator, attempt: Attempt, point: int) -> list[str] | None:
    """The calls that came through with the token out from the call `point` (C_Login is 1) on; None if all did."""
    before = simulator.logged
    pulled = simulator.rule(Is.ABSENT, PyKCS11.CKR_DEVICE_REMOVED, since="C_Login", after=point)
    (outcome,) = await asyncio.gather(attempt(), return_exceptions=True)
    simulator.lift(pulled)
    if not isinstance(outcome, TokenError):
        return None
    assert outcome.failure.reason is Reason.TOKEN_REMOVED
    made = simulator.calls(before)
    assert made.count("C_Login") == 1
    return made[made.index("C_Login") :][: point - 1]


async def pulled_everywhere(simulator: Simulator, attempt: Attempt, writing: str) -> None:
    """Walk until the call `writing` takes effect, then from the start again, since the way is another one then."""
    point, written = 1, False
    while (made := await pulled_at(simulator, attempt, point)) is not None:
        point += 1
        if not written and writing in made:
            point, written = 1, True
    assert written


async def test_a_request(simulator: Simulator, serving: Serving) -> None:
    tokens = serving(simulator)
    ref = await reference(tokens, simulator.certificate_der)
    await pulled_everywhere(simulator, lambda: tokens.make_request(ref, pin(), APPLICATION, quiet), "C_GenerateKeyPair")
    request = await tokens.make_request(ref, pin(), APPLICATION, quiet)
    assert x509.load_pem_x509_csr(request.csr).is_signature_valid
    assert simulator.calls().count("C_GenerateKeyPair") == 2
    assert_two_whole_pairs(simulator.soft)


async def test_an_installation(simulator: Simulator, serving: Serving, ca: TestCa) -> None:
    tokens = serving(simulator)
    ref = await reference(tokens, simulator.certificate_der)
    application = issued(await requested(tokens, simulator), ca, simulator.certificate_der)
    await pulled_everywhere(simulator, lambda: tokens.install(ref, pin(), application, quiet), "C_CreateObject")
    assert (await tokens.install(ref, pin(), application, quiet)).new.der == application.certificate
    assert simulator.soft.objects().count("Certificate Object") == 2

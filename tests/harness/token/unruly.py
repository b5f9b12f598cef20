"""What the tests with the simulator share."""

from collections.abc import Callable

import pytest

from tests.harness.token.support import APPLICATION, TokenRig, pin, quiet, reference
from tests.rig.softhsm import SoftToken
from tui.core.certificate import CertificateRef, refer
from tui.core.failure import Failure, TokenError
from tui.core.order import Application
from tui.core.token import Installation, KeyLeft
from tui.token.tokens import Tokens

Serving = Callable[..., Tokens]


async def refused_request(tokens: Tokens, rig: TokenRig, ref: CertificateRef | None = None) -> Failure:
    """Why a request with the right PIN fails."""
    ref = ref or await reference(tokens, rig.certificate_der)
    typed = pin()
    with pytest.raises(TokenError) as caught:
        await tokens.make_request(ref, typed, APPLICATION, quiet)
    assert not typed
    return caught.value.failure


async def installed(tokens: Tokens, rig: TokenRig, application: Application) -> Installation:
    """`install` with the right PIN."""
    return await tokens.install(await reference(tokens, rig.certificate_der), pin(), application, quiet)


async def refused_installation(tokens: Tokens, rig: TokenRig, application: Application) -> Failure:
    """Why an installation with the right PIN fails."""
    with pytest.raises(TokenError) as caught:
        await installed(tokens, rig, application)
    return caught.value.failure


def assert_two_whole_pairs(soft: SoftToken) -> None:
    """The old pair and the new one, and nothing left over."""
    objects = soft.objects()
    assert (objects.count("Private Key Object"), objects.count("Public Key Object")) == (2, 2)


async def retire(tokens: Tokens, rig: TokenRig, done: Installation) -> KeyLeft | None:
    """Delete the old pair with the right PIN: what was left."""
    (token,) = (await tokens.take_snapshot()).tokens
    return await tokens.retire(refer(token, done.new), pin(), APPLICATION, done, quiet)

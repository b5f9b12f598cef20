"""Whatever CKA_ID says, a renewal finds the certificate's key and touches no other.

RSA keys take long to make: where the algorithm changes nothing, `tests.bench.key_matrix` has them.
"""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.harness.token.key_matrix import Bench, Case, Keys, Layout, Policy, Stack, expected, renewed
from tests.rig.layout import layouts
from tests.rig.softhsm import KeyKind, make_ca


@pytest.fixture(scope="module")
def bench(simulator_module: Path) -> Iterator[Bench]:
    """One process that lays out all tokens."""
    with layouts() as process:
        yield Bench(process, make_ca(), simulator_module)


@cache
def keys(kind: KeyKind) -> Keys:
    """Made once."""
    return Keys.make(kind)


@pytest.mark.parametrize(
    ("stack", "kind", "policy"),
    [
        *((stack, "ec256", policy) for stack in Stack for policy in Policy),
        *((Stack.SOFTHSM2, "rsa2048", policy) for policy in (Policy.REKEY_AND_DELETE, Policy.KEEP)),
    ],
)
@pytest.mark.parametrize("layout", Layout)
async def test_a_key_is_what_its_public_key_says(
    *, bench: Bench, tmp_path: Path, layout: Layout, policy: Policy, kind: KeyKind, stack: Stack
) -> None:
    case = Case(layout, policy, stack)
    before, after = await renewed(bench, tmp_path, case, keys(kind))
    assert after == expected(before, policy)

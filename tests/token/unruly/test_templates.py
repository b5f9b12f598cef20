"""Tokens that refuse an attribute get a template without it, and what is missing right after."""

import PyKCS11
import pytest
from cryptography import x509

from tests.harness.token.support import issued, requested
from tests.harness.token.unruly import Serving, assert_two_whole_pairs, installed
from tests.rig.simulator import At, Simulator
from tests.rig.softhsm import TestCa

VALUE_INVALID = PyKCS11.CKR_ATTRIBUTE_VALUE_INVALID
REFUSALS = (
    PyKCS11.CKR_ATTRIBUTE_TYPE_INVALID,
    PyKCS11.CKR_ATTRIBUTE_READ_ONLY,
    PyKCS11.CKR_TEMPLATE_INCONSISTENT,
    PyKCS11.CKR_ARGUMENTS_BAD,
)


@pytest.mark.parametrize(
    ("attribute", "answer"),
    [
        *((name, VALUE_INVALID) for name in ("CKA_PRIVATE", "CKA_SENSITIVE=1", "CKA_EXTRACTABLE=0", "CKA_VERIFY")),
        *(("CKA_EXTRACTABLE", answer) for answer in REFUSALS),
    ],
)
async def test_a_pair_without_an_attribute_that_the_token_refuses(
    simulator: Simulator, serving: Serving, attribute: str, answer: int
) -> None:
    simulator.at("C_GenerateKeyPair", At.REFUSE, answer, text=attribute)
    request = await requested(serving(simulator), simulator)
    assert x509.load_pem_x509_csr(request.csr).is_signature_valid
    assert simulator.calls().count("C_Login") == 1
    assert_two_whole_pairs(simulator.soft)


async def test_a_pair_without_several_attributes(simulator: Simulator, serving: Serving) -> None:
    for attribute in ("CKA_PRIVATE", "CKA_SENSITIVE", "CKA_EXTRACTABLE"):
        simulator.at("C_GenerateKeyPair", At.REFUSE, PyKCS11.CKR_TEMPLATE_INCONSISTENT, text=attribute)
    assert (await requested(serving(simulator), simulator)).csr
    assert_two_whole_pairs(simulator.soft)


async def test_a_pair_that_is_named_after_it_was_made(simulator: Simulator, serving: Serving) -> None:
    simulator.at("C_GenerateKeyPair", At.REFUSE, VALUE_INVALID, text="CKA_LABEL")
    tokens = serving(simulator)
    keys = [x509.load_pem_x509_csr((await requested(tokens, simulator)).csr).public_key() for _ in range(2)]
    assert keys[0] == keys[1]
    assert_two_whole_pairs(simulator.soft)


@pytest.mark.parametrize(
    ("attribute", "answer"),
    [
        *((name, VALUE_INVALID) for name in ("CKA_PRIVATE", "CKA_ISSUER", "CKA_SERIAL_NUMBER")),
        *(("CKA_PRIVATE", answer) for answer in REFUSALS),
    ],
)
async def test_a_certificate_without_an_attribute_that_the_token_refuses(
    simulator: Simulator, serving: Serving, ca: TestCa, attribute: str, answer: int
) -> None:
    tokens = serving(simulator)
    application = issued(await requested(tokens, simulator), ca, simulator.certificate_der)
    simulator.at("C_CreateObject", At.REFUSE, answer, text=attribute)
    assert (await installed(tokens, simulator, application)).new.der == application.certificate

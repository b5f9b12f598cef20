"""Wherever a token may ask for its PIN on a pad of its own, the stage lasts as long as a hand needs."""

from functools import cache
from pathlib import Path

import PyKCS11

from tests.harness.token.support import CHALLENGE, issued
from tests.rig.child import process
from tests.rig.simulator import At, Is, Simulator
from tests.rig.softhsm import TestCa, delete_public_key
from tui.core.certificate import CertificateRef, refer
from tui.core.policy import KeyPolicy
from tui.core.token import TokenStage
from tui.token.host import channel, objects, orders
from tui.token.host.driver import Driver
from tui.token.protocol import DEADLINES, Install, Installed, MakeRequest, Order, Report, Requested, Retire, Retired

STATEMENT = "{}"


class Pad(channel.Channel):
    """Hands no PIN over, and notes the stages in which C_Login was called."""

    def __init__(self, calls: Path) -> None:
        self.asked: list[TokenStage] = []
        self._calls, self._stage = calls, TokenStage.CHECKING
        self._logins = self._count()

    def ask_pin(self) -> bytearray:
        return bytearray()

    def progress(self, stage: TokenStage) -> None:
        before, self._logins = self._logins, self._count()
        if self._logins > before:
            self.asked.append(self._stage)
        self._stage = stage

    def _count(self) -> int:
        return self._calls.read_text().split().count("C_Login")


@cache
def driver(module: str) -> Driver:
    return Driver(module)


def known(module: str, der: bytes) -> CertificateRef:
    """To be called in a process of its own, as the next."""
    held = [(token, one) for token in objects.tokens(driver(module)) for one in token.certificates if one.der == der]
    return refer(*held[0])


def carried_out(module: str, calls: Path, order: Order) -> tuple[Report, list[TokenStage]]:
    """The order's answer, and the stages in which the pad was asked."""
    pad = Pad(calls)
    report = orders.carry_out(driver(module), order, pad)
    pad.progress(TokenStage.CHECKING)
    return report, pad.asked


def test_a_stage_in_which_the_pad_may_be_asked_lasts_long_enough(simulator: Simulator, ca: TestCa) -> None:
    module, calls = str(simulator.module), simulator.control / "calls"
    seen: set[TokenStage] = set()
    simulator.rule(Is.ALWAYS_AUTHENTICATE)
    simulator.rule(Is.PIN_PAD, text=simulator.pin)
    delete_public_key(simulator.soft, "01")
    with process(simulator.environment) as child:

        def done(order: Order) -> Report:
            report, asked = child.call(carried_out, module, calls, order)
            seen.update(asked)
            return report

        def renewed(number: str, old: bytes, policy: KeyPolicy) -> bytes:
            ref = child.call(known, module, old)
            made = done(MakeRequest(ref, number, STATEMENT, policy))
            assert isinstance(made, Requested), made
            if policy is KeyPolicy.KEEP:  # the only certificate makes way for the new one, and no copy is taken
                simulator.rule(Is.ONE_CERTIFICATE, PyKCS11.CKR_GENERAL_ERROR)
                simulator.at("C_SetAttributeValue", At.RETURN, PyKCS11.CKR_GENERAL_ERROR)
                simulator.at("C_CreateObject", At.RETURN, PyKCS11.CKR_GENERAL_ERROR, after=3, times=1)
            new = issued(made.request, ca, old).certificate
            assert new is not None
            assert isinstance(done(Install(ref, number, new, CHALLENGE, old, policy)), Installed)
            return new

        kept = renewed("GD1", simulator.certificate_der, KeyPolicy.KEEP)
        new = renewed("GD2", kept, KeyPolicy.REKEY)
        assert isinstance(done(Retire(child.call(known, module, new), new, kept)), Retired)
    assert seen >= {TokenStage.REQUEST, TokenStage.SIGNING, TokenStage.WRITING, TokenStage.PROVING, TokenStage.RETIRING}
    assert {stage for stage in seen if DEADLINES[stage] < DEADLINES[TokenStage.CHECKING]} == set()

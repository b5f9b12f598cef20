"""The simulator does what its rules say, seen through PyKCS11 in a process of its own."""

import os
import re
import subprocess
import sys
from pathlib import Path

import PyKCS11
import pytest

from tests.rig import simulator as rig
from tests.rig.simulator import At, Is, Simulator

REMOVED = PyKCS11.CKR_DEVICE_REMOVED
_BEFORE = """
import sys
from PyKCS11 import *
def answer(call, *arguments):
    try:
        print(call(*arguments))
    except PyKCS11Error as error:
        print(CKR.get(error.value, error.value))
lib = PyKCS11Lib()
lib.load(sys.argv[1])
slot = lib.getSlotList()[0]
def session():
    made = lib.openSession(slot, CKF_RW_SESSION)
    made.login(sys.argv[2])
    return made
def pair(key_id):
    private = [(CKA_TOKEN, True), (CKA_ID, bytes([key_id])), (CKA_SIGN, True)]
    public = [*private[:2], (CKA_VERIFY, True), (CKA_EC_PARAMS, bytes.fromhex("06082a8648ce3d030107"))]
    session.generateKeyPair(public, private, Mechanism(CKM_EC_KEY_PAIR_GEN))
    return "made"
def memory():
    return int(open("/proc/self/statm").read().split()[1]) * 4096
"""


def drive(simulator: Simulator, code: str) -> list[str]:
    """The lines that this code prints, in a process that loaded the simulator."""
    done = subprocess.run(
        (sys.executable, "-c", _BEFORE + code, str(simulator.module), simulator.pin),
        env={**os.environ, **dict(simulator.environment)},
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout.splitlines()


def test_what_the_token_tells(simulator: Simulator) -> None:
    simulator.rule(Is.FREE_MEMORY, 4096)
    simulator.rule(Is.LABEL, text="标签")
    simulator.rule(Is.WRITE_PROTECTED, PyKCS11.CKR_TOKEN_WRITE_PROTECTED)
    simulator.rule(Is.LACKS, PyKCS11.CKM_ECDSA)
    printed = drive(
        simulator,
        """
info = lib.getTokenInfo(slot)
print(info.ulFreePublicMemory, info.label.strip(), bool(info.flags & CKF_WRITE_PROTECTED))
print("CKM_ECDSA" in lib.getMechanismList(slot), "CKM_RSA_PKCS" in lib.getMechanismList(slot))
""",
    )
    assert printed == ["4096 标签 True", "False True"]


def test_ids_that_are_taken_and_room_that_ends(simulator: Simulator) -> None:
    simulator.rule(Is.ONE_PAIR, PyKCS11.CKR_GENERAL_ERROR)
    simulator.rule(Is.ROOM, 4)
    printed = drive(simulator, "session = session()\nfor key_id in (1, 7, 7, 8, 9): answer(pair, key_id)")
    assert printed == ["CKR_GENERAL_ERROR", "made", "CKR_GENERAL_ERROR", "made", "CKR_DEVICE_MEMORY"]


@pytest.mark.parametrize(
    ("manner", "answers"),
    [
        (None, ["CKR_DEVICE_REMOVED", "CKR_DEVICE_REMOVED", "CKR_SESSION_HANDLE_INVALID"]),
        (Is.STALE, ["[]", "CKR_DEVICE_REMOVED", "CKR_SESSION_HANDLE_INVALID"]),
        (Is.SESSIONS_SURVIVE, ["CKR_DEVICE_REMOVED", "CKR_DEVICE_REMOVED", "made"]),
        (Is.BROKEN, ["CKR_DEVICE_ERROR", "CKR_DEVICE_ERROR", "CKR_DEVICE_ERROR"]),
    ],
)
def test_a_session_when_the_token_goes(simulator: Simulator, manner: Is | None, answers: list[str]) -> None:
    if manner:
        simulator.rule(manner, PyKCS11.CKR_DEVICE_ERROR)
    # It is out for the three calls that follow.
    simulator.rule(Is.ABSENT, REMOVED, since="C_GetMechanismInfo", after=2, times=3)
    printed = drive(
        simulator,
        """
session = session()
lib.getMechanismInfo(slot, "CKM_ECDSA")
answer(lambda: [] if lib.getTokenInfo(slot) else None)
answer(pair, 7)
lib.getInfo()
answer(pair, 7)
""",
    )
    assert printed == answers


def test_slot_events(simulator: Simulator) -> None:
    code = "answer(lambda: lib.waitForSlotEvent({}) == slot)"
    unblocking, blocking = code.format("CKF_DONT_BLOCK"), code.format("")
    assert drive(simulator, unblocking) == ["CKR_FUNCTION_NOT_SUPPORTED"]
    events = simulator.rule(Is.EVENTS, 1)
    assert drive(simulator, unblocking) == ["CKR_NO_EVENT"]
    gone = simulator.rule(Is.ABSENT, REMOVED, since="C_WaitForSlotEvent")
    assert drive(simulator, unblocking) == ["True"]
    simulator.lift(events, gone)
    simulator.rule(Is.EVENTS)
    gone = simulator.rule(Is.ABSENT, REMOVED, since="C_WaitForSlotEvent")
    assert drive(simulator, f"{unblocking}\n{blocking}") == ["CKR_NO_EVENT", "True"]


def test_a_leak(simulator: Simulator) -> None:
    simulator.at("C_GetInfo", At.LEAK, 10_000_000)
    (grown,) = drive(simulator, "before = memory()\nlib.getInfo()\nprint(memory() - before)")
    assert int(grown) >= 10_000_000


def test_the_log_and_the_counters_outlive_the_process(simulator: Simulator) -> None:
    simulator.at("C_GetInfo", At.RETURN, PyKCS11.CKR_HOST_MEMORY, times=2, after=2)
    answers = [drive(simulator, "answer(lambda: lib.getInfo() and 1)")[0] for _ in range(4)]
    assert answers[1:3] == ["CKR_HOST_MEMORY"] * 2
    assert "CKR_HOST_MEMORY" not in (answers[0], answers[3])
    assert simulator.calls().count("C_GetInfo") == 4


def test_a_wrong_word_is_loud(simulator: Simulator) -> None:
    with pytest.raises(AssertionError):
        simulator.at("C_Sing", At.CRASH)


def test_both_sides_know_the_same_words() -> None:
    header = (Path(rig.__file__).parent / "simulator.h").read_text()
    assert set(re.findall(r'X\(\w+, "([a-z-]+)"\)', header)) == {*At, *Is}

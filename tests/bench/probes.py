"""What a driver does by itself, to be called in a `tests.rig.child` process."""

import time
from collections.abc import Callable
from functools import cache

import PyKCS11

from tests.rig.card.pcscd import MODULE
from tui.token.host import objects
from tui.token.host.driver import Driver


@cache
def _driver() -> Driver:
    return Driver(str(MODULE))


def load() -> None:
    """C_Initialize and a first look."""
    _present()


def _present() -> bool:
    driver = _driver()
    return any(driver.lib.getSlotInfo(slot).flags & PyKCS11.CKF_TOKEN_PRESENT for slot in driver.slots())


def block_until(wanted: bool) -> float:
    """C_WaitForSlotEvent until a token is there or not; time.monotonic() of the moment."""
    while True:
        _driver().lib.waitForSlotEvent()
        seen = time.monotonic()
        if _present() == wanted:
            return seen


def poll_until(wanted: bool) -> float:
    """C_GetSlotList(NULL) and C_GetSlotInfo without a rest until a token is there or not; the moment."""
    while _present() != wanted:
        pass
    return time.monotonic()


def costs(count: int) -> dict[str, tuple[float, float]]:
    """CPU and wall time in seconds of one call of each kind."""
    driver = _driver()
    lib = driver.lib
    calls: dict[str, Callable[[], object]] = {"C_GetSlotList, twice": driver.slots}
    if slots := driver.slots():
        slot = slots[0]
        calls["C_GetSlotInfo"] = lambda: lib.getSlotInfo(slot)
        if _present():
            calls["C_GetTokenInfo"] = lambda: lib.getTokenInfo(slot)
            calls["read the objects"] = lambda: objects.tokens(driver, [slot])
    return {name: _cost(call, count) for name, call in calls.items()}


def first_reading() -> dict[str, tuple[float, float]]:
    """The same for what happens once: the call that finds a token, which was put in since `load`, and its objects."""
    slots: list[int] = []
    found = _cost(lambda: slots.extend(_driver().slots()), 1)
    return {"the call that finds a token": found, "its objects": _cost(lambda: objects.tokens(_driver(), slots), 1)}


def _cost(call: Callable[[], object], count: int) -> tuple[float, float]:
    cpu, wall = time.process_time(), time.perf_counter()
    for _ in range(count):
        call()
    return (time.process_time() - cpu) / count, (time.perf_counter() - wall) / count

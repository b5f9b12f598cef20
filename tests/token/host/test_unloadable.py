"""Each cause of a module that does not load is named, by the real child process."""

import subprocess
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import PyKCS11
import pytest

from tests.harness.token.support import until, watching
from tests.harness.token.unruly import Serving
from tests.rig.simulator import At, Simulator
from tui.core.failure import UNLOADABLE, Failure, Reason
from tui.kiosk.text.reasons import REASONS
from tui.token.host import unloadable
from tui.token.launch import Module
from tui.token.tokens import Tokens


def elf(word_size: int = 2, machine: int = 62, kind: int = 3) -> bytes:
    """The header of an ELF file (EI_CLASS 2: 64-bit), and nothing after it."""
    head = bytes((0x7F, *b"ELF", word_size, 1, 1)) + bytes(9)
    return head + kind.to_bytes(2, "little") + machine.to_bytes(2, "little") + bytes(44)


def written(content: bytes) -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        (folder / "driver.so").write_bytes(content)
        return folder / "driver.so"

    return make


def compiled(source: str, *, wanting: str = "") -> Callable[[Path], Path]:
    """A library of this source; `wanting` is one that it is linked with and that goes away again."""

    def make(folder: Path) -> Path:
        build = ("gcc", "-shared", "-fPIC", "-xc", "-")
        linked: tuple[str, ...] = ()
        if wanting:
            linked = ("-L", str(folder), f"-l{wanting}")
            there = str(folder / f"lib{wanting}.so")
            subprocess.run((*build, "-o", there), input=b"int f(void) { return 1; }", check=True)
        made = folder / "driver.so"
        subprocess.run((*build, "-o", str(made), *linked), input=source.encode(), check=True)
        (folder / f"lib{wanting}.so").unlink(missing_ok=True)
        return made

    return make


def dangling(folder: Path) -> Path:
    (folder / "driver.so").symlink_to("away.so")
    return folder / "driver.so"


@pytest.fixture
async def fault(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Failure]:
    """What the one module is reported to fail by."""
    tokens = Tokens((Module(request.param(tmp_path)),))
    yield (await tokens.take_snapshot()).faults[0].failure
    await tokens.close()


@pytest.mark.parametrize(
    ("fault", "reason", "detail"),
    [
        (lambda folder: folder / "no.so", Reason.DRIVER_MISSING, "No such file"),
        (lambda folder: folder / "no" / "driver.so", Reason.DRIVER_MISSING, "No such file"),
        (dangling, Reason.DRIVER_MISSING, "No such file"),
        (lambda folder: folder, Reason.DRIVER_FOLDER, ""),
        (written(b""), Reason.DRIVER_NO_LIBRARY, ""),
        (written(b"/* GNU ld script */ INPUT(x.so)"), Reason.DRIVER_NO_LIBRARY, ""),
        (written(elf(kind=1)), Reason.DRIVER_NO_LIBRARY, ""),
        (written(elf()), Reason.DRIVER_NO_LIBRARY, ""),
        (written(elf(1, 3)), Reason.DRIVER_OTHER_MACHINE, "32-bit x86, not 64-bit x86-64"),
        (written(elf(1)), Reason.DRIVER_OTHER_MACHINE, "32-bit x86-64, not 64-bit x86-64"),
        (written(elf(2, 183)), Reason.DRIVER_OTHER_MACHINE, "64-bit AArch64"),
        (written(elf(2, 258)), Reason.DRIVER_OTHER_MACHINE, "64-bit LoongArch"),
        (written(bytes.fromhex("cffaedfe07000001") + bytes(60)), Reason.DRIVER_OTHER_MACHINE, "Mach-O"),
        (written(b"MZ" + bytes(126) + b"PE\0\0"), Reason.DRIVER_FOR_WINDOWS, ""),
        (compiled("int f(void); int x(void) { return f(); }", wanting="y"), Reason.DRIVER_INCOMPLETE, "liby.so"),
        (compiled("extern int needed; int *x(void) { return &needed; }"), Reason.DRIVER_INCOMPLETE, "needed"),
        (compiled("int x(void) { return 1; }"), Reason.DRIVER_NO_FUNCTIONS, ""),
        (compiled("long C_GetFunctionList(void **l) { return 5; }"), Reason.DRIVER_REFUSES, "CKR_GENERAL_ERROR"),
    ],
    indirect=["fault"],
)
async def test_the_cause_is_named(fault: Failure, reason: Reason, detail: str) -> None:
    assert fault.reason is reason
    assert detail in fault.detail


async def test_a_driver_that_refuses_to_start_is_not_a_missing_one(simulator: Simulator, serving: Serving) -> None:
    refusing = simulator.at("C_Initialize", At.RETURN, PyKCS11.CKR_DEVICE_ERROR)
    tokens = serving(simulator)
    (fault,) = (await tokens.take_snapshot()).faults
    assert fault.failure == Failure(Reason.DRIVER_REFUSES, detail="CKR_DEVICE_ERROR")
    simulator.lift(refusing)
    async with watching(tokens) as snapshots:
        await until(snapshots, lambda snapshot: bool(snapshot.tokens))


def test_a_file_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(*_: object, **__: object) -> None:
        raise PermissionError

    monkeypatch.setattr(Path, "open", forbidden)  # root may read whatever its mode says
    failure = unloadable.why(str(tmp_path / "driver.so"), PyKCS11.PyKCS11Error(-1))
    assert failure.reason is Reason.DRIVER_UNREADABLE


def test_every_cause_has_a_sentence_of_its_own() -> None:
    assert len({REASONS[reason][0] for reason in UNLOADABLE}) == len(UNLOADABLE)

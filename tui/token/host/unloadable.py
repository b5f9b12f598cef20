"""Tell why a PKCS#11 module does not load; in the driver's process only, where it can harm nothing else."""

import ctypes
import os
import re
import struct
from pathlib import Path
from typing import Final

from PyKCS11 import PyKCS11Error

from tui.core.failure import Failure, Reason
from tui.core.text_safety import printable
from tui.token.host import faults

_ELF, _PE = b"\x7fELF", b"MZ"
_MACH_O: Final = frozenset(map(bytes.fromhex, ("feedface", "feedfacf", "cefaedfe", "cffaedfe", "cafebabe")))
_HEADER = 20
"""Bytes of an ELF header up to and with e_machine (System V ABI, chapter 4)."""
_SHARED_OBJECT = 3
"""e_type ET_DYN."""
_MACHINES: Final = {
    3: "x86",
    8: "MIPS",
    20: "PowerPC",
    21: "PowerPC64",
    22: "S390",
    40: "ARM",
    62: "x86-64",
    183: "AArch64",
    243: "RISC-V",
    258: "LoongArch",
    0x9916: "SW64",
}
"""By e_machine."""
_WANTING = re.compile(r"cannot open shared object file|undefined symbol|version .* not found")
"""How glibc's loader says that a library needs what is not there."""


def why(path: str, error: PyKCS11Error) -> Failure:
    """The failure of a module that PyKCS11 could not load, or whose C_Initialize refused."""
    if faults.failure(error).reason is not Reason.DRIVER_MISSING:
        return Failure(Reason.DRIVER_REFUSES, detail=faults.name(error))
    return _by_file(Path(path)) or _by_loader(path)


def _by_file(path: Path) -> Failure | None:
    """What the file's kind and first bytes tell; None when they are as they should be."""
    try:
        if path.is_dir():
            return Failure(Reason.DRIVER_FOLDER)
        with path.open("rb") as file:
            head = file.read(_HEADER)
    except PermissionError:
        return Failure(Reason.DRIVER_UNREADABLE)
    except OSError as error:
        return Failure(Reason.DRIVER_MISSING, detail=error.strerror or "")
    if head.startswith(_PE):
        return Failure(Reason.DRIVER_FOR_WINDOWS)
    if head[:4] in _MACH_O:
        return Failure(Reason.DRIVER_OTHER_MACHINE, detail="Mach-O")
    if not head.startswith(_ELF) or len(head) < _HEADER:
        return Failure(Reason.DRIVER_NO_LIBRARY)
    with Path("/proc/self/exe").open("rb") as program:
        own = program.read(_HEADER)
    if _machine(head) != _machine(own):
        return Failure(Reason.DRIVER_OTHER_MACHINE, detail=f"{_machine(head)}, not {_machine(own)}")
    return None if _half_word(head, 16) == _SHARED_OBJECT else Failure(Reason.DRIVER_NO_LIBRARY)


def _machine(head: bytes) -> str:
    """`64-bit x86-64`, by EI_CLASS, EI_DATA and e_machine."""
    number = _half_word(head, 18)
    order = "" if head[5] == 1 else " big-endian"
    return f"{'64' if head[4] == 2 else '32'}-bit {_MACHINES.get(number, f'machine {number}')}{order}"


def _half_word(head: bytes, offset: int) -> int:
    (value,) = struct.unpack_from("<H" if head[5] == 1 else ">H", head, offset)
    return int(value)


def _by_loader(path: str) -> Failure:
    """What the dynamic loader says of a library of the right kind: something that it needs, or damage."""
    try:
        library = ctypes.CDLL(path, mode=os.RTLD_LAZY)
    except OSError as error:
        told = printable(str(error).removeprefix(f"{path}: "), 120)
        reason = Reason.DRIVER_INCOMPLETE if _WANTING.search(told) else Reason.DRIVER_NO_LIBRARY
        return Failure(reason, detail=told)
    if hasattr(library, "C_GetFunctionList"):
        return Failure(Reason.DRIVER_REFUSES, detail="C_GetFunctionList")
    return Failure(Reason.DRIVER_NO_FUNCTIONS)

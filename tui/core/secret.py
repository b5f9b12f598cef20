"""Secrets that mask themselves and are wiped after one use."""

from typing import NoReturn, Self


class Secret:
    """Bytes that never show in a repr, cannot be copied by pickle, and are overwritten by `wipe`."""

    __slots__ = ("_bytes",)

    def __init__(self, value: bytes | bytearray = b"") -> None:
        self._bytes = bytearray(value)

    def append(self, data: bytes) -> None:
        """Add one typed character's UTF-8 bytes."""
        self._bytes += data

    def erase_last(self) -> None:
        """Drop the last UTF-8 character, as backspace does."""
        while self._bytes:
            last = self._bytes[-1]
            self._bytes[-1] = 0
            del self._bytes[-1]
            if last & 0xC0 != 0x80:
                return

    def reveal(self) -> memoryview:
        """The bytes themselves, for the one place that hands them over."""
        return memoryview(self._bytes)

    def take(self) -> Self:
        """Move the content into a new holder and leave this one empty."""
        taken = type(self)(self._bytes)
        self.wipe()
        return taken

    def wipe(self) -> None:
        """Overwrite and empty; may be called any number of times."""
        for i in range(len(self._bytes)):
            self._bytes[i] = 0
        self._bytes = bytearray()

    def __len__(self) -> int:
        """Number of characters (not bytes)."""
        return sum(byte & 0xC0 != 0x80 for byte in self._bytes)

    def __bool__(self) -> bool:
        return bool(self._bytes)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(***)"

    def __reduce__(self) -> NoReturn:
        raise TypeError(f"{type(self).__name__} must not be pickled")

    def __copy__(self) -> NoReturn:
        raise TypeError(f"{type(self).__name__} must not be copied")

    def __deepcopy__(self, memo: object) -> NoReturn:
        raise TypeError(f"{type(self).__name__} must not be copied")

    def __del__(self) -> None:
        self.wipe()


class Pin(Secret):
    """The token's user PIN (CA密码)."""

    __slots__ = ()


class Password(Secret):
    """The password of a 财智云 account."""

    __slots__ = ()

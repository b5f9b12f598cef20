"""The shortest way of the cursor from one cell to another (ECMA-48 8.3: CUP, CUU, CUD, CUF, CUB)."""


def move(start: tuple[int | None, int | None], x: int, y: int) -> str:
    """Bytes that bring the cursor from `start`, a column and line of which either may be unknown, to `x`, `y`."""
    ways = [_to(x, y)]
    from_x, from_y = start
    if from_y is not None:
        down = _steps(y - from_y, "B", "A")
        ways.append(f"\r{down}{_steps(x, 'C', 'D')}")
        if from_x is not None:
            ways.append(f"{down}{_steps(x - from_x, 'C', 'D')}")
            if from_x > x:
                ways.append(f"{down}{chr(8) * (from_x - x)}")
    return min(ways, key=len)


def _to(x: int, y: int) -> str:
    """What is left out is 1."""
    line, column = str(y + 1) if y else "", f";{x + 1}" if x else ""
    return f"\x1b[{line}{column}H"


def _steps(distance: int, forth: str, back: str) -> str:
    if not distance:
        return ""
    number = "" if abs(distance) == 1 else str(abs(distance))
    return f"\x1b[{number}{forth if distance > 0 else back}"

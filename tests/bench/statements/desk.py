"""`desk serve` whose statements say who sent them: `python -m tests.bench.statements.desk desk serve --config …`.

The comment names the outermost function of the desk on the stack: the handler, the act of the engine. It only tells
statements apart; the server counts them.
"""

import sys
from pathlib import Path
from types import FrameType
from typing import Any

from sqlalchemy import Engine, event

import tui
from tui.cli.main import main

_DESK = str(Path(tui.__file__).parent / "desk") + "/"


def _origin() -> str:
    """`room.function`, the outermost of the desk's own."""
    frame: FrameType | None = sys._getframe(2)
    outermost = ""
    while frame is not None:
        file = frame.f_code.co_filename
        if file.startswith(_DESK):
            outermost = f"{Path(file).stem}.{frame.f_code.co_name}"
        frame = frame.f_back
    return outermost


@event.listens_for(Engine, "before_cursor_execute", retval=True)
def _sign(_c: Any, _cursor: Any, statement: str, parameters: Any, _x: Any, _many: bool) -> tuple[str, Any]:
    return f"{statement} /* {_origin()} */", parameters


if __name__ == "__main__":
    main()

"""What is left of a person in memory: `python -m tests.bench.memory`, as root.

A kiosk in a pseudo-terminal is walked from the first screen to the handed-in request and left again; then each value is
counted in the memory of the kiosk and of the driver's process, in UTF-8, UTF-16 and UTF-32.
"""

import tempfile
import tomllib
from pathlib import Path

from tests.harness.end_to_end.sandbox import sandbox_up
from tests.harness.end_to_end.stage import new_token
from tests.harness.end_to_end.terminal import Terminal, all_at_once, settings_file
from tui.sandbox.files import ACCOUNT, PASSWORD


def main() -> None:
    """Print a table for keys typed singly and in bursts."""
    with tempfile.TemporaryDirectory() as folder, sandbox_up(Path(folder) / "town") as sandbox:
        answers = tomllib.loads((sandbox.directory / "answers.toml").read_text())
        for way, keys in (("singly", iter), ("in bursts", all_at_once)):
            token = new_token(sandbox, Path(folder))
            values = {"PIN": token.pin, "password": PASSWORD, "account": ACCOUNT}
            values |= {name: answers["agent"][name] for name in ("id_number", "name", "mobile", "email")}
            with Terminal(settings_file(sandbox, token, Path(folder))) as kiosk:
                kiosk.walk_to_payment(answers, token.pin, keys)
                used = kiosk.processes["token host"]
                _print(f"typed {way}, request handed in", kiosk.found(values))
                kiosk.leave()
                kiosk.until_replaced("token host", used)
                _print(f"typed {way}, first screen", kiosk.found(values))


def _print(when: str, found: dict[str, dict[str, int]]) -> None:
    for process, counts in found.items():
        print(f"{when:36} {process:12}", *(f"{name} {count:3}" for name, count in counts.items()))


if __name__ == "__main__":
    main()

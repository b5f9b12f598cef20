"""The English catalogue's maker: `python -m tests.kiosk.text.catalogue` takes new messages in and compiles.

A new message gets an empty translation, which the tests refuse; a message that the program no longer has is dropped.
"""

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path
from struct import pack

ROOT = Path(__file__).parents[3]
PO = ROOT / "tui/kiosk/text/locales/en/LC_MESSAGES/kiosk.po"
MO = PO.with_suffix(".mo")
HEADER = """\
Project-Id-Version: ca-renewal-kiosk
Language: en
MIME-Version: 1.0
Content-Type: text/plain; charset=UTF-8
Content-Transfer-Encoding: 8bit
"""


def used() -> dict[str, set[str]]:
    """Every literal in `_(…)` or `N_(…)` below tui, with the files that it stands in."""
    found: dict[str, set[str]] = {}
    for path in sorted((ROOT / "tui").rglob("*.py")):
        for message in _marked(ast.parse(path.read_text(encoding="utf-8"))):
            found.setdefault(message, set()).add(path.relative_to(ROOT).as_posix())
    return found


def _marked(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id="_" | "N_"), args=[ast.Constant(value=str(message))]) if message:
                yield message


def read_po(text: str) -> dict[str, str]:
    """Message and translation of each entry but the header; strings may go over several lines."""
    entries: dict[str, str] = {}
    for block in text.split("\n\n"):
        parts = {"msgid": "", "msgstr": ""}
        part = ""
        for line in block.splitlines():
            if not line.startswith("#"):
                keyword, text_of_line = line[: line.index('"')].strip(), line[line.index('"') :]
                part = keyword or part
                parts[part] += ast.literal_eval(text_of_line)
        if parts["msgid"]:
            assert parts["msgid"] not in entries, parts["msgid"]
            entries[parts["msgid"]] = parts["msgstr"]
    return entries


def write_po(entries: Mapping[str, str], places: Mapping[str, set[str]]) -> str:
    """The catalogue as people read it, by file and message."""
    blocks = [f'msgid ""\nmsgstr {_quoted(HEADER)}']
    for message in sorted(entries, key=lambda m: (sorted(places[m]), m)):
        where = "\n".join(f"#: {place}" for place in sorted(places[message]))
        blocks.append(f"{where}\nmsgid {_quoted(message)}\nmsgstr {_quoted(entries[message])}")
    return "\n\n".join(blocks) + "\n"


def _quoted(text: str) -> str:
    lines = [line.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n") for line in text.splitlines(True)]
    return "\n".join(f'"{line}"' for line in (["", *lines] if len(lines) > 1 else lines or [""]))


def compiled(entries: Mapping[str, str]) -> bytes:
    """The GNU MO file (gettext manual 10.3), little-endian, sorted, without a hash table."""
    pairs = sorted((m.encode(), t.encode()) for m, t in {"": HEADER, **entries}.items() if t)
    heading, row = 28, 8
    at = heading + 2 * row * len(pairs)
    tables, texts = [b"", b""], b""
    for column in (0, 1):
        for pair in pairs:
            tables[column] += pack("<II", len(pair[column]), at + len(texts))
            texts += pair[column] + b"\0"
    header = pack("<7I", 0x950412DE, 0, len(pairs), heading, heading + row * len(pairs), 0, at)
    return header + tables[0] + tables[1] + texts


def refresh() -> None:
    """Write both files for the messages that the program now has."""
    places = used()
    known = read_po(PO.read_text(encoding="utf-8"))
    entries = {message: known.get(message, "") for message in places}
    PO.write_text(write_po(entries, places), encoding="utf-8", newline="\n")
    MO.write_bytes(compiled(entries))


if __name__ == "__main__":
    refresh()

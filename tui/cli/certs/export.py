"""`ca-kiosk certs export`: one certificate into a file; nothing but what is public leaves the token."""

from pathlib import Path

from tui.cli.certs.held import distinct, held, named, which
from tui.core.exits import Exit
from tui.kiosk.certificate_file import DER_SUFFIXES, PEM_SUFFIXES, write_new
from tui.kiosk.text import _
from tui.process.output import say


def export(file: Path, fingerprint: str, config: Path | None, module: Path | None) -> int:
    """Write it; a file that exists already stays as it is."""
    suffix = file.suffix.lower()
    if suffix not in (*PEM_SUFFIXES, *DER_SUFFIXES):
        say(f"{file}: 文件名须以 .pem、.crt、.der 或 .cer 结尾 / must end in .pem, .crt, .der or .cer")
        return Exit.USAGE
    found = held(config, module)
    chosen = distinct(named(found, fingerprint))
    if len(chosen) != 1:
        return which(found)
    try:
        write_new(file, chosen[0].der)
    except OSError as error:
        say(_("不能写入{file}：{error}").format(file=file, error=error.strerror or ""))
        return Exit.USAGE
    return Exit.DONE

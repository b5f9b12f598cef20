"""Write a certificate, which is public, into a new file; none that exists is written over."""

from contextlib import suppress
from itertools import count
from pathlib import Path

from tui.core.beijing import beijing
from tui.core.certificate import Certificate
from tui.core.x509.pem import pem
from tui.kiosk.text import _

PEM_SUFFIXES, DER_SUFFIXES = (".pem", ".crt"), (".der", ".cer")
LONGEST_NAME = 40
"""Characters of the holder's name in a file's."""


def write_new(file: Path, der: bytes) -> None:
    """By the suffix in one form or the other.

    :raises OSError: it exists already, or cannot be written; nothing is left then of what a disk took of it.
    """
    new = file.open("xb")
    try:
        with new:
            new.write(encoded(file.suffix, der))
    except OSError:
        with suppress(OSError):
            file.unlink()
        raise


def encoded(suffix: str, der: bytes) -> bytes:
    """What a file of this suffix holds."""
    return der if suffix.lower() in DER_SUFFIXES else pem(der)


def proposed(certificate: Certificate, suffix: str) -> str:
    """A name of letters and digits alone: the holder's, and the day of the certificate's end."""
    letters = "".join(c for c in certificate.name if c.isalnum())[:LONGEST_NAME] or "certificate"
    end = f"{beijing(certificate.not_after):%Y%m%d}" if certificate.dated else certificate.fingerprint[:8]
    return f"{letters}-{end}{suffix}"


def keep(folder: Path, certificate: Certificate, suffix: str) -> str:
    """`save`, and tell the outcome in one sentence."""
    try:
        return _("已保存：{file}").format(file=save(folder, certificate, suffix))
    except OSError as error:
        return _("不能写入{file}：{error}").format(file=folder, error=error.strerror or "")


def save(folder: Path, certificate: Certificate, suffix: str) -> Path:
    """Write it under its proposed name, or that with a number where another certificate has it; where it is now.

    :raises OSError: the folder cannot be written.
    """
    named = folder / proposed(certificate, suffix)
    for number in count(2):
        try:
            write_new(named, certificate.der)
        except FileExistsError:
            if named.is_file() and named.read_bytes() == encoded(suffix, certificate.der):
                break
            named = folder / proposed(certificate, f"-{number}{suffix}")
        else:
            break
    return named

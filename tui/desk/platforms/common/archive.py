"""Zip files as the platforms send their bills: small, few, and never trusted about their sizes."""

import zipfile
import zlib
from io import BytesIO

from tui.desk.payments.gateway import AnswerNotGenuine
from tui.desk.platforms.common.transport import BILL_LIMIT

FILES = 16
METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
"""The others have decoders, and errors, of their own; no platform uses them."""


def unpack(archive: bytes) -> dict[str, bytes]:
    """Content by name, all together at most 32 MiB.

    :raises AnswerNotGenuine: not such a zip file.
    """
    left, files = BILL_LIMIT, dict[str, bytes]()
    try:
        with zipfile.ZipFile(BytesIO(archive)) as packed:
            for member in packed.infolist()[: FILES + 1]:
                if member.compress_type not in METHODS:
                    raise AnswerNotGenuine("bill is packed in an unknown way")
                with packed.open(member) as file:
                    content = file.read(left + 1)
                left -= len(content)
                if left < 0 or len(files) >= FILES or member.filename in files:
                    raise AnswerNotGenuine("bill is too large")
                files[member.filename] = content
    # ValueError: a name that is not UTF-8, an offset before the beginning.
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, ValueError) as error:
        raise AnswerNotGenuine("bill is no zip file") from error
    return files


def inflate(data: bytes) -> bytes:
    """What a zlib stream holds, at most 32 MiB.

    :raises AnswerNotGenuine: no such stream, or longer.
    """
    stream = zlib.decompressobj()
    try:
        content = stream.decompress(data, BILL_LIMIT)
    except zlib.error as error:
        raise AnswerNotGenuine("bill is no zlib stream") from error
    if not stream.eof or stream.unused_data:
        raise AnswerNotGenuine("bill is too large or cut off")
    return content

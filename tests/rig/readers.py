"""Three independent QR readers: zbar (the program zbarimg), zxing-cpp and OpenCV; each takes pictures, gives texts."""

import re
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import cv2
import numpy as np
import zxingcpp

Picture = np.ndarray[Any, np.dtype[np.uint8]]
"""Rows of pixels, grey or BGR."""
Reader = Callable[[Sequence[Picture]], list[str]]
"""One text a picture; empty where nothing is read."""

_FOUND = re.compile(r"<source href='[^']*?(\d+)\.png'|<!\[CDATA\[(.*?)\]\]>", re.DOTALL)


def zbar(pictures: Sequence[Picture]) -> list[str]:
    """By one run of zbarimg for all."""
    texts = [""] * len(pictures)
    with TemporaryDirectory() as folder:
        files = [Path(folder, f"{number}.png") for number in range(len(pictures))]
        for file, picture in zip(files, pictures, strict=True):
            cv2.imwrite(str(file), picture, [cv2.IMWRITE_PNG_COMPRESSION, 0])
        words = ["zbarimg", "--quiet", "--xml", "-Sdisable", "-Sqrcode.enable", *map(str, files)]
        done = subprocess.run(words, capture_output=True, text=True, check=False)
    number = 0
    for source, text in _FOUND.findall(done.stdout):
        if source:
            number = int(source)
        else:
            texts[number] = text
    return texts


def zxing(pictures: Sequence[Picture]) -> list[str]:
    """By zxing-cpp."""
    found = (
        zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode))
        for picture in pictures
    )
    return [str(codes[0].text) if codes else "" for codes in found]


def opencv(pictures: Sequence[Picture]) -> list[str]:
    """By OpenCV's own detector, which gives up with an exception on some pictures."""
    detector = cv2.QRCodeDetector()
    return [_opencv(detector, picture) for picture in pictures]


def _opencv(detector: Any, picture: Picture) -> str:
    try:
        return str(detector.detectAndDecode(picture)[0])
    except cv2.error:
        return ""


READERS: Mapping[str, Reader] = {"zbar": zbar, "zxing": zxing, "opencv": opencv}

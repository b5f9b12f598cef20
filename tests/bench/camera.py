"""A phone's camera in front of a monitor: what a picture of the screen becomes at three strengths."""

import math
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from tests.rig.readers import Picture

Floats = np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True, slots=True)
class Strength:
    """How badly a photograph is taken."""

    name: str
    pixels: float
    """Of a module in the photograph."""
    tilt: float
    """Degrees, at most, about both axes; half of it in the picture's plane."""
    blur: float
    """Sigma, pixels."""
    noise: float
    """Sigma, of 255."""
    dim: tuple[float, float]
    """Range of the brightness that is left."""
    glare: float
    """Light of a lamp's reflection, of 255."""
    quality: int
    """JPEG."""


STRENGTHS = (
    Strength("mild", 6.0, 8.0, 0.6, 4.0, (0.7, 0.9), 0.0, 90),
    Strength("medium", 4.0, 18.0, 0.9, 8.0, (0.55, 0.8), 10.0, 75),
    Strength("hard", 3.2, 25.0, 0.8, 10.0, (0.45, 0.7), 30.0, 65),
)
FRAME = 2.2
"""Side of a photograph in sides of the code."""
OVERSAMPLING = 3
"""A sensor's pixel integrates over its area."""
SCREEN_BLACK = 25.0
"""A lit monitor's black, of 255."""
SURROUNDINGS = 60
"""Grey beyond the screen's edge."""


def photograph(screen: Picture, corners: Floats, modules: int, strength: Strength, seed: int) -> Picture:
    """One photograph (grey) of `screen`, aimed at the code whose corners are given, clockwise from the top left."""
    random = np.random.default_rng(seed)
    side = int(strength.pixels * modules * FRAME)
    view = _perspective(screen, corners, strength.pixels * modules, strength.tilt, random)
    enlarged = np.diag([OVERSAMPLING, OVERSAMPLING, 1.0]) @ view
    size = (side * OVERSAMPLING, side * OVERSAMPLING)
    warped = cv2.warpPerspective(screen, enlarged, size, flags=cv2.INTER_LINEAR, borderValue=(SURROUNDINGS,) * 3)
    sensed = cv2.resize(cv2.cvtColor(warped, cv2.COLOR_BGR2GRAY), (side, side), interpolation=cv2.INTER_AREA)
    light = cv2.GaussianBlur(np.asarray(sensed, np.float64), (0, 0), strength.blur)
    exposed = _exposure(np.asarray(light, np.float64), strength, random)
    coded = cv2.imencode(".jpg", exposed, [cv2.IMWRITE_JPEG_QUALITY, strength.quality])[1]
    return np.asarray(cv2.imdecode(coded, cv2.IMREAD_GRAYSCALE), np.uint8)


def _perspective(screen: Picture, corners: Floats, span: float, tilt: float, random: np.random.Generator) -> Floats:
    """Homography from the screen to a picture in whose middle the code spans `span` pixels."""
    height, width = screen.shape[:2]
    code = (np.linalg.norm(corners[1] - corners[0]) + np.linalg.norm(corners[2] - corners[1])) / 2
    distance = 2.2 * max(width, height)
    turn = _rotation(*(math.radians(random.uniform(-tilt, tilt)) * part for part in (1, 1, 0.5)))
    edges = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float64)
    around = np.c_[edges - corners.mean(axis=0), np.zeros(4)] @ turn.T
    seen = around[:, :2] * (distance / (distance + around[:, 2:3])) * (span / code)
    aim = int(span * FRAME) / 2 + random.uniform(-0.5, 0.5, 2)
    return np.asarray(cv2.getPerspectiveTransform(edges.astype(np.float32), (seen + aim).astype(np.float32)))


def _rotation(about_x: float, about_y: float, about_z: float) -> Floats:
    (sx, sy, sz), (cx, cy, cz) = np.sin((about_x, about_y, about_z)), np.cos((about_x, about_y, about_z))
    x = np.array([[1, 0, 0], [0, cx, -sx], [0, sx, cx]])
    y = np.array([[cy, 0, sy], [0, 1, 0], [-sy, 0, cy]])
    z = np.array([[cz, -sz, 0], [sz, cz, 0], [0, 0, 1]])
    return np.asarray(z @ y @ x)


def _exposure(light: Floats, strength: Strength, random: np.random.Generator) -> Picture:
    """Dimmed and unevenly lit, with a lamp's reflection and the sensor's noise."""
    across, down = np.meshgrid(np.linspace(-1, 1, light.shape[1]), np.linspace(-1, 1, light.shape[0]))
    slope = random.uniform(-0.25, 0.25, 2)
    seen = (SCREEN_BLACK + light * random.uniform(*strength.dim)) * (1 + slope[0] * across + slope[1] * down)
    lamp = random.uniform(-0.5, 0.5, 2)
    seen += strength.glare * np.exp(-((across - lamp[0]) ** 2 + (down - lamp[1]) ** 2) / 0.12)
    seen += random.normal(0, strength.noise, seen.shape)
    return np.asarray(np.clip(seen, 0, 255), np.uint8)

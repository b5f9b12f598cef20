"""Garbage is collected, but seldom all of it, and not what was imported."""

import subprocess
import sys

_PROGRAM = """
import gc
from tui.process import garbage
garbage.put_off()
assert not gc.isenabled()
import textual.app
garbage.set_aside()
garbage.resume()
assert gc.isenabled() and gc.get_freeze_count() > 10_000 and gc.get_threshold()[2] > 10
ring = []; ring.append(ring); del ring
before = gc.get_stats()[2]["collected"]
garbage.collect()
assert gc.get_stats()[2]["collected"] > before
"""


def test_what_is_imported_is_set_aside_and_the_rest_seldom_looked_at() -> None:
    subprocess.run([sys.executable, "-c", _PROGRAM], check=True)

"""Compiled loops where nothing may be kept on disk.

Authority: law (where no cache can be written, the same code runs and gives the same numbers).
"""

import subprocess
import sys

import pytest

# No locator, as numba finds it where both the package and the home may only be read; then a kernel is called.
UNCACHED = """
import numba.core.caching
numba.core.caching.CacheImpl._locator_classes = []
from perijove.geometry.arctangent_kernel import arctan2_deg
print(arctan2_deg(1.0, 1.0), arctan2_deg.stats.cache_path)
"""


def test_runs_where_no_cache_can_be_written() -> None:
    done = subprocess.run([sys.executable, "-c", UNCACHED], capture_output=True, text=True, check=True)
    angle, folder = done.stdout.split()
    assert float(angle) == pytest.approx(45.0, abs=1e-12)
    assert folder == "None"


def test_other_refusals_are_not_hidden() -> None:
    code = "from perijove.compiled import njit\nnjit(nogil=3, inline='sometimes')(abs)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "Error" in done.stderr

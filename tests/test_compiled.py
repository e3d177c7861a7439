"""Compiled loops: nothing is loaded before the first call, and nothing need be kept on disk.

Authority: law (where no cache can be written, the same code runs and gives the same numbers).
"""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from perijove.compiled import Kernel, njit

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
    code = "from perijove.compiled import njit\nnjit(nogil=3, inline='sometimes')(lambda x: x)(1)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "Error" in done.stderr


def test_what_fails_while_numba_loads_is_told_as_it_is() -> None:
    """An AttributeError was lost in an endless recursion."""
    code = (
        "import numba\ndel numba.njit\nfrom perijove.compiled import njit\nkernel = njit()(lambda x: x)\n"
        "for attempt in (lambda: kernel(1), lambda: kernel.signatures, lambda: kernel.__wrapped__.nothing):\n"
        "    try:\n        attempt()\n    except AttributeError as error:\n        print(error)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert [line.rpartition(" ")[2] for line in done.stdout.splitlines()] == ["'njit'", "'njit'", "'nothing'"]


def test_a_kernel_that_is_looked_at_before_it_is_made_has_nothing() -> None:
    """As when it is copied or pickled: no recursion either."""
    kernel = Kernel.__new__(Kernel)
    with pytest.raises(AttributeError):
        kernel.signatures  # noqa: B018


def test_numba_is_not_loaded_before_a_kernel_is_called() -> None:
    code = (
        "import sys\nfrom perijove.geometry.arctangent_kernel import arctan2_deg\nbefore = 'numba' in sys.modules\n"
        "arctan2_deg(1.0, 1.0)\nprint(before, 'numba' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "True"]


def test_a_kernel_is_the_function_that_it_compiles() -> None:
    """Name, text and types as numba's own, called from Python and from another kernel, by many threads at first."""

    @njit()
    def doubled(x: float) -> float:
        """Twice."""
        return 2.0 * x

    @njit(nogil=True)
    def fourfold(x: float) -> float:
        return doubled(doubled(x))

    assert (doubled.__name__, doubled.__doc__) == ("doubled", "Twice.")
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(fourfold, [1.0, 2.0, 3.0, 4.0])) == [4.0, 8.0, 12.0, 16.0]
    assert len(fourfold.signatures) == 1
    assert doubled.py_func(1.5) == 3.0
    with pytest.raises(AttributeError):
        doubled.__array_interface__  # noqa: B018  # the access itself is under test


def test_a_folder_named_coverage_does_no_harm(tmp_path: Path) -> None:
    """Numba asks for the package of that name; a user's folder where Python runs is none."""
    (tmp_path / "coverage").mkdir()
    code = "import perijove.compiled as c; print(c.njit()(lambda x: x * x)(-2))"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == "4\n", done.stderr

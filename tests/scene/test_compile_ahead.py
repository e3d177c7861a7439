"""Kernels of maps compiled before they are needed.

Authority: law (after it numba finds every kernel of a map in its cache, and compiles none).
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

AHEAD = """
import numpy as np
from perijove.junocam.instrument import strip_camera
from perijove.scene.compile_ahead import compile_map_kernels
compile_map_kernels(strip_camera("RED"))
"""
MAP = """
import numpy as np
from perijove.geometry.grids import equirectangular_grid
from perijove.geometry.rotations import facing
from perijove.junocam.instrument import strip_camera
from perijove.scene import mapping_kernel
from perijove.scene.mapping import FrameletPixels, project_to_map
from perijove.scene.shot import Shot
from perijove.scene.view import View
position = np.array([9_000.0, 500.0, 300.0])
view = View(np.zeros(1), position[None], facing(-position, (0.0, 0.0, 1.0))[None], np.array([[1.0, 0.0, 0.0]]))
shot = Shot("IO", np.array([1829.4, 1819.4, 1815.7]), view, (strip_camera("GREEN"),), np.zeros(1, dtype=int))
ones = np.full((1, 128, 1648), 0.5, dtype=np.float32)
pixels = FrameletPixels(ones, 0.1 * ones, np.zeros((1, 128, 1648), dtype=np.uint16), np.zeros(1, dtype=int))
done = project_to_map(shot, pixels, equirectangular_grid((-40.0, 40.0), (-60.0, 60.0), 30.0), bad_bits=3)
assert done.covered > 100
for kernel in (mapping_kernel.project_rows, mapping_kernel.mask_bad):
    print(sum(kernel.stats.cache_hits.values()), sum(kernel.stats.cache_misses.values()))
"""


@pytest.mark.slow
def test_a_map_finds_all_its_kernels_compiled(tmp_path: Path) -> None:
    def run(code: str) -> str:
        environment = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path)}
        command = [sys.executable, "-c", code]
        return subprocess.run(command, check=True, capture_output=True, text=True, env=environment).stdout

    run(AHEAD)
    assert list(tmp_path.rglob("mapping_kernel.project_rows-*.nbi"))
    assert run(MAP).split() == ["1", "0"] * 2
    assert run(AHEAD) == ""

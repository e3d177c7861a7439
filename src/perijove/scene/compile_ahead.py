"""The kernels of maps, compiled before they are needed: after installation, in a process that would else be idle."""

import os
from pathlib import Path

import numpy as np

from perijove.camera import StripCamera
from perijove.geometry.grids import perspective_grid
from perijove.scene import mapping_kernel
from perijove.scene.mapping import FrameletPixels, project_to_map
from perijove.scene.shot import Shot
from perijove.scene.view import View

__all__ = ["compile_map_kernels", "map_kernels_are_kept"]


def compile_map_kernels(camera: StripCamera) -> None:
    """Make a small map of nothing, where numba's cache holds no kernel of maps yet.

    Parameters
    ----------
    camera : StripCamera
        Any.

    Notes
    -----
    The kernels see arrays of one type only, whatever a caller holds (`scene.mapping`), so what is compiled here serves
    every map. Compiling takes eight seconds.
    """
    if map_kernels_are_kept():
        return
    position = np.array([[5_000.0, 0.0, 0.0]])
    grid = perspective_grid(position[0], 1_000.0)
    view = View(np.zeros(1), position, grid.axes[None], np.array([[1.0, 0.0, 0.0]]))
    shape = (1, camera.rows, camera.columns)
    ones = np.ones(shape, dtype=np.float32)
    pixels = FrameletPixels(ones, ones, np.zeros(shape, dtype=np.uint16), np.zeros(1, dtype=np.int64))
    radii = np.array(grid.radii_km)
    project_to_map(Shot("IO", radii, view, (camera,), np.zeros(1, dtype=np.int64)), pixels, grid, bad_bits=0)


def map_kernels_are_kept() -> bool:
    """Whether numba's cache has the kernels of maps; not asked of numba, which takes a quarter of a second to load."""
    module, named = Path(mapping_kernel.__file__), os.environ.get("NUMBA_CACHE_DIR")
    index = f"{module.stem}.project_rows-*.nbi"
    return any(Path(named).rglob(index)) if named else any((module.parent / "__pycache__").glob(index))

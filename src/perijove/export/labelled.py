"""Maps as labelled arrays: xarray's where it is installed, else a small one of ours that says the same."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

import numpy as np

from perijove.geometry.projections import MapGrid

__all__ = ["LabelledArray", "labelled_map"]


@dataclass(frozen=True, repr=False)
class LabelledArray:
    """An array whose axes have names and places; the attributes are called as those of `xarray.DataArray`.

    Attributes
    ----------
    values : array
    dims : tuple of str
        Name of each axis.
    coords : mapping of str to array
        Places along the axes.
    name : str
    attrs : mapping
        ``units``, ``long_name``, ``crs``.
    """

    values: np.ndarray
    dims: tuple[str, ...]
    coords: Mapping[str, np.ndarray]
    name: str
    attrs: Mapping[str, str] = field(default_factory=dict)

    def __repr__(self) -> str:
        """Name, unit and shape."""
        sizes = ", ".join(f"{name}: {size}" for name, size in zip(self.dims, self.shape, strict=True))
        return f"<LabelledArray {self.name!r} ({sizes}), {self.attrs.get('units', '1')}>"

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:  # noqa: ANN401, FBT001  # as numpy calls it
        """Plain array: numpy's functions take it as it is."""
        return np.array(self.values, dtype=dtype, copy=copy)

    @property
    def shape(self) -> tuple[int, ...]:
        """As numpy has it."""
        return self.values.shape


def labelled_map(
    values: np.ndarray, grid: MapGrid, *, name: str, units: str, sentence: str, bands: tuple[str, ...] = ()
) -> Any:  # noqa: ANN401  # xarray is optional
    """A plane of a map, or one for each band, with the places of its pixels.

    Parameters
    ----------
    values : array, shape (rows, columns) or (bands, rows, columns)
        Taken as they are, not copied.
    grid : MapGrid
    name, units, sentence : str
        What it is; the unit is ``1`` for a ratio.
    bands : tuple of str
        Filter of each band, for values that have bands.

    Returns
    -------
    xarray.DataArray or LabelledArray
        Axes ``band``, ``y``, ``x``. y (from the top down) and x are those of the coordinate system in ``crs``, metres
        at the pixels' centres, as in the GeoTIFF; of a perspective picture, which has none, metres across the view.
    """
    step, _, left, _, _, top = grid.transform_m
    rows, columns = grid.shape
    places = {"y": top - step * (np.arange(rows) + 0.5), "x": left + step * (np.arange(columns) + 0.5)}
    coords = ({"band": np.array(bands)} if bands else {}) | places
    attrs = {"units": units, "long_name": sentence, "grid_units": "m", **({"crs": grid.crs} if grid.crs else {})}
    try:
        kind = import_module("xarray").DataArray
    except ImportError:
        kind = LabelledArray
    return kind(values, dims=tuple(coords), coords=coords, name=name, attrs=attrs)

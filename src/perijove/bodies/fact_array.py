"""Facts that belong together as a vector or a matrix: semi-axes, a mounting."""

from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike

from perijove.facts import Statement

__all__ = ["FactArray"]


class FactArray(Statement, np.ndarray):
    """A read-only array with one unit and one source.

    Parameters
    ----------
    values : array
    unit, source : str
    sigma : tuple of float, optional
        Standard errors of the components of a vector.

    Notes
    -----
    Whatever is computed or cut from it is a plain array or number, which states nothing.

    Examples
    --------
    >>> radii = FactArray([3.0, 3.0, 2.0], "km", "an example")
    >>> radii.unit, type(radii / 2.0).__name__, type(radii[:2]).__name__
    ('km', 'ndarray', 'ndarray')
    """

    sigma: tuple[float, ...] | None

    def __new__(cls, values: ArrayLike, unit: str, source: str, sigma: tuple[float, ...] | None = None) -> Self:
        """Keep the statement beside the numbers."""
        self = np.array(values, dtype=float).view(cls)
        vars(self).update(unit=unit, source=source, sigma=sigma)
        self.setflags(write=False)
        return self

    @property
    def bare(self) -> np.ndarray:
        """Values alone, read-only."""
        return self.view(np.ndarray)

    def __getitem__(self, key: Any) -> Any:  # noqa: ANN401  # numpy's own signature
        return self.bare[key]

    def __reduce__(self) -> tuple[type[Self], tuple[object, ...]]:
        return type(self), (self.tolist(), self.unit, self.source, self.sigma)

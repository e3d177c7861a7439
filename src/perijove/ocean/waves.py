"""Free waves of a global ocean: their frequencies, and the thicknesses at which the tide meets one."""

import numpy as np
from scipy.linalg import eig

from perijove.errors import InputError
from perijove.ocean.layer import OceanLayer

__all__ = ["resonant_thicknesses_km"]

_RESOLVED = 1e-6  # amplitude of the two highest degrees over the largest
_FINITE = 1e8


def _couplings(order: int, degree: np.ndarray, rotation: float) -> np.ndarray:
    """Matrix (degrees, degrees) by which rotation turns stream function into divergent flow, 1/s; row n, column n ± 1.

    The other way round it acts with the opposite sign.
    """
    matrix = np.zeros((len(degree), len(degree)))
    for row, n in enumerate(degree):
        if row > 0:
            matrix[row, row - 1] = np.sqrt((n**2 - order**2) / (4.0 * n**2 - 1.0)) * (n - 1.0) / n
        if row < len(degree) - 1:
            up = n + 1.0
            matrix[row, row + 1] = np.sqrt((up**2 - order**2) / (4.0 * up**2 - 1.0)) * (n + 2.0) / up
    return 2.0 * rotation * matrix


def _checked(ocean: OceanLayer, order: int) -> np.ndarray:
    if not 0 <= abs(order) <= 2 or order != int(order):
        raise InputError(f"order {order}: is not a whole number from -2 to 2")
    return np.arange(max(abs(order), 1), len(ocean.compliance_s2_m), dtype=float)


def resonant_thicknesses_km(ocean: OceanLayer, order: int) -> np.ndarray:
    """Thicknesses of the layer at which a free wave without drag has the tide's frequency.

    Parameters
    ----------
    ocean : OceanLayer
        Its own thickness plays no part: the compliance is taken as it is.
    order : int
        -2 to 2; waves go as exp(i (w t + order longitude)), west where the order is positive.

    Returns
    -------
    array, shape (n,)
        km, falling. Negative ones, the equivalent depths of waves that a layer of that kind does not have, are part of
        the mathematics and come too.
    """
    degree = _checked(ocean, order)
    frequency = ocean.potential.angular_frequency_rad_s
    even = degree % 2 == 0
    lag = 1j * (frequency - 2.0 * ocean.rotation_rad_s * order / (degree * (degree + 1.0)))
    sign = np.where(even, 1.0, -1.0)
    left = np.diag(lag) - sign[:, None] * _couplings(order, degree, ocean.rotation_rad_s)
    per_km = ocean.free_frequency_squared[degree.astype(int)] / ocean.thickness_km
    right = np.diag(np.where(even, 1j * per_km / frequency, 0.0))
    values, vectors = eig(left, right)
    finite = np.isfinite(values) & (np.abs(values) < _FINITE)
    size = np.abs(vectors)
    resolved = finite & (size[-2:].max(axis=0) < _RESOLVED * size.max(axis=0))
    return np.sort(values[resolved].real)[::-1]

"""Free waves of an ocean as an eigenvalue problem in frequency, to hold the resonant thicknesses against."""

import numpy as np

from perijove.ocean.layer import OceanLayer
from perijove.ocean.waves import _RESOLVED, _checked, _couplings


def free_frequencies_rad_s(ocean: OceanLayer, order: int) -> np.ndarray:
    """Frequencies of free waves without drag, of those that a tide of degree 2 can reach.

    Parameters
    ----------
    ocean : OceanLayer
    order : int
        -2 to 2; waves go as exp(i (w t + order longitude)), west where the order is positive.

    Returns
    -------
    array, shape (n,), complex
        Real part above 0, rising: Rossby waves (west only), then gravity waves. A positive imaginary part is decay, by
        the solid layers.

    Notes
    -----
    Without rotation w² = n (n + 1) g H / r²; with slow waves, 2 W m / (n (n + 1)) (Longuet-Higgins 1968,
    doi:10.1098/rsta.1968.0003). Waves that the highest degrees do not resolve are left out.
    """
    degree = _checked(ocean, order)
    count, even = len(degree), degree % 2 == 0
    turn = 2.0j * ocean.rotation_rad_s * order / (degree * (degree + 1.0))
    coupling = _couplings(order, degree, ocean.rotation_rad_s)
    sign = np.where(even, 1.0, -1.0)
    waves = np.flatnonzero(even)
    matrix = np.zeros((count + len(waves), count + len(waves)), dtype=complex)
    matrix[:count, :count] = np.diag(turn) + sign[:, None] * coupling
    matrix[waves, count + np.arange(len(waves))] = -1.0
    matrix[count + np.arange(len(waves)), waves] = ocean.free_frequency_squared[degree[even].astype(int)]
    values, vectors = np.linalg.eig(matrix)
    size = np.abs(vectors[:count])
    resolved = size[-2:].max(axis=0) < _RESOLVED * size.max(axis=0)
    frequencies = -1j * values
    return np.sort_complex(frequencies[resolved & (frequencies.real > 1e-12 * np.abs(frequencies).max())])

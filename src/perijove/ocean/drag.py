"""What holds a tidal flow back: drag per mass and speed, from the viscosity of magma, from a sponge, from turbulence.

The Laplace tidal equations take a force -alpha u per mass. A complex alpha also slows the flow down without loss: the
imaginary part is inertia that the mean over depth does not show.
"""

import math

import numpy as np
from numpy.typing import ArrayLike

from perijove.constants import M_PER_KM
from perijove.errors import InputError

__all__ = ["darcy_drag_per_s", "viscous_drag_per_s"]

_SERIES = 0.05  # of the half-thickness over the depth of friction: below, tanh cancels


def _check(**values: ArrayLike) -> None:
    for name, value in values.items():
        array = np.asarray(value, dtype=float)
        if not np.all((array > 0.0) & (array < math.inf)):
            raise InputError(f"{name} {value!r}: is not positive and finite")


def viscous_drag_per_s(
    viscosity_pa_s: ArrayLike, *, density_kg_m3: ArrayLike, thickness_km: ArrayLike, frequency_rad_s: ArrayLike
) -> np.ndarray:
    """Drag of a viscous liquid between two walls that it sticks to.

    Parameters
    ----------
    viscosity_pa_s, density_kg_m3, thickness_km, frequency_rad_s : array
        Of the liquid, of the layer, of the tide; they broadcast.

    Returns
    -------
    array, complex
        1/s. 12 nu / H² for thick magma; (1 + i) sqrt(2 nu w) / H for thin, whose friction stays in boundary layers of
        depth sqrt(2 nu / w).

    Notes
    -----
    The flow that oscillates between plates (Landau & Lifshitz, Fluid Mechanics, section 24), averaged over depth, has
    alpha = i w t / (x - t) with x = (H / 2) sqrt(i w / nu) and t = tanh x.

    Not modelled: rotation, which makes the boundary layers those of Ekman and puts w + f and w - f, with f = 2 w
    sin(latitude) on a synchronous moon, in the place of w: in thin magma the drag is then off by up to sqrt(3), in
    thick magma by nothing. Rock that floats in the magma, and turbulence (`OceanTide` tells the speed), add to it.
    """
    _check(
        viscosity_pa_s=viscosity_pa_s,
        density_kg_m3=density_kg_m3,
        thickness_km=thickness_km,
        frequency_rad_s=frequency_rad_s,
    )
    frequency = np.asarray(frequency_rad_s, dtype=float)
    nu = np.asarray(viscosity_pa_s, dtype=float) / np.asarray(density_kg_m3, dtype=float)
    x = 0.5 * M_PER_KM * np.asarray(thickness_km, dtype=float) * np.sqrt(1j * frequency / nu)
    square = x * x
    small = np.abs(x) < _SERIES
    safe = np.where(small, 1.0, x)
    tanh = np.tanh(safe)
    exact = tanh / (safe - tanh)
    with np.errstate(divide="ignore", invalid="ignore"):
        series = 3.0 / square + 0.2 - square / 175.0 + 2.0 * square**2 / 7875.0
    drag: np.ndarray = 1j * frequency * np.where(small, series, exact)
    return drag


def darcy_drag_per_s(
    viscosity_pa_s: ArrayLike, *, density_kg_m3: ArrayLike, porosity: ArrayLike, permeability_m2: ArrayLike
) -> np.ndarray:
    """Drag of melt that flows through a sponge of rock.

    Parameters
    ----------
    viscosity_pa_s, density_kg_m3 : array
        Of the melt.
    porosity : array
        Part of the volume that is melt, 0 to 1.
    permeability_m2 : array
        Of the rock; they broadcast.

    Returns
    -------
    array
        1/s: porosity times viscosity over permeability and density (Darcy's law).

    Notes
    -----
    Grains of a centimetre with a fifth of melt have about 1e-9 m² (`IO_MOLTEN_ROCK_SPENCER_2020`), and magma of 1 Pa s
    then a drag of 7e4 /s, 1e9 times the tidal frequency: through a sponge, no tide flows. It is rock (Hay et al. 2025,
    arXiv:2507.11266, who find the friction of melt against rock secondary); only above a melt fraction of about 0.4,
    where grains lose touch, is it an ocean.
    """
    _check(viscosity_pa_s=viscosity_pa_s, density_kg_m3=density_kg_m3, permeability_m2=permeability_m2)
    share = np.asarray(porosity, dtype=float)
    if not np.all((share > 0.0) & (share <= 1.0)):
        raise InputError(f"porosity {porosity!r}: is not within 0 and 1")
    viscosity, permeability = np.asarray(viscosity_pa_s, dtype=float), np.asarray(permeability_m2, dtype=float)
    drag: np.ndarray = share * viscosity / (permeability * np.asarray(density_kg_m3, dtype=float))
    return drag

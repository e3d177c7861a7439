"""Photometric correction of a map: a law of reflection divided out, with parameters by colour where it has them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from perijove.bodies.disc_photometry import IO_HAPKE
from perijove.errors import InputError
from perijove.junocam.radiometry.quality import QUALITY
from perijove.physics.hapke import Hapke
from perijove.physics.photometry import normal_reflectance
from perijove.scene.mapping import MapResult

__all__ = ["corrected", "grounds"]


def grounds(law: str, body: str, bands: Sequence[str]) -> Mapping[str, Hapke]:
    """Parameters of Hapke's function by band; none for other laws.

    Parameters
    ----------
    law : str
        Key of `perijove.physics.photometry.PHOTOMETRIC_LAWS`.
    body : str
        Target.
    bands : sequence of str
        Filters of the map.

    Raises
    ------
    InputError
        Where the law is Hapke's and no parameters are known.
    """
    if law != "hapke":
        return {}
    missing = [band for band in bands if body != "IO" or band not in IO_HAPKE]
    if missing:
        raise InputError(
            f"photometric law 'hapke' has parameters for Io in {', '.join(IO_HAPKE)}, none for {body.title()} in "
            f"{', '.join(missing)}; choose another"
        )
    facts = {band: IO_HAPKE[band] for band in bands}
    return {
        band: Hapke(
            float(fact.single_scattering_albedo),
            float(fact.surge_width),
            float(fact.asymmetry),
            float(fact.roughness_deg),
            (float(fact.phase_deg[0]), float(fact.phase_deg[1])),
        )
        for band, fact in facts.items()
    }


def corrected(result: MapResult, bands: Sequence[str], law: str, ground: Mapping[str, Hapke]) -> MapResult:
    """Divide the disk function out of a map, errors included; NaN and a flag where the law does not hold.

    Parameters
    ----------
    result : MapResult
    bands : sequence of str
        Its filters.
    law : str
        Key of `perijove.physics.photometry.PHOTOMETRIC_LAWS`; ``none`` gives the map back.
    ground : mapping
        From `grounds`.

    Notes
    -----
    The error of the law itself is in no standard error: Io's disc-integrated curves, from which the parameters of
    Hapke's function come, are met to 9 % (12 % in BLUE), and single places scatter otherwise than the mean.
    """
    if law == "none":
        return result
    angles = [result.backplanes[name] for name in ("incidence", "emission", "phase")]
    one = np.ones(result.grid.shape)
    parts = [normal_reflectance(one, law, *angles, parameter=ground[band]) for band in bands if ground]
    parts = parts or [normal_reflectance(one, law, *angles)]
    factor = np.stack([part.astype(np.float32) for part, _ in parts])
    quality = result.quality | np.stack([beyond for _, beyond in parts]) * QUALITY.mask("beyond_photometry")
    return replace(result, values=result.values * factor, sigma=result.sigma * factor, quality=quality)

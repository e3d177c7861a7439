"""From counts to radiance factor: response, throughput and the Sun, with the errors that colours share.

The radiance factor I/F is pi L / F, with L the radiance in the band and F the solar irradiance at the target: 1 for a
white Lambert surface under an overhead Sun. A framelet's counts D above the background give::

    L [W m-2 sr-1]  =  D / (exposure x response(orbit))
    I/F             =  pi L d^2 / (irradiance at 1 au x band width),      d = solar distance, au

What the sources leave open was settled on real pictures:

- *Unit of the response.* The numbers of the 2010 report fit only radiance integrated over the band. On a picture of
  a half-lit Jupiter (perijove 44, 4.96 au) the brightest percent of BLUE, GREEN and RED then has I/F 0.44, 0.48 and
  0.50, alike in colour and what bright clouds show; taken per micrometre the same counts give 0.02, 0.04 and 0.09.
- *Exposure.* EXPOSURE_DURATION is the whole exposure, all stages of time-delayed integration together: labels carry
  3.2 ms per stage, and the same percentile of a picture with 3 stages and 9.6 ms (perijove 43: BLUE 0.445, GREEN
  0.487, RED clipped) agrees with that of perijove 44, 2 stages and 6.4 ms (0.444, 0.481). Multiplied by the stages
  they would differ by half.
- *Sun.* Mean of ASTM E490-00a over each band; ASTM G173's extraterrestrial spectrum differs by 0.3 % (BLUE, GREEN,
  RED) and 1.2 % (METHANE).
- *Scale.* Laboratory and published throughput make Io (perijove 68) 1.02, 0.97 and 0.99 of what Cassini saw of its
  whole disc at the same phase, and Jupiter (43, 44) 0.84, 0.86 and 1.00 of its published albedo (BLUE, GREEN, RED).
  `perijove.camera.response` combines them. That Io and Jupiter differ by 19 and 12 % in BLUE and GREEN, 1.3 and 1.0
  standard errors, is not explained: a slower decline after orbit 60, Jupiter's phase curve in blue, or its years.

What is not corrected: without a flat field the fall-off towards the strip's ends, `FALL_OFF` of the facts, up to 8 % at
the left end and 31 % at the right. Its mean square over the lit pixels stands for it, the same in all colours. Summed
pixels are taken for means of four.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from perijove.bodies.juno import FILTERS, JUNOCAM
from perijove.bodies.junocam_response import (
    JUNOCAM_FALL_OFF,
    JUNOCAM_FALL_OFF_COLUMNS_PX,
    JUNOCAM_FRAMELET_AGREEMENT,
)
from perijove.camera.response import response, throughput
from perijove.constants import AU_KM
from perijove.errors import InputError

__all__ = ["Scale", "fall_off_error", "radiance_factor_scale"]

_SOLAR_SIGMA = {"METHANE": 0.012}  # differences of the two standard spectra
_SOLAR_SIGMA_VISIBLE = 0.003
_FLAT_LEAVES = 0.5  # of the fall-off: where the published flat takes 8 % out, Jupiter (perijove 44) wants 6 to 10
_FLAT_OWN_SIGMA = 0.02  # how far the flats of the colours differ
_LIT_DN = 10.0


@dataclass(frozen=True)
class Scale:
    """Radiance factor per count, and how well it is known.

    Attributes
    ----------
    filters : tuple of str
    per_dn : mapping
        I/F of one DN above the background, by filter.
    archive_per_dn : mapping
        The same with the laboratory's response and no loss of throughput, which is what RDRs are made with.
    parts : mapping
        Relative covariances, shape (filters, filters), of errors that all pixels of a filter share: ``response``
        (with the throughput), ``sun`` and ``flat``.
    framelet_sigma : mapping
        By filter, relative: how far neighbouring places of a strip, tens of pixels apart, may depart from each other;
        no average over pixels makes it smaller.
    extrapolated : bool
        Whether the orbit lies after the last one of the throughput's fit.
    """

    filters: tuple[str, ...]
    per_dn: Mapping[str, float]
    archive_per_dn: Mapping[str, float]
    parts: Mapping[str, np.ndarray]
    framelet_sigma: Mapping[str, float]
    extrapolated: bool

    @property
    def covariance(self) -> np.ndarray:
        """Sum of the parts, shape (filters, filters)."""
        total: np.ndarray = np.sum(list(self.parts.values()), axis=0)
        return total

    @property
    def sigma(self) -> dict[str, float]:
        """Relative standard error by filter."""
        return dict(zip(self.filters, np.sqrt(np.diag(self.covariance)).tolist(), strict=True))


def radiance_factor_scale(
    filters: Sequence[str],
    *,
    exposure_s: float,
    solar_distance_km: float,
    orbit: int | None,
    flat: Collection[str] = (),
    fall_off: Mapping[str, float] | None = None,
) -> Scale:
    """Radiance factor per count, and how well it is known.

    Parameters
    ----------
    filters : sequence of str
        Of BLUE, GREEN, RED and METHANE, each once.
    exposure_s : float
        Whole exposure, all stages of time-delayed integration together.
    solar_distance_km : float
        Distance of the target from the Sun.
    orbit : int or None
        Orbit number, for the throughput.
    flat : collection of str
        Filters to which a flat field is applied.
    fall_off : mapping, optional
        By filter, what the fall-off in the strip amounts to where light fell (`fall_off_error`); that of an evenly
        lit strip unless given. A flat field leaves half of it as an error.

    Raises
    ------
    InputError
        Where exposure or distance are not positive, or the throughput cannot be known.
    """
    if not exposure_s > 0.0:
        raise InputError(f"exposure {exposure_s} s: must be positive; see EXPOSURE_DURATION in the label")
    if not solar_distance_km > 0.0:
        raise InputError(f"solar distance {solar_distance_km} km: must be positive; see SOLAR_DISTANCE in the label")
    names, known = tuple(filters), response(filters, orbit)
    fall = {name: (fall_off or {}).get(name, fall_off_error(None)) for name in names}
    shared = np.array([fall[name] * (_FLAT_LEAVES if name in flat else 1.0) for name in names])
    solar = [_SOLAR_SIGMA.get(name, _SOLAR_SIGMA_VISIBLE) for name in names]
    per_dn, archive = {}, {}
    for name, sensitivity in zip(names, known.value.tolist(), strict=True):
        facts = FILTERS[name]
        irradiance = facts.solar_irradiance_w_m2_um * facts.width_nm * 1e-3 / (solar_distance_km / AU_KM) ** 2
        per_dn[name] = float(np.pi / (irradiance * exposure_s * sensitivity))
        archive[name] = float(np.pi / (irradiance * exposure_s * facts.response))
    return Scale(
        names,
        per_dn,
        archive,
        {
            "response": known.covariance,
            "sun": np.diag(np.square(solar)),
            "flat": np.outer(shared, shared) + np.diag([_FLAT_OWN_SIGMA**2] * len(names)),
        },
        {name: float(JUNOCAM_FRAMELET_AGREEMENT["with flat" if name in flat else "without flat"]) for name in names},
        any(throughput(name, orbit).extrapolated for name in names),
    )


def fall_off_error(dn: np.ndarray | None, *, summing: int = 1) -> float:
    """Root mean square of the fall-off in the strip over the lit pixels.

    Parameters
    ----------
    dn : array, shape (framelets, rows, columns), or None
        Counts above the background of one filter, dark columns included, or some of the rows. Lit are pixels that
        exceed 10 DN like both neighbours; where there are none, and for None, an evenly lit strip is taken.
    summing : int
        1, or 2 for summed pixels.
    """
    columns = np.arange(JUNOCAM.dark_columns, JUNOCAM.dark_columns + JUNOCAM.active_columns) + 0.5
    departure = np.interp(columns, JUNOCAM_FALL_OFF_COLUMNS_PX, JUNOCAM_FALL_OFF) - 1.0
    weight = np.ones(len(columns))
    if dn is not None:
        lit = dn > _LIT_DN
        lit[..., 1:-1] &= lit[..., :-2] & lit[..., 2:]  # a hit has no lit neighbours on both sides
        lit = lit.sum(axis=(0, 1))
        lit = lit[np.minimum((columns / summing).astype(int), len(lit) - 1)]
        weight = lit if lit.any() else weight
    return float(np.sqrt(np.average(departure**2, weights=weight)))

"""How much of Io's heat its resolved volcanoes radiate, by class, latitude, hemisphere and unit; and what is too faint.

Powers are those of the catalogue (Davies et al. 2024): effective temperatures and areas at some time, without published
errors. What a single measurement says of a volcano is known from repeated ones: between passes M-band powers scatter by
a factor of exp(0.53) (70 sources of Mura et al. 2024, two to four passes), and that is taken as each power's error,
independent of the others'. Errors that all powers share, of areas above all, are not known and not contained.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import log_ndtr

from perijove.bodies.earth import EARTH_HEAT_FLOW_DAVIES_2010_W, EARTH_MEAN_RADIUS_KM
from perijove.bodies.galilean import IO_HEAT_FLOW_VEEDER_1994_W, IO_MEAN_RADIUS_KM
from perijove.constants import M_PER_KM
from perijove.errors import InputError

__all__ = [
    "FaintSources",
    "Group",
    "HeatBudget",
    "HeatSource",
    "faint_sources",
    "heat_budget",
    "heat_sources",
    "power_density",
]

SCATTER = 0.53  # of the logarithm of a power between passes, see above
_W_PER_GW = 1e9
_BANDS_DEG = (-90.0, -60.0, -30.0, 0.0, 30.0, 60.0, 90.0)
_FEWEST = 30
LIMITS_APART = float(np.log(3.0))
"""JIRAM's frames of one place differ by some three times in range and exposure between places."""


@dataclass(frozen=True)
class HeatSource:
    """A source with a power: what the budget needs of it."""

    source_id: str
    name: str
    kind: str
    unit_class: str
    lat_deg: float
    lon_east_deg: float
    power_gw: float
    temperature_k: float | None = None


@dataclass(frozen=True)
class Group:
    """Sources that have something in common.

    Attributes
    ----------
    name : str
    sources : int
    power_gw, sigma_gw : float
        Their sum, and its error by the scatter of single measurements.
    share : float
        Of the power of all.
    flux_w_m2 : float or None
        Over the area of the group, where it has one: a band or hemisphere.
    """

    name: str
    sources: int
    power_gw: float
    sigma_gw: float
    share: float
    flux_w_m2: float | None = None


@dataclass(frozen=True)
class HeatBudget:
    """The budget.

    Attributes
    ----------
    sources : tuple of HeatSource
        The strongest first.
    total : Group
    hemispheres, latitudes, kinds, units : tuple of Group
        Each divides all sources; `hemispheres` holds north and south, leading and trailing, facing Jupiter and facing
        away from it. ``beyond 60 deg`` stands at the end of `latitudes` and is contained in its first and last.
    cumulative_share : array, shape (n,)
        Of the strongest 1, 2, ... sources.
    heat_flow_w, heat_flow_sigma_w : float
        Io's whole heat flow.
    resolved_share, resolved_share_sigma : float
        Of it, what these sources radiate.
    io_flux_w_m2, earth_flux_w_m2, earth_power_w, earth_power_sigma_w : float
        Whole heat flows over whole surfaces, and the Earth's.
    """

    sources: tuple[HeatSource, ...]
    total: Group
    hemispheres: tuple[Group, ...]
    latitudes: tuple[Group, ...]
    kinds: tuple[Group, ...]
    units: tuple[Group, ...]
    cumulative_share: np.ndarray
    heat_flow_w: float
    heat_flow_sigma_w: float
    resolved_share: float
    resolved_share_sigma: float
    io_flux_w_m2: float
    earth_flux_w_m2: float
    earth_power_w: float
    earth_power_sigma_w: float

    def strongest_share(self, count: int) -> float:
        """Share of the power that the strongest so many sources have."""
        return float(self.cumulative_share[min(count, len(self.sources)) - 1])


def heat_sources(rows: Sequence[Mapping[str, Any]]) -> tuple[HeatSource, ...]:
    """Sources with a power out of rows of the catalogue, the strongest first."""
    found = [
        HeatSource(
            row["source_id"],
            row["iau_name"] or row["name"],
            row["kind"],
            row["unit_class"],
            row["lat_deg"],
            row["lon_east_deg"],
            row["power_gw"],
            row["temperature_k"],
        )
        for row in rows
        if row["power_gw"] is not None
    ]
    return tuple(sorted(found, key=lambda one: -one.power_gw))


def heat_budget(sources: Sequence[HeatSource]) -> HeatBudget:
    """Sums over sources.

    Parameters
    ----------
    sources : sequence of HeatSource
        One or more, of positive power.

    Raises
    ------
    InputError
        If there is none, or a power is not positive.
    """
    found = tuple(sorted(sources, key=lambda one: -one.power_gw))
    if not found or found[-1].power_gw <= 0.0:
        raise InputError("sources: give one or more, each with a power above 0 GW")
    power = np.array([one.power_gw for one in found])
    lat, lon = (np.array([getattr(one, name) for one in found]) for name in ("lat_deg", "lon_east_deg"))
    area = 4.0 * np.pi * (IO_MEAN_RADIUS_KM * M_PER_KM) ** 2

    def group(name: str, chosen: np.ndarray, part: float | None = None) -> Group:
        gw = float(power[chosen].sum())
        sigma = SCATTER * float(np.sqrt(np.sum(power[chosen] ** 2)))
        flux = None if part is None else gw * _W_PER_GW / (part * area)
        return Group(name, int(chosen.sum()), gw, sigma, gw / float(power.sum()), flux)

    def by(value: Callable[[HeatSource], str]) -> tuple[Group, ...]:
        names = np.array([value(one) for one in found])
        groups = [group(name, names == name) for name in dict.fromkeys(names.tolist())]
        return tuple(sorted(groups, key=lambda one: -one.power_gw))

    halves = (
        ("north", lat > 0.0),
        ("south", lat <= 0.0),
        ("leading", np.mod(lon, 360.0) >= 180.0),  # 90 W lies in the middle of the side that goes ahead
        ("trailing", np.mod(lon, 360.0) < 180.0),
        ("facing Jupiter", np.abs(lon) < 90.0),
        ("facing away", np.abs(lon) >= 90.0),
    )
    bands = []
    for low, high in pairwise(_BANDS_DEG):
        part = 0.5 * (np.sin(np.radians(high)) - np.sin(np.radians(low)))
        bands.append(group(f"{low:g} to {high:g} deg", (lat > low) & (lat <= high), float(part)))
    bands.append(group("beyond 60 deg", np.abs(lat) > 60.0, 1.0 - float(np.sin(np.radians(60.0)))))
    total = group("all", np.ones(len(found), dtype=bool), 1.0)
    whole, whole_sigma = IO_HEAT_FLOW_VEEDER_1994_W.measured
    share = total.power_gw * _W_PER_GW / whole
    earth, earth_sigma = EARTH_HEAT_FLOW_DAVIES_2010_W.measured
    return HeatBudget(
        found,
        total,
        tuple(group(name, chosen, 0.5) for name, chosen in halves),
        tuple(bands),
        by(lambda one: one.kind),
        by(lambda one: one.unit_class),
        np.cumsum(power) / power.sum(),
        whole,
        whole_sigma,
        share,
        share * float(np.hypot(total.sigma_gw / total.power_gw, whole_sigma / whole)),
        whole / area,
        earth / (4.0 * np.pi * (EARTH_MEAN_RADIUS_KM * M_PER_KM) ** 2),
        earth,
        earth_sigma,
    )


def power_density(
    sources: Sequence[HeatSource], lat_deg: ArrayLike, lon_east_deg: ArrayLike, *, width_deg: float = 10.0
) -> np.ndarray:
    """Radiated power per area, smoothed over the sphere, W/m2.

    Parameters
    ----------
    sources : sequence of HeatSource
    lat_deg, lon_east_deg : array_like
        Places; their shapes broadcast.
    width_deg : float
        Standard deviation of the kernel along one axis, 1 to 60 deg.

    Returns
    -------
    array
        Its integral over the sphere is the sources' power: Fisher's kernel, k exp(k cos g) / (4 pi sinh k) with
        k = 1/width², has the integral 1.

    Raises
    ------
    InputError
        If the width is out of bounds.
    """
    if not 1.0 <= width_deg <= 60.0:
        raise InputError(f"width_deg {width_deg:g}: give 1 to 60 deg")
    north, east = np.broadcast_arrays(np.radians(lat_deg), np.radians(lon_east_deg))
    sharp = 1.0 / np.radians(width_deg) ** 2
    scale = sharp / (2.0 * np.pi * -np.expm1(-2.0 * sharp)) * _W_PER_GW / (IO_MEAN_RADIUS_KM * M_PER_KM) ** 2
    density = np.zeros(north.shape)
    for one in sources:
        lat, lon = np.radians(one.lat_deg), np.radians(one.lon_east_deg)
        cosine = np.sin(lat) * np.sin(north) + np.cos(lat) * np.cos(north) * np.cos(east - lon)
        density += one.power_gw * scale * np.exp(sharp * (cosine - 1.0))
    return density


@dataclass(frozen=True)
class FaintSources:
    """What sources too faint to be seen may radiate, if powers follow a power law.

    Attributes
    ----------
    slope, slope_sigma : float
        a of dN/dP going as P^-a.
    half_gw, half_gw_sigma_ln : float
        Power at which half of the sources are seen, and the error of its logarithm.
    faintest_gw : float
        What is fainter does not count: below, the sum may diverge.
    missing_gw : tuple of three floats
        Power of what is not seen: 16, 50 and 84 per cent of the posterior.
    below_slope_2 : float
        Probability of a slope below 2. Above it ever fainter sources radiate ever more, and the sum is set by
        `faintest_gw`.
    log_ratio_log_normal : float
        How much better (logarithm of the likelihood) a complete list with a log-normal distribution of powers fits, for
        which nothing is missing. Above some units the list bends more than law and limits do, and what is missing by
        them is an upper bound.
    """

    slope: float
    slope_sigma: float
    half_gw: float
    half_gw_sigma_ln: float
    faintest_gw: float
    missing_gw: tuple[float, float, float]
    below_slope_2: float
    log_ratio_log_normal: float


def faint_sources(power_gw: np.ndarray, *, faintest_gw: float = 0.1, widest: float = LIMITS_APART) -> FaintSources:
    """Fit a power law of powers, seen with a completeness that rises with power.

    Parameters
    ----------
    power_gw : array, shape (n,)
        Of at least 30 sources.
    faintest_gw : float
        Down to which the law is taken to hold; below all powers.
    widest : float
        Greatest width of the completeness, in the logarithm of power: a survey's limit differs from place to place.

    Returns
    -------
    FaintSources

    Raises
    ------
    InputError
        If there are too few sources or the limit is not below them.

    Notes
    -----
    Density P^-a C(P) with C = Phi((ln P - ln h)/w), normalised numerically from `faintest_gw` to a hundred times the
    strongest; posterior on a grid, uniform in a, ln h and ln w. Without a bound on w law and completeness cannot be
    told apart: a steep law with a wide completeness *is* a log-normal distribution. That sources vary, and are
    catalogued when bright, is not modelled.
    """
    power = np.asarray(power_gw, dtype=float)
    if power.size < _FEWEST:
        raise InputError(f"{power.size} sources: too few for a law; give at least {_FEWEST}")
    if not 0.0 < faintest_gw < power.min():
        raise InputError(f"faintest_gw {faintest_gw:g}: give a power between 0 and the faintest, {power.min():g} GW")
    logs = np.log(power)
    nodes = np.linspace(np.log(faintest_gw), logs.max() + np.log(100.0), 200)
    step = nodes[1] - nodes[0]
    slope = np.linspace(1.0, 3.0, 101)[:, None, None]
    half = np.linspace(np.log(faintest_gw), np.log(np.median(power)) + 3.0, 41)[None, :, None]
    width = np.geomspace(0.2, widest, 11)[None, None, :]
    seen = log_ndtr((nodes - half[..., None]) / width[..., None])
    law = (1.0 - slope[..., None]) * nodes  # in the logarithm of P
    counted = np.exp(law + seen).sum(axis=-1) * step
    likelihood = (1.0 - slope) * logs.sum() - power.size * np.log(counted)
    likelihood = likelihood + log_ndtr((logs - half[..., None]) / width[..., None]).sum(axis=-1)
    weight = np.exp(likelihood - likelihood.max())
    weight /= weight.sum()
    unseen = np.exp(law + nodes) * -np.expm1(seen)
    missing = power.size / counted * unseen.sum(axis=-1) * step
    a, h = (np.broadcast_to(each, weight.shape) for each in (slope, half))
    means = [float(np.sum(weight * each)) for each in (a, h)]
    spreads = [float(np.sqrt(np.sum(weight * (each - mean) ** 2))) for each, mean in zip((a, h), means, strict=True)]
    normal = -0.5 * power.size * (1.0 + np.log(2.0 * np.pi * logs.std() ** 2))
    return FaintSources(
        means[0],
        spreads[0],
        float(np.exp(means[1])),
        spreads[1],
        faintest_gw,
        _quantiles(missing, weight),
        float(weight[a < 2.0].sum()),
        float(normal - likelihood.max()),
    )


def _quantiles(values: np.ndarray, weight: np.ndarray) -> tuple[float, float, float]:
    order = np.argsort(values, axis=None)
    mass = weight.ravel()[order] / weight.sum()
    low, middle, high = np.interp((0.15865, 0.5, 0.84135), np.cumsum(mass) - 0.5 * mass, values.ravel()[order])
    return float(low), float(middle), float(high)

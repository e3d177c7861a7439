"""Frames of one pass together: bad pixels, which frames agree on a volcano, temperatures, upper limits."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import ndimage
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from perijove.bodies.jiram import JIRAM, JIRAM_BANDS
from perijove.constants import SECONDS_PER_HOUR
from perijove.formats.jiram import JiramFrame
from perijove.geometry.ellipsoid import outward_normal
from perijove.jiram.hot_spots import HotSpot, MeasuredFrame
from perijove.jiram.pointing import KnownPlaces
from perijove.jiram.temperature import Temperature, temperature_of
from perijove.timescales import utc_to_tdb

__all__ = ["Joined", "UpperLimit", "bad_pixels", "joined", "passes_of", "upper_limits"]

_PASS_S = 6.0 * SECONDS_PER_HOUR
_FEWEST_FRAMES = 3
_SPIKE_SIGMA = 5.0
_LINK_SIGMAS = 2.5
_LINK_PX = 0.7
_NEAREST_KM = 40.0  # published places against what a frame shows: rims of lakes, old tables
_NEAREST_SIGMAS = 3.0
_LIMIT_SIGMAS = 3.0
_LIMIT_EMISSION_DEG = 80.0
_HALF = 6


@dataclass(frozen=True, eq=False)
class Joined:
    """A hot spot with what the rest of its pass and the catalogue say of it.

    Attributes
    ----------
    spot : HotSpot
    group : int
        Number of the volcano in its pass.
    frames_agree : int
        Frames of the pass that show it, this one included.
    catalogue_id : str or None
        Nearest catalogued source within 40 km and three errors; None for a new one.
    name : str
        That, or a provisional name by its place, such as ``J+46.4-162.4``.
    temperature : Temperature or None
        Where L and M show it on the same pass, both linear.
    """

    spot: HotSpot
    group: int
    frames_agree: int
    catalogue_id: str | None
    name: str
    temperature: Temperature | None


@dataclass(frozen=True)
class UpperLimit:
    """A catalogued source that was in the field and not seen.

    Attributes
    ----------
    product_id, band, catalogue_id : str
    power_gw_um : float
        Three standard errors above what stands there, or above zero where that is more.
    emission_deg : float
    """

    product_id: str
    band: str
    catalogue_id: str
    power_gw_um: float
    emission_deg: float


def passes_of(frames: Sequence[JiramFrame]) -> list[list[int]]:
    """Indices of the frames of each pass, in the order of time: less than six hours from one to the next."""
    times = np.array([float(utc_to_tdb(frame.start_utc)) for frame in frames])
    order = np.argsort(times)
    cuts = np.flatnonzero(np.diff(times[order]) > _PASS_S) + 1
    return [[int(i) for i in part] for part in np.split(order, cuts)]


def bad_pixels(frames: Sequence[JiramFrame]) -> dict[str, np.ndarray]:
    """Pixels, by band, that stand out alone in at least half of the frames of a pass; none from fewer than three.

    Hits are elsewhere in each frame, volcanoes move from frame to frame: what stays is the detector's.
    """
    result: dict[str, np.ndarray] = {}
    for band in JIRAM_BANDS:
        halves = [frame.counts[band] for frame in frames if band in frame.bands]
        if len(halves) < _FEWEST_FRAMES:
            continue
        count = np.zeros(halves[0].shape, dtype=int)
        for counts in halves:
            over = np.nan_to_num(counts) - ndimage.median_filter(np.nan_to_num(counts), size=(1, 5))
            over -= np.median(over, axis=0)
            scatter = 1.4826 * float(np.median(np.abs(over)))
            count += np.abs(over) > _SPIKE_SIGMA * max(scatter, 1.0)
        result[band] = count >= max(0.5 * len(halves), 2)
    return result


def joined(frames: Sequence[MeasuredFrame], places: KnownPlaces | None) -> list[Joined]:
    """Hot spots of a pass, those of one volcano linked.

    Parameters
    ----------
    frames : sequence of MeasuredFrame
        Of one pass.
    places : KnownPlaces or None
        The catalogue.

    Returns
    -------
    list of Joined
        In the order of the frames, brightest first.
    """
    spots = [spot for frame in frames for spot in frame.sources]
    groups = _linked(spots)
    temperatures = _temperatures(spots, groups)
    matched = [_match(spot, places) for spot in spots]
    seen = {
        group: len({spots[int(i)].product_id for i in np.flatnonzero(groups == group)}) for group in np.unique(groups)
    }
    return [
        Joined(
            spot,
            int(group),
            seen[group],
            match,
            match or _provisional_name(spot),
            temperatures.get(int(group)),
        )
        for spot, group, match in zip(spots, groups, matched, strict=True)
    ]


def _provisional_name(spot: HotSpot) -> str:
    return f"J{spot.lat_deg:+.1f}{spot.lon_east_deg:+.1f}"


def _linked(spots: Sequence[HotSpot]) -> np.ndarray:
    """Number of the volcano of each spot: neighbours within their errors and a part of a pixel, not of one half."""
    if not spots:
        return np.empty(0, dtype=int)
    points = np.array([spot.point_km for spot in spots])
    # A pixel's size on the ground: the place's error is its part.
    reach = np.array([_LINK_SIGMAS * spot.position_sigma_km for spot in spots])
    pairs = cKDTree(points).query_pairs(2.0 * float(reach.max()) + 1.0, output_type="ndarray")
    kept = [
        (i, j)
        for i, j in pairs
        if np.linalg.norm(points[i] - points[j]) < np.hypot(reach[i], reach[j])
        and (spots[i].product_id, spots[i].band) != (spots[j].product_id, spots[j].band)
    ]
    matrix = np.zeros((len(spots), len(spots)), dtype=bool)
    for i, j in kept:
        matrix[i, j] = True
    return np.asarray(connected_components(matrix, directed=False)[1])


def _temperatures(spots: Sequence[HotSpot], groups: np.ndarray) -> dict[int, Temperature]:
    """Temperature and area by volcano, from the mean powers of its L and M measurements."""
    result: dict[int, Temperature] = {}
    for group in np.unique(groups):
        mean = {}
        for band in JIRAM_BANDS:
            these = [spots[int(i)] for i in np.flatnonzero(groups == group)]
            used = [spot for spot in these if spot.band == band and not spot.lower_limit and not spot.blended]
            if used:
                power = np.array([spot.power_gw_um for spot in used])
                weight = np.array([spot.power_sigma_gw_um for spot in used]) ** -2.0
                mean[band] = (float(np.sum(weight * power) / weight.sum()), float(weight.sum() ** -0.5))
        if len(mean) == len(JIRAM_BANDS):
            found = temperature_of(mean["L"], mean["M"])
            if found is not None:
                result[int(group)] = found
    return result


def _match(spot: HotSpot, places: KnownPlaces | None) -> str | None:
    if places is None or not len(places.ids):
        return None
    distance = np.linalg.norm(places.point_km - spot.point_km, axis=1)
    k = int(np.argmin(distance))
    own = float(np.nan_to_num(places.sigma_km[k]))
    reach = np.hypot(_NEAREST_KM, _NEAREST_SIGMAS * np.hypot(spot.position_sigma_km, own))
    return places.ids[k] if distance[k] < reach else None


def upper_limits(frame: MeasuredFrame, places: KnownPlaces, seen: Sequence[Joined]) -> list[UpperLimit]:
    """Catalogued sources in a frame's field, below 80 deg emission, that no hot spot of the frame was matched to.

    The light at the place is measured by the optimal filter on the local level, as in `detection.find_peaks`.
    """
    limits = []
    for band in frame.frame.bands:
        here = (frame.frame.product_id, band)
        found = {each.catalogue_id for each in seen if (each.spot.product_id, each.spot.band) == here}
        shot = frame.pointing.shot(band)
        position = shot.pose(0).position_km
        sight = position - places.point_km
        slant = np.linalg.norm(sight, axis=1)
        mu = np.einsum("ij,ij->i", sight, outward_normal(places.point_km, radii_km=shot.radii_km)) / slant
        xy = shot.xy(0, places.point_km)
        inside = (mu > np.cos(np.radians(_LIMIT_EMISSION_DEG))) & shot.cameras[0].contains(xy, margin_px=2.0)
        for k in np.flatnonzero(inside):
            if places.ids[k] in found:
                continue
            counts, sigma = _forced(frame, band, xy[k])
            if sigma is None:
                continue
            scale = frame.frame.count_w_m2_sr * np.pi * (1e3 * slant[k] * float(JIRAM.pixel_rad)) ** 2 / mu[k] / 1e9
            power = (max(counts, 0.0) + _LIMIT_SIGMAS * sigma) * scale / float(JIRAM_BANDS[band].width_um)
            angle = float(np.degrees(np.arccos(mu[k])))
            limits.append(UpperLimit(frame.frame.product_id, band, places.ids[k], float(power), angle))
    return limits


def _forced(frame: MeasuredFrame, band: str, xy: np.ndarray) -> tuple[float, float | None]:
    """Light of a point at a place, counts, and its standard error; None where bad pixels hide it."""
    half, stamp = frame.halves[band], frame.spread.stamp(_HALF)
    rows, columns = half.counts.shape
    r, c = int(xy[1]), int(xy[0])
    r0, r1, c0, c1 = max(r - _HALF, 0), min(r + _HALF + 1, rows), max(c - _HALF, 0), min(c + _HALF + 1, columns)
    cut = stamp[r0 - r + _HALF : r1 - r + _HALF, c0 - c + _HALF : c1 - c + _HALF]
    good = half.good[r0:r1, c0:c1]
    if np.sum(cut * good) < 0.5:
        return 0.0, None
    data = (half.counts - frame.ground[band].counts)[r0:r1, c0:c1]
    level = float(np.median(data[good]))
    scatter = 1.4826 * float(np.median(np.abs(data[good] - level)))
    weight = good / np.maximum(half.sigma[r0:r1, c0:c1], scatter) ** 2
    lower = float(np.sum(cut**2 * weight))
    return float(np.sum(cut * (data - level) * weight) / lower), lower**-0.5

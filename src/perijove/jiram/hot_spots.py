"""A frame's way from counts to volcanoes: pointing, points above the ground's light, their power with its error."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy import ndimage

from perijove.bodies.jiram import JIRAM, JIRAM_BANDS
from perijove.errors import InputError
from perijove.formats.jiram import JiramFrame
from perijove.geometry.ellipsoid import outward_normal, planetocentric_deg
from perijove.jiram.background import Cleaned, cleaned, first_columns, spikes, without_tracks
from perijove.jiram.detection import Peaks, find_peaks
from perijove.jiram.instrument import sample_line
from perijove.jiram.known_pose import KnownPose, known_pose
from perijove.jiram.photometry import FittedPoint, fit_points, measured_spread, spread_told
from perijove.jiram.point_spread import PointSpread, rendered, usual_spread
from perijove.jiram.pointing import KnownPlaces, Pointing, Spots, coarse_shift, fine_pointing
from perijove.jiram.sunlight import GroundLight, fitted_ground, planes_of

if TYPE_CHECKING:
    from perijove.ephemeris.spice.kernels import Kernels

__all__ = ["EMISSION_LAWS", "HotSpot", "MeasuredFrame", "measured_frame"]

EMISSION_LAWS: Mapping[str, str] = {
    "lambert": "a flat surface of even radiance: power is pi x radiance x area across the sight / cos(emission)",
    "none": "no foreshortening: power is pi x radiance x area across the sight",
}
"""What is taken for how a volcano's light depends on emission. A lake within walls lies between the two."""

_FIRST_THRESHOLD, _THRESHOLD, _AGAIN_THRESHOLDS = 8.0, 6.0, (6.0, 4.4)
_CALM = 1.0  # standard errors of a pixel: where known points give less light the surroundings are calm
_MOST_SPOTS = 80
_SKY_PX = 6  # beyond the limb
_SHAPE_ERROR = 0.025  # of a point's light, for what its fitted shape is wrong by
_LEFT_OVER = 0.06  # of a point's light: what its subtraction may leave near it
_FEWEST_COUNTS_AGAIN = 0.04  # of a bright point's light: fainter ones beside it are not looked for
_OFF_LIMB_PX = 1.0
_MOST_OBLIQUE_DEG = 89.0
_PLACE_FLOOR_PX = 0.02
_REACH_PX = 1.6  # of a point's pixels that are looked at for saturation


@dataclass(frozen=True, eq=False)
class HotSpot:
    """A volcano in one band of one frame.

    Attributes
    ----------
    product_id, band : str
    sample, line : float
        As the archive counts: from 1, line within the band.
    place_sigma_px : float
        On the detector.
    lat_deg, lon_east_deg : float
        Planetocentric.
    position_sigma_km : float
        On the ground: of the fit of the point and of the pointing, rms of both directions.
    point_km : array, shape (3,)
    counts, counts_sigma : float
        Summed over all pixels.
    radiance_w_m2_sr, radiance_sigma_w_m2_sr : float
        Band radiance summed over pixels.
    power_gw_um, power_sigma_gw_um : float
        With the pi, corrected for emission by the law chosen, over the band's width. The error holds noise, neighbours
        and the shape of a point; not the scale of the counts nor the band's width (3 to 4 %), which all share.
    significance : float
    emission_deg : float
    lower_limit : bool
        A pixel lies above 10,000 counts, where the detector is not linear, or saturates.
    blended : bool
    size_px : float
        Own extent, standard deviation; 0 where it is a point.
    """

    product_id: str
    band: str
    sample: float
    line: float
    place_sigma_px: float
    lat_deg: float
    lon_east_deg: float
    position_sigma_km: float
    point_km: np.ndarray
    counts: float
    counts_sigma: float
    radiance_w_m2_sr: float
    radiance_sigma_w_m2_sr: float
    power_gw_um: float
    power_sigma_gw_um: float
    significance: float
    emission_deg: float
    lower_limit: bool
    blended: bool
    size_px: float


@dataclass(frozen=True, eq=False)
class MeasuredFrame:
    """What a frame shows.

    Attributes
    ----------
    frame : JiramFrame
    pointing : Pointing
    halves : mapping of str to Cleaned
    ground : mapping of str to GroundLight
    spread : PointSpread
    sources : tuple of HotSpot
    warnings : tuple of str
    """

    frame: JiramFrame
    pointing: Pointing
    halves: Mapping[str, Cleaned]
    ground: Mapping[str, GroundLight]
    spread: PointSpread
    sources: tuple[HotSpot, ...]
    warnings: tuple[str, ...]


def measured_frame(
    frame: JiramFrame,
    kernels: "Kernels | None" = None,
    *,
    places: KnownPlaces | None = None,
    known_bad: Mapping[str, np.ndarray] | None = None,
    emission_law: str = "lambert",
) -> MeasuredFrame:
    """Measure the volcanoes of a frame.

    Parameters
    ----------
    frame : JiramFrame
    kernels : Kernels, optional
        See `known_pose`.
    places : KnownPlaces, optional
        Volcanoes of known place, for the pointing.
    known_bad : mapping of str to array of bool, optional
        By band, pixels that other frames of the pass show to be bad (`passes.bad_pixels`).
    emission_law : str
        One of `EMISSION_LAWS`.

    Raises
    ------
    InputError
        Where the law is unknown, all pixels are saturated, or Juno's place is not known.
    KernelError
        Where the kernels do not cover the frame.
    """
    if emission_law not in EMISSION_LAWS:
        raise InputError(f"emission law {emission_law!r} is unknown; allowed: {', '.join(EMISSION_LAWS)}")
    _refuse_saturated(frame)
    known = known_pose(frame, kernels)
    bad = {band: np.zeros(frame.counts[band].shape, dtype=bool) for band in frame.bands}
    if known_bad is not None:
        bad |= {band: known_bad[band] for band in frame.bands if band in known_bad}
    if "L" in bad:
        bad["L"] = bad["L"] | _hot_cluster(bad["L"].shape)
    spread = usual_spread(known.lines_per_s * frame.exposure_s)
    start = _first_shift(frame, known, places, bad, spread)
    sky = {band: _sky(known, band, start) for band in frame.bands}
    halves = cleaned(frame, sky, spread, bad)
    ground, peaks, spread = _peaks(frame, known, start, halves, spread)
    spots = {band: _spots(peaks[band], spread) for band in frame.bands}
    pointing = fine_pointing(known, start, halves, spots, places=places, spread=spread)
    points: dict[str, list[tuple[FittedPoint, float]]] = {}
    for band in frame.bands:
        planes = planes_of(pointing.shot(band))
        ground[band] = fitted_ground(halves[band], planes, spread)
        points[band] = _points(halves[band], ground[band], planes["emission"], spread)
    sources = [
        spot
        for band in frame.bands
        for spot in _hot_spots(frame, pointing, band, points[band], emission_law=emission_law)
    ]
    warnings = (*frame.warnings, *_warnings(frame, pointing, spread, halves))
    return MeasuredFrame(frame, pointing, halves, ground, spread, tuple(sources), warnings)


def _refuse_saturated(frame: JiramFrame) -> None:
    for band in frame.bands:
        counts = frame.counts[band]
        finite = counts[np.isfinite(counts)]
        if finite.size and np.median(finite) > 0.95 * JIRAM.saturated_counts:
            raise InputError(f"{frame.product_id}: band {band} is saturated throughout; there is nothing to measure")


def _hot_cluster(shape: tuple[int, ...]) -> np.ndarray:
    """Pixels of L that are hot in every frame; samples are turned round here."""
    mask = np.zeros(shape, dtype=bool)
    (l0, l1), (s0, s1) = JIRAM.hot_cluster_lines, JIRAM.hot_cluster_samples
    mask[l0 - 1 : l1, JIRAM.samples - s1 : JIRAM.samples - s0 + 1] = True
    return mask


def _first_shift(
    frame: JiramFrame,
    known: KnownPose,
    places: KnownPlaces | None,
    bad: Mapping[str, np.ndarray],
    spread: PointSpread,
) -> tuple[float, float]:
    counts = first_columns(frame)
    noise = float(JIRAM.noise_counts)
    spots = {}
    for band in frame.bands:
        good = ~bad[band] & ~spikes(counts[band], noise, spread)
        counts[band] = np.where(good, counts[band], 0.0)
        peaks = find_peaks(counts[band], good, np.full(good.shape, noise), spread, threshold=_FIRST_THRESHOLD)
        spots[band] = _spots(peaks, spread)
    return coarse_shift(frame, known, counts, spots, places)


def _sky(known: KnownPose, band: str, shift: tuple[float, float]) -> np.ndarray:
    on = np.isfinite(planes_of(known.shot(band, shift))["emission"])
    sky: np.ndarray = ~ndimage.binary_dilation(on, iterations=_SKY_PX)
    return sky


def _spots(peaks: Peaks, spread: PointSpread) -> Spots:
    """Places of peaks with rough errors."""
    most = slice(0, _MOST_SPOTS)
    width = np.hypot(spread.core_px, 0.3) + 0.15 * spread.smear_px
    return Spots(peaks.xy[most], np.hypot(2.0 * width / np.maximum(peaks.significance[most], 1.0), 0.1))


def _peaks(
    frame: JiramFrame,
    known: KnownPose,
    shift: tuple[float, float],
    halves: Mapping[str, Cleaned],
    spread: PointSpread,
) -> tuple[dict[str, GroundLight], dict[str, Peaks], PointSpread]:
    """Light of the ground, bright points above it, and the shape that these have."""
    ground, peaks = {}, {}
    told: list[tuple[float, float]] = []
    for band in frame.bands:
        ground[band] = fitted_ground(halves[band], planes_of(known.shot(band, shift)), spread)
        rest = without_tracks(halves[band].counts - ground[band].counts, halves[band].good)
        peaks[band] = find_peaks(rest, halves[band].good, halves[band].sigma, spread, threshold=_FIRST_THRESHOLD)
        found = (peaks[band].xy, peaks[band].light, peaks[band].significance)
        told += measured_spread(rest, halves[band], found, spread, linear_below=float(JIRAM.nonlinear_counts))
    return ground, peaks, spread_told(told, spread)


def _points(
    half: Cleaned, ground: GroundLight, emission_deg: np.ndarray, spread: PointSpread
) -> list[tuple[FittedPoint, float]]:
    """Points of a half with their significance: found, fitted, looked for again where they were taken away."""
    rest = without_tracks(half.counts - ground.counts, half.good)
    linear = replace(half, good=half.good & (half.counts < JIRAM.nonlinear_counts))
    edge = _edge_error(ground, emission_deg)
    peaks = find_peaks(rest, half.good, half.sigma, spread, threshold=_THRESHOLD, unsure=edge)
    xy, light, significance = peaks.xy, peaks.light, peaks.significance
    fitted = fit_points(rest, linear, xy, light, significance, spread, scatter=edge)
    for threshold in _AGAIN_THRESHOLDS if fitted else ():
        # What bright points leave, and their surroundings, would hide faint ones: level and scatter are of the rest.
        shown = rendered([point.numbers for point in fitted], spread, rest.shape)
        unsure = np.hypot(edge, _LEFT_OVER * shown)
        calm = shown < _CALM * half.sigma
        again = find_peaks(rest - shown, linear.good, half.sigma, spread, threshold=threshold, unsure=unsure, calm=calm)
        new = _not_left_over(again, fitted)
        if new.any():
            xy = np.concatenate([[[p.x, p.y] for p in fitted], again.xy[new]])
            light = np.concatenate([[p.light for p in fitted], again.light[new]])
            first = _significances(fitted, peaks)
            significance = np.concatenate([first, again.significance[new]])
            fitted = fit_points(rest, linear, xy, light, significance, spread, scatter=edge, fitted=fitted)
            peaks = Peaks(xy, significance, light)
    result = []
    for point, sure in zip(fitted, _significances(fitted, peaks), strict=True):
        if point.light > 0.0 and not _is_hit(point) and sure > _AGAIN_THRESHOLDS[-1]:
            result.append((point, float(sure)))
    return _apart(result)


def _edge_error(ground: GroundLight, emission_deg: np.ndarray) -> np.ndarray:
    """Standard error of the ground's light by pixel: steep at the limb, where a tenth of a pixel matters."""
    down, right = np.gradient(ground.counts)
    near_limb = ~ndimage.binary_erosion(np.isfinite(emission_deg), iterations=3, border_value=1)
    return np.asarray(np.hypot(down, right) * np.where(near_limb, 0.3, 0.1))


def _significances(fitted: Sequence[FittedPoint], peaks: Peaks) -> np.ndarray:
    """Significance of the peak next to each point."""
    if not len(peaks.xy):
        return np.zeros(len(fitted))
    places = np.array([[point.x, point.y] for point in fitted]).reshape(-1, 2)
    nearest = np.argmin(np.linalg.norm(places[:, None] - peaks.xy[None], axis=-1), axis=1)
    return np.asarray(peaks.significance[nearest])


def _not_left_over(again: Peaks, fitted: Sequence[FittedPoint]) -> np.ndarray:
    """Which new peaks are bright enough not to be what a brighter neighbour left."""
    places = np.array([[point.x, point.y] for point in fitted])
    lights = np.array([point.light for point in fitted])
    sizes = np.sqrt(np.array([point.variance_px2 for point in fitted]))
    keep = np.ones(len(again.xy), dtype=bool)
    for k, xy in enumerate(again.xy):
        distance = np.linalg.norm(places - xy, axis=1)
        near = distance < 5.0 + 2.5 * sizes
        keep[k] = bool(np.all(again.light[k] > _FEWEST_COUNTS_AGAIN * lights[near])) and bool(distance.min() > 0.8)
    return keep


def _is_hit(point: FittedPoint) -> bool:
    """Whether one bright pixel, or a streak of them, explains the point better than the shape of light does."""
    return point.chi2_streak < point.chi2_point


def _apart(points: list[tuple[FittedPoint, float]]) -> list[tuple[FittedPoint, float]]:
    """Without the fainter of two that the fit drew together."""
    kept: list[tuple[FittedPoint, float]] = []
    for point, sure in sorted(points, key=lambda each: -each[0].light):
        if all(np.hypot(point.x - other.x, point.y - other.y) > 0.8 for other, _ in kept):
            kept.append((point, sure))
    return kept


def _hot_spots(
    frame: JiramFrame,
    pointing: Pointing,
    band: str,
    points: Sequence[tuple[FittedPoint, float]],
    *,
    emission_law: str,
) -> list[HotSpot]:
    """Points with their place on the ground and their power; those beyond the limb are left out."""
    shot = pointing.shot(band)
    position = shot.pose(0).position_km
    width_um = float(JIRAM_BANDS[band].width_um)
    places = np.array([[point.x, point.y] for point, _ in points]).reshape(-1, 2)
    grounds = shot.ground(0, places).point_km
    beyond = ~np.isfinite(grounds).all(axis=-1)
    grounds[beyond] = shot.ground(0, _inwards(shot.center_px(0), places[beyond])).point_km
    seen = shot.cameras[0].contains(places) & np.isfinite(grounds).all(axis=-1)
    spots = []
    for k in np.flatnonzero(seen):
        (point, significance), xy, ground = points[int(k)], places[k], grounds[k]
        sight = position - ground
        slant = float(np.linalg.norm(sight))
        mu = float(outward_normal(ground, radii_km=shot.radii_km) @ sight / slant)
        mu = max(mu, float(np.cos(np.radians(_MOST_OBLIQUE_DEG))))
        pixel_km = slant * float(JIRAM.pixel_rad)
        lat, lon = planetocentric_deg(ground)
        counts_sigma = float(np.hypot(point.light_sigma, _SHAPE_ERROR * point.light))
        place_px = float(np.hypot(point.sigma_px, _PLACE_FLOOR_PX))
        shared = 0.5 * float(pointing.covariance[0, 0] + pointing.covariance[1, 1])
        ground_km = pixel_km * np.sqrt((place_px**2 + shared) * 0.5 * (1.0 + 1.0 / mu**2) * 2.0)
        gw_um = frame.count_w_m2_sr * np.pi * (1e3 * pixel_km) ** 2 / 1e9 / width_um
        gw_um /= mu if emission_law == "lambert" else 1.0
        sample, line = sample_line(xy)
        spots.append(
            HotSpot(
                product_id=frame.product_id,
                band=band,
                sample=float(sample),
                line=float(line),
                place_sigma_px=place_px,
                lat_deg=float(lat),
                lon_east_deg=float(lon),
                position_sigma_km=float(ground_km),
                point_km=ground,
                counts=point.light,
                counts_sigma=counts_sigma,
                radiance_w_m2_sr=point.light * frame.count_w_m2_sr,
                radiance_sigma_w_m2_sr=counts_sigma * frame.count_w_m2_sr,
                power_gw_um=point.light * gw_um,
                power_sigma_gw_um=counts_sigma * gw_um,
                significance=significance,
                emission_deg=float(np.degrees(np.arccos(mu))),
                lower_limit=_over_linear(frame, band, point, pointing.known.lines_per_s * frame.exposure_s),
                blended=point.blended,
                size_px=float(np.sqrt(max(point.variance_px2, 0.0))),
            )
        )
    return spots


def _inwards(center: np.ndarray, xy: np.ndarray) -> np.ndarray:
    """Pixel coordinates a little nearer to the disc's centre: for volcanoes on the limb."""
    away = xy - center
    length = np.linalg.norm(away, axis=-1, keepdims=True)
    return np.asarray(xy - away * (_OFF_LIMB_PX / np.maximum(length, _OFF_LIMB_PX)))


def _over_linear(frame: JiramFrame, band: str, point: FittedPoint, smear_px: float) -> bool:
    """Whether a pixel that the point lights lies above the linear range."""
    counts = frame.counts[band]
    size = np.sqrt(max(point.variance_px2, 0.0))
    rows, columns = np.ogrid[: counts.shape[0], : counts.shape[1]]
    near = np.abs(columns + 0.5 - point.x) < _REACH_PX + size
    near = near & (np.abs(rows + 0.5 - point.y) < _REACH_PX + size + 0.5 * smear_px)
    return bool(np.nanmax(counts[near], initial=0.0) > JIRAM.nonlinear_counts)


def _warnings(frame: JiramFrame, pointing: Pointing, spread: PointSpread, halves: Mapping[str, Cleaned]) -> list[str]:
    said = []
    if not pointing.by_ground and not pointing.matched:
        said.append("Neither limb nor known volcanoes show: places rest on what was known of the pointing.")
    elif np.sqrt(np.max(np.diag(pointing.covariance)[:2])) > 2.0:
        said.append("The pointing is not known to two pixels: neither limb nor enough known volcanoes show.")
    if not spread.measured_on:
        said.append("The shape of a point is the usual one: too few bright volcanoes stand alone.")
    if min(half.sky_pixels for half in halves.values()) < 1000:
        said.append("Little sky shows: noise and column pattern are of the other half or of dark ground.")
    if frame.orbit is None:
        said.append("The label has no orbit: the view is taken to run along lines (mirror not used).")
    return said

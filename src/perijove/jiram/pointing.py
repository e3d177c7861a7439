"""Where a frame looked, from what it shows: the limb, the lit disc, and volcanoes whose places are known."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from scipy import ndimage
from scipy.signal import fftconvolve
from scipy.spatial import cKDTree

from perijove.bodies.jiram import JIRAM, JIRAM_BANDS
from perijove.formats.jiram import JiramFrame
from perijove.jiram.background import Cleaned
from perijove.jiram.known_pose import KnownPose
from perijove.jiram.point_spread import PointSpread
from perijove.jiram.sunlight import GroundLight, blurred, fitted_ground, planes_of
from perijove.scene.shot import Shot

__all__ = ["KnownPlaces", "Pointing", "Spots", "coarse_shift", "fine_pointing"]

_SIGMAS = 4.0
_MARKINGS = 0.25  # of sunlit ground against Lambert's law
_TOGETHER_PX = 200.0  # markings of ground err together: so many pixels count as one, and known volcanoes decide
_AMPLITUDE = (0.0, 2.5)  # of the usual sunlight; none in the shadow of Jupiter, little on dark ground
_PLACES_KM = 20.0  # published places against where a volcano's light comes from on a day
_FIRST_PX = 1.5
_MOST_VOTERS = 40  # brightest points of a half: the rest cost time and tell no more
_HUBER = 2.5
_STEPS = 6
_ENOUGH_PX = 0.005
_MATCH_PX = 6.0
_MIN_MATCHES = 3
_ENOUGH_MATCHES = 6  # volcanoes that place a frame by themselves
_AGREE = 2.0
_STRANGE, _FIRST_EDGE_PX = 5.0, 0.7
_BAND_PX = 5  # on either side of the limb
_NEIGHBOURHOOD_PX = 21
_MIN_LIMB_PIXELS = 60
_EDGE_TOGETHER = 4.0  # residuals beside the limb go together over so many pixels
_ROLL_SIGN = -1.0  # a positive turn of coordinates about the boresight moves the picture from +y to +x
_MODEL_SIGMA_PX = 0.08  # limb against ellipsoid (0.3 km rms), camera without distortion


@dataclass(frozen=True, eq=False)
class KnownPlaces:
    """Volcanoes whose places are known.

    Attributes
    ----------
    ids : tuple of str
    point_km : array, shape (n, 3)
        On the ellipsoid, body-fixed.
    sigma_km : array, shape (n,)
        Standard error of a place; NaN where none is stated.
    """

    ids: tuple[str, ...]
    point_km: np.ndarray
    sigma_km: np.ndarray


@dataclass(frozen=True, eq=False)
class Spots:
    """Bright points of a half, as found: pixel coordinates (n, 2) and standard errors, px."""

    xy: np.ndarray
    sigma_px: np.ndarray


@dataclass(frozen=True, eq=False)
class Pointing:
    """Where a frame looked.

    Attributes
    ----------
    known : KnownPose
    shift_px : array, shape (2,)
        Columns and rows by which what it shows lies beside what `known` predicts.
    roll_deg : float
    covariance : array, shape (3, 3)
        Of columns, rows (px) and roll (deg).
    limb_pixels : int
        Of the limb, in both halves.
    matched : int
        Volcanoes of known place that entered.
    by_ground : bool
        Whether limb or lit disc entered.
    """

    known: KnownPose
    shift_px: np.ndarray
    roll_deg: float
    covariance: np.ndarray
    limb_pixels: int
    matched: int
    by_ground: bool

    def shot(self, band: str) -> Shot:
        """Geometry of a band as fitted."""
        return self.known.shot(band, (float(self.shift_px[0]), float(self.shift_px[1])), self.roll_deg)

    @property
    def late_s(self) -> float | None:
        """By how much the label's time is late for the attitude, s; 0 while the mirror holds the view.

        What shifts lines then is an error of the kernels of a few pixels, which frames with the mirror at work show.
        None without attitude, where the frame alone tells where it looked.
        """
        if not self.known.reach.lines_known:
            return None
        if not self.known.late_s:
            return 0.0
        beyond = float(self.shift_px[1]) - self.known.expected_px[1]
        return self.known.late_s - beyond / self.known.lines_per_s

    @property
    def late_sigma_s(self) -> float | None:
        """Standard error of `late_s`: of the fit, and of the kernels along lines."""
        if not self.known.reach.lines_known:
            return None
        if not self.known.late_s:
            return 0.0
        of_kernels = JIRAM.pointing_lines_px.measured[1]
        return float(np.hypot(np.sqrt(self.covariance[1, 1]), of_kernels) / self.known.lines_per_s)

    @property
    def late_text(self) -> str:
        """In words, behind a comma; empty where there is nothing to say."""
        if not self.late_s:
            return ""
        return f", late by {self.late_s:.3f} ± {self.late_sigma_s:.3f} s"


def _wide_shot(known: KnownPose, band: str, margin: tuple[int, int]) -> Shot:
    """Geometry of a band with a margin of columns and rows all around."""
    shot = known.shot(band)
    camera = shot.cameras[0]
    wide = replace(
        camera,
        columns=camera.columns + 2 * margin[0],
        rows=camera.rows + 2 * margin[1],
        axis_column_px=camera.axis_column_px + margin[0],
        axis_row_px=camera.axis_row_px + margin[1],
    )
    return replace(shot, cameras=(wide,))


def coarse_shift(
    frame: JiramFrame,
    known: KnownPose,
    counts: Mapping[str, np.ndarray],
    spots: Mapping[str, Spots],
    places: KnownPlaces | None,
) -> tuple[float, float]:
    """Shift at which the lit disc and the volcanoes of known place fit best, to a pixel or two.

    Parameters
    ----------
    frame : JiramFrame
    known : KnownPose
    counts : mapping of str to array
        By band, without column pattern.
    spots : mapping of str to Spots
    places : KnownPlaces or None

    Returns
    -------
    tuple of float
        Columns and rows.
    """
    reach, (first_x, first_y) = known.reach, known.expected_px
    margin_x = int(_SIGMAS * reach.samples_px + abs(first_x)) + 2
    radius_px = JIRAM.focal_length_px * 1830.0 / float(np.linalg.norm(known.position_km))
    anywhere = radius_px + 1.5 * JIRAM.band_lines
    margin_y = int(min(_SIGMAS * reach.lines_px + abs(first_y), anywhere)) + 2
    score = np.zeros((2 * margin_y + 1, 2 * margin_x + 1))
    for band in frame.bands:
        planes = planes_of(_wide_shot(known, band, (margin_x, margin_y)))
        usual = float(JIRAM_BANDS[band].sunlight_w_m2_sr) / frame.count_w_m2_sr
        mu0 = np.cos(np.radians(np.where(np.isfinite(planes["incidence"]), planes["incidence"], 90.0)))
        lit = usual * np.clip(mu0, 0.0, 1.0)
        data = np.clip(counts[band], -1e4, 1e4)
        weight = 1.0 / (float(JIRAM.noise_counts) ** 2 + (_MARKINGS * np.maximum(data, 0.2 * usual)) ** 2)
        a = fftconvolve(lit, (weight * data)[::-1, ::-1], mode="valid")[::-1, ::-1]
        b = np.maximum(fftconvolve(lit**2, weight[::-1, ::-1], mode="valid")[::-1, ::-1], 1e-9)
        amplitude = np.clip(a / b, *_AMPLITUDE)
        score += (amplitude * a - 0.5 * amplitude**2 * b) / _TOGETHER_PX
        if places is not None:
            score += _votes(known, band, spots[band], places, (margin_x, margin_y))
    x, y = np.arange(-margin_x, margin_x + 1), np.arange(-margin_y, margin_y + 1)
    score -= 0.5 * ((x - first_x) / reach.samples_px)[None, :] ** 2
    if reach.lines_known:
        score -= 0.5 * ((y - first_y) / reach.lines_px)[:, None] ** 2
    row, column = np.unravel_index(int(np.argmax(score)), score.shape)
    return float(x[column]), float(y[row])


def _predicted(shot: Shot, places: KnownPlaces, *, margin_px: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    """Indices and pixel coordinates of known places on the near side, in a band's field or near it."""
    position = shot.pose(0).position_km
    facing = np.einsum("ij,ij->i", position - places.point_km, places.point_km / shot.radii_km**2) > 0.0
    near = np.flatnonzero(facing)
    xy = shot.xy(0, places.point_km[near])
    inside = shot.cameras[0].contains(xy, margin_px=-margin_px)
    return near[inside], xy[inside]


def _spread_of_places_px(known: KnownPose) -> float:
    """Standard error of a known place on the detector."""
    distance = float(np.linalg.norm(known.position_km)) - 1820.0
    return float(_PLACES_KM / np.sqrt(2.0) * JIRAM.focal_length_px / max(distance, 1000.0))


def _votes(known: KnownPose, band: str, spots: Spots, places: KnownPlaces, margin: tuple[int, int]) -> np.ndarray:
    """Logarithm of how much likelier the spots are where known places are shifted to them, by shift."""
    grid = np.zeros((2 * margin[1] + 1, 2 * margin[0] + 1))
    _, xy = _predicted(known.shot(band), places, margin_px=max(margin))
    if not len(xy) or not len(spots.xy):
        return grid
    sigma = float(np.hypot(_FIRST_PX, _spread_of_places_px(known)))
    radius_px = JIRAM.focal_length_px * 1830.0 / float(np.linalg.norm(known.position_km))
    gain = max(np.pi * radius_px**2 / (len(xy) * 2.0 * np.pi * sigma**2), 1.0)
    half = int(np.ceil(3.0 * sigma))
    offsets = np.arange(-half, half + 1)
    for spot in spots.xy[:_MOST_VOTERS]:
        shift = spot - xy
        inside = (np.abs(shift[:, 0]) <= margin[0]) & (np.abs(shift[:, 1]) <= margin[1])
        best = np.zeros_like(grid)
        for dx, dy in shift[inside]:
            cx, cy = round(dx), round(dy)
            bell_x = np.exp(-0.5 * ((cx + offsets - dx) / sigma) ** 2)
            bell_y = np.exp(-0.5 * ((cy + offsets - dy) / sigma) ** 2)
            rows, columns = cy + offsets + margin[1], cx + offsets + margin[0]
            r, c = (rows >= 0) & (rows < grid.shape[0]), (columns >= 0) & (columns < grid.shape[1])
            patch = best[rows[r][0] : rows[r][-1] + 1, columns[c][0] : columns[c][-1] + 1]
            np.maximum(patch, np.outer(bell_y[r], bell_x[c]), out=patch)
        grid += np.log1p(gain * best)
    return grid


@dataclass(eq=False)
class _Normal:
    """Normal equations of columns, rows and roll."""

    matrix: np.ndarray
    vector: np.ndarray
    matched: int = 0
    by_ground: bool = False


def fine_pointing(
    known: KnownPose,
    start_px: tuple[float, float],
    halves: Mapping[str, Cleaned],
    spots: Mapping[str, Spots],
    *,
    places: KnownPlaces | None,
    spread: PointSpread,
) -> Pointing:
    """Fit shift and roll to limb, lit disc and known volcanoes.

    Parameters
    ----------
    known : KnownPose
    start_px : tuple of float
        Good to a few pixels.
    halves : mapping of str to Cleaned
    spots : mapping of str to Spots
    places : KnownPlaces or None
    spread : PointSpread

    Returns
    -------
    Pointing
        Where nothing tells, as `known` expects, with its errors.

    Notes
    -----
    The lit disc within its limb does not enter: markings of the ground pull it by a pixel. Volcanoes count with the
    scatter that they show.
    """
    now = np.array([*start_px, 0.0])
    if places is not None:
        by_places, equations = _converged(known, now, lambda _, __: None, spots, places)
        if equations.matched >= _ENOUGH_MATCHES:
            now = by_places
    light, free = {}, {}
    for band, half in halves.items():
        planes = planes_of(known.shot(band, (now[0], now[1]), now[2]))
        light[band] = fitted_ground(half, planes, spread)
        free[band] = half.good & ~_strange(half, light[band], spots[band], spread)

    def limb(equations: _Normal, at: np.ndarray) -> None:
        for band, half in halves.items():
            shot = known.shot(band, (at[0], at[1]), at[2])
            _add_limb(equations, shot, half, light[band], spread, free[band])

    now, equations = _converged(known, now, limb, spots, places)
    covariance = np.linalg.inv(equations.matrix)
    covariance[:2, :2] += _MODEL_SIGMA_PX**2 * np.eye(2)
    pointing = Pointing(known, now[:2], float(now[2]), covariance, 0, equations.matched, equations.by_ground)
    return replace(pointing, limb_pixels=sum(_limb_pixels(pointing.shot(band)) for band in halves))


def _converged(
    known: KnownPose,
    start: np.ndarray,
    limb: Callable[[_Normal, np.ndarray], None],
    spots: Mapping[str, Spots],
    places: KnownPlaces | None,
) -> tuple[np.ndarray, _Normal]:
    """Columns, rows and roll where prior, limb and volcanoes agree best, and the equations there.

    Where the limb wants to be elsewhere than the volcanoes by more than both errors allow, its weight falls by as much:
    ground that the model does not know stands beside it.
    """
    prior_sigma = np.array([known.reach.samples_px, known.reach.lines_px, known.reach.roll_deg])
    prior = np.diag(np.where(np.isfinite(prior_sigma), prior_sigma, 1e4) ** -2.0)
    expected = np.array([*known.expected_px, 0.0])
    now = start.copy()
    equations = _Normal(prior, np.zeros(3))
    for step in range(_STEPS):
        edge, equations = _Normal(np.zeros((3, 3)), np.zeros(3)), _Normal(prior.copy(), prior @ (expected - now))
        limb(edge, now)
        if places is not None:
            for band in spots:
                shot = known.shot(band, (now[0], now[1]), now[2])
                _add_places(equations, shot, spots[band], places, known, first=step == 0)
        weight = _trust(edge, equations) if equations.matched >= _ENOUGH_MATCHES else 1.0
        equations.matrix += weight * edge.matrix
        equations.vector += weight * edge.vector
        equations.by_ground = edge.by_ground
        change = np.linalg.solve(equations.matrix, equations.vector)
        change[:2] = np.clip(change[:2], -2.0, 2.0)
        now = now + change
        if np.abs(change[:2]).max() < _ENOUGH_PX:
            break
    return now, equations


def _trust(edge: _Normal, rest: _Normal) -> float:
    """One where the limb and all else agree on columns and rows; the inverse of their mean square distance else."""
    if not edge.by_ground:
        return 1.0
    soft = edge.matrix + 1e-6 * np.eye(3)
    apart = (np.linalg.solve(soft, edge.vector) - np.linalg.solve(rest.matrix, rest.vector))[:2]
    spread = (np.linalg.inv(soft) + np.linalg.inv(rest.matrix))[:2, :2]
    square = 0.5 * float(apart @ np.linalg.solve(spread, apart))
    return min(1.0, _AGREE / max(square, 1e-9))


def _strange(half: Cleaned, light: GroundLight, spots: Spots, spread: PointSpread) -> np.ndarray:
    """Pixels that no ground explains, and around bright points: volcanoes, however wide."""
    down, right = np.gradient(light.counts)
    allowed = np.hypot(half.sigma, light.relative_scatter * np.maximum(light.counts, 0.0))
    allowed = np.hypot(allowed, _FIRST_EDGE_PX * np.hypot(down, right))
    mask = half.good & (half.counts - light.counts > _STRANGE * allowed)
    for x, y in spots.xy:
        mask[min(max(int(y), 0), mask.shape[0] - 1), min(max(int(x), 0), mask.shape[1] - 1)] = True
    tall = int(3 + 0.5 * spread.smear_px)
    return np.asarray(ndimage.binary_dilation(mask, np.ones((2 * tall + 1, 7), dtype=bool)))


def _limb_pixels(shot: Shot) -> int:
    on = np.isfinite(planes_of(shot)["emission"])
    padded = np.pad(on, 1, mode="edge")
    inner = padded[1:-1, :-2] & padded[1:-1, 2:] & padded[:-2, 1:-1] & padded[2:, 1:-1]
    return int(np.count_nonzero(on & ~inner))


def _add_limb(
    equations: _Normal, shot: Shot, half: Cleaned, light: GroundLight, spread: PointSpread, free: np.ndarray
) -> None:
    """Add the edge of the disc against the sky: pixels near it, whatever the light of the ground beside them.

    The ground's light is the cosine of incidence, and the night's level; times a factor of each neighbourhood that may
    change with the distance from the limb: its markings and law of scattering set both. What of a shift looks like a
    change of these is taken out of the derivative (variable projection), so that only the edge counts.
    """
    planes = planes_of(shot)
    on = np.isfinite(planes["emission"])
    near = ndimage.binary_dilation(on, iterations=_BAND_PX) & ~ndimage.binary_erosion(
        on, iterations=_BAND_PX, border_value=1
    )
    use = near & free
    if np.count_nonzero(use) < _MIN_LIMB_PIXELS:
        return
    mu0 = np.cos(np.radians(np.where(on, np.minimum(planes["incidence"], 90.0), 90.0)))
    lit = on * ((light.sunlight or 0.0) * mu0 + (light.night or 0.0))
    model = blurred(lit, spread)
    inwards = blurred(lit * np.minimum(ndimage.distance_transform_edt(on), 2.0 * _BAND_PX) / _BAND_PX, spread)
    down, right = np.gradient(model)
    weight = use / half.sigma**2
    data = half.counts

    def around(values: np.ndarray) -> np.ndarray:
        return np.asarray(ndimage.uniform_filter(values, _NEIGHBOURHOOD_PX, mode="constant"))

    # A weak pull towards factor 1 and no slope, so that sky noise makes none.
    square = around(weight * model**2) + 1e-2
    inwards -= around(weight * model * inwards) / square * model
    steep = around(weight * inwards**2) + 1e-2
    factor = np.clip((around(weight * model * data) + 1e-2) / square, 0.2, 5.0)
    gx, gy = -right * factor, -down * factor
    for shape, norm in ((model, square), (inwards, steep)):
        gx -= around(weight * shape * gx) / norm * shape
        gy -= around(weight * shape * gy) / norm * shape
    model = model * factor
    model = model + around(weight * inwards * (data - model)) / steep * inwards
    marking = max(light.relative_scatter, 0.05) * np.maximum(model, 0.0)
    weight = (use / (half.sigma**2 + marking**2))[use]
    rest = (data - model)[use]
    scaled = np.abs(rest) * np.sqrt(weight)
    weight = weight * np.where(scaled > _HUBER, _HUBER / np.maximum(scaled, 1e-9), 1.0) / _EDGE_TOGETHER
    rows, columns = np.nonzero(use)
    axis = shot.cameras[0]
    x, y = columns + 0.5 - axis.axis_column_px, rows + 0.5 - axis.axis_row_px
    turn = _ROLL_SIGN * np.radians(1.0) * (gy[use] * x - gx[use] * y)
    design = np.stack([gx[use], gy[use], turn], axis=-1)
    equations.matrix += design.T @ (design * weight[:, None])
    equations.vector += design.T @ (rest * weight)
    equations.by_ground = True


def _add_places(
    equations: _Normal, shot: Shot, spots: Spots, places: KnownPlaces, known: KnownPose, *, first: bool
) -> None:
    _, xy = _predicted(shot, places, margin_px=_MATCH_PX)
    if len(xy) < _MIN_MATCHES or len(spots.xy) < _MIN_MATCHES:
        return
    sigma = _spread_of_places_px(known)
    far = max(3.0 * float(np.hypot(sigma, _FIRST_PX if first else 0.5)), 2.0)
    distance, nearest = cKDTree(xy).query(spots.xy, distance_upper_bound=far)
    found = np.flatnonzero(np.isfinite(distance))
    if len(found) < _MIN_MATCHES:
        return
    rest = spots.xy[found] - xy[nearest[found]]
    scatter = max(1.4826 * float(np.median(np.abs(rest - np.median(rest, axis=0)))), sigma)
    variance = scatter**2 + spots.sigma_px[found] ** 2
    size = np.linalg.norm(rest, axis=1) / np.sqrt(variance)
    weight = 1.0 / variance * np.where(size > _HUBER, _HUBER / np.maximum(size, 1e-9), 1.0)
    axis = shot.cameras[0]
    x, y = spots.xy[found, 0] - axis.axis_column_px, spots.xy[found, 1] - axis.axis_row_px
    turn = _ROLL_SIGN * np.radians(1.0)
    for design, part in (
        (np.stack([np.ones_like(x), np.zeros_like(x), -y * turn], axis=-1), rest[:, 0]),
        (np.stack([np.zeros_like(x), np.ones_like(x), x * turn], axis=-1), rest[:, 1]),
    ):
        equations.matrix += design.T @ (design * weight[:, None])
        equations.vector += design.T @ (part * weight)
    equations.matched += len(found)

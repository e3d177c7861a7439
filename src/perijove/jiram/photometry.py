"""Light and place of points, blended ones together; the shape of a point from the frame itself."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import ndimage
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from perijove.jiram.background import Cleaned
from perijove.jiram.point_spread import PointSpread, rendered
from perijove.jiram.point_spread_kernel import normal_equations

__all__ = ["FittedPoint", "Group", "fit_points", "measured_spread", "spread_told"]

_LINK_PX = 6.0
_MARGIN_PX = 6
_LARGEST_GROUP = 8
_STEPS = 14
_PER_PIXEL = 2.0
_ENOUGH_CHI2, _MOST_DAMPING = 0.01, 1e4
_ONE_PX = 4.5  # nearer than that, and twice its size, two points may be one that is wide
_SAME_CHI2, _SAME_SHARE = 20.0, 0.25  # by how much worse one point may fit than two
_OVAL_SHARE, _OVAL_LIGHT, _OVAL_DIP = 1.0, 0.2, 0.95
_SHAPE_MISFIT = 0.05  # of the light: what a wide volcano's shape differs from the model's
_EXTENDED_SIGNIFICANCE = 12.0  # from which a point's own size is an unknown
_WIDEST_PX2 = 60.0
_LEAST_PX2 = -0.2  # of the usual core's variance, 0.32: while the shape itself is measured
_BRIGHT_SIGNIFICANCE = 40.0
_ALONE_PX = 9.0
_FEWEST = 3
_MOST = 14
_SHAPE_PERCENTILE = 25.0  # of the sizes: volcanoes have a size of their own, the smallest show the optics


@dataclass(frozen=True, eq=False)
class FittedPoint:
    """One point.

    Attributes
    ----------
    x, y : float
        Pixel coordinates.
    light, light_sigma : float
        Counts, summed over all pixels; the error is of noise and neighbours alone.
    variance_px2 : float
        Of its own extent; 0 where it is taken for a point.
    sigma_px : float
        Of its place, along either axis.
    chi2_point, chi2_streak : float
        Weighted squares near it that are left by the fit, and that would be left by one bright pixel, or a row or
        column of them, on even ground.
    blended : bool
        Whether another one was fitted with it.
    """

    x: float
    y: float
    light: float
    light_sigma: float
    variance_px2: float
    sigma_px: float
    chi2_point: float
    chi2_streak: float
    blended: bool

    @property
    def numbers(self) -> np.ndarray:
        """For compiled loops: x, y, light, variance."""
        return np.array([self.x, self.y, self.light, self.variance_px2])


@dataclass(frozen=True, eq=False)
class Group:
    """Points that are fitted together: which, places (n, 2), first light, significance and extent, px², (n,)."""

    index: np.ndarray
    xy: np.ndarray
    light: np.ndarray
    significance: np.ndarray
    variance: np.ndarray | None = None


def _groups(xy: np.ndarray, light: np.ndarray, significance: np.ndarray, smear_px: float) -> list[Group]:
    """Points that lie near each other, brightest first; long chains are cut at their faint ends."""
    if not len(xy):
        return []
    scaled = xy * np.array([1.0, 1.0 / (1.0 + 0.15 * smear_px)])
    links = cKDTree(scaled).sparse_distance_matrix(cKDTree(scaled), _LINK_PX, output_type="coo_matrix")
    _, which = connected_components(links, directed=False)
    groups = []
    for one in np.unique(which):
        members = np.flatnonzero(which == one)
        members = members[np.argsort(-light[members])]
        groups += [
            Group(part, xy[part], light[part], significance[part])
            for part in np.array_split(members, range(_LARGEST_GROUP, len(members), _LARGEST_GROUP))
        ]
    return groups


def fit_points(
    counts: np.ndarray,
    half: Cleaned,
    xy: np.ndarray,
    light: np.ndarray,
    significance: np.ndarray,
    spread: PointSpread,
    *,
    scatter: np.ndarray | None = None,
    least_variance: float = 0.0,
    fitted: Sequence[FittedPoint] = (),
) -> list[FittedPoint]:
    """Fit all points of a half, group by group, each on a sloping ground.

    Parameters
    ----------
    counts : array, shape (rows, columns)
        Light, the ground's as far as known taken away.
    half : Cleaned
        Which pixels are good, and their errors.
    xy, light, significance : array, shape (n, 2), (n,), (n,)
        Where to begin.
    spread : PointSpread
    scatter : array, optional
        Standard error of the ground by pixel, added to that of the pixels.
    least_variance : float
        Of a point's extent, px²; below 0 only while the shape is measured.
    fitted : sequence of FittedPoint
        What the first of the points became before: groups of these alone are not fitted again.

    Returns
    -------
    list of FittedPoint
        In the order of the groups; points whose fit fails are left out.
    """
    sigma = half.sigma if scatter is None else np.hypot(half.sigma, scatter)
    smooth = ndimage.uniform_filter(np.where(half.good, np.maximum(counts, 0.0), 0.0), 3)
    sigma = np.hypot(sigma, _SHAPE_MISFIT * smooth)
    weight = np.where(half.good, sigma**-2.0, 0.0)
    groups = _groups(xy, light, significance, spread.smear_px)
    all_points = np.column_stack([xy, np.maximum(light, 0.0), np.zeros(len(xy))]) if len(xy) else np.empty((0, 4))
    elsewhere = rendered(all_points, spread, counts.shape)
    found: list[FittedPoint] = []
    for group in groups:
        if group.index.max() < len(fitted):
            found += [fitted[int(i)] for i in group.index]
            continue
        first = np.column_stack([group.xy, np.maximum(group.light, 0.0), np.zeros(len(group.xy))])
        others = elsewhere - rendered(first, spread, counts.shape) if len(groups) > 1 else 0.0
        found += _fit_group(counts - others, weight, group, spread, least_variance)
    return found


def _fit_group(
    counts: np.ndarray, weight: np.ndarray, group: Group, spread: PointSpread, least_variance: float
) -> list[FittedPoint]:
    """Fit a group; pairs that one wider point explains as well become one."""
    window = _window(counts.shape, group, spread)
    data, w = (np.ascontiguousarray(each[window]) for each in (counts, weight))
    fit = _least_squares(data, w, window, group, spread, least_variance)
    if fit is None:
        return []
    merged = True
    while merged and len(fit.points) > 1:
        merged = False
        for i, j in _near_pairs(fit.points, spread):
            trial = _least_squares(data, w, window, _with_pair_as_one(fit, i, j), spread, least_variance)
            worse = _SAME_CHI2 + _SAME_SHARE * max(fit.total - np.count_nonzero(w), 0.0)
            if _is_oval(fit.points, i, j, spread):
                worse += _OVAL_SHARE * fit.total
            if trial is not None and trial.total < fit.total + worse:
                fit, merged = trial, True
                break
    return _read_off(fit, data, w, window, spread)


@dataclass(frozen=True, eq=False)
class _Fit:
    """A solution: points (n, 4), significance, ground, normal matrix, squares left, unknowns, model."""

    points: np.ndarray
    significance: np.ndarray
    variance: np.ndarray
    ground: np.ndarray
    matrix: np.ndarray
    total: float
    unknowns: int
    model: np.ndarray


def _window(shape: tuple[int, int], group: Group, spread: PointSpread) -> tuple[slice, slice]:
    """Rows and columns around a group: wider around bright points, whose wings reach far."""
    reach = _MARGIN_PX + int(np.ceil(0.5 * spread.smear_px))
    wide = 2 * int(np.sqrt(max(float(np.max(group.light)), 1.0)) / 40.0)
    x, y = group.xy.T
    rows = slice(max(int(y.min()) - reach - wide, 0), min(int(y.max()) + reach + wide + 1, shape[0]))
    columns = slice(max(int(x.min()) - _MARGIN_PX - wide, 0), min(int(x.max()) + _MARGIN_PX + wide + 1, shape[1]))
    return rows, columns


def _near_pairs(points: np.ndarray, spread: PointSpread) -> list[tuple[int, int]]:
    """Pairs within the reach of one wider point, nearest first."""
    scaled = points[:, :2] * np.array([1.0, 1.0 / (1.0 + 0.15 * spread.smear_px)])
    size = np.sqrt(np.maximum(points[:, 3], 0.0))
    found = []
    for i in range(len(points)):
        for j in range(i + 1, len(points)):
            apart = float(np.hypot(*(scaled[i] - scaled[j])))
            if apart < _ONE_PX + 2.0 * max(size[i], size[j]):
                found.append((apart, i, j))
    return [(i, j) for _, i, j in sorted(found)]


def _is_oval(points: np.ndarray, i: int, j: int, spread: PointSpread) -> bool:
    """Whether two points make one hump without a dip: a wide volcano, foreshortened, rather than two."""
    light = points[[i, j], 2]
    if float(light.min()) < _OVAL_LIGHT * float(light.max()):
        return False
    half = 12
    two = points[[i, j]].copy()
    two[:, :2] += half - two[0, :2]
    picture = rendered(two, spread, (2 * half, 2 * half))
    ends = [float(picture[tuple(np.clip(xy[::-1].astype(int), 0, 2 * half - 1))]) for xy in two[:, :2]]
    middle = 0.5 * (two[0, :2] + two[1, :2])
    between = picture[tuple(np.clip(middle[::-1].astype(int), 0, 2 * half - 1))]
    return bool(between > _OVAL_DIP * min(ends))


def _with_pair_as_one(fit: _Fit, i: int, j: int) -> Group:
    """The group with two points replaced by one of their light, as wide as both."""
    light = np.maximum(fit.points[:, 2], 1e-3)
    share = light[j] / (light[i] + light[j])
    xy = fit.points[:, :2].copy()
    apart = xy[j] - xy[i]
    xy[i] += share * apart
    light[i] += light[j]
    variance = np.maximum(fit.points[:, 3], 0.0)
    variance[i] += 0.5 * share * (1.0 - share) * float(apart @ apart)
    significance = fit.significance.copy()
    significance[i] = np.inf  # its width is an unknown
    keep = np.arange(len(xy)) != j
    return Group(np.flatnonzero(keep), xy[keep], light[keep], significance[keep], variance[keep])


def _least_squares(
    data: np.ndarray,
    w: np.ndarray,
    window: tuple[slice, slice],
    group: Group,
    spread: PointSpread,
    least_variance: float,
) -> _Fit | None:
    """Levenberg and Marquardt's steps; None where too few pixels are good."""
    n = len(group.xy)
    if np.count_nonzero(w) < 4 * n + 12:
        return None
    variance = np.zeros(n) if group.variance is None else group.variance
    points = np.column_stack([group.xy, group.light, variance])
    size = 4 * n + 3
    free = np.ones(size, dtype=np.int64)
    free[3 : 4 * n : 4] = group.significance > _EXTENDED_SIGNIFICANCE
    ground = np.array([float(np.median(data[w > 0.0])) if n == 1 else 0.0, 0.0, 0.0])
    matrix, vector, model = np.empty((size, size)), np.empty(size), np.empty_like(data)
    origin = np.array([float(window[0].start), float(window[1].start)])
    numbers = spread.numbers
    damping = 1e-3
    total = normal_equations(data, w, origin, points, free, ground, numbers, matrix, vector, model)
    for _ in range(_STEPS):
        change = np.linalg.solve(matrix + damping * np.diag(np.diag(matrix)), vector * (free > 0))
        trial, trial_ground = _moved(points, ground, change, group, least_variance)
        next_matrix, next_vector = np.empty_like(matrix), np.empty_like(vector)
        new = normal_equations(data, w, origin, trial, free, trial_ground, numbers, next_matrix, next_vector, model)
        if new <= total * (1.0 + 1e-9):
            gain = total - new
            points, ground, matrix, vector, total = trial, trial_ground, next_matrix, next_vector, new
            damping = max(damping * 0.2, 1e-6)
            if gain < _ENOUGH_CHI2:
                break
        else:
            damping *= 8.0
            if damping > _MOST_DAMPING:
                break
    normal_equations(data, w, origin, points, free, ground, numbers, matrix, vector, model)
    return _Fit(points, group.significance, variance, ground, matrix, float(total), int(free.sum()), model)


def _read_off(
    fit: _Fit, data: np.ndarray, w: np.ndarray, window: tuple[slice, slice], spread: PointSpread
) -> list[FittedPoint]:
    """Points with their errors, and how well they explain the pixels near them."""
    covariance = np.linalg.inv(fit.matrix)
    inflated = max(fit.total / max(int(np.count_nonzero(w)) - fit.unknowns, 1), 1.0)
    r0, c0 = window[0].start, window[1].start
    rest = (data - fit.model) ** 2 * w
    found = []
    for k, (x, y, light, variance) in enumerate(fit.points):
        place = 0.5 * (covariance[4 * k, 4 * k] + covariance[4 * k + 1, 4 * k + 1])
        near = _near(data.shape, x - c0, y - r0, spread)
        own = rendered(fit.points[k : k + 1] - np.array([[c0, r0, 0.0, 0.0]]), spread, data.shape)
        bare = np.where(near, (data - fit.model + own) ** 2 * w, 0.0)
        found.append(
            FittedPoint(
                x=float(x),
                y=float(y),
                light=float(light),
                light_sigma=float(np.sqrt(covariance[4 * k + 2, 4 * k + 2] * inflated)),
                variance_px2=float(variance),
                sigma_px=float(np.sqrt(place * inflated)),
                chi2_point=float(rest[near].sum()),
                chi2_streak=_left_by_streak(bare),
                blended=len(fit.points) > 1,
            )
        )
    return found


def _left_by_streak(squares: np.ndarray) -> float:
    """Squares that are left where a pixel, or pixels of one row or column, are explained by themselves.

    Each pixel explained costs two, as a parameter does (Akaike).
    """
    gains = np.maximum(squares - _PER_PIXEL, 0.0)
    best = max(float(gains.max()), float(gains.sum(axis=0).max()), float(gains.sum(axis=1).max()))
    return float(squares.sum()) - best


def _near(shape: tuple[int, int], x: float, y: float, spread: PointSpread) -> np.ndarray:
    rows, columns = np.ogrid[: shape[0], : shape[1]]
    near: np.ndarray = (np.abs(columns + 0.5 - x) < 2.6) & (np.abs(rows + 0.5 - y) < 2.6 + 0.5 * spread.smear_px)
    return near


def _moved(
    points: np.ndarray, ground: np.ndarray, change: np.ndarray, group: Group, least_variance: float
) -> tuple[np.ndarray, np.ndarray]:
    """Points and ground after a step, within what makes sense."""
    trial = points + change[:-3].reshape(-1, 4) * 1.0
    trial[:, :2] = np.clip(trial[:, :2], group.xy - 2.0, group.xy + 2.0)
    trial[:, 3] = np.clip(trial[:, 3], least_variance, _WIDEST_PX2)
    return trial, ground + change[-3:]


def measured_spread(
    counts: np.ndarray,
    half: Cleaned,
    peaks: tuple[np.ndarray, np.ndarray, np.ndarray],
    spread: PointSpread,
    *,
    linear_below: float,
) -> Sequence[tuple[float, float]]:
    """What bright points that stand alone tell of their shape.

    Parameters
    ----------
    counts : array, shape (rows, columns)
    half : Cleaned
    peaks : tuple of array
        Places, light, significance.
    spread : PointSpread
        To start from.
    linear_below : float
        Counts up to which pixels are linear.

    Returns
    -------
    list of tuple
        Variance beyond that of `spread`'s core, px², and light over its error, of each point.
    """
    xy, light, significance = peaks
    if not len(xy):
        return []
    rows, columns = counts.shape
    inside = (xy[:, 0] > _MARGIN_PX) & (xy[:, 0] < columns - _MARGIN_PX)
    inside &= (xy[:, 1] > _MARGIN_PX) & (xy[:, 1] < rows - _MARGIN_PX)
    chosen = []
    for k in np.flatnonzero(inside & (significance > _BRIGHT_SIGNIFICANCE)):
        apart = np.hypot(*(xy - xy[k]).T / np.array([[1.0], [1.0 + 0.15 * spread.smear_px]]))
        apart[k] = np.inf
        if np.any((apart < _ALONE_PX) & (light > 0.03 * light[k])):
            continue
        r, c = int(xy[k, 1]), int(xy[k, 0])
        if counts[max(r - 3, 0) : r + 4, max(c - 2, 0) : c + 3].max() <= linear_below:
            chosen.append(k)
    these = np.array(chosen[:_MOST], dtype=int)
    points = fit_points(counts, half, xy[these], light[these], significance[these], spread, least_variance=_LEAST_PX2)
    return [(point.variance_px2, point.light / max(point.light_sigma, 1e-9)) for point in points]


def spread_told(told: Sequence[tuple[float, float]], spread: PointSpread) -> PointSpread:
    """Shape with the core that the smallest points have; as it was where fewer than three tell."""
    if len(told) < _FEWEST:
        return spread
    variances = np.array([variance for variance, _ in told])
    core = np.sqrt(max(spread.core_px**2 + float(np.percentile(variances, _SHAPE_PERCENTILE)), 0.01))
    return spread.with_(float(core), spread.wing_share, spread.wing_px, len(told))

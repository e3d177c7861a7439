"""What brightness does across a limb: a template for each line that crosses it, and the edge that fits best.

Going in from the limb by d pixels, the emission angle falls as mu = cos e = sqrt(1 - (1 - d / r)^2) with r the disc's
radius in pixels, and the normal turns towards the observer. So on a crescent, brightness falls like a square root of
the depth. A model that is linear in depth puts the edge up to a pixel too far out there, half the maximum up to a
pixel too far in. Here two disk functions, Lommel-Seeliger's and Lambert's, are blurred with the point-spread function
and their sum, with free weights, is fitted together with the sky and the place of the edge.
"""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import ArrayLike
from scipy.special import ndtr

__all__ = ["fit_profiles", "limb_templates"]

_STEP_PX = 0.25  # of the blurred templates
_FINE_PX, _NEAR_PX, _COARSE_PX = 0.1, 3.0, 0.5  # of the unblurred ones: fine near the limb, where they bend
_TAIL_SIGMAS = 4.0
_GRID_STEP_PX = 0.5  # spacing of trial edges, at least; 48 of them at most
_REFINE_PX = 0.1
_NOISE_CORRELATION = 3.5  # samples are half a pixel apart and interpolated: so many share one pixel's noise
_TRUSTED_DEPTH_PX, _PATCHY_DEPTH_PX = 1.0, 0.7  # weight of a sample falls beyond the first, to half after the second
_RIDGE = 1e-6
_BLOCK = 128  # lines fitted together
_THREADS = 2


def limb_templates(
    cos_source: np.ndarray,
    cos_source_observer: np.ndarray,
    radius_px: np.ndarray,
    focal_length_px: np.ndarray,
    *,
    sigma_px: ArrayLike,
    depth_px: float,
) -> np.ndarray:
    """Blurred brightness against depth under two laws.

    Parameters
    ----------
    cos_source : array, shape (n,)
        Cosine of incidence at the limb point, of the Sun or of Jupiter.
    cos_source_observer : array, shape (n,)
        Cosine between the source and the direction from the limb point to the observer.
    radius_px, focal_length_px : array, shape (n,)
        The radius is the focal length times the tangent of the disc's angular radius.
    sigma_px : float or array, shape (n,)
        Gaussian blur across the limb.
    depth_px : float
        Largest depth wanted, and largest height above the limb.

    Returns
    -------
    array, shape (n, 2, m)
        Lommel-Seeliger and Lambert at depths -depth_px to depth_px in steps of 1/4 px.

    Notes
    -----
    Between the least and the largest blur the templates are taken to be linear in its square: for blurs of 0.58 and
    0.65 px they are off by 1e-3 of their height.
    """
    blurs = np.unique([np.min(sigma_px), np.max(sigma_px)])
    far = depth_px + _TAIL_SIGMAS * blurs[-1]
    edges = np.concatenate([np.arange(0.0, _NEAR_PX, _FINE_PX), np.arange(_NEAR_PX, far + _COARSE_PX, _COARSE_PX)])
    depth = 0.5 * (edges[1:] + edges[:-1])
    mu = np.sqrt(np.clip(1.0 - np.maximum(1.0 - depth / radius_px[:, None], 0.0) ** 2, 0.0, 1.0))
    turn = np.arcsin(mu) - depth / focal_length_px[:, None]
    mu0 = np.maximum(np.cos(turn) * cos_source[:, None] + np.sin(turn) * cos_source_observer[:, None], 0.0)
    laws = np.stack([2.0 * mu0 / (mu0 + mu + 1e-9), mu0], axis=1)
    at = np.arange(-depth_px, depth_px + 1e-9, _STEP_PX)
    cells = (edges - at[:, None]) / blurs[:, None, None]
    spread = np.diff(ndtr(cells), axis=2).swapaxes(1, 2)
    extremes = (laws.reshape(-1, len(depth)) @ spread).reshape(len(blurs), len(mu0), 2, len(at))
    templates: np.ndarray = extremes[0]
    if len(blurs) > 1:
        part = (np.square(sigma_px) - blurs[0] ** 2) / (blurs[1] ** 2 - blurs[0] ** 2)
        templates = templates + part[:, None, None] * (extremes[1] - templates)
    return templates


class _Fit:
    """Linear fits of sky and two laws at given edges, for all lines at once.

    Samples are a whole number of template steps apart. So a line's templates at its samples are every so many values
    from a place on, between two neighbours in one and the same ratio.
    """

    def __init__(self, s: np.ndarray, profile: np.ndarray, templates: np.ndarray) -> None:
        self._first, self._every = s[0], round((s[1] - s[0]) / _STEP_PX)
        self._outwards = np.ascontiguousarray(templates[..., ::-1])  # against height above the edge
        self._windows = sliding_window_view(self._outwards, self._every * (len(s) - 1) + 2, axis=2)
        self._rows = np.ones((len(profile), 4, len(s)))  # sky, two laws, what was measured
        self._rows[:, 3] = profile
        self._weighted = np.empty_like(self._rows)
        self._line = np.arange(len(profile))

    def laws(self, edge: np.ndarray | float) -> np.ndarray:
        """Templates at the samples of each line for its edge, or for one that all have, shape (n, 2, samples)."""
        place = (self._first - edge) / _STEP_PX + (self._outwards.shape[2] - 1) // 2
        low = np.floor(place).astype(np.intp)
        part = place - low
        if np.ndim(edge):
            near, part = self._windows[self._line, :, low], part[:, None, None]
        else:
            near = self._windows[:, :, low]
        value = self._rows[:, 1:3]
        below = near[..., : -1 : self._every]
        np.subtract(near[..., 1 :: self._every], below, out=value)
        value *= part
        value += below
        return value

    def __call__(self, edge: np.ndarray | float, weight: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Coefficients (n, 3) and weighted sums of squares (n,)."""
        self.laws(edge)
        np.multiply(self._rows, weight[:, None], out=self._weighted)
        products = self._weighted @ np.swapaxes(self._rows, 1, 2)
        normal, right = products[:, :3, :3], products[:, :3, 3]
        scale = np.maximum(np.trace(normal, axis1=1, axis2=2), 1e-12)[:, None, None]
        coefficients = np.linalg.solve(normal + _RIDGE * scale * np.eye(3), right[..., None])[..., 0]
        fitted = 2.0 * right - (normal @ coefficients[..., None])[..., 0]
        return coefficients, products[:, 3, 3] - np.sum(coefficients * fitted, axis=1)

    def residual(self, edge: np.ndarray, coefficients: np.ndarray) -> np.ndarray:
        """Measured less fitted, shape (n, samples)."""
        laws = self.laws(edge)
        rest: np.ndarray = self._rows[:, 3] - coefficients[:, :1]
        rest -= coefficients[:, 1:2] * laws[:, 0] + coefficients[:, 2:] * laws[:, 1]
        return rest


def fit_profiles(
    s: np.ndarray, profile: np.ndarray, weight: np.ndarray, templates: np.ndarray, *, reach_px: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Edges of brightness profiles, robustly.

    Parameters
    ----------
    s : array, shape (samples,)
        Distance from the predicted limb, outwards, pixels; half a pixel apart.
    profile, weight : array, shape (n, samples)
    templates : array, shape (n, 2, m)
        From `limb_templates`, as deep as any sample is from any edge looked for, and two pixels more.
    reach_px : float
        Edges are looked for between -reach_px and reach_px.

    Returns
    -------
    edge_px, sigma_px, amplitude, signal_to_noise : arrays, shape (n,)
    """

    def fitted(at: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        block = slice(at, at + _BLOCK)
        return _fit_block(s, profile[block], weight[block], templates[block], reach_px)

    with ThreadPoolExecutor(_THREADS) as pool:  # numpy lets the other thread run for most of the time
        found = list(pool.map(fitted, range(0, len(profile), _BLOCK)))
    edge, sigma, amplitude, signal_to_noise = (np.concatenate(parts) for parts in zip(*found, strict=True))
    return edge, sigma, amplitude, signal_to_noise


def _fit_block(
    s: np.ndarray, profile: np.ndarray, weight: np.ndarray, templates: np.ndarray, reach_px: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """`fit_profiles` of so few lines that their arrays stay in the processor's cache."""
    fit = _Fit(s, profile, templates)
    n = len(profile)
    index = np.arange(n)
    spacing = max(_GRID_STEP_PX, reach_px / 24.0)
    grid = np.arange(-reach_px, reach_px + 1e-9, spacing)
    costs = np.stack([fit(float(g), weight)[1] for g in grid])
    best = np.clip(np.argmin(costs, axis=0), 1, len(grid) - 2)
    edge = grid[best] + _vertex(costs[best - 1, index], costs[best, index], costs[best + 1, index], spacing)[0]
    curvature = np.ones(n)
    # Deeper in, brightness follows the patches of the ground and no law: the edge is told by what lies next to it.
    depth = np.maximum(edge[:, None] - s - _TRUSTED_DEPTH_PX, 0.0)
    weight = weight / (1.0 + (depth / _PATCHY_DEPTH_PX) ** 2)
    for round_ in range(3):
        low, mid, high = (fit(edge + d, weight)[1] for d in (-_REFINE_PX, 0.0, _REFINE_PX))
        step, curvature = _vertex(low, mid, high, 3.0 * _REFINE_PX, h=_REFINE_PX)
        edge = edge + step
        coefficients, _ = fit(edge, weight)
        residual = fit.residual(edge, coefficients)
        scatter = np.sqrt(np.sum(weight * residual**2, axis=1) / np.maximum(weight.sum(axis=1) - 4.0, 1.0))
        if round_ == 0:
            weight = weight / (1.0 + (residual / (3.0 * scatter[:, None] + 1e-12)) ** 2)
    sigma = scatter * np.sqrt(2.0 * _NOISE_CORRELATION / curvature)
    inside = np.clip(np.searchsorted(s, edge - 2.0), 0, len(s) - 1)
    amplitude = np.sum(coefficients[:, 1:] * fit.laws(edge)[index, :, inside], axis=1)
    signal_to_noise = amplitude / (2.0 * scatter * np.sqrt(_NOISE_CORRELATION / len(s)) + 1e-12)
    return edge, sigma, amplitude, signal_to_noise


def _vertex(
    low: np.ndarray, mid: np.ndarray, high: np.ndarray, limit: float, *, h: float | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Minimum of the parabola through three costs `h` apart (`limit` by default), and its second derivative."""
    h = limit if h is None else h
    bend = np.maximum(low - 2.0 * mid + high, 1e-30)
    return np.clip(0.5 * h * (low - high) / bend, -limit, limit), bend / h**2

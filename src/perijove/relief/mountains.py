"""What rises above the limb: stretches of significant height, and which named mountain they may be."""

from dataclasses import dataclass

import numpy as np

from perijove.bodies.io_features import IO_FEATURES
from perijove.geometry.ellipsoid import surface_point_km
from perijove.relief.heights import LimbHeights
from perijove.relief.limb_points import limb_axes

__all__ = ["MOUNTAIN_KINDS", "Candidate", "Rise", "rises"]

MOUNTAIN_KINDS = ("mons", "mensa", "tholus", "planum")
"""Kinds of features that stand above their surroundings."""

_CLEAR_SIGMAS, _EDGE_SIGMAS = 5.0, 2.5  # at the top, and where a stretch ends
_LEAST_KM = 1.0  # the ellipsoid itself is good to some hundred metres (Thomas et al. 1998)
_LEAST_PLACES = 2
_AROUND_KM = 120.0  # on both sides, of the ground that a rise is compared with
_SMEAR = 0.1  # of the second difference of heights: what 3 px of an edge and 3 px of a place take off a top
_HIGHEST_KM = 18.0  # see `limb_points`
_UNSURE_SIGMAS = 2.0  # of the place, for a name


@dataclass(frozen=True)
class Candidate:
    """A named feature that may be what rises.

    Attributes
    ----------
    name, kind : str
    beyond_km : float
        How far its middle lies behind the limb's plane, positive away from the observer.
    beside_km : float
        How far along the limb from the top, positive towards larger azimuths.
    height_km : float
        Of the top, if it stands over that middle: ground x km before or behind the limb shows x²/2R lower.
    """

    name: str
    kind: str
    beyond_km: float
    beside_km: float
    height_km: float


@dataclass(frozen=True)
class Rise:
    """A stretch of the limb that stands significantly above the ellipsoid.

    Attributes
    ----------
    first, last, top : int
        Places in the heights.
    height_km, sigma_km : float
        At the top, above the ellipsoid, with the standard error in all. It is a lower bound of what stands there: see
        `Candidate.height_km`.
    relative_km, relative_sigma_km : float
        The same above the median of 120 km of limb on either side, which the poses hardly touch; NaN where there is
        none.
    width_km : float
        Of the stretch, along the limb.
    significance : float
        Height over standard error.
    candidates : tuple of Candidate
        The nearest first.
    """

    first: int
    last: int
    top: int
    height_km: float
    sigma_km: float
    relative_km: float
    relative_sigma_km: float
    width_km: float
    significance: float
    candidates: tuple[Candidate, ...]


def rises(heights: LimbHeights, *, position_km: np.ndarray, radii_km: np.ndarray) -> list[Rise]:
    """Find what stands above the limb.

    Parameters
    ----------
    heights : LimbHeights
    position_km : array, shape (3,)
        Observer in mid-picture, body-fixed.
    radii_km : array, shape (3,)

    Returns
    -------
    list of Rise
        In the order of azimuth. A rise is two places or more in a row that stand 2.5 standard errors and 1 km above the
        ellipsoid, one of them 5 standard errors. Plains that stand higher than the ellipsoid over hundreds of
        kilometres are told as one rise.

    Notes
    -----
    A place averages three pixels of limb over lines that are three pixels wide together. A parabola loses a tenth of
    the second difference of the heights by that. It is added to the top's height, and half of it to its error.
    """
    sigma = heights.sigma_km
    high = (heights.height_km > np.maximum(_EDGE_SIGMAS * sigma, _LEAST_KM)).astype(int)
    found: list[Rise] = []
    for run in heights.runs():
        flags = np.concatenate([[0], high[run], [0]])
        starts, ends = np.flatnonzero(np.diff(flags) == 1), np.flatnonzero(np.diff(flags) == -1)
        for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
            part = run[start:end]
            clear = (heights.height_km[part] > _CLEAR_SIGMAS * sigma[part]).any()
            if len(part) >= _LEAST_PLACES and clear:
                found.append(_rise(heights, run, (start, end), position_km, radii_km))
    return found


def _rise(
    heights: LimbHeights, run: np.ndarray, stretch: tuple[int, int], position_km: np.ndarray, radii_km: np.ndarray
) -> Rise:
    """One rise, from its stretch of a run of places."""
    start, end = stretch
    height, sigma = heights.height_km[run], heights.sigma_km[run]
    at = start + int(np.argmax((height - sigma)[start:end]))  # not a place that stands high because it errs
    lost = 0.0
    if 0 < at < len(run) - 1:
        lost = _SMEAR * max(0.0, 2.0 * float(height[at]) - float(height[at - 1]) - float(height[at + 1]))
    top = int(run[at])
    total = float(height[at]) + lost
    error = float(np.hypot(sigma[at], 0.5 * lost))
    reach = max(1, round(_AROUND_KM / heights.bin_km))
    around = np.concatenate([run[max(0, start - reach) : start], run[end : end + reach]])
    relative, relative_error = float("nan"), float("nan")
    if len(around) >= reach // 2:
        base = float(np.median(heights.height_km[around]))
        by_poses = np.linalg.norm(heights.pose_km[top] - heights.pose_km[around].mean(axis=0))
        spread = 1.25 * np.std(heights.height_km[around]) / np.sqrt(max(1.0, len(around) / 5.0))
        relative = total - base
        relative_error = float(np.sqrt(heights.edge_sigma_km[top] ** 2 + by_poses**2 + spread**2 + 0.25 * lost**2))
    return Rise(
        first=int(run[start]),
        last=int(run[end - 1]),
        top=top,
        height_km=total,
        sigma_km=error,
        relative_km=relative,
        relative_sigma_km=relative_error,
        width_km=(end - start) * heights.bin_km,
        significance=total / error,
        candidates=_candidates(heights, top, total, position_km, radii_km),
    )


def _candidates(
    heights: LimbHeights, top: int, height_km: float, position_km: np.ndarray, radii_km: np.ndarray
) -> tuple[Candidate, ...]:
    """Named mountains whose middle lies on the sight that passes a top, as far as one that high could."""
    foot = heights.foot_km[top]
    up = foot / np.linalg.norm(foot)
    beside, away = limb_axes(foot, position_km)
    unsure = heights.place_sigma_km[top]
    found: list[tuple[float, Candidate]] = []
    for feature in IO_FEATURES.values():
        if feature.kind not in MOUNTAIN_KINDS:
            continue
        point = surface_point_km(feature.lat_deg, feature.lon_east_deg, radii_km)
        x, y, radius = float(point @ away), float(point @ beside), float(np.linalg.norm(foot))
        half = 0.5 * (feature.diameter_km or 0.0)
        if point @ up < 0.0 or abs(y) > half + heights.bin_km + _UNSURE_SIGMAS * unsure[0]:
            continue
        near = max(0.0, abs(x) - half - _UNSURE_SIGMAS * unsure[1])  # of its ground that the sight can pass
        if height_km + near**2 / (2.0 * radius) <= _HIGHEST_KM:
            full = height_km + x**2 / (2.0 * radius)
            found.append((float(np.hypot(x, y)), Candidate(feature.name, feature.kind, x, y, full)))
    return tuple(candidate for _, candidate in sorted(found, key=lambda pair: pair[0]))

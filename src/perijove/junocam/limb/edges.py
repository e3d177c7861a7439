"""The limb in the picture: where, across the predicted limb, brightness falls to the sky.

Along lines that cross the predicted limb at right angles the picture is sampled, neighbouring lines are averaged, and
the edge is found by `limb_profiles`. The sunlit side is used, and the side that Jupiter lights.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

import numpy as np

from perijove.geometry.limb import LimbEllipse, limb_ellipse
from perijove.junocam.limb.profiles import fit_profiles, limb_templates
from perijove.scene.shot import Shot

__all__ = ["LimbEdges", "LimbProfiles", "find_limb_edges", "sample_limb"]

_ROUGH_COUNT = 128  # limb points that tell whether a strip holds any limb
_STEP_PX = 0.5  # spacing of samples across the limb
_SUNLIT_GROUP = 3  # neighbouring lines, one pixel apart, averaged into one profile
# The Jupiter-lit limb is a hundred times fainter: nine lines leave it at five to ten times its noise. They must do
# where hardly any of it is sunlit, lest too few points are left.
_NIGHT_GROUP, _NIGHT_GROUP_ALONE = 27, 9
_MIN_COSINE = 0.12  # below, the terminator is too near
_DARK_COSINE = -0.08  # the Sun is so far below the horizon where Jupiter's light is looked for
_MIN_SIGNAL_TO_NOISE = 6.0
_MAX_SIGMA_PX, _MAX_NIGHT_SIGMA_PX = 0.2, 0.3  # where an edge is told worse, patches of the ground decide
_ENOUGH_POINTS = 20
_THREADS = 2
_STAGE_PX = 1.0  # of a full-resolution picture: a stage lasts as long as the scene takes for a row
_TO_JUPITER = np.array([1.0, 0.0, 0.0])  # of a synchronous moon, to 0.5 deg


@dataclass(frozen=True)
class LimbEdges:
    """Measured limb points.

    Attributes
    ----------
    framelet : array of int, shape (n,)
        Index into the file.
    xy : array, shape (n, 2)
        Pixel coordinates of the edge in its framelet.
    sigma_px : array, shape (n,)
        Standard error across the limb, from the residuals of the profile.
    offset_px : array, shape (n,)
        Distance of the edge from the predicted limb, positive outwards.
    azimuth_deg : array, shape (n,)
        Angle about the disc centre in the picture, from +x towards +y.
    sunlit : array of bool, shape (n,)
        False where Jupiter lights the limb.
    amplitude : array, shape (n,)
        Brightness of the disc two pixels inside the edge, above the sky.
    """

    framelet: np.ndarray
    xy: np.ndarray
    sigma_px: np.ndarray
    offset_px: np.ndarray
    azimuth_deg: np.ndarray
    sunlit: np.ndarray
    amplitude: np.ndarray

    def __len__(self) -> int:
        """Number of points."""
        return len(self.framelet)

    def chosen(self, keep: np.ndarray) -> "LimbEdges":
        """Return the points where `keep` holds."""
        return LimbEdges(*(getattr(self, name)[keep] for name in self.__dataclass_fields__))


def _bilinear(image: np.ndarray, valid: np.ndarray, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Interpolate at pixel coordinates; weight 0 where any of the four pixels is invalid or outside."""
    fx, fy = x - 0.5, y - 0.5
    j, i = np.floor(fx).astype(int), np.floor(fy).astype(int)
    rows, columns = image.shape
    inside = (j >= 0) & (i >= 0) & (j < columns - 1) & (i < rows - 1)
    j, i = np.where(inside, j, 0), np.where(inside, i, 0)
    dx, dy = fx - j, fy - i
    value = (1 - dy) * ((1 - dx) * image[i, j] + dx * image[i, j + 1]) + dy * (
        (1 - dx) * image[i + 1, j] + dx * image[i + 1, j + 1]
    )
    good = inside & valid[i, j] & valid[i, j + 1] & valid[i + 1, j] & valid[i + 1, j + 1]
    return np.where(good, value, 0.0), good.astype(float)


@dataclass(frozen=True)
class LimbProfiles:
    """Brightness along lines across the predicted limb, all framelets together.

    Attributes
    ----------
    s : array, shape (samples,)
        Distance outwards from the predicted limb, pixels.
    value, weight : array, shape (n, samples)
    framelet : array of int, shape (n,)
    xy, normal : array, shape (n, 2)
        Predicted limb and outward normal, pixels.
    centre : array, shape (n, 2)
        Disc centre in that framelet; NaN where it has no pixel.
    cos_source, cos_source_observer, radius_px, focal_length_px : array, shape (n,)
        Lighting and size, as `limb_templates` takes them.
    sunlit : array of bool, shape (n,)
    smear_px : float
        How far the scene moves along the rows before charge is moved after it.
    reach_px : float
    """

    s: np.ndarray
    value: np.ndarray
    weight: np.ndarray
    framelet: np.ndarray
    xy: np.ndarray
    normal: np.ndarray
    centre: np.ndarray
    cos_source: np.ndarray
    cos_source_observer: np.ndarray
    radius_px: np.ndarray
    focal_length_px: np.ndarray
    sunlit: np.ndarray
    smear_px: float
    reach_px: float

    def __len__(self) -> int:
        """Number of lines."""
        return len(self.framelet)

    def chosen(self, keep: np.ndarray) -> "LimbProfiles":
        """Return the lines where `keep` holds."""
        whole = ("s", "smear_px", "reach_px")
        fields = {n: getattr(self, n) if n in whole else getattr(self, n)[keep] for n in self.__dataclass_fields__}
        return LimbProfiles(**fields)

    def thinned(self, count: int) -> "LimbProfiles":
        """Return every so many lines: all below twice `count`, else from `count` to twice as many."""
        return self.chosen(np.arange(0, len(self), max(1, len(self) // count)))


@dataclass(frozen=True)
class _Lines:
    """Lines across the predicted limb of one framelet, about one pixel apart: where, whither, and how it is lit."""

    xy: np.ndarray
    normal: np.ndarray
    surface_normal: np.ndarray
    to_observer: np.ndarray
    radius_px: float


def _limb_pixels(shot: Shot, framelet: int, limb: LimbEllipse, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Points of the limb, body-fixed, and their pixel coordinates."""
    points = limb.points_km(np.linspace(0.0, 360.0, count, endpoint=False))
    return points, shot.xy(framelet, points)


def _crossing_lines(shot: Shot, framelet: int, reach_px: float) -> _Lines | None:
    """Lines all around the limb, or None where none comes near the strip; NaN where the camera does not look."""
    camera, position_km, radii_km = shot.cameras[framelet], shot.pose(framelet).position_km, shot.radii_km
    distance = float(np.linalg.norm(position_km))
    focal = camera.focal_length_px / camera.summing
    sine = min(float(np.mean(radii_km)) / distance, 0.999)
    circumference = 2.0 * np.pi * focal * sine / np.sqrt(1.0 - sine * sine)
    limb = limb_ellipse(position_km, radii_km=radii_km)
    _, rough = _limb_pixels(shot, framelet, limb, _ROUGH_COUNT)
    with np.errstate(invalid="ignore"):
        if not camera.contains(rough, margin_px=-(2.0 * circumference / _ROUGH_COUNT + reach_px)).any():
            return None
    count = int(np.clip(2.0 * np.pi * focal * sine, 48, 20000))
    points, xy = _limb_pixels(shot, framelet, limb, count)
    tangent = np.roll(xy, -1, axis=0) - np.roll(xy, 1, axis=0)
    normal = np.stack([tangent[:, 1], -tangent[:, 0]], axis=-1)
    normal /= np.linalg.norm(normal, axis=1, keepdims=True)
    surface_normal = points / radii_km**2
    surface_normal /= np.linalg.norm(surface_normal, axis=1, keepdims=True)
    outward = shot.xy(framelet, points + 1e-4 * distance * surface_normal) - xy
    normal *= np.sign(np.sum(normal * outward, axis=1))[:, None]
    to_observer = position_km - points
    to_observer /= np.linalg.norm(to_observer, axis=1, keepdims=True)
    return _Lines(xy, normal, surface_normal, to_observer, focal * sine / float(np.sqrt(1.0 - sine * sine)))


def _groups(lines: np.ndarray, size: int) -> np.ndarray:
    """Cut runs of consecutive numbers into groups of `size`, shape (groups, size); what is left over is dropped."""
    if len(lines) < size:
        return np.empty((0, size), dtype=int)
    runs = np.split(lines, np.flatnonzero(np.diff(lines) != 1) + 1)
    return np.concatenate([run[: len(run) // size * size].reshape(-1, size) for run in runs])


def sample_limb(
    brightness: np.ndarray,
    valid: np.ndarray,
    shot: Shot,
    *,
    reach_px: float,
    night_side: bool,
) -> LimbProfiles:
    """Sample brightness across the predicted limb in all framelets.

    Parameters
    ----------
    brightness : array, shape (framelets, rows, columns)
        Calibrated brightness, any linear unit.
    valid : array of bool, same shape
        False for pixels that must not count.
    shot : Shot
        With predicted poses.
    reach_px : float
        Half length of the lines across the limb.
    night_side : bool
        Also sample the limb away from the Sun, where Jupiter lights it.
    """
    s = np.arange(-reach_px, reach_px + 1e-9, _STEP_PX)

    def sampled(index: int, night_group: int | None = None) -> list[tuple[np.ndarray, ...]]:
        """One framelet: its sunlit limb, or that of the night with so many lines to a point."""
        found: list[tuple[np.ndarray, ...]] = []
        camera = shot.cameras[index]
        sun = shot.pose(index).sun
        lines = crossing[index]
        if lines is None:
            return found
        xy = lines.xy
        first, last = camera.lit_columns_px
        with np.errstate(invalid="ignore"):
            here = (xy[:, 0] > first) & (xy[:, 0] < last) & (xy[:, 1] > 0.0) & (xy[:, 1] < camera.rows)
        centre = shot.center_px(index)
        by_sun = lines.surface_normal @ sun
        sunlit = night_group is None
        if night_group is None:
            side, group, source = by_sun > _MIN_COSINE, _SUNLIT_GROUP, sun
        else:
            side = (by_sun < _DARK_COSINE) & (lines.surface_normal @ _TO_JUPITER > _MIN_COSINE)
            group, source = night_group, _TO_JUPITER
        members = _groups(np.flatnonzero(here & side), group)
        if len(members):
            at = xy[members][:, :, None, :] + s[None, None, :, None] * lines.normal[members][:, :, None, :]
            value, weight = _bilinear(brightness[index], valid[index], at[..., 0], at[..., 1])
            total = weight.sum(axis=1)
            inner = (total[:, s < -1.0] > 0).sum(axis=1) >= reach_px - 1.0
            outer = (total[:, s > 1.0] > 0).sum(axis=1) >= reach_px - 1.0
            usable = inner & outer
            middle = members[usable, group // 2]
            one = np.ones(len(middle))
            found.append(
                (
                    (value * weight).sum(axis=1)[usable] / np.maximum(total[usable], 1.0),
                    total[usable] / group,
                    np.full(len(middle), index),
                    xy[middle],
                    lines.normal[middle],
                    centre * one[:, None],
                    lines.surface_normal[middle] @ source,
                    lines.to_observer[middle] @ source,
                    lines.radius_px * one,
                    camera.focal_length_px / camera.summing * one,
                    np.full(len(middle), sunlit),
                )
            )
        return found

    with ThreadPoolExecutor(_THREADS) as pool:  # numpy lets the other thread run for most of the time
        framelets = range(len(shot.cameras))
        crossing = list(pool.map(lambda index: _crossing_lines(shot, index, reach_px), framelets))
        found = [part for parts in pool.map(sampled, framelets) for part in parts]
        if night_side:
            alone = sum(len(part[2]) for part in found) < _ENOUGH_POINTS
            grouped = partial(sampled, night_group=_NIGHT_GROUP_ALONE if alone else _NIGHT_GROUP)
            found += [part for parts in pool.map(grouped, framelets) for part in parts]
    smear_px = _STAGE_PX / shot.cameras[0].summing
    if not found:
        none, pairs, rows = np.empty(0), np.empty((0, 2)), np.empty((0, len(s)))
        integers, flags = np.empty(0, dtype=int), np.empty(0, dtype=bool)
        lines = rows, rows, integers, pairs, pairs, pairs, none, none, none, none, flags
        return LimbProfiles(s, *lines, smear_px, reach_px)
    columns = [np.concatenate(parts) for parts in zip(*found, strict=True)]
    fields = dict(zip(list(LimbProfiles.__dataclass_fields__)[1:-2], columns, strict=True))
    return LimbProfiles(s=s, smear_px=smear_px, reach_px=reach_px, **fields)


def find_limb_edges(profiles: LimbProfiles, *, psf_sigma_px: float) -> LimbEdges:
    """Edge of each profile.

    Parameters
    ----------
    profiles : LimbProfiles
    psf_sigma_px : float
        Gaussian blur along the columns, of optics, pixels and interpolation together. Along the rows the scene's
        motion comes on top: a box `LimbProfiles.smear_px` long, of which the normal has its part. With a round blur
        edges across the rows would lie 0.05 px farther out than those across the columns.

    Returns
    -------
    LimbEdges
        Only points with a clear edge: amplitude six times its noise, standard error below 0.2 px
        (0.3 by night, more for long lines), not farther than the reach less 3 px from the prediction. By night all
        points of a framelet have the standard error usual among them; without 20 sunlit ones beside them each has its
        own, and faint ones lie 0.1 to 0.3 px inside the limb.
    """
    if not len(profiles):
        none = np.empty(0)
        return LimbEdges(none.astype(int), np.empty((0, 2)), none, none, none, none.astype(bool), none)
    p, limit = profiles, profiles.reach_px - 3.0
    templates = limb_templates(
        p.cos_source,
        p.cos_source_observer,
        p.radius_px,
        p.focal_length_px,
        sigma_px=np.sqrt(psf_sigma_px**2 + (p.smear_px * p.normal[:, 1]) ** 2 / 12.0),
        depth_px=2.0 * p.reach_px,
    )
    edge, sigma, amplitude, snr = fit_profiles(p.s, p.value, p.weight, templates, reach_px=limit)
    found = (snr > _MIN_SIGNAL_TO_NOISE) & (np.abs(edge) < limit) & (amplitude > 0)
    most = np.where(p.sunlit, _MAX_SIGMA_PX, _MAX_NIGHT_SIGMA_PX) * max(1.0, p.reach_px / 8.0)
    sigma = _usual_by_night(sigma, p)
    clear = found & (sigma < most)
    edge_xy = p.xy + edge[:, None] * p.normal
    spoke = np.where(np.isfinite(p.centre), edge_xy - p.centre, p.normal)
    azimuth = np.degrees(np.arctan2(spoke[:, 1], spoke[:, 0]))
    return LimbEdges(p.framelet, edge_xy, sigma, edge, azimuth, p.sunlit, amplitude).chosen(clear)


def _usual_by_night(sigma_px: np.ndarray, profiles: LimbProfiles) -> np.ndarray:
    """Standard errors; by night the median of each framelet, unless little else is there than the night.

    Where an edge is as good as its noise, noise that puts it inwards makes it look sharp. Points chosen or weighed by
    their own errors would then lie 0.2 px inside the limb.
    """
    usual = sigma_px.copy()
    if np.count_nonzero(profiles.sunlit) < _ENOUGH_POINTS:
        return usual
    for framelet in np.unique(profiles.framelet[~profiles.sunlit]):
        here = ~profiles.sunlit & (profiles.framelet == framelet)
        usual[here] = np.median(sigma_px[here])
    return usual

"""What ground a framelet shows, and what ground an observer sees: outlines, traced exactly.

Dividing by the radii makes the body a unit sphere. What an observer sees of it is a cap, bounded by the limb; what the
Sun lights is a hemisphere, bounded by the terminator. A framelet shows what lies both within its strip and on the
disc, so its outline is made of pieces of the strip's border, where rays meet the ground, and pieces of the limb
between them. Outlines run counterclockwise as seen from outside: what they enclose lies to the left.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from perijove.geometry.illumination import emission_deg, incidence_deg
from perijove.geometry.limb import LimbEllipse, limb_ellipse
from perijove.geometry.rings import cut_ring
from perijove.geometry.rotations import unit
from perijove.scene.shot import Shot

__all__ = ["Footprint", "SeenSurface", "disc_outline", "framelet_footprints", "lit_disc_outline"]

_BORDER_STEP_PX = 16.0
_SIDE_DEG = 1.0  # longest side of an outline, as an angle at the body's centre
_HALVINGS = 60
_REFINEMENTS = 24
_INSIDE_STEP_PX = 16


@dataclass(frozen=True)
class SeenSurface:
    """Least, mean and greatest value of a quantity over the ground that a framelet shows, by its pixels."""

    least: float
    mean: float
    most: float


@dataclass(frozen=True)
class Footprint:
    """Ground that one framelet shows.

    Attributes
    ----------
    framelet, frame : int
        Position of the framelet in the file, and of its frame in the view, both counted from 0.
    filter_name : str
        Filter.
    time_tdb : float
        Mid-exposure, TDB seconds past J2000.
    outlines_km : tuple of array, shape (n, 3)
        Rings of ground points, body-fixed, km; open (the last corner is joined to the first). Nearly always one.
    whole_disc : bool
        Whether the framelet holds all of the limb.
    range_km, resolution_km, emission_deg, incidence_deg : SeenSurface
        Distance from the camera, size of a pixel across the line of sight there, angles on the ground.
    """

    framelet: int
    frame: int
    filter_name: str
    time_tdb: float
    outlines_km: tuple[np.ndarray, ...]
    whole_disc: bool
    range_km: SeenSurface
    resolution_km: SeenSurface
    emission_deg: SeenSurface
    incidence_deg: SeenSurface

    def polygons_deg(self) -> list[np.ndarray]:
        """Outlines as polygons of east longitude and latitude, cut at 180 deg; see `geometry.rings.cut_ring`."""
        return [polygon for outline in self.outlines_km for polygon in cut_ring(outline)]


def framelet_footprints(shot: Shot) -> list[Footprint]:
    """Footprints of all framelets that show ground.

    Parameters
    ----------
    shot : Shot
        Pixels count where the cameras' columns see light.

    Returns
    -------
    list of Footprint
        In the order of the framelets; those that look past the body are left out.

    Notes
    -----
    Every corner lies on the ellipsoid, and on the strip's border or on the limb, to rounding. Corners stand at most
    1 deg apart on the ground; sides between them are straight on no map, and stray from the true outline by up to
    0.07 km. Sides of the border that leave the disc and come back within 16 pixels are not noticed.
    """
    found = []
    for index in range(len(shot)):
        strip = _Strip(shot, index)
        outlines, whole = strip.outlines_km()
        if outlines:
            found.append(_described(strip, outlines, whole_disc=whole))
    return found


def disc_outline(position_km: ArrayLike, radii_km: ArrayLike) -> np.ndarray:
    """Limb as an outline of what an observer sees, shape (n, 3), km.

    Parameters
    ----------
    position_km : array, shape (3,)
        Observer, body-fixed, km; outside the body.
    radii_km : array, shape (3,)
        Semi-axes, km.
    """
    ellipse = limb_ellipse(position_km, radii_km=radii_km)
    return _limb_arc(ellipse, np.asarray(radii_km, dtype=float), 0.0, -360.0)[:-1]


def lit_disc_outline(position_km: ArrayLike, sun: ArrayLike, radii_km: ArrayLike) -> np.ndarray | None:
    """Outline of the sunlit ground that an observer sees, shape (n, 3), km; None where all he sees lies in night.

    Parameters
    ----------
    position_km : array, shape (3,)
        Observer, body-fixed, km; outside the body.
    sun : array, shape (3,)
        Direction of the Sun, taken as infinitely far and as a point (its disc spreads the terminator by 0.1 deg).
    radii_km : array, shape (3,)
        Semi-axes, km.

    Notes
    -----
    On the unit sphere the limb is the circle q · P = 1 and the terminator the great circle q · s = 0. They meet at the
    two points c P + d (s × P) turned across s, or not at all. Jupiter's shadow is not considered.
    """
    radii = np.asarray(radii_km, dtype=float)
    pole, light = np.asarray(position_km, dtype=float) / radii, unit(np.asarray(sun, dtype=float) / radii)
    ellipse = limb_ellipse(position_km, radii_km=radii)
    across = pole - (pole @ light) * light
    distance = float(np.linalg.norm(across))
    if distance <= 1.0:  # the terminator's own circle stays outside the cap
        return disc_outline(position_km, radii) if pole @ light > 0.0 else None
    toward, aside = across / distance, np.cross(light, across / distance)
    half = float(np.degrees(np.arccos(1.0 / distance)))

    def terminator(angle_deg: np.ndarray) -> np.ndarray:
        angle = np.radians(angle_deg)[..., None]
        return np.asarray((np.cos(angle) * toward + np.sin(angle) * aside) * radii)

    # With the Sun at the pole, the cap's part of the terminator is walked eastwards, lit ground to the left; then the
    # limb closes the ring, counterclockwise as the observer sees it.
    day = _refined(terminator, np.linspace(-half, half, 9))
    start, end = (_limb_azimuth_deg(ellipse, radii, point) for point in (day[-1], day[0]))
    return np.concatenate([day[:-1], _limb_arc(ellipse, radii, start, start - float(np.mod(start - end, 360.0)))[:-1]])


class _Strip:
    """A strip above the body: its border as a curve, and what of it meets the ground."""

    def __init__(self, shot: Shot, framelet: int) -> None:
        self.shot, self.framelet, self.camera = shot, framelet, shot.cameras[framelet]
        self.pose, self.radii_km = shot.pose(framelet), shot.radii_km
        left, right = self.camera.lit_columns_px
        # Counterclockwise to the eye: down the left side, along the bottom, up the right side. Rows count downwards.
        self.corners = np.array([[left, 0.0], [left, self.camera.rows], [right, self.camera.rows], [right, 0.0]])
        sides = np.linalg.norm(np.roll(self.corners, -1, axis=0) - self.corners, axis=1)
        self.ends = np.concatenate([[0.0], np.cumsum(sides)])
        self.limb = limb_ellipse(self.pose.position_km, radii_km=self.radii_km)

    def pixels(self, along: ArrayLike) -> np.ndarray:
        """Pixel coordinates of the border at a length along it, px."""
        at = np.mod(np.asarray(along, dtype=float), self.ends[-1])
        closed = np.concatenate([self.corners, self.corners[:1]])
        return np.stack([np.interp(at, self.ends, closed[:, i]) for i in range(2)], axis=-1)

    def depth(self, along: ArrayLike) -> np.ndarray:
        """Positive where the border's ray meets the ground ahead, zero where it grazes."""
        ray = unit(self.shot.rays(self.framelet, self.pixels(along)) / self.radii_km)
        origin = self.pose.position_km / self.radii_km
        cross = np.cross(origin, ray)
        return np.where(ray @ origin < 0.0, 1.0 - np.sum(cross * cross, axis=-1), -1.0)

    def ground_km(self, along: np.ndarray) -> np.ndarray:
        """Ground points of the border, km; NaN off the disc."""
        return self.shot.ground(self.framelet, self.pixels(along)).point_km

    def outlines_km(self) -> tuple[tuple[np.ndarray, ...], bool]:
        """Rings of what is both in the strip and on the disc, and whether that is all of the disc."""
        along = np.unique(np.concatenate([np.arange(0.0, self.ends[-1], _BORDER_STEP_PX), self.ends]))
        on_disc = self.depth(along) > 0.0
        changes = np.flatnonzero(on_disc[:-1] != on_disc[1:])
        if not len(changes):
            if on_disc.all():
                return (_refined(self.ground_km, along)[:-1],), False
            whole = self._holds_limb()
            return ((disc_outline(self.pose.position_km, self.radii_km),) if whole else ()), whole
        crossings = self._crossings(along[changes], along[changes + 1])
        enters = [k for k, i in enumerate(changes) if on_disc[i + 1]]
        azimuth = [self._grazing_azimuth_deg(at) for at in crossings]
        n, rings, open_starts = len(crossings), [], set(enters)
        while open_starts:
            first = start = min(open_starts)
            parts: list[np.ndarray] = []
            while True:
                open_starts.discard(start)
                leave = (start + 1) % n
                ends = (crossings[start], crossings[leave])
                parts.append(self._border_arc(along, ends, (azimuth[start], azimuth[leave])))
                # Along the limb, counterclockwise to the eye, to where the border comes in next.
                start = min(enters, key=lambda k: float(np.mod(azimuth[leave] - azimuth[k], 360.0)))
                turn = float(np.mod(azimuth[leave] - azimuth[start], 360.0))
                parts.append(_limb_arc(self.limb, self.radii_km, azimuth[leave], azimuth[leave] - turn)[1:-1])
                if start == first or start not in open_starts:
                    break
            rings.append(np.concatenate(parts))
        return tuple(rings), False

    def _holds_limb(self) -> bool:
        """Whether a point of the limb lies in the strip; with a border off the disc, then all of it does."""
        x, y = self.shot.xy(self.framelet, self.limb.points_km(0.0))
        return bool(self.corners[0, 0] < x < self.corners[2, 0] and 0.0 < y < self.camera.rows)

    def _crossings(self, before: np.ndarray, after: np.ndarray) -> np.ndarray:
        """Where between pairs of places the border grazes the body, to rounding."""
        side = self.depth(before) > 0.0
        for _ in range(_HALVINGS):
            middle = 0.5 * (before + after)
            same = (self.depth(middle) > 0.0) == side
            before, after = np.where(same, middle, before), np.where(same, after, middle)
        return np.asarray(0.5 * (before + after))

    def _grazing_azimuth_deg(self, along: float) -> float:
        """Azimuth of the limb point that a grazing ray touches."""
        ray = self.shot.rays(self.framelet, self.pixels(along)) / self.radii_km
        origin = self.pose.position_km / self.radii_km
        nearest = origin - (origin @ ray) / (ray @ ray) * ray
        return _limb_azimuth_deg(self.limb, self.radii_km, nearest * self.radii_km)

    def _border_arc(
        self, along: np.ndarray, ends: tuple[float, float], azimuths_deg: tuple[float, float]
    ) -> np.ndarray:
        """Ground points of the border from where it enters the disc to where it leaves it, with both limb points."""
        (enter, leave), length = ends, self.ends[-1]
        reach = float(np.mod(leave - enter, length))
        offsets = np.sort(np.mod(along - enter, length))
        offsets = offsets[(offsets > 0.0) & (offsets < reach)]
        inner = enter + offsets[self.depth(enter + offsets) > 0.0]
        limb_ends = self.limb.points_km(azimuths_deg)

        def ground(at: np.ndarray) -> np.ndarray:
            point = self.ground_km(at)
            point[at == enter], point[at == enter + reach] = limb_ends[0], limb_ends[1]
            return point

        return _refined(ground, np.concatenate([[enter], inner, [enter + reach]]))


def _limb_azimuth_deg(ellipse: LimbEllipse, radii: np.ndarray, point_km: np.ndarray) -> float:
    """Azimuth of a limb point: on the unit sphere the half-diameters are at right angles and of one length."""
    offset = (point_km - ellipse.center_km) / radii
    return float(np.degrees(np.arctan2(offset @ (ellipse.second_km / radii), offset @ (ellipse.first_km / radii))))


def _limb_arc(ellipse: LimbEllipse, radii: np.ndarray, start_deg: float, end_deg: float) -> np.ndarray:
    """Limb points between two azimuths, ends included; counterclockwise where the azimuth falls."""
    size = float(np.linalg.norm(ellipse.first_km / radii))
    steps = max(1, int(np.ceil(abs(end_deg - start_deg) * size / _SIDE_DEG)))
    return ellipse.points_km(np.linspace(start_deg, end_deg, steps + 1))


def _refined(curve: Callable[[np.ndarray], np.ndarray], at: np.ndarray) -> np.ndarray:
    """Points of a curve at places along it and at as many between them as the longest side asks for."""
    points = curve(at)
    for _ in range(_REFINEMENTS):
        away = unit(points)
        long = np.linalg.norm(np.diff(away, axis=0), axis=1) > np.radians(_SIDE_DEG)
        if not long.any():
            break
        between = (0.5 * (at[:-1] + at[1:]))[long]
        where = np.flatnonzero(long) + 1
        at, points = np.insert(at, where, between), np.insert(points, where, curve(between), axis=0)
    return points


def _described(strip: _Strip, outlines: tuple[np.ndarray, ...], *, whole_disc: bool) -> Footprint:
    """Footprint with its geometry: at pixel centres within it, and at the corners of its outlines."""
    camera, pose, (left, _), (right, bottom) = strip.camera, strip.pose, strip.corners[0], strip.corners[2]
    x = np.arange(left + 0.5, right, _INSIDE_STEP_PX / camera.summing)
    y = np.arange(0.5, bottom, _INSIDE_STEP_PX / camera.summing)
    pixels = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
    inside = strip.shot.ground(strip.framelet, pixels).point_km
    inside = inside[np.isfinite(inside[:, 0])]
    border = np.concatenate(outlines)
    ground = np.concatenate([inside, border])
    distance = np.linalg.norm(ground - pose.position_km, axis=-1)
    emission = emission_deg(ground, pose.position_km, radii_km=strip.radii_km)
    incidence = incidence_deg(ground, pose.sun, radii_km=strip.radii_km)
    used = len(inside) or len(ground)

    def seen(values: np.ndarray) -> SeenSurface:
        return SeenSurface(float(values.min()), float(values[:used].mean()), float(values.max()))

    return Footprint(
        framelet=strip.framelet,
        frame=int(strip.shot.frame_of_framelet[strip.framelet]),
        filter_name=camera.name,
        time_tdb=pose.time_tdb,
        outlines_km=outlines,
        whole_disc=whole_disc,
        range_km=seen(distance),
        resolution_km=seen(distance * camera.summing / camera.focal_length_px),
        emission_deg=seen(emission),
        incidence_deg=seen(incidence),
    )

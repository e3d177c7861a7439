"""Which named places an observer sees during passes, and where on the disc they stand then."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from perijove.bodies.io_features import IO_FEATURES, VOLCANIC_KINDS, IoFeature
from perijove.errors import InputError
from perijove.geometry.ellipsoid import surface_point_km
from perijove.geometry.rotations import unit
from perijove.passes.coverage import BestLooks, PassWindow, best_looks

__all__ = ["VOLCANOES", "FeatureLook", "feature_looks", "place_on_disc"]

VOLCANOES: tuple[IoFeature, ...] = tuple(f for f in IO_FEATURES.values() if f.kind in VOLCANIC_KINDS)
"""Named paterae and eruptive centres of Io."""


@dataclass(frozen=True)
class FeatureLook:
    """The sharpest look at the centre of a named place during a pass.

    Attributes
    ----------
    feature : IoFeature
        The place.
    pass_name : str
        Of the pass.
    time_tdb : float
        TDB seconds past J2000.
    range_km : float
        From the observer to the place.
    emission_deg, incidence_deg : float
        There.
    light : str
        ``sun``, ``night``, or ``shadow`` where it would be day but for Jupiter's shadow.
    least_emission_deg : float
        Of the steepest look during the pass.
    disc_radii : float
        Apparent distance from the disc's centre, in radii of the disc along that direction: 0 centre, 1 limb.
    position_angle_deg : float
        Direction from the disc's centre, from the body's north counterclockwise as the observer sees it, 0 to 360.
    """

    feature: IoFeature
    pass_name: str
    time_tdb: float
    range_km: float
    emission_deg: float
    incidence_deg: float
    light: str
    least_emission_deg: float
    disc_radii: float
    position_angle_deg: float


def place_on_disc(point_km: ArrayLike, position_km: ArrayLike, *, radii_km: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """Where on a body's disc an observer sees points.

    Parameters
    ----------
    point_km, position_km : array, shape (..., 3)
        Points, and the observer, outside the body; body-fixed, km.
    radii_km : array, shape (3,)
        Semi-axes, km.

    Returns
    -------
    disc_radii : array, shape (...)
        Distance from the disc's centre in a picture centred there (tangents of angles), over that of the limb in the
        same direction. The disc's centre is where the body's centre is.
    position_angle_deg : array, shape (...)
        From the body's north counterclockwise, 0 to 360; NaN at the disc's centre and for an observer over a pole.

    Notes
    -----
    Along c + t e, from the direction c of the centre across to e, the limb is where the scaled ray grazes the unit
    sphere: |d|² = |o × d|². As o is parallel to c this is a quadratic equation in t.
    """
    radii, position = np.asarray(radii_km, dtype=float), np.asarray(position_km, dtype=float)
    sight = np.asarray(point_km, dtype=float) - position
    ahead = -unit(position)
    depth = np.sum(sight * ahead, axis=-1)
    offset = sight / depth[..., None] - ahead
    tangent = np.linalg.norm(offset, axis=-1)
    across = unit(offset)
    o, c, e = position / radii, ahead / radii, across / radii
    cross = np.cross(o, e)
    square = np.sum(e * e, axis=-1) - np.sum(cross * cross, axis=-1)
    mixed, rest = np.sum(c * e, axis=-1), np.sum(c * c, axis=-1)
    limb = (-mixed - np.sqrt(mixed * mixed - square * rest)) / square
    north = np.array([0.0, 0.0, 1.0]) - ahead[..., 2:] * ahead
    left = np.cross(north, ahead)
    angle = np.degrees(np.arctan2(np.sum(across * left, axis=-1), np.sum(across * north, axis=-1)))
    return np.where(tangent > 0.0, tangent / limb, 0.0), np.mod(angle, 360.0)


def feature_looks(
    windows: Sequence[PassWindow],
    *,
    features: Sequence[IoFeature] = VOLCANOES,
    light: str = "any",
    max_emission_deg: float = 85.0,
) -> list[FeatureLook]:
    """Sharpest looks at named places of Io, pass by pass.

    Parameters
    ----------
    windows : sequence of PassWindow
        Passes of Io.
    features : sequence of IoFeature
        Places; paterae and eruptive centres by default. What counts is their centre.
    light, max_emission_deg
        As for `perijove.passes.coverage.best_looks`.

    Returns
    -------
    list of FeatureLook
        In the order of the passes, sharpest look first; places that are not seen are left out.

    Raises
    ------
    InputError
        If a pass is not of Io.
    """
    other = [window.vantage.body for window in windows if window.vantage.body != "IO"]
    if other:
        raise InputError(f"named places are known of Io only, not of {other[0].capitalize()}")
    lat, lon = (np.array([getattr(f, name) for f in features]) for name in ("lat_deg", "lon_east_deg"))
    found: list[FeatureLook] = []
    for window in windows:
        radii = window.vantage.radii_km
        points = surface_point_km(lat, lon, radii)
        looks = best_looks(points, [window], light=light, max_emission_deg=max_emission_deg)
        disc, angle = place_on_disc(points, window.position_at_km(looks.time_tdb), radii_km=radii)
        order = np.argsort(looks.stretched_range_km)
        found.extend(
            FeatureLook(
                feature=features[i],
                pass_name=window.name,
                time_tdb=float(looks.time_tdb[i]),
                range_km=float(looks.range_km[i]),
                emission_deg=float(looks.emission_deg[i]),
                incidence_deg=float(looks.incidence_deg[i]),
                light=_light_of(looks, i, light),
                least_emission_deg=float(looks.least_emission_deg[i]),
                disc_radii=float(disc[i]),
                position_angle_deg=float(angle[i]),
            )
            for i in order[: int(looks.seen.sum())].tolist()
        )
    return found


def _light_of(looks: BestLooks, index: int, wanted: str) -> str:
    """Light of a look. One at sunset, where the wanted light begins or ends, counts as what was wanted."""
    if wanted == "sun":
        return "sun"
    if looks.incidence_deg[index] >= 90.0:
        return "night"
    if looks.in_shadow[index]:
        return "shadow"
    return "night" if wanted == "night" else "sun"

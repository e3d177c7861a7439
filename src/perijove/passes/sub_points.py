"""Points below the observer and below the Sun, with light time and aberration as SPICE's ``subpnt`` and ``subslr``."""

from dataclasses import dataclass

import numpy as np

from perijove.ephemeris.apparent import Correction, EvenPath, aberration_km, light_time_s
from perijove.ephemeris.source import Ephemeris
from perijove.geometry.ellipsoid import nearest_point_km, outward_normal
from perijove.geometry.rotations import angle_between_deg, length

__all__ = ["SubPoint", "TurningBody", "incidence_deg", "sub_observer_point", "sub_solar_point"]


@dataclass(frozen=True)
class TurningBody:
    """An ellipsoid on its way, turning about its z axis, at one time for each epoch and shortly before and after.

    Attributes
    ----------
    path : EvenPath
        Of its centre.
    turn : array, shape (n, 3, 3)
        From the ICRF into the body-fixed frame, at the times of `path`.
    spin : array, shape (n,)
        rad/s. The pole is taken to rest while light crosses the body: it moves by less than 1e-11 rad.
    radii_km : array, shape (3,)
        Semi-axes.
    """

    path: EvenPath
    turn: np.ndarray
    spin: np.ndarray
    radii_km: np.ndarray

    @classmethod
    def of(cls, ephemeris: Ephemeris, body: str, tdb: np.ndarray, radii_km: np.ndarray) -> "TurningBody":
        """Body by its NAIF name, around times of shape (n,)."""
        turn, rate = ephemeris.frame_rotation(f"IAU_{body}", tdb)
        spin = np.einsum("nj,nj->n", rate[:, 0], turn[:, 1])
        return cls(EvenPath.of(ephemeris, body, tdb), turn, spin, radii_km)

    def fixed(self, vector: np.ndarray, tdb: np.ndarray) -> np.ndarray:
        """Body-fixed coordinates at a time of ICRF vectors, shape (n, 3)."""
        at_first = np.einsum("nij,nj->ni", self.turn, vector)
        angle = self.spin * (tdb - self.path.tdb)
        cosine, sine = np.cos(angle), np.sin(angle)
        x, y, z = at_first.T
        return np.stack([cosine * x + sine * y, cosine * y - sine * x, z], axis=-1)

    def surface_velocity(self, point_km: np.ndarray, tdb: np.ndarray) -> np.ndarray:
        """Velocity of surface points from the barycentre of the solar system, body-fixed axes, km/s, shape (n, 3)."""
        x, y, _ = point_km.T
        turning = np.stack([-self.spin * y, self.spin * x, np.zeros_like(x)], axis=-1)
        return np.asarray(self.fixed(self.path.state[:, 3:], tdb) + turning)


@dataclass(frozen=True)
class SubPoint:
    """A point of the surface and the observer above it.

    Attributes
    ----------
    point_km, offset_km : array, shape (n, 3)
        The point, and the observer's apparent place, body-fixed.
    epoch_tdb : array, shape (n,)
        When the light left the point.
    """

    point_km: np.ndarray
    offset_km: np.ndarray
    epoch_tdb: np.ndarray

    @property
    def distance_km(self) -> np.ndarray:
        """From the observer to the point, shape (n,)."""
        return length(self.offset_km - self.point_km)


def sub_observer_point(
    body: TurningBody,
    here: np.ndarray,
    tdb: np.ndarray,
    first_offset_km: np.ndarray,
    correction: Correction,
    *,
    intercept: bool = False,
) -> SubPoint:
    """Point of a body below the observer.

    Parameters
    ----------
    body : TurningBody
        Around the time when the light left its centre.
    here : array, shape (n, 6)
        Observer from the barycentre of the solar system at `tdb`, ICRF.
    tdb : array, shape (n,)
        Time at the observer.
    first_offset_km : array, shape (n, 3)
        Observer from the body's centre as seen, body-fixed; where the iteration begins.
    correction : Correction
        Applied for the point, not for the body's centre.
    intercept : bool
        Where the line to the body's centre meets the surface, instead of the nearest point of the surface.

    Returns
    -------
    SubPoint
        SPICE's ``subpnt`` with ``NEAR POINT/ELLIPSOID`` or ``INTERCEPT/ELLIPSOID``.
    """

    def below(offset: np.ndarray) -> np.ndarray:
        if intercept:
            return np.asarray(offset / length(offset / body.radii_km)[:, None])
        return nearest_point_km(offset, radii_km=body.radii_km)

    offset, epoch = first_offset_km, tdb
    point = below(offset)
    for _ in range(correction.steps):
        epoch = tdb - light_time_s(offset - point)
        offset = body.fixed(here[:, :3] - body.path.at(epoch), epoch)
        if correction.stellar:
            offset = offset - aberration_km(point - offset, body.fixed(here[:, 3:], epoch))
        point = below(offset)
    if correction.steps:
        epoch = tdb - light_time_s(offset - point)
    return SubPoint(point, offset, epoch)


def _sun_from_surface(
    body: TurningBody, point_km: np.ndarray, epoch_tdb: np.ndarray, sun_km: np.ndarray, correction: Correction
) -> np.ndarray:
    """The Sun, whose light left it at `sun_km` (ICRF), as seen from points that turn with the body; body-fixed, km."""
    straight: np.ndarray = body.fixed(sun_km - body.path.at(epoch_tdb), epoch_tdb) - point_km
    if not correction.stellar:
        return straight
    return np.asarray(straight + aberration_km(straight, body.surface_velocity(point_km, epoch_tdb)))


def _facing(direction: np.ndarray, radii_km: np.ndarray) -> np.ndarray:
    """Surface points whose normal has a direction."""
    scaled = np.square(radii_km) * direction
    return np.asarray(scaled / np.sqrt(np.einsum("ij,ij->i", scaled, direction))[:, None])


def sub_solar_point(
    body: TurningBody,
    observer: tuple[np.ndarray, np.ndarray, np.ndarray],
    sun: tuple[np.ndarray, np.ndarray],
    correction: Correction,
) -> np.ndarray:
    """Point of a body nearest to the Sun, as an observer sees it: SPICE's ``subslr`` with ``NEAR POINT/ELLIPSOID``.

    Parameters
    ----------
    body : TurningBody
        As for `sub_observer_point`.
    observer : tuple of array, shapes (n, 6), (n,) and (n, 3)
        `here`, `tdb` and `first_offset_km` of `sub_observer_point`.
    sun : tuple of array, shape (n, 3)
        The Sun as seen from the body's centre, body-fixed; and where the light left it, from the barycentre of the
        solar system, ICRF; km.
    correction : Correction

    Returns
    -------
    array, shape (n, 3)
        Body-fixed, km.

    Notes
    -----
    The Sun is 1e4 radii of Jupiter away: the line to it from the point whose normal faces it is the normal itself to
    1e-5, and after one correction to 1e-10. The observer matters only by the time that light takes to it.
    """
    (here, tdb, offset), (first_sun, sun_km) = observer, sun
    point, epoch = _facing(first_sun, body.radii_km), tdb
    for step in range(min(correction.steps, 2)):
        if step:
            offset = body.fixed(here[:, :3] - body.path.at(epoch), epoch)
        epoch = tdb - light_time_s(offset - point)
        seen = point + _sun_from_surface(body, point, epoch, sun_km, correction)
        point = _facing(seen - _facing(seen, body.radii_km), body.radii_km)
    if not correction.steps:
        point = _facing(first_sun - point, body.radii_km)
    return point


def incidence_deg(body: TurningBody, below: SubPoint, sun_km: np.ndarray, correction: Correction) -> np.ndarray:
    """Angle of the Sun from the normal at a sub-point, as SPICE's ``ilumin`` has it, degrees, shape (n,).

    `sun_km` is where the light left the Sun, from the barycentre of the solar system, ICRF.
    """
    sun = _sun_from_surface(body, below.point_km, below.epoch_tdb, sun_km, correction)
    return angle_between_deg(outward_normal(below.point_km, radii_km=body.radii_km), sun)

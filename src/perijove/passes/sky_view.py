"""What an observer sees when he looks at a body: its disc, and Jupiter with its phase, in the axes of a picture."""

from dataclasses import dataclass

import numpy as np

from perijove.bodies.jupiter import JUPITER_RADII_KM
from perijove.ephemeris.apparent import apparent_state
from perijove.ephemeris.source import Ephemeris
from perijove.errors import InputError
from perijove.geometry.ellipsoid import first_intersection_km, nearest_point_km, planetocentric_deg
from perijove.geometry.limb import limb_ellipse
from perijove.geometry.rotations import angle_between_deg, facing, unit
from perijove.passes.vantage import Vantage, vantage

__all__ = ["UPRIGHT", "JupiterInSky", "SkyView", "sky_view"]

UPRIGHT = {"body": "north of the body is up", "celestial": "celestial north (ICRF) is up"}
"""Which way a picture is turned."""

_ICRF_NORTH = np.array([0.0, 0.0, 1.0])
_LIMB_DEG = np.arange(360.0)


@dataclass(frozen=True)
class JupiterInSky:
    """Jupiter as the same observer sees it.

    Attributes
    ----------
    position_km : array, shape (3,)
        Observer from Jupiter's centre, in Jupiter's own frame.
    picture_to_jupiter : array, shape (3, 3)
        Rotation from the picture's axes (right, down, ahead).
    sun : array, shape (3,)
        Direction of the Sun, Jupiter's own frame.
    separation_deg : float
        Of its centre from the body's centre in the sky.
    position_angle_deg : float
        Direction in which it lies from the body's centre, from the picture's top counterclockwise.
    angular_diameter_deg : float
        Greatest extent of its disc.
    phase_deg : float
        Angle at Jupiter between the observer and the Sun.
    hides_body : bool
        Whether it stands before the body's centre.
    """

    position_km: np.ndarray
    picture_to_jupiter: np.ndarray
    sun: np.ndarray
    separation_deg: float
    position_angle_deg: float
    angular_diameter_deg: float
    phase_deg: float
    hides_body: bool


@dataclass(frozen=True)
class SkyView:
    """A body in an observer's sky at one time.

    Attributes
    ----------
    vantage : Vantage
        Observer, Sun and Jupiter from the body, at the one time.
    upright : str
        One of `UPRIGHT`.
    body_to_picture : array, shape (3, 3)
        Rotation into the picture's axes: right, down, ahead towards the body's centre.
    range_km, altitude_km : float
        From the body's centre; above its ellipsoid.
    sub_observer_deg, sub_solar_deg : tuple of float
        Planetocentric latitude and east longitude of the nearest points of the ellipsoid to observer and Sun.
    phase_deg : float
        Angle at the body's centre between observer and Sun.
    angular_diameter_deg : float
        Greatest extent of the body's disc.
    north_angle_deg : float
        Direction of celestial north in the picture, from its top counterclockwise.
    jupiter : JupiterInSky or None
        None where the body is Jupiter itself.
    """

    vantage: Vantage
    upright: str
    body_to_picture: np.ndarray
    range_km: float
    altitude_km: float
    sub_observer_deg: tuple[float, float]
    sub_solar_deg: tuple[float, float]
    phase_deg: float
    angular_diameter_deg: float
    north_angle_deg: float
    jupiter: JupiterInSky | None

    @property
    def time_tdb(self) -> float:
        """Time at the observer, TDB seconds past J2000."""
        return float(self.vantage.times_tdb[0])


def sky_view(ephemeris: Ephemeris, body: str, observer: str, tdb: float, *, upright: str = "body") -> SkyView:
    """How an observer sees a body at a time.

    Parameters
    ----------
    ephemeris : Ephemeris
        Must know observer, body, Jupiter and Sun.
    body : str
        ``JUPITER`` or a Galilean moon.
    observer : str
        NAIF name.
    tdb : float
        TDB seconds past J2000.
    upright : str
        One of `UPRIGHT`.

    Returns
    -------
    SkyView
        With light time to the body; Jupiter is shown where it was when light left the body, up to 3 s and 0.01 deg from
        where it is seen. Stellar aberration is left out: it moves all by up to 0.01 deg alike.

    Raises
    ------
    InputError
        For an unknown orientation, body or time, or an observer that is not outside the body.
    """
    if upright not in UPRIGHT:
        raise InputError(f"orientation {upright!r} is not one of {', '.join(UPRIGHT)}")
    seen = vantage(ephemeris, body, observer, tdb)
    position, sun, radii = seen.position_km[0], seen.sun[0], seen.radii_km
    if not np.sum((position / radii) ** 2) > 1.0:
        raise InputError(f"{observer} is not outside {body.capitalize()}; choose another observer or target")
    north = seen.icrf_to_body[0] @ _ICRF_NORTH
    turn = facing(-position, north if upright == "celestial" else [0.0, 0.0, 1.0])
    below = nearest_point_km(position, radii_km=radii)
    noon = radii**2 * sun / np.linalg.norm(radii * sun)
    return SkyView(
        vantage=seen,
        upright=upright,
        body_to_picture=turn,
        range_km=float(np.linalg.norm(position)),
        altitude_km=float(np.linalg.norm(position - below)),
        sub_observer_deg=_lat_lon(below),
        sub_solar_deg=_lat_lon(noon),
        phase_deg=float(angle_between_deg(position, sun)),
        angular_diameter_deg=_diameter_deg(position, radii),
        north_angle_deg=_picture_angle_deg(turn @ north),
        jupiter=None if body == "JUPITER" else _jupiter(ephemeris, seen, turn),
    )


def _jupiter(ephemeris: Ephemeris, seen: Vantage, turn: np.ndarray) -> JupiterInSky:
    rotation, sight = seen.body_to_jupiter[0], seen.jupiter_km[0] - seen.position_km[0]
    to_sun = apparent_state(ephemeris, "SUN", "JUPITER", seen.times_tdb[0], "CN+S")[:3]
    position, sun = -(rotation @ sight), unit(rotation @ seen.icrf_to_body[0] @ to_sun)
    ahead = rotation @ -seen.position_km[0]
    in_the_way = first_intersection_km(position, ahead, radii_km=JUPITER_RADII_KM)
    return JupiterInSky(
        position_km=position,
        picture_to_jupiter=rotation @ turn.T,
        sun=sun,
        separation_deg=float(angle_between_deg(sight, -seen.position_km[0])),
        position_angle_deg=_picture_angle_deg(turn @ sight),
        angular_diameter_deg=_diameter_deg(position, JUPITER_RADII_KM),
        phase_deg=float(angle_between_deg(position, sun)),
        hides_body=bool(np.linalg.norm(in_the_way - position) < np.linalg.norm(ahead)),  # NaN is not less
    )


def _diameter_deg(position: np.ndarray, radii: np.ndarray) -> float:
    """Greatest angle between opposite points of the limb."""
    sight = unit(limb_ellipse(position, radii_km=radii).points_km(_LIMB_DEG) - position)
    half = len(_LIMB_DEG) // 2
    return float(np.max(angle_between_deg(sight[:half], sight[half:])))


def _picture_angle_deg(direction: np.ndarray) -> float:
    """From the picture's top counterclockwise, 0 to 360."""
    return float(np.mod(np.degrees(np.arctan2(-direction[0], -direction[1])), 360.0))


def _lat_lon(point: np.ndarray) -> tuple[float, float]:
    lat, lon = planetocentric_deg(point)
    return float(lat), float(lon)

"""What a geometry series holds: one column after the other, each with unit and meaning.

Tables, their headers and the documentation are made from these fields.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from types import MappingProxyType
from typing import Any

import numpy as np

__all__ = ["Column", "GeometrySeries", "columns"]


@dataclass(frozen=True)
class Column:
    """A column of the table.

    Attributes
    ----------
    name, unit : str
        The unit is empty for a plain number; where there is one, the name ends with it.
    sentence : str
        What it is, for metadata and documentation.
    estimated : bool
        Whether the place of observer and target enters to first order, so that it has a standard error.
    """

    name: str
    unit: str
    sentence: str
    estimated: bool


def _is(unit: str, sentence: str) -> dict[str, str | bool]:
    """Metadata of a column that depends on bodies whose places are known much better than needed."""
    return {"unit": unit, "sentence": sentence, "estimated": False}


def _est(unit: str, sentence: str) -> dict[str, str | bool]:
    """Metadata of a column with a standard error."""
    return {"unit": unit, "sentence": sentence, "estimated": True}


@dataclass(frozen=True)
class GeometrySeries:
    """Geometry of a target as an observer sees it, one value of each column for each time.

    Every array has the shape of `tdb`. "Spacecraft" in a name stands for the observer, whatever it is. NaN says that
    there is no such thing: Jupiter's size seen from Jupiter, an elongation seen from the Sun.

    Attributes
    ----------
    target, observer : str
        NAIF names.
    correction : str
        NAIF's: light time and stellar aberration that went into it.
    tdb : array
        Time at the observer, TDB seconds past J2000.
    sigma : mapping of str to array
        Standard errors of the estimated columns, by name; empty where the ephemeris states none (kernels do not say how
        good they are). Errors of the shape and of the rotation are not in them, nor are those of areas: a km of range
        changes these by less than 4e-4 of themselves above 1,500 km.
    """

    target: str
    observer: str
    correction: str
    tdb: np.ndarray
    sigma: Mapping[str, np.ndarray]

    range_km: np.ndarray = field(metadata=_est("km", "Distance of the target's centre."))
    altitude_km: np.ndarray = field(
        metadata=_est("km", "Height above the target's ellipsoid: distance of the sub-spacecraft point.")
    )
    speed_km_s: np.ndarray = field(metadata=_est("km/s", "Speed relative to the target's centre, axes of the ICRF."))
    range_rate_km_s: np.ndarray = field(metadata=_est("km/s", "Rate of range_km: positive while the distance grows."))
    light_time_s: np.ndarray = field(metadata=_est("s", "Light time from the target's centre."))
    sub_spacecraft_lat_deg: np.ndarray = field(
        metadata=_est("deg", "Planetocentric latitude of the sub-spacecraft point, the nearest point of the ellipsoid.")
    )
    sub_spacecraft_lon_east_deg: np.ndarray = field(metadata=_est("deg", "Its longitude, positive east, -180 to 180."))
    sub_spacecraft_lon_west_deg: np.ndarray = field(metadata=_est("deg", "Its longitude, positive west, 0 to 360."))
    sub_spacecraft_radius_km: np.ndarray = field(metadata=_is("km", "Its distance from the target's centre."))
    center_lat_deg: np.ndarray = field(
        metadata=_est(
            "deg", "Planetocentric latitude where the line of sight to the target's centre meets the ellipsoid."
        )
    )
    center_lon_east_deg: np.ndarray = field(
        metadata=_est("deg", "Longitude of that point, positive east, -180 to 180.")
    )
    sub_solar_lat_deg: np.ndarray = field(
        metadata=_is(
            "deg", "Planetocentric latitude of the sub-solar point, the point of the ellipsoid nearest to the Sun."
        )
    )
    sub_solar_lon_east_deg: np.ndarray = field(metadata=_is("deg", "Its longitude, positive east, -180 to 180."))
    sub_solar_lon_west_deg: np.ndarray = field(metadata=_is("deg", "Its longitude, positive west, 0 to 360."))
    phase_deg: np.ndarray = field(metadata=_est("deg", "Angle at the target's centre between observer and Sun."))
    sub_spacecraft_incidence_deg: np.ndarray = field(
        metadata=_est(
            "deg",
            "Angle between the ellipsoid's normal at the sub-spacecraft point and the Sun; beyond 90 it lies in night.",
        )
    )
    local_solar_time_h: np.ndarray = field(
        metadata=_est("h", "True solar time at the sub-spacecraft point, 0 to 24; noon is 12.")
    )
    solar_elongation_deg: np.ndarray = field(metadata=_est("deg", "Angle at the observer between Sun and target."))
    sun_distance_au: np.ndarray = field(metadata=_is("au", "Distance of the target from the Sun."))
    angular_diameter_deg: np.ndarray = field(
        metadata=_est("deg", "Apparent diameter of a sphere of the target's mean radius.")
    )
    junocam_km_per_px: np.ndarray = field(
        metadata=_est("km", "Size of a JunoCam pixel (675.41 urad) at the sub-spacecraft point.")
    )
    jiram_km_per_px: np.ndarray = field(metadata=_est("km", "Size of a JIRAM imager pixel (237.767 urad) there."))
    sru_km_per_px: np.ndarray = field(metadata=_est("km", "Size of a pixel of the Stellar Reference Unit there."))
    illuminated_fraction: np.ndarray = field(
        metadata=_is("", "Lit part of the disc as from far away: (1 + cos phase) / 2.")
    )
    visible_area_km2: np.ndarray = field(
        metadata=_is("km2", "Area of the surface above whose horizon the observer stands.")
    )
    visible_lit_area_km2: np.ndarray = field(metadata=_is("km2", "Part of it above whose horizon the Sun stands."))
    unocculted_fraction: np.ndarray = field(metadata=_is("", "Part of the target's disc that Jupiter does not hide."))
    sunlight_fraction: np.ndarray = field(
        metadata=_is("", "Part of the Sun's disc that Jupiter does not hide from the target's centre: 0 in the umbra.")
    )
    jupiter_phase_deg: np.ndarray = field(metadata=_is("deg", "Angle at Jupiter's centre between target and Sun."))
    jupiter_angular_diameter_deg: np.ndarray = field(
        metadata=_is("deg", "Jupiter's apparent equatorial diameter at the target.")
    )
    jupiter_illuminated_fraction: np.ndarray = field(
        metadata=_is("", "Lit part of Jupiter's disc as the target sees it.")
    )
    orbit_longitude_deg: np.ndarray = field(
        metadata=_is(
            "deg",
            "Longitude of the target about Jupiter, along Jupiter's equator from its node on the ICRF's, 0 to 360.",
        )
    )
    true_anomaly_deg: np.ndarray = field(metadata=_is("deg", "Angle of the target from its perijove, 0 to 360."))

    def at(self, index: int) -> "GeometrySeries":
        """One time of a series of shape (n,), with columns of shape ()."""
        chosen: dict[str, Any] = {one.name: np.asarray(self.column(one.name)[index]) for one in columns()}
        sigma = {name: np.asarray(values[index]) for name, values in self.sigma.items()}
        return replace(self, tdb=np.asarray(self.tdb[index]), sigma=MappingProxyType(sigma), **chosen)

    def column(self, name: str) -> np.ndarray:
        """One column by name."""
        values: np.ndarray = getattr(self, name)
        return values


def columns() -> tuple[Column, ...]:
    """Columns of a `GeometrySeries`, in order."""
    return tuple(Column(one.name, **one.metadata) for one in fields(GeometrySeries) if one.metadata)

"""Io's hot spots: what published tables have of them, how bright they were when, and how much heat they radiate."""

from typing import TYPE_CHECKING, Any

from perijove.archive.cache import map_at_hand
from perijove.archive.volcano_tables import catalogue_at_hand
from perijove.errors import InputError
from perijove.export.volcanoes.sources import source_record
from perijove.face.results import Drawn, Tabular, made
from perijove.figures.volcanoes.heat_budget import draw_heat_budget
from perijove.figures.volcanoes.volcano_map import draw_volcano_map
from perijove.formats.base_map import read_base_map
from perijove.studies import heat_budget as study

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["HeatBudget", "HotSpots", "Readings", "heat_budget", "hot_spots", "readings"]


class HotSpots(tuple[dict[str, Any], ...], Drawn):  # noqa: SLOT001  # shows itself
    """Sources of the catalogue, one dictionary each."""

    def records(self) -> list[dict[str, Any]]:
        """One source a row: identifiers, names, place (deg, km), area (km2), temperature (K), power (GW), unit."""
        return [source_record(row) for row in self]

    def plot(self) -> "Figure":
        """Map of those with a power: symbols by power and temperature, as matplotlib figure.

        Raises
        ------
        InputError
            Where none has a power.
        """
        shown = study.heat_sources(self)
        if not shown:
            raise InputError("none of these sources has a power, so there is nothing to draw; take records()")
        ground = map_at_hand("io-map-grey")
        base = None if ground is None else read_base_map(ground.path, left_lon_east_deg=ground.left_lon_east_deg)
        facts = [f"{len(shown)} sources with a power; symbols by power and effective temperature"]
        credit = "" if ground is None else f"map: {ground.credit}"
        return draw_volcano_map(shown, base_map=base, title="Io's hot spots", facts=facts, source=credit)


class Readings(tuple[dict[str, Any], ...], Tabular):  # noqa: SLOT001  # a table
    """What was measured at hot spots, in the order of time."""

    def records(self) -> list[dict[str, Any]]:
        """One reading a row: source, time, band (um), quantity with its unit, value, error, whether saturated."""
        return [dict(row) for row in self]


class HeatBudget(study.HeatBudget, Drawn):
    """What the sources with a power radiate, by hemisphere, latitude, kind and unit of the geologic map."""

    def records(self) -> list[dict[str, Any]]:
        """One group a row: power (GW) with its error, share, and flux (W/m2) where the group has an area."""
        parts = {
            "all": (self.total,),
            "hemisphere": self.hemispheres,
            "latitude": self.latitudes,
            "kind": self.kinds,
            "unit": self.units,
        }
        return [
            {
                "by": by,
                "name": one.name,
                "sources": one.sources,
                "power_gw": one.power_gw,
                "power_gw_sigma": one.sigma_gw,
                "share": one.share,
                "flux_w_m2": one.flux_w_m2,
            }
            for by, groups in parts.items()
            for one in groups
        ]

    def plot(self) -> "Figure":
        """Cumulative power, latitudes, units, and Io beside the Earth, as matplotlib figure."""
        return draw_heat_budget(self)


def hot_spots(
    name: str | None = None, *, near: tuple[float, float] | None = None, within_km: float = 300.0
) -> HotSpots:
    """Hot spots of a name, near a place, or all; the catalogue is built where there is none yet.

    Parameters
    ----------
    name : str, optional
        A name or identifier of any table or the IAU, whole or in part.
    near : (float, float), optional
        Latitude and east longitude, deg.
    within_km : float
        With `near`: farther sources are left out, km.

    Returns
    -------
    HotSpots
        The strongest first, or the nearest with ``distance_km``.

    Raises
    ------
    InputError
        Where the catalogue must be built and the tables are not at hand.
    """
    with catalogue_at_hand() as catalogue:
        return HotSpots(catalogue.sources(name, near=near, within_km=within_km))


def readings(name: str | None = None) -> Readings:
    """What was measured at the hot spots of a name, or at all.

    Parameters
    ----------
    name : str, optional
        As for `hot_spots`.

    Returns
    -------
    Readings
        Quantities stay as their tables have them: spectral power with the factor pi, spectral intensity without.

    Raises
    ------
    InputError
        As for `hot_spots`.
    """
    with catalogue_at_hand() as catalogue:
        if name is None:
            return Readings(catalogue.observations())
        return Readings(catalogue.observations([row["source_id"] for row in catalogue.sources(name)]))


def heat_budget(sources: HotSpots | None = None) -> HeatBudget:
    """How much hot spots radiate, and what share of Io's heat that is.

    Parameters
    ----------
    sources : HotSpots, optional
        In place of all of the catalogue; those without a power do not count.

    Returns
    -------
    HeatBudget
        Errors tell how much single measurements of a volcano scatter; those that all powers share are not known.

    Raises
    ------
    InputError
        Where no source has a power.
    """
    rows = hot_spots() if sources is None else sources
    return made(HeatBudget, study.heat_budget(study.heat_sources(rows)))

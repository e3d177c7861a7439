"""How a body answers to tides: Love numbers, heat and its maps, oceans that move, and heat on its way out."""

import cmath
import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from perijove.bodies.io_melting import IO_MOLTEN_ROCK_SPENCER_2020, MoltenRock
from perijove.errors import InputError
from perijove.export.answer import number
from perijove.face.results import Drawn, Tabular, made, rows_of
from perijove.figures.interiors.heat_transport import heat_transport_figure
from perijove.figures.interiors.sweep import sweep_figure
from perijove.figures.interiors.tidal_heating import HeatFlowMap, heat_flow_figure
from perijove.heat.crust import Plumbing
from perijove.heat.transport import CM_YEAR_PER_M_S, HeatTransport
from perijove.heat.transport import heat_transport as transported
from perijove.interior.body import Interior
from perijove.ocean.flow import OceanTide, magma_ocean_tide
from perijove.ocean.flow import ocean_tide as moving_ocean
from perijove.tides.displacement import surface_displacement_m, uplift_range_m
from perijove.tides.heating import TidalHeating, quality_factor
from perijove.tides.heating import tidal_heating as heated
from perijove.tides.love import LoveNumbers
from perijove.tides.love import love_numbers as response
from perijove.tides.radial_heating import RadialHeating, mantle_heating
from perijove.tides.surface_harmonics import SurfaceHarmonics
from perijove.tides.sweep import Axis, Sweep, SweepTable, axis_from_text, swept

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = [
    "HeatFlow",
    "Heating",
    "Love",
    "MovingOcean",
    "Swept",
    "heat_transport",
    "love_numbers",
    "ocean_tide",
    "surface_displacement_m",
    "tidal_heating",
    "tidal_sweep",
    "uplift_range_m",
]

_LAT_DEG, _LON_DEG = np.linspace(-90.0, 90.0, 91), np.linspace(-180.0, 180.0, 181)


def _map_records(flux: SurfaceHarmonics) -> list[dict[str, Any]]:
    """A row for every 2 by 2 degrees."""
    lat, lon = np.meshgrid(_LAT_DEG, _LON_DEG[:-1], indexing="ij")  # 180 is -180
    values = flux.on_grid(_LAT_DEG, _LON_DEG[:-1])
    columns: dict[str, Sequence[Any]] = {
        "lat_deg": lat.ravel().tolist(),
        "lon_east_deg": lon.ravel().tolist(),
        "heat_flow_w_m2": values.ravel().tolist(),
    }
    return rows_of(columns)


def _answer(k2: complex, power_w: float) -> str:
    q = quality_factor(k2)
    loss = f"Q = {q:.3g}" if np.isfinite(q) else "no dissipation"
    sign = "−" if k2.imag < 0.0 else "+"
    return f"k2 = {k2.real:.4f} {sign} {abs(k2.imag):.3g} i, {loss}; {1e-12 * power_w:.3g} TW"


@dataclass(frozen=True)
class Love(LoveNumbers, Tabular):
    """Complex Love numbers of one degree at one or many frequencies.

    Attributes
    ----------
    frequency_rad_s : array
        Of the shape of `k`, `h` and `l`.
    degree : int
    """

    frequency_rad_s: np.ndarray
    degree: int

    def records(self) -> list[dict[str, Any]]:
        """One frequency (rad/s) a row: real and imaginary parts of k, h and l; lag makes the latter negative."""
        columns: dict[str, Sequence[Any]] = {"frequency_rad_s": self.frequency_rad_s.ravel().tolist()}
        for name in ("k", "h", "l"):
            values = np.asarray(getattr(self, name)).ravel()
            for part, numbers in (("re", values.real), ("im", values.imag)):
                columns[f"{name}{self.degree}_{part}"] = numbers.tolist()
        return rows_of(columns)


def love_numbers(
    interior: Interior,
    *,
    frequency_rad_s: float | Sequence[float] | np.ndarray | None = None,
    degree: int = 2,
    load: bool = False,
) -> Love:
    """Love numbers of an interior.

    Parameters
    ----------
    interior : Interior
    frequency_rad_s : float or array, optional
        Of the tide, rad/s; without it that of the orbit.
    degree : int
        2 to 1000 for tides.
    load : bool
        Of a load on the surface instead.

    Returns
    -------
    Love

    Raises
    ------
    InputError
        If the interior's surface is liquid, or a number makes no sense.
    """
    asked = interior.orbit.angular_frequency_rad_s if frequency_rad_s is None else frequency_rad_s
    frequency = np.asarray(asked, dtype=float)
    return made(Love, response(interior, frequency, degree, load=load), frequency_rad_s=frequency, degree=degree)


@dataclass(frozen=True)
class Heating(TidalHeating, Drawn):
    """Tidal heat of an interior: its power, where it arises, and its map."""

    def records(self) -> list[dict[str, Any]]:
        """One layer a row, from the centre: its name, outer radius (km) and heat (W)."""
        powers = self.layer_power_w.tolist()
        return [
            {"layer": layer.name, "state": layer.state, "outer_radius_km": layer.outer_radius_km, "power_w": power}
            for layer, power in zip(self.interior.layers, powers, strict=True)
        ]

    def map_records(self) -> list[dict[str, Any]]:
        """Heat flow (W/m2) at every second degree of latitude and east longitude, one place a row."""
        return _map_records(self.flux_w_m2)

    def plot(self) -> "Figure":
        """Map of the heat flow, as matplotlib figure."""
        facts = _answer(complex(self.love.k), self.power_w)
        drawn = HeatFlowMap.of(self.interior.name, self.flux_w_m2)
        title, source = f"Tidal heat flow: {self.interior.name}", self.interior.source
        return heat_flow_figure([drawn], title=title, facts=facts, source=source)


def tidal_heating(interior: Interior) -> Heating:
    """Heat that tides make in an interior.

    Parameters
    ----------
    interior : Interior
        With its orbit; liquids are at rest.

    Returns
    -------
    Heating
        W and W/m2.

    Raises
    ------
    PrecisionError
        Where heat in the volume is not what the orbit loses.
    """
    return made(Heating, heated(interior))


@dataclass(frozen=True)
class MovingOcean(OceanTide, Drawn):
    """The tide of a layer of liquid that moves.

    Attributes
    ----------
    name : str
        Of the interior.
    """

    name: str

    def records(self) -> list[dict[str, Any]]:
        """One row: thickness (km), drag (1/s), k2, heat of the ocean and of the rock (W), speed (m/s)."""
        return [
            {
                "thickness_km": self.ocean.thickness_km,
                "drag_re_per_s": self.drag_per_s.real,
                "drag_im_per_s": self.drag_per_s.imag,
                "k2_re": self.k2.real,
                "k2_im": self.k2.imag,
                "k2_lag_deg": number(np.degrees(-cmath.phase(self.k2))),
                "power_w": self.power_w,
                "solid_power_w": self.solid_power_w,
                "rms_speed_m_s": self.rms_speed_m_s,
            }
        ]

    def plot(self) -> "Figure":
        """Map of the heat that drag makes, as matplotlib figure."""
        drawn = HeatFlowMap.of(f"{self.ocean.name}, {self.ocean.thickness_km:.4g} km", self.flux_w_m2)
        title = f"Heat of the moving ocean: {self.name}"
        return heat_flow_figure([drawn], title=title, facts=_answer(self.k2, self.power_w), source="")


def ocean_tide(
    interior: Interior, *, drag_per_s: complex | None = None, magma_viscosity_pa_s: float | None = None
) -> MovingOcean:
    """Tide of an interior's uppermost liquid layer, which moves.

    Parameters
    ----------
    interior : Interior
        With a liquid layer under a solid lid.
    drag_per_s : complex, optional
        Linear drag, 1/s.
    magma_viscosity_pa_s : float, optional
        Of the liquid, Pa s, in place of a drag; without both 1 Pa s.

    Returns
    -------
    MovingOcean
        W, W/m2 and m/s.

    Raises
    ------
    InputError
        If both are given, or no liquid layer lies under rock.
    """
    if drag_per_s is not None and magma_viscosity_pa_s is not None:
        raise InputError("drag_per_s and magma_viscosity_pa_s: one stands for the other; give one")
    if drag_per_s is None:
        usual = IO_MOLTEN_ROCK_SPENCER_2020.magma_viscosity_pa_s
        tide = magma_ocean_tide(interior, usual if magma_viscosity_pa_s is None else magma_viscosity_pa_s)
        return made(MovingOcean, tide, name=interior.name)
    return made(MovingOcean, moving_ocean(interior, drag_per_s=complex(drag_per_s)), name=interior.name)


@dataclass(frozen=True)
class HeatFlow(HeatTransport, Drawn):
    """How heat of the mantle reaches the surface: profiles, crust, eruptions."""

    def records(self) -> list[dict[str, Any]]:
        """One radius (km) a row: temperature (K), melt fraction, flow of magma (m/s), conducted heat (W/m2)."""
        names = ("radius_km", "temperature_k", "melt_fraction", "seeping_m_s", "piped_m_s", "conducted_w_m2")
        return rows_of({name: getattr(self, name).tolist() for name in names})

    def plot(self) -> "Figure":
        """Profiles of temperature, melt and flow, as matplotlib figure."""
        flow = f"{1e-12 * self.heating.power_w:.3g} TW, {self.surface_flux_w_m2:.3g} W/m²"
        melt = "conduction alone: nothing melts"
        if self.is_molten:
            speed, share = CM_YEAR_PER_M_S * self.eruption_m_s, 100.0 * self.mean_melt_fraction
            melt = f"crust {self.crust_km:.1f} km, eruption {speed:.2f} cm/year; melt {share:.1f} %"
        title = f"Heat transport: {self.heating.name}"
        source = "after Spencer et al. 2020, doi:10.1029/2020JE006443"
        return heat_transport_figure(self, title=title, facts=[flow, melt], source=source)


def heat_transport(
    interior: Interior | RadialHeating,
    *,
    power_w: float | None = None,
    rock: MoltenRock = IO_MOLTEN_ROCK_SPENCER_2020,
    intrusion_rate_per_s: float | None = None,
    intrusion_stop_k: float | None = None,
) -> HeatFlow:
    """How tidal heat reaches the surface: by melt that rises, a crust that sinks, and conduction.

    Parameters
    ----------
    interior : Interior or RadialHeating
        Whose tides heat the mantle; or the heating itself.
    power_w : float, optional
        Scale the heating to this power, W.
    rock : MoltenRock
        Rock and magma.
    intrusion_rate_per_s : float, optional
        How fast magma freezes in cold crust, 1/s.
    intrusion_stop_k : float, optional
        Rock colder than this takes up no magma, K.

    Returns
    -------
    HeatFlow
        km, K, m/s and W/m2.

    Raises
    ------
    InputError
        If a number is out of its range, or the heating has none.
    """
    heating = mantle_heating(interior) if isinstance(interior, Interior) else interior
    if power_w is not None:
        heating = heating.with_power(power_w)
    asked = {"intrusion_rate_per_s": intrusion_rate_per_s, "intrusion_stop_k": intrusion_stop_k}
    plumbing = dataclasses.replace(Plumbing(), **{name: value for name, value in asked.items() if value is not None})
    return made(HeatFlow, transported(heating, rock, plumbing))


@dataclass(frozen=True)
class Swept(SweepTable, Drawn):
    """Love numbers and heat over a grid of interiors."""

    def records(self) -> list[dict[str, Any]]:
        """One interior a row: what was varied, Love numbers, heat (W), heat flow (W/m2), density (kg/m3)."""
        varied = self.sweep.coordinates(0, len(self.sweep))
        columns: dict[str, Sequence[Any]] = {name: values.tolist() for name, values in varied.items()}
        columns |= {name: [number(value) for value in values.tolist()] for name, values in self.columns.items()}
        return rows_of(columns)

    def plot(self) -> "Figure":
        """Love number over one or two axes, as matplotlib figure."""
        return sweep_figure(self, source="")


def tidal_sweep(
    model: Interior | str,
    axes: Sequence[str | Axis],
    *,
    frequency_rad_s: float | None = None,
    degree: int = 2,
    threads: int = 2,
) -> Swept:
    """Love numbers and heat over a grid of interiors.

    Parameters
    ----------
    model : Interior or str
        What is varied: an interior, or the name of a family, such as ``partially-molten``.
    axes : sequence of str
        ``"layer.2.viscosity_pa_s=1e10:1e22:log:40"``, ``"orbit.eccentricity=0.001,0.0041"``; the last varies fastest.
    frequency_rad_s : float, optional
        Of the tide, rad/s; without it that of the orbit.
    degree : int
    threads : int

    Returns
    -------
    Swept
        NaN where an interior cannot be.

    Raises
    ------
    InputError
        If an axis or the model is unknown, or the grid has more than 50 million points.
    """
    lines = [axis_from_text(axis) if isinstance(axis, str) else axis for axis in axes]
    return made(Swept, swept(Sweep.of(model, lines, frequency_rad_s=frequency_rad_s, degree=degree), threads=threads))

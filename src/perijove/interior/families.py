"""Families of interiors of Io with the mass and radius of Io, by a few parameters that have names and bounds.

All have a liquid core, a mantle of one density, which the mass of Io decides, and a cold lithosphere, which is also the
crust and may have a density of its own. Melt changes what rock withstands, not what it weighs: if melt is a tenth
lighter, 20 % of it in a shell of 200 km lowers Io's moment of inertia by 0.3 %. The rock's own viscosity and rigidity
can vary, too: what melt does to them is a factor, and of the law of `partially_molten` the shape is kept.
"""

import dataclasses
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import ArrayLike

from perijove.bodies.galilean import IO_MEAN_DENSITY_KG_M3, IO_MEAN_RADIUS_KM
from perijove.bodies.io_interior import IO_CORE_DENSITY_KG_M3, IO_CORE_RADIUS_KM, IO_LITHOSPHERE
from perijove.errors import InputError
from perijove.interior.body import Interior
from perijove.interior.interiors import LAYER_COLUMNS, Interiors
from perijove.interior.layers import IO_ORBIT, Orbit
from perijove.interior.melt import partially_molten
from perijove.interior.rheology import RHEOLOGIES

__all__ = ["FAMILIES", "Family", "FamilyParameter", "named_family", "with_asthenosphere", "with_magma_ocean"]

_ROCK = partially_molten(0.0)
_LEAST, _MOST = 1e-12, 1e12  # of the parameters of laws of deformation
_Row = tuple[ArrayLike, ...]  # in the order of `LAYER_COLUMNS`
_ELASTIC_IN_BULK = (math.inf, 0.0)
_Columns = list[_Row]


@dataclass(frozen=True)
class FamilyParameter:
    """A number that the members of a family differ in.

    Attributes
    ----------
    name, unit, sentence : str
    default : float
        NaN where it is left out.
    smallest, largest : float
        Beyond these it has no meaning here.
    """

    name: str
    unit: str
    sentence: str
    default: float
    smallest: float
    largest: float

    def check(self, values: np.ndarray) -> None:
        """Raise InputError where a value is out of bounds."""
        if not np.all((values >= self.smallest) & (values <= self.largest)):
            shown = values[~((values >= self.smallest) & (values <= self.largest))].flat[0]
            raise InputError(f"{self.name} {shown:g}: not from {self.smallest:g} to {self.largest:g} {self.unit}")


@dataclass(frozen=True)
class Family:
    """Interiors by a few numbers.

    Attributes
    ----------
    name, sentence : str
    parameters : tuple of FamilyParameter
    layers : tuple of (str, str)
        Name and state, from the centre outwards.
    """

    name: str
    sentence: str
    parameters: tuple[FamilyParameter, ...]
    layers: tuple[tuple[str, str], ...]
    _columns: Callable[[Mapping[str, np.ndarray]], _Columns]

    def parameter(self, name: str, rheology: str = "maxwell") -> FamilyParameter:
        """Parameter of the family or of the law of its rock by name; raises InputError where there is none."""
        law = RHEOLOGIES[rheology].parameters
        own = [FamilyParameter(p.name, "", p.sentence, p.default, _LEAST, min(p.largest, _MOST)) for p in law]
        known = (*self.parameters, *own)
        for parameter in known:
            if parameter.name == name:
                return parameter
        names = ", ".join(parameter.name for parameter in known)
        raise InputError(f"{name}: family {self.name} has no such parameter; it has {names}")

    def members(
        self, values: Mapping[str, ArrayLike], *, rheology: str = "maxwell", orbit: Orbit = IO_ORBIT
    ) -> Interiors:
        """Members of the family.

        Parameters
        ----------
        values : mapping of str to array, shape (...)
            By parameter of the family or of the rheology; they broadcast to one dimension. Those not given have their
            defaults.
        rheology : str
            Key of `RHEOLOGIES`, for all rock.
        orbit : Orbit

        Returns
        -------
        Interiors
            Where shells do not fit into Io, or the core leaves a mantle that is denser than itself, the body is one
            that cannot be (`Interiors.possible`).

        Raises
        ------
        InputError
            If a name is unknown or a value out of its bounds.
        """
        given = {name: np.asarray(value, dtype=float) for name, value in values.items()}
        for name, value in given.items():
            self.parameter(name, rheology).check(value)
        every = {p.name: given.pop(p.name, np.asarray(p.default)) for p in self.parameters}
        count = np.broadcast_shapes((1,), *(value.shape for value in (*every.values(), *given.values())))
        rows = [np.stack([np.broadcast_to(x, count) for x in column]) for column in self._columns(every)]
        columns = {name: np.stack([row[k] for row in rows], axis=1) for k, name in enumerate(LAYER_COLUMNS)}
        states = tuple(state for _, state in self.layers)
        law = {name: np.broadcast_to(value, count) for name, value in given.items()}
        laws: tuple[dict[str, np.ndarray], ...] = tuple(law if state == "solid" else {} for state in states)
        names = tuple(name for name, _ in self.layers)
        return Interiors(names, states, (rheology,) * len(states), columns, orbit, {}, laws if law else ())

    def member(self, values: Mapping[str, float], *, name: str, source: str, orbit: Orbit = IO_ORBIT) -> Interior:
        """One member, checked; a lithosphere in two parts, as an ocean right under it makes them, is one layer.

        Raises
        ------
        InputError
            As `members`, and if the body cannot be.
        """
        row = self.members(values, orbit=orbit)
        if not row.possible[0]:
            given = ", ".join(f"{key} {value:g}" for key, value in values.items())
            raise InputError(
                f"family {self.name} with {given}: the shells do not fit into Io's {IO_MEAN_RADIUS_KM:g} km, "
                "or the core leaves no sensible mantle"
            )
        *inner, below, lid = row.layers(0)
        is_lid = dataclasses.replace(below, name=lid.name, outer_radius_km=lid.outer_radius_km) == lid
        return Interior((*inner, lid) if is_lid else (*inner, below, lid), name=name, source=source, orbit=orbit)


def _densities_kg_m3(values: Mapping[str, np.ndarray], crust_km: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Densities of mantle and crust, the mantle's where none is given; NaN where the core cannot be."""
    share = (values["core_radius_km"] / IO_MEAN_RADIUS_KM) ** 3
    core, crust, mean = values["core_density_kg_m3"], values["crust_density_kg_m3"], values["mean_density_kg_m3"]
    own = ~np.isnan(crust)
    above = np.where(own, 1.0 - (1.0 - crust_km / IO_MEAN_RADIUS_KM) ** 3, 0.0)
    density = (mean - core * share - np.where(own, crust, 0.0) * above) / (1.0 - share - above)
    density = np.where((density > 0.0) & (density <= core), density, np.nan)
    return density, np.where(own, crust + 0.0 * density, density)


def _rock(values: Mapping[str, np.ndarray], radius_km: ArrayLike, density: np.ndarray, melt: np.ndarray) -> _Row:
    """Row of columns of partially molten rock.

    Against compaction it has a viscosity of the order of eta (1 - phi) / phi (McKenzie 1984, J. Petrol. 25, 713;
    Schmeling et al. 2012, Geophys. J. Int. 190, 1571, by models of its pores; both cited from memory), which the ratio
    scales.
    """
    softened = partially_molten(melt)
    shear = values["rock_rigidity_pa"] * (softened.shear_modulus_pa / _ROCK.shear_modulus_pa)
    viscosity = values["rock_viscosity_pa_s"] * (softened.viscosity_pa_s / _ROCK.viscosity_pa_s)
    with np.errstate(divide="ignore"):
        bulk_viscosity = viscosity * values["bulk_viscosity_ratio"] * (1.0 - melt) / melt
    yields = np.where(np.isnan(bulk_viscosity), math.inf, bulk_viscosity)
    relaxed = values["relaxed_bulk_share"] * softened.bulk_modulus_pa
    return radius_km, density, shear, softened.bulk_modulus_pa, viscosity, yields, relaxed


def _core(values: Mapping[str, np.ndarray]) -> _Row:
    return values["core_radius_km"], values["core_density_kg_m3"], math.nan, math.inf, math.nan, *_ELASTIC_IN_BULK


def _lithosphere(radius_km: ArrayLike, density: np.ndarray) -> _Row:
    lid = IO_LITHOSPHERE
    return radius_km, density, lid.shear_modulus_pa, _ROCK.bulk_modulus_pa, lid.viscosity_pa_s, *_ELASTIC_IN_BULK


def _with_asthenosphere(values: Mapping[str, np.ndarray]) -> _Columns:
    density, crust = _densities_kg_m3(values, values["lithosphere_thickness_km"])
    top_km = IO_MEAN_RADIUS_KM - values["lithosphere_thickness_km"]
    return [
        _core(values),
        _rock(values, top_km - values["asthenosphere_thickness_km"], density, values["mantle_melt_fraction"]),
        _rock(values, top_km, density, values["melt_fraction"]),
        _lithosphere(IO_MEAN_RADIUS_KM, crust),
    ]


def _with_magma_ocean(values: Mapping[str, np.ndarray]) -> _Columns:
    depth_km, lid_km = values["ocean_depth_km"], values["lithosphere_thickness_km"]
    density, crust = _densities_kg_m3(values, np.minimum(depth_km, lid_km))
    roof_km = IO_MEAN_RADIUS_KM - depth_km
    cold_km = IO_MEAN_RADIUS_KM - lid_km
    warm = cold_km > roof_km
    melt = values["mantle_melt_fraction"]
    upper, lid = _rock(values, cold_km, density, melt), _lithosphere(0.5 * (roof_km + IO_MEAN_RADIUS_KM), crust)
    return [
        _core(values),
        _rock(values, roof_km - values["ocean_thickness_km"], density, melt),
        (roof_km, density, math.nan, math.inf, values["magma_viscosity_pa_s"], *_ELASTIC_IN_BULK),
        tuple(np.where(warm, below, cold) for below, cold in zip(upper, lid, strict=True)),
        _lithosphere(IO_MEAN_RADIUS_KM, crust),
    ]


_SHARED = (
    FamilyParameter(
        "lithosphere_thickness_km", "km", "Thickness of the cold lid.", IO_LITHOSPHERE.thickness_km, 0.1, 900.0
    ),
    FamilyParameter(
        "rock_viscosity_pa_s",
        "Pa s",
        "Viscosity of the mantle's rock without melt.",
        float(_ROCK.viscosity_pa_s),
        1e3,
        1e30,
    ),
    FamilyParameter(
        "rock_rigidity_pa",
        "Pa",
        "Rigidity of the mantle's rock without melt.",
        float(_ROCK.shear_modulus_pa),
        1e6,
        1e13,
    ),
    FamilyParameter("mantle_melt_fraction", "", "Melt fraction of the rest of the mantle.", 0.0, 0.0, 0.9),
    FamilyParameter(
        "bulk_viscosity_ratio",
        "",
        "Viscosity of molten rock against compaction, over eta (1 - phi) / phi; left out, bulk deformation is elastic.",
        math.nan,
        1e-6,
        1e6,
    ),
    FamilyParameter(
        "relaxed_bulk_share",
        "",
        "What a steady load leaves of the bulk modulus: 0 where melt drains freely, near 1 where it cannot.",
        0.0,
        0.0,
        0.999,
    ),
    FamilyParameter("core_radius_km", "km", "Radius of the liquid core.", IO_CORE_RADIUS_KM, 10.0, 1700.0),
    FamilyParameter("core_density_kg_m3", "kg/m3", "Density of the core.", IO_CORE_DENSITY_KG_M3, 3000.0, 9000.0),
    FamilyParameter(
        "crust_density_kg_m3",
        "kg/m3",
        "Density of the lithosphere; left out, that of the mantle.",
        math.nan,
        1500.0,
        4000.0,
    ),
    FamilyParameter(
        "mean_density_kg_m3", "kg/m3", "Mass over volume of the whole.", IO_MEAN_DENSITY_KG_M3, 3000.0, 4000.0
    ),
)

FAMILIES: Mapping[str, Family] = MappingProxyType(
    {
        family.name: family
        for family in (
            Family(
                "partially-molten",
                "A shell of partially molten rock under the lid, over a solid mantle: the magmatic sponge.",
                (
                    FamilyParameter("melt_fraction", "", "Melt fraction of the asthenosphere.", 0.1, 0.0, 0.9),
                    FamilyParameter(
                        "asthenosphere_thickness_km", "km", "Thickness of that shell.", 200.0, 0.01, 1800.0
                    ),
                    *_SHARED,
                ),
                (("core", "liquid"), ("deep mantle", "solid"), ("asthenosphere", "solid"), ("lithosphere", "solid")),
                _with_asthenosphere,
            ),
            Family(
                "magma-ocean",
                "A global layer of magma in or on the mantle, under a solid roof.",
                (
                    FamilyParameter("ocean_thickness_km", "km", "Thickness of the layer of magma.", 50.0, 0.01, 1800.0),
                    FamilyParameter("ocean_depth_km", "km", "From the surface to its roof.", 50.0, 0.1, 1800.0),
                    FamilyParameter(
                        "magma_viscosity_pa_s",
                        "Pa s",
                        "Of magma that flows; left out, it is at rest.",
                        math.nan,
                        1e-3,
                        1e18,
                    ),
                    *_SHARED,
                ),
                (
                    ("core", "liquid"),
                    ("mantle", "solid"),
                    ("magma ocean", "liquid"),
                    ("upper mantle", "solid"),
                    ("lithosphere", "solid"),
                ),
                _with_magma_ocean,
            ),
        )
    }
)
"""Families by name. Where the ocean lies right under the lid, the upper mantle is the lower half of the lid."""


def named_family(name: str) -> Family:
    """Family from `FAMILIES`; raises InputError where there is none of that name."""
    if name not in FAMILIES:
        raise InputError(f"{name}: no such family; names are {', '.join(FAMILIES)}")
    return FAMILIES[name]


def with_asthenosphere(*, melt_fraction: float, orbit: Orbit = IO_ORBIT, **values: float) -> Interior:
    """Io with partially molten rock between lithosphere and deep mantle: the magmatic sponge.

    Parameters
    ----------
    melt_fraction : float
        Of the asthenosphere, 0 to 0.9; it decides viscosity and moduli (`partially_molten`).
    orbit : Orbit
    **values : float
        Other parameters of the family ``partially-molten``.

    Returns
    -------
    Interior
        Core, deep mantle, asthenosphere, lithosphere; compressible Maxwell rock. Other rheologies:
        `dataclasses.replace` on its layers.

    Raises
    ------
    InputError
        If a value is out of bounds, the shells do not fit into Io, or the core leaves no sensible mantle.
    """
    family = FAMILIES["partially-molten"]
    thickness_km = values.get("asthenosphere_thickness_km", family.parameter("asthenosphere_thickness_km").default)
    return family.member(
        {"melt_fraction": melt_fraction, **values},
        name=f"Io, {thickness_km:g} km asthenosphere, {melt_fraction:.0%} melt",
        source="family with_asthenosphere; melt law of Kervazo et al. 2021",
        orbit=orbit,
    )


def with_magma_ocean(*, ocean_thickness_km: float, orbit: Orbit = IO_ORBIT, **values: float) -> Interior:
    """Io with a global layer of magma.

    Parameters
    ----------
    ocean_thickness_km : float
    orbit : Orbit
    **values : float
        Other parameters of the family ``magma-ocean``.

    Returns
    -------
    Interior
        Core, mantle, magma ocean, (upper mantle,) lithosphere; the ocean may lie right under the lithosphere. It is
        incompressible and dissipates nothing.

    Raises
    ------
    InputError
        As for `with_asthenosphere`.
    """
    family = FAMILIES["magma-ocean"]
    depth_km = values.get("ocean_depth_km", family.parameter("ocean_depth_km").default)
    return family.member(
        {"ocean_thickness_km": ocean_thickness_km, **values},
        name=f"Io, {ocean_thickness_km:g} km of magma at {depth_km:g} km",
        source="family with_magma_ocean; melt law of Kervazo et al. 2021",
        orbit=orbit,
    )

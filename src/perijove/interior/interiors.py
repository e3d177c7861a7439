"""Interiors as arrays: the same layers in the same order, with other numbers in them; one of them is a row."""

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

import numpy as np
from numpy.typing import ArrayLike

from perijove.errors import InputError
from perijove.interior.layers import Layer, Orbit
from perijove.interior.rheology import RHEOLOGIES, complex_bulk_modulus, complex_shear_modulus

__all__ = ["LAYER_COLUMNS", "ORBIT_COLUMNS", "Interiors"]

LAYER_COLUMNS = (
    "outer_radius_km",
    "density_kg_m3",
    "shear_modulus_pa",
    "bulk_modulus_pa",
    "viscosity_pa_s",
    "bulk_viscosity_pa_s",
    "relaxed_bulk_modulus_pa",
)
ORBIT_COLUMNS = ("angular_frequency_rad_s", "eccentricity")


@dataclass(frozen=True)
class Interiors:
    """Interiors that differ in numbers only.

    Attributes
    ----------
    names, states, rheologies : tuple of str
        By layer, from the centre outwards.
    columns : mapping of str to array, shape (bodies, layers)
        `LAYER_COLUMNS`, as `Layer` has them; NaN where a layer has none, infinite where it is incompressible or elastic
        in bulk.
    orbit : Orbit
        What is the same in all.
    orbit_columns : mapping of str to array, shape (bodies,)
        Those of `ORBIT_COLUMNS` that are not.
    rheology_parameters : tuple of mapping of str to array, shape (bodies,)
        By layer.

    Notes
    -----
    A single `perijove.interior.body.Interior` is a row. Bodies that cannot be (radii that do not grow, a density that
    is not positive) are allowed: samplers and grids meet them. `possible` tells them apart, and their results are NaN.
    """

    names: tuple[str, ...]
    states: tuple[str, ...]
    rheologies: tuple[str, ...]
    columns: Mapping[str, np.ndarray]
    orbit: Orbit
    orbit_columns: Mapping[str, np.ndarray] = field(default_factory=dict)
    rheology_parameters: tuple[Mapping[str, np.ndarray], ...] = ()

    @classmethod
    def of(cls, layers: tuple[Layer, ...], orbit: Orbit) -> Self:
        """One interior."""
        none = {"bulk_modulus_pa": math.inf, "bulk_viscosity_pa_s": math.inf}
        given = {
            name: [none.get(name, math.nan) if value is None else value for value in values]
            for name in LAYER_COLUMNS
            for values in [[getattr(layer, name) for layer in layers]]
        }
        return cls(
            tuple(layer.name for layer in layers),
            tuple(layer.state for layer in layers),
            tuple(layer.rheology for layer in layers),
            {name: np.array([row], dtype=float) for name, row in given.items()},
            orbit,
            {},
            tuple({k: np.array([float(v)]) for k, v in layer.rheology_parameters.items()} for layer in layers),
        )

    def copies(self, count: int) -> "Interiors":
        """The first of them, so many times."""
        return self.taken(np.zeros(count, dtype=int))

    def __len__(self) -> int:
        """Number of bodies."""
        return len(self.columns["outer_radius_km"])

    def with_layer_values(self, layer: int, name: str, values: ArrayLike) -> "Interiors":
        """Other values of a column or a parameter of the rheology in one layer.

        Parameters
        ----------
        layer : int
            From 0 at the centre.
        name : str
            One of `LAYER_COLUMNS`, or a parameter that the layer's rheology takes.
        values : array, shape (bodies,)

        Raises
        ------
        InputError
            If the layer has no such number.
        """
        label, given = self.names[layer], np.broadcast_to(np.asarray(values, dtype=float), len(self))
        if name in LAYER_COLUMNS:
            if self.states[layer] == "liquid" and name not in LAYER_COLUMNS[:2]:
                raise InputError(f"layer {label!r}: is liquid and has no {name}; vary its radius or density")
            column = self.columns[name].copy()
            column[:, layer] = given
            return dataclasses.replace(self, columns={**self.columns, name: column})
        law = RHEOLOGIES[self.rheologies[layer]]
        known = [parameter.name for parameter in law.parameters] if self.states[layer] == "solid" else []
        if name not in known:
            allowed = ", ".join([*LAYER_COLUMNS, *known])
            raise InputError(f"layer {label!r}: {name} is unknown; this layer has {allowed}")
        parameters = list(self.rheology_parameters or ({} for _ in self.names))
        parameters[layer] = {**parameters[layer], name: given}
        return dataclasses.replace(self, rheology_parameters=tuple(parameters))

    def with_orbit_values(self, name: str, values: ArrayLike) -> "Interiors":
        """Other values of one of `ORBIT_COLUMNS`, shape (bodies,)."""
        if name not in ORBIT_COLUMNS:
            raise InputError(f"orbit: {name} cannot vary; {', '.join(ORBIT_COLUMNS)} can")
        given = np.broadcast_to(np.asarray(values, dtype=float), len(self))
        return dataclasses.replace(self, orbit_columns={**self.orbit_columns, name: given})

    def orbit_column(self, name: str) -> np.ndarray:
        """Values of one of `ORBIT_COLUMNS`, shape (bodies,)."""
        column: np.ndarray = self.orbit_columns.get(name, np.full(len(self), getattr(self.orbit, name)))
        return column

    def layers(self, index: int) -> tuple[Layer, ...]:
        """Layers of one of them; raises InputError where one cannot be."""
        parameters = self.rheology_parameters or tuple({} for _ in self.names)
        layers = []
        for k, (name, state, rheology) in enumerate(zip(self.names, self.states, self.rheologies, strict=True)):
            row = {column: float(values[index, k]) for column, values in self.columns.items()}
            given = {column: value if math.isfinite(value) else None for column, value in row.items()}
            extra = {key: float(values[index]) for key, values in parameters[k].items()}
            layers.append(Layer(name, state, rheology=rheology, rheology_parameters=extra, **given))  # type: ignore[arg-type]
        return tuple(layers)

    def orbit_of(self, index: int) -> Orbit:
        """Orbit of one of them."""
        return dataclasses.replace(
            self.orbit, **{name: float(values[index]) for name, values in self.orbit_columns.items()}
        )

    @property
    def possible(self) -> np.ndarray:
        """Which bodies can be: radii grow, and all numbers that are needed are positive; shape (bodies,)."""
        radius = self.columns["outer_radius_km"]
        fine: np.ndarray = (radius[:, 0] > 0.0) & (radius[:, -1] < math.inf)
        fine &= np.all(np.diff(radius, axis=1) > 0.0, axis=1)
        fine &= np.all((self.columns["density_kg_m3"] > 0.0) & (self.columns["density_kg_m3"] < math.inf), axis=1)
        fine &= self.orbit_column("angular_frequency_rad_s") > 0.0
        for k, (state, rheology) in enumerate(zip(self.states, self.rheologies, strict=True)):
            if state == "liquid":
                continue
            bulk, relaxed = (self.columns[name][:, k] for name in ("bulk_modulus_pa", "relaxed_bulk_modulus_pa"))
            fine &= (
                (bulk > 0.0) & (self.columns["bulk_viscosity_pa_s"][:, k] > 0.0) & (relaxed >= 0.0) & (relaxed < bulk)
            )
            law = RHEOLOGIES[rheology]
            for name, needed in (("shear_modulus_pa", law.needs_rigidity), ("viscosity_pa_s", law.needs_viscosity)):
                if needed:
                    fine &= (self.columns[name][:, k] > 0.0) & (self.columns[name][:, k] < math.inf)
        return fine

    def taken(self, rows: np.ndarray) -> "Interiors":
        """Some of the bodies, by a mask or by numbers."""
        return dataclasses.replace(
            self,
            columns={name: values[rows] for name, values in self.columns.items()},
            orbit_columns={name: values[rows] for name, values in self.orbit_columns.items()},
            rheology_parameters=tuple({k: v[rows] for k, v in layer.items()} for layer in self.rheology_parameters),
        )

    @property
    def mean_density_kg_m3(self) -> np.ndarray:
        """Mass over volume, shape (bodies,)."""
        share = _differences(self._relative_radius**3)
        density: np.ndarray = (self.columns["density_kg_m3"] * share).sum(axis=1)
        return density

    @property
    def moment_of_inertia_factor(self) -> np.ndarray:
        """C / (M R²), shape (bodies,)."""
        fifth = _differences(self._relative_radius**5)
        factor: np.ndarray = 0.4 * (self.columns["density_kg_m3"] * fifth).sum(axis=1) / self.mean_density_kg_m3
        return factor

    @property
    def fluid_love_number(self) -> np.ndarray:
        """Love number k2 of the same densities without any rigidity, shape (bodies,): how far a slow spin flattens.

        NaN where a body cannot be.

        Clairaut's equation for homogeneous layers: s = r y5' / y5 is 2 in the centre, falls where the density drops by
        4 pi G r drop / g, and goes from floor to roof by the two powers of the potential (Jeffreys 1970, The Earth).
        """
        radius, density = self._relative_radius, self.columns["density_kg_m3"]
        slope, floor, mass = np.full(len(self), 2.0), np.zeros(len(self)), np.zeros(len(self))
        with np.errstate(all="ignore"):  # of bodies that cannot be
            for k in range(len(self.names)):
                roof, here = radius[:, k], density[:, k]
                above = density[:, k + 1] if k + 1 < len(self.names) else 0.0
                mixed = (2.0 - slope) / (3.0 + slope) * (floor / roof) ** 5
                mass = mass + here * (roof**3 - floor**3) / 3.0
                slope = (2.0 - 3.0 * mixed) / (1.0 + mixed) - (here - above) * roof**3 / mass
                floor = roof
            love: np.ndarray = (2.0 - slope) / (3.0 + slope)
        return np.where(self.possible, love, np.nan)

    @property
    def _relative_radius(self) -> np.ndarray:
        radius = self.columns["outer_radius_km"]
        relative: np.ndarray = radius / radius[:, -1:]
        return relative

    def complex_rigidity_pa(self) -> np.ndarray:
        """Complex shear moduli at the frequency of the orbit, shape (bodies, layers); 0 in liquids."""
        rigidity = np.zeros((len(self), len(self.names)), dtype=complex)
        frequency = self.orbit_column("angular_frequency_rad_s")
        for k, (state, rheology) in enumerate(zip(self.states, self.rheologies, strict=True)):
            if state == "liquid":
                continue
            shear, viscosity = self.columns["shear_modulus_pa"][:, k], self.columns["viscosity_pa_s"][:, k]
            parameters = self.rheology_parameters[k] if self.rheology_parameters else {}
            # One number for all where it is one: its powers are then found once.
            given = {name: v[0] if len(v) and np.all(v == v[0]) else v for name, v in parameters.items()}
            rigidity[:, k] = complex_shear_modulus(rheology, shear, viscosity, frequency, **given)
        return rigidity

    def complex_bulk_pa(self) -> np.ndarray:
        """Complex bulk moduli at the frequency of the orbit, shape (bodies, layers); infinite if incompressible."""
        viscosity = self.columns["bulk_viscosity_pa_s"]
        if np.isinf(viscosity).all():
            elastic: np.ndarray = self.columns["bulk_modulus_pa"].astype(complex)
            return elastic
        bulk: np.ndarray = complex_bulk_modulus(
            self.columns["bulk_modulus_pa"],
            viscosity,
            self.columns["relaxed_bulk_modulus_pa"],
            self.orbit_column("angular_frequency_rad_s")[:, None],
        )
        return bulk


def _differences(outer: np.ndarray) -> np.ndarray:
    """Outer minus inner value of each layer, shape (bodies, layers)."""
    difference: np.ndarray = np.diff(outer, axis=1, prepend=0.0)
    return difference

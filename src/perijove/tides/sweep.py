"""Love numbers and heat over grids of interiors: one number, or several, taken through their ranges."""

import dataclasses
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from perijove.constants import M_PER_KM
from perijove.distribution import mapped
from perijove.errors import InputError
from perijove.interior.body import Interior
from perijove.interior.families import named_family
from perijove.interior.interiors import LAYER_COLUMNS, ORBIT_COLUMNS, Interiors
from perijove.interior.layers import IO_ORBIT, Orbit
from perijove.tides.love import love_numbers
from perijove.tides.potential import dissipated_power_w

__all__ = ["COLUMNS", "Axis", "Sweep", "SweepTable", "axis_from_text", "sweep_pieces", "swept"]

COLUMNS: Mapping[str, str] = MappingProxyType(
    {
        "k2_re": "",
        "k2_im": "",
        "h2_re": "",
        "h2_im": "",
        "l2_re": "",
        "l2_im": "",
        "q": "",
        "power_w": "W",
        "mean_flux_w_m2": "W/m2",
        "mean_density_kg_m3": "kg/m3",
        "moment_of_inertia_factor": "",
    }
)
"""What a sweep computes, with units. For another degree Love numbers bear its number, and heat is left out."""

_ROWS = 20_000  # bodies in a piece: a tenth of a second
_LARGEST = 50_000_000  # points: 4 GB of results


@dataclass(frozen=True)
class Axis:
    """A number that is varied.

    Attributes
    ----------
    name : str
        ``layer.2.viscosity_pa_s`` (layers count from 1 at the centre, or go by name), ``orbit.eccentricity``, or a
        parameter of a family.
    values : tuple of float
        Finite, at least one.
    log : bool
        Whether they are spaced by ratios: how a figure shows them.
    """

    name: str
    values: tuple[float, ...]
    log: bool = False

    def __post_init__(self) -> None:
        """Refuse what cannot be gone through."""
        if not self.values or not all(math.isfinite(value) for value in self.values):
            raise InputError(f"axis {self.name}: give one or more finite values")


def axis_from_text(text: str) -> Axis:
    """Axis from ``name=low:high:count``, ``name=low:high:log:count`` or ``name=first,second,...``.

    Raises
    ------
    InputError
        If the text is of no such form.
    """
    name, equals, given = text.partition("=")
    parts = given.split(":")
    form = "name=low:high:count, name=low:high:log:count or name=first,second,..."
    if not equals or not name.strip() or not given.strip():
        raise InputError(f"axis {text}: give {form}")
    log = len(parts) == 4 and parts[2] in ("log", "lin") and parts.pop(2) == "log"
    try:
        if len(parts) == 1:
            return Axis(name.strip(), tuple(float(value) for value in given.split(",")))
        low, high, count = float(parts[0]), float(parts[1]), int(parts[2])
    except (ValueError, IndexError):
        raise InputError(f"axis {text}: is not numbers of the form {form}") from None
    if len(parts) != 3 or count < 2 or not low < high < math.inf:
        raise InputError(f"axis {text}: give {form} with low below high and a count of 2 or more")
    if log and low <= 0.0:
        raise InputError(f"axis {text}: low {low:g} has no logarithm; give a positive one")
    values = np.geomspace(low, high, count) if log else np.linspace(low, high, count)
    return Axis(name.strip(), tuple(values.tolist()), log)


@dataclass(frozen=True)
class Sweep:
    """What is varied of what.

    Attributes
    ----------
    name, source : str
        Of the interior, or of the family.
    base : Interiors or None
        One body; None for a family.
    family : str
        Key of `FAMILIES`, or empty.
    axes : tuple of Axis
        The last one varies fastest.
    orbit : Orbit
    degree : int
    """

    name: str
    source: str
    base: Interiors | None
    family: str
    axes: tuple[Axis, ...]
    orbit: Orbit
    degree: int = 2

    @classmethod
    def of(
        cls,
        model: Interior | str,
        axes: Sequence[Axis],
        *,
        frequency_rad_s: float | None = None,
        degree: int = 2,
    ) -> "Sweep":
        """Sweep of an interior, or of a family by its name.

        Raises
        ------
        InputError
            If there is no axis, one is given twice or names what the model does not have, a value is one that no body
            can have, or the grid is too large.
        """
        names = [axis.name for axis in axes]
        if not names or len(set(names)) < len(names):
            raise InputError(f"axes {', '.join(names) or 'none'}: give one or more, each once")
        orbit = IO_ORBIT if isinstance(model, str) else model.orbit
        if frequency_rad_s is not None:
            orbit = dataclasses.replace(orbit, angular_frequency_rad_s=frequency_rad_s)
        if isinstance(model, str):
            family = named_family(model)
            sweep = cls(f"family {model}", family.sentence, None, model, tuple(axes), orbit, degree)
        else:
            base = dataclasses.replace(model, orbit=orbit).rows
            sweep = cls(model.name, model.source, base, "", tuple(axes), orbit, degree)
        if len(sweep) > _LARGEST:
            raise InputError(f"sweep of {len(sweep)} points: at most {_LARGEST}; give fewer values")
        for axis in axes:
            sweep._check(axis)
        return sweep

    def _check(self, axis: Axis) -> None:
        """Raise where the values of an axis alone cannot be."""
        values = np.array(axis.values)
        if self.base is None and axis.name not in ORBIT_COLUMNS and not axis.name.startswith("orbit."):
            named_family(self.family).parameter(axis.name).check(values)
            return
        where, field = self._place(axis.name)
        if where == "orbit":
            for value in axis.values:
                dataclasses.replace(self.orbit, **{field: value})
        elif not np.all(values > 0.0):
            raise InputError(f"axis {axis.name}: {values.min():g} is not positive")
        else:
            assert self.base is not None
            self.base.copies(len(values)).with_layer_values(int(where), field, values).complex_rigidity_pa()

    def _place(self, name: str) -> tuple[str, str]:
        """Where an axis belongs: ``orbit`` or the number of a layer from 0, and which field of it."""
        title, _, rest = name.partition(".")
        place, _, field = rest.rpartition(".")
        if title == "orbit" and rest in ORBIT_COLUMNS:
            return "orbit", rest
        if self.base is None or title != "layer" or not place:
            owner = f"orbit.{ORBIT_COLUMNS[0]}, orbit.{ORBIT_COLUMNS[1]}"
            raise InputError(f"axis {name}: give layer.NUMBER.FIELD with {', '.join(LAYER_COLUMNS)}, or {owner}")
        names = self.base.names
        if place.isdecimal() and 1 <= int(place) <= len(names):
            return str(int(place) - 1), field
        if names.count(place) == 1:
            return str(names.index(place)), field
        raise InputError(f"axis {name}: there is no layer {place}; layers are 1 to {len(names)}, {', '.join(names)}")

    @property
    def shape(self) -> tuple[int, ...]:
        """Values by axis."""
        return tuple(len(axis.values) for axis in self.axes)

    def __len__(self) -> int:
        """Points of the grid."""
        return math.prod(self.shape)

    def coordinates(self, start: int, stop: int) -> dict[str, np.ndarray]:
        """Values of each axis at the points from start to stop."""
        index = np.unravel_index(np.arange(start, stop), self.shape)
        return {axis.name: np.array(axis.values)[k] for axis, k in zip(self.axes, index, strict=True)}

    def batch(self, start: int, stop: int) -> Interiors:
        """Bodies at the points from start to stop."""
        given = self.coordinates(start, stop)
        if self.base is None:
            of_family = {name: values for name, values in given.items() if not name.startswith("orbit.")}
            batch = named_family(self.family).members(of_family, orbit=self.orbit)
            batch = batch if of_family else batch.copies(stop - start)
        else:
            batch = self.base.copies(stop - start)
        for name, values in given.items():
            if self.base is None and not name.startswith("orbit."):
                continue
            where, field = self._place(name)
            if where == "orbit":
                batch = batch.with_orbit_values(field, values)
            else:
                batch = batch.with_layer_values(int(where), field, values)
        return batch


@dataclass(frozen=True)
class SweepTable:
    """A sweep with its results.

    Attributes
    ----------
    sweep : Sweep
    columns : dict of str to array, shape (points,)
        `COLUMNS`; NaN where a body cannot be (shells that overlap) or loses too many digits.
    """

    sweep: Sweep
    columns: dict[str, np.ndarray]

    def grid(self, name: str) -> np.ndarray:
        """A column in the shape of the axes."""
        return self.columns[name].reshape(self.sweep.shape)

    @property
    def solved(self) -> int:
        """Points that have a result."""
        return int(np.isfinite(next(iter(self.columns.values()))).sum())


def _solved(piece: tuple[Sweep, int, int]) -> np.ndarray:
    """Results of a piece of a sweep, shape (columns, points)."""
    sweep, start, stop = piece
    batch = sweep.batch(start, stop)
    love = love_numbers(batch, degree=sweep.degree, threads=1)
    lost = np.isnan(love.k.real)
    rows = [part for number in (love.k, love.h, love.l) for part in (number.real, number.imag)]
    if sweep.degree == 2:
        power = dissipated_power_w(batch, love.k)
        area_m2 = 4.0 * math.pi * (batch.columns["outer_radius_km"][:, -1] * M_PER_KM) ** 2
        with np.errstate(divide="ignore", invalid="ignore"):
            q = np.where(love.k.imag < 0.0, np.abs(love.k) / -love.k.imag, np.inf)
        rows += [q, power, power / area_m2]
    rows += [batch.mean_density_kg_m3, batch.moment_of_inertia_factor]
    table = np.stack(rows)
    table[:, lost] = np.nan
    return table


def sweep_pieces(sweep: Sweep) -> list[tuple[Sweep, int, int]]:
    """Pieces of a sweep that are solved one by one: sweep, first point, point after the last."""
    return [(sweep, start, min(start + _ROWS, len(sweep))) for start in range(0, len(sweep), _ROWS)]


def _column_names(degree: int) -> list[str]:
    if degree == 2:
        return list(COLUMNS)
    love = [name.replace("2", str(degree), 1) for name in COLUMNS if name[1:3] == "2_"]
    return [*love, "mean_density_kg_m3", "moment_of_inertia_factor"]


def _nothing(_share: float) -> None:
    """Tell nobody."""


def swept(
    sweep: Sweep, *, threads: int = 2, scheduler: str | None = None, tell: Callable[[float], None] = _nothing
) -> SweepTable:
    """Solve a sweep, piece by piece.

    Parameters
    ----------
    sweep : Sweep
    threads : int
        On this machine.
    scheduler : str or None
        Address of a Dask scheduler; None computes here. The results are the same to the last bit on processors of
        the same kind.
    tell : callable
        Called after each piece with the share that is done; it may raise to end the run.

    Returns
    -------
    SweepTable

    Raises
    ------
    InputError
        If no point is a body that can be, or as `perijove.distribution.mapped` does.
    """
    pieces = sweep_pieces(sweep)
    names = _column_names(sweep.degree)
    results = np.empty((len(names), len(sweep)))
    solved = mapped(_solved, pieces, threads=threads, scheduler=scheduler)
    for (_, start, stop), table in zip(pieces, solved, strict=True):
        results[:, start:stop] = table
        tell(stop / len(sweep))
    found = SweepTable(sweep, dict(zip(names, results, strict=True)))
    if not found.solved:
        raise InputError(f"sweep of {sweep.name}: none of {len(sweep)} points is a body that can be solved")
    return found

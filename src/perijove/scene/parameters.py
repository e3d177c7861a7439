"""Unknowns by name: of one picture, or of many that share some; and derivatives by them."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from perijove.errors import InputError

__all__ = ["JointParameters", "Parameter", "ParameterSet", "jacobian"]


@dataclass(frozen=True)
class Parameter:
    """One unknown: start value, prior standard error, and step for finite differences, all in `unit`."""

    name: str
    unit: str
    value: float
    prior_sigma: float
    step: float


@dataclass(frozen=True)
class ParameterSet:
    """Unknowns in a fixed order. A vector of values has that order; only this class knows it.

    Attributes
    ----------
    parameters : tuple of Parameter
        Of different names.
    """

    parameters: tuple[Parameter, ...]

    def __post_init__(self) -> None:
        """Refuse a name that stands twice."""
        if len(set(self.names)) < len(self.parameters):
            raise InputError(f"parameters of one name: {', '.join(self.names)}")

    def __len__(self) -> int:
        """Number of unknowns."""
        return len(self.parameters)

    def __iter__(self) -> Iterator[Parameter]:
        """In order."""
        return iter(self.parameters)

    def __contains__(self, name: object) -> bool:
        """Whether an unknown has that name."""
        return name in self.names

    def __getitem__(self, name: str) -> Parameter:
        """Unknown of that name."""
        return self.parameters[self.index(name)]

    @property
    def names(self) -> tuple[str, ...]:
        """Names in order."""
        return tuple(parameter.name for parameter in self.parameters)

    @property
    def values(self) -> np.ndarray:
        """Start values, which are those of the priors, shape (p,)."""
        return np.array([parameter.value for parameter in self.parameters])

    @property
    def prior_sigmas(self) -> np.ndarray:
        """Standard errors of the priors, shape (p,)."""
        return np.array([parameter.prior_sigma for parameter in self.parameters])

    @property
    def steps(self) -> np.ndarray:
        """Steps for finite differences, shape (p,)."""
        return np.array([parameter.step for parameter in self.parameters])

    def index(self, name: str) -> int:
        """Place of a name in a vector."""
        try:
            return self.names.index(name)
        except ValueError:
            raise InputError(f"no parameter {name!r}; there are {', '.join(self.names)}") from None

    def named(self, values: ArrayLike) -> dict[str, float]:
        """Values by name."""
        return dict(zip(self.names, np.asarray(values, dtype=float).tolist(), strict=True))

    def vector(self, values: ArrayLike | None = None, **changes: float) -> np.ndarray:
        """Vector of the given values, or of the start values, with some changed by name."""
        result = np.array(self.values if values is None else values, dtype=float)
        for name, value in changes.items():
            result[self.index(name)] = value
        return result

    def starting_at(self, **values: float) -> "ParameterSet":
        """Return the same unknowns, some with another start value."""
        chosen = self.vector(**values).tolist()
        return ParameterSet(
            tuple(replace(parameter, value=v) for parameter, v in zip(self.parameters, chosen, strict=True))
        )

    def known_to(self, **sigmas: float) -> "ParameterSet":
        """Return the same unknowns, some with another standard error of the prior."""
        return ParameterSet(tuple(replace(p, prior_sigma=sigmas.get(p.name, p.prior_sigma)) for p in self.parameters))


@dataclass(frozen=True, eq=False)
class JointParameters:
    """Unknowns of several pictures in one vector.

    Attributes
    ----------
    parameters : ParameterSet
        First those that all pictures share, then each picture's own, named ``picture/name``.
    places : mapping of str to array of int
        Where in the joint vector each picture finds its own vector.
    """

    parameters: ParameterSet
    places: Mapping[str, np.ndarray]

    @classmethod
    def of(cls, sets: Mapping[str, ParameterSet], *, shared: Collection[str] = ()) -> "JointParameters":
        """Join the unknowns of pictures.

        Parameters
        ----------
        sets : mapping
            Unknowns by picture.
        shared : collection of str
            Names of which there is one unknown for all pictures that have it.

        Raises
        ------
        InputError
            If no picture has a shared name, or pictures differ in its unit, start value, prior or step.
        """
        joint: dict[str, Parameter] = {}
        for name in shared:
            found = {parameters[name] for parameters in sets.values() if name in parameters}
            if len(found) != 1:
                what = "no picture has it" if not found else "the pictures start it, or limit it, differently"
                raise InputError(f"parameter {name} cannot be shared: {what}")
            joint[name] = found.pop()
        for picture, parameters in sets.items():
            own = (p for p in parameters if p.name not in shared)
            joint |= {f"{picture}/{p.name}": replace(p, name=f"{picture}/{p.name}") for p in own}
        order = {name: place for place, name in enumerate(joint)}
        places = {
            picture: np.array([order[p.name if p.name in shared else f"{picture}/{p.name}"] for p in parameters])
            for picture, parameters in sets.items()
        }
        return cls(ParameterSet(tuple(joint.values())), places)

    def values_of(self, picture: str, values: ArrayLike) -> np.ndarray:
        """One picture's own vector out of the joint one."""
        own: np.ndarray = np.asarray(values, dtype=float)[self.places[picture]]
        return own

    def spread(self, picture: str, slopes: np.ndarray) -> np.ndarray:
        """Derivatives by one picture's unknowns, last axis, as derivatives by the joint ones."""
        result = np.zeros((*slopes.shape[:-1], len(self.parameters)))
        result[..., self.places[picture]] = slopes
        return result


def jacobian(
    function: Callable[[np.ndarray], ArrayLike], at: ArrayLike, steps: ArrayLike, *, angles_deg: ArrayLike = False
) -> np.ndarray:
    """Derivatives of a function of pose parameters, by central differences.

    Parameters
    ----------
    function : callable
        Takes a vector of shape (p,), gives an array of shape (...). It must be smooth within a step: whatever it picks
        (a nearest frame, a member of a set, a rounded number) must be picked before, at `at`, and stay.
    at : array, shape (p,)
    steps : array, shape (p,)
        On either side.
    angles_deg : array of bool, shape (...)
        Which values are angles in degrees: their difference is taken the short way round.

    Returns
    -------
    array, shape (..., p)
        Error (step²/6) f''' and rounding over the step.
    """
    at = np.asarray(at, dtype=float)
    columns = []
    for shift in np.diag(np.asarray(steps, dtype=float)):
        difference = np.asarray(function(at + shift), dtype=float) - np.asarray(function(at - shift), dtype=float)
        short = (difference + 180.0) % 360.0 - 180.0
        columns.append(np.where(angles_deg, short, difference) / (2.0 * shift.sum()))
    return np.stack(columns, axis=-1)

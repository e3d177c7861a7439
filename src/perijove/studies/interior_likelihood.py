"""What has been measured of Io that its interior decides, and how likely it is of an interior."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from types import MappingProxyType

import numpy as np
from scipy.special import gammaln

from perijove.bodies.galilean import (
    GALILEAN_J2_C22,
    IO_HEAT_FLOW_VEEDER_1994_W,
    IO_K2_OVER_Q_LAINEY_2009,
    IO_MEAN_DENSITY_ANDERSON_2001_KG_M3,
    IO_MOMENT_OF_INERTIA_FACTOR,
    IO_MOMENT_OF_INERTIA_SCHUBERT_2004,
    IO_Q_PARK_2025,
    IO_RE_K2_PARK_2025,
)
from perijove.bodies.io_interior import (
    IO_FIGURE_SECOND_ORDER,
    IO_HEAT_IMBALANCE_W,
    IO_MOMENT_OF_INERTIA_DOUBT,
    IO_NON_HYDROSTATIC_J2,
)
from perijove.constants import GRAVITATIONAL_CONSTANT_M3_KG_S2
from perijove.errors import InputError
from perijove.interior.interiors import Interiors
from perijove.ocean.moving import has_moving_ocean, moving_k2
from perijove.tides.love import love_numbers
from perijove.tides.potential import dissipated_power_w

__all__ = [
    "DATA",
    "DEFAULT_DATA",
    "ERROR_TAILS",
    "QUANTITIES",
    "Datum",
    "ErrorTail",
    "Likelihood",
    "named_data",
    "predictions",
]


@dataclass(frozen=True)
class ErrorTail:
    """How often errors are many times the stated one.

    Attributes
    ----------
    name, sentence : str
    widen : float
        Scale of the errors over the stated standard error.
    freedom : float
        Degrees of freedom of Student's t; infinite for Gauss's law.
    """

    name: str
    sentence: str
    widen: float = 1.0
    freedom: float = math.inf

    def log_density(self, white: np.ndarray) -> np.ndarray:
        """Natural logarithm of the density of an error in units of the stated one; shape as given."""
        z = white / self.widen
        if math.isinf(self.freedom):
            gauss: np.ndarray = -0.5 * z**2 - 0.5 * math.log(2.0 * math.pi) - math.log(self.widen)
            return gauss
        nu = self.freedom
        norm = gammaln(0.5 * (nu + 1.0)) - gammaln(0.5 * nu) - 0.5 * math.log(nu * math.pi) - math.log(self.widen)
        student: np.ndarray = norm - 0.5 * (nu + 1.0) * np.log1p(z**2 / nu)
        return student

    def drawn(self, count: int, rng: np.random.Generator) -> np.ndarray:
        """Errors in units of the stated one, shape (count,)."""
        gauss = math.isinf(self.freedom)
        errors: np.ndarray = rng.standard_normal(count) if gauss else rng.standard_t(self.freedom, count)
        return self.widen * errors


GAUSS = ErrorTail("gauss", "Gauss's law with the stated standard errors.")

ERROR_TAILS: Mapping[str, ErrorTail] = MappingProxyType(
    {
        tail.name: tail
        for tail in (
            GAUSS,
            ErrorTail("gauss-1.5", "Gauss's law, standard errors half as large again.", widen=1.5),
            ErrorTail("gauss-2", "Gauss's law, standard errors twice as large.", widen=2.0),
            ErrorTail("student-4", "Student's t with 4 degrees of freedom: 8 sigma are 1 in 760.", freedom=4.0),
        )
    }
)
"""Laws by name. Which of them holds many sigmas out, where a shallow ocean lies, no data tell: none are as many."""


@dataclass(frozen=True)
class Datum:
    """A measurement with its standard error.

    Attributes
    ----------
    name : str
    quantity : str
        Which of `QUANTITIES` was measured.
    value, sigma : float
    sentence : str
        What it rests on, assumptions included.
    source : str
    doubt : float
        Standard deviation of what it presumes, in its own unit; joins sigma.
    """

    name: str
    quantity: str
    value: float
    sigma: float
    sentence: str
    source: str
    doubt: float = 0.0

    @property
    def total_sigma(self) -> float:
        """Standard error of the measurement with what it presumes."""
        return math.hypot(self.sigma, self.doubt)

    def __post_init__(self) -> None:
        """Refuse what cannot be compared with."""
        if self.quantity not in QUANTITIES:
            raise InputError(f"datum {self.name}: {self.quantity} is not one of {', '.join(QUANTITIES)}")
        if not (math.isfinite(self.value) and 0.0 < self.sigma < math.inf):
            raise InputError(f"datum {self.name}: {self.value} with sigma {self.sigma} is not a measurement")
        if not 0.0 <= self.doubt < math.inf:
            raise InputError(f"datum {self.name}: doubt {self.doubt} is not a standard deviation; give 0 or more")


QUANTITIES: Mapping[str, str] = MappingProxyType(
    {
        "re_k2": "",
        "minus_im_k2": "",
        "q": "",
        "heat_w": "W",
        "moment_of_inertia_factor": "",
        "mean_density_kg_m3": "kg/m3",
        "j2": "",
        "c22": "",
    }
)
"""What `predictions` computes, with units. Minus Im k2 is |k2| / Q; J2 and C22 are those of a figure in equilibrium."""

_ISOTROPIC = (1.0, math.sqrt(1.0 / 12.0))  # of J2 and C22: harmonics of one variance, unnormalised

DATA: Mapping[str, Datum] = MappingProxyType(
    {
        datum.name: datum
        for datum in (
            Datum(
                "re_k2",
                "re_k2",
                *IO_RE_K2_PARK_2025.measured,
                "Doppler data of two flybys of Juno and of Galileo, and astrometry.",
                "Park et al. 2025, doi:10.1038/s41586-024-08442-5",
            ),
            Datum(
                "k2_over_q",
                "minus_im_k2",
                *IO_K2_OVER_Q_LAINEY_2009.measured,
                "Secular accelerations of the moons in a century of astrometry.",
                "Lainey et al. 2009, doi:10.1038/nature08108",
            ),
            Datum(
                "heat_flow",
                "heat_w",
                *IO_HEAT_FLOW_VEEDER_1994_W.measured,
                "Infrared emission; that it measures the tide presumes that Io loses today what it gains today.",
                "Veeder et al. 1994; the error as restated later",
                IO_HEAT_IMBALANCE_W,
            ),
            Datum(
                "moment_of_inertia",
                "moment_of_inertia_factor",
                *IO_MOMENT_OF_INERTIA_FACTOR.measured,
                "Galileo's gravity field, for a figure in hydrostatic equilibrium to first order.",
                "Anderson et al. 2001, doi:10.1029/2000JE001367",
                IO_MOMENT_OF_INERTIA_DOUBT,
            ),
            Datum(
                "moment_of_inertia_2004",
                "moment_of_inertia_factor",
                *IO_MOMENT_OF_INERTIA_SCHUBERT_2004.measured,
                "The same field and assumption, reduced again: 4 standard errors higher.",
                "Schubert et al. 2004, in Jupiter, ed. Bagenal et al.",
                IO_MOMENT_OF_INERTIA_DOUBT,
            ),
            *(
                Datum(
                    name,
                    name,
                    *fact.measured,
                    "Galileo's gravity field; a figure in hydrostatic equilibrium to first order is compared with it.",
                    "Anderson et al. 2001, doi:10.1029/2000JE001367",
                    math.hypot(share * IO_NON_HYDROSTATIC_J2, IO_FIGURE_SECOND_ORDER * fact),
                )
                for name, fact, share in zip(("j2", "c22"), GALILEAN_J2_C22["IO"], _ISOTROPIC, strict=True)
            ),
            Datum(
                "mean_density",
                "mean_density_kg_m3",
                *IO_MEAN_DENSITY_ANDERSON_2001_KG_M3.measured,
                "Mass over volume; the families keep it unless their mean density is free.",
                "Anderson et al. 2001, doi:10.1029/2000JE001367",
            ),
            Datum(
                "q",
                "q",
                *IO_Q_PARK_2025.measured,
                "Of the same solution as re_k2, by the same astrometry as k2_over_q. No correlation is published; if "
                "the error is that of a quotient, those of Re k2 and Im k2 are correlated by 0.54 or more.",
                "Park et al. 2025, doi:10.1038/s41586-024-08442-5",
            ),
        )
    }
)
"""Measurements by name."""

DEFAULT_DATA = ("re_k2", "k2_over_q", "heat_flow", "moment_of_inertia")
_INERTIAS = ("moment_of_inertia", "moment_of_inertia_2004")
_SAME_MEASUREMENT = (("k2_over_q", "q"), _INERTIAS, *product(_INERTIAS, ("j2", "c22")))


def named_data(names: Sequence[str]) -> tuple[Datum, ...]:
    """Measurements from `DATA`.

    Raises
    ------
    InputError
        If there is none, one is unknown or named twice, or two are readings of the same measurement.
    """
    for name in names:
        if name not in DATA:
            raise InputError(f"datum {name}: is unknown; names are {', '.join(DATA)}")
    if not names or len(set(names)) < len(names):
        raise InputError(f"data {', '.join(names) or 'none'}: give one or more names, each once")
    for pair in _SAME_MEASUREMENT:
        if set(pair) <= set(names):
            raise InputError(f"data {' and '.join(pair)}: rest on the same observations; give one of them")
    return tuple(DATA[name] for name in names)


def predictions(batch: Interiors, *, threads: int = 1) -> dict[str, np.ndarray]:
    """What `QUANTITIES` are in interiors, arrays of shape (bodies,); NaN where a body cannot be.

    The heat is that of the tide, with the friction of an ocean whose magma has a viscosity; other liquids are at rest.
    J2 = 5/6 q k and C22 = q k / 4 with the fluid Love number k and q = w² R³ / (G M): first order, as for a moon that
    has turned one face to its planet for long.
    """
    moving = has_moving_ocean(batch)
    k2 = moving_k2(batch, threads=threads) if moving else love_numbers(batch, threads=threads).k
    lag = 0.0 - k2.imag  # never -0
    with np.errstate(divide="ignore"):
        q = np.abs(k2) / lag
    density, flattened = batch.mean_density_kg_m3, batch.fluid_love_number
    flattened = flattened * batch.orbit_column("angular_frequency_rad_s") ** 2
    flattened /= 4.0 / 3.0 * math.pi * GRAVITATIONAL_CONSTANT_M3_KG_S2 * density
    return {
        "re_k2": k2.real,
        "minus_im_k2": lag,
        "q": q,
        "heat_w": dissipated_power_w(batch, k2),
        "moment_of_inertia_factor": batch.moment_of_inertia_factor,
        "mean_density_kg_m3": density,
        "j2": 5.0 / 6.0 * flattened,
        "c22": 0.25 * flattened,
    }


@dataclass(frozen=True)
class Likelihood:
    """Errors of some measurements, together.

    Attributes
    ----------
    data : tuple of Datum
    correlations : mapping of (str, str) to float
        Between errors of two data, by their names; 0 where not given. Errors are with doubt.
    tail : ErrorTail
        Law of each error, once correlations are taken out: by Cholesky's factor, in the order of the data.

    Raises
    ------
    InputError
        If a correlation names what is not among the data, or all together they are no covariance.
    """

    data: tuple[Datum, ...]
    correlations: Mapping[tuple[str, str], float] = field(default_factory=dict)
    tail: ErrorTail = GAUSS
    _whitening: np.ndarray = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Factor the covariance once."""
        names = [datum.name for datum in self.data]
        matrix = np.eye(len(names))
        for (first, second), value in self.correlations.items():
            if first not in names or second not in names or first == second:
                raise InputError(f"correlation of {first} with {second}: not two of the data {', '.join(names)}")
            i, j = names.index(first), names.index(second)
            matrix[i, j] = matrix[j, i] = value
        sigma = np.array([datum.total_sigma for datum in self.data])
        try:
            lower = np.linalg.cholesky(matrix * np.outer(sigma, sigma))
        except np.linalg.LinAlgError:
            raise InputError("correlations: no covariance has these; each must lie between -1 and 1") from None
        object.__setattr__(self, "_whitening", np.linalg.inv(lower))

    def log(self, predicted: Mapping[str, np.ndarray]) -> np.ndarray:
        """Natural logarithm of the probability density of the data; minus infinity where a prediction is NaN.

        Parameters
        ----------
        predicted : mapping of str to array, shape (bodies,)
            As from `predictions`.
        """
        misfit = np.stack([predicted[datum.quantity] - datum.value for datum in self.data], axis=-1)
        white = misfit @ self._whitening.T
        log: np.ndarray = np.log(np.diag(self._whitening)).sum() + self.tail.log_density(white).sum(axis=-1)
        return np.where(np.isnan(log), -np.inf, log)

    def drawn(self, predicted: Mapping[str, float], rng: np.random.Generator) -> "Likelihood":
        """The same measurements as they would come out of a body with these predictions: synthetic data."""
        noise = np.linalg.solve(self._whitening, self.tail.drawn(len(self.data), rng))
        data = tuple(
            Datum(d.name, d.quantity, float(predicted[d.quantity] + error), d.sigma, "Synthetic.", "drawn", d.doubt)
            for d, error in zip(self.data, noise, strict=True)
        )
        return Likelihood(data, self.correlations, self.tail)

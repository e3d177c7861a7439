"""What is held possible before the data speak: priors of interiors, hypotheses, and other choices of the same.

Odds between hypotheses hang on priors. So each is spelled out here, and `PRIOR_CHOICES` holds several for the pair that
matters: how far the odds move between them is part of the answer.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType

import numpy as np

from perijove.errors import InputError
from perijove.interior.families import named_family
from perijove.interior.interiors import Interiors
from perijove.interior.melt import CRITICAL_MELT_FRACTION
from perijove.interior.rheology import RHEOLOGIES

__all__ = ["HYPOTHESES", "PRIOR_CHOICES", "Hypothesis", "Prior", "PriorChoice", "prior_choice", "prior_from_text"]


@dataclass(frozen=True)
class Prior:
    """Even between two bounds: the parameter itself, or its logarithm.

    Attributes
    ----------
    name : str
        Of a parameter of the family, or of its rheology.
    low, high : float
    log : bool
        Whether the logarithm is even, as fits what is unknown by orders of magnitude.

    Raises
    ------
    InputError
        If the bounds are out of order, not finite, or not positive under a logarithm.
    """

    name: str
    low: float
    high: float
    log: bool = False

    def __post_init__(self) -> None:
        """Refuse bounds that are none."""
        if not (-math.inf < self.low < self.high < math.inf):
            raise InputError(f"prior of {self.name}: {self.low:g} to {self.high:g} is not a range; give low:high")
        if self.log and self.low <= 0.0:
            raise InputError(f"prior of {self.name}: low {self.low:g} has no logarithm; give a positive bound")

    def value(self, unit: np.ndarray) -> np.ndarray:
        """From a number that is even between 0 and 1."""
        if self.log:
            log: np.ndarray = np.exp(math.log(self.low) + unit * math.log(self.high / self.low))
            bounded: np.ndarray = np.clip(log, self.low, self.high)  # rounding must not leave the bounds
            return bounded
        even: np.ndarray = self.low + unit * (self.high - self.low)
        return even


def prior_from_text(text: str) -> Prior:
    """Prior from ``name=low:high`` or ``name=low:high:log``.

    Raises
    ------
    InputError
        If the text is not of that form.
    """
    name, equals, bounds = text.partition("=")
    parts = bounds.split(":")
    if not equals or not name.strip() or len(parts) not in (2, 3) or (len(parts) == 3 and parts[2] != "log"):
        raise InputError(f"prior {text}: give name=low:high or name=low:high:log")
    try:
        low, high = float(parts[0]), float(parts[1])
    except ValueError:
        raise InputError(f"prior {text}: {parts[0]} and {parts[1]} are not both numbers") from None
    return Prior(name.strip(), low, high, log=len(parts) == 3)


@dataclass(frozen=True)
class Hypothesis:
    """A family of interiors with what is held possible of it.

    Attributes
    ----------
    name, sentence : str
    family : str
        Key of `FAMILIES`.
    priors : tuple of Prior
        Of the free parameters, in the order of the chain; independent of each other.
    fixed : mapping of str to float
        Other parameters that do not have their defaults.
    rheology : str
        Of all rock.

    Raises
    ------
    InputError
        If a parameter is unknown, free twice, both free and fixed, or its prior leaves the bounds of the family.
    """

    name: str
    sentence: str
    family: str
    priors: tuple[Prior, ...]
    fixed: Mapping[str, float] = field(default_factory=dict)
    rheology: str = "maxwell"

    def __post_init__(self) -> None:
        """Hold names and bounds against the family's."""
        family, names = named_family(self.family), self.parameters
        if self.rheology not in RHEOLOGIES:
            laws = ", ".join(RHEOLOGIES)
            raise InputError(f"hypothesis {self.name}: rheology {self.rheology!r} is not one of {laws}")
        for prior in self.priors:
            family.parameter(prior.name, self.rheology).check(np.array([prior.low, prior.high]))
        for name, value in self.fixed.items():
            family.parameter(name, self.rheology).check(np.array([value]))
        twice = [name for name in names if names.count(name) > 1 or name in self.fixed]
        if twice or not names:
            raise InputError(f"hypothesis {self.name}: {twice[0] if twice else 'nothing'} is free, once each")

    @property
    def parameters(self) -> tuple[str, ...]:
        """Names of the free parameters."""
        return tuple(prior.name for prior in self.priors)

    def values(self, unit: np.ndarray) -> np.ndarray:
        """Parameters from points of the unit cube, shape (n, parameters)."""
        return np.stack([prior.value(unit[:, k]) for k, prior in enumerate(self.priors)], axis=1)

    def batch(self, values: np.ndarray) -> Interiors:
        """Interiors from parameters, shape (n, parameters)."""
        free = {name: values[:, k] for k, name in enumerate(self.parameters)}
        return named_family(self.family).members({**self.fixed, **free}, rheology=self.rheology)

    def with_priors(self, priors: Sequence[Prior]) -> "Hypothesis":
        """The same with other priors; parameters that were not free join at the end, and are fixed no more."""
        new = {prior.name: prior for prior in priors}
        kept = tuple(new.pop(prior.name, prior) for prior in self.priors)
        fixed = {name: value for name, value in self.fixed.items() if name not in new}
        return replace(self, priors=(*kept, *new.values()), fixed=fixed)

    def with_rheology(self, rheology: str, priors: Sequence[Prior] = ()) -> "Hypothesis":
        """The same of other rock, with priors of what its law knows; parameters of the law before are no more."""
        law = {parameter.name for parameter in RHEOLOGIES[self.rheology].parameters}
        kept = tuple(prior for prior in self.priors if prior.name not in law)
        fixed = {name: value for name, value in self.fixed.items() if name not in law}
        return replace(self, rheology=rheology, priors=kept, fixed=fixed).with_priors(priors)

    def with_fixed(self, values: Mapping[str, float]) -> "Hypothesis":
        """The same with parameters held at values."""
        priors = tuple(prior for prior in self.priors if prior.name not in values)
        return replace(self, priors=priors, fixed={**self.fixed, **values})


_ROCK = (
    Prior("rock_viscosity_pa_s", 1e15, 1e21, log=True),
    Prior("lithosphere_thickness_km", 10.0, 60.0),
    Prior("core_radius_km", 550.0, 1050.0),  # 0.36 to 0.52 of Io's radius (Anderson et al. 1996), and some room
    Prior("core_density_kg_m3", 5150.0, 8000.0),  # eutectic Fe-FeS to iron (Anderson et al. 1996)
    Prior("crust_density_kg_m3", 2600.0, 3300.0),  # porous basalt to rock as dense as the mantle
)

_SOLID = Hypothesis(
    "mostly-solid-mantle",
    "All layers above the core are solid; one of them holds melt, less than makes the grains lose touch.",
    "partially-molten",
    (
        Prior("melt_fraction", 0.0, CRITICAL_MELT_FRACTION),
        Prior("asthenosphere_thickness_km", 10.0, 500.0, log=True),
        *_ROCK,
    ),
)
_OCEAN = Hypothesis(
    "shallow-magma-ocean",
    "A global layer of magma at least 2 km thick, with its roof within 100 km of the surface.",
    "magma-ocean",
    (
        Prior("ocean_thickness_km", 2.0, 200.0, log=True),
        Prior("ocean_depth_km", 10.0, 100.0),
        *_ROCK,
    ),
)

_MUSH = Hypothesis(
    "mush",
    "A layer of mush, in which melt has made the grains lose touch, and which yields in bulk, too.",
    "partially-molten",
    (
        Prior("melt_fraction", CRITICAL_MELT_FRACTION, 0.35),  # beyond, it is a liquid for the tide
        Prior("asthenosphere_thickness_km", 10.0, 500.0, log=True),
        Prior("bulk_viscosity_ratio", 0.1, 10.0, log=True),  # models of pores differ by as much
        Prior("relaxed_bulk_share", 0.01, 0.999),  # from melt that drains to melt that is shut in
        *_ROCK,
    ),
)

HYPOTHESES: Mapping[str, Hypothesis] = MappingProxyType({h.name: h for h in (_SOLID, _OCEAN, _MUSH)})
"""With the priors of reference; the first two are weighed against each other in `PRIOR_CHOICES`."""


@dataclass(frozen=True)
class PriorChoice:
    """Another set of priors for a mostly solid mantle and a magma ocean."""

    name: str
    sentence: str
    hypotheses: tuple[Hypothesis, Hypothesis]


_WIDE_ROCK = (Prior("rock_viscosity_pa_s", 1e12, 1e23, log=True), Prior("lithosphere_thickness_km", 5.0, 150.0))
_RIGID = (Prior("rock_rigidity_pa", 2e10, 2e11, log=True),)
_MOLTEN_ROCK = (Prior("mantle_melt_fraction", 0.0, 0.2),)
_MAGMA = (Prior("magma_viscosity_pa_s", 1.0, 1e4, log=True),)
_ANDRADE = (Prior("alpha", 0.1, 0.5), Prior("zeta", 0.1, 10.0, log=True))  # as far as experiments reach
_PEAK = (Prior("voigt_compliance_ratio", 0.01, 1.0, log=True), Prior("voigt_viscosity_ratio", 1e-3, 1.0, log=True))

PRIOR_CHOICES: Mapping[str, PriorChoice] = MappingProxyType(
    {
        choice.name: choice
        for choice in (
            PriorChoice(
                "reference", "Viscosity and thickness of the melt layer by orders of magnitude.", (_SOLID, _OCEAN)
            ),
            PriorChoice(
                "linear",
                "Thickness of the melt layer even in kilometres: thick layers more likely.",
                (
                    _SOLID.with_priors([Prior("asthenosphere_thickness_km", 10.0, 500.0)]),
                    _OCEAN.with_priors([Prior("ocean_thickness_km", 2.0, 200.0)]),
                ),
            ),
            PriorChoice(
                "wide",
                "Eleven decades of viscosity, lids up to 150 km.",
                (_SOLID.with_priors(_WIDE_ROCK), _OCEAN.with_priors(_WIDE_ROCK)),
            ),
            PriorChoice(
                "rigid",
                "Rigidity of the rock free by a decade, which is what could stiffen the roof of an ocean.",
                (_SOLID.with_priors(_RIGID), _OCEAN.with_priors(_RIGID)),
            ),
            PriorChoice(
                "warm",
                "Melt in the rest of the mantle, too, up to a fifth.",
                (_SOLID.with_priors(_MOLTEN_ROCK), _OCEAN.with_priors(_MOLTEN_ROCK)),
            ),
            PriorChoice(
                "andrade",
                "Andrade's rock, whose Q goes with frequency to the power of alpha, 0.1 to 0.5.",
                (_SOLID.with_rheology("andrade", _ANDRADE), _OCEAN.with_rheology("andrade", _ANDRADE)),
            ),
            PriorChoice(
                "sundberg-cooper",
                "Andrade's rock with a peak of relaxation anywhere within four decades of frequency.",
                tuple(  # type: ignore[arg-type]  # two of two
                    one.with_rheology("sundberg-cooper", (*_ANDRADE, *_PEAK)) for one in (_SOLID, _OCEAN)
                ),
            ),
            PriorChoice(
                "moving",
                "The ocean flows, with its inertia and the friction of magma of 1 to 10,000 Pa s.",
                (_SOLID, _OCEAN.with_priors(_MAGMA)),
            ),
        )
    }
)
"""Choices by name; the depth of the ocean's roof is varied apart (`magma_ocean.odds_by_roof`)."""


def prior_choice(name: str) -> PriorChoice:
    """Choice of `PRIOR_CHOICES`, or several at once: ``rigid+wide`` changes what either changes.

    Raises
    ------
    InputError
        If a name is unknown, or two change the same parameter or the law of rock.
    """
    parts = [part.strip() for part in name.split("+")]
    for part in parts:
        if part not in PRIOR_CHOICES:
            raise InputError(f"priors {part}: are unknown; names are {', '.join(PRIOR_CHOICES)}, or several with +")
    joined = PRIOR_CHOICES[parts[0]]
    reference = PRIOR_CHOICES["reference"].hypotheses
    for part in parts[1:]:
        other = PRIOR_CHOICES[part]
        solid, ocean = map(_with_changes, joined.hypotheses, other.hypotheses, reference)
        joined = PriorChoice(f"{joined.name}+{part}", f"{joined.sentence} {other.sentence}", (solid, ocean))
    return joined


def _with_changes(joined: Hypothesis, other: Hypothesis, reference: Hypothesis) -> Hypothesis:
    """Hypothesis with that in which another differs from that of reference."""
    changed = [prior for prior in other.priors if prior not in reference.priors]
    known = {prior for prior in joined.priors if prior not in reference.priors}
    same = {prior.name for prior in changed} & {prior.name for prior in known}
    laws = {joined.rheology, other.rheology} - {reference.rheology}
    if same or len(laws) > 1:
        raise InputError(f"priors joined with +: both change {', '.join(sorted(same)) or 'the law of rock'}")
    if other.rheology != reference.rheology:
        return joined.with_rheology(other.rheology, changed)
    return joined.with_priors(changed)

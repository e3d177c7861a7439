"""What is known beforehand of the parameters that a fit may vary, so wide that positions over decades decide."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from perijove.dynamics.system import JovianSystem
from perijove.errors import InputError
from perijove.fit.adjustment import Prior
from perijove.fit.system_parameters import POLE, system_parameter

__all__ = ["GROUPS", "PRIOR_SIGMA", "priors_of"]

# Widths of the fit to jup365: 2.5 to 60 times the published standard errors (0.004 km3/s2 for Io's GM, JPL jup365
# header; 2e-9 to 7e-9 for J2, J4 and J6, Durante et al. 2020).
PRIOR_SIGMA: Mapping[str, float] = MappingProxyType(
    {
        "gm.JUPITER": 3.0,
        "gm.IO": 0.01,
        "gm.EUROPA": 0.01,
        "gm.GANYMEDE": 0.01,
        "gm.CALLISTO": 0.01,
        "J2": 1e-7,
        "J4": 1e-7,
        "J6": 1e-7,
        "pole_ra": 1e-3,
        "pole_dec": 1e-3,
        "pole_ra_rate": 2e-3,
        "pole_dec_rate": 2e-3,
    }
)
"""Standard errors before the fit: km3/s2, 1, deg and deg per century."""

GROUPS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "gm": tuple(name for name in PRIOR_SIGMA if name.startswith("gm.")),
        "j2": ("J2",),
        "j4": ("J4",),
        "j6": ("J6",),
        "pole": POLE,
    }
)
"""Parameters that are asked for together."""


def priors_of(
    system: JovianSystem, groups: Iterable[str], sigmas: Mapping[str, float] = MappingProxyType({})
) -> dict[str, Prior]:
    """Priors about the values that a system has.

    Parameters
    ----------
    system : JovianSystem
    groups : iterable of str
        Some of `GROUPS`.
    sigmas : mapping of float
        Standard errors by parameter: of further ones, or instead of `PRIOR_SIGMA`.

    Returns
    -------
    dict of Prior

    Raises
    ------
    InputError
        Where a name is unknown or an error is not positive.
    """
    names = [name for group in groups for name in GROUPS[group]]
    widths = {**{name: PRIOR_SIGMA[name] for name in names}, **sigmas}
    for name, sigma in widths.items():
        if not sigma > 0.0:
            raise InputError(f"prior of {name}: a standard error of {sigma}; it must be positive")
    return {name: Prior(system_parameter(system, name), sigma) for name, sigma in widths.items()}

"""Interiors of Io that papers and codes have computed, by name."""

from collections.abc import Mapping
from types import MappingProxyType

from perijove.errors import InputError
from perijove.interior.body import Interior
from perijove.interior.layers import Layer, Orbit

__all__ = ["MODELS", "named_interior"]

_STEINKE_ORBIT = Orbit(angular_frequency_rad_s=4.1086e-5, eccentricity=0.0041)
_STEINKE_BULK_PA = 2e14  # in effect incompressible; of the LOV3D test Test_Io_Multi_Layer_Spherically_Symmetric
_CORE = Layer("core", "liquid", 965.0, 5150.0)
_LID = ("lithosphere", 1821.6, 6.5e10, 1e23)


def _steinke(
    name: str, *shells: tuple[str, float, float, float], bulk_modulus_pa: float | None, source: str
) -> Interior:
    """Core and shells of (name, outer radius in km, rigidity in Pa, viscosity in Pa s)."""
    layers = [
        Layer(shell, "solid", radius, 3244.0, shear_modulus_pa=mu, bulk_modulus_pa=bulk_modulus_pa, viscosity_pa_s=eta)
        for shell, radius, mu, eta in (*shells, _LID)
    ]
    return Interior((_CORE, *layers), name=name, source=source, orbit=_STEINKE_ORBIT)


_STEINKE_SOURCE = (
    "Steinke et al. 2020, doi:10.1016/j.icarus.2019.05.001; bulk modulus as in LOV3D's test of it; its Re k2 lies {} "
    "standard errors above Juno's, measured later"
)

MODELS: Mapping[str, Interior] = MappingProxyType(
    {
        "steinke-2020-a": _steinke(
            "Steinke 2020 A",
            ("deep mantle", 1591.6, 6e10, 1e20),
            ("asthenosphere", 1791.6, 7.8e5, 1e11),
            bulk_modulus_pa=_STEINKE_BULK_PA,
            source=_STEINKE_SOURCE.format(13),
        ),
        "steinke-2020-b": _steinke(
            "Steinke 2020 B",
            ("deep mantle", 1591.6, 2e9, 8e14),
            ("asthenosphere", 1791.6, 9e7, 3.5e12),
            bulk_modulus_pa=_STEINKE_BULK_PA,
            source=_STEINKE_SOURCE.format(10),
        ),
        "five-layer": _steinke(
            "five-layer comparison",
            ("deep mantle", 1400.0, 6e10, 1e20),
            ("middle mantle", 1591.6, 6e10, 1e16),
            ("asthenosphere", 1791.6, 1e9, 3.5e12),
            bulk_modulus_pa=None,
            source="made to compare codes: TidalPy 0.7.6, TidalPy 0.8.1 and a propagator matrix agree on it to 1e-8; "
            "twice Io's power",
        ),
    }
)
"""Interiors by name. A is heated in its asthenosphere, B in mantle and asthenosphere; both have the power of Io,
but a Re k2 that Juno, later, found far smaller: see their sources."""


def named_interior(name: str) -> Interior:
    """Interior from `MODELS`.

    Raises
    ------
    InputError
        If there is none of that name.
    """
    if name not in MODELS:
        raise InputError(f"{name}: no such model; names are {', '.join(MODELS)}")
    return MODELS[name]

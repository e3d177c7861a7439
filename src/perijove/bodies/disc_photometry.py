"""How bright Io and Jupiter are as a whole, and how Io's ground scatters light, as published."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import ArrayLike

from perijove.facts import Fact

__all__ = [
    "IO_DISC_CURVES_MAYORGA_2020",
    "IO_GEOMETRIC_ALBEDOS_SIMONELLI_1984",
    "IO_HAPKE",
    "IO_HAPKE_VIOLET_SIMONELLI_1986",
    "IO_PHASE_INTEGRAL_SIMONELLI_1984",
    "JUPITER_DISC_ALBEDOS_KARKOSCHKA_1998",
    "JUPITER_DISC_CURVE_MALLAMA_2018",
    "DiscCurve",
    "HapkeFacts",
]

_MAYORGA = "Mayorga et al. 2020, doi 10.3847/1538-3881/abb8df, table 5, second hand: Cassini"
_SIMONELLI_1984 = "Simonelli & Veverka 1984, doi 10.1016/0019-1035(84)90110-6, second hand: Voyager"
_SIMONELLI_1986 = "Simonelli & Veverka 1986, Icarus 68, 503, as quoted by them in NTRS 19870014003, second hand"
_KARKOSCHKA = "Karkoschka 1998, doi 10.1006/icar.1998.5913, spectrum of 1995, mean over center_nm +- width_nm / 2"
_MALLAMA = "Mallama & Hilton 2018, eq. 9, after Mayorga et al. 2016: Cassini, green"


@dataclass(frozen=True)
class DiscCurve:
    """Mean radiance factor of a disc, its dark part included, against the phase angle.

    Attributes
    ----------
    wavelength_nm : float
        Effective wavelength.
    coefficients : tuple of float
        Of powers of the phase angle over `unit_deg`, the constant first.
    unit_deg : float
    phase_deg : tuple of two float
        Smallest and largest phase angle with measurements. Between 21 and 62 deg Io's curves have none.
    """

    wavelength_nm: Fact
    coefficients: tuple[Fact, ...]
    unit_deg: Fact
    phase_deg: tuple[Fact, Fact]

    def reflectivity(self, phase_deg: ArrayLike) -> np.ndarray:
        """Mean I/F of the disc: array of the shape of `phase_deg`; NaN where nothing was measured."""
        angle = np.asarray(phase_deg, dtype=float)
        value = np.polynomial.polynomial.polyval(angle / self.unit_deg, [float(c) for c in self.coefficients])
        first, last = self.phase_deg
        return np.where((angle >= first) & (angle <= last), value, np.nan)


@dataclass(frozen=True)
class HapkeFacts:
    """Parameters of Hapke's function (`perijove.physics.hapke`).

    Attributes
    ----------
    single_scattering_albedo : float
    surge_width : float
        h of Hapke 1981.
    asymmetry : float
        Of the Henyey-Greenstein function; negative scatters back.
    roughness_deg : float
        Mean slope.
    phase_deg : tuple of two float
        Phase angles for which the parameters hold.
    """

    single_scattering_albedo: Fact
    surge_width: Fact
    asymmetry: Fact
    roughness_deg: Fact
    phase_deg: tuple[Fact, Fact]


def _range(first: float, last: float, source: str) -> tuple[Fact, Fact]:
    return Fact(first, "deg", source), Fact(last, "deg", source)


def _cassini(name: str, nm: float, phase_deg: tuple[float, float], *coefficients: float) -> DiscCurve:
    source = f"{_MAYORGA} {name}"
    return DiscCurve(
        Fact(nm, "nm", source),
        tuple(Fact(each, "1", source) for each in coefficients),
        Fact(1.0, "deg", source),
        _range(*phase_deg, source),
    )


# Not scaled to any other measurement. At phase 0 the green curve meets Voyager's albedo to 1 %, and its phase integral
# is 0.773; no error is stated, and 5 % is taken where a scale rests on it (`perijove.bodies.junocam_response`).
IO_DISC_CURVES_MAYORGA_2020: Mapping[str, DiscCurve] = MappingProxyType(
    {
        "VIO": _cassini(
            "VIO",
            420.0,
            (1.0, 127.0),
            *(0.341370, -1.032816e-2, 1.658435e-4, -1.522074e-6, 7.031275e-9, -1.249025e-11),
        ),
        "GRN": _cassini("GRN", 568.0, (5.1, 130.0), *(0.621452, -9.898741e-3, 4.331736e-5, 1.745495e-8, -3.288270e-10)),
        "RED": _cassini("RED", 647.0, (1.0, 127.3), *(0.670283, -1.115061e-2, 6.532755e-5, -1.729996e-7, 2.188850e-10)),
        "CB2": _cassini(
            "CB2",
            752.0,
            (5.1, 127.2),
            *(0.756797, -1.420334e-2, 1.295066e-4, -9.210421e-7, 4.440832e-9, -8.926980e-12),
        ),
    }
)
IO_GEOMETRIC_ALBEDOS_SIMONELLI_1984: Mapping[str, Fact] = MappingProxyType(
    {
        name: Fact(value, "1", f"{_SIMONELLI_1984}, {name.lower()} filter", sigma=sigma)
        for name, value, sigma in (
            ("VIOLET", 0.242, 0.01),
            ("BLUE", 0.483, 0.02),
            ("GREEN", 0.628, 0.02),
            ("ORANGE", 0.633, 0.03),
        )
    }
)
IO_PHASE_INTEGRAL_SIMONELLI_1984 = Fact(0.78, "1", _SIMONELLI_1984, sigma=0.02)

IO_HAPKE_VIOLET_SIMONELLI_1986 = HapkeFacts(
    Fact(0.68, "1", f"{_SIMONELLI_1986}: w, violet, whole disc"),
    Fact(0.24, "1", f"{_SIMONELLI_1986}: h"),
    Fact(-0.14, "1", f"{_SIMONELLI_1986}: g"),
    Fact(25.0, "deg", f"{_SIMONELLI_1986}: mean slope"),
    _range(2.0, 159.0, f"{_SIMONELLI_1986}: abstract"),
)


def _hapke(albedo: float, sigma: float, asymmetry: float) -> HapkeFacts:
    violet = IO_HAPKE_VIOLET_SIMONELLI_1986
    source = "fitted to `IO_DISC_CURVES_MAYORGA_2020`, h and slope as in violet (builders/junocam_scale.py)"
    return HapkeFacts(
        Fact(albedo, "1", source, sigma=sigma),
        violet.surge_width,
        Fact(asymmetry, "1", source, sigma=0.02),
        violet.roughness_deg,
        _range(5.0, 115.0, f"{source}: curves met to 5 %"),
    )


# By filter of JunoCam. Voyager's own parameters were printed for violet alone, where Io is half as bright.
IO_HAPKE: Mapping[str, HapkeFacts] = MappingProxyType(
    {"BLUE": _hapke(0.853, 0.025, -0.285), "GREEN": _hapke(0.927, 0.020, -0.300), "RED": _hapke(0.967, 0.013, -0.292)}
)

JUPITER_DISC_ALBEDOS_KARKOSCHKA_1998: Mapping[str, Fact] = MappingProxyType(  # at a phase angle of 6.8 deg
    {
        name: Fact(value, "1", _KARKOSCHKA, sigma=0.04 * value)
        for name, value in (("BLUE", 0.485), ("GREEN", 0.533), ("RED", 0.486))
    }
)
# Over the brightness at phase 0. The constant is 10^(0.4 x 0.033), which joins it to the curve of small phases.
JUPITER_DISC_CURVE_MALLAMA_2018 = DiscCurve(
    Fact(568.0, "nm", _MALLAMA),
    tuple(Fact(1.0309 * c, "1", _MALLAMA) for c in (1.0, -1.507, -0.363, -0.062, 2.809, -1.876)),
    Fact(180.0, "deg", _MALLAMA),
    _range(12.0, 130.0, _MALLAMA),
)

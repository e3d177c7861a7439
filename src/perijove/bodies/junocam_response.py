"""What JunoCam's scale rests on: the laboratory, Io and Jupiter in flight; and how light falls off in a strip."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from perijove.bodies.fact_array import FactArray
from perijove.facts import Count, Fact

__all__ = [
    "JUNOCAM_FALL_OFF",
    "JUNOCAM_FALL_OFF_COLUMNS_PX",
    "JUNOCAM_FRAMELET_AGREEMENT",
    "JUNOCAM_RESPONSE_ANCHORS",
    "JUNOCAM_RESPONSE_LABORATORY",
    "Anchor",
    "LaboratoryErrors",
]

_GUESS = "a guess of this project: the report of 2010 states none"
_BUILDER = "builders/junocam_scale.py"


@dataclass(frozen=True)
class LaboratoryErrors:
    """Relative standard errors of the response measured before launch, and how far the throughput may leave its line.

    Attributes
    ----------
    common : float
        Shared by all filters.
    own : float
        Of each filter.
    drift : float
        After the last orbit of the throughput's fit, in parts of what its line loses from there on, the same for all
        filters: 1 where the decline has stopped, -1 where it has doubled.
    """

    common: Fact
    own: Fact
    drift: Fact


@dataclass(frozen=True)
class Anchor:
    """A picture of a body whose brightness is published.

    Attributes
    ----------
    orbit : int
    ratios : mapping
        By filter: I/F with the laboratory's response and the published throughput over what was expected; the
        standard error is the filter's own.
    common : float
        Relative standard error that all filters share.
    """

    orbit: Count
    ratios: Mapping[str, Fact]
    common: Fact


def _anchor(orbit: int, source: str, common: tuple[float, str], **ratios: tuple[float, float]) -> Anchor:
    return Anchor(
        Count(orbit, "1", source),
        MappingProxyType({name: Fact(value, "1", source, sigma) for name, (value, sigma) in ratios.items()}),
        Fact(common[0], "1", common[1]),
    )


JUNOCAM_RESPONSE_LABORATORY = LaboratoryErrors(
    Fact(0.10, "1", _GUESS), Fact(0.11, "1", _GUESS), Fact(1.0, "1", "a guess of this project")
)
# Own errors: Io's spectrum between Cassini's filters (7, 1, 3 %) and the pattern of its ground seen from the south (5,
# 3, 3 %); Jupiter's phase curve in other colours than green, methane bands in red, three pictures (6, 3, 6 %).
JUNOCAM_RESPONSE_ANCHORS: tuple[Anchor, ...] = (
    _anchor(
        68,
        f"whole disc of Io at phase 89.7 deg, JNCE_2024362_68C00012, against `IO_DISC_CURVES_MAYORGA_2020`; {_BUILDER}",
        (0.07, "Cassini's scale 5 %, hemisphere 4 %, what changed on Io from 2000 to 2024 3 %"),
        BLUE=(1.02, 0.09),
        GREEN=(0.97, 0.04),
        RED=(0.99, 0.04),
    ),
    _anchor(
        44,
        "Jupiter at phases of 94 to 115 deg, three pictures of orbits 43 and 44, against "
        f"`JUPITER_DISC_ALBEDOS_KARKOSCHKA_1998` and `JUPITER_DISC_CURVE_MALLAMA_2018`; {_BUILDER}",
        (0.08, "albedo 4 %, phase curve 5 %, regions and years 4 %, law of reflection 2 %"),
        BLUE=(0.84, 0.06),
        GREEN=(0.86, 0.04),
        RED=(1.00, 0.06),
    ),
)

_OVERLAP = (
    "how framelets disagree on the same ground over tens of pixels, beyond their noise, in three pictures of Jupiter"
)
JUNOCAM_FRAMELET_AGREEMENT: Mapping[str, Fact] = MappingProxyType(  # relative; of one framelet
    {
        "without flat": Fact(0.010, "1", f"{_OVERLAP} (benchmarks/honesty_brightness.py)"),
        "with flat": Fact(0.008, "1", f"{_OVERLAP} (benchmarks/honesty_brightness.py --calibration)"),
    }
)

_SWIFT = "flat field made from pictures of orbits 12 to 16 (Brian Swift), mean of the colours, which agree to 2 %"
JUNOCAM_FALL_OFF_COLUMNS_PX = FactArray(
    [103.0, 263.0, 423.0, 583.0, 743.0, 903.0, 1063.0, 1223.0, 1383.0, 1543.0], "px", _SWIFT
)
# Over the response near the axis. The scene's own shading is in it: the fall towards the right, where none of the
# pictures at hand shows Jupiter, is an upper bound. At the left Jupiter shows 0.90, 0.93 and 0.94 (blue, green, red).
JUNOCAM_FALL_OFF = FactArray([0.92, 0.99, 1.02, 1.02, 1.01, 0.97, 0.91, 0.84, 0.77, 0.69], "1", _SWIFT)

"""Bands in which Io's volcanoes are measured: JIRAM's imager, and the filters behind adaptive optics.

All are taken as boxes. JIRAM's transmission curves are not published with its data; those of NIRC2 move the mean
spectral radiance of a black body between 300 and 1500 K by some per cent, less than a measurement's error.
"""

from dataclasses import dataclass
from types import MappingProxyType

from perijove.facts import Fact

__all__ = ["BANDS", "InfraredBand"]

_SIS = "JIRAM SIS 7.5 (INAF 2022)"
_NIRC2 = "Keck Observatory, NIRC2 filters: half of the peak transmission"
_COLUMN = "de Kleer et al. 2019, head of the column; its width is not at hand, so it counts as one wavelength"


@dataclass(frozen=True)
class InfraredBand:
    """A band as a box.

    Attributes
    ----------
    name : str
    low_um, high_um : Fact
        Edges; equal where a band counts as one wavelength.
    center_um : Fact
        Wavelength that stands for it in tables and figures.
    """

    name: str
    low_um: Fact
    high_um: Fact
    center_um: Fact

    @property
    def width_um(self) -> float:
        """From edge to edge; 0 where the band counts as one wavelength."""
        return self.high_um - self.low_um


def _band(name: str, low: float, high: float, center: float, source: str) -> InfraredBand:
    return InfraredBand(name, *(Fact(value, "um", source) for value in (low, high, center)))


BANDS = MappingProxyType(
    {
        band.name: band
        for band in (
            _band("JIRAM-L", 3.320, 3.600, 3.455, _SIS),
            _band("JIRAM-M", 4.5375, 5.035, 4.780, _SIS),
            _band("NIRC2-Kcont", 2.2558, 2.2854, 2.2706, _NIRC2),
            _band("NIRC2-H2O", 2.9855, 3.1404, 3.0629, _NIRC2),
            _band("NIRC2-PAH", 3.2627, 3.3182, 3.2904, _NIRC2),
            _band("NIRC2-Lp", 3.426, 4.126, 3.776, _NIRC2),
            _band("NIRC2-BrAcont", 3.99, 3.99, 3.99, _COLUMN),
            _band("NIRC2-BrA", 4.05, 4.05, 4.05, _COLUMN),
            _band("NIRC2-Ms", 4.549, 4.790, 4.670, _NIRC2),
        )
    }
)
"""By name."""

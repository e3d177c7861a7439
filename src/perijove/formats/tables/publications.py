"""Which tables of hot spots are published, by whom, and how well each places its entries."""

from dataclasses import dataclass
from types import MappingProxyType

__all__ = ["TABLES", "TableFacts"]


@dataclass(frozen=True)
class TableFacts:
    """A published table.

    Attributes
    ----------
    name : str
        What Perijove calls it.
    file : str
        Its file's name.
    instrument : str
    citation : str
    sigma_km : float
        Standard error of a place along one axis. No table states one but that of adaptive optics, to whose errors this
        is added in squares; the others are estimated, see Notes.

    Notes
    -----
    Entries that have one name in the thermal table and in another lie apart by a median of 7 km (JIRAM; a quarter of
    them by more than 17 km, a tenth by more than 39), 19 km (geologic map), 20 km (NIMS), 40 km (Mura et al., whole
    degrees) and 71 km (adaptive optics, of which scatter between nights explains a third). Distances of errors alone
    would have medians of 1.18 sigma. Lava flows, which have no centre, and places once guessed from wide pixels make
    the tails longer than normal; the errors are set for these.
    """

    name: str
    file: str
    instrument: str
    citation: str
    sigma_km: float


_ALL = (
    TableFacts(
        "davies2024-thermal",
        "io_thermal_sources_davies2024.csv",
        "Galileo, ground, JIRAM",
        "Davies et al. 2024, Planetary Science Journal 5, 121, doi:10.3847/PSJ/ad4346",
        12.0,
    ),
    TableFacts(
        "davies2024-jiram",
        "io_jiram_hotspots_davies2024.csv",
        "JIRAM",
        "Davies et al. 2024, Nature Astronomy 8, 94, supplementary table 1",
        12.0,
    ),
    TableFacts(
        "dekleer2019",
        "io_ao_detections_dekleer2019.csv",
        "Keck and Gemini adaptive optics",
        "de Kleer et al. 2019, Astronomical Journal 158, 29, doi:10.3847/1538-3881/ab2380",
        45.0,
    ),
    TableFacts(
        "mura2024",
        "io_mura2024_table3_mband_gw.csv",
        "JIRAM",
        "Mura et al. 2024, table 3",
        30.0,
    ),
    TableFacts(
        "sim3168",
        "io_sim3168_hotspots.csv",
        "Voyager, Galileo, ground",
        "Williams et al. 2011, USGS Scientific Investigations Map 3168",
        40.0,
    ),
    TableFacts(
        "nims",
        "io_nims_spectral_maxima.csv",
        "NIMS",
        "Galileo NIMS, converted spectra of unresolved hot spots, NASA PDS",
        40.0,
    ),
)
TABLES = MappingProxyType({one.name: one for one in _ALL})
"""By name."""

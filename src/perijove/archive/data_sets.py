"""Registry of the data that Perijove fetches by name: what each is, whose it is, and how to know it.

A picture of the mission site comes packed: its hash is that of the file within. Whatever else is fetched, by product
name or by pass, has no hash here; the manifest of its folder keeps the one it came with.
"""

from dataclasses import dataclass

from perijove.errors import InputError

__all__ = ["DATA_SETS", "DataFile", "DataSet", "data_set", "known_sha256"]

_USGS = "NASA/JPL/USGS Astrogeology (Galileo, Voyager)"
_MOSAIC_PAGE = "https://astrogeology.usgs.gov/search/map/io_galileo_ssi_voyager_color_merged_global_mosaic_1km"
_GREY_PAGE = "https://astrogeology.usgs.gov/search/map/io_voyager_galileo_ssi_global_mosaic_1km"
# Both mosaics at half the size, with 180 W in the middle, as J. Perry keeps them beside his programs for Juno.
_HALVED = tuple(
    f"https://raw.githubusercontent.com/volcanopele/juno/{version}/Io_GalileoSSI-Voyager_Global_Mosaic_"
    for version in ("cf6ae14b4f00e0741cd9846ffeb7aecfbaf5f4de", "0b80e0541fa4c19157232df44959f11e8f81e566", "HEAD")
)


@dataclass(frozen=True)
class DataFile:
    """One file of a set.

    Attributes
    ----------
    name : str
        In the cache.
    sha256 : str
        Hexadecimal.
    size_bytes : int
    local : str
        Where it stands in a folder of real data that the user has, see `perijove.archive.cache`.
    urls : tuple of str
        Where it is, to be tried in turn; empty where it comes out of a page of the mission site.
    """

    name: str
    sha256: str
    size_bytes: int
    local: str
    urls: tuple[str, ...] = ()


@dataclass(frozen=True)
class DataSet:
    """Files that belong together.

    Attributes
    ----------
    name : str
        As it is asked for; of a picture its product name.
    title : str
        What it is, for people.
    files : tuple of DataFile
    credit, licence : str
        Whom to name, and what one may do with it.
    page : str
        Where its publisher describes it.
    left_lon_east_deg : float or None
        Of a global map: east longitude of its left edge.
    """

    name: str
    title: str
    files: tuple[DataFile, ...]
    credit: str
    licence: str
    page: str
    left_lon_east_deg: float | None = None

    @property
    def size_bytes(self) -> int:
        """Of all files."""
        return sum(file.size_bytes for file in self.files)


# As CSV, out of the papers' own tables: the publishers offer them in other forms, so no address has these bytes.
_VOLCANOES = (
    (
        "io_thermal_sources_davies2024.csv",
        "810075d9f9abf950e29967b73e4b9c234172e9aa98a2532b374f0187278cf76c",
        18983,
    ),
    (
        "io_jiram_hotspots_davies2024.csv",
        "d6eb3ec7899bdf3a2d5de3bfaa259ff8f6b5a3bd9f8670ac1d3db9d165951f05",
        60645,
    ),
    (
        "io_ao_detections_dekleer2019.csv",
        "497134dbb56850977de779dcc0712c5d91dc9313d94021ab26830d83f28bdd66",
        65054,
    ),
    (
        "io_mura2024_table3_mband_gw.csv",
        "4e60ab1b78a51c64088485464a41adb491b4b5414bd9c892b9a77216ef1bcdda",
        3037,
    ),
    ("io_sim3168_hotspots.csv", "63d0ecc8f62fd883b20c9a5e170a3ddbd80afb2dfb9ff5f5a206a19d03bb0682", 14027),
    (
        "io_nims_spectral_maxima.csv",
        "8003f461e60ddb08d846c0f692c7cfec90d249b9c62ddc6df3a6e0d3aff96a63",
        84073,
    ),
    (
        "sim3168/io_geology_map.shp",
        "6a02334eee7af7518f90c5f97b1468552499de89b05d17656d627556e71aa64f",
        2798948,
    ),
    (
        "sim3168/io_geology_map.dbf",
        "ac09efc6635cf3d9d81fb5596a050393bf358ea5f204b79d4039952b369c53a3",
        178964,
    ),
    ("sim3168/io_geology_map.shx", "d7a25a6c6a53bc66025dd920922babc2b4fcefb0b5ffb29d896a4f7d3e7ced64", 12116),
)
DATA_SETS = (
    DataSet(
        name="io-map",
        title="Io in colour, global mosaic, 2 km per pixel (from the 1 km mosaic)",
        files=(
            DataFile(
                name="io-map.jpg",
                sha256="1149c41bf25dbaf3e9ae73d972be5336f6db093498bee4bac82af4fb59579112",
                size_bytes=2650766,
                local="maps/io_usgs_galileo_voyager_color_2km_180w.jpg",
                urls=tuple(f"{place}ClrMerge_2km_180W.jpg" for place in _HALVED),
            ),
        ),
        credit=_USGS,
        licence="public domain",
        page=_MOSAIC_PAGE,
        left_lon_east_deg=0.0,
    ),
    DataSet(
        name="io-map-grey",
        title="Io in grey, global mosaic, 2 km per pixel (from the 1 km mosaic)",
        files=(
            DataFile(
                name="io-map-grey.jpg",
                sha256="f0eba71157fc00f49931ab99804874457903b922b6a1c54e86e2604b6f72e7a0",
                size_bytes=3325102,
                local="maps/io_usgs_galileo_voyager_mono_2km_180w.jpg",
                urls=tuple(f"{place}2km_180W.jpg" for place in _HALVED),
            ),
        ),
        credit=_USGS,
        licence="public domain",
        page=_GREY_PAGE,
        left_lon_east_deg=0.0,
    ),
    DataSet(
        name="io-volcanoes",
        title="Io's hot spots: six published tables, and the geologic map SIM 3168",
        files=tuple(
            DataFile(local.rpartition("/")[2], known, size, f"volcanoes/{local}") for local, known, size in _VOLCANOES
        ),
        credit="Davies et al. 2024a, b; de Kleer et al. 2019; Mura et al. 2024; NASA PDS; USGS (Williams et al. 2011)",
        licence="CC BY 4.0 (Davies et al., Mura et al.); tables of facts; public domain (NASA, USGS)",
        page="https://doi.org/10.3847/PSJ/ad4346",
    ),
    DataSet(
        name="JNCE_2024362_68C00012_V01",
        title="Io by JunoCam, perijove 68, 2024-12-27, from 81,000 km: raw picture and metadata",
        files=(
            DataFile(
                name="JNCE_2024362_68C00012_V01-raw.png",
                sha256="13f5828a2f64f5229e986879270ec4b8423c6eee74fef132198ea60823154b35",
                size_bytes=3738446,
                local="junocam/JNCE_2024362_68C00012_V01-raw.png",
            ),
            DataFile(
                name="JNCE_2024362_68C00012_V01-Metadata.json",
                sha256="696614c6857f2ed85d63ec9f55c5eed1f65b447e70df90b8eb4a756e399b9e05",
                size_bytes=1695,
                local="junocam/JNCE_2024362_68C00012_V01-Metadata.json",
            ),
        ),
        credit="NASA/JPL-Caltech/SwRI/MSSS",
        licence="public domain",
        page="https://www.missionjuno.swri.edu/junocam/processing?id=JNCE_2024362_68C00012_V01",
    ),
)


def data_set(name: str) -> DataSet:
    """Set of a name; `InputError` where there is none."""
    for one in DATA_SETS:
        if one.name.lower() == name.strip().lower():
            return one
    known = ", ".join(one.name for one in DATA_SETS)
    raise InputError(f"{name!r} is no data set; there are {known}")


def known_sha256(name: str) -> str:
    """Hash that a file of a name must have; empty where the registry does not know it."""
    return next((file.sha256 for one in DATA_SETS for file in one.files if file.name == name), "")

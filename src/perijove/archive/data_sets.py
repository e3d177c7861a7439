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

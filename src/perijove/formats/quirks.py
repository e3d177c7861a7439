"""Registry of the archive's faults: which products each one hits, and how it is mended.

Each fault is one function of a label. It gives None where the product does not have the fault, and else the
keywords to use instead of the printed ones: an empty mapping where nothing can be mended and only a warning
helps. The first line of its docstring is the sentence that the documentation prints.

Sources: ERRATA.TXT of the archive's volumes 0028, 0033 and 0035, the product specification, labels.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from perijove.formats.keywords import PLACEHOLDERS, Keywords
from perijove.formats.product_id import ProductId

__all__ = ["MOVED_METHANE_KEYWORD", "QUIRKS", "Quirk", "mended"]

#: Instrument kernel keyword that RATIONALE_DESC carries where METHANE's readout window was moved.
MOVED_METHANE_KEYWORD = "INS-61504_DISTORTION_Y"

_MOVED_METHANE = re.compile(re.escape(MOVED_METHANE_KEYWORD) + r"\s*=\s*([^\s,;()<>]+)")
_PLACEHOLDER_TEMPERATURE = re.compile(r"273(\.0*)?\s*<K>")
_SOFTWARE = re.compile(r"JUNOMAKEPDS(?:\.PY)?\s+(\d+)\.(\d+)", re.IGNORECASE)
_GEOMETRY = ("SUB_SPACECRAFT_LATITUDE", "SUB_SPACECRAFT_LONGITUDE", "SPACECRAFT_ALTITUDE")
_TIMES = ("START_TIME", "STOP_TIME", "IMAGE_TIME")
# Pictures whose satellite-centred geometry and times the archive's release 18 corrected (ERRATA A.18).
_CORRECTED_SATELLITES = frozenset(
    {"08C00092", "12C00071", "12C00072", "12C00109"}
    | {f"{orbit}C{number:05d}" for orbit in (18, 24) for number in range(1, 7)}
)

Changes = Mapping[str, object]
Mend = Callable[[Keywords], Changes | None]


@dataclass(frozen=True)
class Quirk:
    """One fault of the archive.

    Attributes
    ----------
    name : str
        As it appears in `RawImage.quirks`.
    sentence : str
        What is wrong and which products it hits, for the documentation.
    warning : str
        What the user of a product that it hits has to know; empty where mending leaves nothing to know.
    mend : callable
        Keywords to use instead of the printed ones; None for a product without this fault.
    """

    name: str
    sentence: str
    warning: str
    mend: Mend

    def hits(self, keywords: Keywords) -> bool:
        """Whether a label is of a product with this fault."""
        return self.mend(keywords) is not None


_registry: list[Quirk] = []


def _quirk(warning: str = "") -> Callable[[Mend], Mend]:
    def register(mend: Mend) -> Mend:
        sentence = (mend.__doc__ or "").strip().splitlines()[0]
        _registry.append(Quirk(mend.__name__, sentence, warning, mend))
        return mend

    return register


def _text(keywords: Keywords, name: str) -> str:
    value = keywords.values.get(name)
    return value.strip() if isinstance(value, str) else ""


def _product(keywords: Keywords) -> ProductId | None:
    return ProductId.parse(_text(keywords, "PRODUCT_ID"))


def _nothing_to_mend(hit: object) -> Changes | None:
    return {} if hit else None


@_quirk()
def filter_name_as_text(keywords: Keywords) -> Changes | None:
    """FILTER_NAME is a text instead of a list, as in PDS3 labels of one filter; it is split."""
    if not isinstance(keywords.values.get("FILTER_NAME"), str):
        return None
    words = re.split(r"[\s,;/()\[\]{}'\"]+", _text(keywords, "FILTER_NAME"))
    return {"FILTER_NAME": [word for word in words if word]}


@_quirk()
def time_with_zone(keywords: Keywords) -> Changes | None:
    """Times end in Z, where PDS has UTC without a zone letter; it is dropped."""
    times = {name: _text(keywords, name) for name in _TIMES}
    return {name: text[:-1] for name, text in times.items() if text.endswith(("Z", "z"))} or None


@_quirk("The label gives no geometry (sub-spacecraft point and altitude); it has to come from kernels.")
def no_label_geometry(keywords: Keywords) -> Changes | None:
    """Sub-spacecraft point or altitude are missing or N/A; such pictures have no label geometry."""
    if all(keywords.has(name) for name in _GEOMETRY):
        return None
    return dict.fromkeys(_GEOMETRY, "N/A")


@_quirk()
def no_clock_stop_count(keywords: Keywords) -> Changes | None:
    """SPACECRAFT_CLOCK_STOP_COUNT is N/A in all products; a picture's end follows from its frames."""
    count = _text(keywords, "SPACECRAFT_CLOCK_STOP_COUNT")
    return _nothing_to_mend(count and count.upper() in PLACEHOLDERS)


@_quirk()
def placeholder_temperature(keywords: Keywords) -> Changes | None:
    """FOCAL_PLANE_TEMPERATURE is 273.0 K, a fixed placeholder and no measurement; it is dropped."""
    if _PLACEHOLDER_TEMPERATURE.fullmatch(_text(keywords, "FOCAL_PLANE_TEMPERATURE")) is None:
        return None
    return {"FOCAL_PLANE_TEMPERATURE": "N/A"}


@_quirk()
def moved_methane_window(keywords: Keywords) -> Changes | None:
    """METHANE's readout window was moved away from blooming; RATIONALE_DESC has its axis row."""
    if MOVED_METHANE_KEYWORD in keywords.values or "METHANE" not in str(keywords.values.get("FILTER_NAME")):
        return None
    match = _MOVED_METHANE.search(_text(keywords, "RATIONALE_DESC"))
    return None if match is None else {MOVED_METHANE_KEYWORD: match[1].rstrip(".,")}


@_quirk("This RDR was made with a mismatched companding table: its values are wrong; use the EDR.")
def mismatched_companding_table(keywords: Keywords) -> Changes | None:
    """RDRs by JUNOMAKEPDS.PY before 0.5 were decompanded with a mismatched table; EDRs are right."""
    version = _SOFTWARE.fullmatch(_text(keywords, "SOFTWARE_NAME"))
    calibrated = _text(keywords, "STANDARD_DATA_PRODUCT_ID").upper() == "JUNOCAM-RDR"
    return _nothing_to_mend(calibrated and version and (int(version[1]), int(version[2])) < (0, 5))


@_quirk("The archive corrected this picture's geometry and times in a later version; use that one.")
def superseded_satellite_label(keywords: Keywords) -> Changes | None:
    """First versions of 16 satellite pictures (perijoves 8 to 24) have wrong geometry and times."""
    product = _product(keywords)
    return _nothing_to_mend(product and product.version == 1 and product.picture in _CORRECTED_SATELLITES)


@_quirk("Radiation damage spoilt this picture (first two of perijove 47).")
def damaged_perijove_47(keywords: Keywords) -> Changes | None:
    """The first two pictures of perijove 47 are spoilt: radiation damaged a voltage regulator."""
    product = _product(keywords)
    return _nothing_to_mend(product and product.picture in ("47C00001", "47M00002"))


@_quirk("Radiation damage spoilt this picture (first 214 of perijove 48).")
def damaged_perijove_48(keywords: Keywords) -> Changes | None:
    """The first 214 pictures of perijove 48, taken within 23 hours of power-on, are spoilt."""
    product = _product(keywords)
    return _nothing_to_mend(product and product.orbit == 48 and product.number <= 214)


@_quirk("Some compression blocks of this picture are corrupt: error correction failed on its way.")
def corrupt_blocks_perijove_49(keywords: Keywords) -> Changes | None:
    """Picture 49C00116 has corrupt compression blocks that nothing in the file marks."""
    product = _product(keywords)
    return _nothing_to_mend(product and product.picture == "49C00116")


@_quirk("Perijove 56 pictures have a raised and growing black level and saturate; intensities are unsure.")
def saturated_perijove_56(keywords: Keywords) -> Changes | None:
    """Pictures of perijove 56 are offset and saturated; annealing mended it before perijove 57."""
    product = _product(keywords)
    return _nothing_to_mend(product and product.orbit == 56)


@_quirk("Radiation noise is strong from picture 13 of perijove 73 on; expect many flagged pixels.")
def noisy_from_perijove_73(keywords: Keywords) -> Changes | None:
    """From picture 13 of perijove 73 to picture 7 of perijove 74 radiation noise grows."""
    product = _product(keywords)
    place = (product.orbit, product.number) if product else (0, 0)
    return _nothing_to_mend((73, 13) <= place < (74, 8))


@_quirk("Pictures from number 8 of perijove 74 to perijove 80 are mostly empty: counts wrapped around.")
def empty_from_perijove_74(keywords: Keywords) -> Changes | None:
    """From picture 8 of perijove 74 to perijove 80 pictures are mostly empty: counts wrapped around."""
    product = _product(keywords)
    return _nothing_to_mend(product and (product.orbit, product.number) >= (74, 8) and product.orbit <= 80)


#: All known faults, in the order in which they are mended.
QUIRKS: tuple[Quirk, ...] = tuple(_registry)


def mended(keywords: Keywords) -> tuple[Keywords, tuple[Quirk, ...]]:
    """Mend a label's known faults.

    Parameters
    ----------
    keywords : Keywords
        As read.

    Returns
    -------
    keywords : Keywords
        With the faults mended.
    met : tuple of Quirk
        The faults that were met.
    """
    met = []
    for quirk in QUIRKS:
        changes = quirk.mend(keywords)
        if changes is not None:
            keywords = keywords.changed(changes)
            met.append(quirk)
    return keywords, tuple(met)

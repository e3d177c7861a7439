"""JIRAM's products, imager (``IMG``) and spectrometer (``SPE``), raw and calibrated, by PDS3 or PDS4 labels.

What the labels do not say, or say wrongly, stands in `_QUIRKS`; DESIGN.md has the sources.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from xml.etree import ElementTree as ET

import numpy as np

from perijove.bodies.jiram import JIRAM
from perijove.errors import FormatError, InputError, LabelError
from perijove.formats.image import SourceFile
from perijove.formats.keywords import Keywords
from perijove.formats.odl import label_text, parse_label
from perijove.formats.sources import is_file, read_source

__all__ = ["JIRAM_QUIRKS", "JiramFrame", "JiramSpectra", "read_jiram", "read_jiram_spectra"]

JIRAM_QUIRKS: Mapping[str, str] = MappingProxyType(
    {
        "byte order": "IEEE_REAL and IEEE754MSBSingle are little-endian in truth, most significant byte last.",
        "halves": "In 256 lines the first 128 are band L, the last 128 band M.",
        "unit": "W/(m^2*sr*micron) in labels before the specification of 2021-06-21, W/(m^2*sr) after: band radiance.",
        "mirrored": "As stored the sky is mirrored: samples are turned round here, column j is sample 432 - j.",
        "target": 'TARGET_NAME is "N/A" on many orbits whose frames show Io: its place tells.',
        "exposure": "EXPOSURE_DURATION is missing in early calibrated labels; STOP_TIME - START_TIME is the same.",
        "attitude": "RIGHT_ASCENSION, TWIST_ANGLE and QUATERNION point 58 deg beside the label's own target: not read.",
    }
)
"""What the archive's labels do not tell or tell wrongly, in a sentence each."""

_NAME = re.compile(r"JIR_(IMG|SPE)_(EDR|RDR)_(\d{4})(\d{3})T(\d{6})_V(\d{2})", re.IGNORECASE)
_MODE = re.compile(r"SCI_I(\d)_S(\d)", re.IGNORECASE)
_BANDS = {1: ("L", "M"), 2: ("M",), 3: ("L",)}
_SPECTRA_ROWS = {1: 256, 2: 64, 3: 16}
_SPECTRA_BANDS = 336
_WIDTH = {"EDR": 2, "RDR": 4}
_WAVELENGTH_UM = (1.9932749, 0.0089908290)  # of band n from 0, at the slit's centre: specification, 4.1
_LARGEST = 1.0e6  # W/m2/sr; full well at the shortest exposure is 1e2
_WHOLE = 0.05  # counts are whole numbers; single precision keeps them to 1e-3
_LONGEST_S = 2.0


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class JiramFrame:
    """One frame of the imager.

    Attributes
    ----------
    product_id : str
    level : str
        ``EDR`` or ``RDR``.
    mode : str
        Such as ``SCI_I1_S1``; empty in PDS4 labels.
    orbit : int or None
    target : str or None
        As the label has it, upper case; None where it has none.
    start_utc : str
        Start of the exposure.
    exposure_s : float
    bands : tuple of str
        ``L``, ``M`` or both, in the order of the file.
    counts : mapping of str to array, shape (128, 432)
        By band, samples turned round (column j is sample 432 - j), read-only. Whole numbers: one count is 1 / (2.0e6
        exposure) W/m2/sr. NaN where the file has it.
    background_subtracted : bool
        Whether a frame of the inner wall was subtracted on board.
    warnings : tuple of str
    label : mapping
    sources : tuple of SourceFile
    """

    product_id: str
    level: str
    mode: str
    orbit: int | None
    target: str | None
    start_utc: str
    exposure_s: float
    bands: tuple[str, ...]
    counts: Mapping[str, np.ndarray]
    background_subtracted: bool = True
    warnings: tuple[str, ...] = ()
    label: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
    sources: tuple[SourceFile, ...] = ()

    @property
    def count_w_m2_sr(self) -> float:
        """Band radiance of one count."""
        return 1.0 / (float(JIRAM.counts_per_radiance_s) * self.exposure_s)

    def __repr__(self) -> str:
        """What, when, which bands."""
        milliseconds = 1e3 * self.exposure_s
        return f"<JiramFrame {self.product_id}: {' and '.join(self.bands)}, {self.start_utc} UTC, {milliseconds:g} ms>"


@dataclass(frozen=True, eq=False, kw_only=True)
class JiramSpectra:
    """Spectra of one slit.

    Attributes
    ----------
    product_id, start_utc : str
    exposure_s : float
    values : array, shape (rows, 336)
        W/m2/sr/um (RDR) or counts (EDR).
    wavelength_um : array, shape (336,)
        At the slit's centre.
    """

    product_id: str
    start_utc: str
    exposure_s: float
    values: np.ndarray
    wavelength_um: np.ndarray


@dataclass(frozen=True)
class _Label:
    """A label of either kind, brought to PDS3's keywords."""

    keywords: Keywords
    source: SourceFile
    data: str


def read_jiram(path: Path) -> JiramFrame:
    """Read a frame of the imager.

    Parameters
    ----------
    path : Path
        The ``.IMG``, its ``.LBL`` (PDS3) or its ``.xml`` (PDS4); the other file is looked for beside it.

    Raises
    ------
    InputError
        If a file is missing, or of another instrument.
    FormatError
        If pixels are missing, too many, in the other byte order, or none is finite.
    LabelError
        If a keyword is missing, unreadable, or contradicts the file.
    """
    label, content, source, level = _opened(path, "IMG")
    keywords = label.keywords
    lines = keywords.integer("LINES", 1, 1 << 16)
    bands, mode = _bands(keywords, lines)
    samples = keywords.integer("LINE_SAMPLES", 1, 1 << 16)
    if samples != JIRAM.samples:
        raise keywords.error("LINE_SAMPLES", f"{JIRAM.samples}")
    values = _values(content, (lines, samples), level, source.name)
    exposure = _exposure_s(keywords)
    warnings = list(_damage(content, keywords))
    counts = values.astype(float)
    missing = int(np.count_nonzero(~np.isfinite(counts)))
    if missing == counts.size:
        raise FormatError(f"{source.name}: no pixel has a value; fetch it again")
    if level == "RDR":
        counts *= float(JIRAM.counts_per_radiance_s) * exposure
        whole = np.rint(counts)
        if np.nanmax(np.abs(counts - whole)) < _WHOLE + 1e-6 * np.nanmax(np.abs(counts)):
            counts = whole
        else:
            warnings.append(
                "Radiances are no whole numbers of counts: the file was resampled, or scaled otherwise than 2.0e6."
            )
    if missing:
        warnings.append(f"{missing} pixels have no value.")
    if keywords.optional_text("DATA_QUALITY_ID") == "0":
        warnings.append("The label calls the data incomplete.")
    halves = {name: _turned(counts, k) for k, name in enumerate(bands)}
    return JiramFrame(
        product_id=keywords.text("PRODUCT_ID"),
        level=level,
        mode=mode,
        orbit=keywords.optional_integer("ORBIT_NUMBER", 0, 999),
        target=(keywords.optional_text("TARGET_NAME") or "").upper() or None,
        start_utc=keywords.utc("START_TIME").isoformat(timespec="milliseconds").removesuffix("+00:00"),
        exposure_s=exposure,
        bands=bands,
        counts=MappingProxyType(halves),
        background_subtracted="DISABLED" not in str(keywords.values.get("HISTORY.NOTE", "")).upper(),
        warnings=tuple(warnings),
        label=keywords.values,
        sources=(source, label.source),
    )


def read_jiram_spectra(path: Path) -> JiramSpectra:
    """Read a slit of the spectrometer; files, errors and quirks as for `read_jiram`."""
    label, content, source, level = _opened(path, "SPE")
    keywords = label.keywords
    match = _MODE.search(keywords.optional_text("INSTRUMENT_MODE_ID") or "")
    rows = len(content) // (_SPECTRA_BANDS * _WIDTH[level])
    if match is not None:
        rows = _SPECTRA_ROWS.get(int(match[2]), 0)
        if not rows:
            raise keywords.error("INSTRUMENT_MODE_ID", "a mode with spectra, S1 to S3")
    values = _values(content, (rows, _SPECTRA_BANDS), level, source.name)
    first, step = _WAVELENGTH_UM
    return JiramSpectra(
        product_id=keywords.text("PRODUCT_ID"),
        start_utc=keywords.utc("START_TIME").isoformat(timespec="milliseconds").removesuffix("+00:00"),
        exposure_s=_exposure_s(keywords),
        values=values.astype(float),
        wavelength_um=first + step * np.arange(_SPECTRA_BANDS),
    )


def _turned(counts: np.ndarray, half: int) -> np.ndarray:
    """A half of a file, samples turned round, read-only."""
    lines = int(JIRAM.band_lines)
    result = np.ascontiguousarray(counts[half * lines : (half + 1) * lines, ::-1])
    result.setflags(write=False)
    return result


def _opened(path: Path, kind: str) -> tuple[_Label, bytes, SourceFile, str]:
    """Label, content and its source, and level of a product."""
    is_label = path.suffix.lower() in (".lbl", ".xml")
    label = _label(path if is_label else _beside(path, (path.stem + ".LBL", path.stem + ".xml"), "its label"))
    image = _beside(path, (label.data,), "the file of its pixels") if is_label else path
    if not is_label and label.data.lower() != image.name.lower():
        raise label.keywords.error("^IMAGE", f"{image.name}, the file given", "give the label of this file")
    match = _NAME.fullmatch(label.keywords.text("PRODUCT_ID"))
    if match is None or match[1].upper() != kind:
        what = "the imager (JIR_IMG_...)" if kind == "IMG" else "the spectrometer (JIR_SPE_...)"
        raise InputError(f"{label.source.name}: {label.keywords.text('PRODUCT_ID')} is no product of {what}")
    content, source = read_source(image)
    return label, content, source, match[2].upper()


def _beside(path: Path, names: tuple[str, ...], what: str) -> Path:
    """First of some files beside another, in any case."""
    for name in names:
        if is_file(path.with_name(name)):
            return path.with_name(name)
    wanted = {name.lower() for name in names}
    folder = path.parent
    found = [each for each in sorted(folder.iterdir()) if each.name.lower() in wanted] if folder.is_dir() else []
    if not found:
        raise InputError(f"{path.name}: {what}, {' or '.join(names)}, is not beside it; fetch it too")
    return found[0]


def _label(path: Path) -> _Label:
    content, source = read_source(path)
    if path.suffix.lower() == ".xml":
        return _label_of_pds4(content, source)
    text = label_text(content)
    if text is None:
        raise FormatError(f"{path.name}: is no PDS3 label (no PDS_VERSION_ID at its start); give the .LBL")
    parsed = parse_label(text, path.name)
    values = {name.removeprefix("FILE."): value for name, value in parsed.values.items()}
    keywords = Keywords(path.name, values)
    if (keywords.optional_text("INSTRUMENT_ID") or "JIR").upper() != "JIR":
        raise InputError(f"{path.name}: is of another instrument, {values['INSTRUMENT_ID']}; give a product of JIRAM")
    pointer = values.get("^IMAGE") or values.get("^SPECTRAL_QUBE") or values.get("^TABLE") or values.get("^QUBE")
    if not isinstance(pointer, str):
        raise keywords.error("^IMAGE", "the name of the file of the pixels")
    if isinstance(values.get("PRODUCT_ID"), str):
        keywords = keywords.changed({"PRODUCT_ID": str(values["PRODUCT_ID"]).upper()})
    return _Label(keywords, source, pointer)


def _label_of_pds4(content: bytes, source: SourceFile) -> _Label:
    """Keywords that PDS4 has, in PDS3's names; the rest is missing."""
    try:
        root = ET.fromstring(content)  # noqa: S314  # labels are small files that the user gives; no entity is fetched
    except ET.ParseError as error:
        raise FormatError(f"{source.name}: is no PDS4 label ({error}); fetch it again") from None
    texts: dict[str, str] = {}
    for element in root.iter():
        tag = element.tag.rpartition("}")[2]
        if element.text and element.text.strip():
            texts.setdefault(tag, element.text.strip())
    axes = {
        (axis.findtext("{*}axis_name") or "").lower(): axis.findtext("{*}elements") or ""
        for axis in root.iter("{http://pds.nasa.gov/pds4/pds/v1}Axis_Array")
    }
    filled = [
        name
        for name in ("L", "M")
        if any(len(element) for element in root.iter() if element.tag.endswith(f"}}{name}_Band_Parameters"))
    ]
    target = root.findtext(".//{*}Target_Identification/{*}name")
    values: dict[str, object] = {
        "PRODUCT_ID": texts.get("logical_identifier", "").rpartition(":")[2].upper(),
        "START_TIME": texts.get("start_date_time", "").removesuffix("Z"),
        "STOP_TIME": texts.get("stop_date_time", "").removesuffix("Z"),
        "TARGET_NAME": target or "N/A",
        "BANDS_WITH_GEOMETRY": "".join(filled),
    }
    for keyword, axis in (("LINES", "line"), ("LINE_SAMPLES", "sample")):
        if axes.get(axis, "").isdigit():
            values[keyword] = int(axes[axis])
    keywords = Keywords(source.name, values)
    if "file_name" not in texts:
        raise keywords.error("file_name", "the name of the file of the pixels")
    return _Label(keywords, source, texts["file_name"])


def _bands(keywords: Keywords, lines: int) -> tuple[tuple[str, ...], str]:
    """Bands in the order of the file, and the mode; refuses a number of lines that is not the mode's."""
    half = int(JIRAM.band_lines)
    text = keywords.optional_text("INSTRUMENT_MODE_ID")
    if text is None:  # PDS4
        if lines == 2 * half:
            return _BANDS[1], ""
        geometry = keywords.optional_text("BANDS_WITH_GEOMETRY") or ""
        if lines != half or len(geometry) != 1:
            raise LabelError(
                f"{keywords.source}: {lines} lines, and the label does not tell the band; give the PDS3 label (.LBL)"
            )
        return (geometry,), ""
    match = _MODE.search(text)
    if match is None or int(match[1]) not in _BANDS:
        raise keywords.error("INSTRUMENT_MODE_ID", "SCI_I1, SCI_I2 or SCI_I3: a mode with an image")
    bands = _BANDS[int(match[1])]
    if lines != half * len(bands):
        raise keywords.error("LINES", f"{half * len(bands)} for {text}")
    return bands, text


def _values(content: bytes, shape: tuple[int, int], level: str, name: str) -> np.ndarray:
    """Values of a file; little-endian, whatever the label says."""
    rows, columns = shape
    needed = rows * columns * _WIDTH[level]
    if len(content) != needed:
        state = "truncated" if len(content) < needed else "too long for this label"
        raise FormatError(
            f"{name}: {len(content)} bytes; its label describes {needed} ({rows} x {columns} x {8 * _WIDTH[level]} "
            f"bits): it is {state}; fetch both again"
        )
    if level == "EDR":
        return np.frombuffer(content, "<i2").reshape(shape)
    values = np.frombuffer(content, "<f4").reshape(shape)
    finite = values[np.isfinite(values)]
    if finite.size and not _sensible(finite):
        swapped = values.view(">f4")
        turned = swapped[np.isfinite(swapped)]
        if turned.size and _sensible(turned):
            raise FormatError(
                f"{name}: its bytes are swapped (big-endian); the archive's files are little-endian whatever the label "
                "says; fetch it again"
            )
        raise FormatError(f"{name}: holds no radiances (up to {np.abs(finite).max():.3g} W/m2/sr); fetch it again")
    return values


def _sensible(values: np.ndarray) -> bool:
    """Whether single-precision values can be radiances: none huge, few so small that no count makes them."""
    size = np.abs(values.astype(float))
    return bool(size.max() < _LARGEST and np.count_nonzero((size > 0.0) & (size < 1e-12)) < 0.01 * size.size)


def _exposure_s(keywords: Keywords) -> float:
    if keywords.has("EXPOSURE_DURATION"):
        for unit in ("second", "s", ""):
            text = keywords.values["EXPOSURE_DURATION"]
            if isinstance(text, str) and unit and f"<{unit}>" in text.lower().replace(" ", ""):
                return keywords.number("EXPOSURE_DURATION", 0.0, _LONGEST_S, unit, above=True)
        return keywords.number("EXPOSURE_DURATION", 0.0, _LONGEST_S, above=True)
    exposure = (keywords.utc("STOP_TIME") - keywords.utc("START_TIME")).total_seconds()
    if not 0.0 < exposure <= _LONGEST_S:
        raise keywords.error("STOP_TIME", f"START_TIME and up to {_LONGEST_S:g} s: the exposure")
    return exposure


def _damage(content: bytes, keywords: Keywords) -> tuple[str, ...]:
    printed = keywords.optional_text("MD5_CHECKSUM")
    if printed is None or hashlib.md5(content, usedforsecurity=False).hexdigest() == printed.lower():
        return ()
    return ("The pixels do not have the label's MD5_CHECKSUM: the file was changed or damaged on its way.",)

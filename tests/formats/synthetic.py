"""Products for tests: pixels and labels as the mission site and the archive write them.

The keywords are those of real labels: the mission site's of JNCE_2024362_68C00012_V01, the archive's of
JNCE_2017033_04C00105_V01 and JNCR_2016345_03C00002_V01 (order, spelling, units, CRLF, detached label, records of one
line), with the sizes and names put in.
"""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from PIL import Image

COLOUR = ("BLUE", "GREEN", "RED")
_LETTERS = {COLOUR: "C", ("METHANE",): "M", ("RED",): "R", ("METHANE", *COLOUR): "A", ("BLUE", "RED"): "T"}
ROWS, COLUMNS = {1: 128, 2: 64}, {1: 1648, 2: 816}
DROP = object()  # as a change: leave the keyword out


def product_name(filters: tuple[str, ...] = COLOUR, kind: str = "E", number: int = 12) -> str:
    """Name of a product of 2024-12-27."""
    return f"JNC{kind}_2024362_68{_LETTERS[filters]}{number:05d}_V01"


def keywords(
    filters: tuple[str, ...] = COLOUR, frames: int = 2, summing: int = 1, level: str = "EDR"
) -> dict[str, object]:
    """Keywords of a product, in the mission site's spelling."""
    lines, columns = ROWS[summing] * len(filters) * frames, COLUMNS[summing]
    bits = 8 if level == "EDR" else 16
    name = product_name(filters, level[0])
    return {
        "DATA_SET_ID": "JUNO-J-JUNOCAM-2-EDR-L0-V1.0" if bits == 8 else "JUNO-J-JUNOCAM-3-RDR-L1A-V1.0",
        "EXPOSURE_DURATION": "6.400000 <ms>",
        "FILE_NAME": f"{name}-raw.png",
        "FILE_RECORDS": lines,
        "FILTER_NAME": list(filters),
        "FOCAL_PLANE_TEMPERATURE": "273.0 <K>",
        "IMAGE_TIME": "2024-12-27T01:18:13.519",
        "INSTRUMENT_ID": "JNC",
        "INTERFRAME_DELAY": "0.371 <s>",
        "JNO:TDI_STAGES_COUNT": 2,
        "LINES": lines,
        "LINE_PREFIX_BYTES": 0,
        "LINE_SAMPLES": columns,
        "LINE_SUFFIX_BYTES": 0,
        "MISSION_PHASE_NAME": "PERIJOVE 68",
        "ORBIT_NUMBER": 68,
        "PRODUCT_ID": name,
        "RATIONALE_DESC": "Io Image",
        "RECORD_BYTES": columns * bits // 8,
        "SAMPLE_BITS": bits,
        "SAMPLE_BIT_MASK": f"2#{'1' * bits}#",
        "SAMPLE_BIT_MODE_ID": "SQROOT",
        "SAMPLE_TYPE": "UNSIGNED_INTEGER",
        "SAMPLING_FACTOR": summing,
        "SOFTWARE_NAME": "JUNOMAKEPDS.PY 0.12",
        "SOLAR_DISTANCE": "7.5975e+08 <km>",
        "SPACECRAFT_ALTITUDE": "79351.5 <km>",
        "SPACECRAFT_CLOCK_START_COUNT": "788534804:109",
        "SPACECRAFT_CLOCK_STOP_COUNT": "N/A",
        "STANDARD_DATA_PRODUCT_ID": f"JUNOCAM-{level}",
        "START_TIME": "2024-12-27T01:18:13.519",
        "STOP_TIME": f"2024-12-27T01:18:{13.519 + 0.371 * frames:06.3f}",
        "SUB_SPACECRAFT_LATITUDE": "-80.9002",
        "SUB_SPACECRAFT_LONGITUDE": "285.7258",
        "TARGET_NAME": "IO",
    }


def changed(values: Mapping[str, object], changes: Mapping[str, object]) -> dict[str, object]:
    """Keywords with some changed and those that are `DROP` left out."""
    return {name: value for name, value in {**values, **changes}.items() if value is not DROP}


def pixels(values: Mapping[str, object], seed: int = 0) -> np.ndarray:
    """Random counts of the size that the keywords tell, over the whole range of their type."""
    bits = int(str(values["SAMPLE_BITS"]))
    shape = (int(str(values["LINES"])), int(str(values["LINE_SAMPLES"])))
    kind = np.uint8 if bits == 8 else np.uint16
    return np.random.default_rng(seed).integers(0, 1 << bits, shape, dtype=kind)


def write_mission_site(
    folder: Path,
    changes: Mapping[str, object] | None = None,
    *,
    counts: np.ndarray | None = None,
    **size: object,
) -> Path:
    """Write ``<name>-raw.png`` and ``<name>-Metadata.json``; the path of the PNG."""
    base = keywords(**size)  # type: ignore[arg-type]
    png = folder / str(base["FILE_NAME"])
    Image.fromarray(pixels(base) if counts is None else counts).save(png, compress_level=1)
    text = json.dumps(changed(base, changes or {}))
    png.with_name(f"{base['PRODUCT_ID']}-Metadata.json").write_text(text, encoding="utf-8")
    return png


def _pds_value(name: str, value: object) -> str:
    bare = ("TARGET_NAME", "SPACECRAFT_NAME", "SAMPLE_TYPE", "START_TIME", "STOP_TIME", "IMAGE_TIME")
    if isinstance(value, list):
        return "(" + ", ".join(f"'{item}'" for item in value) + ")"
    if isinstance(value, str) and (name in bare or value.endswith(">") or value.startswith("2#")):
        return value
    if isinstance(value, str) and name.startswith("SUB_SPACECRAFT") and value[-1].isdigit():
        return value
    return f'"{value}"' if isinstance(value, str) else str(value)


def pds_label(values: Mapping[str, object], pointer: str, *, records: int = 0, md5: str = "") -> str:
    """Text of a label as the archive prints it, CRLF included."""
    image = ("LINES", "LINE_SAMPLES", "SAMPLE_TYPE", "LINE_PREFIX_BYTES", "LINE_SUFFIX_BYTES", "SAMPLE_BITS")
    image = (*image, "SAMPLE_BIT_MASK")
    head = ["PDS_VERSION_ID                = PDS3", "", "/* FILE CHARACTERISTICS */", ""]
    head += ["RECORD_TYPE                   = FIXED_LENGTH"]
    head += [f"LABEL_RECORDS                 = {records}"] if records else []
    head += ["", "/* POINTERS TO DATA OBJECTS */", "", f"^IMAGE                        = {pointer}", ""]
    head += ["/* IDENTIFICATION DATA ELEMENTS */", "", "SPACECRAFT_NAME               = JUNO"]
    head += [f"{name:<30}= {_pds_value(name, value)}" for name, value in values.items() if name not in image]
    body = ["", "OBJECT                        = IMAGE"]
    body += [f"  {name:<28}= {_pds_value(name, values[name])}" for name in image if name in values]
    body += [f'  MD5_CHECKSUM                = "{md5}"'] if md5 else []
    return "\r\n".join([*head, *body, "END_OBJECT                    = IMAGE", "END", ""])


def write_pds3(
    folder: Path,
    changes: Mapping[str, object] | None = None,
    *,
    attached: bool = False,
    least_byte_first: bool = False,
    counts: np.ndarray | None = None,
    **size: object,
) -> Path:
    """Write ``<name>.IMG`` and, unless it is attached, ``<name>.LBL``; the path of the IMG."""
    base = keywords(**size)  # type: ignore[arg-type]
    image = folder / f"{base['PRODUCT_ID']}.IMG"
    base["FILE_NAME"] = image.name
    if least_byte_first:
        base["SAMPLE_TYPE"] = "LSB_UNSIGNED_INTEGER"
    values = changed(base, changes or {})
    array = pixels(base) if counts is None else counts
    data = array.astype(array.dtype.newbyteorder("<" if least_byte_first else ">")).tobytes()
    md5 = hashlib.md5(data, usedforsecurity=False).hexdigest()
    if attached:
        record = int(str(base["RECORD_BYTES"]))
        records = -(-len(pds_label(values, "99", records=99, md5=md5)) // record)
        label = pds_label(values, str(records + 1), records=records, md5=md5).encode("ascii")
        image.write_bytes(label.ljust(records * record) + data)
    else:
        image.write_bytes(data)
        image.with_suffix(".LBL").write_text(pds_label(values, f'"{image.name}"', md5=md5), newline="")
    return image

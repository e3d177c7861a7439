"""Each fault of the archive: the products it hits, those it does not, and what is done about it.

Authority: published (ERRATA.TXT of the archive's volumes; labels), as cited in `perijove.formats.quirks`.
"""

from pathlib import Path

import pytest
from tests.formats.synthetic import keywords, write_mission_site

from perijove.formats import QUIRKS, read
from perijove.formats.keywords import Keywords
from perijove.formats.quirks import Quirk, mended

BY_NAME = {quirk.name: quirk for quirk in QUIRKS}


def product(orbit: int, picture: str, *, version: int = 1, kind: str = "E") -> Keywords:
    """Keywords of a product by its place in the archive."""
    return Keywords("x", {"PRODUCT_ID": f"JNC{kind}_2024001_{orbit:02d}{picture}_V{version:02d}"})


def with_values(**values: object) -> Keywords:
    return Keywords("x", {**keywords(), **values})


CASES: list[tuple[str, list[Keywords], list[Keywords]]] = [
    (
        "filter_name_as_text",
        [with_values(FILTER_NAME="METHANE"), with_values(FILTER_NAME="('BLUE', 'RED')")],
        [with_values(FILTER_NAME=["METHANE"])],
    ),
    (
        "time_with_zone",
        [with_values(START_TIME="2024-12-27T01:18:13.519Z")],
        [with_values(START_TIME="2024-12-27T01:18:13.519")],
    ),
    (
        "no_label_geometry",
        [with_values(SPACECRAFT_ALTITUDE="N/A"), with_values(SUB_SPACECRAFT_LATITUDE="UNK")],
        [with_values()],
    ),
    ("no_clock_stop_count", [with_values()], [with_values(SPACECRAFT_CLOCK_STOP_COUNT="788534809:9")]),
    (
        "placeholder_temperature",
        [with_values(FOCAL_PLANE_TEMPERATURE="273.0 <K>")],
        [with_values(FOCAL_PLANE_TEMPERATURE="259.2 <K>")],
    ),
    (
        "moved_methane_window",
        [with_values(FILTER_NAME=["METHANE"], RATIONALE_DESC="x INS-61504_DISTORTION_Y = 405.48.")],
        [
            with_values(RATIONALE_DESC="x INS-61504_DISTORTION_Y = 405.48"),
            with_values(FILTER_NAME=["METHANE"]),
        ],
    ),
    (
        "mismatched_companding_table",
        [with_values(SOFTWARE_NAME="JUNOMAKEPDS.PY 0.4", STANDARD_DATA_PRODUCT_ID="JUNOCAM-RDR")],
        [
            with_values(SOFTWARE_NAME="JUNOMAKEPDS.PY 0.4", STANDARD_DATA_PRODUCT_ID="JUNOCAM-EDR"),
            with_values(SOFTWARE_NAME="JUNOMAKEPDS.PY 0.12", STANDARD_DATA_PRODUCT_ID="JUNOCAM-RDR"),
            with_values(SOFTWARE_NAME="JUNOMAKEPDS.PY 0.5", STANDARD_DATA_PRODUCT_ID="JUNOCAM-RDR"),
        ],
    ),
    (
        "superseded_satellite_label",
        [product(18, "C00001"), product(24, "C00006", kind="R"), product(12, "C00109")],
        [product(18, "C00001", version=2), product(18, "C00007")],
    ),
    (
        "damaged_perijove_47",
        [product(47, "C00001"), product(47, "M00002", version=2)],
        [product(47, "C00003"), product(46, "C00001")],
    ),
    (
        "damaged_perijove_48",
        [product(48, "C00001"), product(48, "C00214")],
        [product(48, "C00215"), product(49, "C00001")],
    ),
    ("corrupt_blocks_perijove_49", [product(49, "C00116")], [product(49, "C00115")]),
    ("saturated_perijove_56", [product(56, "C00001"), product(56, "M00050")], [product(57, "C00001")]),
    (
        "noisy_from_perijove_73",
        [product(73, "R00013"), product(74, "G00007")],
        [product(73, "R00012"), product(74, "G00008")],
    ),
    (
        "empty_from_perijove_74",
        [product(74, "G00008"), product(76, "C00001"), product(80, "C00300")],
        [product(74, "G00007"), product(73, "C00300"), product(81, "C00001")],
    ),
]


def test_every_quirk_has_its_case() -> None:
    """The registry has no fault without a test, no name twice, and a sentence for each."""
    assert [name for name, _, _ in CASES] == [quirk.name for quirk in QUIRKS]
    assert len(BY_NAME) == len(QUIRKS)
    for quirk in QUIRKS:
        assert quirk.sentence.endswith(".")
        assert len(quirk.sentence) > 20


@pytest.mark.parametrize(("name", "hit", "spared"), CASES, ids=[case[0] for case in CASES])
def test_products_hit(name: str, hit: list[Keywords], spared: list[Keywords]) -> None:
    """A fault hits its products and no neighbours."""
    quirk: Quirk = BY_NAME[name]
    assert all(quirk.hits(case) for case in hit)
    assert not any(quirk.hits(case) for case in spared)


def test_mended_labels_are_clean() -> None:
    """Mending leaves nothing to mend, but for faults that only a warning helps."""
    keywords_, met = mended(
        with_values(FILTER_NAME="METHANE", START_TIME="2024-12-27T01:18:13.519Z", SPACECRAFT_ALTITUDE="UNK")
    )
    assert keywords_.values["FILTER_NAME"] == ["METHANE"]
    assert keywords_.values["START_TIME"] == "2024-12-27T01:18:13.519"
    names = [quirk.name for quirk in met]
    assert names == [
        "filter_name_as_text",
        "time_with_zone",
        "no_label_geometry",
        "no_clock_stop_count",
        "placeholder_temperature",
    ]
    again = [quirk.name for quirk in mended(keywords_)[1]]
    assert again == ["no_label_geometry", "no_clock_stop_count"]


def test_reading_mends_and_tells(tmp_path: Path) -> None:
    """A picture without altitude is read; its geometry is absent and the user hears so."""
    image = read(write_mission_site(tmp_path, {"SPACECRAFT_ALTITUDE": "UNK", "START_TIME": "2024-12-27T01:18:13.519Z"}))
    assert image.geometry is None
    assert image.start_utc == "2024-12-27T01:18:13.519"
    assert set(image.quirks) >= {"no_label_geometry", "time_with_zone"}
    assert image.warnings == (BY_NAME["no_label_geometry"].warning,)

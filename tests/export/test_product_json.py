"""The JSON of a product.

Authority: law (the contract is the project's own and holds exactly); the standard library re-reads the text.
"""

import copy
import json
import math
from pathlib import Path

import numpy as np
import pytest

from perijove.export.product_json import CONTRACT, contract_table, product_text, validate, write_product_json

GEOMETRY = {
    "range_km": 81170.0,
    "sub_spacecraft_lat_deg": 40.1,
    "sub_spacecraft_lon_east_deg": -12.0,
    "subsolar_lat_deg": 2.9,
    "subsolar_lon_east_deg": 77.0,
    "phase_deg": 90.5,
    "roll_deg": 1.0,
}
PRODUCT: dict[str, object] = {
    "products": ["a.tif"],
    "extra": {"times_tdb": [757345678.123456789]},
    "product_id": "JNCE_2024362_68C00012_V01",
    "target": "IO",
    "mid_time_utc": "2024-12-27T01:18:15.100",
    "clock": {
        "start_offset_s": None,
        "start_offset_sigma_s": None,
        "spin_deg_s": np.float64(11.87654321098765),
        "spin_sigma_deg_s": 0.00123456789,
        "interframe_delay_s": 0.372,
    },
    "camera": {"focal_length_px": np.float32(1495.3), "model": "brown"},
    "framelets": [
        {
            "index": np.int64(16),
            "frame": 6,
            "filter": "GREEN",
            "mid_time_utc": "2024-12-27T01:18:15.100",
            "body_in_view": np.bool_(True),
            "disc_center_px": np.array([812.25, 64.5]),
            "disc_center_undistorted_px": (1.0, float("nan")),
            "limb_points": 120,
            "limb_rms_px": math.inf,
        }
    ],
    "geometry": {**GEOMETRY, **{f"{name}_sigma": 0.1 for name in GEOMETRY}, "source": {"range_km": "label"}},
    "registration": {
        "color_rms_px": 0.1,
        "basemap_shift_px": None,
        "basemap_correlation": None,
        "basemap_applied": False,
    },
    "quality": {"hit": np.uint16(3)},
    "radiometry": {
        "scale_sigma_relative": {"RED": 0.06},
        "scale_covariance_relative": {"bands": ["RED"], "total": [[0.0036]], "parts": {"response": [[0.0036]]}},
        "framelet_sigma_relative": {"RED": 0.01},
        "hapke": None,
    },
    "map": {"longitudes": "System III", "position_sigma_km": {"median": 5.4, "largest": np.float32(math.nan)}},
    "display": {
        **{
            name: {"white": 0.5, "black": 0.0, "balance": (1.0,), "curve": "sRGB"}
            for name in ("view", "map", "nightside")
        },
        "depth": 8,
    },
    "provenance": {"folder": Path("a/b.png"), "warnings": []},
}


def test_contract_order_comes_first_and_extras_stay() -> None:
    plain = json.loads(product_text(PRODUCT))
    assert list(plain)[:4] == ["product_id", "target", "mid_time_utc", "clock"]
    assert list(plain)[-2:] == ["products", "extra"]
    assert list(plain["geometry"])[:3] == ["range_km", "range_km_sigma", "sub_spacecraft_lat_deg"]


def test_values_become_plain() -> None:
    plain = json.loads(product_text(PRODUCT))
    assert plain["clock"]["spin_deg_s"] == 11.87654321
    assert plain["clock"]["spin_sigma_deg_s"] == 0.001235
    assert plain["camera"]["focal_length_px"] == 1495.3  # the short form of a 32-bit number
    assert plain["framelets"][0]["disc_center_px"] == [812.25, 64.5]
    assert plain["framelets"][0]["disc_center_undistorted_px"] == [1.0, None]
    assert plain["framelets"][0]["limb_rms_px"] is None
    assert plain["framelets"][0]["body_in_view"] is True
    assert plain["extra"]["times_tdb"] == [757345678.123456789]
    assert plain["provenance"]["folder"] == "b.png"


def test_text_is_stable_and_lists_stay_on_a_line() -> None:
    text = product_text(PRODUCT)
    assert text == product_text(dict(reversed(PRODUCT.items())))
    assert '"disc_center_px": [812.25, 64.5],' in text
    assert text.endswith("}\n")
    assert "NaN" not in text


def test_valid_product_passes(tmp_path: Path) -> None:
    validate(PRODUCT)
    path = tmp_path / "p.json"
    write_product_json(path, PRODUCT)
    validate(json.loads(path.read_text()))


@pytest.mark.parametrize("key", CONTRACT, ids=lambda key: key.path)
def test_each_missing_key_is_named(key: object) -> None:
    path = key.path  # type: ignore[attr-defined]
    broken = copy.deepcopy(PRODUCT)
    holder: object = broken
    for part in path.split(".")[:-1]:
        holder = holder[part.removesuffix("[]")]  # type: ignore[index]
        holder = holder[0] if part.endswith("[]") else holder  # type: ignore[index]
    del holder[path.rpartition(".")[2]]  # type: ignore[attr-defined]
    with pytest.raises(ValueError, match="is missing") as caught:
        validate(broken)
    assert path.replace("[]", "[0]") in str(caught.value)


def test_null_and_wrong_kinds_are_named() -> None:
    broken = copy.deepcopy(PRODUCT) | {"target": None, "products": "a.tif", "quality": [1]}
    with pytest.raises(ValueError, match=r"target is null; quality is no object: \[1\]; products is no list"):
        validate(broken)


def test_unknown_type_is_refused() -> None:
    with pytest.raises(TypeError, match=r"extra\.x: set has no place"):
        product_text({"extra": {"x": {1, 2}}})


def test_table_lists_every_key() -> None:
    table = contract_table()
    assert table.count("\n") == len(CONTRACT) + 1
    assert "| `clock.start_offset_s` | number or null |" in table

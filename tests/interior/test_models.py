"""Named interiors against the Love numbers that were published for them.

Authority: published (LOV3D's test of the two models of Steinke et al. 2020, to the printed digits) and independent
(TidalPy and a propagator matrix on the five-layer model).
"""

import json
from pathlib import Path

import pytest

from perijove.bodies.galilean import IO_RE_K2_PARK_2025
from perijove.constants import GRAVITATIONAL_CONSTANT_M3_KG_S2
from perijove.interior.body import Interior
from perijove.interior.models import MODELS
from perijove.tides.heating import tidal_heating

KEYS = {
    "steinke-2020-a": "A_Steinke2020_asthenosphere",
    "steinke-2020-b": "B_Steinke2020_mixed",
    "five-layer": "IO5",
}


def shells(interior: Interior) -> list[tuple[float, ...]]:
    return [
        (1e3 * layer.outer_radius_km, layer.density_kg_m3, layer.shear_modulus_pa or 0.0, layer.viscosity_pa_s or 0.0)
        for layer in interior.layers
    ]


@pytest.mark.data
@pytest.mark.parametrize("name", MODELS)
def test_models_are_those_of_the_record_and_have_its_love_numbers(data_dir: Path, name: str) -> None:
    record = json.loads((data_dir / "tides" / "io_reference_love_numbers.json").read_text(encoding="utf-8"))[KEYS[name]]
    interior = MODELS[name]
    core = record["fluid_core"]
    expected = [(core["radius_m"], core["density"], 0.0, 0.0)] + [
        (x["outer_radius_m"], x["density"], x["shear_modulus_Pa"], x["viscosity_Pa_s"]) for x in record["layers"]
    ]
    assert shells(interior) == [pytest.approx(shell) for shell in expected]
    assert interior.orbit.angular_frequency_rad_s == record["omega"]
    assert interior.orbit.eccentricity == record["eccentricity"]
    assert record.get("G", GRAVITATIONAL_CONSTANT_M3_KG_S2) == GRAVITATIONAL_CONSTANT_M3_KG_S2
    love = tidal_heating(interior).love
    # Half the last printed digit: eight digits of the five-layer model; LOV3D's own bulk modulus, 1e-6, in the others.
    rel = 3e-7 if name == "five-layer" else 1e-6
    assert complex(love.k) == pytest.approx(complex(*record["k2_published"]), rel=rel)
    if "h2_published" in record:
        parts = (complex(love.h).real, complex(love.h).imag)
        assert parts == pytest.approx(tuple(record["h2_published"]), abs=0.5e-7)  # seven decimals are printed


@pytest.mark.parametrize("name", ["steinke-2020-a", "steinke-2020-b"])
def test_sources_say_how_far_juno_is(name: str) -> None:
    """Published: Re k2 of Park et al. (2025)."""
    value, sigma = IO_RE_K2_PARK_2025.measured
    away = (complex(tidal_heating(MODELS[name]).love.k).real - value) / sigma
    assert f"lies {away:.0f} standard errors above Juno's" in MODELS[name].source


def test_both_steinke_models_have_the_power_of_io() -> None:
    for name in ("steinke-2020-a", "steinke-2020-b"):
        # Im k2 = -0.015 (Lainey et al. 2009) with e = 0.0041; facts recomputed: 9.3 to 9.4e13 W, 2.24 W/m2.
        heating = tidal_heating(MODELS[name])
        assert heating.power_w == pytest.approx(9.35e13, rel=0.007)
        assert heating.mean_flux_w_m2 == pytest.approx(2.24, rel=0.01)

"""Interiors from TOML: what they say, and what is wrong with spoilt ones.

Authority: law (a table made from an interior gives that interior back).
"""

import dataclasses
from pathlib import Path

import pytest

from perijove.errors import FormatError, InputError
from perijove.formats.toml_table import read_toml
from perijove.interior.body import Interior
from perijove.interior.layers import IO_ORBIT
from perijove.interior.models import MODELS, named_interior
from perijove.interior.tables import LAYER_KEYS, ORBIT_KEYS, interior_from_table

MODEL = """
name = "Steinke 2020 A"
source = "doi:10.1016/j.icarus.2019.05.001"
[orbit]
angular_frequency_rad_s = 4.1086e-5
eccentricity = 0.0041
[[layer]]
state = "liquid"
outer_radius_km = 965.0
density_kg_m3 = 5150.0
[[layer]]
state = "solid"
outer_radius_km = 1591.6
density_kg_m3 = 3244.0
shear_modulus_pa = 6e10
bulk_modulus_pa = 2e14
viscosity_pa_s = 1e20
rheology = "maxwell"
"""


def table_from_interior(interior: Interior) -> dict[str, object]:
    """The inverse of `interior_from_table`, without keys that have no value."""
    return {
        "name": interior.name,
        "source": interior.source,
        "orbit": {key: getattr(interior.orbit, key) for key in ORBIT_KEYS},
        "layer": [
            {
                **{key: getattr(layer, key) for key in LAYER_KEYS if getattr(layer, key) is not None},
                **layer.rheology_parameters,
            }
            for layer in interior.layers
        ],
    }


def read(folder: Path, text: str) -> dict[str, object]:
    path = folder / "io.toml"
    path.write_text(text, encoding="utf-8")
    return read_toml(path)


def test_a_file_says_what_it_says(tmp_path: Path) -> None:
    interior = interior_from_table(read(tmp_path, MODEL))
    assert interior.name == "Steinke 2020 A"
    assert interior.orbit.eccentricity == 0.0041
    core, mantle = interior.layers
    assert (core.state, core.name, core.bulk_modulus_pa) == ("liquid", "layer 1", None)
    assert (mantle.bulk_modulus_pa, mantle.viscosity_pa_s, mantle.rheology) == (2e14, 1e20, "maxwell")


def test_rheology_parameters_stand_beside_the_rest(tmp_path: Path) -> None:
    text = MODEL.replace('rheology = "maxwell"', 'rheology = "andrade"\nalpha = 0.2\nzeta = 1.0')
    interior = interior_from_table(read(tmp_path, text))
    assert interior.layers[1].rheology_parameters == {"alpha": 0.2, "zeta": 1.0}


def test_without_an_orbit_it_is_ios(tmp_path: Path) -> None:
    head, _, layers = MODEL.partition("[orbit]")
    interior = interior_from_table(read(tmp_path, head + layers[layers.index("[[layer]]") :]))
    assert interior.orbit == IO_ORBIT


def test_an_orbit_may_say_its_eccentricity_alone(tmp_path: Path) -> None:
    interior = interior_from_table(read(tmp_path, MODEL.replace("angular_frequency_rad_s = 4.1086e-5\n", "")))
    assert interior.orbit == dataclasses.replace(IO_ORBIT, eccentricity=0.0041)


@pytest.mark.parametrize("name", MODELS)
def test_tables_give_the_interior_back(name: str) -> None:
    assert interior_from_table(table_from_interior(MODELS[name])) == named_interior(name)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('state = "solid"\n', "", "layer 2: state is missing"),
        ('state = "solid"', "state = 3", "layer 2: state 3 is not text"),
        ("5150.0", '"dense"', "density_kg_m3 'dense'"),
        ("viscosity_pa_s = 1e20", "viscosity_pa_s = inf", "viscosity_pa_s inf"),
        ("viscosity_pa_s = 1e20", "viscosity_pa_s = 0.0", "viscosity_pa_s 0.0"),
        ("1591.6", "nan", "outer_radius_km nan"),
        ("1591.6", "900.0", "list layers from the centre outwards"),
        ('"solid"', '"liquid"', "the outermost layer"),
        ('rheology = "maxwell"', 'colour = "red"', "colour is unknown"),
        ("eccentricity = 0.0041", "eccentricity = 2.0", "eccentricity 2.0"),
        ("eccentricity = 0.0041", "eccentricty = 0.0041", "eccentricty is unknown"),
        ("eccentricity = 0.0041", "", "eccentricity is missing"),
        ("[[layer]]", "[[shell]]", "shell is unknown"),
        ('name = "Steinke 2020 A"', "name = 7", "name 7 is not text"),
        ('name = "Steinke 2020 A"', 'name = "Io\\nA"', "is not one line of printable text"),
    ],
)
def test_spoilt_tables_are_refused_in_one_line(tmp_path: Path, old: str, new: str, said: str) -> None:
    table = read(tmp_path, MODEL.replace(old, new))
    with pytest.raises(InputError, match=rf"^io\.toml: .*{said}[^\n]*$"):
        interior_from_table(table, where="io.toml")


@pytest.mark.parametrize(
    "content", [b"name = ", b"\xff\xfe", b"", b"#" * (1 << 21)], ids=["cut", "binary", "empty", "huge"]
)
def test_files_that_are_not_toml_are_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "io.toml"
    path.write_bytes(content)
    with pytest.raises(FormatError, match=r"io\.toml"):
        read_toml(path)


def test_files_from_windows_are_read(tmp_path: Path) -> None:
    """Law: a byte order mark and other line ends change nothing."""
    path = tmp_path / "io.toml"
    path.write_bytes(b"\xef\xbb\xbf" + MODEL.replace("\n", "\r\n").encode())
    assert interior_from_table(read_toml(path)) == interior_from_table(read(tmp_path, MODEL))


def test_no_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none.toml"):
        with pytest.raises(InputError):
            read_toml(path)


def test_an_empty_table_and_an_unknown_name_are_refused() -> None:
    with pytest.raises(InputError, match=r"no \[\[layer\]\]"):
        interior_from_table({})
    with pytest.raises(InputError, match="steinke-2020-a"):
        named_interior("steinke")

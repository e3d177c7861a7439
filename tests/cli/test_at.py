"""``perijove at``: places and pixels of a picture.

Authority: independent (the simulator's truth: what each pixel of it shows) and law (from a place to a pixel and back is
the same place).
"""

import json
from pathlib import Path

import numpy as np
import pytest
from tests.cli.running import perijove

import perijove as package
from perijove.picture import Picture
from perijove.simulator.simulation import SimulatedPicture

FRAMELET_ROWS = 128


@pytest.fixture(scope="module")
def located(pristine: Path) -> Picture:
    """The simulated picture, located once."""
    picture = package.open(pristine)
    picture.locate()
    return picture


@pytest.fixture
def at_once(located: Picture, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command takes the picture that is located already."""
    monkeypatch.setattr("perijove.cli.pictures.at.open_picture", lambda *_, **__: located)


def lit_place(picture: Picture) -> tuple[float, float]:
    """Latitude and longitude between the points below Juno and below the Sun."""
    view, frame = picture.locate().view, picture.locate().shot.middle_frame
    position = view.position_km[frame] / np.linalg.norm(view.position_km[frame])
    middle = position + np.broadcast_to(view.sun, view.position_km.shape)[frame]
    x, y, z = middle / np.linalg.norm(middle)
    return float(np.degrees(np.arcsin(z))), float(np.degrees(np.arctan2(y, x)))


def test_from_a_place_to_its_pixels_and_back(located: Picture, pristine: Path, at_once: None) -> None:
    lat, lon = lit_place(located)
    told = perijove("at", pristine, "--lat", lat, "--lon", lon, "--json", "--quiet")
    assert (told.code, told.err) == (0, "")
    answer = json.loads(told.out)
    assert answer["provenance"]["command"].startswith(f"perijove at {pristine.name} --lat")
    assert {look["filter_name"] for look in answer["pixels"]} == {"BLUE", "GREEN", "RED"}
    for look in answer["pixels"]:
        assert (look["lat_deg"], look["lon_east_deg"]) == pytest.approx((lat, lon), abs=1e-6)
        assert look["framelet"] == int(look["line"] // FRAMELET_ROWS)
        back = located.pixel(look["sample"], look["line"])
        assert (back.lat_deg, back.lon_east_deg) == pytest.approx((lat, lon), abs=1e-6)
        assert back.radiance_factor == look["radiance_factor"]
        row = look["line"] - FRAMELET_ROWS * look["framelet"]
        longitude, latitude = located.locate().lonlat(look["framelet"], look["sample"], row)
        assert (float(latitude), float(longitude)) == pytest.approx((lat, lon), abs=1e-6)
        assert look["incidence_deg"] + look["emission_deg"] >= look["phase_deg"] - 1e-6
    assert len(located.locate().pixels(lat, lon)) == len(answer["pixels"])


def test_what_is_measured_there_is_what_is_true(located: Picture, picture: SimulatedPicture) -> None:
    """Within five standard errors, at forty places of lit ground."""
    lat, lon = lit_place(located)
    truth, pulls = picture.truth.radiance_factor, []
    for d_lat, d_lon in np.random.default_rng(0).uniform(-12.0, 12.0, (40, 2)):
        for look in located.pixels(lat + d_lat, lon + d_lon):
            at = (look.framelet, int(look.line) - FRAMELET_ROWS * look.framelet, int(look.sample))
            if not set(look.flags) & {"hit", "hot", "saturated", "strip_edge"}:
                assert look.radiance_factor is not None
                assert look.sigma is not None
                common = located.measured.scale_sigma[look.filter_name] * truth[at]
                pulls.append((look.radiance_factor - truth[at]) / np.hypot(look.sigma, common))
    assert len(pulls) > 60
    assert np.abs(pulls).max() < 5.0


def test_sky_and_words(located: Picture, pristine: Path, at_once: None) -> None:
    told = perijove("at", pristine, "--sample", 30.5, "--line", 5.5)
    assert told.code == 0
    assert "framelet 0, frame 1, BLUE" in told.out
    assert "past the body" in told.out
    assert "off_limb" in told.out
    lat, lon = lit_place(located)
    far = perijove("at", pristine, "--lat", -lat, "--lon", (lon + 180.0) % 360.0, "--quiet")
    assert (far.code, far.out.strip()) == (0, "no framelet shows it")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ((), "give --lat and --lon of a place"),
        (("--lat", 3), "give --lat and --lon of a place"),
        (("--lat", 3, "--line", 4), "give --lat and --lon of a place"),
        (("--sample", 3, "--line", 1e6), "the file has samples 0 to 1648 and lines 0 to 3456"),
    ],
)
def test_wrongly_asked(pristine: Path, at_once: None, options: tuple[object, ...], words: str) -> None:
    told = perijove("at", pristine, *options, "--quiet")
    assert told.code == 2
    assert words in told.line

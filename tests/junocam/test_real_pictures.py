"""Calibration of the real pictures at hand.

Authorities: regression (what was found on them; bounds are wide), independent (two pictures against each other).
"""

from dataclasses import replace
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from PIL import Image
from tests.junocam.radiometry.synthetic_detector import ACTIVE, COLUMNS, RGB, ROWS, picture

from perijove.bodies.disc_photometry import IO_DISC_CURVES_MAYORGA_2020, IO_HAPKE
from perijove.bodies.junocam_response import JUNOCAM_RESPONSE_ANCHORS
from perijove.formats.image import LabelGeometry, RawImage
from perijove.junocam.radiometry.calibration import calibrate
from perijove.junocam.radiometry.quality import QUALITY
from perijove.picture import open_picture


def real(data_dir: Path, stem: str, **facts: object) -> RawImage:
    """A mission-site picture, read without the package's own reader."""
    codes = np.asarray(Image.open(data_dir / "junocam" / f"{stem}-raw.png")).reshape(-1, ROWS, COLUMNS).copy()
    return replace(picture(codes, frames=len(codes) // 3), **facts)  # type: ignore[arg-type]


@pytest.mark.data
def test_io_at_perijove_68(data_dir: Path) -> None:
    """Regression; the level itself is held to Cassini's by `test_io_is_as_bright_as_cassini_saw_it`."""
    geometry = LabelGeometry(-80.9, 285.7, 79351.5, 7.5975e8)
    raw = real(data_dir, "JNCE_2024362_68C00012_V01", orbit=68, exposure_s=0.0064, geometry=geometry)
    image = calibrate(raw)
    used = image.usable
    for k, (name, low, high) in enumerate(zip(RGB, (0.25, 0.3, 0.35), (0.5, 0.55, 0.65), strict=True)):
        lit = used[k::3] & (image.dn[k::3] > 40.0)
        lit[..., :600] = lit[..., 1000:] = False
        assert low < np.percentile(image.radiance_factor[k::3][lit], 99) < high
        assert 5.0 < image.background.level_dn[k::3].mean() < 7.5
        assert 1.3 < image.background.scatter_dn[name] < 1.7
    sky = np.delete(np.arange(42), [7, 8, 10, 11, 13, 14, 15])
    chi = (image.radiance_factor / image.sigma)[sky][:, :, ACTIVE][used[sky][:, :, ACTIVE]]
    assert abs(chi.mean()) < 0.1
    assert 0.8 < np.mean(np.square(chi[np.abs(chi) < 5.0])) < 1.1
    struck = (image.quality & QUALITY.mask("hit")) != 0
    rate = [struck[k::3].sum() / 14 for k in range(3)]
    assert 150 < rate[0] < rate[1] < rate[2] < 900  # the strips that are read later collect more
    sunlit = image.dn[8, 71:126, 795:840] > 300.0
    assert sunlit.sum() > 1000
    assert struck[8, 71:126, 795:840][sunlit].mean() < 5e-3
    hot = (image.quality & QUALITY.mask("hot")) != 0
    assert hot.sum() / 42 < 60


@pytest.mark.slow
@pytest.mark.data
def test_two_pictures_of_jupiter_agree(data_dir: Path) -> None:
    """Independent: three stages and two, 9.6 ms and 6.4 ms, six weeks apart: exposure means all stages together."""
    bright = {}
    for stem, orbit, exposure_s, sun_km in (
        ("JNCE_2022186_43C00080_V01", 43, 0.0096, 7.4237e8),
        ("JNCE_2022229_44C00029_V01", 44, 0.0064, 7.4172e8),
    ):
        geometry = LabelGeometry(0.0, 0.0, 1e5, sun_km)
        image = calibrate(
            real(
                data_dir,
                f"jupiter/{stem}",
                orbit=orbit,
                exposure_s=exposure_s,
                geometry=geometry,
                target="JUPITER",
            )
        )
        counts = QUALITY.counts(image.quality)
        assert (counts["saturated"] > 20000) == (orbit == 43)  # RED clips at 2350 DN in the longer exposure
        assert counts["missing"] == 0
        for k, name in enumerate(RGB[:2]):
            lit = image.usable[k::3] & (image.radiance_factor[k::3] > 0.05)
            bright[orbit, name] = np.percentile(image.radiance_factor[k::3][lit], 99)
    for name in RGB[:2]:
        assert 0.35 < bright[43, name] < 0.6
        assert bright[43, name] == pytest.approx(bright[44, name], rel=0.03)


@pytest.mark.data
@pytest.mark.slow
def test_io_is_as_bright_as_cassini_saw_it(data_dir: Path) -> None:
    """Independent: the whole disc at phase 89.7 deg against Cassini's curves (Mayorga et al. 2020).

    GREEN against 568 nm, RED between 647 and 752 nm, BLUE between 420 and 568 nm. The view is from the south, where Io
    is 0 to 8 % darker; with that, 7 % of all and 4 to 9 % of a colour (`JUNOCAM_RESPONSE_ANCHORS`) come two errors.
    """
    picture = open_picture(data_dir / "junocam" / "JNCE_2024362_68C00012_V01-raw.png")
    seen = picture.map().done.seen
    disc = np.isfinite(seen.backplanes["emission"])
    mean = {
        name: float(np.nansum(plane[disc])) / disc.sum() for name, plane in zip(RGB[::-1], seen.values, strict=True)
    }
    violet, green, red, infrared = (
        float(IO_DISC_CURVES_MAYORGA_2020[name].reflectivity(89.67)) for name in ("VIO", "GRN", "RED", "CB2")
    )
    assert mean["GREEN"] == pytest.approx(0.96 * 0.99 * green, rel=0.16)
    assert mean["RED"] == pytest.approx(0.5 * (red + infrared), rel=0.16)
    assert violet < mean["BLUE"] < green
    # The scale's own errors are no larger than what Cassini leaves open.
    assert all(0.06 < value < 0.12 for value in picture.measured.scale_sigma.values())


@pytest.fixture(scope="module")
def builder() -> ModuleType:
    """The script that made the anchors."""
    path = Path(__file__).parents[2] / "builders" / "junocam_scale.py"
    spec = spec_from_file_location("junocam_scale", path)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.data
@pytest.mark.slow
def test_anchors_are_what_the_pictures_show(data_dir: Path, builder: ModuleType) -> None:
    """Regression: the builder's ratios, rounded to 1 %, are the facts; Jupiter's are the mean of three pictures."""
    io, jupiter = (anchor.ratios for anchor in JUNOCAM_RESPONSE_ANCHORS)
    found = builder.io_ratios(data_dir)
    seen = [
        builder.jupiter_ratio(data_dir / path, orbit)
        for path, orbit in zip(builder.JUPITER_PICTURES, (43, 44, 44), strict=True)
    ]
    for name in RGB:
        assert found[name] == pytest.approx(float(io[name]), abs=0.01)
        each = [ratios[name] for ratios in seen]
        assert np.mean(each) == pytest.approx(float(jupiter[name]), abs=0.01)
        assert np.std(each, ddof=1) < float(jupiter[name].sigma)


@pytest.mark.parametrize("name", RGB)
def test_hapke_parameters_are_what_the_curves_give(builder: ModuleType, name: str) -> None:
    """Regression: the builder's fit, rounded."""
    w, g, _ = builder.fitted_ground(name)
    assert w == pytest.approx(float(IO_HAPKE[name].single_scattering_albedo), abs=1e-3)
    assert g == pytest.approx(float(IO_HAPKE[name].asymmetry), abs=2e-3)

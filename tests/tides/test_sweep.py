"""Sweeps over grids of interiors.

Authority: independent (each point solved alone), and law: pieces, threads and machines do not change a bit.
"""

import dataclasses

import numpy as np
import pytest

from perijove.errors import InputError
from perijove.interior.models import MODELS
from perijove.tides import sweep as module
from perijove.tides.heating import tidal_heating
from perijove.tides.sweep import Sweep, SweepTable, axis_from_text, swept

FIVE = MODELS["five-layer"]
AXES = [
    axis_from_text("layer.4.viscosity_pa_s=1e10:1e16:log:7"),
    axis_from_text("layer.3.outer_radius_km=1500,1591.6,1700"),
]


def test_axes_are_read_from_text() -> None:
    axis = axis_from_text("layer.2.viscosity_pa_s=1e10:1e20:log:11")
    assert axis.name == "layer.2.viscosity_pa_s"
    assert axis.log
    assert axis.values == pytest.approx([10.0**k for k in range(10, 21)], rel=1e-12)
    assert axis_from_text("melt_fraction=0:0.3:4").values == pytest.approx([0.0, 0.1, 0.2, 0.3])
    assert axis_from_text("orbit.eccentricity=0.004").values == (0.004,)


@pytest.mark.parametrize(
    "text",
    [
        "x",
        "x=",
        "=1:2:3",
        "x=1:2",
        "x=2:1:5",
        "x=0:1:log:5",
        "x=1:2:1",
        "x=1:2:cubic:5",
        "x=a,b",
        "x=1,nan",
        "x=1:inf:3",
    ],
)
def test_axes_that_are_none_are_refused(text: str) -> None:
    with pytest.raises(InputError, match="axis"):
        axis_from_text(text)


def test_each_point_is_the_interior_with_those_numbers() -> None:
    table = swept(Sweep.of(FIVE, AXES))
    assert table.grid("k2_re").shape == (7, 3)
    for row, column in ((0, 0), (3, 1), (6, 2)):
        layers = list(FIVE.layers)
        layers[3] = dataclasses.replace(layers[3], viscosity_pa_s=AXES[0].values[row])
        layers[2] = dataclasses.replace(layers[2], outer_radius_km=AXES[1].values[column])
        heating = tidal_heating(dataclasses.replace(FIVE, layers=tuple(layers)))
        assert table.grid("k2_re")[row, column] == pytest.approx(heating.love.k.real, rel=1e-12)
        assert table.grid("k2_im")[row, column] == pytest.approx(heating.love.k.imag, rel=1e-12)
        assert table.grid("power_w")[row, column] == pytest.approx(heating.power_from_love_number_w, rel=1e-12)
        assert table.grid("mean_flux_w_m2")[row, column] == pytest.approx(heating.mean_flux_w_m2, rel=1e-8)


def same(one: SweepTable, other: SweepTable) -> None:
    """The same to the last bit."""
    assert list(one.columns) == list(other.columns)
    for name, values in one.columns.items():
        assert values.tobytes() == other.columns[name].tobytes()


def test_threads_and_layer_names_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_ROWS", 5)
    told: list[float] = []
    alone = swept(Sweep.of(FIVE, AXES), threads=1, tell=told.append)
    assert told[-1] == 1.0
    assert len(told) == 5
    same(alone, swept(Sweep.of(FIVE, AXES), threads=3))
    named = [dataclasses.replace(AXES[0], name="layer.asthenosphere.viscosity_pa_s"), AXES[1]]
    same(alone, swept(Sweep.of(FIVE, named)))


def test_frequency_eccentricity_and_degree() -> None:
    axis = axis_from_text("orbit.eccentricity=0.002,0.004")
    power = swept(Sweep.of(FIVE, [axis])).columns["power_w"]
    assert power[1] / power[0] == pytest.approx(4.0, rel=1e-12)
    slow = swept(Sweep.of(FIVE, [axis], frequency_rad_s=2e-5))
    assert slow.columns["k2_im"][0] != swept(Sweep.of(FIVE, [axis])).columns["k2_im"][0]
    third = swept(Sweep.of(FIVE, [axis], degree=3)).columns
    assert list(third)[:2] == ["k3_re", "k3_im"]
    assert "power_w" not in third


def test_families_are_swept_by_their_parameters() -> None:
    axes = [axis_from_text("melt_fraction=0:0.3:4"), axis_from_text("asthenosphere_thickness_km=100,2e3")]
    with pytest.raises(InputError, match="asthenosphere_thickness_km 2000"):
        Sweep.of("partially-molten", axes)
    axes[1] = axis_from_text("asthenosphere_thickness_km=100,1500")
    table = swept(Sweep.of("partially-molten", axes))
    assert table.solved == 4
    assert np.isnan(table.grid("k2_re")[:, 1]).all()
    assert np.all(np.diff(table.grid("k2_re")[:, 0]) > 0.0)


@pytest.mark.parametrize(
    "texts",
    [
        [],
        ["layer.4.viscosity_pa_s=1,2", "layer.4.viscosity_pa_s=3,4"],
        ["layer.9.viscosity_pa_s=1e10,1e12"],
        ["layer.crust.viscosity_pa_s=1e10,1e12"],
        ["layer.1.viscosity_pa_s=1e10,1e12"],
        ["layer.4.viscosity_pa_s=0,1e12"],
        ["layer.4.density_kg_m3=-1,1"],
        ["layer.4.colour=1,2"],
        ["viscosity=1,2"],
        ["orbit.eccentricity=0.1,0.9"],
        ["layer.4.viscosity_pa_s=1e10:1e20:log:100000", "layer.4.density_kg_m3=3000:3500:100000"],
        ["layer.4.outer_radius_km=5000,6000"],
    ],
    ids=str,
)
def test_sweeps_that_cannot_be_are_refused(texts: list[str]) -> None:
    with pytest.raises(InputError):
        swept(Sweep.of(FIVE, [axis_from_text(text) for text in texts]))

"""No interiors give no answers: samplers and grids meet empty batches, and must not fall over them.

Authority: law (as many rows come back as went in, also where that is none).
"""

from collections.abc import Callable

import numpy as np
import pytest

from perijove.interior.families import FAMILIES, with_magma_ocean
from perijove.interior.melt import partially_molten
from perijove.interior.models import MODELS
from perijove.interior.rheology import RHEOLOGIES, complex_shear_modulus
from perijove.ocean.flow import ocean_tides
from perijove.ocean.layer import ocean_layer
from perijove.studies.interior_inference import log_likelihood
from perijove.studies.interior_likelihood import DEFAULT_DATA, QUANTITIES, Likelihood, named_data, predictions
from perijove.studies.interior_priors import HYPOTHESES
from perijove.tides.displacement import surface_displacement_m, uplift_range_m
from perijove.tides.heating import heating_w_m3, tidal_heating
from perijove.tides.love import love_numbers, love_numbers_batch, radial_functions
from perijove.tides.potential import dissipated_power_w
from perijove.tides.radial_heating import mantle_heating

NONE = np.empty(0)
FIVE = MODELS["five-layer"]
OCEAN = ocean_layer(with_magma_ocean(ocean_thickness_km=20.0))
HEATING = tidal_heating(FIVE)
PLACES = {"lat_deg": NONE, "lon_east_deg": NONE, "mean_anomaly_deg": 0.0}
ANSWERS: dict[str, Callable[[], np.ndarray]] = {
    "love_numbers": lambda: love_numbers(FIVE, NONE).k,
    "love_numbers_batch": lambda: love_numbers_batch(np.ones((0, 2)) * [1.0, 2.0], 1.0, np.ones((0, 2), complex)).k,
    "radial_functions": lambda: radial_functions(FIVE, 1e-5, radii_km=NONE).y,
    "partially_molten": lambda: partially_molten(NONE).viscosity_pa_s,
    "heating": lambda: heating_w_m3(FIVE, NONE),
    "heating in places": lambda: heating_w_m3(FIVE, NONE, NONE, NONE),
    "mantle_heating": lambda: mantle_heating(FIVE).heating_w_m3(NONE),
    "flux": lambda: HEATING.flux_w_m2.at(NONE, NONE),
    "amplitude": lambda: HEATING.potential.amplitude_m2_s2(NONE, NONE),
    "uplift": lambda: uplift_range_m(FIVE, HEATING.love, NONE, NONE),
    "displacement": lambda: surface_displacement_m(FIVE, HEATING.love, **PLACES),
    "pressure": lambda: FIVE.pressure_pa(NONE),
    "gravity": lambda: FIVE.gravity_m_s2(NONE),
    "layer_index": lambda: FIVE.layer_index(NONE),
    "ocean": lambda: ocean_tides(OCEAN, thickness_km=NONE, drag_per_s=NONE)[0],
    **{law: lambda law=law: complex_shear_modulus(law, NONE, NONE, NONE) for law in RHEOLOGIES},
}


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
def test_nothing_asked_is_nothing_answered(answer: Callable[[], np.ndarray]) -> None:
    assert answer().shape[0] == 0


@pytest.mark.parametrize("family", FAMILIES)
def test_families_have_members_by_none(family: str) -> None:
    batch = FAMILIES[family].members({"rock_rigidity_pa": NONE, "core_radius_km": 900.0})
    assert len(batch) == 0
    assert batch.complex_rigidity_pa().shape == (0, len(batch.names))
    assert {name: values.shape for name, values in predictions(batch).items()} == dict.fromkeys(QUANTITIES, (0,))


def test_copies_by_none_can_still_be_changed() -> None:
    batch = FIVE.rows.copies(0).with_layer_values(1, "viscosity_pa_s", NONE).with_orbit_values("eccentricity", [])
    assert love_numbers(batch).k.shape == dissipated_power_w(batch, love_numbers(batch).k).shape == (0,)


@pytest.mark.parametrize("hypothesis", HYPOTHESES.values(), ids=HYPOTHESES)
def test_no_points_have_no_likelihood(hypothesis) -> None:  # noqa: ANN001
    """What a nested sampling asks for when all proposals have left the unit cube."""
    likelihood = Likelihood(named_data(DEFAULT_DATA))
    assert log_likelihood(hypothesis, likelihood, np.empty((0, len(hypothesis.priors)))).shape == (0,)

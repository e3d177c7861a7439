"""Which intrusion rates go with Io's crust and volcanoes.

Authority: law (each draw is a crust of `heat_transport`; bounds; quantiles of even weights are numpy's).
"""

import dataclasses
import math

import numpy as np
import pytest

from perijove.bodies.io_melting import IO_MOLTEN_ROCK_SPENCER_2020 as ROCK
from perijove.errors import FitError, InputError
from perijove.heat.crust import Plumbing
from perijove.heat.transport import heat_transport
from perijove.interior.models import MODELS
from perijove.studies.intrusion_rate import PRIORS, IntrusionPosterior, intrusion_posterior
from perijove.tides.radial_heating import RadialHeating, mantle_heating


@pytest.fixture(scope="module")
def heating() -> RadialHeating:
    return mantle_heating(MODELS["steinke-2020-b"]).with_power(1.05e14)


@pytest.mark.slow
def test_draws_are_crusts_in_balance_within_the_bounds(heating: RadialHeating, monkeypatch: pytest.MonkeyPatch) -> None:
    found = intrusion_posterior(heating, power_sigma_w=1.2e13, draws=16, seed=2)
    again = intrusion_posterior(heating, power_sigma_w=1.2e13, draws=16, seed=2)
    assert found.weight.tobytes() == again.weight.tobytes()
    assert found.weight.sum() == pytest.approx(1.0)
    assert 1.0 < found.effective_draws <= 16.0
    kept = found.weight > 0.0
    assert np.all((found.crust_km[kept] >= 10.0) & (found.crust_km[kept] <= 60.0))
    assert np.all(found.weight[~((found.crust_km >= 10.0) & (found.crust_km <= 60.0))] == 0.0)
    rate = PRIORS[0]
    assert np.all((found.rate_per_s >= rate.low) & (found.rate_per_s <= rate.high))
    # The same crust by the whole column, where all but the rate is fixed.
    fixed = tuple(dataclasses.replace(p, low=v, high=v * (1.0 + 1e-12)) for p, v in zip(
        PRIORS[1:], (960.0, ROCK.melting_temperature_k, ROCK.conductivity_w_m_k), strict=True))  # fmt: skip
    monkeypatch.setattr("perijove.studies.intrusion_rate.PRIORS", (rate, *fixed))
    found = intrusion_posterior(heating, power_sigma_w=1e8, draws=8, seed=1)
    best = int(found.weight.argmax())
    whole = heat_transport(heating, ROCK, Plumbing(intrusion_rate_per_s=float(found.rate_per_s[best])))
    area_m2 = 4.0 * math.pi * (1e3 * heating.surface_km) ** 2
    assert found.crust_km[best] == pytest.approx(whole.crust_km, rel=1e-4)
    assert found.erupted_w[best] == pytest.approx(whole.erupted_w_m2 * area_m2, rel=1e-4)


def test_quantiles_of_even_weights_are_those_of_the_draws() -> None:
    values = np.random.default_rng(0).lognormal(size=4001)
    even = IntrusionPosterior(values, values, values, np.full(4001, 1.0 / 4001))
    assert even.quantiles(values) == pytest.approx(np.quantile(values, (0.05, 0.5, 0.95)).tolist(), rel=1e-2)
    assert even.effective_draws == pytest.approx(4001.0)
    half = IntrusionPosterior(values, values, values, np.where(values < 1.0, 1.0, 0.0) / (values < 1.0).sum())
    assert max(half.quantiles(values, (1.0,))) < 1.0


def test_what_makes_no_sense_is_refused(heating: RadialHeating) -> None:
    with pytest.raises(InputError, match="draws 4"):
        intrusion_posterior(heating, power_sigma_w=1e13, draws=4)
    with pytest.raises(InputError, match="power_sigma_w"):
        intrusion_posterior(heating, power_sigma_w=1e14)
    with pytest.raises(FitError, match="none of 8"):
        intrusion_posterior(heating.with_power(2e13), power_sigma_w=1e12, draws=8)

"""JunoCam's response, combined from the laboratory and from flight.

Authorities: published (throughput lines of Ravine et al., EPSC-DPS2025-1226), independent (a plain sampling of the
same priors, weighted by the likelihood of the same measurements), law (limits of the combination).
"""

import numpy as np
import pytest

from perijove.bodies.juno import FILTERS
from perijove.bodies.junocam_response import JUNOCAM_RESPONSE_ANCHORS, JUNOCAM_RESPONSE_LABORATORY
from perijove.camera import response as module
from perijove.camera.response import laboratory_ratio, response, throughput
from perijove.errors import InputError

RGB = ("BLUE", "GREEN", "RED")
LINES = {"BLUE": (1.07, 0.0108), "GREEN": (1.05, 0.00787), "RED": (1.01, 0.00391)}


def test_throughput_is_the_published_line() -> None:
    """Published: RED 1.01 - 0.00391 N, GREEN 1.05 - 0.00787 N, BLUE 1.07 - 0.0108 N."""
    assert throughput("RED", 10).value == pytest.approx(0.9709)
    assert throughput("GREEN", 10).value == pytest.approx(0.9713)
    assert throughput("BLUE", 60).value == pytest.approx(0.422)
    assert [throughput("RED", orbit).extrapolated for orbit in (60, 61, None)] == [False, True, True]


def test_throughput_is_never_clamped() -> None:
    with pytest.raises(InputError, match=r"orbit 100.*BLUE"):
        throughput("BLUE", 100)
    with pytest.raises(InputError, match=r"orbit 100.*BLUE"):
        response(RGB, 100)


@pytest.mark.parametrize("orbit", [30, 44, 68])
def test_combination_against_sampling(orbit: int) -> None:
    """A million draws of the laboratory's errors, each weighted by how well Io and Jupiter are met."""
    rng = np.random.default_rng(3)
    count, laboratory = 1_000_000, JUNOCAM_RESPONSE_LABORATORY
    common, drift = rng.normal(0.0, laboratory.common, count), rng.normal(0.0, laboratory.drift, count)
    own = {name: rng.normal(0.0, laboratory.own, count) for name in RGB}
    fit = {name: rng.normal(0.0, 0.05, count) for name in RGB}

    def error(name: str, when: int) -> np.ndarray:
        start, slope = LINES[name]
        passed = start - slope * when
        return common + own[name] + fit[name] / passed + drift * slope * max(when - 60, 0) / passed

    log_weight = np.zeros(count)
    for anchor in JUNOCAM_RESPONSE_ANCHORS:
        off = np.stack([error(name, anchor.orbit) - np.log(float(anchor.ratios[name])) for name in RGB])
        noise = np.diag([(anchor.ratios[name].sigma / anchor.ratios[name]) ** 2 for name in RGB]) + anchor.common**2
        log_weight -= 0.5 * np.einsum("ik,ij,jk->k", off, np.linalg.inv(noise), off)
    weight = np.exp(log_weight - log_weight.max())
    drawn = np.stack([error(name, orbit) for name in RGB])
    mean = np.average(drawn, axis=1, weights=weight)
    spread = np.cov(drawn, aweights=weight)
    effective = weight.sum() ** 2 / np.square(weight).sum()
    assert effective > 2000.0
    # Errors of a mean and of a variance from that many draws, five of them.
    found = np.log([laboratory_ratio(name, orbit) for name in RGB])
    covariance = response(RGB, orbit).covariance
    np.testing.assert_allclose(found, mean, atol=5.0 * np.sqrt(np.diag(spread).max() / effective))
    np.testing.assert_allclose(covariance, spread, atol=5.0 * np.diag(spread).max() * np.sqrt(2.0 / effective))


def test_flight_says_more_than_the_laboratory() -> None:
    """Law: where pictures were compared the error is below the comparisons' own, and grows away from them."""
    sigma = {orbit: np.sqrt(np.diag(response(RGB, orbit).covariance)) for orbit in (44, 60, 68, 73)}
    assert (sigma[44] < 0.10).all()
    assert (sigma[68] < 0.11).all()
    assert (sigma[73] > sigma[68]).all()
    methane = response(["METHANE"], 44)
    assert np.sqrt(methane.covariance[0, 0]) > 0.15  # nothing but what it shares with the others


@pytest.mark.parametrize("held", [0, 1], ids=["Io", "Jupiter"])
def test_each_body_is_predicted_by_the_other(monkeypatch: pytest.MonkeyPatch, held: int) -> None:
    """Independent: a body that took no part is met within two errors, by colour and by all colours together."""
    apart, others = JUNOCAM_RESPONSE_ANCHORS[held], (JUNOCAM_RESPONSE_ANCHORS[1 - held],)
    monkeypatch.setattr(module, "JUNOCAM_RESPONSE_ANCHORS", others)
    module._combined.cache_clear()
    try:
        expected = np.log([laboratory_ratio(name, int(apart.orbit)) for name in RGB])
        spread = response(RGB, int(apart.orbit)).covariance
    finally:
        module._combined.cache_clear()
    own = np.diag([(apart.ratios[name].sigma / apart.ratios[name]) ** 2 for name in RGB])
    spread = spread + own + apart.common**2
    off = np.log([float(apart.ratios[name]) for name in RGB]) - expected
    assert np.abs(off / np.sqrt(np.diag(spread))).max() < 2.0
    assert 0.2 < off @ np.linalg.solve(spread, off) < 7.8  # chi squared of three, 2 to 95 %


def test_response_falls_with_the_published_throughput() -> None:
    early, late = response(RGB, 5), response(RGB, 55)
    for name, first, second in zip(RGB, early.value, late.value, strict=True):
        line = throughput(name, 55).value / throughput(name, 5).value
        assert second / first == pytest.approx(line, rel=0.03)
        assert first < FILTERS[name].response * 1.05

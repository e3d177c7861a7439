"""Which interiors the data allow.

Authority: independent (Gaussian integrals; evidence as a mean over the prior), and law (calibration: truths lie
anywhere in their posteriors equally often).
"""

import dataclasses
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import multivariate_normal, norm

from perijove.errors import FitError, InputError
from perijove.interior.families import FAMILIES
from perijove.studies.inference_calibration import calibration_levels, uniformity
from perijove.studies.interior_inference import inferred, log_likelihood
from perijove.studies.interior_likelihood import (
    DATA,
    DEFAULT_DATA,
    ERROR_TAILS,
    Datum,
    Likelihood,
    named_data,
    predictions,
)
from perijove.studies.interior_priors import HYPOTHESES, PRIOR_CHOICES, Hypothesis, Prior, prior_choice, prior_from_text
from perijove.studies.magma_ocean import melt_layer_curves, prior_evidence
from perijove.tides.love import love_numbers_batch

SOLID, OCEAN = HYPOTHESES["mostly-solid-mantle"], HYPOTHESES["shallow-magma-ocean"]
ALL = Likelihood(named_data(DEFAULT_DATA))
HELD = {"melt_fraction": 0.1, "asthenosphere_thickness_km": 100.0, "lithosphere_thickness_km": 30.0}
TWO = SOLID.with_fixed({**HELD, "core_density_kg_m3": 5150.0, "crust_density_kg_m3": 3200.0})
CORE = {"core_radius_km": 965.0, "core_density_kg_m3": 5150.0, "crust_density_kg_m3": 3200.0}
FIGURE = Likelihood(named_data(["j2", "c22"]), tail=ERROR_TAILS["student-4"])


class TestLikelihood:
    def test_is_the_gaussian_of_all_data(self) -> None:
        likelihood = Likelihood(named_data(["re_k2", "q", "moment_of_inertia"]), {("re_k2", "q"): 0.6})
        values, sigmas = (np.array([getattr(d, key) for d in likelihood.data]) for key in ("value", "total_sigma"))
        covariance = np.outer(sigmas, sigmas) * np.array([[1.0, 0.6, 0.0], [0.6, 1.0, 0.0], [0.0, 0.0, 1.0]])
        point = values + np.array([0.1, -3.0, 0.0005])
        predicted = {d.quantity: np.array([x, np.nan]) for d, x in zip(likelihood.data, point, strict=True)}
        expected = multivariate_normal(values, covariance).logpdf(point)
        assert likelihood.log(predicted) == pytest.approx([expected, -np.inf], rel=1e-12)

    def test_drawn_data_have_the_errors_they_claim(self) -> None:
        likelihood = Likelihood(named_data(["re_k2", "q"]), {("re_k2", "q"): -0.7})
        rng = np.random.default_rng(3)
        truth = {"re_k2": 0.1, "q": 10.0}
        drawn = np.array([[d.value for d in likelihood.drawn(truth, rng).data] for _ in range(4000)])
        white = (drawn - [0.1, 10.0]) / [d.sigma for d in likelihood.data]
        # Standard errors of 4000 draws: 0.016 of a mean, 0.011 of a standard deviation, 0.008 of this correlation.
        assert white.mean(axis=0) == pytest.approx(0.0, abs=5 * 0.016)
        assert white.std(axis=0) == pytest.approx(1.0, abs=5 * 0.011)
        assert np.corrcoef(white.T)[0, 1] == pytest.approx(-0.7, abs=5 * 0.008)

    def test_doubt_joins_the_error(self) -> None:
        # Gauss's law of the measurement and of what it presumes, folded
        datum = DATA["heat_flow"]
        likelihood = Likelihood((dataclasses.replace(datum, doubt=2.0 * datum.sigma),))
        off = 1.5 * datum.sigma
        presumed = norm.ppf((np.arange(20_000) + 0.5) / 20_000, scale=2.0 * datum.sigma)
        folded = float(norm(datum.value + off, datum.sigma).pdf(datum.value + presumed).mean())
        assert likelihood.log({"heat_w": np.array([datum.value + off])})[0] == pytest.approx(math.log(folded), abs=1e-4)
        with pytest.raises(InputError, match="doubt"):
            dataclasses.replace(datum, doubt=-1.0)

    def test_figure_is_that_of_a_fluid(self) -> None:
        # Independent: the radial equations of a solid that has almost no rigidity; published: J2 and C22 of Anderson
        # et al. (2001) for their core of Fe-FeS, within what a figure of first order leaves out.
        io = FAMILIES["partially-molten"].members(
            {"core_radius_km": [965.0, 800.0], "core_density_kg_m3": [5150.0, 6000.0]}
        )
        rigidity = np.where([state == "solid" for state in io.states], 1e-3, 0.0)
        soft = love_numbers_batch(
            1e3 * io.columns["outer_radius_km"], io.columns["density_kg_m3"], rigidity + 0j, np.inf
        )
        assert io.fluid_love_number == pytest.approx(soft.k.real, rel=1e-9)
        found = predictions(io)
        for name in ("j2", "c22"):
            assert found[name][0] == pytest.approx(DATA[name].value, abs=DATA[name].total_sigma)
        assert found["j2"] / found["c22"] == pytest.approx(10.0 / 3.0, rel=1e-12)

    def test_moment_of_inertia_leaves_the_core_to_its_density(self) -> None:
        # published: a referee's range, 666 to 974 km for 5150 to 8000 kg/m3, with the printed error alone
        radius = np.linspace(500.0, 1000.0, 5001)
        fits = []
        for density in (5150.0, 8000.0):
            io = FAMILIES["partially-molten"].members({"core_radius_km": radius, "core_density_kg_m3": density})
            off = np.abs(io.moment_of_inertia_factor - DATA["moment_of_inertia"].value)
            fits.append(radius[off < 1.6 * DATA["moment_of_inertia"].sigma][[0, -1]])
        assert fits[1][0] == pytest.approx(666.0, abs=1.0)
        assert fits[0][1] == pytest.approx(974.0, abs=1.0)

    def test_an_ocean_with_a_viscosity_flows(self) -> None:
        # law: thick and runny it is nearly at rest, thin and stiff it looks solid; between, friction makes heat
        oceans = FAMILIES["magma-ocean"].members(
            {"ocean_thickness_km": [200.0, 5.0, 2.0], "magma_viscosity_pa_s": [1.0, 1e5, 1e9]}
        )
        at_rest = FAMILIES["magma-ocean"].members({"ocean_thickness_km": [200.0, 5.0, 2.0]})
        moving, still = predictions(oceans), predictions(at_rest)
        solid = predictions(FAMILIES["partially-molten"].members({"melt_fraction": 0.0}))
        assert moving["re_k2"][0] == pytest.approx(still["re_k2"][0], rel=0.01)
        assert moving["re_k2"][2] == pytest.approx(solid["re_k2"][0], rel=0.05)
        assert moving["heat_w"][1] > 100.0 * still["heat_w"][1]

    def test_predictions_are_those_of_the_bodies(self) -> None:
        found = predictions(FAMILIES["partially-molten"].members({"melt_fraction": [0.1, 0.2]}))
        assert found["q"] * found["minus_im_k2"] == pytest.approx(
            np.hypot(found["re_k2"], found["minus_im_k2"]), rel=1e-12
        )
        # -Im k2 = 0.015 is 9.3 to 9.4e13 W.
        assert found["heat_w"] / found["minus_im_k2"] * 0.015 == pytest.approx(9.4e13, rel=0.03)

    @pytest.mark.parametrize(
        "names",
        [
            [],
            ["re_k2", "re_k2"],
            ["colour"],
            ["q", "k2_over_q"],
            ["moment_of_inertia", "moment_of_inertia_2004"],
            ["moment_of_inertia", "j2"],
            ["c22", "moment_of_inertia_2004"],
        ],
    )
    def test_data_that_make_no_sense_are_refused(self, names: list[str]) -> None:
        with pytest.raises(InputError):
            named_data(names)

    def test_errors_that_cannot_be_are_refused(self) -> None:
        with pytest.raises(InputError, match="not a measurement"):
            dataclasses.replace(DATA["re_k2"], sigma=0.0)
        with pytest.raises(InputError, match="not one of"):
            Datum("x", "colour", 1.0, 1.0, "", "")
        for correlations in ({("re_k2", "q"): 1.5}, {("re_k2", "colour"): 0.1}):
            with pytest.raises(InputError, match="correlation"):
                Likelihood(named_data(["re_k2", "q"]), correlations)


class TestPriors:
    @given(low=st.floats(1e-3, 1e3), ratio=st.floats(1.01, 1e6), unit=st.floats(0.0, 1.0), log=st.booleans())
    def test_fill_their_bounds_evenly(self, low: float, ratio: float, unit: float, log: bool) -> None:  # noqa: FBT001
        prior = Prior("x", low, low * ratio, log)
        value = float(prior.value(np.array([unit]))[0])
        assert prior.low <= value <= prior.high * (1 + 1e-15)
        expected = math.log(value / low) / math.log(ratio) if log else (value - low) / (low * ratio - low)
        assert expected == pytest.approx(unit, abs=1e-9)

    def test_are_read_from_text(self) -> None:
        assert prior_from_text("ocean_depth_km=10:50") == Prior("ocean_depth_km", 10.0, 50.0)
        assert prior_from_text("ocean_depth_km=10:50:log").log

    @pytest.mark.parametrize("text", ["x", "x=1", "x=2:1", "x=0:1:log", "x=1:2:lin", "x=a:b", "x=1:inf", "=1:2"])
    def test_that_are_none_are_refused(self, text: str) -> None:
        with pytest.raises(InputError, match="prior"):
            prior_from_text(text)

    def test_choices_ask_the_same_families(self) -> None:
        for choice in PRIOR_CHOICES.values():
            assert [one.family for one in choice.hypotheses] == ["partially-molten", "magma-ocean"]
            unit = np.random.default_rng(0).random((200, 12))
            for one in choice.hypotheses:
                assert one.batch(one.values(unit[:, : len(one.priors)])).possible.all()
                assert np.isfinite(predictions(one.batch(one.values(unit[:20, : len(one.priors)])))["re_k2"]).all()

    def test_choices_join(self) -> None:
        joined = prior_choice("rigid+wide+andrade")
        for one, rigid, wide, law in zip(
            joined.hypotheses, *(PRIOR_CHOICES[name].hypotheses for name in ("rigid", "wide", "andrade")), strict=True
        ):
            assert set(one.priors) == {
                prior
                for prior in {*rigid.priors, *wide.priors, *law.priors}
                if prior.name not in ("rock_viscosity_pa_s", "lithosphere_thickness_km") or prior in wide.priors
            }
            assert one.rheology == "andrade"
        assert prior_choice("wide") is PRIOR_CHOICES["wide"]
        assert prior_choice("wide + reference").hypotheses == PRIOR_CHOICES["wide"].hypotheses

    @pytest.mark.parametrize("text", ["fair", "rigid+fair", "andrade+sundberg-cooper", "wide+wide"])
    def test_choices_that_do_not_join_are_refused(self, text: str) -> None:
        with pytest.raises(InputError, match="priors"):
            prior_choice(text)

    @pytest.mark.parametrize("prior", [Prior("colour", 0.0, 1.0), Prior("melt_fraction", 0.0, 1.5)], ids=str)
    def test_of_what_the_family_has_not_are_refused(self, prior: Prior) -> None:
        with pytest.raises(InputError):
            SOLID.with_priors([prior])


@pytest.mark.slow
class TestInference:
    @pytest.mark.slow
    def test_finds_a_known_truth_and_repeats_itself(self) -> None:
        truth = np.array([1e16, 950.0])
        predicted = {name: float(row[0]) for name, row in predictions(TWO.batch(truth[None])).items()}
        precise = tuple(
            dataclasses.replace(d, value=predicted[d.quantity], sigma=0.03 * predicted[d.quantity]) for d in ALL.data
        )
        first, again = (inferred(TWO, Likelihood(precise), samples=200, live=40, runs=2, seed=4) for _ in range(2))
        assert first.draws.tobytes() == again.draws.tobytes()
        assert first.effective_samples >= 200
        low, high = np.quantile(first.draws, (0.001, 0.999), axis=0)
        assert np.all((low < truth) & (truth < high))
        assert np.all(high / low < [1.6, 1.3])
        assert first.r_hat.max() < 1.15

    @pytest.mark.slow
    def test_evidence_is_the_mean_over_the_prior(self) -> None:
        found, mean = (
            inferred(TWO, ALL, samples=1, live=60, runs=2).evidence,
            prior_evidence(TWO, [ALL])[0],
        )
        assert found.log == pytest.approx(mean.log, abs=4.0 * math.hypot(found.sigma, mean.sigma))
        assert math.hypot(found.sigma, mean.sigma) < 0.4

    @pytest.mark.slow
    def test_data_that_say_nothing_leave_an_evidence_with_an_error(self) -> None:
        vague = Likelihood((dataclasses.replace(DATA["re_k2"], sigma=1e3),))
        found = inferred(TWO, vague, samples=1, live=50, runs=2)
        assert 0.0 < found.evidence.sigma < 0.1
        assert math.isfinite(found.evidence_scatter)

    @pytest.mark.slow
    @pytest.mark.parametrize(
        ("hypothesis", "likelihood"),
        [
            (TWO, ALL),
            (SOLID.with_fixed({**HELD, "rock_viscosity_pa_s": 1e16}), FIGURE),
            (SOLID.with_fixed({**HELD, **CORE}).with_rheology("andrade", [Prior("alpha", 0.1, 0.5)]), ALL),
        ],
        ids=["mantle", "core and crust", "law of rock"],
    )
    def test_is_calibrated(self, hypothesis: Hypothesis, likelihood: Likelihood) -> None:
        """Benchmarks do this with all parameters and a hundred trials; this is for gross errors, at fixed seeds."""
        levels = np.array(list(calibration_levels(hypothesis, likelihood, trials=20, live=30)))
        assert uniformity(levels).min() > 1e-3
        assert uniformity(levels**3).min() < 1e-2  # it would notice

    def test_a_prior_without_bodies_is_said(self) -> None:
        crowded = OCEAN.with_priors([Prior("ocean_depth_km", 1500.0, 1800.0)])
        with pytest.raises(FitError, match="none of"):
            inferred(crowded, ALL)

    @pytest.mark.parametrize("asked", [{"samples": 0}, {"live": 5}, {"runs": 0}], ids=str)
    def test_senseless_orders_are_refused(self, asked: dict[str, int]) -> None:
        with pytest.raises(InputError):
            inferred(SOLID, ALL, **asked)

    def test_bodies_that_cannot_be_have_no_likelihood(self) -> None:
        crowded = OCEAN.with_priors([Prior("ocean_depth_km", 10.0, 1800.0)])
        unit = np.full((2, len(crowded.priors)), 0.5)
        unit[1, 1] = 1.0
        assert np.isfinite(log_likelihood(crowded, ALL, unit)).tolist() == [True, False]


def test_oceans_deform_less_the_deeper_their_roof_and_partial_melt_more_the_more_of_it() -> None:
    curves = melt_layer_curves()
    for family, sign in (("magma-ocean", -1.0), ("partially-molten", 1.0)):
        at_20_km = [c.re_k2[np.searchsorted(c.thickness_km, 20.0)] for c in curves if c.family == family]
        assert np.all(sign * np.diff(at_20_km) > 0.0)
    # Facts of the field: a global liquid layer near the surface lifts Re k2 to 0.5 to 0.8.
    shallow = next(curve for curve in curves if curve.label == "roof at 50 km")
    assert 0.5 < shallow.re_k2[0] < 0.8

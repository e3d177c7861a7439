"""Inference of interiors: speed, calibration, odds of a magma ocean, and growth of sweeps.

    python benchmarks/inference.py posterior
    python benchmarks/inference.py calibration core 100      (or melt, andrade, peak, moving, figure)
    python benchmarks/inference.py odds
    python benchmarks/inference.py growth

Processor seconds are printed beside wall-clock seconds: on a shared machine the latter mean little.
"""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

from perijove.interior.models import MODELS
from perijove.studies.inference_calibration import calibration_levels, uniformity
from perijove.studies.interior_inference import inferred
from perijove.studies.interior_likelihood import DEFAULT_DATA, ERROR_TAILS, Likelihood, named_data
from perijove.studies.interior_priors import HYPOTHESES, PRIOR_CHOICES
from perijove.studies.magma_ocean import odds_by_roof
from perijove.tides.sweep import Sweep, axis_from_text, swept

SOLID = HYPOTHESES["mostly-solid-mantle"]
CORE = {"core_radius_km": 965.0, "core_density_kg_m3": 5150.0, "crust_density_kg_m3": 3244.0}
FOUR = SOLID.with_fixed(CORE)
HELD = {"melt_fraction": 0.1, "asthenosphere_thickness_km": 100.0, "lithosphere_thickness_km": 30.0}
ALL = Likelihood(named_data(DEFAULT_DATA))
TIDAL = Likelihood(named_data(("re_k2", "k2_over_q", "heat_flow")))


@contextmanager
def timed(what: str) -> Iterator[None]:
    """Print what the block took."""
    wall, processor = time.perf_counter(), time.process_time()
    yield
    print(f"{what}: {time.perf_counter() - wall:.1f} s, processor {time.process_time() - processor:.1f} s", flush=True)


def posterior() -> None:
    """Four parameters to 5,000 effective samples."""
    inferred(FOUR, TIDAL, samples=10, live=50, runs=1)  # compiles
    with timed("posterior of four parameters"):
        found = inferred(FOUR, TIDAL, samples=5000)
    print(
        f"{found.effective_samples:.0f} effective, {found.evaluations} interiors, R-hat {found.r_hat.max():.4f}, "
        f"log evidence {found.evidence.log:.3f} ± {found.evidence.sigma:.3f}, scatter {found.evidence_scatter:.2f}"
    )


CALIBRATIONS = {
    "melt": (FOUR, TIDAL),
    "core": (SOLID.with_fixed({"melt_fraction": 0.1, "asthenosphere_thickness_km": 100.0}), ALL),
    "andrade": (PRIOR_CHOICES["andrade"].hypotheses[0].with_fixed({**CORE, **HELD}), TIDAL),
    "peak": (PRIOR_CHOICES["sundberg-cooper"].hypotheses[0].with_fixed({**CORE, **HELD}), TIDAL),
    "moving": (
        PRIOR_CHOICES["moving"].hypotheses[1].with_fixed({**CORE, "lithosphere_thickness_km": 30.0}),
        TIDAL,
    ),
    "figure": (
        SOLID.with_fixed(HELD),
        Likelihood(named_data(("re_k2", "k2_over_q", "j2", "c22")), tail=ERROR_TAILS["student-4"]),
    ),
}
"""What is free, and what is measured: priors of melt, core and crust, laws of rock, magma; two laws of errors."""


def calibration(which: str, trials: int) -> None:
    """Levels of the truth in the posterior, and how even they are."""
    levels = []
    hypothesis, likelihood = CALIBRATIONS[which]
    with timed(f"calibration of {', '.join(hypothesis.parameters)}, {trials} trials"):
        for level in calibration_levels(hypothesis, likelihood, trials=trials):
            levels.append(level)
            if len(levels) % 10 == 0:
                counts = [np.histogram(column, 10, (0.0, 1.0))[0].tolist() for column in np.array(levels).T]
                print(len(levels), "chances", uniformity(np.array(levels)).round(3), "counts", counts, flush=True)


def odds() -> None:
    """Odds by roof under each choice of priors and each law of errors."""
    likelihood = Likelihood(named_data(DEFAULT_DATA))
    for choice in PRIOR_CHOICES.values():
        with timed(choice.name):
            found = odds_by_roof(choice, likelihood)
        for roof, logs, sigmas in zip(found.roofs_km, found.log_odds, found.sigma, strict=True):
            cells = [f"{log:.1f} ± {sigma:.1f}" for log, sigma in zip(logs, sigmas, strict=True)]
            print(f"{choice.name}, roof {roof[0]:g} to {roof[1]:g} km: ln odds", ", ".join(cells), flush=True)


def growth() -> None:
    """Five-layer models by number."""
    for count in (100_000, 1_000_000, 4_000_000):
        rows = f"layer.4.viscosity_pa_s=1e10:1e20:log:{count // 100}"
        sweep = Sweep.of(
            MODELS["five-layer"], [axis_from_text(rows), axis_from_text("layer.4.shear_modulus_pa=1e7:6e10:log:100")]
        )
        swept(Sweep.of(MODELS["five-layer"], [axis_from_text("layer.4.viscosity_pa_s=1e10:1e20:log:9")]))
        with timed(f"sweep of {count} five-layer interiors"):
            swept(sweep)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["calibration", which, trials]:
            calibration(which, int(trials))
        case ["posterior" | "odds" | "growth" as what]:
            {"posterior": posterior, "odds": odds, "growth": growth}[what]()
        case _:
            sys.exit(__doc__)

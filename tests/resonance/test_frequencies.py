"""Frequency analysis of signals made of known lines.

Authority: law. Lines put in must come out: to rounding without noise, within their errors with it.
"""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perijove.errors import InputError
from perijove.resonance.frequencies import decimated, fitted_lines, spectral_lines, spectrum

N, STEP, START = 3000, 10.0, -12345.0
TIMES = START + STEP * np.arange(N)
RESOLUTION = 2.0 * np.pi / (N * STEP)


def signal_of(frequencies: list[float], amplitudes: list[complex], times: np.ndarray = TIMES) -> np.ndarray:
    return np.exp(1j * np.outer(times, frequencies)) @ np.array(amplitudes)


def test_lines_come_back_to_rounding() -> None:
    frequencies = [-0.0129, 0.00271, 0.000677, 0.000127]
    amplitudes = [4.15e-3, 3e-4 * np.exp(2j), 1.4e-3j, -2e-5]
    found = spectral_lines(signal_of(frequencies, amplitudes), step=STEP, start=START, most=4)
    order = np.argsort(-np.abs(amplitudes))
    assert found.frequency == pytest.approx(np.array(frequencies)[order], abs=1e-9 * RESOLUTION)
    assert np.abs(found.amplitude - np.array(amplitudes)[order]).max() < 1e-12
    assert found.residual_rms < 1e-14
    assert np.abs(found.values(TIMES) - signal_of(frequencies, amplitudes)).max() < 1e-12


@settings(max_examples=15)
@given(
    bins=st.lists(st.floats(-700.0, 700.0), min_size=2, max_size=5),
    phases=st.lists(st.floats(0.0, 6.28), min_size=5, max_size=5),
)
def test_any_well_separated_lines_come_back(bins: list[float], phases: list[float]) -> None:
    bins = sorted(bins)
    kept = [b for k, b in enumerate(bins) if k == 0 or b - bins[k - 1] > 6.0]
    frequencies = [b * RESOLUTION for b in kept]
    amplitudes = [np.exp(1j * phase) / 3.0**k for k, (phase, _) in enumerate(zip(phases, kept, strict=False))]
    found = spectral_lines(signal_of(frequencies, amplitudes), step=STEP, start=START, most=len(kept))
    assert np.sort(found.frequency) == pytest.approx(np.sort(frequencies), abs=1e-6 * RESOLUTION)


def test_real_signal_with_trend() -> None:
    """A cosine of 0.172 deg in 482 d, one of 0.04 deg in 2059 d, on a slope: amplitudes are those of cosines."""
    slow, fast = 2.0 * np.pi / 2059.0, 2.0 * np.pi / 482.0
    middle = TIMES - TIMES.mean()
    signal = 0.01 + 3e-7 * middle + 0.172 * np.cos(fast * TIMES + 1.0) + 0.04 * np.cos(slow * TIMES - 2.0)
    found = spectral_lines(signal, step=STEP, start=START, most=2, trend=1)
    assert found.frequency == pytest.approx([fast, slow], abs=1e-8 * RESOLUTION)
    assert np.abs(found.amplitude) == pytest.approx([0.172, 0.04], abs=1e-11)
    assert np.angle(found.amplitude) == pytest.approx([1.0, -2.0], abs=1e-9)
    assert found.trend == pytest.approx([0.01, 3e-7], abs=1e-11)
    assert found.values(TIMES) == pytest.approx(signal, abs=1e-10)


def test_lines_closer_than_the_resolution_need_their_frequencies() -> None:
    pair = [0.0130, 0.0130 + 0.7 * RESOLUTION]
    signal = signal_of(pair, [0.17, 0.09j])
    found = fitted_lines(signal, pair, step=STEP, start=START)
    assert np.abs(found.amplitude - np.array([0.17, 0.09j])).max() < 1e-11
    assert np.all(found.frequency_sigma == 0.0)


@pytest.mark.slow
@pytest.mark.parametrize("is_real", [False, True])
def test_errors_are_those_of_noise(is_real: bool) -> None:  # noqa: FBT001
    """Pulls of 60 noisy copies: each is chi-distributed with one degree, so its rms is 1 ± 0.09."""
    random = np.random.default_rng(7)
    frequencies, amplitudes = [0.0031, 0.0125], [1.0 + 0j, 0.4j]
    pulls: list[np.ndarray] = []
    for _ in range(60):
        clean, noise = signal_of(frequencies, amplitudes), random.normal(size=(2, N))
        signal = clean.real + 0.3 * noise[0] if is_real else clean + 0.3 * (noise[0] + 1j * noise[1])
        found = spectral_lines(signal, step=STEP, start=START, most=2)
        pulls.append(
            np.array(
                [
                    (found.frequency - frequencies) / found.frequency_sigma,
                    (np.abs(found.amplitude) - np.abs(amplitudes)) / found.amplitude_sigma,
                ]
            )
        )
    rms = np.sqrt(np.mean(np.square(pulls), axis=0))
    assert rms == pytest.approx(np.ones((2, 2)), abs=0.35)  # 4 sigma


def test_errors_do_not_depend_on_the_unit() -> None:
    """A weak line beside a strong one, in units a million times larger: the same relative errors."""
    noise = np.random.default_rng(5).normal(size=(2, N))
    signal = signal_of([0.0031, 0.0125], [1.0, 3e-8]) + 1e-9 * (noise[0] + 1j * noise[1])
    found = spectral_lines(signal, step=STEP, start=START, most=2)
    scaled = spectral_lines(1e6 * signal, step=STEP, start=START, most=2)
    assert found.frequency_sigma[1] > 0.0
    assert abs(found.frequency[1] - 0.0125) < 5.0 * found.frequency_sigma[1]
    assert scaled.frequency_sigma == pytest.approx(found.frequency_sigma, rel=1e-4)
    assert scaled.amplitude_sigma == pytest.approx(1e6 * found.amplitude_sigma, rel=1e-4)


def test_lines_left_out_count_as_noise() -> None:
    """A forest of weak lines around a strong one widens its error; frequency is off by less than five of them."""
    random = np.random.default_rng(3)
    weak = np.array(sorted(random.uniform(-600.0, 600.0, 300))) * RESOLUTION
    signal = signal_of([0.0125], [1.0]) + signal_of(list(weak), list(0.003 * np.exp(6.28j * random.random(300))))
    found = spectral_lines(signal, step=STEP, start=START, most=1)
    assert 1e-4 < found.amplitude_sigma[0] < 2e-2
    assert abs(found.frequency[0] - 0.0125) < 5.0 * found.frequency_sigma[0]


def test_spectrum_shows_amplitudes() -> None:
    frequency, level = spectrum(signal_of([0.0125], [0.17]), step=STEP)
    peak = np.argmax(level)
    assert frequency[peak] == pytest.approx(0.0125, abs=0.2 * RESOLUTION)
    assert level[peak] == pytest.approx(0.17, rel=0.01)  # a quarter of a bin from the top
    assert spectrum(signal_of([0.0125], [0.17]).real, step=STEP)[1].max() == pytest.approx(0.17, rel=0.02)


def test_decimation_keeps_the_slow_and_drops_the_fast() -> None:
    factor = 20
    nyquist = np.pi / (STEP * factor)
    slow, fast = signal_of([0.5 * nyquist], [1.0]), signal_of([1.5 * nyquist], [1.0])
    kept, first = decimated(slow, factor=factor)
    assert np.abs(kept - slow[first::factor][: kept.size]).max() < 1e-5
    assert np.abs(decimated(fast, factor=factor)[0]).max() < 1e-5
    both, _ = decimated(np.stack([slow, fast], axis=-1), factor=factor)
    assert np.allclose(both[:, 0], kept, atol=1e-15)


@pytest.mark.parametrize("bad", [np.ones(5), np.ones((40, 2)), np.array([np.nan] * 40)])
def test_bad_signals_are_refused(bad: np.ndarray) -> None:
    with pytest.raises(InputError, match="at least 32 finite samples"):
        spectral_lines(bad, step=1.0)

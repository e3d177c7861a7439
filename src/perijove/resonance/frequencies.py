"""Frequency analysis: the lines that a quasi-periodic signal is made of, with their errors.

Laskar's method (1988, Astron. Astrophys. 198, 341; 1993, Physica D 67, 257; Laskar 2005 in *Hamiltonian Systems and
Fourier Analysis*): the strongest line is where the overlap of the windowed signal with exp(i w t) peaks, found far more
finely than the spacing of a Fourier transform; each line is made orthogonal to those before it and taken off. Here all
lines are then refined together by least squares under the same Hann window, which takes away what neighbours do to each
other and gives the covariance.

Times may have any unit; frequencies are radians per that unit.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import ArrayLike
from scipy.optimize import brentq

from perijove.errors import InputError

__all__ = ["QuasiPeriodic", "decimated", "fitted_lines", "spectral_lines", "spectrum"]

_REFINEMENTS = 8
_SETTLED = 1e-9  # rad over half the span
_NOISE_BINS = (2, 14)  # where around a line the residual's level is taken: beyond what the fit of the line absorbs
_APART = 1.5  # resolutions between two lines that a search may find
_SINGULAR = 1e-15  # of the normal matrix: columns that rounding cannot tell apart
_FEWEST_SAMPLES = 32


@dataclass(frozen=True)
class QuasiPeriodic:
    """A signal as a sum of lines, trend + sum of A exp(i w t), with standard errors.

    A real signal has lines at w > 0 only, each meaning Re(A exp(i w t)), so that abs(A) is the amplitude of a cosine.
    Phases hold at the time 0 of the given times.
    """

    frequency: np.ndarray  # (n,)
    frequency_sigma: np.ndarray  # 0 where the frequency was given
    amplitude: np.ndarray  # (n,) complex
    amplitude_sigma: np.ndarray  # of the modulus
    phase_sigma: np.ndarray  # rad, at the middle of the span
    trend: np.ndarray  # (m,) constant, slope per unit of time; the constant holds at the middle of the span
    trend_sigma: np.ndarray
    middle: float  # time in the middle of the span
    residual: np.ndarray  # what is left of the signal
    is_real: bool

    @property
    def residual_rms(self) -> float:
        """Root mean square of what the lines leave."""
        return float(np.sqrt(np.mean(np.abs(self.residual) ** 2)))

    def values(self, times: ArrayLike) -> np.ndarray:
        """The sum at given times, shape (...)."""
        times = np.asarray(times, dtype=float)
        lines = np.exp(1j * times[..., None] * self.frequency) @ self.amplitude
        trend = np.polynomial.polynomial.polyval(times - self.middle, self.trend) if self.trend.size else 0.0
        return np.asarray((lines.real if self.is_real else lines) + trend)

    def nearest(self, frequency: float) -> int:
        """Index of the line nearest to a frequency."""
        return int(np.argmin(np.abs(self.frequency - frequency)))


def _hann(n: int) -> np.ndarray:
    """Hann window with mean 1."""
    phase = 2.0 * np.pi * (np.arange(n) + 0.5) / n
    return 1.0 - np.cos(phase)


def spectrum(signal: ArrayLike, *, step: float) -> tuple[np.ndarray, np.ndarray]:
    """Amplitude spectrum under the Hann window.

    Parameters
    ----------
    signal : array, shape (n,)
        Evenly sampled; real or complex.
    step : float
        Time between samples.

    Returns
    -------
    frequency, amplitude : array
        Radians per unit of time, ascending, and the amplitude that a line there would have; for a real signal only
        positive frequencies, and amplitudes of cosines. Four times finer than the resolution.
    """
    signal = np.asarray(signal)
    n = signal.size
    padded = 4 * n
    lines = np.abs(np.fft.fft(_hann(n) * signal, padded)) / n
    frequency = 2.0 * np.pi * np.fft.fftfreq(padded, step)
    if np.isrealobj(signal):
        return frequency[1 : padded // 2], 2.0 * lines[1 : padded // 2]
    return np.fft.fftshift(frequency), np.fft.fftshift(lines)


def decimated(signal: ArrayLike, *, factor: int, axis: int = 0) -> tuple[np.ndarray, int]:
    """A signal without its fast part, at every `factor`-th sample.

    Parameters
    ----------
    signal : array
        Evenly sampled along `axis`.
    factor : int
        Of the decimation. Lines below 0.5 of the new Nyquist frequency keep their amplitude to 1e-5; those above 1.5
        are suppressed to 1e-5 and do not come back as aliases below 0.5.

    Returns
    -------
    signal : array
        Shorter by the filter's length of 16 `factor` samples.
    first : int
        Index of the input sample at which the first output sample lies.
    """
    half = 8 * factor
    offsets = np.arange(-half, half + 1)
    taps = np.sinc(offsets / factor) * np.kaiser(offsets.size, 10.06)  # Kaiser window for 100 dB
    taps /= taps.sum()
    windows = sliding_window_view(np.asarray(signal), taps.size, axis=axis)
    thinned = np.moveaxis(windows, axis, 0)[::factor]
    return np.asarray(thinned @ taps), half


def _strongest(residual: np.ndarray, window: np.ndarray, times: np.ndarray, step: float, taken: list[float]) -> float:
    """Frequency at which the windowed residual overlaps most with exp(i w t), away from those taken."""
    n = residual.size
    weighted = window * residual
    frequencies = 2.0 * np.pi * np.fft.fftfreq(2 * n, step)
    bin_width = np.pi / (n * step)
    grid = np.abs(np.fft.fft(weighted, 2 * n))
    for other in taken:
        grid[np.abs(frequencies - other) < _APART * 2.0 * bin_width] = 0.0
    if np.isrealobj(residual):
        grid[n:] = grid[0] = 0.0
    guess = frequencies[int(np.argmax(grid))]

    def slope(frequency: float) -> float:
        """Derivative of the squared overlap: its root is sharp, where the flat top would lose half of the digits."""
        line = np.exp(1j * frequency * times)
        return float((np.vdot(line, weighted).conjugate() * -1j * np.vdot(line, times * weighted)).real)

    low, high = guess - bin_width, guess + bin_width
    if slope(low) <= 0.0 or slope(high) >= 0.0:  # no single peak: leave it to the fit of all lines
        return float(guess)
    return float(brentq(slope, low, high, xtol=1e-12 * bin_width))


def _columns(frequency: float, times: np.ndarray, *, is_real: bool) -> np.ndarray:
    """What a line may contribute, (n, 1) complex or (n, 2) real."""
    line = np.exp(1j * frequency * times)[:, None]
    return np.hstack([line.real, -line.imag]) if is_real else line


def _without(residual: np.ndarray, columns: np.ndarray, basis: list[np.ndarray], window: np.ndarray) -> np.ndarray:
    """Take off what the residual has of new columns, made orthogonal under the window to those before."""
    for column in columns.T:
        vector = column.astype(residual.dtype)
        for _ in range(2):  # twice is enough (Kahan)
            for other in basis:
                vector = vector - np.sum(window * other.conj() * vector) * other
        size = np.sqrt(np.sum(window * np.abs(vector) ** 2))
        if size > 1e-9 * np.sqrt(np.sum(window)):
            vector = vector / size
            basis.append(vector)
            residual = residual - np.sum(window * vector.conj() * residual) * vector
    return residual


def _trend_columns(times: np.ndarray, degree: int) -> np.ndarray:
    return times[:, None] ** np.arange(degree + 1)


def spectral_lines(
    signal: ArrayLike, *, step: float, start: float = 0.0, most: int = 12, floor: float = 0.0, trend: int = -1
) -> QuasiPeriodic:
    """The strongest lines of an evenly sampled signal.

    Parameters
    ----------
    signal : array, shape (n,)
        Real or complex.
    step, start : float
        Time between samples, and of the first one.
    most : int
        How many lines to look for. No two of them are closer than 1.5 times the resolution 2 pi / span, which a
        search cannot tell apart: where theory knows the frequencies, give them to `fitted_lines`.
    floor : float
        Stop at lines weaker than this.
    trend : int
        Degree of a polynomial to fit along: -1 none, 0 a constant, 1 a straight line.

    Returns
    -------
    QuasiPeriodic
        Strongest line first.

    Raises
    ------
    InputError
        Where the signal is too short or not finite.
    """
    signal = _checked(signal)
    n, is_real = signal.size, np.isrealobj(signal)
    times = step * (np.arange(n) - 0.5 * (n - 1))
    window = _hann(n)
    basis: list[np.ndarray] = []
    residual = _without(signal, _trend_columns(times / times[-1], trend), basis, window)
    found: list[float] = []
    for _ in range(most):
        frequency = _strongest(residual, window, times, step, found)
        before = residual
        residual = _without(residual, _columns(frequency, times, is_real=is_real), basis, window)
        if np.sqrt(np.mean(window * np.abs(before - residual) ** 2)) < floor * (np.sqrt(0.5) if is_real else 1.0):
            break
        found.append(frequency)
    lines = fitted_lines(signal, found, step=step, start=start, trend=trend, refine=True)
    order = np.argsort(-np.abs(lines.amplitude), kind="stable")
    return replace(
        lines,
        frequency=lines.frequency[order],
        frequency_sigma=lines.frequency_sigma[order],
        amplitude=lines.amplitude[order],
        amplitude_sigma=lines.amplitude_sigma[order],
        phase_sigma=lines.phase_sigma[order],
    )


def fitted_lines(
    signal: ArrayLike,
    frequencies: ArrayLike,
    *,
    step: float,
    start: float = 0.0,
    trend: int = -1,
    refine: bool | ArrayLike = False,
) -> QuasiPeriodic:
    """Amplitudes of lines at known frequencies, and those frequencies themselves where wanted.

    Parameters
    ----------
    signal : array, shape (n,)
        Evenly sampled; real or complex.
    frequencies : array, shape (k,)
        Radians per unit of time.
    step, start, trend
        As in `spectral_lines`.
    refine : bool or array of bool, shape (k,)
        Which frequencies to improve.

    Returns
    -------
    QuasiPeriodic
        In the order of the frequencies given. Least squares under the Hann window, so that lines that are left out do
        not leak in from afar. Errors come from the covariance of the fit with the level that the residual has near
        each line, taken as noise; they hold for what is not modelled far from a line and for noise of any colour, not
        for two lines mistaken for one.
    """
    signal = _checked(signal)
    w = np.array(frequencies, dtype=float).reshape(-1)
    free = np.broadcast_to(np.asarray(refine, dtype=bool), w.shape)
    n, is_real = signal.size, np.isrealobj(signal)
    middle = start + 0.5 * (n - 1) * step
    times = step * (np.arange(n) - 0.5 * (n - 1))
    scale = times[-1]  # keeps the columns alike in size
    fit = _Fit(signal, times / scale, trend, is_real=is_real)
    w_scaled, amplitude, slope, residual = fit.solved(w * scale, free)
    sigma_w, sigma_a, sigma_phase, sigma_trend = fit.sigmas(w_scaled, amplitude, free, residual)
    w = w_scaled / scale
    powers = scale ** np.arange(trend + 1)
    return QuasiPeriodic(
        w,
        sigma_w / scale,
        amplitude * np.exp(-1j * w * middle),
        sigma_a,
        sigma_phase,
        slope / powers,
        sigma_trend / powers,
        middle,
        residual,
        is_real,
    )


def _checked(signal: ArrayLike) -> np.ndarray:
    signal = np.asarray(signal)
    if signal.ndim != 1 or signal.size < _FEWEST_SAMPLES or not np.all(np.isfinite(signal)):
        raise InputError(
            f"frequency analysis needs one row of at least {_FEWEST_SAMPLES} finite samples; this one has shape "
            f"{signal.shape} with {int(np.sum(~np.isfinite(signal)))} that are not finite"
        )
    return signal


class _Fit:
    """Least squares of trend, lines and their frequencies under the Hann window; times run from -1 to 1.

    Normal equations: ten times as fast as orthogonal ones, and repeated solution makes good what they lose.
    """

    def __init__(self, signal: np.ndarray, times: np.ndarray, trend: int, *, is_real: bool) -> None:
        self.times, self.is_real = times, is_real
        self.target = self._real(signal)
        self.window = _hann(signal.size)
        self.weights = self.window if is_real else np.concatenate([self.window, self.window])
        self.trend = _trend_columns(times, trend)
        self.first = self.trend.shape[1] * (1 if is_real else 2)  # column at which the lines begin

    def _real(self, columns: np.ndarray) -> np.ndarray:
        """Complex rows as pairs of real ones."""
        return columns if self.is_real else np.concatenate([columns.real, columns.imag])

    def _design(self, w: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Columns of trend, real and imaginary parts of the amplitudes; and the bare lines."""
        lines = np.exp(1j * self.times[:, None] * w)
        if self.is_real:
            return np.hstack([self.trend, lines.real, -lines.imag]), lines
        trend = self.trend.astype(complex)
        return self._real(np.hstack([trend, 1j * trend, lines, 1j * lines])), lines

    def _slopes(self, lines: np.ndarray, amplitude: np.ndarray) -> np.ndarray:
        """Columns of the frequencies."""
        columns = 1j * self.times[:, None] * amplitude * lines
        return columns.real if self.is_real else self._real(columns)

    def _amplitude(self, x: np.ndarray) -> np.ndarray:
        re, im = np.split(x[self.first :], 2)
        return np.asarray(re + 1j * im)

    def _normal(self, columns: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Weighted columns, their normal matrix with a unit diagonal, and the scales that made it so."""
        weighted: np.ndarray = columns * self.weights[:, None]
        normal = weighted.T @ columns
        size = np.sqrt(np.diag(normal))
        scale = np.divide(1.0, size, out=np.zeros_like(size), where=size > 0.0)
        return weighted, normal * scale * scale[:, None], scale

    def _step(self, columns: np.ndarray, residual: np.ndarray) -> np.ndarray:
        weighted, normal, scale = self._normal(columns)
        step: np.ndarray = np.linalg.lstsq(normal, scale * (weighted.T @ residual), rcond=_SINGULAR)[0]
        return np.asarray(scale * step)

    def solved(self, w: np.ndarray, free: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Gauss-Newton: frequencies, complex amplitudes at the middle, trend, residual."""
        design, lines = self._design(w)
        x = self._step(design, self.target)
        for _ in range(_REFINEMENTS if free.any() else 0):
            columns = np.hstack([design, self._slopes(lines, self._amplitude(x))[:, free]])
            shift = self._step(columns, self.target - design @ x)[design.shape[1] :]
            w = w.copy()
            w[free] += np.clip(shift, -1.0, 1.0)  # a third of the resolution, so that lines stay themselves
            design, lines = self._design(w)
            x = self._step(design, self.target)
            if np.max(np.abs(shift)) < _SETTLED:
                break
        x = x + self._step(design, self.target - design @ x)
        left = self.target - design @ x
        n, m = self.times.size, self.trend.shape[1]
        if self.is_real:
            return w, self._amplitude(x), x[:m], left
        return w, self._amplitude(x), x[:m] + 1j * x[m : 2 * m], left[:n] + 1j * left[n:]

    def sigmas(
        self, w: np.ndarray, amplitude: np.ndarray, free: np.ndarray, residual: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Errors of frequencies, moduli, phases and trend from the residual near each line."""
        design, lines = self._design(w)
        columns = np.hstack([design, self._slopes(lines, amplitude)[:, free]])
        weighted, normal, scale = self._normal(columns)
        inverse = np.linalg.pinv(normal, rcond=_SINGULAR, hermitian=True) * scale * scale[:, None]
        cover = inverse @ (weighted.T @ weighted) @ inverse  # for white noise of unit variance
        variance = np.diag(cover)
        level = self._noise(residual, np.append(w, 0.0))
        k = w.size
        re = np.arange(self.first, self.first + k)
        im = re + k
        c, s = np.cos(np.angle(amplitude)), np.sin(np.angle(amplitude))
        both = 2.0 * c * s * cover[re, im]
        along = np.maximum(c * c * variance[re] + both + s * s * variance[im], 0.0)
        across = np.maximum(s * s * variance[re] - both + c * c * variance[im], 0.0)
        sigma_w = np.zeros(k)
        sigma_w[free] = level[:-1][free] * np.sqrt(variance[self.first + 2 * k :])
        modulus = np.where(amplitude == 0.0, np.nan, np.abs(amplitude))
        sigma_trend = level[-1] * np.sqrt(variance[: self.trend.shape[1]])
        return sigma_w, level[:-1] * np.sqrt(along), level[:-1] * np.sqrt(across) / modulus, sigma_trend

    def _noise(self, residual: np.ndarray, w: np.ndarray) -> np.ndarray:
        """Standard deviation per real sample of the white noise that has the residual's level near each line."""
        n = residual.size
        power = np.abs(np.fft.fft(self.window * residual)) ** 2 / np.sum(self.window**2)
        if not self.is_real:
            power = 0.5 * power
        nearest = np.rint(w * n / (n - 1) / np.pi).astype(int)
        offsets = np.arange(_NOISE_BINS[0], _NOISE_BINS[1] + 1)
        bins = nearest[:, None] + np.concatenate([-offsets, offsets])
        return np.asarray(np.sqrt(np.mean(power[bins % n], axis=1)))

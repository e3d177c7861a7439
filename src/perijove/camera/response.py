"""From light to counts: JunoCam's response on an orbit, combined from the laboratory and from flight."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from scipy.linalg import block_diag

from perijove.bodies.juno import FILTERS, JUNOCAM
from perijove.bodies.junocam_response import JUNOCAM_RESPONSE_ANCHORS, JUNOCAM_RESPONSE_LABORATORY
from perijove.errors import InputError

__all__ = ["Response", "Throughput", "laboratory_ratio", "response", "throughput"]

_NAMES = tuple(FILTERS)
_UNKNOWN_ORBIT_SIGMA = 0.5  # between none and the largest loss


@dataclass(frozen=True)
class Throughput:
    """Transmission of optics and filter relative to launch, by the published line.

    Attributes
    ----------
    value : float
    extrapolated : bool
        Whether the orbit lies after the last one of the fit.
    """

    value: float
    extrapolated: bool


@dataclass(frozen=True)
class Response:
    """Counts per light of some filters on an orbit.

    Attributes
    ----------
    filters : tuple of str
    value : array, shape (filters,)
        DN per second per W m-2 sr-1 in the band.
    covariance : array, shape (filters, filters)
        Relative; response and throughput together.
    """

    filters: tuple[str, ...]
    value: np.ndarray
    covariance: np.ndarray


def throughput(filter_name: str, orbit: int | None) -> Throughput:
    """Transmission of a filter on an orbit.

    Parameters
    ----------
    filter_name : str
        BLUE, GREEN, RED or METHANE.
    orbit : int or None
        Orbit number; None, where the label has none, gives 1.

    Raises
    ------
    InputError
        Where the fitted line has fallen to zero (BLUE: orbit 100).

    Notes
    -----
    Never clamped.
    """
    if orbit is None:
        return Throughput(1.0, extrapolated=True)
    start, slope, _ = FILTERS[filter_name].throughput
    value = start - slope * orbit
    if value <= 0.0:
        raise InputError(
            f"orbit {orbit}: the throughput fit for {filter_name} has fallen to {value:.2f}; it holds to orbit "
            f"{JUNOCAM.throughput_fit_last_orbit} and cannot be continued this far"
        )
    return Throughput(float(value), extrapolated=orbit > JUNOCAM.throughput_fit_last_orbit)


def response(filters: Sequence[str], orbit: int | None) -> Response:
    """Response of some filters on an orbit, with the errors they share.

    Parameters
    ----------
    filters : sequence of str
    orbit : int or None
        Orbit number; None, where the label has none, adds an error of half that all filters share.

    Raises
    ------
    InputError
        As `throughput` does.

    Notes
    -----
    The logarithm of (I/F with the laboratory's response and the published throughput) over the true I/F is taken for
    g + r + u / T + s b n / T, with an error g of all filters, r of each, u of each throughput T, and s of the decline,
    b per orbit, on the n orbits after the last of the fit. Their priors are the laboratory's and the fit's errors;
    the pictures in `JUNOCAM_RESPONSE_ANCHORS` are six linear measurements. METHANE has none of its own.
    """
    names = tuple(filters)
    line = np.array([throughput(name, orbit).value for name in names])
    design = np.array([_design(name, orbit) for name in names])
    mean, covariance = _combined()
    spread = design @ covariance @ design.T
    if orbit is None:
        spread = spread + _UNKNOWN_ORBIT_SIGMA**2
    laboratory = np.array([float(FILTERS[name].response) for name in names])
    return Response(names, laboratory * line * np.exp(design @ mean), spread)


def laboratory_ratio(filter_name: str, orbit: int | None) -> float:
    """I/F that the laboratory's response and the published throughput give, over that of `response`."""
    return float(np.exp(_design(filter_name, orbit) @ _combined()[0]))


def _design(name: str, orbit: int | None) -> np.ndarray:
    """How the errors g, r and u of all filters, and s, act on a filter: array, shape (2 + 2 filters,)."""
    count, place = len(_NAMES), _NAMES.index(name)
    _, slope, _ = FILTERS[name].throughput
    passed = throughput(name, orbit).value
    beyond = 0 if orbit is None else max(orbit - JUNOCAM.throughput_fit_last_orbit, 0)
    row = np.zeros(2 + 2 * count)
    row[0] = row[1 + place] = 1.0
    row[1 + count + place] = 0.0 if orbit is None else 1.0 / passed
    row[-1] = slope * beyond / passed
    return row


@cache
def _combined() -> tuple[np.ndarray, np.ndarray]:
    """Mean and covariance of the errors, the pictures taken into account."""
    laboratory = JUNOCAM_RESPONSE_LABORATORY
    own, fit = [laboratory.own] * len(_NAMES), [FILTERS[name].throughput[2] for name in _NAMES]
    prior = np.diag(np.square([laboratory.common, *own, *fit, laboratory.drift]))
    rows, ratios, blocks = [], [], []
    for anchor in JUNOCAM_RESPONSE_ANCHORS:
        rows += [_design(name, int(anchor.orbit)) for name in anchor.ratios]
        ratios += [ratio.measured for ratio in anchor.ratios.values()]
        blocks.append(np.full([len(anchor.ratios)] * 2, anchor.common**2))
    design, measured = np.array(rows), np.array(ratios)
    noise = np.diag((measured[:, 1] / measured[:, 0]) ** 2) + block_diag(*blocks)
    gain = prior @ design.T @ np.linalg.inv(design @ prior @ design.T + noise)
    return gain @ np.log(measured[:, 0]), prior - gain @ design @ prior

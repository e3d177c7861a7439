"""Closest approaches and contacts along a track."""

from dataclasses import dataclass

import numpy as np

from perijove.bodies.sun import SUN_RADIUS_KM
from perijove.events.contact_kernel import closest_times, contact_times, gaps
from perijove.events.tracks import Track

__all__ = ["ECLIPSE", "SHADOW", "SIGHT", "Crossings", "Found", "closest_on", "far_side", "found_on", "signed_gaps_km"]

_GRAZING_WINDOW_S = 5400.0  # the disc of an oblate body may be nearest that long before or after its centre is
# Outward from closest approach; mutual events nearer to each other than this are one. Jupiter hides a moon but once.
_STEP_S, _JUPITER_STEP_S = 300.0, 1800.0


@dataclass(frozen=True)
class Crossings:
    """Contacts in the order in which the kernel takes them.

    Attributes
    ----------
    names : tuple of (str, str)
        At ingress and at egress; the first pair is the outermost.
    reaches_km : array
        Which planes: +- the Sun's radius, or 0 for a point of view.
    signs : array
        1 touches from outside, -1 from inside, 0 the centre.
    """

    names: tuple[tuple[str, str], ...]
    reaches_km: np.ndarray
    signs: np.ndarray


_R = SUN_RADIUS_KM
SIGHT = Crossings((("I", "IV"), ("II", "III"), ("ingress", "egress")), np.zeros(3), np.array([1.0, -1.0, 0.0]))
ECLIPSE = Crossings(
    (("P1", "P4"), ("P2", "P3"), ("U1", "U4"), ("U2", "U3"), ("ingress", "egress")),
    np.array([_R, _R, -_R, -_R, 0.0]),
    np.array([1.0, -1.0, 1.0, -1.0, 0.0]),
)
"""The other body is behind, in the shadow of the track's first body."""
SHADOW = Crossings(ECLIPSE.names, np.array([-_R, _R, _R, -_R, 0.0]), ECLIPSE.signs)
"""The other body is before the track's first body and throws its shadow on it: the same planes from the other end."""


@dataclass(frozen=True)
class Found:
    """Events of one track.

    Attributes
    ----------
    track : Track
    crossings : Crossings
    closest_s : array, shape (n,)
        On the track's clock.
    times_s, rates_km_s : array, shape (n, contacts, 2)
        Contacts at ingress and egress, NaN where there is none; rate of the signed distance there.
    """

    track: Track
    crossings: Crossings
    closest_s: np.ndarray
    times_s: np.ndarray
    rates_km_s: np.ndarray


def far_side(track: Track, t: np.ndarray) -> np.ndarray:
    """Whether the other body is farther from the light or point of view than the first, shape (n,)."""
    light, path = track.at(t)
    result: np.ndarray = np.sum(light * path, axis=-1) < 0.0
    return result


def signed_gaps_km(track: Track, t: np.ndarray, reach_km: float, sign: float) -> tuple[np.ndarray, np.ndarray]:
    """Signed distance of the other body from the edge, km, and where the plane touches the first body, (n, 3)."""
    at = np.ascontiguousarray(t, dtype=float)
    result: tuple[np.ndarray, np.ndarray] = gaps(at, track.packed, np.full(len(at), reach_km), np.full(len(at), sign))
    return result


def closest_on(track: Track, first_s: float, last_s: float) -> np.ndarray:
    """Times of closest approach in angle, from one time on until before another."""
    nodes = track.times_s
    first, last = np.searchsorted(nodes, [first_s, last_s])
    times = closest_times(track.packed, max(int(first) - 1, 0), min(int(last) + 1, len(nodes) - 1))
    result: np.ndarray = times[(times >= first_s) & (times < last_s)]
    return result


def found_on(track: Track, crossings: Crossings, closest_s: np.ndarray) -> Found:
    """Contacts about given closest approaches; approaches without contact, and repeated ones, are left out."""
    step = _JUPITER_STEP_S if track.body == "JUPITER" else _STEP_S
    times, rates = contact_times(
        closest_s, track.packed, crossings.reaches_km, crossings.signs, _GRAZING_WINDOW_S, step
    )
    outer = times[:, 0, :]
    happens = np.isfinite(outer).any(axis=1)
    kept, end = [], -np.inf
    for i in np.flatnonzero(happens):
        if closest_s[i] <= end:  # two closest approaches within one event
            continue
        kept.append(i)
        end = outer[i, 1] if np.isfinite(outer[i, 1]) else np.inf
    return Found(track, crossings, closest_s[kept], times[kept], rates[kept])

"""Closest approaches and contacts along a track."""

from dataclasses import dataclass

import numpy as np

from perijove.bodies.sun import SUN_RADIUS_KM
from perijove.dynamics.time_search import Signal, first_root, least_between, roots
from perijove.events.contact_kernel import closing_rates, gaps
from perijove.events.tracks import Track, radii_km

__all__ = ["ECLIPSE", "SHADOW", "SIGHT", "Crossings", "Found", "closest_on", "far_side", "found_on", "signed_gaps_km"]

_GRAZING_WINDOW_S = 5400.0  # the disc of an oblate body may be nearest that long before or after its centre is
# Outward from closest approach; mutual events nearer to each other than this are one. Jupiter hides a moon but once.
_STEP_S, _JUPITER_STEP_S = 300.0, 1800.0
_CLOSEST_TOLERANCE_S, _CONTACT_TOLERANCE_S, _GRAZING_TOLERANCE_S = 1e-3, 1e-5, 0.1


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
    """Times of closest approach in angle, less than 90 degrees apart, from one time on until before another."""
    nodes = track.times_s
    first, last = np.searchsorted(nodes, [first_s, last_s])

    def closing(t: np.ndarray) -> np.ndarray:
        return np.asarray(closing_rates(np.ascontiguousarray(t), nodes, track.light, track.path))

    found = roots(closing, nodes[max(int(first) - 1, 0) : int(last) + 2], tolerance_s=_CLOSEST_TOLERANCE_S)
    times = found.tdb[~found.rises]
    light, path = track.at(times)
    ahead = np.sum(light * (light - path), axis=-1) > 0.0
    result: np.ndarray = times[ahead & (times >= first_s) & (times < last_s)]
    return result


def found_on(track: Track, crossings: Crossings, closest_s: np.ndarray) -> Found:
    """Contacts about given closest approaches; approaches without contact, and repeated ones, are left out."""
    outermost, rates = _contacts(track, closest_s, crossings.reaches_km[:1], crossings.signs[:1], outermost=True)
    kept, end = [], -np.inf
    for i in np.flatnonzero(np.isfinite(outermost).any(axis=(1, 2))):
        if closest_s[i] <= end:  # two closest approaches within one event
            continue
        kept.append(i)
        end = outermost[i, 0, 1] if np.isfinite(outermost[i, 0, 1]) else np.inf
    closest_s = closest_s[kept]
    others, other_rates = _contacts(track, closest_s, crossings.reaches_km[1:], crossings.signs[1:])
    times, rates = np.hstack([outermost[kept], others]), np.hstack([rates[kept], other_rates])
    return Found(track, crossings, closest_s, times, rates)


def _contacts(
    track: Track, closest_s: np.ndarray, reaches_km: np.ndarray, signs: np.ndarray, *, outermost: bool = False
) -> tuple[np.ndarray, np.ndarray]:
    """Ingress and egress of contacts about closest approaches, and rates of the signed distance there, (n, k, 2).

    NaN where a contact does not happen or lies beyond the track. The outermost one is not looked for where the bodies
    stay far apart.
    """
    shape, packed = (len(closest_s), len(reaches_km)), track.packed
    reach, sign = (np.broadcast_to(row, shape).ravel() for row in (reaches_km, signs))
    first, last = track.times_s[[0, -1]].tolist()

    def gap_of(chosen: np.ndarray) -> Signal:
        reaches, signs = reach[chosen], sign[chosen]
        return lambda t: gaps(np.ascontiguousarray(t), packed, reaches, signs)[0]

    # The search goes outward from where the bodies overlap: at closest approach, or beside it.
    inside = np.repeat(closest_s, shape[1])
    value = gap_of(np.arange(inside.size))(inside)
    apart = np.flatnonzero((value >= 0.0) & (value <= (_farthest_km(track) if outermost else np.inf)))
    around = np.maximum(inside[apart] - _GRAZING_WINDOW_S, first), np.minimum(inside[apart] + _GRAZING_WINDOW_S, last)
    inside[apart], value[apart] = least_between(gap_of(apart), *around, tolerance_s=_GRAZING_TOLERANCE_S, until=0.0)
    meets = np.repeat(np.flatnonzero(value < 0.0), 2)  # begin and end
    step = _JUPITER_STEP_S if track.body == "JUPITER" else _STEP_S
    steps = np.resize([-step, step], meets.size)
    found = first_root(gap_of(meets), inside[meets], steps, limits=(first, last), tolerance_s=_CONTACT_TOLERANCE_S)
    times, rates = np.full((*shape, 2), np.nan), np.full((*shape, 2), np.nan)
    side = np.resize([0, 1], meets.size)
    times.reshape(-1, 2)[meets, side] = found
    real = np.isfinite(found)
    gap = gap_of(meets[real])
    rates.reshape(-1, 2)[meets[real], side[real]] = 0.5 * (gap(found[real] + 1.0) - gap(found[real] - 1.0))
    return times, rates


def _farthest_km(track: Track) -> float:
    """Signed distance at closest approach beyond which no body, round or not, touches before or after it."""
    return float(100.0 + sum(2.0 * np.ptp(radii_km(body)) for body in (track.body, track.other)))

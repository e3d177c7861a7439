"""Where the bodies of an event stand along the light that tells of it: dense paths with consistent light times.

A track follows two bodies on the clock of whoever receives the light: the observer for what stands before what, the
darkened body for eclipses. Each body is taken where it was when that light left or passed it, all in the frame of the
barycentre of the solar system, in which light has one speed. Stellar aberration turns the sky of an observer
conformally, disc contacts stay what they are, so it is left out.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from perijove.bodies.galilean import GALILEAN_RADII_KM
from perijove.bodies.jupiter import JUPITER_RADII_KM
from perijove.constants import SPEED_OF_LIGHT_KM_S
from perijove.ephemeris.apparent import light_epoch
from perijove.ephemeris.observers import Observer
from perijove.ephemeris.orientation import pole_and_meridian_deg
from perijove.ephemeris.source import Ephemeris
from perijove.events.contact_kernel import interpolated_states, received_states
from perijove.geometry.rotations import direction_of, unit

__all__ = [
    "STEP_S",
    "Path",
    "Paths",
    "Track",
    "eclipse_track",
    "radii_km",
    "sampled_paths",
    "sight_track",
]

STEP_S = 1200.0  # Io moves by 3 degrees: cubic pieces keep to its path within 0.03 km, 2 ms
_REACH_BACK_S = 4200.0  # light time from the Sun to Jupiter and on to the Earth's distance: at most 3,300 s
_SLOW = ("EARTH", "SUN")
_SLOW_STEP_S = 21600.0  # planets and Sun: cubic pieces of 6 h keep within 1 m
_TOLERANCE_KM = 0.02  # of a fast observer's path
_HALVINGS = 14

State = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Path:
    """A body's states at nodes and, by cubic pieces, between them.

    Attributes
    ----------
    times_s : array, shape (n,)
    states : array, shape (n, 6)
        km, km/s.
    """

    times_s: np.ndarray
    states: np.ndarray

    def __call__(self, t: np.ndarray) -> np.ndarray:
        """States at given times, shape (m, 6)."""
        result: np.ndarray = interpolated_states(np.ascontiguousarray(t, dtype=float), self.times_s, self.states)
        return result


_REST = Path(np.array([0.0, 1.0]), np.zeros((2, 6)))  # Jupiter from its own centre


@dataclass(frozen=True)
class Paths:
    """Bodies over a span, and who watches.

    Attributes
    ----------
    epoch_tdb : float
        From which all times here count.
    times_s : array, shape (n,)
        Nodes of the tracks.
    jupiter : Path
        From the barycentre of the solar system.
    others : dict of Path
        Moons, ``SUN`` and ``OBSERVER`` from Jupiter's centre.
    watcher : str
        Body on which the observer is.
    pole : array, shape (3,)
        Jupiter's, ICRF, in the middle of the span; it moves by 1e-6 rad in a year.
    """

    epoch_tdb: float
    times_s: np.ndarray
    jupiter: Path
    others: dict[str, Path]
    watcher: str
    pole: np.ndarray

    @cached_property
    def to_equator(self) -> np.ndarray:
        """Rotation from the ICRF to a frame with z along Jupiter's pole."""
        node = unit(np.cross([0.0, 0.0, 1.0], self.pole))
        return np.stack([node, np.cross(self.pole, node), self.pole])

    @cached_property
    def sights(self) -> dict[str, tuple[np.ndarray, np.ndarray]]:
        """Jupiter and the moons as the observer sees them at the nodes: states, and when the light left them."""
        here = self.state("OBSERVER", self.times_s)
        others = [body for body in ("JUPITER", *self.moons) if body != self.watcher]
        return {body: self.received(body, here, self.times_s) for body in others}

    @property
    def moons(self) -> tuple[str, ...]:
        """Those that are sampled."""
        return tuple(name for name in self.others if name in GALILEAN_RADII_KM)

    def state(self, body: str, t: np.ndarray) -> np.ndarray:
        """Body from the barycentre of the solar system, shape (n, 6), km, km/s."""
        about_sun = self.jupiter(t)
        return about_sun if body == "JUPITER" else np.asarray(about_sun + self.others[body](t))

    def received(self, body: str, here: np.ndarray, t: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Body whose light arrives at given times.

        Parameters
        ----------
        body : str
        here : array, shape (n, 6)
            State of whom the light reaches.
        t : array, shape (n,)
            When.

        Returns
        -------
        state : array, shape (n, 6)
            Of the body when the light left it; its velocity by the receiver's clock.
        left_s : array, shape (n,)
            When that was.
        """
        centre, body_path = self.jupiter, self.others.get(body, _REST)
        at, here = np.ascontiguousarray(t, dtype=float), np.ascontiguousarray(here)
        state, left = received_states(
            at,
            here,
            (centre.times_s, centre.states),
            (body_path.times_s, body_path.states),
            SPEED_OF_LIGHT_KM_S,
        )
        return state, left

    def arrival_s(self, place_km: np.ndarray, t: np.ndarray) -> np.ndarray:
        """Times at which light that leaves given places at given times is seen by the observer."""
        return light_epoch(lambda seen: self.state("OBSERVER", seen), place_km, t, sent=True)


@dataclass(frozen=True)
class Track:
    """Two bodies and a light or point of view along one clock.

    Attributes
    ----------
    body, other : str
        Whose tangent planes are taken, and whose distance from them.
    times_s : array, shape (n,)
    light, path : array, shape (n, 6)
        From the body to the light or point of view, and to the other body; km, km/s by the clock.
    body_axes, other_axes : array, shape (n, 3)
        Along their long axes, which point to Jupiter; zero for Jupiter.
    pole : array, shape (3,)
        Of all bodies.
    """

    body: str
    other: str
    times_s: np.ndarray
    light: np.ndarray
    path: np.ndarray
    body_axes: np.ndarray
    other_axes: np.ndarray
    pole: np.ndarray

    @property
    def packed(self) -> tuple[np.ndarray, ...]:
        """As the kernel takes it."""
        radii, other_radii = radii_km(self.body), radii_km(self.other)
        axes = (self.body_axes, self.other_axes)
        return self.times_s, self.light, self.path, *axes, radii, other_radii, self.pole

    def turned(self) -> "Track":
        """The same with the bodies' parts exchanged."""
        axes = (self.other_axes, self.body_axes)
        return Track(self.other, self.body, self.times_s, self.light - self.path, -self.path, *axes, self.pole)

    def at(self, t: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Light and other body at given times, shape (n, 3) each, km."""
        light, path = (Path(self.times_s, states)(t)[:, :3] for states in (self.light, self.path))
        return light, path


def radii_km(body: str) -> np.ndarray:
    """Semi-axes of Jupiter or one of the moons."""
    return np.array(JUPITER_RADII_KM if body == "JUPITER" else GALILEAN_RADII_KM[body], dtype=float)


def _sampled(state: State, nodes: np.ndarray) -> Path:
    return Path(nodes, np.ascontiguousarray(state(nodes)))


def _refined(state: State, nodes: np.ndarray) -> Path:
    """Path whose intervals are halved until it meets the body in their middles."""
    path = _sampled(state, nodes)
    open_ones = np.arange(len(nodes) - 1)
    for _ in range(_HALVINGS):
        nodes = path.times_s
        middles = 0.5 * (nodes[open_ones] + nodes[open_ones + 1])
        exact = state(middles)
        missed = np.linalg.norm(path(middles) - exact, axis=-1) > _TOLERANCE_KM
        if not missed.any():
            break
        together = np.concatenate([nodes, middles[missed]])
        order = np.argsort(together)
        path = Path(together[order], np.concatenate([path.states, exact[missed]])[order])
        fresh = np.flatnonzero(order >= len(nodes))
        open_ones = np.union1d(fresh - 1, fresh)
    return path


def sampled_paths(
    ephemeris: Ephemeris, observer: Observer, moons: Sequence[str], *, start_tdb: float, end_tdb: float
) -> Paths:
    """Sample an ephemeris over a span, and over the light time before it.

    Parameters
    ----------
    ephemeris : Ephemeris
    observer : Observer
    moons : sequence of str
    start_tdb, end_tdb : float
        TDB seconds past J2000.

    Returns
    -------
    Paths
        With nodes every 1200 s, more where the observer moves fast.
    """
    span = end_tdb - start_tdb
    times = np.linspace(0.0, span, max(int(np.ceil(span / STEP_S)), 2) + 1)
    early = np.concatenate([np.linspace(-_REACH_BACK_S, 0.0, 5)[:-1], times])
    slow = np.linspace(-_REACH_BACK_S, span, int(np.ceil((span + _REACH_BACK_S) / _SLOW_STEP_S)) + 2)

    def state(body: str, center: str) -> State:
        return lambda t: np.asarray(ephemeris.state(body, start_tdb + t, center=center))

    jupiter = _sampled(state("JUPITER", "SSB"), slow)
    others = {moon: _sampled(state(moon, "JUPITER"), early) for moon in moons}
    others["SUN"] = _sampled(state("SUN", "JUPITER"), slow)
    if observer.body in _SLOW:
        others["OBSERVER"] = _sampled(state(observer.body, "JUPITER"), slow)
    else:
        watcher = _refined(state(observer.body, "JUPITER"), times)
        others["OBSERVER"], times = watcher, watcher.times_s
    if observer.place is not None:
        beside = observer.place.state(start_tdb + times)
        others["OBSERVER"] = Path(times, others["OBSERVER"](times) + beside)
    ra, dec, _ = pole_and_meridian_deg("JUPITER", start_tdb + 0.5 * span)
    return Paths(start_tdb, times, jupiter, others, observer.body, direction_of(dec, ra))


def _axes(paths: Paths, body: str, t: np.ndarray) -> np.ndarray:
    """Direction of the long axis."""
    return np.zeros((len(t), 3)) if body == "JUPITER" else np.ascontiguousarray(paths.others[body](t)[:, :3])


def sight_track(paths: Paths, body: str, other: str) -> Track:
    """Two bodies as the observer sees them, on the observer's clock."""
    t = paths.times_s
    (first, left), (second, left_other) = (paths.sights[name] for name in (body, other))
    axes = (_axes(paths, body, left), _axes(paths, other, left_other))
    return Track(body, other, t, paths.state("OBSERVER", t) - first, second - first, *axes, paths.pole)


def eclipse_track(paths: Paths, front: str, back: str) -> Track:
    """A body and another that may darken it, and the Sun, as light meets them; on the clock of the darkened body.

    Parameters
    ----------
    paths : Paths
    front, back : str
        Whose shadow may fall, and onto whom.

    Returns
    -------
    Track
        Of the front body, with the back body as the other.
    """
    t = paths.times_s
    here = paths.state(back, t)
    place, left = paths.received(front, here, t)
    sun, _ = paths.received("SUN", here, t)
    return Track(
        front, back, t, sun - place, here - place, _axes(paths, front, left), _axes(paths, back, t), paths.pole
    )

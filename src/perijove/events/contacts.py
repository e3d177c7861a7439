"""From contacts on a track's clock to what an observer sees: when, whether, and how well it is known."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from perijove.bodies.jupiter import JUPITER_HAZE_HEIGHT_KM, JUPITER_RADII_KM, JUPITER_REFRACTION_HEIGHT_KM
from perijove.bodies.sun import SUN_RADIUS_KM
from perijove.ephemeris.observers import Observer
from perijove.ephemeris.source import Ephemeris
from perijove.events.depth import MutualDepth, mutual_depth
from perijove.events.phase import PAST_LIMB_S, lit_edges_s
from perijove.events.records import Contact, MoonEvent
from perijove.events.search import Found, far_side, signed_gaps_km
from perijove.events.tracks import Paths, Track, eclipse_track, radii_km, sight_track
from perijove.geometry.rotations import unit

__all__ = ["Stage", "events_of"]

_BEHIND, _IN_SHADOW = "behind Jupiter", "in Jupiter's shadow"
_BEYOND, _BELOW = "beyond the limb", "below the horizon"
_JUPITER = "JUPITER"


@dataclass(frozen=True)
class Stage:
    """Everything about one stretch of time that contacts are judged by.

    Attributes
    ----------
    paths : Paths
    observer : Observer
    ephemeris : Ephemeris
        Asked for its errors only.
    sights : dict
        Jupiter and each moon as the observer sees them.
    shadows : dict
        Each moon in Jupiter's shadow.
    """

    paths: Paths
    observer: Observer
    ephemeris: Ephemeris
    sights: dict[str, Track]
    shadows: dict[str, Track]

    @classmethod
    def of(cls, paths: Paths, observer: Observer, ephemeris: Ephemeris) -> "Stage":
        """Lay out the tracks that tell what Jupiter hides."""
        others = [moon for moon in paths.moons if moon != observer.body]
        sights = {moon: sight_track(paths, _JUPITER, moon) for moon in others}
        shadows = {moon: eclipse_track(paths, _JUPITER, moon) for moon in paths.moons}
        return cls(paths, observer, ephemeris, sights, shadows)

    def occulted(self, moon: str, seen: np.ndarray) -> np.ndarray:
        """Whether a moon is wholly behind Jupiter when it is looked for."""
        if moon not in self.sights:
            return np.zeros(len(seen), dtype=bool)
        gap, _ = signed_gaps_km(self.sights[moon], seen, 0.0, -1.0)
        return np.asarray((gap < 0.0) & far_side(self.sights[moon], seen))

    def eclipsed(self, moon: str, there: np.ndarray) -> np.ndarray:
        """Whether a moon is wholly in Jupiter's umbra at a time of its own."""
        gap, _ = signed_gaps_km(self.shadows[moon], there, -SUN_RADIUS_KM, -1.0)
        return np.asarray((gap < 0.0) & far_side(self.shadows[moon], there))

    def altitude_azimuth_deg(self, body: str, seen: np.ndarray) -> tuple[np.ndarray, np.ndarray] | None:
        """Where Jupiter or the Sun stands over a site's horizon; None for other observers."""
        if self.observer.place is None:
            return None
        here = self.paths.state("OBSERVER", seen)
        there, _ = self.paths.received(body, here, seen)
        return self.observer.altitude_azimuth_deg((there - here)[:, :3], self.paths.epoch_tdb + seen)

    def sigma_km(
        self, front: str, back: str, source: str, t: np.ndarray, *, leverage: np.ndarray, across: np.ndarray
    ) -> np.ndarray:
        """Standard error of a signed distance; NaN where the ephemeris does not know its own.

        That of an observer, whose path may come from elsewhere, is left out where it is not known.

        Parameters
        ----------
        front, back : str
        source : str
            The light, or who looks.
        t : array, shape (n,)
            Seconds from the epoch.
        leverage : array, shape (n,)
            By which an error of the source's place counts: distance between the bodies over distance of the source.
        across : array, shape (n, 3)
            Unit vectors along which the distance is counted: between the bodies, across the light.
        """
        tdb = self.paths.epoch_tdb + t
        aside = self.ephemeris.position_covariance_km2(source, tdb, center=_JUPITER)
        if source == self.observer.body:
            aside = np.where(np.isnan(aside), 0.0, aside)
        between = self.ephemeris.position_covariance_km2(front, tdb, center=back)
        return np.asarray(
            np.sqrt(np.einsum("ni,nij,nj->n", across, between + (leverage**2)[:, None, None] * aside, across))
        )


@dataclass(frozen=True)
class _Moments:
    """Contacts of all events of a track, one after another."""

    event: np.ndarray
    names: list[str]
    clock_s: np.ndarray
    rate_km_s: np.ndarray
    touch_km: np.ndarray


def _moments(stage: Stage, kind: str, found: Found, pairs: int) -> _Moments:
    """Flatten the first contacts of each event; closest approaches come last."""
    which, contact, side = np.nonzero(np.isfinite(found.times_s[:, :pairs]))
    times, rates = found.times_s[which, contact, side], found.rates_km_s[which, contact, side]
    touch = np.zeros((len(times), 3))
    for k in range(pairs):
        mine = contact == k
        reach, sign = found.crossings.reaches_km[k], found.crossings.signs[k]
        touch[mine] = signed_gaps_km(found.track, times[mine], reach, sign)[1]
    names = [found.crossings.names[k][s] for k, s in zip(contact, side, strict=True)]
    if kind in {"transit", "shadow_transit"}:
        edges = lit_edges_s(stage.paths, found, sunlight=kind == "shadow_transit")
        event, edge = np.nonzero(np.isfinite(edges))
        which, times = np.concatenate([which, event]), np.concatenate([times, edges[event, edge]])
        rates = np.concatenate([rates, found.rates_km_s[event, -1, edge]])
        touch = np.concatenate([touch, np.zeros((len(event), 3))])
        names += [("lit_ingress", "lit_egress")[s] for s in edge]
    n = len(found.closest_s)
    return _Moments(
        np.concatenate([which, np.arange(n)]),
        names + ["closest"] * n,
        np.concatenate([times, found.closest_s]),
        np.concatenate([rates, np.full(n, np.nan)]),
        np.concatenate([touch, np.zeros((n, 3))]),
    )


def _seen_and_there(stage: Stage, kind: str, front: str, back: str, m: _Moments) -> tuple[np.ndarray, np.ndarray]:
    """When the observer sees each moment, and when it happens."""
    paths = stage.paths
    if kind in {"transit", "occultation", "mutual_occultation"}:
        moon = front if kind == "transit" else back
        return m.clock_s, paths.received(moon, paths.state("OBSERVER", m.clock_s), m.clock_s)[1]
    place = paths.state(back, m.clock_s)[:, :3]
    if back == _JUPITER:  # the shadow falls on its limb
        place = place + m.touch_km
    return paths.arrival_s(place, m.clock_s), m.clock_s


def _hidden(
    stage: Stage,
    kind: str,
    back: str,
    m: _Moments,
    *,
    seen: np.ndarray,
    there: np.ndarray,
    jupiter_deg: np.ndarray | None,
) -> list[str | None]:
    """Why each moment cannot be seen; the first reason counts."""
    closest = np.array([name == "closest" for name in m.names])
    on_limb = np.any(m.touch_km != 0.0, axis=-1)
    reasons: list[tuple[np.ndarray, str]] = []
    if kind == "shadow_transit":
        towards = (stage.paths.state("OBSERVER", seen) - stage.paths.state(_JUPITER, there))[:, :3] - m.touch_km
        reasons.append((on_limb & ~_faces(stage.paths.pole, m.touch_km, towards, _dip_rad(m.rate_km_s)), _BEYOND))
    if kind in {"eclipse", "mutual_eclipse", "mutual_occultation"}:
        reasons.append((stage.occulted(back, seen), _BEHIND))
    if kind == "occultation":
        reasons.append((closest & stage.occulted(back, seen), _BEHIND))
    if kind in {"occultation", "mutual_eclipse", "mutual_occultation"}:
        reasons.append((stage.eclipsed(back, there), _IN_SHADOW))
    if kind == "eclipse":
        reasons.append((closest & stage.eclipsed(back, there), _IN_SHADOW))
    if jupiter_deg is not None:
        reasons.append((jupiter_deg < 0.0, _BELOW))
    return [next((why for mask, why in reasons if mask[i]), None) for i in range(len(m.names))]


def _faces(pole: np.ndarray, point_km: np.ndarray, towards: np.ndarray, dip_rad: np.ndarray) -> np.ndarray:
    """Whether a direction is above the horizon of a point of Jupiter's surface, or no deeper below it than a dip."""
    up = np.sum(point_km * pole, axis=-1, keepdims=True)
    equatorial, _, polar = radii_km(_JUPITER)
    normal = point_km + (np.square(equatorial / polar) - 1.0) * up * pole
    return np.asarray(np.sum(unit(normal) * unit(towards), axis=-1) > -np.sin(dip_rad))


def _dip_rad(rate_km_s: np.ndarray) -> np.ndarray:
    """Angle about Jupiter between its limb and where a shadow is that has moved inward from it for as long as matters.

    Of a depth d on the disc the cosine is 1 - d/R. A second of Io is 1.2 deg, by which limb and terminator differ for
    the Earth within a week of opposition.
    """
    depth = np.abs(rate_km_s) * PAST_LIMB_S / JUPITER_RADII_KM[0]
    return np.asarray(np.arccos(1.0 - np.where(np.isfinite(depth), depth, 0.0)))


def _limb_height_km(kind: str, front: str, back: str) -> float:
    if _JUPITER not in {front, back}:
        return 0.0
    return JUPITER_REFRACTION_HEIGHT_KM if kind in {"eclipse", "occultation"} else JUPITER_HAZE_HEIGHT_KM


def _type(names: set[str], depth: MutualDepth | None) -> str:
    """What an event is called by which of its contacts happen."""
    shadow = bool(names & {"P1", "P4"})
    if shadow and not names & {"U1", "U4"}:
        return "penumbral"
    if not names & ({"U2", "U3"} if shadow else {"II", "III"}):
        return "partial"
    return "annular" if depth and depth.front_km < depth.back_km else "total"


def events_of(stage: Stage, kind: str, found: Found, *, front: str, back: str) -> Iterator[MoonEvent]:
    """Records of the events found on a track.

    Parameters
    ----------
    stage : Stage
    kind : str
    found : Found
    front, back : str
        What stands nearer to the observer or the Sun, and what is behind it.
    """
    if not len(found.closest_s):
        return
    mutual = _JUPITER not in {front, back}
    depths = _depths(kind, found, front=front, back=back) if mutual else [None] * len(found.closest_s)
    pairs = (
        len(found.crossings.names) - mutual
    )  # without the last: a moon's centre on another's limb tells nobody anything
    m = _moments(stage, kind, found, pairs)
    seen, there = _seen_and_there(stage, kind, front, back, m)
    jupiter, sun = (stage.altitude_azimuth_deg(body, seen) for body in (_JUPITER, "SUN"))
    hidden = _hidden(stage, kind, back, m, seen=seen, there=there, jupiter_deg=None if jupiter is None else jupiter[0])
    light, path = found.track.at(m.clock_s)
    distance = np.linalg.norm(light, axis=-1)
    source = "SUN" if "eclipse" in kind or kind == "shadow_transit" else stage.observer.body
    leverage, across = np.linalg.norm(path, axis=-1) / distance, unit(np.cross(light, np.cross(path, light)))
    sigma_km = stage.sigma_km(front, back, source, m.clock_s, leverage=leverage, across=across)
    with np.errstate(invalid="ignore"):
        sigma_s = sigma_km / np.abs(m.rate_km_s)
        limb_s = _limb_height_km(kind, front, back) / np.abs(m.rate_km_s)
    epoch = stage.paths.epoch_tdb
    contacts: list[list[Contact]] = [[] for _ in found.closest_s]
    for i, name in enumerate(m.names):
        if (depth := depths[m.event[i]]) and name.startswith("U") and depth.front_km <= 0.0:
            continue  # the front moon's umbra ends before it reaches the back one
        contacts[m.event[i]].append(
            Contact(
                name,
                epoch + float(seen[i]),
                epoch + float(there[i]),
                float(sigma_s[i]),
                float(limb_s[i]),
                hidden[i],
                None if jupiter is None else float(jupiter[0][i]),
                None if jupiter is None else float(jupiter[1][i]),
                None if sun is None else float(sun[0][i]),
            )
        )
    for i, mine in enumerate(contacts):
        closest = mine.pop()
        ordered = tuple(sorted(mine, key=lambda contact: contact.tdb))
        what = _type({contact.name for contact in ordered}, depths[i])
        event = MoonEvent(kind, what, front, back, ordered, closest)
        if depth := depths[i]:
            event = replace(
                event, magnitude=depth.magnitude, area_covered=depth.area_covered, light_lost=depth.light_lost
            )
        yield event


def _depths(kind: str, found: Found, *, front: str, back: str) -> list[MutualDepth | None]:
    light, path = found.track.at(found.closest_s)
    if found.track.body != front:
        light, path = light - path, -path
    return [
        mutual_depth(one, other, front=front, back=back, eclipse="eclipse" in kind)
        for one, other in zip(light, path, strict=True)
    ]

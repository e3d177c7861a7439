"""Events of the Galilean moons: transits, shadows, eclipses, occultations and mutual events, for any observer."""

from collections.abc import Callable, Iterator, Sequence
from itertools import combinations, pairwise, permutations

import numpy as np

from perijove.bodies.galilean import GALILEAN_MEAN_RADII_KM
from perijove.constants import SECONDS_PER_DAY
from perijove.ephemeris.galilean import MOONS
from perijove.ephemeris.observers import BodyObserver, Observer
from perijove.ephemeris.source import EMBEDDED, Ephemeris
from perijove.errors import InputError
from perijove.events.contacts import Stage, events_of
from perijove.events.juno_watch import ephemeris_that_reaches
from perijove.events.records import KINDS, MoonEvent
from perijove.events.search import ECLIPSE, SHADOW, SIGHT, closest_on, far_side, found_on
from perijove.events.tracks import Track, eclipse_track, sampled_paths, sight_track

__all__ = ["moon_events"]

_LONGEST_SPAN_DAYS = 18262.5  # half a century: some 75,000 events, 0.8 GB
_CHUNK_S = 200.0 * SECONDS_PER_DAY
_MARGIN_S = 18000.0  # half the longest event (Callisto's slow mutual ones), and light time to the observer
_JUPITER = "JUPITER"
_EARTH = BodyObserver("EARTH")


def moon_events(
    start_tdb: float,
    end_tdb: float,
    *,
    observer: Observer = _EARTH,
    ephemeris: Ephemeris = EMBEDDED,
    kinds: Sequence[str] = tuple(KINDS),
    moons: Sequence[str] = MOONS,
    progress: Callable[[float], object] | None = None,
) -> tuple[MoonEvent, ...]:
    """Events of the Galilean moons that an observer sees in a span of time, or would but for what is in the way.

    Parameters
    ----------
    start_tdb, end_tdb : float
        TDB seconds past J2000, at the observer. Events under way at either end are included, with all their contacts.
    observer : Observer
        A body of the ephemeris or a site on the Earth; the Earth's centre if not given.
    ephemeris : Ephemeris
        Must reach 11.2 hours further back than the span, and 10 hours further on; the built-in one does so for Juno's
        passes too, one at a time.
    kinds : sequence of str
        Some of `perijove.events.records.KINDS`.
    moons : sequence of str
        Events in which at least one of them takes part.
    progress : callable, optional
        Is told the part done, 0 to 1.

    Returns
    -------
    tuple of MoonEvent
        By first contact.

    Raises
    ------
    InputError
        Where the span is reversed, not finite or longer than half a century, a name is unknown, or the ephemeris ends.

    Notes
    -----
    Jupiter is its 1-bar spheroid, the Sun a sphere, the moons are ellipsoids with their long axes to Jupiter. Not
    modelled: Jupiter's haze and refraction (`Contact.limb_s`), the bending of light by its mass (0.15 km at Callisto),
    and that light passes a limb at another time than the centre beside it (0.02 s).
    """
    _check(start_tdb, end_tdb, observer, kinds, moons)
    ephemeris = ephemeris_that_reaches(observer, ephemeris, start_tdb, end_tdb)
    first, last = start_tdb - _MARGIN_S, end_tdb + _MARGIN_S
    edges = np.linspace(first, last, int(np.ceil((last - first) / _CHUNK_S)) + 1)
    found: list[MoonEvent] = []
    for chunk, (begin, end) in enumerate(pairwise(edges.tolist())):
        events = _events_between(begin, end, observer, ephemeris, kinds, moons)
        found.extend(event for event in events if event.end_tdb >= start_tdb and event.start_tdb <= end_tdb)
        if progress:
            progress((chunk + 1) / (len(edges) - 1))
    return tuple(sorted(found, key=lambda event: event.start_tdb))


def _check(start_tdb: float, end_tdb: float, observer: Observer, kinds: Sequence[str], moons: Sequence[str]) -> None:
    if not (np.isfinite(start_tdb) and np.isfinite(end_tdb)):
        raise InputError(f"events from TDB {start_tdb} to {end_tdb}: both must be finite")
    if end_tdb <= start_tdb:
        raise InputError(f"events from TDB {start_tdb:.0f} to {end_tdb:.0f} s: the end must lie after the start")
    days = (end_tdb - start_tdb) / SECONDS_PER_DAY
    if days > _LONGEST_SPAN_DAYS:
        raise InputError(f"events over {days:.0f} days: at most {_LONGEST_SPAN_DAYS:.0f} at once; split the span")
    for what, given, known in (("kind of event", kinds, tuple(KINDS)), ("moon", moons, MOONS)):
        unknown = [name for name in given if name not in known]
        if unknown or not given:
            raise InputError(f"no {what} {', '.join(map(repr, unknown)) or 'given'}; there are {', '.join(known)}")
    if observer.body in {_JUPITER, f"{_JUPITER} BARYCENTER"}:
        raise InputError("the observer is within Jupiter; its moons' events need one outside it, such as EARTH or SUN")


def _events_between(
    begin: float, end: float, observer: Observer, ephemeris: Ephemeris, kinds: Sequence[str], moons: Sequence[str]
) -> Iterator[MoonEvent]:
    """Events whose closest approach lies in a stretch of the clock on which they are found."""
    mutual = any(kind.startswith("mutual") for kind in kinds)
    sampled = MOONS if mutual else moons
    paths = sampled_paths(ephemeris, observer, sampled, start_tdb=begin - _MARGIN_S, end_tdb=end + _MARGIN_S)
    stage = Stage.of(paths, observer, ephemeris)
    span = (begin - paths.epoch_tdb, end - paths.epoch_tdb)
    for moon in moons:
        yield from _with_jupiter(stage, moon, kinds, span)
    if "mutual_occultation" in kinds:
        for a, b in combinations([moon for moon in MOONS if moon != observer.body], 2):
            if a in moons or b in moons:
                yield from _mutual_occultations(stage, a, b, span)
    if "mutual_eclipse" in kinds:
        for front, back in permutations(MOONS, 2):
            if front in moons or back in moons:
                yield from _mutual_eclipses(stage, front, back, span)


def _with_jupiter(stage: Stage, moon: str, kinds: Sequence[str], span: tuple[float, float]) -> Iterator[MoonEvent]:
    if moon in stage.sights and {"transit", "occultation"} & set(kinds):
        track = stage.sights[moon]
        closest = closest_on(track, *span)
        behind = far_side(track, closest)
        if "occultation" in kinds:
            found = found_on(track, SIGHT, closest[behind])
            yield from events_of(stage, "occultation", found, front=_JUPITER, back=moon)
        if "transit" in kinds:
            found = found_on(track, SIGHT, closest[~behind])
            yield from events_of(stage, "transit", found, front=moon, back=_JUPITER)
    if "eclipse" in kinds:
        track = stage.shadows[moon]
        closest = closest_on(track, *span)
        found = found_on(track, ECLIPSE, closest[far_side(track, closest)])
        yield from events_of(stage, "eclipse", found, front=_JUPITER, back=moon)
    if "shadow_transit" in kinds:
        track = eclipse_track(stage.paths, moon, _JUPITER).turned()
        closest = closest_on(track, *span)
        found = found_on(track, SHADOW, closest[~far_side(track, closest)])
        yield from events_of(stage, "shadow_transit", found, front=moon, back=_JUPITER)


def _mutual_occultations(stage: Stage, a: str, b: str, span: tuple[float, float]) -> Iterator[MoonEvent]:
    """Tangent planes are taken of the moon that looks larger, so that the other can lie between them."""
    tracks = {(a, b): sight_track(stage.paths, a, b)}
    tracks[b, a] = tracks[a, b].turned()
    closest = closest_on(tracks[a, b], *span)
    a_nearer = far_side(tracks[a, b], closest)
    a_larger = _looks_larger(tracks[a, b], closest)
    for front, back in permutations((a, b)):
        for large, small in permutations((a, b)):
            mine = closest[(a_nearer == (front == a)) & (a_larger == (large == a))]
            found = found_on(tracks[large, small], SIGHT, mine)
            yield from events_of(stage, "mutual_occultation", found, front=front, back=back)


def _looks_larger(track: Track, t: np.ndarray) -> np.ndarray:
    """Whether the first body of a track has the larger disc."""
    light, path = track.at(t)
    first, other = GALILEAN_MEAN_RADII_KM[track.body], GALILEAN_MEAN_RADII_KM[track.other]
    farther = np.linalg.norm(light - path, axis=-1) / np.linalg.norm(light, axis=-1)
    result: np.ndarray = first * farther >= other
    return result


def _mutual_eclipses(stage: Stage, front: str, back: str, span: tuple[float, float]) -> Iterator[MoonEvent]:
    track = eclipse_track(stage.paths, front, back)
    closest = closest_on(track, *span)
    closest = closest[far_side(track, closest)]
    if GALILEAN_MEAN_RADII_KM[front] >= GALILEAN_MEAN_RADII_KM[back]:
        found = found_on(track, ECLIPSE, closest)
    else:
        found = found_on(track.turned(), SHADOW, closest)
    yield from events_of(stage, "mutual_eclipse", found, front=front, back=back)

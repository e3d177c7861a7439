"""Contact times against SPICE's own search for occultations, on kernels written from the same states.

Authority: independent (``gfoclt`` of NAIF's CSPICE, its ellipsoids from pck00010). It knows points of view, not shadows
of bodies on bodies: shadows are compared for a moon's centre, which sees the Sun being covered.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import spiceypy

from perijove.bodies.sun import SUN_RADIUS_KM
from perijove.ephemeris.galilean import MOONS
from perijove.ephemeris.observers import BodyObserver
from perijove.ephemeris.source import EMBEDDED
from perijove.ephemeris.spice.kernels import Kernels
from perijove.ephemeris.spice.source import kernel_segments
from perijove.ephemeris.spice.writing import Attitude, Trajectory, write_kernel_set
from perijove.events.finder import moon_events
from perijove.events.search import Crossings, closest_on, far_side, found_on
from perijove.events.tracks import eclipse_track, sampled_paths
from perijove.timescales import utc_to_tdb

pytestmark = pytest.mark.data

START, END = (utc_to_tdb(day) for day in ("2015-02-06", "2015-02-23"))
MUTUAL_END = utc_to_tdb("2015-02-14")
PERIJOVE = (utc_to_tdb("2022-07-04T00:00"), utc_to_tdb("2022-07-07T00:00"))  # the 43rd
MARGIN_S = 50_000.0
TOLERANCE_S = 0.1


def load_kernels(data_dir: Path, folder: Path, times: np.ndarray, *more: Trajectory) -> None:
    """Write the built-in ephemeris as kernels and load them, with the Sun's size as it is here."""
    centers = {"SUN": "SSB", "EARTH": "SSB", "JUPITER": "SSB", **dict.fromkeys(MOONS, "JUPITER")}
    trajectories = [Trajectory(body, at, times, EMBEDDED.state(body, times, center=at)) for body, at in centers.items()]
    still = Attitude(times[[0, -1]], np.array([np.eye(3)] * 2))
    written = write_kernel_set(folder, trajectories=[*trajectories, *more], attitudes=[still])
    for path in (data_dir / "spice" / "pck00010.tpc", *(p for p in written if p.suffix == ".bsp")):
        spiceypy.furnsh(str(path))
    spiceypy.pdpool("BODY10_RADII", [SUN_RADIUS_KM] * 3)


@pytest.fixture(scope="module")
def spice_pool(data_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    load_kernels(data_dir, tmp_path_factory.mktemp("kernels"), np.arange(START - MARGIN_S, END + MARGIN_S, 1200.0))
    yield
    spiceypy.kclear()


def spice_times(
    kind: str, front: str, back: str, observer: str, *, step_s: float = 1800.0, span: tuple[float, float] = (START, END)
) -> np.ndarray:
    """Begins and ends that SPICE finds, shape (n, 2)."""
    confine, result = spiceypy.cell_double(2), spiceypy.cell_double(2000)
    spiceypy.wninsd(*span, confine)
    frames = [f"IAU_{body}" for body in (front, back)]
    spiceypy.gfoclt(
        kind, front, "ELLIPSOID", frames[0], back, "ELLIPSOID", frames[1], "CN", observer, step_s, confine, result
    )
    windows = [spiceypy.wnfetd(result, i) for i in range(spiceypy.wncard(result))]
    return np.array([w for w in windows if w[0] > span[0] and w[1] < span[1]]).reshape(-1, 2)


@pytest.mark.parametrize("moon", MOONS)
@pytest.mark.parametrize(("kind", "within"), [("occultation", "FULL"), ("transit", "ANNULAR")])
def test_occultations_and_transits(spice_pool: None, moon: str, kind: str, within: str) -> None:
    events = moon_events(START, END, kinds=[kind], moons=[moon])
    front, back = ("JUPITER", moon) if kind == "occultation" else (moon, "JUPITER")
    for spice_kind, names in (("ANY", ("I", "IV")), (within, ("II", "III"))):
        ours = np.array([[event.contact(name).tdb for name in names] for event in events if event.contact(names[0])])
        ours = ours[(ours[:, 0] > START) & (ours[:, 1] < END)]
        theirs = spice_times(spice_kind, front, back, "EARTH")
        assert len(theirs) >= 1
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=TOLERANCE_S)


@pytest.mark.parametrize(("front", "back"), [("IO", "EUROPA"), ("GANYMEDE", "IO")])
def test_mutual_occultations(spice_pool: None, front: str, back: str) -> None:
    events = moon_events(START, MUTUAL_END, kinds=["mutual_occultation"], moons=[front])
    mine = [event for event in events if (event.front, event.back) == (front, back)]
    ours = np.array([[event.start_tdb, event.end_tdb] for event in mine])
    theirs = spice_times("ANY", front, back, "EARTH", step_s=90.0, span=(START, MUTUAL_END))
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=TOLERANCE_S)


@pytest.mark.parametrize(("front", "back"), [*(("JUPITER", moon) for moon in MOONS), ("GANYMEDE", "IO")])
def test_shadows_at_the_centre_of_a_moon(spice_pool: None, front: str, back: str) -> None:
    paths = sampled_paths(EMBEDDED, BodyObserver("EARTH"), MOONS, start_tdb=START - 40_000.0, end_tdb=END + 40_000.0)
    track = eclipse_track(paths, front, back)
    closest = closest_on(track, START - paths.epoch_tdb, END - paths.epoch_tdb)
    centre = Crossings((("a", "b"), ("c", "d")), SUN_RADIUS_KM * np.array([1.0, -1.0]), np.zeros(2))
    found = found_on(track, centre, closest[far_side(track, closest)])
    for k, kind in enumerate(("ANY", "FULL")):
        ours = paths.epoch_tdb + found.times_s[:, k]
        ours = ours[(ours[:, 0] > START) & (ours[:, 1] < END)]
        theirs = spice_times(kind, front, "SUN", back, step_s=1800.0 if front == "JUPITER" else 240.0)
        assert len(theirs) >= 1
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=TOLERANCE_S)


def test_what_juno_sees_at_a_perijove(data_dir: Path, tmp_path: Path) -> None:
    """A near and fast observer: 58 km/s, 3,400 km over the clouds, Jupiter up to 130 degrees wide."""
    kernels = Kernels(data_dir / "spice" / "spk_pre_220614_221109_220810_jm0450.bsp")
    juno, ephemeris = BodyObserver("JUNO"), EMBEDDED.replacing(*kernel_segments(kernels, "JUNO"))
    times = np.arange(PERIJOVE[0] - MARGIN_S, PERIJOVE[1] + MARGIN_S, 60.0)
    path = Trajectory("JUNO", "JUPITER", times, kernels.state("JUNO", "JUPITER", times)[0])
    events = moon_events(*PERIJOVE, observer=juno, ephemeris=ephemeris, kinds=["occultation", "transit"])
    load_kernels(data_dir, tmp_path, np.arange(times[0] - 5000.0, times[-1] + 2400.0, 1200.0), path)
    found = 0
    for moon in MOONS:
        for kind, bodies in (("occultation", ("JUPITER", moon)), ("transit", (moon, "JUPITER"))):
            theirs = spice_times("ANY", *bodies, "JUNO", step_s=300.0, span=PERIJOVE)
            mine = [event for event in events if (event.kind, event.front, event.back) == (kind, *bodies)]
            ours = np.array([[event.start_tdb, event.end_tdb] for event in mine]).reshape(-1, 2)
            ours = ours[(ours[:, 0] > PERIJOVE[0]) & (ours[:, 1] < PERIJOVE[1])]
            np.testing.assert_allclose(ours, theirs, rtol=0, atol=TOLERANCE_S)
            found += len(ours)
    spiceypy.kclear()
    assert found >= 3

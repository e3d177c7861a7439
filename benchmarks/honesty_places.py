"""Rows of `honesty.py`: stated errors of places, on data that nobody fitted.

Each function gives pulls, differences over their stated errors, shape (n, 3): three directions of each case. Cases of
one pass share their error, so passes count, not rows.
"""

import contextlib
import csv
import io
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
import spiceypy

from perijove.bodies.galilean import IO_RADII_THOMAS_1998_KM
from perijove.constants import AU_KM, J2000_JD, SECONDS_PER_DAY, SECONDS_PER_HOUR
from perijove.ephemeris.composition import path_axes
from perijove.ephemeris.galilean import MOONS, SPAN_TDB, position_sigma_km
from perijove.ephemeris.juno import arc_of
from perijove.ephemeris.juno_path import FreePath
from perijove.ephemeris.orientation import icrf_to_body
from perijove.ephemeris.solutions import SOLUTIONS
from perijove.ephemeris.source import EMBEDDED
from perijove.passes.encounters import close_approaches
from perijove.timescales import utc_to_tdb

__all__ = ["ROWS", "archive", "closest_approaches", "galileo", "left_out", "moons", "trajectory_kernel"]

sys.path.insert(0, str(Path(__file__).parents[1] / "builders"))
JIRAM_PERIJOVES = (57, 58)
CLOSEST_UTC = {  # by the mission's kernels, good to 0.01 s
    57: "2023-12-30T08:36:00.836",
    58: "2024-02-03T17:48:35.126",
    60: "2024-04-09T04:54:39.730",
    62: "2024-06-13T16:01:14.018",
}


def _pulls(difference_km: np.ndarray, covariance_km2: np.ndarray) -> np.ndarray:
    """Differences (n, 3) in units of their errors, along the axes of their covariances (n, 3, 3)."""
    variances, axes = np.linalg.eigh(covariance_km2)
    return np.asarray(np.einsum("nij,ni->nj", axes, difference_km) / np.sqrt(variances))


def moons(data: Path, _solution: str) -> np.ndarray:
    """The moons against jup365, rows of Horizons that the fit did not see; along the axes of the ICRF."""
    found = []
    for k, moon in enumerate(MOONS):
        table = np.loadtxt(data / f"ephemeris/horizons_jup365_{moon.lower()}.csv", delimiter=",", skiprows=1)[1::2]
        times = (table[:, 0] - J2000_JD) * SECONDS_PER_DAY
        inside = (times > SPAN_TDB[0]) & (times < SPAN_TDB[1])
        times, places = times[inside], table[inside, 1:4] * AU_KM
        states = EMBEDDED.state(moon, times, center="JUPITER")
        # Of the fit alone: JPL's own error is not in a comparison with JPL.
        variances = np.einsum("nki,nk->ni", path_axes(states) ** 2, position_sigma_km(times)[:, k] ** 2)
        found.append((states[:, :3] - places) / np.sqrt(variances))
    return np.concatenate(found)


def archive(data: Path, solution: str) -> np.ndarray:
    """Juno from Io against JIRAM's product tables of perijoves 57 and 58, which rest on the mission's kernels."""
    ephemeris, found = SOLUTIONS[solution].ephemeris, []
    for perijove in JIRAM_PERIJOVES:
        table = data / f"volcanoes/jiram_io_calibrated_orbit{perijove}_products.csv"
        with table.open(encoding="utf-8-sig", newline="") as file:
            rows = [row for row in csv.DictReader(file) if row["start_date_time"] and row["target_name"] == "IO"]
        times = utc_to_tdb([row["start_date_time"].rstrip("Z") for row in rows])
        names = ("io_planetocentric_latitude_deg", "io_planetocentric_longitude_deg")
        lat, lon = np.radians([[float(row[name]) for row in rows] for name in names])
        radius, height = (
            [float(row[name]) for row in rows] for name in ("sub_point_radius_km", "observer_distance_km")
        )
        direction = np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], axis=-1)
        point = np.array(radius)[:, None] * direction
        normal = point / IO_RADII_THOMAS_1998_KM**2
        normal /= np.linalg.norm(normal, axis=-1)[:, None]
        there = np.einsum("nji,nj->ni", icrf_to_body("IO", times), point + np.array(height)[:, None] * normal)
        difference = ephemeris.state("JUNO", times, center="IO")[:, :3] - there
        found.append(_pulls(difference, ephemeris.position_covariance_km2("JUNO", times, center="IO")))
    return np.concatenate(found)


def closest_approaches(_data: Path, solution: str) -> np.ndarray:
    """Times of closest approach to Io against those of the mission's kernels, shape (4, 1)."""
    found = []
    for perijove, utc in CLOSEST_UTC.items():
        arc, ephemeris = arc_of(perijove), SOLUTIONS[solution].ephemeris
        one = min(close_approaches(ephemeris, ["IO"], arc.start_tdb, arc.end_tdb), key=lambda one: one.range_km)
        assert one.time_sigma_s is not None
        found.append((one.tdb - float(utc_to_tdb(utc))) / np.hypot(one.time_sigma_s, 0.01))
    return np.array(found)[:, None]


def trajectory_kernel(data: Path, _solution: str) -> np.ndarray:
    """Juno against the kernel of August 2022 within 6 h of perijoves 43 and 44; the second is a prediction there."""
    found = []
    spiceypy.furnsh(str(data / "spice/spk_pre_220614_221109_220810_jm0450.bsp"))
    try:
        for perijove in (43, 44):
            times = arc_of(perijove).perijove_tdb + np.linspace(-6.0, 6.0, 25) * SECONDS_PER_HOUR
            there = np.array([spiceypy.spkezr("-61", t, "J2000", "NONE", "599")[0][:3] for t in times])
            difference = EMBEDDED.state("JUNO", times, center="JUPITER")[:, :3] - there
            found.append(_pulls(difference, EMBEDDED.position_covariance_km2("JUNO", times, center="JUPITER")))
    finally:
        spiceypy.kclear()
    return np.concatenate(found)


def left_out(data: Path, _solution: str) -> np.ndarray:
    """Each place of Horizons in an arc with three or more, against the arc that was fitted without it.

    The error is that of such a fit and of the place, without the 0.4 km by which JPL's own solutions differ: Horizons
    has one.
    """
    import juno_passes as builder  # noqa: PLC0415  # a script of `builders`

    places, perijoves, _ = builder.read(data / "ephemeris")
    with contextlib.redirect_stdout(io.StringIO()):
        near = builder.near_fits(places, perijoves)
        fits = [builder.joined(places, builder.passed_moon(fit)) for fit in near.values()]
    found = []
    for fit in (one for one in fits if len(one.rows) > 2):
        for row in fit.rows:
            others = fit.rows[fit.rows != row]
            without = builder.fitted(places, fit.perijove, fit.state, others, kick=fit.kick)
            beside = without.state + np.linalg.cholesky(without.covariance).T
            path = FreePath(np.vstack([without.state, beside]), epoch_tdb=fit.perijove.tdb)
            there = path.states(places.tdb[row])[:, :3]
            after = places.tdb[row] - fit.perijove.tdb
            own2 = builder.PLACE_SIGMA_KM**2 + (0.5 * builder.FORCE_SIGMA_KM_S2 * after**2) ** 2
            own2 += (fit.kick.km_s * max(fit.kick.tdb - places.tdb[row], 0.0)) ** 2 if fit.kick.km_s else 0.0
            deviations = there[1:] - there[0]
            covariance = deviations.T @ deviations + own2 * np.eye(3)
            found.append(_pulls((places.km[row] - there[0])[None], covariance[None]))
    return np.concatenate(found)


@cache
def galileo(data: Path, _solution: str) -> np.ndarray:
    """Where Galileo's path has the moons that bent it, against their places: from Jupiter, along the orbit, north."""
    import galileo_flybys as builder  # noqa: PLC0415  # a script of `builders`

    times, states = builder.read(data / "tours/galileo_orbit.xyzv")
    found = []
    for tdb, moon in builder.flybys(times, states):
        rows = np.abs(times - tdb) < builder.REACH_S
        offset, sigma, rms = builder.moved(times[rows], states[rows], moon)
        if rms < builder.FAILED_RMS:
            own = position_sigma_km(tdb)[moon]
            found.append(offset / np.sqrt(sigma**2 + own**2 + EMBEDDED.solution_sigma_km(MOONS[moon], tdb) ** 2))
    return np.array(found)


ROWS: tuple[tuple[str, Callable[[Path, str], np.ndarray], str, str, str, int | None], ...] = (
    ("places of the moons, against jup365", moons, "jup365", "JPL Horizons, held rows", "the fit to the others", None),
    ("Juno from Io", archive, "io-lead", "archive of perijoves 57, 58", "Juno's arcs, Io's lead", 2),
    ("the same without the lead", archive, "jup365", "the same", "the lead is one standard error", 2),
    ("closest approaches to Io", closest_approaches, "io-lead", "the mission's kernels", "Juno's arcs, Io's lead", 4),
    ("the same without the lead", closest_approaches, "jup365", "the same", "the lead is one standard error", 4),
    ("Juno from Jupiter", trajectory_kernel, "jup365", "kernel of perijoves 43, 44", "places of Horizons, forces", 2),
    (
        "Juno's arcs without one place",
        left_out,
        "jup365",
        "the place left out, JPL Horizons",
        "20 m of a place are wide: 3 to 10 found",
        None,
    ),
    (
        "moons against nature, along and away",
        lambda data, solution: galileo(data, solution)[:, :2],
        "jup365",
        "Galileo's flybys",
        "these flybys: the 1 km of 2000 comes from them",
        32,
    ),
    (
        "moons against nature, normal",
        lambda data, solution: galileo(data, solution)[:, 2:],
        "jup365",
        "the same",
        "not settled: Galileo's navigation or jup365",
        32,
    ),
)
"""Quantity, function, solution, what it is held against, what the error rests on, independent cases (None: all)."""

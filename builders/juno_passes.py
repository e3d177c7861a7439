"""Find Juno's free path through each perijove from 34 to 76, and write what the package carries of it.

Input: juno_horizons_jovicentric_ecliptic_j2000.csv (JPL Horizons: places of Juno from Jupiter's centre, ecliptic of
J2000, Unix UTC seconds) and juno_perijoves_utc.csv (times of the mission table), found through the environment variable
PERIJOVE_DATA or in the folder given as the first argument. Run from the root, half a minute:

    python builders/juno_passes.py

Each path meets the two or three places within seven hours of its perijove, and the table's time. Where it meets
farther places, too, there was no manoeuvre before them, and they are fitted as well. Two numbers are common to all
paths, the pressure of sunlight and how far Io is ahead of jup365: they are fitted to the paths that hold far places,
and printed; their values stand in `perijove.bodies`. Neither trajectory kernels nor the catalogues of instruments are
used: these are checks.

Output: src/perijove/ephemeris/juno_arc_table.py. Run twice it writes the same bytes. After a change of the forces or of
the integrator, or with another linear algebra, rows move by millimetres, and one that few places hold (perijove 37,
good to 0.8 km) by 0.1 m. Run it after such a change.
"""

import hashlib
import os
import sys
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import erfa
import numpy as np

from perijove.bodies.galilean import GALILEAN_JUP365_SIGMA_KM, IO_AHEAD_OF_JUP365_KM
from perijove.bodies.juno import JUNO_LIGHT_PRESSURE
from perijove.constants import J2000_JD
from perijove.dynamics.fitted_system import JUPITER_AND_MOONS
from perijove.ephemeris.galilean import MOONS, galilean_states
from perijove.ephemeris.juno_path import FreePath
from perijove.timescales import utc_to_tdb

PLACES_FILE = "juno_horizons_jovicentric_ecliptic_j2000.csv"
TIMES_FILE = "juno_perijoves_utc.csv"
OUTPUT = Path("src/perijove/ephemeris/juno_arc_table.py")
FIRST, LAST = 34, 76
HOUR = 3600.0

# Misfit of paths with three places within 10 h: 3 to 10 m. Forces left out: what remains over weeks, 1e-9 m/s2.
PLACE_SIGMA_KM = 0.02
FORCE_SIGMA_KM_S2 = 1e-12
# The table cuts its times to milliseconds: paths through the places alone are later by 0 to 1 ms. Older times are
# rounded to seconds. From perijove 74 on the table differs by 3 ms, 0.1 s, 0.6 s ...: a prediction.
CUT_S, CUT_SIGMA_S, ROUNDED_SIGMA_S, LAST_TIMED = 0.5e-3, 0.3e-3, 0.3, 73

NEAR_S = (-7.0 * HOUR, 7.3 * HOUR)  # the trim manoeuvre comes 7.5 to 8.5 h after perijove, if there is one
REACH_S = 12.5 * HOUR
REACHES_BEFORE_S = {34: 16.0 * HOUR}  # Ganymede was passed 14.8 h before perijove 34
FAR_S = 480.0 * HOUR
CHI2_JOINED = 20.0  # three degrees of freedom; 1e-4 by chance
TRIM_KM_S = 0.35e-3  # rms of the five that are known, 0.2 to 0.55 m/s
MOON_SIGMA_KM = GALILEAN_JUP365_SIGMA_KM | {"IO": IO_AHEAD_OF_JUP365_KM.measured[1]}
FELT_KICK_KM_S = 1e-5

# Juno at perijove 54, roughly: what Newton's method begins with, from perijove to perijove.
SEED_PERIJOVE, SEED = 54, (-28680.0, 46720.0, 47730.0, 3.79, 41.6, -38.5)
STEPS = np.array([0.1] * 3 + [1e-5] * 3)


@dataclass(frozen=True)
class Field:
    """The two numbers that all paths share."""

    light_pressure: float = JUNO_LIGHT_PRESSURE
    io_ahead_km: float = IO_AHEAD_OF_JUP365_KM


FIELD = Field()


@dataclass(frozen=True)
class Places:
    """Where Juno was: TDB (m,), km from Jupiter, ICRF (m, 3)."""

    tdb: np.ndarray
    km: np.ndarray


@dataclass(frozen=True)
class Perijove:
    """Time of the mission table, with its standard error; infinite where it is not used."""

    number: int
    tdb: float
    sigma_s: float


@dataclass(frozen=True)
class Kick:
    """An unknown change of velocity before perijove, from a moon whose place is not known well enough."""

    tdb: float = -np.inf
    km_s: float = 0.0


NO_KICK = Kick()


@dataclass(frozen=True)
class Fit:
    """A path: state at the table's time of perijove, its covariance, rows of the places, normalised misfits."""

    perijove: Perijove
    kick: Kick
    state: np.ndarray
    covariance: np.ndarray
    rows: np.ndarray
    misfits: np.ndarray
    late_s: float  # true perijove less the table's time


def read(folder: Path) -> tuple[Places, dict[int, Perijove], dict[str, str]]:
    """Places, times of perijoves, and hashes of the two files."""
    hashes = {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in (PLACES_FILE, TIMES_FILE)}
    rows = np.loadtxt(folder / PLACES_FILE, delimiter=",", skiprows=1)
    utc = [datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f") for seconds in rows[:, 0]]
    to_icrf = erfa.rx(erfa.obl80(J2000_JD, 0.0), np.eye(3)).T
    perijoves = {}
    for line in (folder / TIMES_FILE).read_text(encoding="ascii").splitlines()[1:]:
        number, time = line.split(",")
        cut = "." in time
        sigma = (CUT_SIGMA_S if cut else ROUNDED_SIGMA_S) if int(number) <= LAST_TIMED else np.inf
        perijoves[int(number)] = Perijove(int(number), float(utc_to_tdb(time)) + (CUT_S if cut else 0.0), sigma)
    return Places(np.array([float(utc_to_tdb(text)) for text in utc]), rows[:, 1:] @ to_icrf.T), perijoves, hashes


def lateness(path_states: np.ndarray, step_s: float) -> tuple[float, float]:
    """Time of perijove after the middle of three states, and d(r v)/dt there."""
    products = np.sum(path_states[:, :3] * path_states[:, 3:], axis=1)
    rate = (products[2] - products[0]) / (2.0 * step_s)
    return -products[1] / rate, rate


def fitted(
    places: Places,
    perijove: Perijove,
    first: np.ndarray,
    rows: np.ndarray,
    *,
    field: Field = FIELD,
    kick: Kick = NO_KICK,
) -> Fit:
    """Newton's method on the state at perijove; derivatives from neighbouring paths."""
    state, times, scale = first.copy(), places.tdb[rows], np.repeat([1.0, 1e-3], 3)
    sigma = np.hypot(PLACE_SIGMA_KM, 0.5 * FORCE_SIGMA_KM_S2 * (times - perijove.tdb) ** 2)
    sigma = np.hypot(sigma, kick.km_s * np.maximum(kick.tdb - times, 0.0) if kick.km_s else 0.0)
    for _ in range(40):
        path = FreePath(
            np.vstack([state, state + np.diag(STEPS), state - np.diag(STEPS)]),
            epoch_tdb=perijove.tdb,
            light_pressure=field.light_pressure,
            io_ahead_km=field.io_ahead_km,
        )
        there = path.states(times)[..., :3]
        slopes = (there[:, 1:7] - there[:, 7:]) / (2.0 * STEPS[:, None])
        design = (np.moveaxis(slopes, 1, 2) / sigma[:, None, None]).reshape(-1, 6)
        late, rate = lateness(path.states(perijove.tdb + np.array([-1.0, 0.0, 1.0]))[:, 0], 1.0)
        design = np.vstack([design, -np.concatenate([state[3:], state[:3]]) / rate / perijove.sigma_s])
        misfits = np.append((places.km[rows] - there[:, 0]).ravel() / np.repeat(sigma, 3), -late / perijove.sigma_s)
        change = np.linalg.lstsq(design * scale, misfits, rcond=None)[0] * scale
        size = np.linalg.norm(change[:3])
        state = state + change * min(1.0, 3000.0 / size)
        if size < 1e-5:
            break
    else:
        raise RuntimeError(f"perijove {perijove.number}: no path found")
    root = np.linalg.inv(np.linalg.qr(design * scale, mode="r")) * scale[:, None]
    return Fit(perijove, kick, state, root @ root.T, rows, misfits, late)


def rows_between(places: Places, perijove: Perijove, first_s: float, last_s: float) -> np.ndarray:
    """Rows of the places within a span about a perijove."""
    after = places.tdb - perijove.tdb
    return np.flatnonzero((after >= first_s) & (after <= last_s))


def near_fits(places: Places, perijoves: dict[int, Perijove]) -> dict[int, Fit]:
    """Paths through the near places, each begun with the path of the neighbouring perijove."""
    fits: dict[int, Fit] = {}
    for numbers in (range(SEED_PERIJOVE, LAST + 1), range(SEED_PERIJOVE - 1, FIRST - 1, -1)):
        state = np.array(SEED) if not fits else fits[SEED_PERIJOVE].state
        for number in numbers:
            rows = rows_between(places, perijoves[number], *NEAR_S)
            fits[number] = fitted(places, perijoves[number], state, rows)
            state = fits[number].state
    return dict(sorted(fits.items()))


def joined(places: Places, fit: Fit) -> Fit:
    """The path with all the far places, nearest first, that it meets; what lies behind the first it misses is lost."""
    far = rows_between(places, fit.perijove, -FAR_S, FAR_S)
    open_sides = {-1.0, 1.0}
    for row in sorted(set(far.tolist()) - set(fit.rows.tolist()), key=lambda i: abs(places.tdb[i] - fit.perijove.tdb)):
        side = float(np.sign(places.tdb[row] - fit.perijove.tdb))
        if side not in open_sides:
            continue
        more = fitted(places, fit.perijove, fit.state, np.sort([*fit.rows, row]), kick=fit.kick)
        excess = more.misfits @ more.misfits - fit.misfits @ fit.misfits
        hours = (places.tdb[row] - fit.perijove.tdb) / HOUR
        print(f"perijove {fit.perijove.number}: place at {hours:+.0f} h, chi2 + {excess:.1f}", flush=True)
        if excess < CHI2_JOINED:
            fit = more
        else:
            open_sides.discard(side)
    return fit


def common_numbers(places: Places, fits: list[Fit]) -> None:
    """Fit the two common numbers to the paths with far places, and print them beside those in use."""
    steps = (Field(light_pressure=Field.light_pressure + 3e-6), Field(io_ahead_km=Field.io_ahead_km + 0.5))
    rows, rests = [], []
    for fit in fits:
        rest, *others = (
            fitted(places, fit.perijove, fit.state, fit.rows, field=field, kick=fit.kick).misfits
            for field in (FIELD, *steps)
        )
        rows.append(np.stack([(others[0] - rest) / 3e-6, (others[1] - rest) / 0.5], axis=1))
        rests.append(rest)
    design, rest = np.vstack(rows), np.concatenate(rests)
    scale = np.array([1e-5, 1.0])
    change = -np.linalg.lstsq(design * scale, rest, rcond=None)[0] * scale
    left = rest + design @ change
    freedom = sum(fit.misfits.size - 6 for fit in fits) - 2
    sigma = np.sqrt(np.diag(np.linalg.inv((design * scale).T @ (design * scale)))) * scale
    sigma = sigma * max(1.0, np.sqrt(left @ left / freedom))
    names = ("light pressure", "Io ahead, km")
    for name, now, by, error in zip(names, vars(FIELD).values(), change, sigma, strict=True):
        print(f"{name}: {now + by:.4g} +- {error:.2g} (in use: {now:.4g})")
    print(f"chi2 {left @ left:.1f} with {freedom} degrees of freedom")


def passed_moon(fit: Fit) -> Fit:
    """The path, with the error that the pass of a moon before perijove brings into what was before."""
    first_s = -REACHES_BEFORE_S.get(fit.perijove.number, REACH_S)
    tdb = fit.perijove.tdb + np.arange(first_s, 0.0, 10.0)
    path = FreePath(fit.state, epoch_tdb=fit.perijove.tdb).states(tdb)[:, 0]
    worst = NO_KICK
    for k, moon in enumerate(MOONS):
        offset = path - galilean_states(tdb)[:, k]
        distance = np.linalg.norm(offset[:, :3], axis=1)
        i = int(np.argmin(distance))
        # An impulse of 2 GM / (b v) changes by its part of dq / b with the place.
        kick = 2.0 * JUPITER_AND_MOONS.gm_km3_s2[k] * MOON_SIGMA_KM[moon]
        kick /= distance[i] ** 2 * np.linalg.norm(offset[i, 3:])
        if kick > max(worst.km_s, FELT_KICK_KM_S):
            print(f"perijove {fit.perijove.number}: {moon} at {distance[i]:.1f} km, {1e6 * kick:.0f} mm/s unknown")
            worst = Kick(float(tdb[i]), float(kick))
    return replace(fit, kick=worst)


def row_of(places: Places, fit: Fit) -> list[float]:
    """One line of the output."""
    number, epoch = fit.perijove.number, fit.perijove.tdb
    start = epoch - REACHES_BEFORE_S.get(number, REACH_S)
    end = epoch + REACH_S
    times = places.tdb[fit.rows]
    start, end = min(start, times.min() - 1.0), max(end, times.max() + 1.0)
    quiet_start = fit.kick.tdb if fit.kick.km_s else start
    quiet_end = max(epoch + NEAR_S[1], times.max())
    # From the table's time to the true perijove, where the radial velocity is zero.
    one_sigma = np.linalg.cholesky(fit.covariance).T
    path = FreePath(np.vstack([fit.state, fit.state + one_sigma]), epoch_tdb=epoch)
    state, *others = path.states(epoch + fit.late_s)
    deviations = np.array(others) - state
    root = np.linalg.cholesky(deviations.T @ deviations)
    spans = [epoch + fit.late_s, start, end, quiet_start, quiet_end, fit.kick.km_s, TRIM_KM_S]
    return [*spans, *state.tolist(), *root[np.tril_indices(6)].tolist()]


def write(places: Places, fits: dict[int, Fit], hashes: dict[str, str]) -> None:
    """Write the table: places to a millimetre, errors to three digits."""
    lines = []
    for number, fit in fits.items():
        row = row_of(places, fit)
        offsets = [f"{t - row[0]:.0f}" for t in row[1:5]]
        spans = ", ".join([str(number), f"{row[0]:.7f}", *offsets, *(f"{kick:.3g}" for kick in row[5:7])])
        state = ", ".join([*(f"{x:.6f}" for x in row[7:10]), *(f"{v:.10f}" for v in row[10:13])])
        root = [f"{value:.2e}" for value in row[13:]]
        lines.append(
            f"    (\n        ({spans}),\n        ({state}),\n"
            f'        "{" ".join(root[:10])}",\n        "{" ".join(root[10:])}",\n    ),\n'
        )
    inputs = "".join(f"    {name},\n    sha256 {digest}\n" for name, digest in hashes.items())
    OUTPUT.write_text(
        '"""Generated by builders/juno_passes.py; do not edit. Juno at its perijoves.\n\n'
        f'Inputs:\n{inputs}"""\n\n__all__ = ["ROWS"]\n\n'
        "# Perijove and its TDB, s past J2000; start, end, start and end of the quiet part, s from it; unknown kicks\n"
        "# before and after that, km/s. Then x, y, z (km), vx, vy, vz (km/s) from Jupiter, ICRF. Then the lower\n"
        "# triangle of the Cholesky factor of their covariance, row by row.\n"
        "ROWS: tuple[tuple[tuple[float, ...], tuple[float, ...], str, str], ...] = (\n" + "".join(lines) + ")\n",
        encoding="utf-8",
    )


def main() -> None:
    """Fit and write."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(os.environ["PERIJOVE_DATA"]) / "ephemeris"
    places, perijoves, hashes = read(folder)
    fits = near_fits(places, perijoves)
    for number, fit in fits.items():
        untimed = fitted(places, replace(fit.perijove, sigma_s=np.inf), fit.state, fit.rows)
        print(f"perijove {number}: {1e3 * untimed.late_s:+.2f} ms after the table's time where that is not used")
    fits = {number: joined(places, passed_moon(fit)) for number, fit in fits.items()}
    common_numbers(places, [fit for fit in fits.values() if np.ptp(places.tdb[fit.rows]) > 24.0 * HOUR])
    write(places, fits, hashes)


if __name__ == "__main__":
    main()

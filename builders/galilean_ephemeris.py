"""Fit our dynamics of the Galilean moons to JPL's ephemeris jup365, and write what the package carries of it.

Input: horizons_jup365_{io,europa,ganymede,callisto}.csv (JPL Horizons: positions and velocities from Jupiter's centre,
ICRF, TDB, every 20 days, 1931 to 2068), found through the environment variable PERIJOVE_DATA or in the folder given
as the first argument. Every second row is fitted, the others tell the error. Run from the root, some minutes:

    python builders/galilean_ephemeris.py

Output: src/perijove/dynamics/fitted_system.py (forces and initial states), src/perijove/ephemeris/galilean_anchors.csv
(states every 100 days) and src/perijove/ephemeris/galilean_accuracy.py (errors at the rows that were left out).
"""

import hashlib
import os
import sys
from dataclasses import fields
from pathlib import Path

import numpy as np

from perijove.bodies.galilean import GALILEAN_J2_C22, GALILEAN_MEAN_RADII_KM, IO_GM_JUP365_KM3_S2
from perijove.bodies.jupiter import (
    JUPITER_GM_KM3_S2,
    JUPITER_IAU_ROTATION,
    JUPITER_SYSTEM_ANGLES_DEG,
    JUPITER_ZONALS_DURANTE_2020,
)
from perijove.constants import AU_KM, J2000_JD, SECONDS_PER_DAY
from perijove.dynamics.integration import sampled
from perijove.dynamics.system import JovianSystem
from perijove.fit.adjustment import Fit, Observations, Prior, fit_system
from perijove.geometry.rotations import unit

MOONS = ("IO", "EUROPA", "GANYMEDE", "CALLISTO")
SYSTEM_FILE = Path("src/perijove/dynamics/fitted_system.py")
ANCHOR_FILE = Path("src/perijove/ephemeris/galilean_anchors.csv")
ACCURACY_FILE = Path("src/perijove/ephemeris/galilean_accuracy.py")
YEAR_S = 365.25 * SECONDS_PER_DAY
ANCHOR_SPACING_S = 100.0 * SECONDS_PER_DAY
FIRST_ANCHOR, LAST_ANCHOR = -256, 257  # 1929-12 to 2070-05
IO_PERIOD_S = 1.769138 * SECONDS_PER_DAY


def tables(folder: Path) -> tuple[np.ndarray, np.ndarray, dict[str, str]]:
    """Times (m,), states (m, 4, 6) in km and km/s, and hashes by file name."""
    columns, hashes = [], {}
    for moon in MOONS:
        path = folder / f"horizons_jup365_{moon.lower()}.csv"
        hashes[path.name] = hashlib.sha256(path.read_bytes()).hexdigest()
        columns.append(np.loadtxt(path, delimiter=",", skiprows=1))
    table = np.stack(columns, axis=1)
    tdb = (table[:, 0, 0] - J2000_JD) * SECONDS_PER_DAY
    states = table[:, :, 1:] * AU_KM
    states[:, :, 3:] /= SECONDS_PER_DAY
    return tdb, states, hashes


def first_system() -> tuple[JovianSystem, dict[str, Prior]]:
    """System with published values, and what is fitted with which prior."""
    figure = [
        3.0 * GALILEAN_MEAN_RADII_KM[moon] ** 2 * (0.5 * j2 + 3.0 * c22) for moon, (j2, c22) in GALILEAN_J2_C22.items()
    ]
    rotation = JUPITER_IAU_ROTATION
    j2, _, j4, _, j6 = JUPITER_ZONALS_DURANTE_2020[:5]
    # GM of Europa, Ganymede, Callisto and Jupiter as in jup365 (NAIF gm_de440.tpc); the widths let the fit choose.
    gm = {"IO": IO_GM_JUP365_KM3_S2, "EUROPA": 3202.7121, "GANYMEDE": 9887.8328, "CALLISTO": 7179.2834}
    system = JovianSystem(
        names=MOONS,
        gm_km3_s2=tuple(gm.values()),
        jupiter_gm_km3_s2=JUPITER_GM_KM3_S2,
        harmonics=(j2, 0.0, j4, 0.0, j6),
        pole_deg=(
            rotation.pole_ra_deg[0],
            rotation.pole_dec_deg[0],
            rotation.pole_ra_deg[1],
            rotation.pole_dec_deg[1],
        ),
        pole_terms_deg=tuple(
            (*JUPITER_SYSTEM_ANGLES_DEG[name], ra, dec) for name, ra, dec, _ in JUPITER_IAU_ROTATION.terms_deg
        ),
        figure_km2=tuple(figure),
        externals=("SUN", "SATURN", "URANUS"),
        relativity=True,
    )
    priors = {
        "gm.JUPITER": Prior(JUPITER_GM_KM3_S2, 3.0),
        **{f"gm.{moon}": Prior(value, 0.01) for moon, value in gm.items()},
        "J2": Prior(j2, 1e-7),
        "J4": Prior(j4, 1e-7),
        "J6": Prior(j6, 1e-7),
        "pole_ra": Prior(rotation.pole_ra_deg[0], 1e-3),
        "pole_dec": Prior(rotation.pole_dec_deg[0], 1e-3),
        "pole_ra_rate": Prior(rotation.pole_ra_deg[1], 2e-3),
        "pole_dec_rate": Prior(rotation.pole_dec_deg[1], 2e-3),
    }
    return system, priors


def fitted(tdb: np.ndarray, states: np.ndarray) -> Fit:
    """Fit ever longer spans about J2000: over decades a metre of semi-major axis is a hundred kilometres."""
    system, priors = first_system()
    origin = int(np.argmin(np.abs(tdb)))
    first = states[origin]
    fit: Fit | None = None
    for years, with_priors in ((1, False), (5, False), (15, True), (71, True)):
        rows = np.flatnonzero(np.abs(tdb) < years * YEAR_S)
        rows = rows[rows % 2 == 0]
        fit = fit_system(
            system,
            first,
            Observations(tdb[rows], states[rows, :, :3], np.ones(len(MOONS))),
            epoch_tdb=float(tdb[origin]),
            priors=priors if with_priors else {},
            step_s=IO_PERIOD_S / 10.0,
            max_iterations=2,
            progress=lambda text, years=years: print(f"+-{years} years, {text}", flush=True),
        )
        system, first = fit.system, fit.states
    assert fit is not None
    return fit


def literal(value: object, indent: str) -> str:
    """Python source of a value: nested sequences a line each, strings in double quotes."""
    if isinstance(value, list | tuple) and value and isinstance(value[0], list | tuple):
        rows = "".join(f"{indent}    {literal(row, indent + '    ')},\n" for row in value)
        return f"(\n{rows}{indent})"
    if isinstance(value, list | tuple):
        items = [literal(item, indent) for item in value]
        return f"({', '.join(items)}{',' if len(items) == 1 else ''})"
    return f'"{value}"' if isinstance(value, str) else repr(value)


def write_system(fit: Fit, hashes: dict[str, str]) -> None:
    """Write the fitted system as a module."""
    system = fit.system
    inputs = "".join(f"    {name}, sha256 {digest}\n" for name, digest in hashes.items())
    values = "".join(
        f"    {entry.name}={literal(getattr(system, entry.name), '    ')},\n"
        for entry in fields(system)
        if entry.name != "tides"
    )
    states = "".join(f"        {tuple(row)!r},\n" for row in fit.states.tolist())
    SYSTEM_FILE.write_text(
        '"""Generated by builders/galilean_ephemeris.py; do not edit. Jupiter and its moons, fitted to JPL jup365.\n\n'
        f"Inputs, of which every second row was fitted:\n{inputs}"
        '"""\n\n'
        "import numpy as np\n\n"
        "from perijove.dynamics.system import JovianSystem\n\n"
        '__all__ = ["EPOCH_TDB", "JUPITER_AND_MOONS", "STATES"]\n\n'
        f"JUPITER_AND_MOONS = JovianSystem(\n{values})\n\n"
        f"EPOCH_TDB = {fit.epoch_tdb!r}\n\n"
        f"STATES = np.array(\n    [\n{states}    ]\n)\n"
        '"""Of the moons at the epoch, (4, 6), km and km/s, ICRF axes."""\n',
        encoding="utf-8",
    )


def write_anchors(fit: Fit) -> None:
    """Write the states every hundred days."""
    numbers = np.arange(FIRST_ANCHOR, LAST_ANCHOR + 1)
    states = sampled(
        fit.system, fit.states, numbers * ANCHOR_SPACING_S, start_tdb=fit.epoch_tdb, step_s=IO_PERIOD_S / 12.0
    )
    with ANCHOR_FILE.open("w", encoding="ascii", newline="\n") as stream:
        stream.write(
            "# Generated by builders/galilean_ephemeris.py; do not edit. Hundreds of days of TDB past J2000, then "
            "x, y, z (km), vx, vy, vz (km/s) of Io, Europa, Ganymede, Callisto\n"
        )
        for number, state in zip(numbers.tolist(), states.reshape(len(numbers), -1).tolist(), strict=True):
            stream.write(",".join([str(number), *map(repr, state)]) + "\n")


def write_accuracy(fit: Fit, tdb: np.ndarray, states: np.ndarray) -> None:
    """Write rms errors by direction, and largest ones, at the rows that were not fitted, by span of years."""
    rows = np.flatnonzero(np.arange(len(tdb)) % 2 == 1)
    model = sampled(fit.system, fit.states, tdb[rows], start_tdb=fit.epoch_tdb, step_s=IO_PERIOD_S / 12.0)
    year = 2000.0 + tdb[rows] / YEAR_S
    lines = []
    for first, last in ((1930, 1960), (1960, 1990), (1990, 2040), (2040, 2070)):
        inside = (year >= first) & (year < last)
        error = model[inside] - states[rows][inside]
        outward, normal = unit(model[inside][..., :3]), unit(np.cross(model[inside][..., :3], model[inside][..., 3:]))
        axes = np.stack([outward, np.cross(normal, outward), normal], axis=-2)
        parts = np.sqrt(np.mean(np.einsum("nmkx,nmx->nmk", axes, error[..., :3]) ** 2, axis=0))
        distance, speed = (np.linalg.norm(error[:, :, part], axis=2) for part in (slice(3), slice(3, None)))
        most = distance.max(axis=0)
        speed_rms = 1e3 * np.sqrt(np.mean(speed**2, axis=0))
        print(first, last, "rms km", parts.round(3), "max", most.round(3), "rms m/s", speed_rms.round(4))
        values = (first, last, parts.round(4).tolist(), most.round(4).tolist(), speed_rms.round(4).tolist())
        lines.append("    (\n" + "".join(f"        {literal(value, ' ' * 8)},\n" for value in values) + "    ),\n")
    ACCURACY_FILE.write_text(
        '"""Generated by builders/galilean_ephemeris.py; do not edit. Errors of the moons against jup365."""\n\n'
        '__all__ = ["ERRORS"]\n\n'
        "ERRORS = (\n" + "".join(lines) + ")\n"
        '"""First and last year; then for Io, Europa, Ganymede and Callisto the rms errors of position away from\n'
        "Jupiter, along the orbit and normal to it (km), the largest distance (km) and the rms error of velocity\n"
        '(m/s), at rows that were not fitted."""\n',
        encoding="utf-8",
    )


def main() -> None:
    """Fit and write."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(os.environ["PERIJOVE_DATA"]) / "ephemeris"
    tdb, states, hashes = tables(folder)
    fit = fitted(tdb, states)
    write_system(fit, hashes)
    write_anchors(fit)
    write_accuracy(fit, tdb, states)


if __name__ == "__main__":
    main()

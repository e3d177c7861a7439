"""Tabulated positions of several bodies brought onto common times, as a fit takes them."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from perijove.constants import J2000_JD, SECONDS_PER_DAY
from perijove.dynamics.system import JovianSystem
from perijove.errors import InputError
from perijove.fit.adjustment import Observations
from perijove.formats.position_table import PositionTable

__all__ = ["body_of_table", "observations_of", "refuse_other_units"]

_FACTOR = 2.0  # by which no distance of a moon from Jupiter differs from another; units differ by more
_SAME_S = 1e-3  # times closer than this are one: 17 m of Io's path


def body_of_table(path: Path, system: JovianSystem) -> str:
    """Body that the name of a file speaks of.

    Raises
    ------
    InputError
        Where it is none, or more than one.
    """
    found = [name for name in system.names if name in path.stem.upper()]
    if len(found) != 1:
        raise InputError(f"{path.name}: which moon is it? write NAME={path}, with {', '.join(system.names)}")
    return found[0]


def observations_of(
    system: JovianSystem,
    tables: Mapping[str, PositionTable],
    *,
    sigma_km: float = 1.0,
    every: int = 1,
    start_tdb: float = -np.inf,
    end_tdb: float = np.inf,
) -> Observations:
    """Positions of the bodies of a system at all times of their tables.

    Parameters
    ----------
    system : JovianSystem
    tables : mapping of PositionTable
        By body; from Jupiter's centre, ICRF axes.
    sigma_km : float
        Standard error of each component where a table does not say.
    every : int
        1 takes all rows, 2 every second one of each table, and so on.
    start_tdb, end_tdb : float
        Rows outside are left out.

    Returns
    -------
    Observations
        NaN where a body has no position.

    Raises
    ------
    InputError
        Where a body is unknown, a number makes no sense, or too few rows are left.
    """
    unknown = set(tables) - set(system.names)
    if unknown or not tables:
        raise InputError(f"tables of {', '.join(sorted(unknown)) or 'nothing'}; there are {', '.join(system.names)}")
    if not (np.isfinite(sigma_km) and sigma_km > 0.0 and every >= 1):
        raise InputError(f"standard error of {sigma_km} km, every {every} rows: both must be positive")
    rows = {}
    for body, table in tables.items():
        rows[body] = np.flatnonzero((table.tdb >= start_tdb) & (table.tdb <= end_tdb))[::every]
        if len(rows[body]) < 2:  # six numbers of a state, three of a position
            first, last = J2000_JD + table.tdb[[0, -1]] / SECONDS_PER_DAY
            raise InputError(
                f"{table.path}: {len(rows[body])} of its {len(table.tdb)} rows are taken, two or more are needed; "
                f"it has JD {first:.5f} to {last:.5f} TDB"
            )
    every_time = np.unique(np.concatenate([tables[body].tdb[taken] for body, taken in rows.items()]))
    tdb = every_time[np.diff(every_time, prepend=-np.inf) > _SAME_S]
    position = np.full((len(tdb), len(system.names), 3), np.nan)
    sigma = np.full(position.shape[:2], float(sigma_km))
    for body, taken in rows.items():
        k, at = system.names.index(body), np.searchsorted(tdb, tables[body].tdb[taken], side="right") - 1
        position[at, k] = tables[body].position_km[taken]
        own = tables[body].sigma_km
        if own is not None:
            sigma[at, k] = own[taken]
    return Observations(tdb, position, sigma)


def refuse_other_units(system: JovianSystem, observations: Observations, states: np.ndarray) -> None:
    """Refuse positions that cannot be those of moons on nearly circular orbits, before a fit tries to meet them.

    Parameters
    ----------
    system : JovianSystem
    observations : Observations
    states : array, shape (n, 6)
        Of the bodies at any time, km and km/s.

    Raises
    ------
    InputError
        Where a distance from Jupiter is not within a factor of two of that of the body's state: metres, or
        positions from another centre.
    """
    usual = np.linalg.norm(states[:, :3], axis=-1)
    with np.errstate(over="ignore"):  # infinitely far is refused like the rest
        distance = np.linalg.norm(observations.position_km, axis=-1)
    wrong = np.argwhere((distance > _FACTOR * usual) | (distance < usual / _FACTOR))
    if len(wrong):
        row, k = wrong[0]
        raise InputError(
            f"{system.names[k]}, JD {J2000_JD + observations.tdb[row] / SECONDS_PER_DAY:.5f} TDB: "
            f"{distance[row, k]:.6g} km from Jupiter, where its orbit is at {usual[k]:.6g}; give km, or au in columns "
            "x_au, y_au, z_au, from Jupiter's centre"
        )

"""Bring pictures to one brightness: gains per picture and filter, and a photometric law, fitted to what they show.

In cells of some 60 km a picture's mean radiance factor is modelled as gain x albedo x disk function x exp(-b phase).
Where two pictures show a cell its albedo drops out, and what is left tells gains and law apart from the ground. A cell
that one picture shows tells of the law what the spread of albedo lets through: that of large pieces of ground, for
neighbouring cells are alike. Published photometry is the prior. The fit is linear in the logarithms but for the weight
of the lunar-Lambert law, and repeated; cells that disagree lose weight.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from perijove.bodies.disc_photometry import IO_HAPKE
from perijove.facts import Fact
from perijove.geometry.grids import global_equirectangular
from perijove.junocam.photometric import grounds
from perijove.mosaic.look import DAY, Look
from perijove.mosaic.tiles import Levels
from perijove.physics.hapke import hapke_radiance_factor
from perijove.physics.photometry import disk_function

__all__ = ["Levelling", "fitted_levels"]

_PIXEL_KM, _CELL = 10.0, 6  # map pixels, and how many of them along a cell
_WHOLE = 0.9  # of a cell that a picture must show
_MOST_DEG = 75.0  # of incidence and emission: beyond it relief rules, and cells are not flat
_GAIN_SIGMA = 0.03  # one instrument within hours or weeks: background, stray light, throughput; a judgement
_ALBEDO_SIGMA = 0.3  # of the logarithm, to start with
_CELL_SIGMA = 0.02  # of the logarithm of a cell's mean, to start with: noise, registration, the law itself
_PIECE = 8  # cells along a piece of ground larger than what neighbours have in common
_ROUNDS = 8
_OUTLIER = 3.0  # sigmas from which a cell loses weight
_PRIOR_PARAMETER = {"lunar_lambert": Fact(0.5, "1", "middle of the range", sigma=0.3),
                    "minnaert": Fact(0.7, "1", "middle of the range", sigma=0.2)}  # fmt: skip
_HAPKE_SIGMA = 0.12  # by which Hapke's function misses Cassini's curves at most: spread over the phases that are seen
_LEAST_PHASES_DEG = 20.0


@dataclass(frozen=True, eq=False)
class Levelling:
    """Fitted levels and how they came about.

    Attributes
    ----------
    levels : Levels
        Of the law that was asked for.
    law : str
        That was fitted; with ``none`` asked for, lunar-Lambert, of which gains alone are applied.
    parameter, parameter_sigma, phase_coefficient, phase_coefficient_sigma : array, shape (bands,)
        Of that law.
    prior_parameter, prior_phase_coefficient : array, shape (bands, 2)
        Value and standard error before.
    cells, shared_cells : int
        That some picture shows, and that several do.
    scatter : array, shape (bands,)
        Root mean square of what is left between pictures in shared cells, of the logarithm.
    """

    levels: Levels
    law: str
    parameter: np.ndarray
    parameter_sigma: np.ndarray
    phase_coefficient: np.ndarray
    phase_coefficient_sigma: np.ndarray
    prior_parameter: np.ndarray
    prior_phase_coefficient: np.ndarray
    cells: int
    shared_cells: int
    scatter: np.ndarray


@dataclass(frozen=True, eq=False)
class _Cells:
    """Means over cells: one row for each picture that shows one.

    Attributes
    ----------
    cell, look : array of int, shape (n,)
    value : array, shape (n, bands)
        Radiance factor; NaN where a band does not show all of the cell.
    incidence, emission, phase : array, shape (n,)
    piece : array of int, shape (cells of the map,)
        Piece of ground of each cell.
    """

    cell: np.ndarray
    look: np.ndarray
    value: np.ndarray
    incidence: np.ndarray
    emission: np.ndarray
    phase: np.ndarray
    piece: np.ndarray


def fitted_levels(looks: Sequence[Look], law: str) -> Levelling:
    """Fit gains and a photometric law to all pictures at once.

    Parameters
    ----------
    looks : sequence of Look
        Of one body and the same bands.
    law : str
        ``lunar_lambert``, ``minnaert``, or ``none`` for gains alone.

    Notes
    -----
    Gains are counted from the mean of all pictures, which stays as it is; the error of the scale that all share is not
    in `Levels.covariance`. Not modelled: a law that differs from place to place, relief, light from Jupiter.
    """
    fitted = "lunar_lambert" if law == "none" else law
    cells = _cells(looks)
    bands = looks[0].bands
    phase_deg = float(np.round(np.median(cells.phase))) if len(cells.phase) else 0.0
    priors = [_prior(cells, band, fitted, phase_deg, looks[0].shot.body) for band in bands]
    parts = [_fitted_band(cells, number, fitted, phase_deg, prior, len(looks)) for number, prior in enumerate(priors)]
    count = len(looks)
    solution, covariance = np.stack([part[0] for part in parts]), np.stack([part[1] for part in parts])
    gains, parameter, coefficient = np.exp(solution[:, :count]).T, solution[:, count], solution[:, count + 1]
    sigma = np.sqrt(np.einsum("bii->bi", covariance))
    if law == "none":
        applied = covariance.copy()
        applied[:, count:], applied[:, :, count:] = 0.0, 0.0
        levels = Levels("none", gains, np.zeros(len(bands)), np.zeros(len(bands)), phase_deg, applied)
    else:
        levels = Levels(law, gains, parameter, coefficient, phase_deg, covariance)
    shared = int((np.bincount(cells.cell) > 1).sum()) if len(cells.cell) else 0
    return Levelling(
        levels,
        fitted,
        parameter,
        sigma[:, count],
        coefficient,
        sigma[:, count + 1],
        np.array([prior[:2] for prior in priors]),
        np.array([prior[2:] for prior in priors]),
        len(np.unique(cells.cell)),
        shared,
        np.array([part[2] for part in parts]),
    )


def _cells(looks: Sequence[Look]) -> _Cells:
    """Means of what each picture shows, cell by cell; cells near the poles are narrower, and as many fewer."""
    grid = global_equirectangular(_PIXEL_KM)
    rows, columns = (n // _CELL for n in grid.shape)
    lat, _ = grid.lat_lon(np.arange(rows) * _CELL + 0.5 * (_CELL - 1), np.zeros(rows))
    every = np.maximum(1, np.round(1.0 / np.maximum(np.cos(np.radians(lat)), 1e-3))).astype(int)
    wanted = (np.arange(columns)[None, :] % every[:, None]) == 0

    def means(plane: np.ndarray) -> np.ndarray:
        blocks = plane[..., : rows * _CELL, : columns * _CELL]
        blocks = blocks.reshape(*plane.shape[:-2], rows, _CELL, columns, _CELL)
        known = np.isfinite(blocks)
        share = known.mean(axis=(-3, -1))
        total = np.where(known, blocks, 0.0).sum(axis=(-3, -1), dtype=float)
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.where(share >= _WHOLE, total / (share * _CELL * _CELL), np.nan)

    parts = []
    for number, look in enumerate(looks):
        shown = look.projector.onto(grid)
        angles = np.stack([means(shown.backplanes[name]) for name in ("incidence", "emission", "phase")])
        value = np.full((len(look.bands), rows, columns), np.nan)
        value[: len(shown.values)] = means(shown.values)
        with np.errstate(invalid="ignore"):
            good = wanted & (angles[0] < min(_MOST_DEG, DAY.last_deg)) & (angles[1] < _MOST_DEG)
            value = np.where(value > 0.0, value, np.nan)
        good &= np.isfinite(value).any(axis=0)
        place = np.flatnonzero(good)
        parts.append((place, np.full(len(place), number), value[:, good].T, *angles[:, good]))
    i, j = np.divmod(np.arange(rows * columns), columns)
    wide = np.maximum(1, _PIECE * every[i])
    piece = (i // _PIECE) * columns + j // wide
    joined = [np.concatenate([part[k] for part in parts]) for k in range(6)]
    return _Cells(joined[0], joined[1], joined[2], joined[3], joined[4], joined[5], piece)


def _prior(cells: _Cells, band: str, law: str, phase_deg: float, body: str) -> tuple[float, float, float, float]:
    """Parameter and phase coefficient with errors: what Hapke's function with published parameters looks like here.

    The parameter is held between 0 and 1; for ground as bright as Io's that is where it ends.
    """
    start = _PRIOR_PARAMETER[law]
    sigma = float(start.sigma or 0.0)
    phases = np.ptp(np.percentile(cells.phase, (5.0, 95.0))) if len(cells.phase) else 0.0
    slope_sigma = _HAPKE_SIGMA / max(float(phases), _LEAST_PHASES_DEG)
    if body != "IO" or band not in IO_HAPKE or len(cells.phase) < 3:
        return float(start), sigma, 0.0, 2.0 * slope_sigma
    ground = grounds("hapke", body, [band])[band]
    target = np.log(hapke_radiance_factor(cells.incidence, cells.emission, cells.phase, ground))
    parameter = float(start)
    slope = 0.0
    for _ in range(_ROUNDS):
        value, gradient = _law(law, cells, parameter)
        design = np.stack([np.ones_like(gradient), gradient, phase_deg - cells.phase], axis=1)
        step = np.linalg.lstsq(design, target - value, rcond=None)[0]
        parameter, slope = float(np.clip(parameter + step[1], 0.0, 1.0)), float(step[2])
    return parameter, sigma, slope, slope_sigma


def _law(law: str, cells: _Cells, parameter: float) -> tuple[np.ndarray, np.ndarray]:
    """Logarithm of the disk function, and its derivative by the parameter."""
    angles = (cells.incidence, cells.emission, cells.phase)
    value = np.log(disk_function(law, *angles, parameter=parameter))
    if law == "minnaert":
        return value, np.log(np.cos(np.radians(cells.incidence))) + np.log(np.cos(np.radians(cells.emission)))
    single, plain = (disk_function(name, *angles) for name in ("lommel_seeliger", "lambert"))
    return value, (single - plain) / np.exp(value)


def _fitted_band(
    cells: _Cells, band: int, law: str, phase_deg: float, prior: tuple[float, float, float, float], count: int
) -> tuple[np.ndarray, np.ndarray, float]:
    """Solution (log gains, parameter, phase coefficient), its covariance, and the scatter between pictures."""
    known = np.isfinite(cells.value[:, band])
    some = _Cells(
        cells.cell[known], cells.look[known], cells.value[known], cells.incidence[known], cells.emission[known],
        cells.phase[known], cells.piece,
    )  # fmt: skip
    _, cell = np.unique(some.cell, return_inverse=True)
    n_cells, measured = int(cell.max()) + 1 if len(cell) else 0, np.log(some.value[:, band])
    unknowns = count + 3  # log gains, parameter, phase coefficient, mean of the logarithm of albedo
    before = np.array([*np.zeros(count), prior[0], prior[2], 0.0])
    information = np.diag([*np.full(count, _GAIN_SIGMA**-2.0), prior[1] ** -2.0, prior[3] ** -2.0, 0.0])
    information[:count, :count] += 1e8 / count**2  # the mean of the pictures stays
    noise2, spread2, within = _CELL_SIGMA**2, _ALBEDO_SIGMA**2 * _PIECE**2, np.ones(len(cell))
    x: np.ndarray = before.copy()
    if not n_cells:  # nothing is lit, or the band is not there: the prior stays
        return before[:-1], np.linalg.inv(information[:-1, :-1]), 0.0
    x[-1] = float(np.median(measured))
    covariance, scatter = np.zeros((unknowns, unknowns)), 0.0
    for _ in range(_ROUNDS):
        value, gradient = _law(law, some, float(x[count]))
        design: np.ndarray = np.zeros((len(cell), unknowns))
        design[np.arange(len(cell)), some.look] = 1.0
        design[:, count], design[:, count + 1], design[:, -1] = gradient, phase_deg - some.phase, 1.0
        left = measured - value - x[some.look] - x[count + 1] * design[:, count + 1] - x[-1]
        # The albedo of each cell is eliminated: weights w, its own precision 1 / spread2.
        weight = within / noise2
        total = np.bincount(cell, weight, n_cells)
        sums = np.stack([np.bincount(cell, weight * column, n_cells) for column in design.T], axis=1)
        offset = np.bincount(cell, weight * left, n_cells)
        share = 1.0 / (total + 1.0 / spread2)
        normal = (design * weight[:, None]).T @ design - (sums * share[:, None]).T @ sums
        right = (design * weight[:, None]).T @ left - (sums * share[:, None]).T @ offset
        full = normal + information
        step = np.linalg.solve(full, right + information @ (before - x))
        x, covariance = x + step, np.linalg.inv(full)
        x[count] = float(np.clip(x[count], 0.0, 1.0))
        # What is left within cells and between pieces of ground says how far the next round may trust each.
        left -= design @ step
        albedo = np.bincount(cell, weight * left, n_cells) / np.maximum(total, 1e-300)
        apart, shared = left - albedo[cell], (np.bincount(cell, minlength=n_cells) > 1)[cell]
        if shared.sum() > unknowns:
            freedom = 1.0 - weight / total[cell]
            plain = apart[shared] / np.sqrt(np.maximum(freedom[shared], 1e-3))
            scatter = float(1.4826 * np.median(np.abs(plain)))
            noise2 = max(scatter, 1e-3) ** 2 * _alike(plain, some.piece[some.cell[shared]] * count + some.look[shared])
            far = np.abs(apart) / np.maximum(scatter, 1e-3)
            within = np.where(shared, np.minimum(1.0, _OUTLIER / np.maximum(far, 1e-9)), 1.0)
        spread2 = float(np.var(albedo)) * _alike(albedo, some.piece[np.unique(some.cell)]) + 1e-4
    return x[:-1], covariance[:-1, :-1], scatter


def _alike(values: np.ndarray, group: np.ndarray) -> float:
    """How many neighbours count as one: variance of the means of groups over what independent members would have."""
    _, index, members = np.unique(group, return_inverse=True, return_counts=True)
    means = np.bincount(index, values) / members
    large = members >= max(2, int(np.median(members)) // 2)
    spread = float(np.var(values))
    if large.sum() < 3 or spread == 0.0:
        return float(_PIECE**2)
    return max(1.0, float(np.var(means[large])) * float(np.mean(members[large])) / spread)

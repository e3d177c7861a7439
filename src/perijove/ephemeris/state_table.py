"""States of several bodies at several times, as an observer sees them, with what one must know to use them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from perijove.ephemeris.apparent import check_correction, state_in_frame
from perijove.ephemeris.composition import Ephemeris
from perijove.ephemeris.epochs import tdb_to_jd

__all__ = ["StateTable", "state_table"]


@dataclass(frozen=True)
class StateTable:
    """States, and what belongs to them all.

    Attributes
    ----------
    bodies : tuple of str
    tdb : array, shape (n,)
        Times at the observer, TDB seconds past J2000.
    states : array, shape (bodies, n, 6)
        From the centre, km and km/s.
    sigma_km : array, shape (bodies, n)
        Standard errors of the positions, rms distances; NaN where nobody states them.
    covariance_km2 : array, shape (bodies, n, 3, 3)
        Of the positions, in the axes of the frame.
    fit_sigma_km : array, shape (bodies, n)
        The part of `sigma_km` against the solutions that places were fitted to.
    frame, center, correction : str
    """

    bodies: tuple[str, ...]
    tdb: np.ndarray
    states: np.ndarray
    sigma_km: np.ndarray
    covariance_km2: np.ndarray
    fit_sigma_km: np.ndarray
    frame: str
    center: str
    correction: str

    def rows(self) -> Iterator[tuple[str, float, list[float], float | None, float | None]]:
        """Body, Julian date (TDB), state, standard error and its part of the fit, by time and then by body."""
        for i, jd in enumerate(tdb_to_jd(self.tdb).tolist()):
            for k, body in enumerate(self.bodies):
                sigmas = (float(sigma[k, i]) for sigma in (self.sigma_km, self.fit_sigma_km))
                sigma, of_fit = (value if np.isfinite(value) else None for value in sigmas)
                yield body, jd, self.states[k, i].tolist(), sigma, of_fit


def state_table(
    ephemeris: Ephemeris,
    bodies: Sequence[str],
    tdb: ArrayLike,
    *,
    observer: str = "JUPITER",
    correction: str = "NONE",
    frame: str = "ICRF",
) -> StateTable:
    """States of bodies.

    Parameters
    ----------
    ephemeris : Ephemeris
    bodies : sequence of str
        NAIF names; each counts once.
    tdb : array, shape (n,)
        TDB seconds past J2000.
    observer, correction, frame
        As for `perijove.ephemeris.apparent.state_in_frame`.

    Returns
    -------
    StateTable

    Raises
    ------
    InputError
        Where a name is unknown, or the ephemeris does not reach a time.
    """
    times = np.atleast_1d(np.asarray(tdb, dtype=float))
    correction = check_correction(correction)
    center = ephemeris.body_name(observer)
    names = tuple(dict.fromkeys(map(ephemeris.body_name, bodies)))
    turn, _ = ephemeris.frame_rotation(frame, times)
    covariances = [ephemeris.position_covariance_km2(name, times, center=center) for name in names]
    return StateTable(
        bodies=names,
        tdb=times,
        states=np.array(
            [state_in_frame(ephemeris, name, center, times, correction=correction, frame=frame) for name in names]
        ),
        sigma_km=np.sqrt(np.trace(covariances, axis1=-2, axis2=-1)),
        covariance_km2=turn @ covariances @ np.swapaxes(turn, -1, -2),
        fit_sigma_km=np.array([ephemeris.fit_sigma_km(name, times, center=center) for name in names]),
        frame=frame,
        center=center,
        correction=correction,
    )

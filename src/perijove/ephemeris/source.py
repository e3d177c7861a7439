"""Where bodies are: the interface that all ephemerides share, and the one that the package carries."""

from types import MappingProxyType
from typing import Protocol

import erfa
import numpy as np
from numpy.typing import ArrayLike

from perijove.bodies.galilean import GALILEAN_JUP365_SIGMA_KM
from perijove.bodies.planet_paths import (
    EARTH_TO_MOON_MASS,
    PATH_SIGMA_KM,
    SOLAR_SYSTEM_BARYCENTER_SIGMA_KM,
    path_state,
)
from perijove.constants import AU_KM, J2000_JD, SECONDS_PER_DAY
from perijove.dynamics.fitted_system import JUPITER_AND_MOONS
from perijove.ephemeris.epochs import tdb_to_jd
from perijove.ephemeris.frames import frame_center, frame_rotation
from perijove.ephemeris.galilean import MOONS, SPAN_TDB, galilean_states, position_sigma_km
from perijove.ephemeris.juno import juno_sigma_km, juno_states
from perijove.errors import InputError

__all__ = ["EMBEDDED", "EmbeddedEphemeris", "Ephemeris", "FrameSource", "body_name"]


class Ephemeris(Protocol):
    """What tells where bodies are."""

    def state(self, body: str, tdb: ArrayLike, *, center: str) -> np.ndarray:
        """Position and velocity of a body from another, ICRF, geometric: (..., 6) for times (...), km and km/s."""


class FrameSource(Ephemeris, Protocol):
    """An ephemeris that knows frames too."""

    def frame_rotation(self, frame: str, tdb: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
        """Rotations from the ICRF into a frame, shape (..., 3, 3), and their derivatives, 1/s."""

    def frame_center(self, frame: str) -> str | None:
        """Body to which a frame is fixed; None for inertial frames."""


_ROOT = "SOLAR SYSTEM BARYCENTER"
_CENTERS = MappingProxyType(
    {
        "SUN": _ROOT,
        "EARTH": _ROOT,
        "JUPITER BARYCENTER": _ROOT,
        "JUPITER": "JUPITER BARYCENTER",
        **dict.fromkeys(MOONS, "JUPITER"),
        "JUNO": "JUPITER",
    }
)
"""From where each body is known. A state is a walk along these links."""

_NAIF_IDS = MappingProxyType(
    {
        "SUN": 10,
        "EARTH": 399,
        "JUPITER": 599,
        **{moon: 501 + i for i, moon in enumerate(MOONS)},
        "JUPITER BARYCENTER": 5,
        _ROOT: 0,
        "JUNO": -61,
    }
)
_SPELLINGS = MappingProxyType({"SSB": _ROOT, **{str(number): name for name, number in _NAIF_IDS.items()}})

_SIGMA_KM = MappingProxyType(
    {
        "SUN": PATH_SIGMA_KM["SUN"],
        "EARTH": PATH_SIGMA_KM["EARTH_BARYCENTER"],
        "JUPITER BARYCENTER": PATH_SIGMA_KM["JUPITER_BARYCENTER"],
        "JUPITER": 0.0,  # from the barycentre, about which it moves by 220 km with the moons' masses, known to 1e-4
    }
)
_MARGIN_S = SECONDS_PER_DAY  # lets light set out before the first moment


class EmbeddedEphemeris:
    """Sun, Earth, Jupiter and the Galilean moons from 1930 to 2070, and Juno near Jupiter, without any kernel.

    The moons are an integration of their orbits fitted to JPL's jup365; Sun, Earth and Jupiter are JPL's DE423, Jupiter
    with its own small orbit about the centre of mass that it shares with the moons. Juno is there around each perijove
    from 34 to 76 (`perijove.ephemeris.juno`). Bodies go by their NAIF names or numbers, in any case: SUN, EARTH,
    JUPITER, IO, EUROPA, GANYMEDE, CALLISTO, JUNO, JUPITER BARYCENTER and SOLAR SYSTEM BARYCENTER (SSB).
    """

    def state(self, body: str, tdb: ArrayLike, *, center: str) -> np.ndarray:
        """Position and velocity of a body from another.

        Parameters
        ----------
        body, center : str
            NAIF names.
        tdb : array, shape (...)
            TDB seconds past J2000.

        Returns
        -------
        array, shape (..., 6)
            km and km/s, ICRF, geometric. `position_sigma_km` has the standard error.

        Raises
        ------
        InputError
            Where a body is unknown, a time is not finite or outside 1930 to 2070, or Juno is asked for far from its
            perijoves.
        """
        outward, inward = self._walk(body, center)
        times = _checked(tdb)
        jovian = {*outward, *inward} & {*MOONS, "JUPITER"}
        moons = galilean_states(times) if jovian else np.empty(0)
        total = np.zeros((*times.shape, 6))
        for link in outward:
            total += _link(link, times, moons)
        for link in inward:
            total -= _link(link, times, moons)
        return total

    def position_sigma_km(self, body: str, tdb: ArrayLike, *, center: str) -> np.ndarray:
        """Standard error of `state`: rms distance of the given place of a body from the true one, km, shape (...).

        The moons' errors are those against jup365. Between Juno and a moon what jup365 errs by counts, too.
        """
        outward, inward = self._walk(body, center)
        moons = position_sigma_km(tdb)
        variance = np.zeros(moons.shape[:-1])
        for link in (*outward, *inward):
            variance += _link_sigma_km(link, tdb, moons) ** 2
        links = {*outward, *inward}
        if "JUNO" in links:
            variance += sum(GALILEAN_JUP365_SIGMA_KM[moon] ** 2 for moon in links & {*MOONS})
        # Errors of paths are known from the Sun; where the barycentre lies from it is a matter of what one counts.
        if (outward or inward) and _ROOT in {body_name(body), body_name(center)}:
            variance += SOLAR_SYSTEM_BARYCENTER_SIGMA_KM**2
        return np.sqrt(variance)

    def frame_rotation(self, frame: str, tdb: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
        """Rotations into one of `perijove.ephemeris.frames.FRAMES`; see `frame_rotation` there."""
        return frame_rotation(frame, tdb)

    def frame_center(self, frame: str) -> str | None:
        """Body to which a frame is fixed; None for inertial frames."""
        return frame_center(frame)

    @staticmethod
    def _walk(body: str, center: str) -> tuple[list[str], list[str]]:
        """Links from a common centre to the body, and those to the centre."""
        outward, inward = _to_root(body_name(body)), _to_root(body_name(center))
        while outward and inward and outward[-1] == inward[-1]:
            outward.pop()
            inward.pop()
        return outward, inward


def body_name(name: str) -> str:
    """NAIF's name of a body of the built-in ephemeris, as it is spelled here."""
    plain = " ".join(name.upper().replace("_", " ").split())
    plain = _SPELLINGS.get(plain, plain)
    if plain not in _NAIF_IDS:
        raise InputError(f"no body {name!r} is built in; there are {', '.join(_NAIF_IDS)}; others need SPICE kernels")
    return plain


def _to_root(name: str) -> list[str]:
    links = []
    while name != _ROOT:
        links.append(name)
        name = _CENTERS[name]
    return links


def _checked(tdb: ArrayLike) -> np.ndarray:
    """Times, all within the range."""
    times = np.asarray(tdb, dtype=float)
    inside = (times >= SPAN_TDB[0] - _MARGIN_S) & (times <= SPAN_TDB[1] + _MARGIN_S)
    if not inside.all():
        wrong, first, last = tdb_to_jd([times[~inside].flat[0], *SPAN_TDB])
        raise InputError(
            f"JD {wrong:.5f} TDB is not within the built-in ephemeris, 1930-01-01 to 2070-01-01 "
            f"(JD {first} to {last}); other times need SPICE kernels that cover them"
        )
    return times


def _link(body: str, times: np.ndarray, moons: np.ndarray) -> np.ndarray:
    """State of a body from its own centre; `moons` are those of all four about Jupiter."""
    if body in MOONS:
        state: np.ndarray = moons[..., MOONS.index(body), :]
        return state
    if body == "JUNO":
        return juno_states(times)
    if body == "JUPITER":
        gm = np.array(JUPITER_AND_MOONS.gm_km3_s2)
        share = gm / (gm.sum() + JUPITER_AND_MOONS.jupiter_gm_km3_s2)
        reflex: np.ndarray = -(share @ moons)
        return reflex
    if body == "EARTH":
        moon = erfa.moon98(J2000_JD, times / SECONDS_PER_DAY)
        state = np.concatenate([moon["p"] * AU_KM, moon["v"] * (AU_KM / SECONDS_PER_DAY)], axis=-1)
        return path_state("EARTH_BARYCENTER", times) - state / (1.0 + EARTH_TO_MOON_MASS)
    return path_state(body.replace(" ", "_"), times)


def _link_sigma_km(body: str, tdb: ArrayLike, moons: np.ndarray) -> np.ndarray | float:
    """Standard error of a body's place from its own centre; `moons` are those of all four about Jupiter."""
    if body in MOONS:
        sigma: np.ndarray = moons[..., MOONS.index(body)]
        return sigma
    return juno_sigma_km(tdb) if body == "JUNO" else _SIGMA_KM[body]


EMBEDDED = EmbeddedEphemeris()
"""The built-in ephemeris; it has no state of its own."""

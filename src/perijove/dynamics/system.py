"""Jupiter with its moons as a dynamical system: which bodies, which forces."""

from dataclasses import dataclass, replace

import numpy as np

from perijove.bodies.jupiter import JUPITER_RADII_KM
from perijove.bodies.planets import EXTERNAL_GM_KM3_S2
from perijove.constants import SPEED_OF_LIGHT_KM_S
from perijove.dynamics.force_kernel import (
    BODY_LAG,
    BODY_TIDE,
    FIGURE,
    GM,
    JUPITER_LAG,
    JUPITER_TIDE,
    ForceTable,
)
from perijove.dynamics.slow_paths import SEGMENT_S, slow_paths
from perijove.dynamics.zonal_kernel import LARGEST_DEGREE, zonals_of
from perijove.errors import InputError

__all__ = ["JovianSystem", "Tides"]


@dataclass(frozen=True)
class Tides:
    """Tides that each body raises on Jupiter and Jupiter on each body, with constant time lags.

    Attributes
    ----------
    jupiter_k2 : float
        Love number of Jupiter.
    jupiter_lag_s : tuple of float
        Lag of the bulge that each body raises. A lag dt acts as k2 / Q = k2 x 2 |spin - n| dt at that body's frequency.
    jupiter_spin_deg_s : float
        About the pole.
    body_k2, body_lag_s : tuple of float
        Of each body, turning synchronously. The torque that a constant lag would put on the body is taken to be
        balanced by its figure, and the radial force has the factor 7/3 that keeps the dissipated power
        (21/2) k2 n dt (n R)^5 e^2 / G, to lowest order in e.
    body_radius_km : tuple of float
    """

    jupiter_k2: float
    jupiter_lag_s: tuple[float, ...]
    jupiter_spin_deg_s: float
    body_k2: tuple[float, ...]
    body_lag_s: tuple[float, ...]
    body_radius_km: tuple[float, ...]


@dataclass(frozen=True)
class JovianSystem:
    """Bodies about Jupiter, and the forces on them.

    Attributes
    ----------
    names : tuple of str
        Of the bodies, in the order of all arrays.
    gm_km3_s2 : tuple of float
        0 for test particles and spacecraft.
    jupiter_gm_km3_s2 : float
    harmonics : tuple of float
        J2, J3, J4 ... of Jupiter, up to any degree to 30; empty for a round one.
    harmonics_radius_km : float
    pole_deg : tuple of float
        Right ascension and declination of Jupiter's pole at J2000, and their rates per Julian century.
    pole_terms_deg : tuple of tuples
        Its nutation: (angle at J2000, rate per century, amplitude of right ascension with its sine, of declination with
        its cosine).
    figure_km2 : tuple of float
        3 R^2 (J2 / 2 + 3 C22) of each body, long axis towards Jupiter; 0 for a sphere. Its libration is left out (1e-9
        of the attraction for Io).
    externals : tuple of str
        ``SUN``, ``SATURN``, ``URANUS``, on the paths of `perijove.dynamics.slow_paths`.
    relativity : bool
        Schwarzschild's term of Jupiter (3e-9 of the attraction at Io).
    tides : Tides or None

    Notes
    -----
    Not modelled: Jupiter's tesserals (below 1e-9 of the attraction at Io), pull of the moons' figures on
    each other, inner and irregular moons.
    """

    names: tuple[str, ...]
    gm_km3_s2: tuple[float, ...]
    jupiter_gm_km3_s2: float
    harmonics: tuple[float, ...] = ()
    harmonics_radius_km: float = float(JUPITER_RADII_KM[0])
    pole_deg: tuple[float, float, float, float] = (0.0, 90.0, 0.0, 0.0)
    pole_terms_deg: tuple[tuple[float, float, float, float], ...] = ()
    figure_km2: tuple[float, ...] = ()
    externals: tuple[str, ...] = ()
    relativity: bool = False
    tides: Tides | None = None

    def __post_init__(self) -> None:
        """Check sizes, signs and names."""
        n = len(self.names)
        if len(set(self.names)) != n or n == 0:
            raise InputError(f"bodies {', '.join(self.names) or '(none)'}: give each a name of its own")
        if len(self.gm_km3_s2) != n:
            raise InputError(f"{len(self.gm_km3_s2)} values of GM for {n} bodies")
        if not (np.isfinite(self.gm_km3_s2).all() and min(self.gm_km3_s2) >= 0.0 and self.jupiter_gm_km3_s2 > 0.0):
            raise InputError("GM must be finite, positive for Jupiter and not negative for its moons")
        if self.figure_km2 and len(self.figure_km2) != n:
            raise InputError(f"{len(self.figure_km2)} figures for {n} bodies; give one each, 0 for a sphere")
        if len(self.harmonics) + 1 > LARGEST_DEGREE or not np.isfinite(self.harmonics).all():
            raise InputError(f"harmonics J2 to J{len(self.harmonics) + 1}: give finite ones, up to J{LARGEST_DEGREE}")
        unknown = set(self.externals) - set(EXTERNAL_GM_KM3_S2)
        if unknown:
            raise InputError(f"no path is known for {', '.join(sorted(unknown))}; take {', '.join(EXTERNAL_GM_KM3_S2)}")

    def with_particles(self, *names: str) -> "JovianSystem":
        """The same system with massless bodies behind the others."""
        none = (0.0,) * len(names)
        tides = self.tides
        if tides is not None:
            tides = replace(
                tides,
                jupiter_lag_s=tides.jupiter_lag_s + none,
                body_k2=tides.body_k2 + none,
                body_lag_s=tides.body_lag_s + none,
                body_radius_km=tides.body_radius_km + none,
            )
        return replace(
            self,
            names=self.names + names,
            gm_km3_s2=self.gm_km3_s2 + none,
            figure_km2=self.figure_km2 + none if self.figure_km2 else (),
            tides=tides,
        )

    def force_table(self, start_tdb: float, end_tdb: float) -> ForceTable:
        """Numbers for the kernel, valid between two times."""
        n = len(self.names)
        first, last = (int(np.floor(t / SEGMENT_S)) for t in sorted((start_tdb, end_tdb)))
        bodies, spin = np.zeros((n, 6)), 0.0
        bodies[:, GM] = self.gm_km3_s2
        bodies[:, FIGURE] = self.figure_km2 or 0.0
        if self.tides is not None:
            spin = float(np.radians(self.tides.jupiter_spin_deg_s))
            bodies[:, JUPITER_TIDE] = 3.0 * self.tides.jupiter_k2 * self.harmonics_radius_km**5
            bodies[:, JUPITER_LAG] = self.tides.jupiter_lag_s
            bodies[:, BODY_TIDE] = 3.0 * np.array(self.tides.body_k2) * np.array(self.tides.body_radius_km) ** 5
            bodies[:, BODY_LAG] = self.tides.body_lag_s
        inverse_c2 = SPEED_OF_LIGHT_KM_S**-2 if self.relativity else 0.0
        return ForceTable(
            jupiter=np.array([self.jupiter_gm_km3_s2, self.harmonics_radius_km, spin, inverse_c2]),
            zonals=zonals_of(self.harmonics),
            bodies=bodies,
            external_gm=np.array([EXTERNAL_GM_KM3_S2[name] for name in self.externals], dtype=float),
            paths=slow_paths(self.pole_deg, self.pole_terms_deg, self.externals, first, last),
            paths_first_tdb=first * SEGMENT_S,
            paths_segment_s=SEGMENT_S,
        )

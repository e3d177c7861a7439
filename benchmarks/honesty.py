"""Are the stated errors true? For each the share of held cases within one and two of them.

    python benchmarks/honesty.py                    all rows
    python benchmarks/honesty.py pictures --count 60

Held means that nobody fitted to the case: rows of JPL's tables that the fit left out, pictures and bodies made by a
simulator with its own truth, pictures of another simulator that shares nothing with the project. An honest standard
error holds 68 % of the cases, twice it 95 %. A row with fewer than a hundred independent cases is marked: its shares
are good to some 5 % at best. What needs real data is left out where PERIJOVE_DATA is not set.
"""

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
from blind_pictures import true_shot
from honesty_places import ROWS
from scipy.stats import norm

from perijove.bodies.galilean import IO_RADII_THOMAS_1998_KM as RADII
from perijove.bodies.juno import JUNOCAM
from perijove.constants import AU_KM, J2000_JD, SECONDS_PER_DAY
from perijove.dynamics.fitted_system import JUPITER_AND_MOONS
from perijove.dynamics.integration import integrate
from perijove.ephemeris.galilean import MOONS
from perijove.ephemeris.integrated import integrated_segments
from perijove.ephemeris.source import EMBEDDED
from perijove.errors import PerijoveError
from perijove.events.finder import moon_events
from perijove.export.pictures.simulated_picture import write_product
from perijove.formats.image import RawImage
from perijove.formats.open import read
from perijove.geometry.ellipsoid import position_from_sub_point_km
from perijove.geometry.rotations import angle_between_deg
from perijove.junocam.geometry import geometry_of, mid_time_tdb
from perijove.junocam.ground_error import GroundErrors
from perijove.junocam.limb.fit import camera_of
from perijove.junocam.locate import Location
from perijove.junocam.orientation import AXIS_TILT_SIGMA_DEG, DELAY_SIGMA_MS, label_orientation
from perijove.junocam.processing import calibrated_and_located
from perijove.junocam.radiometry.calibration import CalibratedImage
from perijove.junocam.report import geometry_with_errors
from perijove.picture import open_picture
from perijove.scene.shot import Shot
from perijove.simulator.label import near_point_planetographic
from perijove.simulator.scenarios import random_scenario
from perijove.simulator.simulation import simulate
from perijove.simulator.synthetic_io import synthetic_base_map
from perijove.studies.inference_calibration import calibration_levels
from perijove.studies.interior_likelihood import Likelihood, named_data
from perijove.studies.interior_priors import HYPOTHESES

_DATA = os.environ.get("PERIJOVE_DATA")
_FULL = 100  # independent cases from which a share says something: it is good to 5 % then
_STEEP_DEG = 70.0


@dataclass
class Row:
    """A stated error and the cases that were held against it.

    Attributes
    ----------
    quantity, against, rests_on : str
        What states the error, what it was held against, and what the statement hangs on.
    pulls : list of float
        Errors in units of the stated ones.
    cases : int or None
        Independent ones among them; None where all are.
    """

    quantity: str
    against: str
    rests_on: str
    pulls: list[float] = field(default_factory=list)
    cases: int | None = None

    def add(self, error: np.ndarray | float, sigma: np.ndarray | float) -> None:
        """Add errors with their stated standard errors."""
        self.pulls += np.atleast_1d(np.asarray(error) / np.asarray(sigma)).ravel().tolist()

    @property
    def text(self) -> str:
        """The row of the table."""
        pulls = np.abs([pull for pull in self.pulls if np.isfinite(pull)])
        count = len(pulls) if self.cases is None else self.cases
        if not len(pulls):
            return f"| {self.quantity} | {self.against} | 0 | - | - | {self.rests_on} |"
        one, two = 100.0 * np.mean(pulls < 1.0), 100.0 * np.mean(pulls < 2.0)
        mark = "" if count >= _FULL else " (few)"
        return f"| {self.quantity} | {self.against} | {count}{mark} | {one:.0f} | {two:.0f} | {self.rests_on} |"


# --------------------------------------------------------------------------------------------------------------- paths


def _held_states(folder: Path) -> tuple[np.ndarray, np.ndarray]:
    """Rows of JPL's tables that the fit left out: times, and states of the moons from Jupiter, km and km/s."""
    tables = [
        np.loadtxt(folder / f"ephemeris/horizons_jup365_{moon.lower()}.csv", delimiter=",", skiprows=1)[1::2]
        for moon in MOONS
    ]
    table = np.stack(tables, axis=1)
    states = table[:, :, 1:] * AU_KM
    states[:, :, 3:] /= SECONDS_PER_DAY
    return (table[:, 0, 0] - J2000_JD) * SECONDS_PER_DAY, states


def _places(folder: Path) -> Iterator[Row]:
    """Moons and Juno."""
    for quantity, function, solution, against, rests_on, cases in ROWS:
        row = Row(quantity, against, rests_on, cases=cases)
        row.add(function(folder, solution), 1.0)
        yield row


def _events(folder: Path, count: int) -> Iterator[Row]:
    """Times of contacts on the built-in paths, against those on JPL's states carried half a day by integration.

    What jup365 itself errs by is taken out of the stated errors: it is in both.
    """
    row = Row(
        "times of contacts, against jup365", "JPL's states (held rows), integrated for half a day", "moons' places"
    )
    stated_paths = EMBEDDED.replacing(
        *(replace(s, solution_sigma_km=None) for s in EMBEDDED.segments if s.target in MOONS)
    )
    times, states = _held_states(folder)
    for k in np.linspace(0, len(times) - 1, count).astype(int):
        path = [
            integrate(JUPITER_AND_MOONS, states[k], start_tdb=times[k], end_tdb=times[k] + side * SECONDS_PER_DAY)
            for side in (-1.0, 1.0)
        ]
        true = EMBEDDED.replacing(*(s for one in path for s in integrated_segments(one) if s.target in MOONS))
        span = times[k] - 0.4 * SECONDS_PER_DAY, times[k] + 0.4 * SECONDS_PER_DAY
        stated = {(e.kind, e.front, e.back): e.contacts[0] for e in moon_events(*span, ephemeris=stated_paths)}
        for event in moon_events(*span, ephemeris=true):
            contact = stated.get((event.kind, event.front, event.back))
            if contact is not None and contact.name == event.contacts[0].name:
                row.add(contact.tdb - event.contacts[0].tdb, contact.sigma_s)
    yield row


# ------------------------------------------------------------------------------------------------------------ pictures


class Pictures:
    """Rows of located pictures: each parameter and each derived quantity is a row."""

    def __init__(self, against: str) -> None:
        def row(quantity: str, rests_on: str) -> Row:
            return Row(quantity, against, rests_on)

        self.spin = row("spin of a picture", "limb points, clock")
        self.range = row("range", "path prior, limb, focal length")
        self.roll = row("roll", "spin axis prior, limb")
        self.below = row("sub-spacecraft point", "path prior; base map where used")
        self.ground = row("ground positions", "all of these")
        self.light = row("I/F of a pixel", "noise, flags, calibration (its scale is not tested)")
        self._rng = np.random.default_rng(11)

    def rows(self) -> Iterator[Row]:
        """Those that have cases."""
        return (row for row in vars(self).values() if isinstance(row, Row) and row.pulls)

    def add(self, location: Location, true: Shot, spin_deg_s: float) -> None:
        """Hold a location against true poses."""
        tdb = mid_time_tdb(location)
        stated, truth = geometry_with_errors(location, tdb), geometry_of(true, tdb)
        spin, sigma = location.solution["spin_deg_s"]
        self.spin.add(spin - spin_deg_s, sigma)
        apart = {name: stated[name] - true_value for name, true_value in truth.items()}  # type: ignore[operator]
        for row, name in (
            (self.range, "range_km"),
            (self.roll, "roll_deg"),
            (self.below, "sub_spacecraft_lat_deg"),
            (self.below, "sub_spacecraft_lon_east_deg"),
        ):
            error = (apart[name] + 180.0) % 360.0 - 180.0 if name.endswith("_deg") else apart[name]
            row.add(error, stated[f"{name}_sigma"])  # type: ignore[arg-type]
        self._add_ground(location, true)

    def _add_ground(self, location: Location, true: Shot) -> None:
        """One pixel of the picture, at random, with the covariance of what it shows taken out."""
        errors, shot = GroundErrors(location), location.shot
        for framelet in self._rng.permutation(np.flatnonzero(shot.in_view)).tolist():
            camera = shot.cameras[framelet]
            x, y = self._rng.uniform(*camera.lit_columns_px, 200), self._rng.uniform(0.0, camera.rows, 200)
            xy = np.stack([x, y], axis=-1)
            fitted, there = shot.ground(framelet, xy).point_km, true.ground(framelet, xy).point_km
            sight = shot.pose(framelet).position_km - fitted
            with np.errstate(invalid="ignore"):
                steep = angle_between_deg(sight, fitted) < _STEEP_DEG
            for k in np.flatnonzero(steep & np.isfinite(there[:, 0]))[:1].tolist():
                east = np.cross([0.0, 0.0, 1.0], fitted[k])
                axes = np.array([east, np.cross(fitted[k], east)])
                axes /= np.linalg.norm(axes, axis=1, keepdims=True)
                root = np.linalg.cholesky(errors.covariance_km2(framelet, xy[k]))
                self.ground.add(np.linalg.solve(root, axes @ (fitted[k] - there[k])), 1.0)
                return

    def add_light(self, image: CalibratedImage, location: Location, radiance_factor: np.ndarray) -> None:
        """Hold a hundred good pixels of a picture against their true radiance factor."""
        good = image.usable & location.in_view[:, None, None] & (radiance_factor > 0.03)
        where = np.flatnonzero(good)
        if len(where):
            some = self._rng.choice(where, min(100, len(where)), replace=False)
            difference = image.radiance_factor.ravel()[some] - radiance_factor.ravel()[some]
            self.light.add(difference, image.sigma.ravel()[some])


def _simulated_pictures(count: int) -> Iterator[Row]:
    """Pictures of the project's own simulator, from the label alone.

    What the label way holds for known is drawn astray by its prior: spin axis, delay between frames, focal length,
    altitude and sub-spacecraft point.
    """
    found = Pictures("own simulator")
    base_map = synthetic_base_map()
    for seed in range(1000, 1000 + count):
        rng = np.random.default_rng(seed)
        lean = AXIS_TILT_SIGMA_DEG * rng.standard_normal(2)
        focal = JUNOCAM.flight_focal_length_px + JUNOCAM.flight_focal_length_sigma_px * rng.standard_normal()
        scenario = replace(
            random_scenario(seed, focal_length_px=focal),
            axis_tilt_deg=(float(lean[0]), float(lean[1])),
            extra_delay_ms=DELAY_SIGMA_MS * rng.standard_normal(),
        )
        picture = simulate(scenario, base_map, seed=seed)
        axis = None if scenario.spin_axis is None else np.array(scenario.spin_axis)
        with tempfile.TemporaryDirectory() as folder:
            raw = _label_astray(read(write_product(picture, folder)[0]), rng)
        try:
            image, location = calibrated_and_located(raw, spin_axis=axis)
        except PerijoveError as error:
            _tell(f"picture {seed}: {error}")
            continue
        camera = {"focal_length_px": picture.truth.focal_length_px}
        fitted = location.solution.parameters.named(location.solution.values)
        true = camera_of(location.shot.with_poses(picture.truth.view), camera, before=fitted)
        found.add(location, true, picture.truth.spin_deg_s)
        found.add_light(image, location, picture.truth.radiance_factor)
        _tell(f"picture {seed} of the own simulator")
    yield from found.rows()


def _label_astray(raw: RawImage, rng: np.random.Generator) -> RawImage:
    """Move the label's altitude and sub-spacecraft point by what they are known to."""
    model, geometry = label_orientation(raw).model, raw.geometry
    assert geometry is not None
    sigma_km = [model.parameters[f"position_{k}_km"].prior_sigma for k in (1, 2, 3)]
    off = (sigma_km * rng.standard_normal(3)) @ model.position_axes @ model.icrf_to_body[0].T
    place = position_from_sub_point_km(
        geometry.sub_spacecraft_lat_deg, geometry.sub_spacecraft_lon_west_deg, geometry.altitude_km, radii_km=RADII
    )
    lat, lon_west, altitude = near_point_planetographic(place + off, RADII)
    return replace(
        raw,
        geometry=replace(
            geometry, altitude_km=altitude, sub_spacecraft_lat_deg=lat, sub_spacecraft_lon_west_deg=lon_west
        ),
    )


def _blind_pictures(folder: Path) -> Iterator[Row]:
    """Pictures of a simulator that shares nothing with the project."""
    found = Pictures("another simulator")
    pictures = json.loads((folder / "blind/junocam/truth.json").read_text(encoding="utf-8"))["pictures"]
    for truth in pictures:
        path = folder / f"blind/junocam/pj{truth['pass_']}/{truth['product_id']}-raw.png"
        try:
            location = open_picture(path).locate()
        except PerijoveError as error:
            _tell(f"{path.name}: {error}")
            continue
        found.add(location, true_shot(location, truth), truth["spin_deg_s"])
        _tell(path.name)
    yield from found.rows()


def _tell(what: str) -> None:
    print(what, file=sys.stderr, flush=True)


# ----------------------------------------------------------------------------------------------------------- interiors


def _interiors(trials: int) -> Iterator[Row]:
    """Bodies drawn from the prior and inferred from simulated measurements: the truth against the posterior."""
    row = Row("parameters of an interior", "bodies drawn from the prior", "Love numbers, stated errors of the data")
    hypothesis = HYPOTHESES["mostly-solid-mantle"]
    likelihood = Likelihood(named_data(("re_k2", "k2_over_q", "heat_flow")))
    for number, levels in enumerate(calibration_levels(hypothesis, likelihood, trials=trials)):
        row.add(norm.ppf(levels), 1.0)  # the level as the pull of a normal deviate
        _tell(f"interior {number + 1} of {trials}")
    row.cases = len(row.pulls)
    yield row


def main() -> None:
    """Print the rows of the parts asked for."""
    parser = argparse.ArgumentParser(description="Stated errors against held cases.")
    parts = ("paths", "pictures", "blind", "interiors")
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(parts)}; all if none is given")
    parser.add_argument("--count", type=int, default=100, help="pictures, epochs and bodies each")
    chosen = parser.parse_args()
    if unknown := set(chosen.parts) - set(parts):
        parser.error(f"no part {', '.join(sorted(unknown))}; there are {', '.join(parts)}")
    work: dict[str, list[Callable[[], Iterator[Row]]]] = {
        "pictures": [lambda: _simulated_pictures(chosen.count)],
        "interiors": [lambda: _interiors(chosen.count)],
    }
    if folder := Path(_DATA) if _DATA else None:
        work["paths"] = [lambda: _places(folder), lambda: _events(folder, chosen.count)]
        work["blind"] = [lambda: _blind_pictures(folder)]
    print("| stated error of | held against | cases | inside 1 sigma, % | inside 2 sigma, % | rests on |")
    print("|---|---|---|---|---|---|")
    for part in chosen.parts or parts:
        if part not in work:
            _tell(f"{part} needs real data: PERIJOVE_DATA is not set")
        for rows in work.get(part, ()):
            for row in rows():
                print(row.text, flush=True)


if __name__ == "__main__":
    main()

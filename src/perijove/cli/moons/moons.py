"""``perijove moons``: where the Galilean moons are."""

import csv
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import click
import numpy as np

from perijove.cli.options import (
    body_option,
    correction_option,
    csv_option,
    json_option,
    kernels_option,
    observer_option,
    times_arguments,
)
from perijove.cli.times import times_or_file
from perijove.ephemeris.apparent import CORRECTIONS, check_correction, state_in_frame
from perijove.ephemeris.epochs import tdb_to_jd
from perijove.ephemeris.frames import FRAMES, frame_name
from perijove.ephemeris.galilean import MOONS
from perijove.ephemeris.source import EMBEDDED, Ephemeris
from perijove.timescales import Scale, calendar_to_tdb, tdb_to_utc

__all__ = ["command"]

_AXES = ("x", "y", "z")
_COLUMNS = (
    "body",
    "jd_tdb",
    *(f"{axis}_km" for axis in _AXES),
    *(f"v{axis}_km_s" for axis in _AXES),
    "position_sigma_km",
    "frame",
    "center",
    "correction",
)


@dataclass(frozen=True)
class _Answer:
    """States of some bodies, (bodies, times, 6), and errors, (bodies, times), with what belongs to them all."""

    bodies: Sequence[str]
    tdb: np.ndarray
    states: np.ndarray
    sigma_km: np.ndarray | None
    frame: str
    center: str
    correction: str

    def rows(self) -> Iterator[tuple[str, float, list[float], float | None]]:
        """Body, time, state and standard error, by time and then by body."""
        for i, jd in enumerate(tdb_to_jd(self.tdb).tolist()):
            for k, body in enumerate(self.bodies):
                sigma = None if self.sigma_km is None else float(self.sigma_km[k, i])
                yield body, jd, self.states[k, i].tolist(), sigma


@click.command("moons")
@times_arguments
@body_option("Default: the four moons.", many=True)
@observer_option("JUPITER")
@correction_option("NONE")
@click.option("--frame", default="ICRF", show_default=True, help=f"{', '.join(FRAMES)}; with kernels also theirs.")
@kernels_option()
@json_option
@csv_option
def command(
    times: tuple[str, ...],
    times_file: Path | None,
    scale: Scale | None,
    bodies: tuple[str, ...],
    observer: str,
    correction: str,
    frame: str,
    kernels: Path | None,
    as_json: bool,
    as_csv: bool,
) -> None:
    """Print where the Galilean moons are and how fast they move.

    TIME is 2024-12-27T01:18:13, 2024-362T01:18:13 or JD2460671.55432. Without kernels the moons are known from 1930 to
    2070, and so are the SUN, the EARTH and JUPITER; the standard error of each position is printed with it.
    """
    tdb = times_or_file(times, times_file, scale, example="perijove moons 2024-12-27T01:18:13")
    correction = check_correction(correction)
    frame, bodies = frame.upper(), tuple(dict.fromkeys(bodies or MOONS))
    if kernels is None:
        observer, frame = EMBEDDED.body_name(observer), frame_name(frame)
        bodies = tuple(map(EMBEDDED.body_name, bodies))
    source = _source(kernels)
    states = [state_in_frame(source, body, observer, tdb, correction=correction, frame=frame) for body in bodies]
    sigma = [EMBEDDED.position_sigma_km(body, tdb, center=observer) for body in bodies] if kernels is None else None
    answer = _Answer(
        bodies=bodies,
        tdb=tdb,
        states=np.array(states),
        sigma_km=None if sigma is None else np.array(sigma),
        frame=frame,
        center=observer,
        correction=correction,
    )
    text = _json if as_json else _csv if as_csv else _table
    click.echo(text(answer), nl=False)


def _source(kernels: Path | None) -> Ephemeris:
    """Ephemeris to ask."""
    if kernels is None:
        return EMBEDDED
    from perijove.ephemeris.spice.kernels import Kernels
    from perijove.ephemeris.spice.source import kernel_ephemeris

    return kernel_ephemeris(Kernels(kernels))


def _json(answer: _Answer) -> str:
    rows = (
        {
            "body": body,
            "jd_tdb": jd,
            "position_km": state[:3],
            "velocity_km_s": state[3:],
            "position_sigma_km": sigma,
            "frame": answer.frame,
            "center": answer.center,
            "correction": answer.correction,
        }
        for body, jd, state, sigma in answer.rows()
    )
    return "[\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]\n"


def _csv(answer: _Answer) -> str:
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for body, jd, state, sigma in answer.rows():
        error = "" if sigma is None else sigma
        writer.writerow([body, jd, *state, error, answer.frame, answer.center, answer.correction])
    return stream.getvalue()


def _table(answer: _Answer) -> str:
    """Blocks of one time each."""
    width = max(8, *map(len, answer.bodies))
    unknown = "Kernels do not say how good they are." if answer.sigma_km is None else ""
    lines = [
        f"From {answer.center}, axes {answer.frame}, {CORRECTIONS[answer.correction]}.",
        unknown or "± is one standard error of the position.",
    ]
    head = "".join(f"{f'{axis} km':>17}" for axis in _AXES) + "".join(f"{f'v{axis} km/s':>15}" for axis in _AXES)
    for i, (body, jd, state, sigma) in enumerate(answer.rows()):
        if i % len(answer.bodies) == 0:
            lines += [
                "",
                f"JD {jd:.6f} TDB{_utc(answer.tdb[i // len(answer.bodies)])}",
                f"{'':{width}}{head}{'± km':>9}",
            ]
        numbers = "".join(f"{value:17.1f}" for value in state[:3]) + "".join(f"{value:15.6f}" for value in state[3:])
        lines.append(f"{body:{width}}{numbers}{'-' if sigma is None else f'{sigma:.2f}':>9}")
    return "\n".join(lines) + "\n"


def _utc(tdb: float) -> str:
    """The time in UTC, where there was UTC."""
    return f", {tdb_to_utc(tdb, digits=3)} UTC" if tdb >= calendar_to_tdb("1972-01-02") else ""

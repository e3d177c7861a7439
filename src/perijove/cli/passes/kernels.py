"""``perijove kernels``: fetch SPICE kernels, check them, and say what they cover."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from perijove.cli.download_bars import download_bars, megabytes
from perijove.cli.option_types import Number
from perijove.cli.options import (
    dry_run_option,
    from_option,
    json_option,
    mirror_option,
    out_option,
    overwrite_option,
    perijove_choice,
    quiet_option,
    to_option,
)
from perijove.cli.rules import not_with, typed_command
from perijove.constants import SECONDS_PER_HOUR
from perijove.errors import InputError, PerijoveError
from perijove.export.answer import answer_json

if TYPE_CHECKING:
    from perijove.archive.kernel_plan import PlannedFile, Request
    from perijove.archive.kernel_set import BodyCoverage, KernelSet

__all__ = ["command"]

_REACH_H = 12.0
_dir_argument = click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")


@click.group("kernels")
def command() -> None:
    """Fetch SPICE kernels of Juno's passes, check them, list what they cover."""


@command.command("fetch", short_help="Fetch the kernels of a pass or of a span.")
@perijove_choice("perijove kernels fetch PJ57", required=False)
@from_option("In place of a perijove, with --to.")
@to_option()
@click.option(
    "--margin",
    "margin_h",
    type=Number(0.1, 480.0),
    default=_REACH_H,
    show_default=True,
    help="Hours before and after the perijove.",
)
@out_option("the kernels.", default="kernels")
@mirror_option("An address or folder that holds lsk, fk, spk, ck ... Default: NAIF's own of Juno.")
@click.option(
    "--moons", default="", metavar="NAME", help="Satellite ephemeris, such as jup365 (1.1 GB). Default: newest."
)
@click.option("--slice", "cut", is_flag=True, help="Cut the attitude to the span: megabytes instead of tens of them.")
@click.option("--no-attitude", is_flag=True, help="Leave the attitude out.")
@dry_run_option
@overwrite_option
@json_option
@quiet_option
@not_with("--from", "PERIJOVE", "--perijove", why="a perijove is its own span")
@not_with("--to", "PERIJOVE", "--perijove", why="a perijove is its own span")
@not_with("--margin", "--from", "--to", why="it is about a perijove")
def fetch(
    perijove: int | None,
    start: str | None,
    end: str | None,
    margin_h: float,
    out: Path,
    mirror: str | None,
    moons: str,
    cut: bool,
    no_attitude: bool,
    dry_run: bool,
    overwrite: bool,
    as_json: bool,
    quiet: bool,
) -> None:
    """Fetch the kernels of a perijove or of a span of time.

    What is there already is not fetched again, and what broke off goes on where it stopped.
    """
    from perijove.archive import kernel_set
    from perijove.archive.kernel_plan import Request
    from perijove.archive.mirror import NAIF_JUNO, open_mirror

    span = _span(perijove, start, end, margin_h)
    request = Request(*span, attitude=not no_attitude, cut=cut, moons=moons)
    source = open_mirror(NAIF_JUNO if mirror is None else mirror)
    if dry_run:
        files = kernel_set.dry_run(source, request, out)
        click.echo(_dump(_plan_record(files, request, out)) if as_json else _plan_text(files))
        return
    with download_bars(quiet=quiet) as (tell, on_bytes):
        done = kernel_set.fetch_kernels(
            source,
            request,
            out,
            overwrite=overwrite,
            on_plan=lambda planned: tell(_total(planned)),
            on_bytes=lambda file, have, total: on_bytes(file.entry.name, have, total),
        )
    if as_json:
        click.echo(_dump(_set_record(done)))
    else:
        click.echo(_set_text(done))


@command.command("verify", short_help="Check fetched kernels against hashes.")
@_dir_argument
@json_option
def verify(folder: Path, as_json: bool) -> None:
    """Check fetched kernels against their hashes, and that SPICE can load all of the folder."""
    from perijove.archive.manifest import MANIFEST, Manifest
    from perijove.ephemeris.spice.kernels import Kernels

    manifest = Manifest.read(folder)
    if not manifest.files:
        raise InputError(
            f"{folder / MANIFEST}: there is no such list of fetched kernels; `perijove kernels fetch` makes it"
        )
    states = {name: manifest.state(name) for name in manifest.files}
    bad = {name: state for name, state in states.items() if state != "good"}
    if not bad:
        Kernels(folder).coverage()
    if as_json:
        click.echo(_dump({"dir": str(folder), "files": states}))
    else:
        lines = [f"{state:8} {name}" for name, state in states.items()]
        click.echo("\n".join([*lines, f"{len(states) - len(bad)} of {len(states)} files are as they were fetched"]))
    if bad:
        raise PerijoveError(f"{folder}: {', '.join(bad)}: missing or changed since; fetch again to mend")


@command.command("list", short_help="What each kernel of a folder covers.")
@_dir_argument
@json_option
def list_folder(folder: Path, as_json: bool) -> None:
    """Print the kernels of a folder in the order in which they are loaded, and what they cover.

    Where two hold the same, the later one counts.
    """
    from perijove.ephemeris.spice.kernels import Kernels

    kernels = Kernels(folder)
    coverage = kernels.coverage()
    rows = [
        _Listed(
            file.path.name,
            file.kind,
            file.created or None,
            [
                {"body": row.body, "from_utc": _utc(row.start_tdb), "to_utc": _utc(row.stop_tdb)}
                for row in coverage
                if row.file is file
            ],
        )
        for file in kernels.files
    ]
    click.echo(_dump({"kernels": [asdict(row) for row in rows]}) if as_json else _list_text(rows))


@dataclass(frozen=True)
class _Listed:
    """A kernel with what it covers."""

    name: str
    kind: str
    created: str | None
    coverage: list[dict[str, str | None]]


def _utc(tdb: float) -> str | None:
    """The time in UTC, where there was UTC."""
    from perijove.timescales import calendar_to_tdb, tdb_to_utc

    return tdb_to_utc(tdb, digits=0) if tdb >= calendar_to_tdb("1972-01-02") else None


def _span(perijove: int | None, start: str | None, end: str | None, margin_h: float) -> tuple[float, float]:
    """Start and stop, TDB."""
    from perijove.ephemeris.epochs import times_tdb

    if perijove is None:
        if start is None or end is None:
            raise InputError("no time was given; write perijove kernels fetch PJ57, or --from TIME and --to TIME")
        return float(times_tdb(start)), float(times_tdb(end))
    from perijove.passes.mission_table import LISTED, listed_tdb

    middle = listed_tdb(perijove)
    if middle is None:
        raise InputError(
            f"PJ{perijove}: perijoves {LISTED[0]} to {LISTED[-1]} are known here; give --from and --to instead"
        )
    return middle - SECONDS_PER_HOUR * margin_h, middle + SECONDS_PER_HOUR * margin_h


def _dump(record: dict[str, object]) -> str:
    return answer_json(record, command=typed_command()).rstrip()


def _total(files: Sequence["PlannedFile"]) -> str:
    todo = [file for file in files if not file.here]
    known = sum(file.size_bytes or 0 for file in todo)
    more = "" if all(file.size_bytes is not None for file in todo) else " and some of unknown size"
    return f"{len(files)} kernels, {len(files) - len(todo)} of them here; to fetch: {megabytes(known)}{more}"


def _plan_text(files: Sequence["PlannedFile"]) -> str:
    rows = [
        f"{file.kernel.role.name:13} {file.entry.name:42} {megabytes(file.size_bytes):>10}" + "  here" * file.here
        for file in files
    ]
    return "\n".join([*rows, _total(files)])


def _plan_record(files: Sequence["PlannedFile"], request: "Request", folder: Path) -> dict[str, object]:
    return {
        "dir": str(folder),
        "from_utc": request.from_utc,
        "to_utc": request.to_utc,
        "files": [
            {
                "name": file.entry.name,
                "role": file.kernel.role.name,
                "kind": file.kernel.role.kind,
                "path": file.path,
                "url": file.url,
                "size_bytes": file.size_bytes,
                "here": file.here,
            }
            for file in files
        ],
    }


def _set_record(done: "KernelSet") -> dict[str, object]:
    return {
        "dir": str(done.folder),
        "from_utc": done.request.from_utc,
        "to_utc": done.request.to_utc,
        "files": [
            {
                "path": one.planned.path,
                "role": one.planned.kernel.role.name,
                "kind": one.planned.kernel.role.kind,
                "url": one.record.url,
                "size_bytes": one.record.size_bytes,
                "sha256": one.record.sha256,
                "fetched": one.fetched,
            }
            for one in done.files
        ],
        "coverage": [
            {"role": row.role, "body": row.body, "covered": row.covered, "longest_gap_s": row.longest_gap_s}
            for row in done.coverage
        ],
    }


def _set_text(done: "KernelSet") -> str:
    lines = [f"{'fetched' if one.fetched else 'here   '}  {one.planned.path}" for one in done.files]
    lines += [
        f"covered from {done.request.from_utc} to {done.request.to_utc} UTC:",
        *map(_coverage_text, done.coverage),
    ]
    return "\n".join([*lines, f"use it with --kernels {done.folder}"])


def _coverage_text(row: "BodyCoverage") -> str:
    gap = f", longest gap {row.longest_gap_s:.0f} s" if row.gaps else ""
    return f"  {row.body:15} {row.covered:7.2%}{gap}"


def _list_text(rows: Sequence[_Listed]) -> str:
    lines = []
    for row in rows:
        lines.append(f"{row.kind:4} {row.name}" + (f" of {row.created}" if row.created else ""))
        for body in dict.fromkeys(stretch["body"] for stretch in row.coverage):
            own = [stretch for stretch in row.coverage if stretch["body"] == body]
            first, last = own[0]["from_utc"] or "before 1972", own[-1]["to_utc"] or "before 1972"
            count = f", {len(own)} stretches" if len(own) > 1 else ""
            lines.append(f"       {body:20} {first} to {last}{count}")
    return "\n".join(lines)

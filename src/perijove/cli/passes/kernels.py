"""``perijove kernels``: fetch SPICE kernels, check them, and say what they cover."""

from pathlib import Path

import click

from perijove.cli.download_bars import download_bars
from perijove.cli.handover import hand_over, overwriting
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
from perijove.cli.rules import not_with
from perijove.constants import SECONDS_PER_HOUR
from perijove.errors import InputError, PerijoveError

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
) -> None:
    """Fetch the kernels of a perijove or of a span of time.

    What is there already is not fetched again, and what broke off goes on where it stopped.
    """
    from perijove.archive import kernel_set
    from perijove.archive.kernel_plan import Request
    from perijove.archive.mirror import NAIF_JUNO, open_mirror
    from perijove.export.kernel_records import plan_record, plan_text, plan_total, set_record, set_text

    span = _span(perijove, start, end, margin_h)
    request = Request(*span, attitude=not no_attitude, cut=cut, moons=moons)
    source = open_mirror(NAIF_JUNO if mirror is None else mirror)
    if dry_run:
        files = kernel_set.dry_run(source, request, out)
        hand_over(plan_record(files, request, out), plan_text(files))
        return
    with download_bars() as (tell, on_bytes):
        done = kernel_set.fetch_kernels(
            source,
            request,
            out,
            overwrite=overwriting(),
            on_plan=lambda planned: tell(plan_total(planned)),
            on_bytes=lambda file, have, total: on_bytes(file.entry.name, have, total),
        )
    hand_over(set_record(done), set_text(done))


@command.command("verify", short_help="Check fetched kernels against hashes.")
@_dir_argument
@json_option
def verify(folder: Path) -> None:
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
    lines = [f"{state:8} {name}" for name, state in states.items()]
    lines.append(f"{len(states) - len(bad)} of {len(states)} files are as they were fetched")
    hand_over({"dir": str(folder), "files": states}, "\n".join(lines))
    if bad:
        raise PerijoveError(f"{folder}: {', '.join(bad)}: missing or changed since; fetch again to mend")


@command.command("list", short_help="What each kernel of a folder covers.")
@_dir_argument
@json_option
def list_folder(folder: Path) -> None:
    """Print the kernels of a folder in the order in which they are loaded, and what they cover.

    Where two hold the same, the later one counts.
    """
    from perijove.ephemeris.spice.kernels import Kernels
    from perijove.export.kernel_records import list_record, list_text

    record = list_record(Kernels(folder))
    hand_over(record, list_text(record))


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

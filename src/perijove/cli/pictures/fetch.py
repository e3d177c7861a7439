"""``perijove fetch``: raw pictures and maps from their publishers."""

from pathlib import Path

import click

from perijove.cli.download_bars import download_bars
from perijove.cli.handover import hand_over, overwriting
from perijove.cli.options import (
    body_option,
    dry_run_option,
    json_option,
    mirror_option,
    out_option,
    overwrite_option,
    quiet_option,
)
from perijove.errors import InputError, PerijoveError

__all__ = ["command"]

_ALL = "ALL"


@click.command("fetch")
@click.argument("wanted", nargs=-1, metavar="WHAT...")
@click.option("--list", "listing", is_flag=True, help="Print the data sets that have names, and whether they are here.")
@body_option("of a pass, the pictures of it alone; ALL for every picture. Default: IO.", many=True)
@click.option(
    "--source",
    type=click.Choice(["mission", "pds"]),
    help="Of a product: the mission's site (raw, the default of JNCE) or the PDS (EDR and RDR).",
)
@mirror_option("Address of a copy of the mission's site, or of the PDS's folder of JunoCam volumes.")
@out_option("the pictures; maps go to the cache.", default="pictures")
@dry_run_option
@overwrite_option
@json_option
@quiet_option
def command(
    wanted: tuple[str, ...],
    listing: bool,
    bodies: tuple[str, ...],
    source: str | None,
    mirror: str | None,
    out: Path,
    dry_run: bool,
) -> None:
    r"""Fetch raw pictures of JunoCam with their metadata, or the map of Io.

    \b
    WHAT is one or more of
      JNCE_2024362_68C00012_V01   a picture, by its product name
      PJ57                        all pictures of Io of a pass
      io-map                      a data set with a name; see --list

    What is here unchanged is not fetched again, and what broke off goes on where it stopped. A pass takes minutes.
    """
    from perijove.archive.by_name import Order
    from perijove.archive.data_sets import DATA_SETS
    from perijove.export.raw_records import data_set_record, data_sets_text, got_record, got_text, plan_line

    if listing:
        records = [data_set_record(one) for one in DATA_SETS]
        hand_over({"sets": records}, data_sets_text(records))
        return
    if not wanted:
        raise InputError("nothing was named; write for example: perijove fetch PJ57, or perijove fetch --list")
    order = Order(out, source, mirror, None if _ALL in bodies else bodies or ("IO",), overwriting())
    if dry_run:
        plan = [plan_line(order, each) for each in wanted]
        hand_over({"plan": plan}, "\n".join(plan))
        return
    with download_bars() as (tell, on_bytes):
        got = [order.fetch(each, tell, on_bytes) for each in wanted]
    hand_over({"fetched": [got_record(one) for one in got]}, "\n".join(map(got_text, got)))
    failures = [line for one in got for line in one.failures]
    if failures:
        raise PerijoveError(
            f"{len(failures)} pictures could not be had, the first: {failures[0]}; run again to try them"
        )

"""``perijove fetch``: raw pictures and maps from their publishers."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from perijove.cli.download_bars import OnBytes, Tell, download_bars
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
from perijove.export.answer import megabytes

if TYPE_CHECKING:
    from perijove.archive.data_sets import DataSet
    from perijove.archive.junocam_pages import MissionSite

__all__ = ["command"]

_PASS = re.compile(r"(?:PJ|)\s*0*(?P<number>\d{1,3})", re.IGNORECASE | re.ASCII)
_CREDIT = "NASA/JPL-Caltech/SwRI/MSSS"
_ALL = "ALL"


@dataclass(frozen=True)
class _Got:
    """What was asked for, and what is here now of it."""

    asked: str
    files: tuple[Path, ...]
    fetched: bool
    credit: str
    remarks: tuple[str, ...] = ()
    failures: tuple[str, ...] = ()


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
    if listing:
        records = [_set_record(one) for one in _sets()]
        hand_over({"sets": records}, _list_text(records))
        return
    if not wanted:
        raise InputError("nothing was named; write for example: perijove fetch PJ57, or perijove fetch --list")
    request = _Request(out, source, mirror, _bodies(bodies), overwriting())
    if dry_run:
        plan = [line for each in wanted for line in request.plan(each)]
        hand_over({"plan": plan}, "\n".join(plan))
        return
    with download_bars() as (tell, on_bytes):
        got = [request.fetch(each, tell, on_bytes) for each in wanted]
    hand_over({"fetched": [_record(one) for one in got]}, "\n".join(map(_text, got)))
    failures = [line for one in got for line in one.failures]
    if failures:
        raise PerijoveError(
            f"{len(failures)} pictures could not be had, the first: {failures[0]}; run again to try them"
        )


def _bodies(named: Sequence[str]) -> tuple[str, ...] | None:
    """Targets whose pictures are wanted; None for all."""
    return None if _ALL in named else tuple(named) or ("IO",)


def _sets() -> "Sequence[DataSet]":
    from perijove.archive.data_sets import DATA_SETS

    return DATA_SETS


@dataclass(frozen=True)
class _Request:
    """How to fetch, whatever it is."""

    out: Path
    source: str | None
    mirror: str | None
    bodies: tuple[str, ...] | None
    overwrite: bool

    def _site(self) -> "MissionSite":
        from perijove.archive.junocam_pages import MISSION_SITE, MissionSite

        return MissionSite(self.mirror or MISSION_SITE)

    def plan(self, asked: str) -> Iterator[str]:
        """Lines that say what would be fetched."""
        from perijove.archive.cache import cache_folder, here

        if (one := _named_set(asked)) is not None:
            state = "here" if here(one) else f"to fetch into {cache_folder() if one.files[0].urls else self.out}"
            yield f"{one.name}: {megabytes(one.size_bytes)}, {state}"
        elif match := _PASS.fullmatch(asked.strip()):
            pages = self._site().pages_of_pass(int(match["number"]))
            what = "every picture" if self.bodies is None else f"pictures of {', '.join(self.bodies)}"
            yield f"PJ{match['number']}: {len(pages)} pictures are listed; metadata of all, {what}, into {self.out}"
        else:
            yield f"{_product(asked)}: into {self.out}, from the {'PDS' if self._from_pds(asked) else 'mission site'}"

    def _from_pds(self, product: str) -> bool:
        return self.source == "pds" if self.source else not product.upper().startswith("JNCE")

    def fetch(self, asked: str, tell: Tell, on_bytes: OnBytes) -> _Got:
        """Fetch what was asked for."""
        if (one := _named_set(asked)) is not None and one.files[0].urls:
            from perijove.archive.cache import here
            from perijove.archive.fetching import fetch_data_set

            had = bool(here(one))
            return _Got(asked, fetch_data_set(one, on_bytes=on_bytes), not had, f"{one.credit}; {one.licence}")
        if match := _PASS.fullmatch(asked.strip()):
            return self._fetch_pass(int(match["number"]), tell, on_bytes)
        product = _product(asked)
        if self._from_pds(product):
            from perijove.archive.pds_imaging import PDS_IMAGING, fetch_archived

            done = fetch_archived(
                product, self.out, root=self.mirror or PDS_IMAGING, overwrite=self.overwrite, on_bytes=on_bytes
            )
            return _Got(asked, (done.image, done.label), done.fetched, _CREDIT)
        from perijove.archive.junocam_pictures import fetch_picture

        picture = fetch_picture(product, self.out, site=self._site(), overwrite=self.overwrite, on_bytes=on_bytes)
        assert picture.raw is not None
        return _Got(asked, (picture.raw, picture.metadata), picture.fetched, _CREDIT)

    def _fetch_pass(self, perijove: int, tell: Tell, on_bytes: OnBytes) -> _Got:
        from perijove.archive.junocam_pictures import fetch_pass

        def on_page(done: int, total: int) -> None:
            if not done:
                tell(f"PJ{perijove}: {total} pictures are listed")
            on_bytes(f"picture {min(done + 1, total)} of {total}", 0, None)
            on_bytes(f"picture {min(done + 1, total)} of {total}", 0, 0)

        done = fetch_pass(
            perijove,
            self.out,
            bodies=self.bodies,
            site=self._site(),
            overwrite=self.overwrite,
            on_page=on_page,
            on_bytes=on_bytes,
        )
        left = ", ".join(f"{number} of {body.capitalize()}" for body, number in sorted(done.others.items()))
        remarks = (f"left out: {left} (--body ALL brings them)",) if left else ()
        files = tuple(picture.raw for picture in done.pictures if picture.raw is not None)
        fetched = any(picture.fetched for picture in done.pictures)
        return _Got(f"PJ{perijove}", files, fetched, _CREDIT, remarks, done.failures)


def _named_set(asked: str) -> "DataSet | None":
    return next((one for one in _sets() if one.name.lower() == asked.strip().lower()), None)


def _product(asked: str) -> str:
    from perijove.formats.product_id import ProductId

    product = ProductId.parse(asked)
    if product is None:
        raise InputError(
            f"{asked!r} is neither a product such as JNCE_2024362_68C00012_V01, nor a pass such as PJ57, nor a data "
            "set; perijove fetch --list names those"
        )
    return product.name


def _record(got: _Got) -> dict[str, object]:
    return {
        "asked": got.asked,
        "fetched": got.fetched,
        "files": [str(path) for path in got.files],
        "credit": got.credit,
        "remarks": list(got.remarks),
        "failures": list(got.failures),
    }


def _text(got: _Got) -> str:
    if not got.files:
        return "\n".join([f"{got.asked}: no picture of that body", *got.remarks])
    lines = [f"{'fetched' if got.fetched else 'here   '}  {path}" for path in got.files]
    return "\n".join([*lines, *got.remarks, f"Credit: {got.credit}"])


def _set_record(one: "DataSet") -> dict[str, object]:
    from perijove.archive.cache import here

    return {
        "name": one.name,
        "title": one.title,
        "size_bytes": one.size_bytes,
        "sha256": {file.name: file.sha256 for file in one.files},
        "credit": one.credit,
        "licence": one.licence,
        "page": one.page,
        "here": [str(path) for path in here(one)],
    }


def _list_text(records: Sequence[dict[str, Any]]) -> str:
    lines = []
    for record in records:
        lines += [
            f"{record['name']:28}{megabytes(record['size_bytes']):>8}  {'here' if record['here'] else 'not here'}",
            f"    {record['title']}",
            f"    {record['credit']}; {record['licence']}; {record['page']}",
        ]
    return "\n".join(lines)

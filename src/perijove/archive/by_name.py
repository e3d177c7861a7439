"""What users ask for by name: a data set, all pictures of a pass, or a product; and how it comes here."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from perijove.archive.cache import here
from perijove.archive.data_sets import DATA_SETS, DataSet
from perijove.archive.fetching import OnBytes, fetch_data_set
from perijove.archive.junocam_pages import MISSION_SITE, MissionSite
from perijove.archive.junocam_pictures import fetch_pass, fetch_picture
from perijove.archive.pds_imaging import PDS_IMAGING, fetch_archived
from perijove.errors import InputError
from perijove.formats.product_id import ProductId

__all__ = ["Got", "Order", "named_set"]

_PASS = re.compile(r"(?:PJ|)\s*0*(?P<number>\d{1,3})", re.IGNORECASE | re.ASCII)
_CREDIT = "NASA/JPL-Caltech/SwRI/MSSS"


@dataclass(frozen=True)
class Got:
    """What was asked for, and what is here now of it."""

    asked: str
    files: tuple[Path, ...]
    fetched: bool
    credit: str
    remarks: tuple[str, ...] = ()
    failures: tuple[str, ...] = ()


def named_set(asked: str) -> DataSet | None:
    """Data set of this name."""
    return next((one for one in DATA_SETS if one.name.lower() == asked.strip().lower()), None)


@dataclass(frozen=True)
class Order:
    """How to fetch, whatever it is.

    Attributes
    ----------
    out : Path
        Folder for pictures; maps go to the cache.
    source : str or None
        ``mission`` or ``pds``; None takes the mission's site for raw pictures, the PDS for others.
    mirror : str or None
        What stands for that place.
    bodies : tuple of str or None
        Of a pass, the targets whose pictures are wanted, in capitals; None for all.
    overwrite : bool
        Whether files that were not fetched may be replaced.
    """

    out: Path
    source: str | None = None
    mirror: str | None = None
    bodies: tuple[str, ...] | None = ("IO",)
    overwrite: bool = False

    @property
    def site(self) -> MissionSite:
        """The mission's site, or what stands for it."""
        return MissionSite(self.mirror or MISSION_SITE)

    def perijove(self, asked: str) -> int | None:
        """Number of a pass, where one was named."""
        match = _PASS.fullmatch(asked.strip())
        return int(match["number"]) if match else None

    def product(self, asked: str) -> tuple[str, bool]:
        """Name of a product, and whether it comes from the PDS.

        Raises
        ------
        InputError
            Where it is none.
        """
        product = ProductId.parse(asked)
        if product is None:
            raise InputError(
                f"{asked!r} is neither a product such as JNCE_2024362_68C00012_V01, nor a pass such as PJ57, nor a "
                "data set; perijove fetch --list names those"
            )
        return product.name, self.source == "pds" if self.source else not product.name.startswith("JNCE")

    def fetch(self, asked: str, tell: Callable[[str], None], on_bytes: OnBytes) -> Got:
        """Fetch what was asked for, unless it is here unchanged; what `tell` is told is for people."""
        if (one := named_set(asked)) is not None and ProductId.parse(one.name) is None:
            had = bool(here(one))
            return Got(asked, fetch_data_set(one, on_bytes=on_bytes), not had, f"{one.credit}; {one.licence}")
        if (number := self.perijove(asked)) is not None:
            return self._fetch_pass(number, tell, on_bytes)
        product, archived = self.product(asked)
        if archived:
            root = self.mirror or PDS_IMAGING
            done = fetch_archived(product, self.out, root=root, overwrite=self.overwrite, on_bytes=on_bytes)
            return Got(asked, (done.image, done.label), done.fetched, _CREDIT)
        picture = fetch_picture(product, self.out, site=self.site, overwrite=self.overwrite, on_bytes=on_bytes)
        assert picture.raw is not None
        return Got(asked, (picture.raw, picture.metadata), picture.fetched, _CREDIT)

    def _fetch_pass(self, perijove: int, tell: Callable[[str], None], on_bytes: OnBytes) -> Got:
        def on_page(done: int, total: int) -> None:
            if not done:
                tell(f"PJ{perijove}: {total} pictures are listed")
            for size in (None, 0):  # a bar that comes and goes
                on_bytes(f"picture {min(done + 1, total)} of {total}", 0, size)

        done = fetch_pass(
            perijove,
            self.out,
            bodies=self.bodies,
            site=self.site,
            overwrite=self.overwrite,
            on_page=on_page,
            on_bytes=on_bytes,
        )
        left = ", ".join(f"{number} of {body.capitalize()}" for body, number in sorted(done.others.items()))
        remarks = (f"left out: {left} (--body ALL brings them)",) if left else ()
        files = tuple(picture.raw for picture in done.pictures if picture.raw is not None)
        fetched = any(picture.fetched for picture in done.pictures)
        return Got(f"PJ{perijove}", files, fetched, _CREDIT, remarks, done.failures)

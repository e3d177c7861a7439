"""JunoCam's pages on the mission's web site: which pictures a pass has, and where a picture's files are.

The site has no interface for programs. Its gallery takes the mission phase in its address; each picture has a page,
named by a number or by the product, that links to two ZIP archives in the site's vault: the metadata and the images.
"""

import re
from dataclasses import dataclass
from urllib.parse import parse_qs, quote, urlencode, urljoin, urlsplit

from perijove.archive.listing import links
from perijove.archive.web import FetchError, MissingError, Patience, page
from perijove.errors import InputError
from perijove.passes.mission_table import LISTED

__all__ = ["MISSION_SITE", "MissionSite", "PicturePage"]

MISSION_SITE = "https://www.missionjuno.swri.edu/"

_GALLERY = "/junocam/processing"
_VAULT = "/Vault/VaultDownload"
_PER_PAGE = 100  # the most that the gallery shows at once
_MOST_PAGES = 50
_PLAIN_ID = re.compile(r"[\w.-]+", re.ASCII)


@dataclass(frozen=True)
class PicturePage:
    """Page of one picture.

    Attributes
    ----------
    url : str
    archives : tuple of str
        Addresses of the ZIP archives that it offers, metadata first.
    """

    url: str
    archives: tuple[str, ...]


class MissionSite:
    """The site, or a copy of it.

    Parameters
    ----------
    root : str
        Address under which ``junocam/processing`` stands.
    patience : Patience, optional
    """

    def __init__(self, root: str = MISSION_SITE, *, patience: Patience | None = None) -> None:
        self.root = root.rstrip("/") + "/"
        self.patience = patience or Patience()

    def page_url(self, name: str) -> str:
        """Address of a picture's page, by its product name or the number that the site gives it."""
        return urljoin(self.root, f".{_GALLERY}?id={quote(name)}")

    def pages_of_pass(self, perijove: int) -> tuple[str, ...]:
        """Addresses of the pages of all pictures of a pass, in the order of the gallery.

        Raises
        ------
        InputError
            Where Juno had no such perijove; nothing is asked of the site then.
        MissingError
            Where the site lists none.
        FetchError
            Where it cannot be read.
        """
        if perijove not in LISTED:
            raise InputError(f"PJ{perijove}: Juno's perijoves are {LISTED[0]} to {LISTED[-1]}; give one of them")
        found: dict[str, None] = {}
        for number in range(1, _MOST_PAGES + 1):
            query = {
                "source": "junocam",
                "phases[]": f"PERIJOVE {perijove}",
                "perpage": str(_PER_PAGE),
                "p": str(number),
            }
            gallery = urljoin(self.root, f".{_GALLERY}?{urlencode(query)}")
            new = [self.page_url(one) for one in self._names(page(gallery, patience=self.patience))]
            if set(new) <= set(found):
                break
            found |= dict.fromkeys(new)
        if not found:
            raise MissingError(f"{self.root}: lists no picture of perijove {perijove}; is it public yet?")
        return tuple(found)

    def _names(self, text: str) -> list[str]:
        names = []
        for target, _ in links(text):
            parts = urlsplit(target)
            if parts.path.rstrip("/").endswith(_GALLERY):
                names += [name for name in parse_qs(parts.query).get("id", []) if _PLAIN_ID.fullmatch(name)]
        return names

    def picture_page(self, url: str) -> PicturePage:
        """What the page of a picture offers.

        Raises
        ------
        MissingError
            Where the page offers no files: the site has no such picture.
        FetchError
            Where it cannot be read.
        """
        offered: dict[str, str] = {}
        for target, words in links(page(url, patience=self.patience)):
            if urlsplit(target).path.endswith(_VAULT):
                offered.setdefault(self._vault_url(target), words.lower())
        if not offered:
            raise MissingError(f"{url}: this page offers no raw pictures; check the product's name")
        return PicturePage(url, tuple(sorted(offered, key=lambda address: "image" in offered[address])))

    def _vault_url(self, target: str) -> str:
        address = urljoin(self.root, target)
        if urlsplit(address).netloc != urlsplit(self.root).netloc:
            raise FetchError(f"{address}: the page leads to another server; it is not followed")
        return address

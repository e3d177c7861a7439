"""What web pages link to, and what a folder of a web server holds, from the page that the server makes of it."""

import math
import re
from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import unquote

__all__ = ["Entry", "links", "parse_listing"]

_SIZE = re.compile(
    r"(?:\d{4}-\d\d-\d\d|\d\d-[A-Z][a-z]{2}-\d{4})\s+\d\d:\d\d(?::\d\d)?\s+(\d+(?:\.\d+)?)([KMGT]?)(?![\w.])", re.ASCII
)
_UNITS = {"": 0, "K": 1, "M": 2, "G": 3, "T": 4}
_PLAIN_NAME = re.compile(r"[\w.+-]+", re.ASCII)  # of files that NAIF makes; keeps paths and queries out


@dataclass(frozen=True)
class Entry:
    """A file in a folder of an archive.

    Attributes
    ----------
    name : str
    size_bytes : tuple of int, or None
        Least and most that agree with what the listing prints (``2.6M``); None where it prints no size.
    """

    name: str
    size_bytes: tuple[int, int] | None = None

    @property
    def about_bytes(self) -> int | None:
        """Middle of the range of sizes."""
        return None if self.size_bytes is None else sum(self.size_bytes) // 2


class _Page(HTMLParser):
    """Collects each link with the text between it and the next."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[tuple[str, list[str]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a row at each link; other tags, such as the cells of a table, part words."""
        target = dict(attrs).get("href")
        if tag == "a" and target:
            self.rows.append((target, []))
        elif self.rows:
            self.rows[-1][1].append(" ")

    def handle_data(self, data: str) -> None:
        """Keep the text behind the link."""
        if self.rows:
            self.rows[-1][1].append(data)


def _size_range(text: str) -> tuple[int, int] | None:
    found = _SIZE.search(text)
    if not found:
        return None
    number, unit = found[1], 1024 ** _UNITS[found[2]]
    # Half of the last digit; and Apache drops what is left of each division by 1024 before it rounds.
    slack = 0.5 * 10.0 ** -len(number.partition(".")[2]) * unit + unit / 1024 if unit > 1 else 0.0
    return max(math.floor(float(number) * unit - slack), 0), math.ceil(float(number) * unit + slack)


def links(page: str) -> tuple[tuple[str, str], ...]:
    """Where the links of a page lead, with the text between each and the next, white space folded."""
    parser = _Page()
    parser.feed(page)
    parser.close()
    return tuple((target, " ".join("".join(words).split())) for target, words in parser.rows)


def parse_listing(page: str) -> tuple[Entry, ...]:
    """Files that a directory listing of a web server names.

    Parameters
    ----------
    page : str
        HTML by Apache (plain, preformatted or table), nginx or Python. Names come from the links, because
        the visible text is often cut short; sizes from what follows a date.

    Returns
    -------
    tuple of Entry
        By name. Folders, links to elsewhere, and names with anything but letters, digits and ``.+-_`` are left out.
        Empty where the page lists nothing.
    """
    entries = {}
    for target, words in links(page):
        name = unquote(target.removeprefix("./"))
        if _PLAIN_NAME.fullmatch(name) and name.strip("."):
            entries[name] = Entry(name, _size_range(words))
    return tuple(entries[name] for name in sorted(entries))

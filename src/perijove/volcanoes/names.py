"""Names of volcanoes as tables write them, and which of them mean the same."""

import re
import unicodedata
from dataclasses import dataclass
from enum import Enum

__all__ = ["Likeness", "VolcanoName", "likeness", "parsed_name"]

_KINDS = {
    "p": "patera",
    "patera": "patera",
    "paterae": "patera",
    "fluctus": "flow",
    "flucts": "flow",
    "f.": "flow",
    "fl.": "flow",
    "regio": "regio",
    "catena": "patera",
    "mons": "mountain",
    "ec": "vent",
}
_DESIGNATION = re.compile(r"(?P<letters>pfd|pfu|fd|fu|pv|p)\s?(?P<number>\d+)")
_DESIGNATED = {"p": "patera", "pv": "patera", "pfd": "patera", "pfu": "patera", "fd": "flow", "fu": "flow"}
_PART = re.compile(r"[a-o]|[nsew]{1,3}|north|south|east|west")
_NEARBY = re.compile(r"close to |near |[nsew]{1,2} of ")
# Brackets that say where a place is, or who saw it, and not how it is called.
_ASIDE = re.compile(
    r"\b(close to|near|[nsew]{1,2} of|ne|nw|in|possibly|keck|polar|site|includes|nims [a-z]{3,})\b|\d{4}"
)
_NAMELESS = re.compile(r"$|un+amed|no name|\d|keck|up \d|unknown|unrecognized")
_SEVERAL = re.compile(r"(?:(?<=patera)|(?<=fluctus)|(?<=p\.)|(?<=region ))-|/| or ")
# Spellings and former names that no rule finds; IAU Gazetteer and the tables' own remarks.
_SAME = {
    "ruaomoko": "ruaumoko",
    "dusurra": "dusura",
    "maju": "yeloje",
    "aluna": "asis",
    "chor": "chors",
}


@dataclass(frozen=True)
class VolcanoName:
    """A name in its parts.

    Attributes
    ----------
    stem : str
        Lower case, without accents and kind: ``loki``, ``leikung``, ``pfu1063``; empty where there is no name.
    kind : str
        ``patera``, ``flow``, ``vent``, ``regio``, ``mountain``, or empty.
    part : str
        Which of several of that name: ``a``, ``ne``, or ``near`` it; empty where it is not told.
    others : tuple of str
        Stems of names in brackets, and of each where a name stands for several places.
    """

    stem: str
    kind: str
    part: str
    others: tuple[str, ...] = ()


class Likeness(Enum):
    """What two names say of whether they mean one volcano."""

    SAME = "same"
    PART = "part"  # the same name, other parts of it
    UNTOLD = "untold"  # one has no name
    OTHER = "other"


def parsed_name(text: str) -> VolcanoName:
    """Take a name apart.

    Parameters
    ----------
    text : str
        As a table has it, such as ``Loki P.``, ``Lei-Kung F. (SE)``, ``Yeloje P. (was Maju P.)``, ``PFu 1063``.

    Examples
    --------
    >>> parsed_name("Lei-Kung F. (SE)")
    VolcanoName(stem='leikung', kind='flow', part='se', others=())
    >>> parsed_name("Amirani B (P235?)")
    VolcanoName(stem='amirani', kind='', part='b', others=('p235',))
    >>> parsed_name("PFu 1063").stem
    'pfu1063'
    """
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    plain = plain.replace("e.c.", "ec").replace("'", "").replace('"', "").replace("?", "").replace("-n&s", "")
    outside = re.sub(r"\([^()]*\)?", " ", plain).strip()
    several = [_words(each) for each in _SEVERAL.split(outside)]
    main = several[0]
    others = [each.stem for each in several if each.stem] if len(several) > 1 else []
    if _NAMELESS.match(outside) or len(several) > 1:
        main = VolcanoName("", main.kind, "")
    for inner in re.findall(r"\(([^()]*)\)?", plain):
        if _PART.fullmatch(inner.strip(" .")):
            main = VolcanoName(main.stem, main.kind, inner.strip(" ."))
        elif not _ASIDE.search(inner):
            others += [_words(each.replace("was ", " ")).stem for each in re.split(r",| or |/", inner)]
    if not main.stem and not main.part and len(several) == 1 and others:
        main = VolcanoName(others[-1], main.kind, "")
    return VolcanoName(main.stem, main.kind, main.part, tuple(dict.fromkeys(filter(None, others))))


def _words(text: str) -> VolcanoName:
    text = text.strip().replace("-", "")
    nearby = _NEARBY.match(text)
    if nearby:
        return VolcanoName(_words(text[nearby.end() :]).stem, "", "near")
    found = _DESIGNATION.match(text)
    if found:
        letters = found["letters"]
        return VolcanoName(f"{letters}{int(found['number'])}", _DESIGNATED[letters], "")
    stem: list[str] = []
    kind = part = ""
    for word in re.split(r"[\s,/&]+", text):
        bare = word.strip(".")
        if not bare or bare in {"andor", "nims", "keck", "region"}:
            continue
        if bare in _KINDS or word in _KINDS:
            kind = kind or _KINDS.get(word, _KINDS.get(bare, ""))
        elif _PART.fullmatch(bare):
            part = bare
        else:
            stem.append(_SAME.get(bare, bare))
    return VolcanoName("".join(stem[:2]), kind, part)


def likeness(one: VolcanoName, other: VolcanoName) -> Likeness:
    """Whether two names may mean one volcano."""
    if not one.stem or not other.stem:
        shared = {one.stem, *one.others} & {other.stem, *other.others} - {""}
        return Likeness.PART if shared else Likeness.UNTOLD
    if one.stem == other.stem:
        return Likeness.SAME if one.part == other.part else Likeness.PART
    if {one.stem, *one.others} & {other.stem, *other.others}:
        return Likeness.SAME
    return Likeness.OTHER

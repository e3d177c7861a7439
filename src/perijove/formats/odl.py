"""PDS3 label text into keywords.

A library reads the pixels, but the keywords are read here. The library's parser, made for the general case,
drops statements that hold a second equals sign and reads ``8.1628e+08 <km>`` as 8.1628 km: JunoCam's labels
have the first in RATIONALE_DESC, where the moved METHANE window hides, and the second in SOLAR_DISTANCE.
"""

import re

from perijove.errors import FormatError, LabelError
from perijove.formats.keywords import Keywords

__all__ = ["instrument_of", "label_text", "parse_label"]

_END = re.compile(rb"(?:^|[\r\n])[ \t]*END[ \t]*(?:\r|\n|$)")
_NAME = re.compile(r"\s*(\^?[A-Za-z][\w:\-]*)\s*")
_UNIT = re.compile(r"[ \t]*<([^<>\r\n]*)>")
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
_BARE = re.compile(r"[^\s,(){}<>\"']+")
_SKIP = re.compile(r"(?:\s+|/\*.*?\*/)*", re.DOTALL)
_INSTRUMENT = re.compile(r"^[ \t]*(INSTRUMENT_ID|INSTRUMENT_NAME)[ \t]*=[ \t]*[\"']?([^\"'\r\n]*)", re.MULTILINE)
_MAX_LABEL_BYTES = 1 << 20


def label_text(content: bytes) -> str | None:
    """Text of the PDS3 label at the start of a file, up to its END; None where there is none."""
    head = content[:_MAX_LABEL_BYTES]
    start = head[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    if not (start.startswith((b"PDS_VERSION_ID", b"CCSD3ZF"))):
        return None
    end = _END.search(head)
    if end is None:
        return None if b"\0" in head else head.decode("latin-1")
    return head[: end.end()].decode("latin-1")


def instrument_of(text: str) -> dict[str, str]:
    """INSTRUMENT_ID and INSTRUMENT_NAME of a label, as far as they stand there, however the rest is written."""
    return {name: value.strip() for name, value in _INSTRUMENT.findall(text)}


class _Reader:
    """Position within the text of a label."""

    def __init__(self, text: str, source: str) -> None:
        self.text, self.source, self.at = text, source, 0

    def error(self, what: str) -> FormatError:
        line = self.text.count("\n", 0, self.at) + 1
        return FormatError(
            f"{self.source}: line {line} of the label {what}; the label may be truncated; fetch it again"
        )

    def skip(self) -> None:
        match = _SKIP.match(self.text, self.at)
        self.at = match.end() if match else self.at

    def name(self) -> str | None:
        self.skip()
        if self.at >= len(self.text):
            return None
        match = _NAME.match(self.text, self.at)
        if match is None:
            raise self.error(f"has no keyword where one should stand ({self.text[self.at : self.at + 20]!r})")
        self.at = match.end()
        return match[1].upper()

    def value(self) -> object:
        self.skip()
        opening = self.text[self.at : self.at + 1]
        if opening in ("(", "{") and opening:
            return self.sequence(")" if opening == "(" else "}")
        if opening in ('"', "'") and opening:
            return self.quoted(opening)
        match = _BARE.match(self.text, self.at)
        if match is None:
            raise self.error("has no value behind its equals sign")
        self.at = match.end()
        unit = _UNIT.match(self.text, self.at)
        if unit is not None:
            self.at = unit.end()
            return f"{match[0]} <{unit[1].strip()}>"
        if _NUMBER.fullmatch(match[0]):
            return int(match[0]) if re.fullmatch(r"[+-]?\d+", match[0]) else float(match[0])
        return match[0]

    def quoted(self, quote: str) -> str:
        end = self.text.find(quote, self.at + 1)
        if end < 0:
            raise self.error("opens a text that does not end")
        text = " ".join(self.text[self.at + 1 : end].split())
        self.at = end + 1
        return text

    def sequence(self, closing: str) -> list[object]:
        items: list[object] = []
        self.at += 1
        while True:
            self.skip()
            here = self.text[self.at : self.at + 1]
            if not here:
                raise self.error("opens a list that does not end")
            if here == closing:
                self.at += 1
                return items
            if here == ",":
                self.at += 1
                continue
            items.append(self.value())


def parse_label(text: str, source: str) -> Keywords:
    """Keywords of a PDS3 label.

    Parameters
    ----------
    text : str
        The label, with or without its END.
    source : str
        Name of the file, for messages.

    Returns
    -------
    Keywords
        Texts unquoted with runs of white space folded into one blank; numbers with units as texts such as
        ``"0.375 <s>"``; lists as lists. The IMAGE object's keywords stand at the top level, those of other
        objects as ``OBJECT.KEYWORD``.

    Raises
    ------
    FormatError
        If the text is not a label or breaks off.
    LabelError
        If a keyword comes twice with different values.
    """
    reader = _Reader(text, source)
    values: dict[str, object] = {}
    blocks: list[str] = []
    while (name := reader.name()) is not None:
        if name == "END":
            break
        equals = reader.text[reader.at : reader.at + 1] == "="
        if name in ("END_OBJECT", "END_GROUP"):
            if not blocks:
                raise reader.error("ends an object that was not begun")
            blocks.pop()
            if equals:
                reader.at += 1
                reader.value()
            continue
        if not equals:
            raise reader.error(f"has no equals sign behind {name}")
        reader.at += 1
        value = reader.value()
        if name in ("OBJECT", "GROUP", "BEGIN_OBJECT", "BEGIN_GROUP"):
            blocks.append(str(value).upper())
            continue
        key = ".".join([block for block in blocks if block != "IMAGE"] + [name])
        if key in values and values[key] != value:
            raise LabelError(f"{source}: {key} comes twice, as {values[key]!r} and {value!r}; correct the label")
        values[key] = value
    if blocks:
        raise reader.error(f"is the last one, but the object {blocks[-1]} does not end")
    return Keywords(source, values)

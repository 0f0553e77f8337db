"""What converters leave in a text: inline HTML, marks for italics and bold, lists inside a table cell."""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from ikb.drafts.importers.hyphens import Evidence, heal

_TAG = re.compile(
    r"<(?P<end>/?)(?P<name>p|ul|ol|li|br|div|span|b|i|u|em|strong|sub|sup|font|a|small|td|th|tr)(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
_EMPHASIS = re.compile(r"(?<![\w*])(\*{1,3})(?=[^\s*])((?:[^*]|(?<=\w)\*(?=\w))+?)(?<=[^\s*])\1(?![\w*])")
_BLOCKS = frozenset(("p", "br", "div", "tr"))
_LISTS = frozenset(("ul", "ol"))
_INTO_LIST, _OUT_OF_LIST = "\x01", "\x02"

BULLETS = "○◦•●▪■‣·"
_BULLET = re.compile(rf"[{BULLETS}]")
_DASH = re.compile(r"(?:^|(?<=\s))[-–—](?=\s)")


@dataclass(frozen=True)
class Piece:
    """A run of text inside a cell: an item of a list, or text outside any list."""

    kind: Literal["item", "text"]
    text: str


def plain(text: str, evidence: Evidence) -> str:
    """The text as a reader sees it: no tags, no emphasis marks, single spaces, broken words healed."""
    text = html.unescape(_TAG.sub(lambda tag: " " if tag["name"].lower() in _BLOCKS | _LISTS else "", text))
    text = _EMPHASIS.sub(r"\2", text)
    return heal(" ".join(text.split()), evidence)


def pieces(cell: str, evidence: Evidence) -> list[Piece]:
    """A cell's list items and texts, in order. Lists may be left open, as converters do."""
    marked = html.unescape(_TAG.sub(_mark, cell))
    found = [piece for line, in_list in _lines(marked) for piece in _split(line, in_list, evidence)]
    healed = [Piece(piece.kind, plain(piece.text, evidence)) for piece in found]
    return [piece for piece in healed if piece.text]


def _mark(tag: re.Match[str]) -> str:
    name, ends = tag["name"].lower(), bool(tag["end"])
    if name in _LISTS:
        return f"\n{_OUT_OF_LIST if ends else _INTO_LIST}"
    if name == "li":
        return "\n" if ends else f"\n{BULLETS[0]} "
    if name == "p" and not ends:
        return f"\n{_OUT_OF_LIST}"  # a paragraph after a list that was never closed
    return "\n" if name in _BLOCKS else ""


def _lines(marked: str) -> Iterator[tuple[str, bool]]:
    in_list = False
    for line in marked.split("\n"):
        if line.startswith((_INTO_LIST, _OUT_OF_LIST)):
            in_list = line.startswith(_INTO_LIST)
        if text := line.strip(_INTO_LIST + _OUT_OF_LIST + " \t"):
            yield text, in_list


def _split(line: str, in_list: bool, evidence: Evidence) -> Iterator[Piece]:
    marks = [mark.span() for mark in _BULLET.finditer(line)]
    if not marks and (in_list or _DASH.match(line)):
        marks = [mark.span() for mark in _DASH.finditer(line) if not _is_dash_in_text(line, mark.span(), evidence)]
    if not marks:
        yield Piece("text", line)
        return
    if before := line[: marks[0][0]].strip():
        yield Piece("text", before)
    ends = [start for start, _ in marks[1:]] + [len(line)]
    for (_, start), end in zip(marks, ends, strict=True):
        yield Piece("item", line[start:end].strip())


def _is_dash_in_text(line: str, span: tuple[int, int], evidence: Evidence) -> bool:
    """Whether " - " is a dash between two words: the document prints the same words around it once more."""
    before, after = line[: span[0]].rsplit(maxsplit=1), line[span[1] :].split(maxsplit=1)
    return bool(before and after) and evidence.dashes[before[-1], line[slice(*span)], after[0]] > 1

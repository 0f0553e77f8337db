"""A file as it reads with all changes accepted, and with all of them rejected."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ikb.core.word.reading import Paragraph, Piece


@dataclass(frozen=True)
class Part:
    """What one paragraph of the file gives to a paragraph of the view. place: its number in the file, from 0."""

    place: int
    text: str


@dataclass(frozen=True)
class Line:
    """One paragraph of a view, of the paragraphs of the file that it is made of."""

    parts: Sequence[Part]

    @property
    def text(self) -> str:
        return "".join(part.text for part in self.parts)


def accepted(paragraphs: Iterable[Paragraph]) -> list[Line]:
    """Every paragraph with all changes accepted. One that is gone is no part of anything; an emptied one is an empty line."""
    return _lines(paragraphs, accept=True)


def rejected(paragraphs: Iterable[Paragraph]) -> list[Line]:
    """Every paragraph with all changes rejected."""
    return _lines(paragraphs, accept=False)


def text_in(pieces: Iterable[Piece], *, accept: bool) -> str:
    """The text of some pieces after the changes, or before them."""
    return "".join(piece.text for piece in pieces if not (piece.goes if accept else piece.came))


def _lines(paragraphs: Iterable[Paragraph], *, accept: bool) -> list[Line]:
    found: list[Line] = []
    open_parts: list[Part] = []
    row = 0
    for place, paragraph in enumerate(paragraphs):
        if open_parts and paragraph.row != row:  # what ends in a cell does not flow out of it
            found.append(Line(open_parts))
            open_parts = []
        row = paragraph.row
        open_parts.append(Part(place, text_in(paragraph.pieces, accept=accept)))
        if not (paragraph.mark_goes if accept else paragraph.mark_came):
            found.append(Line(open_parts))
            open_parts = []
    if open_parts:
        found.append(Line(open_parts))
    return found

"""Searching in a draft: which passages hold the words, and where they are read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ikb.core.finding import Piece, excerpt, find, nearest, words_of
from ikb.institutions.model import Invitation
from ikb.statements import queries
from ikb.statements.outline import Line, above, chapters


@dataclass(frozen=True)
class Hit:
    """One passage in which everything that was looked for stands: where, and the words around it."""

    line: Line
    above: Sequence[Line]
    chapter: int
    pieces: Sequence[Piece]


@dataclass(frozen=True)
class Search:
    """What a search in a draft found, in the order of the text. meant: the same search as the draft spells it."""

    typed: str
    hits: Sequence[Hit] = ()
    meant: str = ""


def search(invitation: Invitation, typed: str) -> Search:
    """The passages that hold all the words typed; where none does, what may have been meant. Two queries."""
    words = words_of(typed)
    if not words:
        return Search(typed)
    lines = queries.outline_of(invitation.version_id)
    texts = queries.all_texts_of(invitation.version_id)
    spans = {anchor: found for anchor, text in texts.items() if (found := find(text, words))}
    if not spans:
        return Search(typed, (), nearest(typed, texts.values()))
    pages = {anchor: chapter.number for chapter in chapters(lines) for anchor in chapter.anchors}
    context = above(lines, spans)
    hits = [
        Hit(line, context[line.anchor], pages[line.anchor], excerpt(texts[line.anchor], spans[line.anchor]))
        for line in lines
        if line.anchor in spans
    ]
    return Search(typed, hits)

"""Finding words in German text however they are typed: umlauts, ß, accents and capitals do not matter."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ikb.core.comments.spelling import fold, is_slip

_WORD = re.compile(r"\w+(?:[-*:/·]\w+)*")
MOST_WORDS = 8
AROUND = 90  # characters shown before the first word found
LONGEST_EXCERPT = 260
Span = tuple[int, int]


@dataclass(frozen=True)
class Piece:
    """A stretch of a text, and whether it is what was looked for."""

    text: str
    found: bool = False


def words_of(search: str) -> tuple[str, ...]:
    """The words of a search as they are compared, at most eight; empty where nothing was typed."""
    return tuple(dict.fromkeys(fold(word) for word in _WORD.findall(search)))[:MOST_WORDS]


def find(text: str, words: Sequence[str]) -> list[Span]:
    """Where the words stand in a text, as (start, end) of whole words; nothing unless each of them does.

    words: as `words_of` gives them. A part of a word counts ("kurs" in "Sprachkurse"), and the whole word is the place.
    """
    missing = set(words)
    spans: list[Span] = []
    for match in _WORD.finditer(text):
        plain = fold(match.group())
        if here := [word for word in words if word in plain]:
            missing.difference_update(here)
            spans.append(match.span())
    return [] if missing else spans


def excerpt(text: str, spans: Sequence[Span]) -> list[Piece]:
    """A text around the first place found, cut at words, with every place in it marked."""
    start, end = _window(text, *spans[0])
    pieces = [Piece("… ")] if start else []
    done = start
    for left, right in spans:
        if right <= end:
            pieces += [Piece(text[done:left]), Piece(text[left:right], found=True)]
            done = right
    pieces.append(Piece(text[done:end] + (" …" if end < len(text) else "")))
    return [piece for piece in pieces if piece.text]


def nearest(search: str, texts: Iterable[str]) -> str:
    """The same search with each mistyped word as the texts spell it; empty where nothing comes close."""
    spelled = {fold(word): word for text in texts for word in _WORD.findall(text)}
    guessed = [_guess(word, spelled) for word in _WORD.findall(search)[:MOST_WORDS]]
    return " ".join(guessed) if all(guessed) else ""


def _guess(word: str, spelled: dict[str, str]) -> str:
    plain = fold(word)
    if any(plain in known for known in spelled):
        return word
    return next((spelled[known] for known in spelled if is_slip(plain, known)), "")


def _window(text: str, first: int, behind: int) -> Span:
    start = 0 if first <= AROUND else text.find(" ", first - AROUND, first) + 1 or first
    if len(text) <= start + LONGEST_EXCERPT:
        return start, len(text)
    cut = text.rfind(" ", behind, start + LONGEST_EXCERPT)
    return start, cut if cut > 0 else max(behind, start + LONGEST_EXCERPT)

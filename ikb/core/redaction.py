"""What is blacked out of a text before it leaves, and what a person should look at because it may be personal."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

BLACKENED = (
    "[geschwärzt]"  # a word, not bars: it is read aloud, printed and searched like any other; and it hides the length
)
LONG_PASSAGE = 6  # letters and digits; long enough not to stand inside of another word
SHORTEST_NAME = 3  # letters; shorter ones are found in every second word


class Likely(StrEnum):
    """What something looks like."""

    MAIL = "mail"
    PHONE = "phone"
    NAME = "name"
    STREET = "street"
    ACCOUNT = "account"


# Nobody publishes these by intent: they are left out until a person has looked.
LEFT_OUT_UNTIL_CHECKED = frozenset({Likely.MAIL, Likely.PHONE, Likely.ACCOUNT})


@dataclass(frozen=True, order=True)
class Span:
    """Part of a text, in characters, end exclusive."""

    start: int
    end: int

    def overlaps(self, other: Span) -> bool:
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True, order=True)
class Suggestion(Span):
    """A part that may be personal, and what it looks like."""

    likely: Likely


@dataclass(frozen=True)
class Piece:
    """Part of a text as it is shown to whoever marks: blacked out, suggested, or neither."""

    text: str
    is_black: bool = False
    likely: Likely | None = None


_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_PHONE = re.compile(r"(?<![\w/.,+-])(?:\+|0)\d[\d /().-]{4,}\d(?!\w)")
_ACCOUNT = re.compile(r"\b[A-Z]{2}\d{2}(?: ?\d{4}){3,6}(?: ?\d{1,4})?\b")
_STREET = re.compile(
    r"\b(?:[A-ZÄÖÜ][\w.-]+ )?(?:[A-ZÄÖÜ][\w-]*)?"
    r"(?:[Ss]traße|[Ss]trasse|[Ss]tr\.|[Ww]eg|[Pp]latz|[Aa]llee|[Gg]asse|[Rr]ing|[Dd]amm|[Uu]fer) \d{1,4}(?: ?[a-z]\b|\b)"
)
_DAY_OR_NUMBER = re.compile(r"\d{1,2}\.\d{1,2}\.\d{2,4}|\d{1,5}/\d{4}-\d{4}")  # 01.02.2030; a paper's 0815/2009-2014
_FEWEST_DIGITS = 6  # of a phone number with its area code


def blackened(text: str, spans: Iterable[Span]) -> str:
    """The text with every span replaced by one word, whatever its length.

    spans: may overlap and come in any order; those that touch become one.
    Raises ValueError for a span outside the text or without a length.
    """
    parts, at = [], 0
    for span in merged(text, spans):
        parts += [text[at : span.start], BLACKENED]
        at = span.end
    return "".join([*parts, text[at:]])


def merged(text: str, spans: Iterable[Span]) -> list[Span]:
    """The spans in order, those that overlap or touch as one. Raises ValueError as `blackened` does."""
    found: list[Span] = []
    for span in sorted(spans, key=lambda one: (one.start, one.end)):
        if not 0 <= span.start < span.end <= len(text):
            raise ValueError(f"{span} is not within a text of {len(text)} characters.")
        if found and span.start <= found[-1].end:
            found[-1] = Span(found[-1].start, max(found[-1].end, span.end))
        else:
            found.append(Span(span.start, span.end))
    return found


def occurrences(text: str, words: str) -> list[Span]:
    """Where some words stand in a text, as whole words, whatever their case and however blanks fall between them."""
    parts = words.split()
    if not parts:
        return []
    wanted = r"\s+".join(map(re.escape, parts))
    before, after = r"(?<!\w)" if parts[0][0].isalnum() else "", r"(?!\w)" if parts[-1][-1].isalnum() else ""
    return [Span(*hit.span()) for hit in re.finditer(f"{before}{wanted}{after}", text, re.IGNORECASE)]


def suggestions(text: str, names: Iterable[str] = (), words: Iterable[str] = ()) -> list[Suggestion]:
    """What in a text may be personal, in order; of two that overlap the first and longer one.

    names: of people who are known, such as an institution's contacts; their last part is looked for alone too.
    words: that were blacked out elsewhere.
    """
    found = [*_patterns(text), *_names(text, names)]
    found += [Suggestion(hit.start, hit.end, Likely.NAME) for word in words for hit in occurrences(text, word)]
    kept: list[Suggestion] = []
    for one in sorted(found, key=lambda hit: (hit.start, -hit.end)):
        if not kept or not kept[-1].overlaps(one):
            kept.append(one)
    return kept


def provisional(text: str) -> list[Suggestion]:
    """What is left out as long as nobody has looked at the text."""
    return [one for one in suggestions(text) if one.likely in LEFT_OUT_UNTIL_CHECKED]


def pieces(text: str, black: Iterable[Span], suggested: Sequence[Suggestion] = ()) -> list[Piece]:
    """The whole text in pieces, for showing what is black and what is suggested; black goes first."""
    spans = merged(text, black)
    marks: list[tuple[int, int, bool, Likely | None]] = [(span.start, span.end, True, None) for span in spans]
    marks += [
        (one.start, one.end, False, one.likely) for one in suggested if not any(one.overlaps(span) for span in spans)
    ]
    found, at = [], 0
    for start, end, is_black, likely in sorted(marks, key=lambda mark: mark[:2]):
        found += [Piece(text[at:start]), Piece(text[start:end], is_black, likely)]
        at = end
    return [piece for piece in [*found, Piece(text[at:])] if piece.text]


def still_legible(text: str, passages: Iterable[str]) -> list[str]:
    """Those of some passages that can be read in another text, in order, each once.

    Whatever their case, and however lines, blanks, hyphens or joined letters break them. A short one counts as a whole word
    only: three letters stand in many others.
    """
    plain = _squeezed(text)
    return [
        passage
        for passage in dict.fromkeys(passages)
        if (len(_squeezed(passage)) >= LONG_PASSAGE and _squeezed(passage) in plain) or occurrences(text, passage)
    ]


def _squeezed(text: str) -> str:
    return "".join(sign for sign in unicodedata.normalize("NFKC", text).casefold() if sign.isalnum())


def _patterns(text: str) -> Iterator[Suggestion]:
    for pattern, likely in ((_MAIL, Likely.MAIL), (_ACCOUNT, Likely.ACCOUNT), (_STREET, Likely.STREET)):
        yield from (Suggestion(*hit.span(), likely) for hit in pattern.finditer(text))
    for hit in _PHONE.finditer(text):
        digits = sum(sign.isdigit() for sign in hit[0])
        if digits >= _FEWEST_DIGITS and not _DAY_OR_NUMBER.match(hit[0]):
            yield Suggestion(*hit.span(), Likely.PHONE)


def _names(text: str, names: Iterable[str]) -> Iterator[Suggestion]:
    wanted = {name for full in names for name in (full.strip(), full.split()[-1] if full.split() else "")}
    for name in sorted(wanted, key=len, reverse=True):
        if len(name) >= SHORTEST_NAME:
            yield from (Suggestion(hit.start, hit.end, Likely.NAME) for hit in occurrences(text, name))

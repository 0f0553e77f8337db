"""Texts as the consolidation compares them: normalised, and cut into tokens that remember their white space."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import NamedTuple

TOKEN = re.compile(r"\w+(?:[-*:/'’·]\w+|(?<=\d)[.,](?=\d)\w+)*|[^\w\s]")
SENTENCE_ENDS = frozenset(".!?")
NO_BLANK_BEFORE = frozenset(",.;:!?)")
NO_BLANK_AFTER = frozenset("([{„‚«»›‹")


class Token(NamedTuple):
    """A word or a sign, with the white space that stands before it ("glue", R2)."""

    text: str
    glue: str


def normalise(text: str) -> str:
    """The text in NFC, runs of white space as one blank, none at the ends (R1)."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def tokens(text: str) -> tuple[Token, ...]:
    """The tokens of the normalised text (R2); joined again they give exactly that text."""
    clean = normalise(text)
    found = []
    end = 0
    for match in TOKEN.finditer(clean):
        found.append(Token(match.group(), clean[end : match.start()]))
        end = match.end()
    return tuple(found)


def words(text: str) -> tuple[str, ...]:
    """The tokens of a text without their white space: what comparisons look at."""
    return tuple(TOKEN.findall(normalise(text)))


def joined(parts: Iterable[Token]) -> str:
    """Tokens written out, without a blank before the first."""
    return "".join(part.glue + part.text for part in parts).lstrip(" ")


def is_sentence_boundary(base: Sequence[str], at: int) -> bool:
    """True at the start of the text and right after a full stop, exclamation or question mark (R3)."""
    return at == 0 or base[at - 1] in SENTENCE_ENDS


def are_whole_sentences(inserted: Sequence[str]) -> bool:
    """True for one or more whole sentences: a capital first, `.`, `!` or `?` last (R5)."""
    return bool(inserted) and inserted[0][0].isupper() and inserted[-1] in SENTENCE_ENDS


def jaccard(first: Iterable[str], second: Iterable[str]) -> float:
    """Shared tokens by all tokens of two texts, as sets: 0 nothing shared, 1 the same (also for two empty ones)."""
    left, right = set(first), set(second)
    union = left | right
    return len(left & right) / len(union) if union else 1.0

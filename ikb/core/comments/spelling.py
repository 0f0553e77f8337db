"""Words as they are compared: without capitals, accents and other ways to write an umlaut; and slips of the keyboard."""

import re
import unicodedata
from functools import lru_cache

LONG_WORD = 8
"""If the longer of two words has this length, it may hold two slips."""
SHORTEST_WITH_SLIP = 4

_TRANSLITERATED = re.compile(r"(?<![aeiouyq])ue|ae|oe")
_GENDER_SIGN = re.compile(r"[*:/·_](?=innen\b|in\b)")


@lru_cache(maxsize=200_000)
def fold(word: str) -> str:
    """The word in the one spelling that counts: "Straße", "STRASSE" give "strasse"; "für", "fuer" give "fur".

    "neue" stays: "ue" is an umlaut only where no vowel stands before it.
    """
    lowered = _GENDER_SIGN.sub("", unicodedata.normalize("NFC", word).lower()).replace("ß", "ss").replace("-", "")
    plain = "".join(c for c in unicodedata.normalize("NFD", lowered) if not unicodedata.combining(c))
    return _TRANSLITERATED.sub(lambda match: match.group()[0], plain)


@lru_cache(maxsize=500_000)
def is_slip(one: str, other: str) -> bool:
    """True if one folded word may be the other with a slip of the keyboard: one wrong letter, two in long words.

    Never between figures, nor for another first letter in a word of the same length.
    """
    shorter, longer = sorted((len(one), len(other)))
    if shorter < SHORTEST_WITH_SLIP or any(c.isdigit() for c in one + other):
        return False
    if one[0] != other[0] and shorter == longer and one[:2] != other[1::-1]:
        return False
    from rapidfuzz.distance import OSA  # late: decision 79; what was compared once is remembered

    allowed = 2 if longer >= LONG_WORD else 1
    return bool(OSA.distance(one, other, score_cutoff=allowed) <= allowed)

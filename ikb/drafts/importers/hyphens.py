"""Heals words that a layout broke ("gleichbe-rechtigt", "Anla- ge") and leaves real hyphens alone.

No list of words decides, but rules, in this order: what stands after the hyphen (a capital letter, a conjunction), whether
the joined word occurs unbroken elsewhere in the same document, and the shape of both halves (adjective pairs such as
"politisch-rechtlich", abbreviations, single letters, forms for all genders). What is left over is a layout's hyphen.
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

_LETTERS = r"[^\W_]+"
_SEAM = re.compile(rf"(?<![^\W_])(?P<head>{_LETTERS})-(?P<gap>\s*)(?=(?P<tail>{_LETTERS})(?P<next>-?))")
# A word that no hyphen touches; what follows "x- " may be the second half of a broken word.
_WHOLE_WORD = re.compile(rf"(?<![\w-])(?<!\w-\s){_LETTERS}(?![\w-])")
_DASHED = re.compile(r"(?<!\S)(\S+)\s+([-–—])\s+(?=(\S+))")
_ADDRESS = re.compile(
    r"(?<!\S)\S*(?:://|www\.|@)\S*|(?<![\w.-])[\w.-]+\.(?:de|eu|com|org|net|info|nrw|pdf|docx?|html?)\b"
)

# "Fach- bzw. Arbeits-", "inner- und außerhalb"
_CONJUNCTION = re.compile(r"und|oder|bzw|beziehungsweise|sowie|u|o|od|wie|als|noch|bis|aber|statt")
_GLUED_CONJUNCTION = re.compile(r"und|oder|bzw|sowie")  # "Fach-und": a forgotten space, no broken word
_BROKEN_CONJUNCTIONS = frozenset(("dennoch",))
_ARTICLE = re.compile(r"der|die|das|dem|den|des|ein|eine[mnr]?", re.IGNORECASE)  # "Integration- eine Aufgabe"

# Loan phrases that German writes with lower-case hyphens.
_LOANS = re.compile(
    r"\b(?:ad-hoc|bottom-up|burn-out|by-the-way|check-in|de-facto|de-jure|do-it-yourself|e-mail|ex-ante|ex-post"
    r"|face-to-face|follow-up|hands-on|in-house|know-how|make-up|must-have|no-go|on-the-job|open-air|peer-to-peer"
    r"|pop-up|stand-by|start-up|top-down|trial-and-error|up-to-date|vice-versa)",
    re.IGNORECASE,
)

_ADJECTIVE_ENDINGS = "isch|lich|ig|al|ell|iv|är|sam|bar|los|(?<!sc)haft"
_ADJECTIVE_HEAD = re.compile(rf"\w{{2,}}(?:{_ADJECTIVE_ENDINGS})$")
_ADJECTIVE_TAIL = re.compile(rf"(?!schaft|keit|heit|lich)\w{{3,}}(?:{_ADJECTIVE_ENDINGS}|ent|ant)(?:e[mnrs]?)?$")
_NUMERAL_HEAD = re.compile(r"(?:zig|ßig)$")
_COLOURS = re.compile(r"(?:schwarz|weiß|rot|grün|gelb|blau)(?:e[mnrs]?)?$")
_NAME_SUFFIX = re.compile(r"(?:weit|nah|bezogen|bedingt|spezifisch|eigen|finanziert|gestützt)(?:e[mnrs]?)?$")
_NEGATIONS = frozenset(("nicht", "quasi"))
_SHORTEST_STEM = 5
_LONGEST_INFLECTION = 3


@dataclass(frozen=True)
class Evidence:
    """What the document itself shows: its unbroken words (also in small letters), their stems, words around a dash."""

    words: frozenset[str]
    folded: frozenset[str]
    stems: frozenset[str]
    dashes: Counter[tuple[str, str, str]]

    @classmethod
    def of(cls, texts: Iterable[str]) -> "Evidence":
        """Gather the evidence from a document's lines, before anything is healed."""
        text = "\n".join(texts)
        words = frozenset(_WHOLE_WORD.findall(text))
        stems = frozenset(stem for word in words for stem in _stems(word))
        return cls(words, frozenset(word.casefold() for word in words), stems, Counter(_DASHED.findall(text)))

    def has_word(self, word: str) -> bool:
        return word in self.words

    def has_joined(self, head: str, tail: str, *, exactly: bool = False) -> bool:
        """Whether the word of both halves, or unless `exactly` another inflection of it, occurs unbroken."""
        joined = (head + tail).casefold()
        if exactly:
            return joined in self.folded
        return any(stem in self.stems for stem in _stems(joined) if len(stem) > len(head))


def heal(text: str, evidence: Evidence) -> str:
    """The text with broken words joined and real hyphens kept; idempotent."""
    kept = [span.span() for pattern in (_ADDRESS, _LOANS) for span in pattern.finditer(text)]

    def seam(match: re.Match[str]) -> str:
        if any(start <= match.start() < end for start, end in kept):
            return match[0]
        return match["head"] + _seam(match["head"], match["gap"], match["tail"], bool(match["next"]), evidence)

    return _SEAM.sub(seam, text)


def _stems(word: str) -> list[str]:
    """The word and what is left of it without up to three last letters, lower case, never shorter than a stem."""
    word = word.casefold()
    shortest = max(_SHORTEST_STEM, len(word) - _LONGEST_INFLECTION)
    return [word, *(word[:end] for end in range(shortest, len(word)))]


def _seam(head: str, gap: str, tail: str, tail_is_broken: bool, evidence: Evidence) -> str:
    """What stands between the halves: nothing, a hyphen, or what was printed."""
    printed = "-" + gap
    if any(letter.isdigit() for letter in head + tail):
        return "-" if gap and tail[0].islower() and not _is_conjunction(head, gap, tail) else printed
    if tail[0].isupper():
        return printed if not gap or tail_is_broken or _ARTICLE.fullmatch(tail) else "-"
    if _is_conjunction(head, gap, tail):
        return "" if evidence.has_joined(head, tail, exactly=True) or head + tail in _BROKEN_CONJUNCTIONS else printed
    if evidence.has_joined(head, tail) and not _is_for_all_genders(head, tail):
        return ""
    if gap and _ARTICLE.fullmatch(tail) and len(head) > 3 and evidence.has_word(head):
        return printed
    return "-" if _is_real(head, gap, tail, evidence) else ""


def _is_conjunction(head: str, gap: str, tail: str) -> bool:
    return bool((_CONJUNCTION if gap else _GLUED_CONJUNCTION).fullmatch(tail))


def _is_real(head: str, gap: str, tail: str, evidence: Evidence) -> bool:
    """Whether a hyphen before a small letter belongs to the word."""
    return (
        len(head) == 1  # E-mobil, x-fach; a layout never parts a single letter
        or len(tail) == 1  # jede-r
        or sum(letter.isupper() for letter in head) > 1  # EU-weit
        or head.lower() in _NEGATIONS  # nicht-öffentlich
        or _is_for_all_genders(head, tail)
        or _are_adjectives(head, gap, tail)
        or bool(_COLOURS.fullmatch(head.lower()) and _COLOURS.fullmatch(tail))
        or bool(head[0].isupper() and evidence.has_word(head) and _NAME_SUFFIX.fullmatch(tail))  # Neustadt-weit
    )


def _is_for_all_genders(head: str, tail: str) -> bool:
    """Schüler-innen: a layout would part before the consonant ("Schüle-rinnen")."""
    return tail in ("in", "innen") and len(head) > 3 and head[0].isupper() and head[-1] not in "aeiouäöüy"


def _are_adjectives(head: str, gap: str, tail: str) -> bool:
    """politisch-rechtliche: two adjectives side by side, not one word and its ending."""
    head = head.lower()
    if not _ADJECTIVE_HEAD.fullmatch(head) or _NUMERAL_HEAD.search(head) or not _ADJECTIVE_TAIL.fullmatch(tail):
        return False
    # "sozial" and its like also begin closed compounds: at a line's end the layout is the likelier reason.
    return not (gap and head.endswith("al"))

"""Collects the sections of a paper and gives each an anchor that is readable, unique and stable."""

import re
import string
from collections import Counter
from collections.abc import Callable

from ikb.drafts.importers.parsed import ParsedSection, ParsedWarning, SectionKind

_LONGEST_WORD = 40  # an anchor has at most 80 characters in the database
_PLAIN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


class Outline:
    """Sections and warnings in the order in which they are found.

    clean: makes printed text readable (no markup, broken words healed); applied to every section's text.
    """

    def __init__(self, clean: Callable[[str], str]) -> None:
        self.clean = clean
        self.sections: list[ParsedSection] = []
        self.warnings: list[ParsedWarning] = []
        self._anchors: set[str] = set()
        self._counts: Counter[str] = Counter()

    def add(
        self, anchor: str, kind: SectionKind, text: str, *, parent: str | None = None, number: str | None = None
    ) -> str:
        """Store one section and return its anchor, made unique where the paper numbers twice."""
        anchor = self._unique(anchor)
        self.sections.append(ParsedSection(anchor, kind, number, parent, self.clean(text)))
        return anchor

    def warn(self, line: int, text: str) -> None:
        self.warnings.append(ParsedWarning(line, text))

    def count(self, series: str) -> int:
        """The next number of a series, from 1."""
        self._counts[series] += 1
        return self._counts[series]

    def letter(self, parent: str) -> str:
        """The anchor of the next lettered passage below `parent`: .a to .z, then .aa."""
        return f"{parent}.{_letters(self.count(f'{parent}.letters'))}"

    def _unique(self, anchor: str) -> str:
        unique, copy = anchor, 1
        while unique in self._anchors:
            copy += 1
            unique = f"{anchor}~{copy}"
        self._anchors.add(unique)
        return unique


def _letters(number: int) -> str:
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = string.ascii_lowercase[rest] + letters
    return letters


def slug(text: str) -> str:
    """The first long word of a heading, fit for an anchor."""
    words = re.findall(r"[a-z0-9]+", text.casefold().translate(_PLAIN))
    return next((word for word in words if len(word) > 3), words[0] if words else "teil")[:_LONGEST_WORD]

"""Which paragraph of an edited file is which section of the version that was sent out.

A section is found by its bookmark; where that is lost, by its text between the sections around it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ikb.core.texts import normalise
from ikb.core.word.passages import rising
from ikb.core.word.reading import Paragraph, Read
from ikb.core.word.signs import is_beside, place_key, place_of
from ikb.core.word.views import Line, accepted, rejected, text_in

SAME_PASSAGE = 0.5  # from this likeness on, a paragraph between two known ones is the one that stood there
MOVED = 0.85  # from this one on, a new paragraph is one that went elsewhere
MOST_COMPARED = 40_000  # pairs of paragraphs that are compared word by word
_NUMBER = re.compile(r"(?:[^\W\d]+ )?[\d.a-zA-Z)§]*:?\s*")


@dataclass(frozen=True)
class Base:
    """One section as it was sent out.

    label: what stood before its text. parent: the anchor above it. name: what it is called in a sentence.
    """

    anchor: str
    label: str
    text: str
    parent: str | None
    name: str


class Placed:
    """The version on the left, the file on the right, and what belongs to what. Sections and lines go by their numbers.

    lines:   the file with all changes accepted.
    home:    the line that each section is now.
    emptied: sections whose place is still there, but has no text of its own any more, with the line that it is in.
    free:    lines with text that are no section: new ones.
    moves:   of the free lines those that say what is gone elsewhere, by section.
    away:    the lines of sections that kept their marks and stand elsewhere now, by section.
    """

    def __init__(self, base: Sequence[Base], read: Read) -> None:
        self.base, self.read = base, read
        self.lines = accepted(read.paragraphs)
        self.line_of = {part.place: at for at, line in enumerate(self.lines) for part in line.parts}
        self._number_of = {place_key(row.anchor): number for number, row in enumerate(base)}
        self._texts = [normalise(row.text) for row in base]
        self._before = _texts_before(read)
        self.home: dict[int, int] = {}
        self.emptied: dict[int, int] = {}
        self._find_by_name()
        known = set(self.home.values())
        self.free = {at: line for at, line in enumerate(self.lines) if at not in known and self._is_new(line)}
        self._find_by_text()
        self._find_between()
        self.moves = self._find_moves()
        in_order = rising(sorted(self.home, key=lambda number: self.home[number]))
        self.away = {number: at for number, at in self.home.items() if number not in in_order}

    @property
    def is_of_this_version(self) -> bool:
        """Whether enough is found to say that the file is this version: its mark, one of a section, or half of its texts."""
        marked = self.read.version is not None or any(
            self.number_of(paragraph) is not None for paragraph in self.read.paragraphs
        )
        return marked or 2 * len(self.home) >= max(1, len(self.base))

    def number_of(self, paragraph: Paragraph) -> int | None:
        """The section that a paragraph's marks tell."""
        numbers = (self._number_of.get(place_of(name) or "") for name in paragraph.names)
        return next((number for number in numbers if number is not None), None)

    def is_same(self, number: int, text: str) -> bool:
        """Whether a text is a section's, whatever its blanks."""
        return normalise(text) == self._texts[number]

    def unlabelled(self, number: int, text: str) -> str:
        """A section's text without what ikb wrote before it, whatever became of the number."""
        label, text = self.base[number].label, text.strip()
        if label and text.startswith(label):
            return text[len(label) :].lstrip()
        before, tab, rest = text.partition("\t")
        if label and tab and len(before) <= len(label) + 3 and _NUMBER.fullmatch(before):
            return rest.lstrip()
        return text

    def is_beside(self, line: Line) -> bool:
        """Whether a line is one of those that ikb wrote before and behind the text."""
        said = (self.read.paragraphs[part.place] for part in line.parts if part.text.strip())
        return any(is_beside(name) for paragraph in said for name in paragraph.names)

    def is_in_table(self, line: Line) -> bool:
        return self.read.paragraphs[line.parts[0].place].row > 0

    def _is_new(self, line: Line) -> bool:
        return bool(line.text.strip()) and not self.is_beside(line) and not self.is_in_table(line)

    def _find_by_name(self) -> None:
        """Where its bookmark is, if there is text; of several places the one most like it."""
        taken: dict[int, int] = {}  # paragraph -> section
        for number, places in sorted(self._named().items(), key=lambda item: (-max(item[1])[0], item[0])):
            if free := [(likeness, order) for likeness, order in places if -order not in taken]:
                taken[-max(free)[1]] = number
        lines: set[int] = set()
        for place in sorted(taken):
            line = self.line_of[place]
            if line in lines:
                self.emptied[taken[place]] = line  # joined to the one before it
            else:
                self.home[taken[place]] = line
                lines.add(line)
        self.emptied = {number: at for number, at in self.emptied.items() if number not in self.home}

    def _named(self) -> dict[int, list[tuple[float, int]]]:
        """The places with text of each section that has marks: how like it they are, and the negative paragraph."""
        found: dict[int, list[tuple[float, int]]] = defaultdict(list)
        for place, paragraph in enumerate(self.read.paragraphs):
            for name in paragraph.names:
                number = self._number_of.get(place_of(name) or "")
                if number is None:
                    continue
                if not text_in(paragraph.pieces, accept=True).strip():
                    self.emptied[number] = self.line_of[place]
                    continue
                found[number].append((self._likeness(number, self._before[place]), -place))
        return found

    def _find_by_text(self) -> None:
        """Sections without marks whose very text stands between their neighbours."""
        by_text: dict[str, list[int]] = defaultdict(list)
        for at, line in self.free.items():
            by_text[normalise(line.text)].append(at)
        for number in self._lost():
            low, high = self._neighbours(number)
            with_label = normalise(f"{self.base[number].label} {self.base[number].text}")
            places = [*by_text.get(self._texts[number], ()), *by_text.get(with_label, ())]
            if fitting := [at for at in places if low < at < high and at in self.free]:
                self._settle(number, min(fitting))

    def _find_between(self) -> None:
        """Sections without marks: the most alike of the new lines between their neighbours, or the only one.

        Word drops a bookmark when somebody types over all that is in it.
        """
        compared = 0
        for number in self._lost():
            low, high = self._neighbours(number)
            between = [at for at in self.free if low < at < high]
            compared += len(between)
            if not between or compared > MOST_COMPARED:
                continue
            likeness, order = max((self._likeness(number, self.free[at].text), -at) for at in between)
            stands_alone = len(between) == 1 and high - low == 2 and {number - 1, number + 1} & set(self.home)
            if likeness >= SAME_PASSAGE or (stands_alone and not self._lost_beside(number)):
                self._settle(number, -order)

    def _find_moves(self) -> dict[int, int]:
        found: dict[int, int] = {}
        gone = [number for number in range(len(self.base)) if number not in self.home]
        for number in gone[: MOST_COMPARED // max(1, len(self.free))]:
            taken = set(found.values())
            places = [(self._likeness(number, line.text), -at) for at, line in self.free.items() if at not in taken]
            likeness, order = max(places, default=(0.0, 0))
            if likeness >= MOVED:
                found[number] = -order
        return found

    def _lost(self) -> list[int]:
        return [number for number in range(len(self.base)) if number not in self.home and number not in self.emptied]

    def _lost_beside(self, number: int) -> bool:
        lost = set(self._lost())
        return number - 1 in lost or number + 1 in lost

    def _settle(self, number: int, at: int) -> None:
        self.home[number] = at
        del self.free[at]

    def _neighbours(self, number: int) -> tuple[int, int]:
        low = max((at for other, at in self.home.items() if other < number), default=-1)
        high = min((at for other, at in self.home.items() if other > number), default=len(self.lines))
        return low, high

    def _likeness(self, number: int, text: str) -> float:
        """How much of two texts is the same, by words: 1 the same, 0 nothing."""
        from rapidfuzz.distance import Indel  # late: decision 79

        left, right = _words(self.unlabelled(number, text)), _words(self._texts[number])
        return float(Indel.normalized_similarity(left, right)) if left or right else 0.0


def names_in(paragraphs: Iterable[Paragraph]) -> set[str]:
    """All names of ours in a file."""
    return {name for paragraph in paragraphs for name in paragraph.names}


def _texts_before(read: Read) -> dict[int, str]:
    """What each paragraph said before all changes: by that a section is told from what was joined to it."""
    return {part.place: part.text for line in rejected(read.paragraphs) for part in line.parts}


def _words(text: str) -> list[str]:
    from rapidfuzz.utils import default_process  # late: decision 79

    return str(default_process(text)).split()

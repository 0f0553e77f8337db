"""Tables with drawn lines on a page of a PDF: which words stand in which cell."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ikb.quarantine.papers.sheet import Rule, Word

_NEAR = 3.0  # points between lines that are meant to be one, or to touch


@dataclass(frozen=True)
class Grid:
    """Lines that touch each other. columns: left edges and the last right one; rows: upper edges and the last lower one."""

    rules: tuple[Rule, ...]
    columns: tuple[float, ...]
    rows: tuple[float, ...]

    def holds(self, word: Word) -> bool:
        inside = self.columns[0] - _NEAR <= word.x <= self.columns[-1]
        return inside and self.rows[-1] - _NEAR <= word.y <= self.rows[0]

    def cell_of(self, word: Word) -> tuple[int, int]:
        """Row and column whose lines stand above and left of the word; of merged cells the first."""
        middle, height = word.x + 1, word.y + word.size / 3
        tops = [rule.y for rule in self.rules if not rule.is_upright and rule.x - 1 <= middle <= rule.right + 1]
        lefts = [rule.x for rule in self.rules if rule.is_upright and rule.y - 1 <= height <= rule.top + 1]
        top = min((y for y in tops if y >= height), default=self.rows[0])
        left = max((x for x in lefts if x <= middle), default=self.columns[0])
        return _nearest(self.rows, top), _nearest(self.columns, left)

    def cells(self, words: Iterable[Word]) -> list[list[list[Word]]]:
        """Rows of cells, each with its words."""
        found: list[list[list[Word]]] = [[[] for _ in self.columns[1:]] for _ in self.rows[1:]]
        for word in words:
            row, column = self.cell_of(word)
            found[min(row, len(found) - 1)][min(column, len(found[0]) - 1)].append(word)
        return found


def grids(rules: Sequence[Rule]) -> list[Grid]:
    """The tables that rules draw, from top to bottom: two columns at least. A frame around a text is none."""
    found = [grid for group in _groups(rules) if (grid := _grid(group)) is not None]
    return sorted(found, key=lambda grid: -grid.rows[0])


def _grid(rules: list[Rule]) -> Grid | None:
    columns = _steps(rule.x for rule in rules if rule.is_upright)
    level = [rule for rule in rules if not rule.is_upright]
    rows = _steps(rule.y for rule in level)[::-1]
    if level and columns:  # many tables have no line at their left and right
        columns = _steps([*columns, min(rule.x for rule in level), max(rule.right for rule in level)])
    return Grid(tuple(rules), tuple(columns), tuple(rows)) if len(columns) > 2 and len(rows) > 1 else None


def _groups(rules: Sequence[Rule]) -> list[list[Rule]]:
    """Rules by what they touch. Goes through them from top to bottom, so that few groups are open at a time."""
    groups: list[tuple[list[Rule], list[float]]] = []
    for rule in sorted(rules, key=lambda rule: -rule.top):
        touched = [group for group in groups if _touches(group[1], rule)]
        merged: list[Rule] = [rule]
        box = [rule.x, rule.right, rule.y, rule.top]
        for group, other in touched:
            merged = group + merged
            box = [min(box[0], other[0]), max(box[1], other[1]), min(box[2], other[2]), max(box[3], other[3])]
        groups = [group for group in groups if group not in touched] + [(merged, box)]
    return [group for group, _ in groups]


def _touches(box: list[float], rule: Rule) -> bool:
    left, right, bottom, top = box
    beside = rule.right < left - _NEAR or rule.x > right + _NEAR
    return not beside and rule.top >= bottom - _NEAR and rule.y <= top + _NEAR


def _steps(places: Iterable[float]) -> list[float]:
    """Places in order, those that are meant to be one taken once."""
    found: list[float] = []
    for place in sorted(places):
        if not found or place - found[-1] > _NEAR:
            found.append(place)
    return found


def _nearest(places: Sequence[float], place: float) -> int:
    return min(range(len(places)), key=lambda index: abs(places[index] - place))

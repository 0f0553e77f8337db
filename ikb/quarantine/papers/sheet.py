"""One page of a PDF as words and drawn rules with their places, in points from the lower left."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from pypdf import PageObject
from pypdf._text_extraction._layout_mode._fixed_width_page import recurse_to_target_op
from pypdf._text_extraction._layout_mode._text_state_manager import TextStateManager
from pypdf.generic import ContentStream

Matrix = tuple[float, float, float, float, float, float]
Point = tuple[float, float]
_SHOWS = frozenset((b"Tj", b"TJ", b"'", b'"'))
_STROKES = frozenset((b"S", b"s", b"B", b"B*", b"b", b"b*"))
_FILLS = frozenset((b"f", b"F", b"f*"))
_THIN = 2.5  # points: a filled rectangle that is a line for the eye
_MOST_RULES = 20_000


@dataclass(frozen=True)
class Word:
    """Signs shown together. x, end: left and right edge; y: base line; size: height of the letters."""

    x: float
    end: float
    y: float
    size: float
    text: str


@dataclass(frozen=True)
class Rule:
    """A straight line; upright where x and right are the same, else level."""

    x: float
    right: float
    y: float
    top: float

    @property
    def is_upright(self) -> bool:
        return self.top - self.y > self.right - self.x


@dataclass
class Sheet:
    """A page: `height` in points, its words and rules in the order in which they were drawn."""

    height: float
    words: list[Word] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)


def read_sheet(page: PageObject) -> Sheet:
    """Everything that is set or drawn on a page, without what its maker marked as running head or foot."""
    sheet = Sheet(float(page.mediabox.height))
    content = page.get_contents()
    if content is None:
        return sheet
    operations = iter(ContentStream(content, page.pdf, "bytes").operations)
    fonts = page._layout_mode_fonts()
    _, shown = recurse_to_target_op(_watched(operations, sheet), TextStateManager(), b"Q", fonts)
    for word in shown:
        if not word.rotated and word.font.interpretable and word.text:
            size = float(word.font_height)
            sheet.words.append(Word(float(word.tx), float(word.displaced_tx), float(word.ty), size, word.text))
    return sheet


def _watched(operations: Iterator[Any], sheet: Sheet) -> Iterator[Any]:
    """The same operations, without texts that are marked as artifacts; collects the rules that are drawn meanwhile."""
    pen = _Pen(sheet)
    marks: list[bool] = []
    depth = 0
    for operands, operator in operations:
        if operator in (b"BDC", b"BMC"):
            marks.append(bool(operands) and operands[0] == "/Artifact")
        elif operator == b"EMC" and marks:
            marks.pop()
        pen.take(operands, operator)
        depth += {b"q": 1, b"Q": -1}.get(operator, 0)
        if depth < 0:  # more ends than beginnings: what follows would be lost
            depth = 0
        elif not (operator in _SHOWS and any(marks)):
            yield operands, operator


class _Pen:
    """Follows the drawing of paths, in page coordinates."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.matrix: Matrix = (1, 0, 0, 1, 0, 0)
        self.kept: list[Matrix] = []
        self.lines: list[tuple[Point, Point]] = []
        self.boxes: list[tuple[Point, Point]] = []
        self.at: Point = (0, 0)

    def take(self, operands: list[Any], operator: bytes) -> None:
        if operator == b"q":
            self.kept.append(self.matrix)
        elif operator == b"Q":
            self.matrix = self.kept.pop() if self.kept else self.matrix
        elif operator in (b"cm", b"m", b"l", b"re"):
            self._path(operator, [float(operand) for operand in operands])
        elif operator in _STROKES or operator in _FILLS or operator == b"n":
            self._paint(operator)

    def _path(self, operator: bytes, numbers: list[float]) -> None:
        if operator == b"cm" and len(numbers) == 6:
            self.matrix = _product(tuple(numbers), self.matrix)
        elif operator == b"re" and len(numbers) == 4:
            x, y, width, height = numbers
            self.boxes.append((self._place(x, y), self._place(x + width, y + height)))
        elif operator in (b"m", b"l") and len(numbers) == 2:
            to = self._place(*numbers)
            if operator == b"l":
                self.lines.append((self.at, to))
            self.at = to

    def _place(self, x: float, y: float) -> Point:
        a, b, c, d, e, f = self.matrix
        return a * x + c * y + e, b * x + d * y + f

    def _paint(self, operator: bytes) -> None:
        lines = self.lines if operator in _STROKES else []
        for first, second in self.boxes:
            if operator in _STROKES:
                corners = [first, (second[0], first[1]), second, (first[0], second[1]), first]
                lines.extend(itertools.pairwise(corners))
            elif operator in _FILLS:
                lines.append((first, second))
        self.lines, self.boxes = [], []
        for (x, y), (right, top) in lines:
            rule = Rule(min(x, right), max(x, right), min(y, top), max(y, top))
            if min(rule.right - rule.x, rule.top - rule.y) <= _THIN and len(self.sheet.rules) < _MOST_RULES:
                self.sheet.rules.append(rule)


def _product(first: tuple[float, ...], second: Matrix) -> Matrix:
    a, b, c, d, e, f = first
    g, h, i, j, k, m = second
    return a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + m

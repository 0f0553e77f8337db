"""A paper as a PDF: lines from places on pages, tables from drawn lines, page heads and feet left out."""

from __future__ import annotations

import itertools
import logging
import re
import statistics
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from ikb.quarantine import pdf, reasons
from ikb.quarantine.papers.grid import Grid, grids
from ikb.quarantine.papers.parts import BULLET, REFERENCE, Part, Table, Text
from ikb.quarantine.papers.sheet import Sheet, Word, read_sheet
from ikb.quarantine.reasons import NotTaken

MOST_PAGES = 150  # the longest paper that is read at once
_MARGIN = 0.12  # of the page's height, above and below, where heads and feet stand
_PAGE_NUMBER = re.compile(r"\W*(?:Seite\s*)?\d{1,4}(?:\s*(?:von|/|\|)\s*\d{1,4})?\W*", re.IGNORECASE)
_ITEM = re.compile(r"\s*[-–—○◦•●▪■‣·\uf0b7\uf0a7]\s+(?=\S)")
_MARK = re.compile(r"[-–—○◦•●▪■‣·\uf0b7\uf0a7]|\(?(?:\d{1,3}|[a-z])[.)]")
_SYMBOLS = str.maketrans({"\uf0b7": "•", "\uf0a7": "▪", "\uf02d": "-", "\uf0d8": "▪", "\ufb01": "fi", "\ufb02": "fl"})
_ENDS = (".", ":", ";", "!", "?", ")", "“", "»")
_LARGER, _SMALLER = 1.12, 0.93  # than the text: headings, notes
_WIDE_STEP = 1.3  # of the usual step from line to line: a new paragraph
_COLUMN_GAP = 1.8  # letter heights between the columns of a table without lines


@dataclass(frozen=True)
class _Line:
    """Words on one base line of a page, from left to right."""

    words: tuple[Word, ...]
    page: int

    @property
    def y(self) -> float:
        return max(self.words, key=lambda word: word.size).y

    @property
    def size(self) -> float:
        return max(word.size for word in self.words)

    @property
    def end(self) -> float:
        return max(word.end for word in self.words)


def read(file: BinaryIO) -> list[Part]:
    """What is printed, in its order. Raises NotTaken, also for pages that are pictures only."""
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    reader = pdf.checked(file)
    if len(reader.pages) > MOST_PAGES:
        raise NotTaken(reasons.TOO_MUCH)
    try:
        sheets = [read_sheet(page) for page in reader.pages]
    except (NotTaken, MemoryError):
        raise
    except Exception as fault:  # pypdf raises whatever its depths raise
        raise NotTaken(reasons.DAMAGED) from fault
    if not any(word.text.strip() for sheet in sheets for word in sheet.words):
        raise NotTaken(reasons.SCAN)
    return _Printed(sheets).parts


class _Printed:
    """Puts pages together to one text."""

    def __init__(self, sheets: Sequence[Sheet]) -> None:
        self.parts: list[Part] = []
        letters = Counter[float]()
        for word in (word for sheet in sheets for word in sheet.words):
            letters[round(word.size * 2) / 2] += len(word.text)
        self.size = letters.most_common(1)[0][0]
        tables = [grids(sheet.rules) for sheet in sheets]
        pages = [
            _lines(_outside(sheet, grid), page) for page, (sheet, grid) in enumerate(zip(sheets, tables, strict=True))
        ]
        running, reference = _running(pages, sheets)
        if reference:
            self.parts.append(Text(reference))
        pages = [[line for line in lines if line not in running] for lines in pages]
        self.notes: dict[str, str] = {}
        self.notes = dict(note for lines in pages for note in self._notes(lines))
        texts = [[line for line in lines if not self._is_note(line)] for lines in pages]
        self.right = max((line.end for lines in texts for line in lines), default=0)
        self.step = _usual_step(texts, 0.9 * self.right)
        self._last: _Line | None = None
        self._columns: list[float] = []
        for sheet, grid, lines in zip(sheets, tables, texts, strict=True):
            self._page(sheet, grid, lines)

    def _page(self, sheet: Sheet, tables: list[Grid], lines: list[_Line]) -> None:
        waiting = list(tables)
        for line in lines:
            while waiting and waiting[0].rows[0] > line.y:
                self._table(sheet, waiting.pop(0))
            self._take(line)
        for grid in waiting:
            self._table(sheet, grid)

    def _table(self, sheet: Sheet, grid: Grid) -> None:
        cells = grid.cells(word for word in sheet.words if grid.holds(word))
        rows = tuple(tuple(tuple(self._cell(words)) for words in row) for row in cells)
        before = self.parts[-1] if self.parts else None
        if isinstance(before, Table) and len(before.rows[0]) == len(rows[0]):  # goes on after a page break
            self.parts[-1] = Table(_joined(before.rows, rows))
        elif any(cell for row in rows for cell in row):
            self.parts.append(Table(rows))
        self._last = None

    def _cell(self, words: list[Word]) -> list[Text]:
        """The words of a cell as its items and paragraphs."""
        found: list[Text] = []
        above: _Line | None = None
        for line in _lines(words, 0):
            text = self._text(line)
            if mark := _ITEM.match(text):
                found.append(Text(text[mark.end() :], BULLET))
            elif found and not (above and above.y - line.y > _WIDE_STEP * self.step * line.size):
                found[-1] = Text(f"{found[-1].text} {text}", found[-1].mark)
            else:
                found.append(Text(text))
            above = line
        return found

    def _take(self, line: _Line) -> None:
        text = self._with_columns(line)
        if not text.strip():
            return
        before = self.parts[-1] if self.parts else None
        is_heading = line.size > _LARGER * self.size
        if isinstance(before, Text) and self._last and self._goes_on(self._last, before, line, is_heading):
            gap = "" if before.text.endswith(" -") and text[0].islower() else "\n"  # "Förderung, -" and "beratung"
            self.parts[-1] = Text(f"{before.text}{gap}{text}", before.mark, is_heading)
        else:
            self.parts.append(Text(text, "", is_heading))
        self._last = line

    def _goes_on(self, last: _Line, before: Text, line: _Line, is_heading: bool) -> bool:
        if before.is_heading is not is_heading:
            return False
        ends = before.text.rstrip().endswith(_ENDS)
        if last.page != line.page:
            return not ends and not is_heading and (last.end > 0.8 * self.right or before.text.endswith("-"))
        if last.y - line.y > _WIDE_STEP * self.step * line.size:
            return False
        return not (ends and last.end < 0.8 * self.right)

    def _with_columns(self, line: _Line) -> str:
        """The line's text; where it stands in columns as the lines above do, with tabs between them."""
        chunks = _chunks(line)
        if self._last is None or self._last.page != line.page or self._last.y - line.y > 2 * self.step * line.size:
            self._columns = []
        places = [_column(self._columns, chunk[0].x) for chunk in chunks]
        if self._columns and None not in places and (len(chunks) > 1 or places[0]):
            cells = [""] * len(self._columns)
            for place, chunk in zip(places, chunks, strict=True):
                cells[place or 0] = self._of_words(chunk)
            return "\t".join(cells)
        if len(chunks) > 1:
            self._columns = [chunk[0].x for chunk in chunks]
        return "\t".join(self._of_words(chunk) for chunk in chunks)

    def _text(self, line: _Line) -> str:
        return self._of_words(line.words)

    def _of_words(self, words: Sequence[Word]) -> str:
        signs: list[str] = []
        end: float | None = None
        for word in words:
            if word.size < _SMALLER * self.size and (note := self.notes.get(word.text.strip())):
                signs.append(f" [Fußnote: {note}]")
                end = word.end
                continue
            if end is not None and word.x - end > 0.15 * word.size:
                signs.append(" ")
            signs.append(word.text)
            end = word.end
        return "".join(signs).translate(_SYMBOLS)

    def _is_note(self, line: _Line) -> bool:
        return bool(self.notes) and line.size < _SMALLER * self.size

    def _notes(self, lines: list[_Line]) -> Iterator[tuple[str, str]]:
        """The notes at the foot of a page: small print that begins with a number; the number with its text."""
        small: list[_Line] = []
        for line in reversed(lines):
            if line.size >= _SMALLER * self.size:
                break
            small.insert(0, line)
        above = lines[: len(lines) - len(small)]
        raised = {word.text.strip() for line in above for word in line.words if word.size < _SMALLER * line.size}
        number, texts = "", list[str]()
        for line in small:
            first, rest = line.words[0].text.strip(), line.words[1:]
            if rest and first in raised and first.isdigit():
                if number:
                    yield number, " ".join(texts)
                number, texts = first, [self._of_words(rest).strip()]
            elif number:
                texts.append(self._of_words(line.words).strip())
        if number:
            yield number, " ".join(texts)


Row = tuple[tuple[Part, ...], ...]


def _joined(above: tuple[Row, ...], below: tuple[Row, ...]) -> tuple[Row, ...]:
    """Two halves of a table. Where rows are numbered, one without a number is the rest of the row that the page cut."""
    number = "".join(part.text for part in above[-1][0] if isinstance(part, Text))
    if below[0][0] or not re.fullmatch(r"\d{1,4}\.?", number.strip()):
        return above + below
    cut = tuple(_joined_cell(first, second) for first, second in zip(above[-1], below[0], strict=True))
    return (*above[:-1], cut, *below[1:])


def _joined_cell(above: tuple[Part, ...], below: tuple[Part, ...]) -> tuple[Part, ...]:
    if above and below and isinstance(last := above[-1], Text) and isinstance(first := below[0], Text):
        is_open = last.text.endswith("-") or first.text[0].islower() or first.text[0] in "(,;"
        if not first.mark and (is_open or not (last.mark or last.text.endswith(_ENDS))):
            return (*above[:-1], Text(f"{last.text} {first.text}", last.mark), *below[1:])
    return above + below


def _outside(sheet: Sheet, tables: list[Grid]) -> list[Word]:
    return [word for word in sheet.words if not any(grid.holds(word) for grid in tables)]


def _lines(words: Sequence[Word], page: int) -> list[_Line]:
    """Words by their base lines, from top to bottom; raised ones belong to the line that they stand beside."""
    rows: list[list[Word]] = []
    for word in sorted(words, key=lambda word: (-word.y, word.x)):
        if word.text.strip() or rows:
            beside = max(rows[-1], key=lambda other: other.size) if rows else None
            if beside and abs(beside.y - word.y) < 0.55 * max(beside.size, word.size):
                rows[-1].append(word)
            else:
                rows.append([word])
    lines = [_Line(tuple(sorted(row, key=lambda word: word.x)), page) for row in rows]
    return [line for line in lines if any(word.text.strip() for word in line.words)]


def _chunks(line: _Line) -> list[list[Word]]:
    """Words with wide gaps between them; a number or bullet stays with its text, however far away."""
    found: list[list[Word]] = []
    for word in line.words:
        if not word.text.strip():
            continue
        if found and word.x - found[-1][-1].end > _COLUMN_GAP * line.size and not _is_mark(found):
            found.append([word])
        elif found:
            found[-1].append(word)
        else:
            found.append([word])
    return found


def _is_mark(chunks: list[list[Word]]) -> bool:
    return len(chunks) == 1 and _MARK.fullmatch("".join(word.text for word in chunks[0]).strip()) is not None


def _column(columns: Sequence[float], x: float) -> int | None:
    return next((place for place, column in enumerate(columns) if abs(column - x) < 4), None)


def _running(pages: Sequence[Sequence[_Line]], sheets: Sequence[Sheet]) -> tuple[set[_Line], str]:
    """Lines near the edge that other pages have too, or that number the page; and a paper's number among them."""
    seen: Counter[str] = Counter()
    near = [
        (line, text)
        for lines, sheet in zip(pages, sheets, strict=True)
        for line in lines
        if not _MARGIN * sheet.height < line.y < (1 - _MARGIN) * sheet.height
        for text in (" ".join("".join(word.text for word in line.words).split()),)
    ]
    for text in {(line.page, re.sub(r"\d+", "#", text)) for line, text in near}:
        seen[text[1]] += 1
    found = {line: text for line, text in near if seen[re.sub(r"\d+", "#", text)] > 1 or _PAGE_NUMBER.fullmatch(text)}
    return set(found), next((text for text in found.values() if REFERENCE.search(text)), "")


def _usual_step(pages: Sequence[Sequence[_Line]], full: float) -> float:
    """From one base line to the next, in letter heights: of lines that were full, so that the next one goes on."""
    steps = [
        (above.y - line.y) / line.size
        for lines in pages
        for above, line in itertools.pairwise(lines)
        if above.end > full and 0.9 < (above.y - line.y) / line.size < 2.5
    ]
    return statistics.median_low(steps) if len(steps) > 3 else 1.3

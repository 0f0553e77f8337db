"""The table of annex 3: fields of action, their objectives, and the measures proposed for each.

A blank field cell continues the field above; rows and measures cut by a page break are joined again.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field as filled_by

from ikb.drafts.importers.blocks import Block
from ikb.drafts.importers.hyphens import Evidence
from ikb.drafts.importers.markup import BULLETS, Piece, pieces
from ikb.drafts.importers.outline import Outline
from ikb.drafts.importers.parsed import excerpt

_COLUMNS = {
    "number": re.compile(r"(?:lfd\.?\s*)?(?:nr|nummer)\.?|ziffer|#"),
    "field": re.compile(r"(?:handlungs|themen|politik)?(?:feld|bereich)(?:er|e)?"),
    "objective": re.compile(r"(?:ober|teil|leit)?ziele?|zielsetzung(?:en)?"),
    "measure": re.compile(r"ma(?:ß|ss)nahmen?(?:vorschl(?:ag|äge))?n?"),
}
_SENTENCE_END = re.compile(r"[.!?:;][)\"“”»'`´’]*\s*(?:</[a-zA-Z]+>\s*)*$")
_OPEN_END = re.compile(r"(?:-|,|/|–|\b(?:und|oder|bzw\.|für|der|des|in|von|mit|zur|zum))$")

Columns = dict[str, int]


@dataclass
class _Row:
    """One row of the table as it grows over page breaks; cells still as printed."""

    line: int
    number: str | None
    field: str
    objective: str
    measures: list[str] = filled_by(default_factory=list)


def read_columns(block: Block) -> Columns | None:
    """Which column holds what, if this row is the head of such a table."""
    if block.kind != "row":
        return None
    columns: Columns = {}
    for index, cell in enumerate(block.cells):
        name = next((name for name, pattern in _COLUMNS.items() if pattern.fullmatch(cell.lower())), None)
        if name:
            columns.setdefault(name, index)
    return columns if {"objective", "measure"} <= columns.keys() else None


def add_field_table(outline: Outline, chapter: str, blocks: Sequence[Block], evidence: Evidence) -> int:
    """Add the table that begins with `blocks[0]`, its head. Returns how many blocks belong to it."""
    columns = read_columns(blocks[0])
    if columns is None:
        raise ValueError("the table's head must come first")
    _warn_of_other_columns(outline, blocks[0], columns)
    rows: list[_Row] = []
    used = 1
    for block in blocks[1:]:
        if not _take(rows, block, columns, outline):
            break
        used += 1
    _Writer(outline, chapter, evidence).write(rows)
    return used


def _warn_of_other_columns(outline: Outline, head: Block, columns: Columns) -> None:
    for index, name in enumerate(head.cells):
        if name and index not in columns.values():
            outline.warn(head.line, f"Die Spalte {excerpt(name)} der Tabelle wurde nicht gelesen.")


def _take(rows: list[_Row], block: Block, columns: Columns, outline: Outline) -> bool:
    """Put one block into the table; False if the table has ended before it."""
    if read_columns(block):  # the head, printed again on a new page
        return True
    if block.kind != "row":
        return _take_loose_line(rows, block)
    cells = {name: block.cells[index] if index < len(block.cells) else "" for name, index in columns.items()}
    if not any(cells.values()):
        return True
    if rows and _continues(rows[-1], cells):
        _join(rows[-1], cells)
        return True
    if not cells.get("number") and "number" in columns:
        outline.warn(block.line, "Diese Tabellenzeile hat keine laufende Nummer. Bitte prüfen Sie, wohin sie gehört.")
    rows.append(_begin(block.line, cells))
    return True


def _begin(line: int, cells: dict[str, str]) -> _Row:
    number = cells.get("number", "").rstrip(".") or None
    return _Row(line, number, cells.get("field", ""), cells["objective"], [cells["measure"]])


def _take_loose_line(rows: list[_Row], block: Block) -> bool:
    """A line without columns belongs to the last cell if it follows directly, or clearly goes on with it."""
    goes_on = block.kind == "bullet" or block.text[0] in BULLETS or block.text[0].islower()
    if not rows or not (block.is_glued or goes_on) or block.kind == "item":
        return False
    mark = f"{BULLETS[0]} " if block.kind == "bullet" else ""
    rows[-1].measures.append(mark + block.text)
    return True


def _continues(row: _Row, cells: dict[str, str]) -> bool:
    """Whether cells without a number are the rest of a row that a page break cut."""
    if cells.get("number"):
        return False
    begun = [(row.field, cells.get("field", "")), (row.objective, cells["objective"])]
    return all(not new or new[0].islower() or new[0] in "(-–" or _OPEN_END.search(old) for old, new in begun)


def _join(row: _Row, cells: dict[str, str]) -> None:
    row.field = f"{row.field} {cells.get('field', '')}".strip()
    row.objective = f"{row.objective} {cells['objective']}".strip()
    row.measures.append(cells["measure"])


class _Writer:
    """Writes rows as sections: a heading per field, an objective per row, its measures below."""

    def __init__(self, outline: Outline, chapter: str, evidence: Evidence) -> None:
        self.outline, self.chapter, self.evidence = outline, chapter, evidence
        self.field: str | None = None

    def write(self, rows: list[_Row]) -> None:
        for row in rows:
            if row.field:
                anchor = f"{self.chapter}-f{self.outline.count(f'{self.chapter}.fields')}"
                self.field = self.outline.add(anchor, "heading", row.field, parent=self.chapter)
            objective = self._write_objective(row)
            self._write_measures(objective, row)

    def _write_objective(self, row: _Row) -> str:
        """The objective, and what its cell says below it as bullets and further paragraphs."""
        found = pieces(row.objective, self.evidence)
        if not found:
            self.outline.warn(row.line, "In dieser Tabellenzeile fehlt das Ziel.")
        label = row.number or str(self.outline.count(f"{self.chapter}.unnumbered"))
        first, *rest = found or [Piece("text", "")]
        parent = self.field or self.chapter
        anchor = self.outline.add(f"{self.chapter}-z{label}", "objective", first.text, parent=parent, number=row.number)
        for piece in rest:
            if piece.kind == "item":
                self.outline.add(self.outline.letter(anchor), "bullet", piece.text, parent=anchor)
            else:
                paragraph = self.outline.count(f"{anchor}.paragraphs") + 1
                self.outline.add(f"{anchor}.abs{paragraph}", "paragraph", piece.text, parent=anchor)
        return anchor

    def _write_measures(self, objective: str, row: _Row) -> None:
        measures = self._measures(row)
        if not measures:
            self.outline.warn(row.line, "In dieser Tabellenzeile steht keine Maßnahme.")
        for number, text in enumerate(measures, start=1):
            self.outline.add(f"{objective}-m{number}", "measure", text, parent=objective)

    def _measures(self, row: _Row) -> list[str]:
        measures: list[str] = []
        for piece in (piece for cell in row.measures for piece in pieces(cell, self.evidence)):
            if piece.kind == "text" and measures and _goes_on(measures[-1], piece.text):
                measures[-1] = f"{measures[-1]} {piece.text}"
                continue
            if piece.kind == "text" and measures:
                self.outline.warn(
                    row.line,
                    f"{excerpt(piece.text)} hat kein Aufzählungszeichen und wurde als eigene Maßnahme gelesen.",
                )
            measures.append(piece.text)
        return measures


def _goes_on(measure: str, text: str) -> bool:
    """Whether a text without a bullet is the rest of the measure before it."""
    return not _SENTENCE_END.search(measure) or text[0].islower() or text[0] in "(,;–-"

"""What leads take away or read as changes, against the least that could do the same, in turn, three rounds, medians.

Counted is the time of the processor, all threads together: what else runs on the machine then matters less.
"""

from __future__ import annotations

import io
import json
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import median

import openpyxl
import typst
from docx import Document
from markupsafe import Markup, escape
from rapidfuzz.distance import Indel

from ikb.core.redline import word_diff
from ikb.procedures import weighing  # noqa: F401 (names the stages)
from ikb.procedures.words import WORDS as ALL_WORDS
from ikb.procedures.words import Weighing
from ikb.reports import weighing_document
from ikb.reports.weighing_rows import Row

WORDS = ALL_WORDS[Weighing.EVALUATION]
AT_MOST = 1.5
DIFF_AT_MOST = 4.0
WORDS_OF_A_TEXT, CHANGED = 10_000, 500
ROUNDS = 3
ROWS_PER_SECTION = 25
SAID = "Unser Verein bietet das seit Jahren an und bittet darum, die vorhandenen Angebote einzubeziehen. "
NOW = datetime(2030, 6, 3, 8, 0, tzinfo=UTC)
BARE_PDF = b"#set page(flipped: true)\n#table(columns: 6, ..json(bytes(sys.inputs.page)).flatten())"


@dataclass(frozen=True)
class Pair:
    """One kind of file, ours and the bare one."""

    name: str
    bare: Callable[[], object]
    ours: Callable[[], object]
    at_most: float = AT_MOST


def rows(count: int) -> list[Row]:
    """A table of so many remarks, all of them decided."""
    return [_row(number) for number in range(count)]


def _row(number: int) -> Row:
    section = number // ROWS_PER_SECTION
    return Row(
        remark_id=number,
        anchor=f"s{section}",
        section=f"Ziel {section}",
        who=f"Verein {number}",
        kind="club",
        source=f"E-2030-{number:06} Nr. 1",
        version=1,
        said=SAID,
        wish="replace",
        wording=SAID,
        outcome="followed",
        reason="Das ist machbar.",
        stage="administration",
        decided_on=NOW.date(),
        effect="Fassung 2",
    )


def main() -> int:
    """Measure, print, and say whether all of them hold."""
    slow = 0
    for pair in _pairs(rows(1_000), rows(10_000)):
        bare, ours = _in_turn(pair)
        slow |= ours > pair.at_most * bare
        print(f"{pair.name:<24} {bare:6.2f} s bare {ours:6.2f} s ours {ours / bare:6.2f} of at most {pair.at_most}")
    return slow


def _pairs(thousand: Sequence[Row], ten_thousand: Sequence[Row]) -> list[Pair]:
    texts = _two_texts()
    cells = [weighing_document.cells(row) for row in thousand]
    sheet = [weighing_document.sheet_cells(row) for row in ten_thousand]
    return [
        Pair(
            "DOCX, 1,000 rows",
            lambda: _bare_docx(cells),
            lambda: weighing_document.docx_of("T", [], thousand, WORDS, NOW),
        ),
        Pair("XLSX, 10,000 rows", lambda: _bare_xlsx(sheet), lambda: weighing_document.xlsx_of(ten_thousand, WORDS)),
        Pair(
            "PDF, 1,000 rows", lambda: _bare_pdf(cells), lambda: weighing_document.pdf_of("T", [], thousand, WORDS, NOW)
        ),
        Pair("word diff, 10,000 words", lambda: _bare_diff(*texts), lambda: _diff_as_html(*texts), DIFF_AT_MOST),
    ]


def _two_texts() -> tuple[str, str]:
    """A text of so many words, and the same with some of them changed."""
    chance = random.Random(7)
    old = [f"wort{chance.randrange(3_000)}" for _ in range(WORDS_OF_A_TEXT)]
    new = list(old)
    for _ in range(CHANGED):
        new[chance.randrange(len(new))] = f"wort{chance.randrange(3_000)}"
    return " ".join(old), " ".join(new)


def _bare_diff(old: str, new: str) -> None:
    ids: dict[str, int] = {}
    Indel.opcodes(*([ids.setdefault(word, len(ids)) for word in text.split()] for text in (old, new)))


def _diff_as_html(old: str, new: str) -> str:
    """As pages show it."""
    return "".join(
        escape(part.text) if part.kind == "keep" else Markup("<{0}>{1}</{0}>").format(part.kind, part.text)
        for part in word_diff(old, new)
    )


def _in_turn(pair: Pair) -> tuple[float, float]:
    taken = [(_seconds(pair.bare), _seconds(pair.ours)) for _ in range(ROUNDS)]
    return median(bare for bare, _ in taken), median(ours for _, ours in taken)


def _seconds(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def _bare_docx(cells: Sequence[Sequence[str]]) -> None:
    document = Document()
    table = document.add_table(rows=0, cols=len(cells[0]))
    for row in cells:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
    document.save(io.BytesIO())


def _bare_xlsx(cells: Sequence[Sequence[object]]) -> None:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in cells:
        sheet.append([str(cell) for cell in row])
    book.save(io.BytesIO())


def _bare_pdf(cells: Sequence[Sequence[str]]) -> None:
    typst.Compiler(BARE_PDF).compile(format="pdf", sys_inputs={"page": json.dumps(cells)})

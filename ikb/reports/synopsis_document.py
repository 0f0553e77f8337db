"""Two versions side by side as DOCX, PDF and XLSX, with why each passage changed.

What goes is struck through, what comes is bold and underlined: it can be told apart in black and white, too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from ikb.config import ROOT
from ikb.consolidation.redlines import papers_of
from ikb.core.clock import BERLIN, berlin_day
from ikb.core.redline import Segment
from ikb.drafts.model import DraftVersion
from ikb.reports import synopsis_rows
from ikb.reports.synopsis_rows import Row
from ikb.tables.typeset import as_pdf
from ikb.tables.written import Sheet, workbook
from ikb.web.filters import day_long, plural
from ikb.web.labels import label

if TYPE_CHECKING:
    from ikb.reports.documents import Cell

TEMPLATE = ROOT / "templates" / "reports" / "synopsis.typ"
LEGEND = "So lesen Sie Änderungen: Gestrichenes ist durchgestrichen, Eingefügtes fett und unterstrichen."
WAS_NOT, IS_NOT = "gab es nicht", "entfallen"
WIDTHS = (3.6, 7.9, 7.9, 6.3)  # centimetres, together a page across
SHEET_WIDTHS = (28, 14, 14, 60, 60, 60)  # in letters


@dataclass(frozen=True)
class Synopsis:
    """Two versions with those of their passages that are wanted.

    changed: how many passages are different, wanted or not. papers: number of the paper that each became, "" for none.
    """

    old: DraftVersion
    new: DraftVersion
    rows: Sequence[Row]
    changed: int
    papers: tuple[str, str]
    is_whole: bool
    is_anonymised: bool

    @property
    def title(self) -> str:
        return f"{self.new.draft.title}: Fassung {self.old.number} und Fassung {self.new.number}"

    @property
    def head(self) -> tuple[str, ...]:
        return ("Abschnitt", f"Fassung {self.old.number}", f"Fassung {self.new.number}", "Warum")

    @property
    def footer(self) -> str:
        """What stands on each page: both versions with the numbers of their papers."""
        return " · ".join(map(_named, (self.old, self.new), self.papers))


def synopsis_of(
    old: DraftVersion, new: DraftVersion, *, is_whole: bool = True, is_anonymised: bool = False
) -> Synopsis:
    """Two versions of a draft. is_whole: with the passages that are the same; is_anonymised: without names of institutions."""
    rows = synopsis_rows.rows_of(old, new, is_anonymised=is_anonymised)
    changed = [row for row in rows if row.is_changed]
    papers = papers_of([old.id, new.id])
    first, second = (papers[one.id].reference or "" if one.id in papers else "" for one in (old, new))
    return Synopsis(old, new, rows if is_whole else changed, len(changed), (first, second), is_whole, is_anonymised)


def docx_of(synopsis: Synopsis, now: datetime) -> bytes:
    """As DOCX, across; the header row is repeated on each page."""
    from ikb.reports.documents import Paper  # late: decision 79

    paper = Paper(synopsis.title, now, landscape=True, footer=synopsis.footer)
    for line in lead_of(synopsis, now):
        paper.text(line)
    paper.table(synopsis.head, map(_cells, synopsis.rows), WIDTHS)
    return paper.as_bytes()


def pdf_of(synopsis: Synopsis, now: datetime) -> bytes:
    """As tagged PDF, the same."""
    at = now.astimezone(BERLIN)
    page = {
        "title": synopsis.title,
        "lead": lead_of(synopsis, now),
        "head": synopsis.head,
        "widths": WIDTHS,
        "footer": synopsis.footer,
        "rows": [_printed(row) for row in synopsis.rows],
        "date": [at.year, at.month, at.day, at.hour, at.minute],
    }
    return as_pdf(TEMPLATE, page)


def xlsx_of(synopsis: Synopsis) -> bytes:
    """As one sheet to sort and filter."""
    section, old, new, why = synopsis.head
    head = (section, "Anker", "Änderung", old, new, why)
    return workbook([Sheet("Synopse", head, map(_sheet_cells, synopsis.rows), SHEET_WIDTHS)])


def lead_of(synopsis: Synopsis, now: datetime) -> list[str]:
    """What stands above the table: as of when, how much is different, what is shown, and how to read it."""
    changed = plural(synopsis.changed, "Abschnitt ist", "Abschnitte sind")
    shown = "Gezeigt ist der ganze Text." if synopsis.is_whole else "Gezeigt sind nur die geänderten Abschnitte."
    lines = [f"Stand: {day_long(berlin_day(now))}. {changed} anders. {shown}"]
    if not synopsis.new.is_issued:
        lines.append(f"Fassung {synopsis.new.number} ist in Arbeit und noch nicht herausgegeben.")
    if synopsis.is_anonymised:
        lines.append("Institutionen stehen hier mit ihrer Art und einer Nummer.")
    return [*lines, LEGEND]


def _named(version: DraftVersion, reference: str) -> str:
    return f"Fassung {version.number}" + (f", Drucksache {reference}" if reference else "")


def _first(row: Row) -> str:
    return f"{row.name}\n{label('change', row.status)}" if row.is_changed else row.name


def _cells(row: Row) -> tuple[Cell, ...]:
    return _first(row), row.older or WAS_NOT, row.newer or IS_NOT, "\n".join(row.why)


def _printed(row: Row) -> list[object]:
    """As the template reads it: each cell its stretches of (kind, text), each reason a paragraph."""
    status = label("change", row.status) if row.is_changed else ""
    return [row.name, status, _parts(row.older, WAS_NOT), _parts(row.newer, IS_NOT), list(row.why)]


def _parts(segments: Sequence[Segment], otherwise: str) -> list[list[str]]:
    return [[segment.kind, segment.text] for segment in segments if segment.text] or [["absent", otherwise]]


def _sheet_cells(row: Row) -> tuple[object, ...]:
    status = label("change", row.status) if row.is_changed else "unverändert"
    return row.name, row.anchor, status, row.older or WAS_NOT, row.newer or IS_NOT, "\n".join(row.why)

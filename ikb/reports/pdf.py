"""Overviews as PDF: tagged, each table with a header row that is repeated, every text set as it was written."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from ikb.config import ROOT
from ikb.core.clock import BERLIN
from ikb.tables.typeset import as_pdf

TEMPLATE = ROOT / "templates" / "reports" / "tables.typ"


@dataclass(frozen=True)
class Group:
    """Rows under a heading of their own; an empty title has none."""

    title: str
    rows: Iterable[Sequence[str]]


def tables_pdf(
    title: str,
    lead: Sequence[str],
    head: Sequence[str],
    groups: Iterable[Group],
    widths: Sequence[float],
    made_at: datetime,
) -> bytes:
    """A page across with one table for each group. lead: paragraphs before them; widths: of the columns, as shares."""
    at = made_at.astimezone(BERLIN)
    page = {
        "title": title,
        "lead": list(lead),
        "head": list(head),
        "widths": list(widths),
        "groups": [{"title": group.title, "rows": [list(row) for row in group.rows]} for group in groups],
        "date": [at.year, at.month, at.day, at.hour, at.minute],
    }
    return as_pdf(TEMPLATE, page)

"""The overview for the council as a document."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from ikb.core.clock import berlin_day
from ikb.procedures.model import Procedure
from ikb.reports.council import Asked, Line, Overview
from ikb.reports.pdf import Group, tables_pdf
from ikb.web.filters import day, day_long

HEAD = ("Gremium", "Sitzung am", "Ergebnis", "Stimmen", "Verlangte Änderungen", "Was daraus wurde")
WIDTHS = (4.6, 2.6, 4.2, 3.0, 6.3, 5.0)


def council_document(procedure: Procedure, overview: Overview, now: datetime) -> bytes:
    """The overview as DOCX, across."""
    from ikb.reports.documents import Paper  # late: decision 79

    paper = Paper(_title(procedure), now, landscape=True)
    paper.text(_stand(overview, now))
    paper.table(HEAD, _rows(overview.lines), WIDTHS)
    return paper.as_bytes()


def council_pdf(procedure: Procedure, overview: Overview, now: datetime) -> bytes:
    """The same as tagged PDF."""
    rows = [Group("", _rows(overview.lines))]
    return tables_pdf(_title(procedure), [_stand(overview, now)], HEAD, rows, WIDTHS, now)


def _title(procedure: Procedure) -> str:
    return f"Übersicht der Beratungen: {procedure.title}"


def _stand(overview: Overview, now: datetime) -> str:
    return f"Stand: {day_long(berlin_day(now))}. {overview.sentence}"


def _rows(lines: Iterable[Line]) -> Iterator[tuple[str, ...]]:
    for line in lines:
        body = f"{line.body} (Entscheidung)" if line.is_decision else line.body
        wishes = "\n".join(in_words(asked) for asked in line.asked)
        became = "\n".join(f"{asked.passage}: {asked.became}" for asked in line.asked)
        yield body, day(line.held_on, "noch offen"), line.result, line.votes, wishes, became


def in_words(asked: Asked) -> str:
    """A wish in one line: `Ziel 3 neu fassen: …`."""
    return f"{asked.passage} {asked.does}" + (f": {asked.text}" if asked.text else "")

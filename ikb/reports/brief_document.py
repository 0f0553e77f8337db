"""The brief for a committee as a document."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from ikb.core.clock import berlin_day
from ikb.reports.brief import Brief, Part, T
from ikb.web.filters import day, day_long

if TYPE_CHECKING:
    from ikb.reports.documents import Paper

NOTHING = "Nichts."


def brief_document(found: Brief, now: datetime) -> bytes:
    """The brief as DOCX."""
    from ikb.reports.documents import Paper  # late: decision 79

    step = found.step
    paper = Paper(title_of(found), now)
    paper.text(f"{step.procedure.title}. {laid_in_words(found)} Stand: {day_long(berlin_day(now))}.")
    paper.heading("Abschnitte, die das Gremium betreffen")
    paper.text(looked_for(found))
    if found.passages.shown:
        rows = [(one.name, one.text, ", ".join(one.because), str(one.remarks)) for one in found.passages.shown]
        paper.table(("Abschnitt", "Wortlaut", "gefunden über", "Anmerkungen"), rows, (3.2, 8.6, 3.0, 2.2))
    _rest(paper, found.passages, "weitere Abschnitte")
    paper.heading("Was Institutionen dazu sagen")
    if found.said.shown:
        rows = [(one.institution, one.passage, one.stance, one.text) for one in found.said.shown]
        paper.table(("Institution", "Abschnitt", "Haltung", "Anmerkung"), rows, (4.0, 3.0, 2.5, 7.5))
    _rest(paper, found.said, "weitere Anmerkungen")
    for name, part in (("Ergebnisse bisher", found.results), ("Noch offen", found.open_points)):
        paper.heading(name)
        paper.bullets(part.shown)
        _rest(paper, part, "weitere")
    return paper.as_bytes()


def title_of(found: Brief) -> str:
    """`Kurzinfo für: Seniorenrat, Mi., 16.06.2030`."""
    return f"Kurzinfo für: {found.step.organization.name}, {day(found.step.held_on, 'Sitzungstag noch offen')}"


def laid_in_words(found: Brief) -> str:
    """Which paper is meant."""
    if found.paper is None:
        return "Eine Vorlage ist noch nicht herausgegeben."
    number = f"Vorlage {found.paper.reference}" if found.paper.reference else "Vorlage noch ohne Nummer"
    return f"{number}, Fassung {found.paper.draft_version.number}."


def looked_for(found: Brief) -> str:
    """How the passages were found, so that anybody can judge it."""
    if not found.topic:
        return "Für dieses Gremium ist kein Fach hinterlegt: gezeigt wird, wozu am meisten gesagt wurde."
    return f"Gesucht nach: {', '.join(found.topic.terms)}."


def _rest(paper: Paper, part: Part[T], what: str) -> None:
    if not part.total:
        paper.text(NOTHING)
    elif part.more:
        paper.text(f"… und {part.more} {what}.")

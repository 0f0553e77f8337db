"""What blocks the next date: a short ordered list, each with one thing to do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from datetime import date, timedelta

from ikb.core.notice import in_words, notice_by
from ikb.procedures import words
from ikb.procedures.model import PhaseState
from ikb.procedures.open_points import OpenPoint, provides_open_points
from ikb.reports import queries
from ikb.reports.queries import Figures, Step


@dataclass(frozen=True)
class Block:
    """One thing in the way. target: endpoint and values of the page where it is done."""

    sentence: str
    why: str
    action: str
    endpoint: str
    values: dict[str, int | str]


def blocks(procedure_id: int, figures: Figures, steps: Sequence[Step], today: date) -> list[Block]:
    """The most pressing first: missing results, the participation, who asks for time, late statements, open points, the next
    invitation.
    """
    return [
        *_missing_results(steps, today),
        *_participation(procedure_id, figures),
        *_asking(procedure_id, figures.by_filter.get("asks", 0)),
        *_late(procedure_id, figures.late_waiting),
        *_open_points(procedure_id, figures.open_points),
        *_next_invitation(procedure_id, steps, today, figures.days_off),
    ]


def _missing_results(steps: Sequence[Step], today: date) -> Iterator[Block]:
    for step in steps:
        if step.held_on is not None and step.is_overdue(today):
            yield Block(
                f"{step.organization}: Das Ergebnis fehlt.",
                f"Die Sitzung war am {step.held_on:%d.%m.%Y}; erst mit dem Ergebnis können die nächsten Gremien anschließen.",
                "Ergebnis ansehen",
                "deliberations.consultation",
                {"consultation_id": step.consultation_id},
            )


def _participation(procedure_id: int, figures: Figures) -> Iterator[Block]:
    here: dict[str, int | str] = {"procedure_id": procedure_id}
    if figures.phase is None:
        why = "Legen Sie fest, welche Fassung bis wann offen ist."
        yield Block("Es ist noch keine Beteiligung geplant.", why, "Beteiligung planen", "procedures.settings", here)
    elif figures.phase.state == PhaseState.PLANNED:
        why = f"{figures.total} Institutionen stehen auf der Liste; noch ist keine eingeladen."
        yield Block(
            "Die Beteiligung ist noch nicht eröffnet.", why, "Zur Beteiligung", "institutions.invitations", here
        )
    elif figures.phase.is_open and (lost := figures.by_filter["undelivered"]):
        who = "1 Einladung ist" if lost == 1 else f"{lost} Einladungen sind"
        why = f"Ohne Zustellung keine Antwort; die Frist endet am {figures.phase.last_day:%d.%m.%Y}."
        yield Block(f"{who} nicht zugestellt.", why, "Adressen prüfen", "institutions.invitations", here)


def _asking(procedure_id: int, asking: int) -> Iterator[Block]:
    if asking:
        who = "1 Institution bittet" if asking == 1 else f"{asking} Institutionen bitten"
        there: dict[str, int | str] = {"procedure_id": procedure_id, "filter": "asks"}
        why = "Verlängern Sie mit einem Klick, oder lehnen Sie mit einem Satz ab. Bis dahin gilt die bisherige Frist."
        yield Block(f"{who} um mehr Zeit.", why, "Bitten beantworten", "institutions.invitations", there)


def _late(procedure_id: int, waiting: int) -> Iterator[Block]:
    if waiting:
        what = "1 verspätete Stellungnahme wartet" if waiting == 1 else f"{waiting} verspätete Stellungnahmen warten"
        why = "Entscheiden Sie, ob sie berücksichtigt wird. Bis dahin zählt sie mit."
        if waiting > 1:
            why = "Entscheiden Sie, ob sie berücksichtigt werden. Bis dahin zählen sie mit."
        there: dict[str, int | str] = {"procedure_id": procedure_id, "stand": "verspaetet"}
        yield Block(f"{what} auf eine Entscheidung.", why, "Verspätete ansehen", "statements.index", there)


def _open_points(procedure_id: int, open_points: int) -> Iterator[Block]:
    if open_points:
        what = "1 Punkt wartet" if open_points == 1 else f"{open_points} Punkte warten"
        why = "Eine neue Fassung kann erst herausgegeben werden, wenn über jeden Vorschlag und jeden Konflikt entschieden ist."
        here: dict[str, int | str] = {"procedure_id": procedure_id}
        yield Block(f"{what} auf eine Entscheidung.", why, f"Zur {words.noun_here()}", "consolidation.workbench", here)


def _next_invitation(procedure_id: int, steps: Sequence[Step], today: date, days_off: Set[date]) -> Iterator[Block]:
    coming = [step for step in steps if step.held_on is not None and step.held_on >= today and not step.is_closed]
    if not coming:
        return
    step = coming[0]
    assert step.held_on is not None  # noqa: S101 (filtered above; tells the type checker)
    due_on = notice_by(step.notice, step.held_on, days_off).send_on
    if due_on <= today + timedelta(days=7):
        yield Block(
            f"{step.organization} tagt am {step.held_on:%d.%m.%Y}.",
            f"Die Einladung ist bis {due_on:%d.%m.%Y} zu versenden. {in_words(step.notice)}",
            "Beratungsfolge öffnen",
            "deliberations.sequence",
            {"procedure_id": procedure_id},
        )


@provides_open_points
def _open_points_of(procedure_id: int, today: date) -> list[OpenPoint]:
    found = blocks(procedure_id, queries.figures(procedure_id), queries.sequence(procedure_id), today)
    return [OpenPoint(block.sentence, block.why) for block in found]

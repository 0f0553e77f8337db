"""The official list of a participation: A no answer, B nothing against it, C with remarks. Page, XLSX and DOCX say the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, func, select

from ikb.accounts.policy import visible
from ikb.core.clock import berlin_day
from ikb.db import db
from ikb.institutions.model import ANSWERED, Institution, Invitation, InvitationState
from ikb.procedures.model import ParticipationPhase
from ikb.remarks.model import Remark
from ikb.reports.documents import Paper
from ikb.statements.model import Statement, StatementState
from ikb.tables.written import Sheet, workbook
from ikb.web.filters import day, day_long, moment, plural
from ikb.web.labels import label


class Group(StrEnum):
    """How an institution answered, as administrations list it."""

    A = "A"  # no answer
    B = "B"  # agrees, has no remarks, or is not concerned
    C = "C"  # with remarks


TITLES = {
    Group.A: "Liste A: keine Antwort",
    Group.B: "Liste B: einverstanden, ohne Anmerkungen oder nicht betroffen",
    Group.C: "Liste C: mit Anmerkungen",
}
HEAD = {
    Group.A: ("Nr.", "Institution", "Art", "Frist bis"),
    Group.B: ("Nr.", "Institution", "Art", "Antwort", "Eingegangen", "Eingangsnummer"),
    Group.C: ("Nr.", "Institution", "Art", "Anmerkungen", "Eingegangen", "Eingangsnummer"),
}
WIDTHS = {
    Group.A: (1.4, 9.0, 3.6, 3.0),
    Group.B: (1.2, 5.2, 2.8, 2.5, 2.6, 2.7),
    Group.C: (1.2, 5.2, 2.8, 2.5, 2.6, 2.7),
}


@dataclass(frozen=True)
class Line:
    """One institution. remarks: how many its statement holds; number: of the receipt, empty without an answer."""

    invitation_id: int
    institution_number: int
    name: str
    kind: str
    state: str
    last_day: str
    is_extended: bool
    received_at: datetime | None
    is_late: bool
    number: str
    remarks: int

    @property
    def group(self) -> Group:
        if self.state not in ANSWERED:
            return Group.A
        return Group.C if self.state == InvitationState.SUBMITTED else Group.B


@dataclass(frozen=True)
class AnswerList:
    """The three lists of one phase, each by name, and the whole in one sentence."""

    phase: ParticipationPhase
    groups: dict[Group, Sequence[Line]]
    sentence: str


def answer_list(phase: ParticipationPhase) -> AnswerList:
    """Every institution of a phase on exactly one of three lists; three queries however many there are."""
    lines = _lines(phase)
    groups: dict[Group, Sequence[Line]] = {group: [line for line in lines if line.group == group] for group in Group}
    return AnswerList(phase, groups, _in_one_sentence(groups))


def _lines(phase: ParticipationPhase) -> list[Line]:
    counts = dict(db.session.execute(_remarks_of(phase.id)).all())
    seen = visible(Invitation).with_only_columns(Invitation.id)
    rows = (
        select(Invitation, Statement.id, Statement.number, Statement.submitted_at)
        .join(Invitation.institution)
        .outerjoin(
            Statement,
            (Statement.invitation_id == Invitation.id)
            & (Statement.state == StatementState.SUBMITTED)
            & Statement.standing_version_id.is_(None),
        )
        .where(Invitation.phase_id == phase.id, Invitation.id.in_(seen))
        .order_by(Institution.sort_key, Invitation.id, Statement.sequence)
    )
    newest = {
        row.id: _line(row, number, received_at, counts.get(statement_id or 0, 0))
        for row, statement_id, number, received_at in db.session.execute(rows)
    }
    return list(newest.values())


def _line(row: Invitation, number: str | None, received_at: datetime | None, remarks: int) -> Line:
    return Line(
        invitation_id=row.id,
        institution_number=row.institution.number,
        name=row.institution.name,
        kind=row.institution.kind,
        state=row.state,
        last_day=day(row.last_day),
        is_extended=row.extended_until is not None,
        received_at=received_at,
        is_late=row.is_late,
        number=number or "",
        remarks=remarks,
    )


def _remarks_of(phase_id: int) -> Select[*tuple[Any, ...]]:
    return (
        select(Remark.statement_id, func.count(Remark.id))
        .join(Statement, Statement.id == Remark.statement_id)
        .join(Invitation, Invitation.id == Statement.invitation_id)
        .where(
            Invitation.phase_id == phase_id,
            Statement.state == StatementState.SUBMITTED,
            Statement.standing_version_id.is_(None),
        )
        .group_by(Remark.statement_id)
    )


def _in_one_sentence(groups: dict[Group, Sequence[Line]]) -> str:
    total = sum(len(lines) for lines in groups.values())
    answered = total - len(groups[Group.A])
    late = sum(line.is_late for lines in groups.values() for line in lines)
    told = (
        f"{answered} von {plural(total, 'Institution hat', 'Institutionen haben')} geantwortet, "
        f"{len(groups[Group.C])} davon mit Anmerkungen."
    )
    return f"{told} {plural(late, 'Antwort kam', 'Antworten kamen')} nach der Frist." if late else told


def cells(line: Line) -> tuple[str, ...]:
    """One line as its list shows it."""
    first = (str(line.institution_number), line.name, label("institution_kind", line.kind))
    if line.group == Group.A:
        return (*first, line.last_day + (" (verlängert)" if line.is_extended else ""))
    what = str(line.remarks) if line.group == Group.C else label("invitation", line.state)
    came = (moment(line.received_at) if line.received_at else "") + (" (verspätet)" if line.is_late else "")
    return (*first, what, came, line.number)


def as_xlsx(found: AnswerList) -> bytes:
    """A workbook with one sheet per list."""
    return workbook(
        Sheet(f"Liste {group}", HEAD[group], (cells(line) for line in lines)) for group, lines in found.groups.items()
    )


def as_docx(found: AnswerList, now: datetime) -> bytes:
    """A document with one table per list."""
    phase = found.phase
    paper = Paper(f"Rücklauf: {phase.procedure.title}", now)
    paper.text(f"{phase.name}, Frist {day_long(phase.last_day)}. Stand: {day_long(berlin_day(now))}. {found.sentence}")
    for group, lines in found.groups.items():
        paper.heading(f"{TITLES[group]} ({len(lines)})")
        if lines:
            paper.table(HEAD[group], map(cells, lines), WIDTHS[group])
        else:
            paper.text("Keine Institution.")
    return paper.as_bytes()

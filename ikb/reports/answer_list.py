"""The official list of a participation: A no answer, B nothing against it, C with remarks. Page, XLSX and DOCX say the same."""

from __future__ import annotations

from collections import Counter
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
from ikb.statements.late import Late, late_of, newest_counts
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
IN_SHORT = {
    Late.WAITING: "noch nicht entschieden",
    Late.COUNTS: "berücksichtigt",
    Late.LEFT_OUT: "nicht berücksichtigt",
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
    """One institution. remarks: how many its statement holds; number: of the receipt, empty without an answer.

    late: how its answer stands, None where it came in time or there is none.
    """

    invitation_id: int
    institution_number: int
    name: str
    kind: str
    state: str
    last_day: str
    is_extended: bool
    received_at: datetime | None
    late: Late | None
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
        select(Invitation, Statement.id, Statement.number, Statement.submitted_at, Statement.is_late, newest_counts())
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
    holding: dict[int, Line] = {}
    for row, statement_id, number, received_at, is_late, counts_late in db.session.execute(rows):
        late = late_of(bool(is_late) or row.is_late, counts_late)
        # What was left out for coming late stands in the list only where there is nothing that counts.
        if row.id not in holding or late != Late.LEFT_OUT:
            holding[row.id] = _line(row, number, received_at, late, counts.get(statement_id or 0, 0))
    return list(holding.values())


def _line(row: Invitation, number: str | None, received_at: datetime | None, late: Late | None, remarks: int) -> Line:
    return Line(
        invitation_id=row.id,
        institution_number=row.institution.number,
        name=row.institution.name,
        kind=row.institution.kind,
        state=row.state,
        last_day=day(row.last_day),
        is_extended=row.extended_until is not None,
        received_at=received_at,
        late=late,
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
    late = Counter(line.late for lines in groups.values() for line in lines if line.late)
    told = (
        f"{answered} von {plural(total, 'Institution hat', 'Institutionen haben')} geantwortet, "
        f"{len(groups[Group.C])} davon mit Anmerkungen."
    )
    if not late:
        return told
    how = ", ".join(f"{count} {IN_SHORT[code]}" for code in Late if (count := late[code]))
    return f"{told} {plural(late.total(), 'Antwort kam', 'Antworten kamen')} nach der Frist: {how}."


def cells(line: Line) -> tuple[str, ...]:
    """One line as its list shows it."""
    first = (str(line.institution_number), line.name, label("institution_kind", line.kind))
    if line.group == Group.A:
        return (*first, line.last_day + (" (verlängert)" if line.is_extended else ""))
    what = str(line.remarks) if line.group == Group.C else label("invitation", line.state)
    came = (moment(line.received_at) if line.received_at else "") + (
        f" ({label('late', line.late)})" if line.late else ""
    )
    return (*first, what, came, line.number)


def as_xlsx(found: AnswerList) -> bytes:
    """A workbook with one sheet per list."""
    return workbook(
        Sheet(f"Liste {group}", HEAD[group], (cells(line) for line in lines)) for group, lines in found.groups.items()
    )


def as_docx(found: AnswerList, now: datetime) -> bytes:
    """A document with one table per list."""
    from ikb.reports.documents import Paper  # late: decision 79

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

"""Late statements: stored and marked; a lead records what each counts for. Until then it counts, and says so."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, bindparam, case, exists, func, select

from ikb.db import db
from ikb.errors import Conflict, Implausible, NotReady
from ikb.events import announce
from ikb.institutions.model import Invitation
from ikb.journal import service as journal
from ikb.journal.service import Actor
from ikb.procedures.model import ParticipationPhase
from ikb.statements.late_model import LateDecision
from ikb.statements.model import Statement, StatementState
from ikb.web import labels
from ikb.web.labels import label

LONGEST_REASON = 2_000


class Late(StrEnum):
    """How a late statement stands."""

    WAITING = "waiting"
    COUNTS = "counts"
    LEFT_OUT = "left_out"


labels.add(
    "late",
    {
        Late.WAITING: "verspätet, noch nicht entschieden",
        Late.COUNTS: "verspätet, berücksichtigt",
        Late.LEFT_OUT: "verspätet, nicht berücksichtigt",
    },
    tones={Late.WAITING: "warning", Late.COUNTS: "info", Late.LEFT_OUT: "neutral"},
)
labels.add(
    "late_outcome",
    {Late.COUNTS: "wird berücksichtigt, wie eine rechtzeitige", Late.LEFT_OUT: "wird nicht berücksichtigt"},
)
labels.add("journal_action", {"late statement decided": "über eine verspätete Stellungnahme entschieden"})
labels.add("subject", {"late_decision": "Entscheidung über eine verspätete Stellungnahme"})


@dataclass(frozen=True)
class Standing:
    """How one late statement stands, and why. decision: the one that holds, None while it waits."""

    late: Late
    decision: LateDecision | None = None

    @property
    def reason(self) -> str:
        return self.decision.reason if self.decision else ""

    @property
    def seen(self) -> int:
        """What a form says it was shown: the id of the decision, 0 for none."""
        return self.decision.id if self.decision else 0


def late_of(is_late: bool, counts: bool | None) -> Late | None:
    """The code of a standing; None in time. counts: by the decision that holds, None without one."""
    if not is_late:
        return None
    return Late.WAITING if counts is None else Late.COUNTS if counts else Late.LEFT_OUT


def newest_counts() -> ScalarSelect[bool | None]:
    """What the decision that holds for the statement of a query says; a column."""
    rows = select(LateDecision.counts).where(LateDecision.statement_id == Statement.id)
    return rows.order_by(LateDecision.id.desc()).limit(1).correlate(Statement).scalar_subquery()


def standings_of(statements: Iterable[Statement]) -> dict[int, Standing]:
    """How the late ones among some statements stand, by their ids. No query where none is late, else one."""
    late = [row.id for row in statements if row.is_late]
    held = _newest(late) if late else {}
    return {one: _standing(held.get(one)) for one in late}


def standing_of(statement: Statement) -> Standing | None:
    """How a statement stands, None for one in time."""
    return standings_of([statement]).get(statement.id)


def by_standing(phase_id: int) -> Counter[Late]:
    """How many late statements of a phase that are in force wait, count or are left out."""
    rows = (
        select(newest_counts())
        .select_from(Statement)
        .join(Statement.invitation)
        .where(Invitation.phase_id == phase_id, *_late_in_force())
    )
    return Counter(late for counts in db.session.scalars(rows) if (late := late_of(True, counts)))


def waiting_in_procedure() -> ScalarSelect[int]:
    """How many late statements of the procedure bound as `procedure_id` wait for a decision; a column."""
    return (
        select(func.count(Statement.id))
        .join(Statement.invitation)
        .join(ParticipationPhase, ParticipationPhase.id == Invitation.phase_id)
        .where(ParticipationPhase.procedure_id == bindparam("procedure_id"), *is_waiting())
        .scalar_subquery()
    )


def waits() -> ColumnElement[int]:
    """1 for a late statement that waits for a decision, else 0: a column of a query of those in force."""
    return case((Statement.is_late.is_(True), case((_is_decided(), 0), else_=1)), else_=0)


def is_waiting() -> tuple[ColumnElement[bool], ...]:
    """What holds for a late statement that waits for a decision: conditions on `Statement`."""
    return (*_late_in_force(), ~_is_decided())


def _is_decided() -> ColumnElement[bool]:
    return exists().where(LateDecision.statement_id == Statement.id).correlate(Statement)


def decide(
    statement: Statement, counts: bool, reason: str, *, key: UUID, seen: int, by: Actor, now: datetime
) -> LateDecision:
    """Record what a late statement counts for; sent twice, it is one decision.

    seen: id of the decision that stood on the page, 0 if none did.
    Raises NotReady for one in time or no longer in force, Implausible without a reason, Conflict with both decisions
    if somebody else decided meanwhile.
    """
    reason = reason.strip()
    db.session.execute(select(Statement.id).where(Statement.id == statement.id).with_for_update())
    if earlier := db.session.scalar(select(LateDecision).where(LateDecision.key == key)):
        return earlier
    _refuse(statement, reason)
    standing = _newest([statement.id]).get(statement.id)
    if standing is not None and (standing.counts, standing.reason) == (counts, reason):
        return standing
    if (standing.id if standing else 0) != seen:
        raise Conflict(
            "Inzwischen wurde über diese Stellungnahme schon entschieden. Beide Entscheidungen stehen hier; es wurde nichts "
            "überschrieben. Öffnen Sie die Seite neu, und entscheiden Sie noch einmal, wenn Ihre gelten soll.",
            theirs=_in_words(standing.counts, standing.reason) if standing else "(keine Entscheidung)",
            mine=_in_words(counts, reason),
        )
    return _record(statement, standing, LateDecision(key=key, counts=counts, reason=reason), by, now)


def _record(
    statement: Statement, before: LateDecision | None, row: LateDecision, by: Actor, now: datetime
) -> LateDecision:
    row.statement_id, row.decided_at, row.decided_by_id = statement.id, now, by.id if by.kind == "user" else None
    db.session.add(row)
    db.session.flush()
    if row.counts != (before is None or before.counts):
        announce("statement_counts_changed", statement_id=statement.id, now=now)
    announce("late_statement_decided", decision_id=row.id, now=now)
    facts = {"statement": statement.id, "number": statement.number, "counts": row.counts}
    procedure_id = statement.invitation.phase.procedure_id
    journal.record("late statement decided", row, by=by, now=now, procedure_id=procedure_id, facts=facts)
    return row


def _refuse(statement: Statement, reason: str) -> None:
    if not statement.is_late:
        raise NotReady("Diese Stellungnahme kam rechtzeitig und wird berücksichtigt. Es gibt nichts zu entscheiden.")
    if statement.state != StatementState.SUBMITTED:
        raise NotReady(
            "Diese Stellungnahme gilt nicht mehr: Sie wurde ersetzt oder zurückgezogen. Es wurde nichts geändert."
        )
    if not reason:
        raise Implausible("Es fehlt die Begründung. Die Institution bekommt sie zu lesen.", "reason")
    if len(reason) > LONGEST_REASON:
        raise Implausible(
            f"Die Begründung ist zu lang: {len(reason)} Zeichen, erlaubt sind {LONGEST_REASON}.", "reason"
        )


def _newest(statement_ids: Collection[int]) -> dict[int, LateDecision]:
    rows = select(LateDecision).where(LateDecision.statement_id.in_(statement_ids)).order_by(LateDecision.id)
    return {row.statement_id: row for row in db.session.scalars(rows)}


def _standing(decision: LateDecision | None) -> Standing:
    late = late_of(True, None if decision is None else decision.counts)
    return Standing(late or Late.WAITING, decision)


def _late_in_force() -> tuple[ColumnElement[bool], ...]:
    return Statement.is_late.is_(True), Statement.state == StatementState.SUBMITTED


def _in_words(counts: bool, reason: str) -> str:
    return f"{label('late', Late.COUNTS if counts else Late.LEFT_OUT)}: {reason}"

"""Reads of procedures, and who may see one: its leads, and nobody else from in here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Integer, ScalarSelect, Select, bindparam, func, or_, select
from sqlalchemy.orm import aliased

from ikb.accounts.model import Role
from ikb.accounts.policy import Visitor, visible_to
from ikb.core.periods import effective_deadline
from ikb.db import db
from ikb.drafts.model import Draft, DraftVersion, VersionState
from ikb.errors import NotFound
from ikb.procedures.model import ParticipationPhase, PhaseState, Procedure, ProcedureLead
from ikb.procedures.town_model import days_off, each_day


def led_by(visitor: Visitor) -> Select[int]:
    """Ids of the procedures that a visitor leads; none for whoever lost that task."""
    rows = (
        select(ProcedureLead.procedure_id)
        .join(ProcedureLead.procedure)
        .where(ProcedureLead.user_id == visitor.user_id, Procedure.restricted_at.is_(None))
    )
    return rows if visitor.has(Role.LEAD) else rows.where(ProcedureLead.id.is_(None))


@visible_to(Procedure)
def _procedures(visitor: Visitor) -> Select[Procedure]:
    return select(Procedure).where(Procedure.id.in_(led_by(visitor)))


_LED = (
    select(Procedure)
    .join(Procedure.leads)
    .where(
        Procedure.id == bindparam("procedure_id"),
        ProcedureLead.user_id == bindparam("user_id"),
        Procedure.restricted_at.is_(None),
    )
)


def led(procedure_id: int, visitor: Visitor) -> Procedure:
    """A procedure that the visitor leads: what `load_visible` finds, with a statement built once for every page.

    Raises NotFound.
    """
    values = {"procedure_id": procedure_id, "user_id": visitor.user_id}
    found = db.session.scalar(_LED, values) if visitor.has(Role.LEAD) else None
    if found is None:
        raise NotFound("Diese Seite gibt es nicht, oder sie ist nicht für Sie freigegeben.")
    return found


@dataclass(frozen=True)
class Heading:
    """A procedure as lists need it: what their address and their breadcrumb say."""

    id: int
    title: str
    weighing_word: str


@dataclass(frozen=True)
class PhaseInShort:
    """A participation phase as lists need it, without the rows around it. of: how many phases the procedure has."""

    id: int
    procedure: Heading
    state: str
    last_day: date
    name: str = ""
    of: int = 1

    @property
    def is_open(self) -> bool:
        return self.state == PhaseState.OPEN


# A procedure that `user_id` leads, for queries that ask for more with it.
HEADING = (
    select(Procedure.id, Procedure.title, Procedure.weighing_word)
    .join(ProcedureLead, ProcedureLead.procedure_id == Procedure.id)
    .where(
        Procedure.id == bindparam("procedure_id"),
        ProcedureLead.user_id == bindparam("user_id"),
        Procedure.restricted_at.is_(None),
    )
)
_EVERY = aliased(ParticipationPhase)
WANTED = bindparam("phase_id", type_=Integer)  # 0: whichever is the newest
# A phase of the procedure `procedure_id` that `user_id` leads, for queries that ask for more with it: see `in_short`.
PHASE_IN_SHORT = (
    select(
        ParticipationPhase.id.label("id"),
        Procedure.id.label("procedure_id"),
        Procedure.title.label("title"),
        Procedure.weighing_word.label("weighing_word"),
        ParticipationPhase.state.label("state"),
        ParticipationPhase.closes_on.label("closes_on"),
        ParticipationPhase.is_fixed_date.label("is_fixed_date"),
        days_off().label("days_off"),
        ParticipationPhase.name.label("name"),
        select(func.count(_EVERY.id)).where(_EVERY.procedure_id == Procedure.id).scalar_subquery().label("phases"),
    )
    .join(Procedure, Procedure.id == ParticipationPhase.procedure_id)
    .join(ProcedureLead, ProcedureLead.procedure_id == Procedure.id)
    .where(
        Procedure.id == bindparam("procedure_id"),
        ProcedureLead.user_id == bindparam("user_id"),
        or_(WANTED == 0, ParticipationPhase.id == WANTED),
        Procedure.restricted_at.is_(None),
    )
    .order_by(ParticipationPhase.id.desc())
    .limit(1)
)


def in_short(found: Sequence[Any]) -> PhaseInShort:
    """The columns of `PHASE_IN_SHORT`, with the day that counts as the phase's last."""
    id_, number, title, word, state, closes_on, is_fixed, off, name, phases = found
    last_day = effective_deadline(closes_on, fixed=is_fixed, local_exceptions=each_day(off))
    return PhaseInShort(id_, Heading(number, title, word), state, last_day, name, phases)


@visible_to(ParticipationPhase)
def _phases(visitor: Visitor) -> Select[ParticipationPhase]:
    return select(ParticipationPhase).where(ParticipationPhase.procedure_id.in_(led_by(visitor)))


@visible_to(Draft)
def _drafts(visitor: Visitor) -> Select[Draft]:
    return select(Draft).where(Draft.procedure_id.in_(led_by(visitor)))


@visible_to(DraftVersion)
def _versions(visitor: Visitor) -> Select[DraftVersion]:
    return select(DraftVersion).join(DraftVersion.draft).where(Draft.procedure_id.in_(led_by(visitor)))


@dataclass(frozen=True)
class Texts:
    """Numbers of a procedure's versions, of its first draft: the one that counts and the one in work; None without."""

    issued: int | None
    working: int | None


def texts_of(procedure_ids: Iterable[int]) -> dict[int, Texts]:
    """The version numbers of several procedures, in one query."""
    rows = select(Procedure.id, newest(VersionState.ISSUED), newest(VersionState.WORKING))
    found = db.session.execute(rows.where(Procedure.id.in_(list(procedure_ids))))
    return {procedure_id: Texts(issued, working) for procedure_id, issued, working in found}


def newest(state: VersionState) -> ScalarSelect[int]:
    """The highest number among the versions in a state, of the first draft of the `Procedure` of the outer query."""
    first = (
        select(Draft.id).where(Draft.procedure_id == Procedure.id).order_by(Draft.position, Draft.id).limit(1)
    ).correlate(Procedure)
    return (
        select(func.max(DraftVersion.number))
        .where(DraftVersion.draft_id == first.scalar_subquery(), DraftVersion.state == state)
        .correlate(Procedure)
        .scalar_subquery()
    )


def phases_of(procedure_ids: Iterable[int]) -> dict[int, list[ParticipationPhase]]:
    """The participation phases of several procedures, oldest first, in one query."""
    rows = select(ParticipationPhase).where(ParticipationPhase.procedure_id.in_(list(procedure_ids)))
    found: dict[int, list[ParticipationPhase]] = {}
    for phase in db.session.scalars(rows.order_by(ParticipationPhase.id)):
        found.setdefault(phase.procedure_id, []).append(phase)
    return found


def open_phases_on(version_id: int) -> list[ParticipationPhase]:
    """The phases in which a version is open for statements now."""
    rows = select(ParticipationPhase).where(
        ParticipationPhase.draft_version_id == version_id, ParticipationPhase.state == PhaseState.OPEN
    )
    return list(db.session.scalars(rows))


def versions_of(procedure_id: int) -> list[DraftVersion]:
    """All versions of all drafts of a procedure, newest first within each draft."""
    rows = (
        select(DraftVersion)
        .join(DraftVersion.draft)
        .where(Draft.procedure_id == procedure_id)
        .order_by(Draft.position, Draft.id, DraftVersion.number.desc())
    )
    return list(db.session.scalars(rows))

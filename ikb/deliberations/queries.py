"""Reads of the deliberation room, and who may see which rows.

Leads see what belongs to procedures they lead. Secretaries see the committees they keep, with their consultations; the
whole sequence of a procedure they see read-only, through `sequence_procedure`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, bindparam, case, exists, func, or_, select
from sqlalchemy.orm import joinedload, lazyload, selectinload

from ikb.accounts.model import Role, User
from ikb.accounts.policy import Visitor, visible_to
from ikb.core.periods import effective_deadline
from ikb.core.workflow import OPEN, StationState
from ikb.db import db, read
from ikb.deliberations.model import (
    AgendaItem,
    Clerk,
    Consultation,
    Meeting,
    MeetingOrganization,
    Organization,
    Paper,
)
from ikb.drafts.model import Draft, DraftVersion, VersionState
from ikb.errors import NotFound
from ikb.procedures.model import ParticipationPhase, PhaseState, Procedure
from ikb.procedures.queries import led_by
from ikb.procedures.town_model import days_off, each_day


def kept_by(visitor: Visitor) -> Select[int]:
    """Ids of the committees whose business a visitor keeps; none for whoever lost that task."""
    rows = select(Clerk.organization_id).where(Clerk.user_id == visitor.user_id)
    return rows if visitor.has(Role.SECRETARY) else rows.where(Clerk.id.is_(None))


def _touched_by(visitor: Visitor) -> Select[int]:
    """Ids of the procedures in whose sequence one of the visitor's committees stands."""
    return select(Consultation.procedure_id).where(Consultation.organization_id.in_(kept_by(visitor)))


def keeps(visitor: Visitor) -> ColumnElement[bool]:
    """For consultations: only those of committees whose business the visitor keeps."""
    return Consultation.organization_id.in_(kept_by(visitor))


@visible_to(Organization)
def _organizations(visitor: Visitor) -> Select[Organization]:
    # Who sits in the town's committees is no secret among those who work with them.
    working = visitor.has(Role.LEAD) or visitor.has(Role.SECRETARY) or visitor.has(Role.ADMINISTRATOR)
    return select(Organization) if working else select(Organization).where(Organization.id.is_(None))


@visible_to(Meeting)
def _meetings(visitor: Visitor) -> Select[Meeting]:
    # Leads and administrators plan with everybody's dates; what is on an agenda is another question (`agenda.shown`).
    if visitor.has(Role.LEAD) or visitor.has(Role.ADMINISTRATOR):
        return select(Meeting)
    sits_too = select(MeetingOrganization.meeting_id).where(MeetingOrganization.organization_id.in_(kept_by(visitor)))
    return select(Meeting).where(or_(Meeting.organization_id.in_(kept_by(visitor)), Meeting.id.in_(sits_too)))


@visible_to(Consultation)
def _consultations(visitor: Visitor) -> Select[Consultation]:
    return select(Consultation).where(or_(Consultation.procedure_id.in_(led_by(visitor)), keeps(visitor)))


@visible_to(AgendaItem)
def _agenda_items(visitor: Visitor) -> Select[AgendaItem]:
    seen = or_(Consultation.procedure_id.in_(led_by(visitor)), keeps(visitor))
    is_ours = exists().where(Consultation.agenda_item_id == AgendaItem.id, seen)
    own = select(Meeting.id).where(Meeting.organization_id.in_(kept_by(visitor)))
    sits_too = select(MeetingOrganization.meeting_id).where(MeetingOrganization.organization_id.in_(kept_by(visitor)))
    return select(AgendaItem).where(or_(is_ours, AgendaItem.meeting_id.in_(own), AgendaItem.meeting_id.in_(sits_too)))


@visible_to(Paper)
def _papers(visitor: Visitor) -> Select[Paper]:
    seen = or_(Paper.procedure_id.in_(led_by(visitor)), Paper.procedure_id.in_(_touched_by(visitor)))
    return select(Paper).where(seen)


def sequence_procedure(visitor: Visitor, procedure_id: int) -> Procedure:
    """A procedure whose sequence the visitor may read: as its lead, or for a committee that stands in it.

    Raises NotFound else.
    """
    return led_or_read(visitor, procedure_id)[0]


def led_or_read(visitor: Visitor, procedure_id: int) -> tuple[Procedure, bool]:
    """The same, and whether the visitor leads it; in one query. Raises NotFound else."""
    is_led = Procedure.id.in_(led_by(visitor))
    rows = select(Procedure, is_led).where(
        Procedure.id == procedure_id, or_(is_led, Procedure.id.in_(_touched_by(visitor)))
    )
    found = db.session.execute(rows).one_or_none()
    if found is None:
        raise NotFound("Diese Seite gibt es nicht, oder sie ist nicht für Sie freigegeben.")
    return found[0], bool(found[1])


def sequence(procedure_id: int) -> list[Consultation]:
    """All steps of a procedure by their day, those without one last; on one day in the printed order.

    Sittings, committees with their names, papers and results come along, whatever their number, in two queries.
    """
    rows = (
        select(Consultation)
        .outerjoin(Consultation.agenda_item)
        .outerjoin(AgendaItem.meeting)
        .where(Consultation.procedure_id == procedure_id)
        .options(
            joinedload(Consultation.laid_paper).lazyload("*"),
            joinedload(Consultation.organization).joinedload(Organization.names),
            lazyload(Consultation.procedure),
            selectinload(Consultation.results),
        )
        .order_by(Meeting.held_on.is_(None), Meeting.held_on, Consultation.position, Consultation.id)
    )
    return list(db.session.scalars(rows).unique())


def kept_consultations(visitor: Visitor, since: date) -> list[Consultation]:
    """What is on a secretary's desk: every open step of their committees, those whose minutes are still to be released
    by a rule of the committee, and those with a result since a day.
    """
    with_rule = select(Organization.id).where(Organization.minutes_days.is_not(None))
    to_release = and_(Consultation.state == StationState.RECORDED, Consultation.organization_id.in_(with_rule))
    rows = (
        select(Consultation)
        .outerjoin(Consultation.agenda_item)
        .outerjoin(AgendaItem.meeting)
        .where(keeps(visitor), or_(Consultation.state.in_(OPEN), Meeting.held_on >= since, to_release))
        .options(joinedload(Consultation.laid_paper).lazyload("*"), selectinload(Consultation.results))
        .order_by(Meeting.held_on.is_(None), Meeting.held_on, Consultation.position, Consultation.id)
    )
    return list(db.session.scalars(rows).unique())


def newest_papers(procedure_ids: Iterable[int]) -> dict[int, Paper]:
    """The newest paper of each procedure, in one query."""
    newest = select(Paper.procedure_id, func.max(Paper.revision).label("revision")).group_by(Paper.procedure_id)
    last = newest.where(Paper.procedure_id.in_(list(procedure_ids))).subquery()
    rows = (
        select(Paper)
        .join(last, and_(last.c.procedure_id == Paper.procedure_id, last.c.revision == Paper.revision))
        .options(lazyload(Paper.procedure), joinedload(Paper.draft_version).lazyload("*"))
    )
    return {paper.procedure_id: paper for paper in db.session.scalars(rows)}


def organizations() -> list[Organization]:
    """The register, by name, with who keeps each committee's business."""
    rows = select(Organization).options(selectinload(Organization.clerks)).order_by(Organization.sort_key)
    return list(db.session.scalars(rows))


def secretaries() -> list[User]:
    """Everybody whose task is to keep committees' business, by name."""
    rows = select(User).where(User.is_active, User.grants.any(role=Role.SECRETARY)).order_by(User.name)
    return list(db.session.scalars(rows))


@dataclass(frozen=True)
class Outlook:
    """What stands in the bar of a procedure: its version numbers, the next sitting, the next deadline."""

    issued: int | None
    working: int | None
    sitting_on: date | None
    deadline_on: date | None


_NEXT_SITTING = (
    select(func.min(Meeting.held_on))
    .join(AgendaItem, AgendaItem.meeting_id == Meeting.id)
    .join(Consultation, Consultation.agenda_item_id == AgendaItem.id)
    .where(
        Consultation.procedure_id == bindparam("procedure_id"),
        # Each by itself: a list of values is written into the statement anew at each request.
        or_(*(Consultation.state == state for state in sorted(OPEN))),
        Meeting.held_on >= bindparam("today"),
    )
    .scalar_subquery()
)


def _next_deadline(*, is_fixed: bool) -> ScalarSelect[date]:
    return (
        select(func.min(ParticipationPhase.closes_on))
        .where(
            ParticipationPhase.procedure_id == bindparam("procedure_id"),
            ParticipationPhase.state == PhaseState.OPEN,
            ParticipationPhase.is_fixed_date.is_(is_fixed),
        )
        .scalar_subquery()
    )


def _newest(state: VersionState) -> ColumnElement[int | None]:
    return func.max(case((DraftVersion.state == state, DraftVersion.number)))


_FIRST_DRAFT = (
    select(Draft.id)
    .where(Draft.procedure_id == bindparam("procedure_id"))
    .order_by(Draft.position, Draft.id)
    .limit(1)
    .scalar_subquery()
)
_OUTLOOK = select(
    _newest(VersionState.ISSUED),
    _newest(VersionState.WORKING),
    _NEXT_SITTING,
    _next_deadline(is_fixed=False),
    _next_deadline(is_fixed=True),
    days_off(),
).where(DraftVersion.draft_id == _FIRST_DRAFT)


def outlook(procedure_id: int, today: date) -> Outlook:
    """Versions and next dates of a procedure, in one query; sittings of today count, deadlines until they are over."""
    issued, working, sitting, moving, fixed, off = read(_OUTLOOK, procedure_id=procedure_id, today=today).one()
    moved = effective_deadline(moving, fixed=False, local_exceptions=each_day(off)) if moving else None
    days = [moved, fixed]
    return Outlook(issued, working, sitting, min((day for day in days if day and day >= today), default=None))

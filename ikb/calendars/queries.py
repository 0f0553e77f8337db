"""Reads of the calendars: whose subscription it is, and the rows whose dates somebody may see.

Who may see what is asked anew whenever a calendar is fetched; nothing is kept of it. `seer` is a person, or None for
everybody: then only public steps of public procedures count.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, and_, exists, false, or_, select
from sqlalchemy.orm import contains_eager, joinedload, lazyload, selectinload

from ikb.accounts.model import User
from ikb.accounts.policy import Visitor, visible_to
from ikb.calendars.links import hash_of
from ikb.calendars.model import CalendarContent, CalendarEntry, CalendarFeed
from ikb.db import db
from ikb.deliberations.model import AgendaItem, Consultation, Meeting, MeetingOrganization, Organization
from ikb.deliberations.queries import keeps, kept_by
from ikb.procedures.model import ParticipationPhase, PhaseState, Procedure
from ikb.procedures.queries import led_by

KEYS_PER_QUERY = 500


@dataclass(frozen=True)
class Seen:
    """A step, whether the calendar's reader may see it, and whether they keep its committee's business."""

    step: Consultation
    is_seen: bool
    is_kept: bool = False


@visible_to(CalendarFeed)
def _feeds(visitor: Visitor) -> Select[CalendarFeed]:
    return select(CalendarFeed).where(CalendarFeed.user_id == visitor.user_id)


def feed_with(token: str) -> CalendarFeed | None:
    """The live subscription of a token, with its owner; None also where the owner's account was closed."""
    rows = (
        select(CalendarFeed)
        .join(CalendarFeed.user)
        .where(CalendarFeed.token_hash == hash_of(token), CalendarFeed.revoked_at.is_(None), User.is_active)
        .options(contains_eager(CalendarFeed.user).selectinload(User.grants))
    )
    return db.session.scalar(rows)


def feeds_of(user_id: int) -> list[CalendarFeed]:
    """A person's live subscriptions, the oldest first."""
    rows = select(CalendarFeed).where(CalendarFeed.user_id == user_id, CalendarFeed.revoked_at.is_(None))
    return list(db.session.scalars(rows.order_by(CalendarFeed.id)))


def feed_of(user_id: int, scope: str) -> CalendarFeed | None:
    """A person's subscription of one scope, revoked or not."""
    return db.session.scalar(select(CalendarFeed).where(CalendarFeed.user_id == user_id, CalendarFeed.scope == scope))


def organizations_for(visitor: Visitor) -> list[Organization]:
    """The committees that a person may subscribe to: those they keep, and those of procedures they lead."""
    of_led = select(Consultation.organization_id).where(Consultation.procedure_id.in_(led_by(visitor)))
    rows = select(Organization).where(or_(Organization.id.in_(kept_by(visitor)), Organization.id.in_(of_led)))
    return list(db.session.scalars(rows.order_by(Organization.sort_key)))


def procedures_for(visitor: Visitor) -> list[Procedure]:
    """The procedures that a person may subscribe to: those they lead, and those that come to their committees."""
    touched = select(Consultation.procedure_id).where(keeps(visitor))
    rows = select(Procedure).where(or_(Procedure.id.in_(led_by(visitor)), Procedure.id.in_(touched)))
    return list(db.session.scalars(rows.order_by(Procedure.id)))


def may_see(seer: Visitor | None) -> ColumnElement[bool]:
    """For consultations joined with agenda item and procedure: those that a reader may see."""
    if seer is None:
        return and_(Procedure.is_public, AgendaItem.public.is_(True))
    touched = select(Consultation.procedure_id).where(keeps(seer)).correlate(None)
    return or_(Consultation.procedure_id.in_(led_by(seer)), Consultation.procedure_id.in_(touched))


def is_kept(seer: Visitor) -> ColumnElement[bool]:
    """For meetings: those of committees whose business a reader keeps, also where they sit with another one."""
    joint = exists().where(
        MeetingOrganization.meeting_id == Meeting.id, MeetingOrganization.organization_id.in_(kept_by(seer))
    )
    return or_(Meeting.organization_id.in_(kept_by(seer)), joint)


def sits(organization_id: int) -> ColumnElement[bool]:
    """For meetings: those of one committee, alone or with others."""
    joint = exists().where(
        MeetingOrganization.meeting_id == Meeting.id, MeetingOrganization.organization_id == organization_id
    )
    return or_(Meeting.organization_id == organization_id, joint)


def may_enter(seer: Visitor) -> ColumnElement[bool]:
    """For meetings: those that a reader keeps, and those in which a procedure sits that they lead."""
    of_led = (
        select(AgendaItem.meeting_id)
        .join(Consultation, Consultation.agenda_item_id == AgendaItem.id)
        .where(Consultation.procedure_id.in_(led_by(seer)))
    )
    return or_(is_kept(seer), Meeting.id.in_(of_led))


def meetings(since: date, *conditions: ColumnElement[bool]) -> list[Meeting]:
    """Sittings from a day on, cancelled ones too, each with everybody who sits and where it went."""
    rows = (
        select(Meeting)
        .where(Meeting.held_on >= since, *conditions)
        .options(
            joinedload(Meeting.organization).selectinload(Organization.names),
            selectinload(Meeting.further).joinedload(MeetingOrganization.organization).selectinload(Organization.names),
            joinedload(Meeting.moved_to).lazyload("*"),
        )
        .order_by(Meeting.held_on, Meeting.id)
    )
    return list(db.session.scalars(rows))


def steps(seer: Visitor | None, *conditions: ColumnElement[bool]) -> list[Seen]:
    """Steps that meet the conditions, those without a sitting too, and whether a reader may see them."""
    rows = (
        select(Consultation, may_see(seer), false() if seer is None else keeps(seer))
        .join(Consultation.procedure)
        .outerjoin(Consultation.agenda_item)
        .outerjoin(AgendaItem.meeting)
        .where(*conditions)
        .options(
            contains_eager(Consultation.procedure),
            contains_eager(Consultation.agenda_item).contains_eager(AgendaItem.meeting).lazyload("*"),
            joinedload(Consultation.organization).selectinload(Organization.names),
            lazyload(Consultation.laid_paper),
            selectinload(Consultation.results),
        )
        .order_by(Meeting.held_on, Consultation.position, Consultation.id)
    )
    found = db.session.execute(rows).unique()
    return [Seen(step, bool(is_seen), bool(is_kept)) for step, is_seen, is_kept in found]


def phases(since: date, *conditions: ColumnElement[bool]) -> list[ParticipationPhase]:
    """Participation phases whose last day is not long ago."""
    rows = (
        select(ParticipationPhase)
        .join(ParticipationPhase.procedure)
        .where(ParticipationPhase.closes_on >= since, *conditions)
        .options(contains_eager(ParticipationPhase.procedure), lazyload(ParticipationPhase.draft_version))
        .order_by(ParticipationPhase.closes_on, ParticipationPhase.id)
    )
    return list(db.session.scalars(rows))


def begun() -> ColumnElement[bool]:
    """For phases: those that everybody may know of, since they were opened."""
    return and_(Procedure.is_public, ParticipationPhase.state != PhaseState.PLANNED)


def entries(keys: Iterable[str]) -> dict[str, CalendarEntry]:
    """What is known of dates, by key."""
    wanted = list(keys)
    found: dict[str, CalendarEntry] = {}
    for start in range(0, len(wanted), KEYS_PER_QUERY):
        rows = select(CalendarEntry).where(CalendarEntry.key.in_(wanted[start : start + KEYS_PER_QUERY]))
        found |= {entry.key: entry for entry in db.session.scalars(rows.execution_options(populate_existing=True))}
    return found


def anything_known() -> bool:
    """Whether anybody ever fetched a calendar."""
    return bool(db.session.scalar(select(exists().where(CalendarEntry.id.is_not(None)))))


def content(address: str) -> CalendarContent | None:
    """What was last answered at an address."""
    return db.session.scalar(
        select(CalendarContent).where(CalendarContent.address == address).execution_options(populate_existing=True)
    )


def public_organization(organization_id: int) -> Organization | None:
    """A committee that anything public was ever brought before."""
    shown = (
        exists()
        .where(Consultation.organization_id == Organization.id, Consultation.procedure_id == Procedure.id)
        .where(Procedure.is_public)
    )
    return db.session.scalar(select(Organization).where(Organization.id == organization_id, shown))


def public_procedure(procedure_id: int) -> Procedure | None:
    """A procedure that is public."""
    return db.session.scalar(select(Procedure).where(Procedure.id == procedure_id, Procedure.is_public))

"""Reads of the register: the list with its filters, and what stands on one committee's page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from ikb.accounts.model import User
from ikb.accounts.policy import Visitor
from ikb.core.names import sort_key
from ikb.db import db
from ikb.deliberations.model import (
    AgendaItem,
    Clerk,
    Consultation,
    Meeting,
    MeetingOrganization,
    Organization,
    OrganizationName,
)
from ikb.deliberations.queries import keeps
from ikb.procedures.queries import led_by

MOST_PAPERS = 100


@dataclass(frozen=True)
class Wanted:
    """What a list of committees is narrowed to; empty means all.

    clerk_id: who keeps their business; 0 for those that nobody keeps.
    """

    search: str = ""
    kind: str = ""
    district: str = ""
    clerk_id: int | None = None


def register(wanted: Wanted) -> list[Organization]:
    """The committees by name, each with who keeps its business and its former names, in three queries."""
    rows = select(Organization).options(
        selectinload(Organization.clerks).joinedload(Clerk.user).lazyload("*"), selectinload(Organization.names)
    )
    if words := sort_key(wanted.search):
        former = exists().where(
            OrganizationName.organization_id == Organization.id, OrganizationName.sort_key.contains(words)
        )
        rows = rows.where(or_(Organization.sort_key.contains(words), former))
    if wanted.kind:
        rows = rows.where(Organization.kind == wanted.kind)
    if wanted.district:
        rows = rows.where(Organization.district == wanted.district)
    if wanted.clerk_id is not None:
        kept = exists().where(Clerk.organization_id == Organization.id)
        mine = exists().where(Clerk.organization_id == Organization.id, Clerk.user_id == wanted.clerk_id)
        rows = rows.where(mine if wanted.clerk_id else ~kept)
    return list(db.session.scalars(rows.order_by(Organization.sort_key, Organization.id)))


def clerks_to_choose() -> list[tuple[int, str]]:
    """Id and name of everybody who keeps some committee's business, by name."""
    rows = select(User.id, User.name).join(Clerk, Clerk.user_id == User.id).distinct().order_by(User.name, User.id)
    return [(user_id, name) for user_id, name in db.session.execute(rows)]


def districts() -> list[str]:
    """Every district that a committee belongs to, by name."""
    rows = select(Organization.district).where(Organization.district != "").distinct()
    return list(db.session.scalars(rows.order_by(Organization.district)))


def sittings_of(organization_id: int, *, since: date | None = None, before: date | None = None) -> list[Meeting]:
    """The sittings in which a committee takes part, by day; from `since` on, or those before a day, latest first."""
    sits_too = select(MeetingOrganization.meeting_id).where(MeetingOrganization.organization_id == organization_id)
    rows = (
        select(Meeting)
        .where(or_(Meeting.organization_id == organization_id, Meeting.id.in_(sits_too)))
        .options(selectinload(Meeting.further), joinedload(Meeting.moved_to))
    )
    if since is not None:
        rows = rows.where(Meeting.held_on >= since).order_by(Meeting.held_on, Meeting.id)
    if before is not None:
        rows = rows.where(Meeting.held_on < before).order_by(Meeting.held_on.desc(), Meeting.id)
    return list(db.session.scalars(rows).unique())


def count_items(meetings: Sequence[Meeting]) -> dict[int, int]:
    """How many items the agenda of each sitting has, in one query."""
    rows = select(AgendaItem.meeting_id, func.count()).where(AgendaItem.meeting_id.in_([row.id for row in meetings]))
    found = db.session.execute(rows.group_by(AgendaItem.meeting_id)).all()
    return {int(meeting_id): int(count) for meeting_id, count in found}


def papers_before(organization_id: int, visitor: Visitor) -> list[Consultation]:
    """What a committee deliberated or will, as far as the visitor may see it; the latest sitting first."""
    rows = (
        select(Consultation)
        .outerjoin(Consultation.agenda_item)
        .outerjoin(AgendaItem.meeting)
        .where(
            Consultation.organization_id == organization_id,
            or_(Consultation.procedure_id.in_(led_by(visitor)), keeps(visitor)),
        )
        .options(
            joinedload(Consultation.organization).selectinload(Organization.names),
            joinedload(Consultation.laid_paper).lazyload("*"),
            joinedload(Consultation.procedure).lazyload("*"),
            selectinload(Consultation.results),
        )
        .order_by(Meeting.held_on.is_(None).desc(), Meeting.held_on.desc(), Consultation.id.desc())
        .limit(MOST_PAPERS)
    )
    return list(db.session.scalars(rows).unique())


def keepers_of(organization_ids: Sequence[int]) -> list[int]:
    """Ids of the people who keep the business of some committees."""
    rows = select(Clerk.user_id).where(Clerk.organization_id.in_(organization_ids)).distinct()
    return list(db.session.scalars(rows))

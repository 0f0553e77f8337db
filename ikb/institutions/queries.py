"""Reads of institutions and invitations: the lead's list with its figures, one invitation, one link."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, or_, select
from sqlalchemy.orm import contains_eager, lazyload

from ikb.accounts.model import Role
from ikb.accounts.policy import Visitor, visible_to
from ikb.core.names import sort_key
from ikb.db import db, read
from ikb.deliveries.model import Delivery
from ikb.institutions.model import ANSWERED, Contact, Institution, Invitation, InvitationState
from ikb.institutions.search import find
from ikb.procedures.model import ParticipationPhase, PhaseState, Procedure, ProcedureLead
from ikb.procedures.queries import PHASE_IN_SHORT, WANTED, PhaseInShort, in_short
from ikb.web.paging import Page, cut, paged

# The filters of the lead's list, in the order of the way an invitation goes.
FILTER_STATES: Mapping[str, tuple[InvitationState, ...]] = {
    "undelivered": (InvitationState.PLANNED, InvitationState.BOUNCED),
    "unused": (InvitationState.INVITED, InvitationState.DELIVERED),
    "opened": (InvitationState.OPENED,),
    "drafted": (InvitationState.DRAFTED,),
    "release": (InvitationState.AWAITS_RELEASE, InvitationState.RETURNED),
    "submitted": (InvitationState.SUBMITTED,),
    "without_remarks": (InvitationState.AGREES, InvitationState.NO_REMARKS, InvitationState.NOT_CONCERNED),
}
# The last three are facts beside the state.
FILTERS: Mapping[str, ColumnElement[bool]] = {
    **{name: Invitation.state.in_(states) for name, states in FILTER_STATES.items()},
    "asks": Invitation.wished_until.is_not(None),
    "extended": Invitation.extended_until.is_not(None),
    "late": Invitation.is_late.is_(True),
}
# Messages about an invitation itself; the receipt is about its statement.
MESSAGES = ("invitation", "new_link", "reminder")


@dataclass(frozen=True)
class Tally:
    """How many invitations there are, how many were answered, and how many each filter finds."""

    total: int
    answered: int
    by_filter: Mapping[str, int]
    by_state: Mapping[str, int]


# A line per combination, however many institutions there are.
_KINDS = (
    Invitation.state,
    Invitation.wished_until.is_not(None),
    Invitation.extended_until.is_not(None),
    Invitation.is_late,
)
_TALLY = select(*_KINDS, func.count()).where(Invitation.phase_id == bindparam("phase_id")).group_by(*_KINDS)
_PHASE = PHASE_IN_SHORT.subquery("phase")
_PHASE_WITH_TALLY = (
    select(*_PHASE.c, *_KINDS, func.count(Invitation.id))
    .outerjoin_from(_PHASE, Invitation, Invitation.phase_id == _PHASE.c.id)
    .group_by(*_PHASE.c, *_KINDS)
)


def tally(phase_id: int) -> Tally:
    """The figures of one phase."""
    return _added_up(read(_TALLY, phase_id=phase_id).all())


def phase_with_tally(procedure_id: int, visitor: Visitor, phase_id: int = 0) -> tuple[PhaseInShort, Tally] | None:
    """A phase of a procedure that the visitor leads, the newest for 0, and its figures: one query for both."""
    values = {"procedure_id": procedure_id, "user_id": visitor.user_id, "phase_id": phase_id}
    lines = read(_PHASE_WITH_TALLY, **values).all()
    if not lines:
        return None
    width = len(_PHASE.c)
    return in_short(lines[0][:width]), _added_up([line[width:] for line in lines if line[width] is not None])


def _added_up(lines: Sequence[Sequence[Any]]) -> Tally:
    by_state = dict.fromkeys(map(str, InvitationState), 0)
    for state, *_, count in lines:
        by_state[state] += count
    by_filter = {name: sum(by_state[state] for state in states) for name, states in FILTER_STATES.items()}
    for place, name in enumerate(("asks", "extended", "late"), 1):
        by_filter[name] = sum(line[-1] for line in lines if line[place])
    return Tally(sum(by_state.values()), sum(by_state[state] for state in ANSWERED), by_filter, by_state)


@dataclass(frozen=True)
class Listed:
    """One line of the lead's list."""

    id: int
    name: str
    email: str | None
    kind: str
    state: str
    is_late: bool
    extended_until: date | None
    wished_until: date | None
    has_link: bool

    @property
    def is_answered(self) -> bool:
        return self.state in ANSWERED


def _matches(search: str) -> ColumnElement[bool]:
    by_address = Institution.email.contains(search.strip().lower(), autoescape=True)
    words = sort_key(search).split()
    if not words:
        return by_address
    return or_(by_address, and_(*(Institution.sort_key.contains(word, autoescape=True) for word in words)))


def page_of(phase_id: int, figures: Tally, chosen: str | None, search: str, number: int) -> Page[Listed]:
    """One page of that list. Its length is known from the figures; only a search has to count."""
    if not search.strip():
        total = figures.by_filter.get(chosen or "", figures.total)
        return paged(_lines_of(chosen), number, total, Listed, phase_id=phase_id)
    rows = _lines_of(chosen).where(_matches(search))
    found = db.session.scalar(select(func.count()).select_from(rows.order_by(None).subquery()), {"phase_id": phase_id})
    return paged(rows, number, found, Listed, phase_id=phase_id) if found else cut([], 1)


def page_of_alike(phase_id: int, chosen: str | None, search: str, number: int) -> Page[Listed]:
    """One page of those whose names are spelled nearly as was searched, the most alike first, where nothing is spelled so.

    One query for all of the list: how alike names are is found out here, not in the database.
    """
    names: dict[int, str] = {}
    lines: dict[int, Listed] = {}
    for *line, name in read(_lines_of(chosen, with_key=True), phase_id=phase_id):
        lines[line[0]], names[line[0]] = Listed(*line), name
    return cut([lines[one] for one in find(search, names).ids], number)


@cache
def _lines_of(chosen: str | None, *, with_key: bool = False) -> Select[*tuple[Any, ...]]:
    rows: Select[*tuple[Any, ...]] = (
        select(
            Invitation.id,
            Institution.name,
            Institution.email,
            Institution.kind,
            Invitation.state,
            Invitation.is_late,
            Invitation.extended_until,
            Invitation.wished_until,
            Invitation.token_hash.is_not(None),
            *([Institution.sort_key] if with_key else []),
        )
        .join(Invitation.institution)
        .where(Invitation.phase_id == bindparam("phase_id"))
        .order_by(Institution.sort_key, Invitation.id)
    )
    return rows if chosen is None else rows.where(FILTERS[chosen])


def found_in(phase_id: int, chosen: str | None, search: str, ids: Sequence[int] | None = None) -> list[Invitation]:
    """Every invitation that a filter and a search of the lead's list find, with institution and contacts, by name.

    ids: only these of them; None for all.
    """
    rows = selection(phase_id, chosen, search).options(
        lazyload(Invitation.phase),  # one for all of them, a wide one, and mostly known already
        contains_eager(Invitation.institution).selectinload(Institution.contacts),
    )
    return list(db.session.scalars(rows if ids is None else rows.where(Invitation.id.in_(ids))))


def selection(phase_id: int, chosen: str | None, search: str) -> Select[Invitation]:
    """What a filter and a search of the lead's list find, by name; the institution is joined."""
    rows = (
        select(Invitation)
        .join(Invitation.institution)
        .where(Invitation.phase_id == phase_id)
        .order_by(Institution.sort_key, Invitation.id)
    )
    if chosen is not None:
        rows = rows.where(FILTERS[chosen])
    if search.strip():
        rows = rows.where(_matches(search))
    return rows


def with_contacts(phase_id: int) -> list[Invitation]:
    """Every invitation of a phase with institution and contacts, by name: what is needed to write to them."""
    return found_in(phase_id, None, "")


_CURRENT_PHASE = (
    select(ParticipationPhase)
    .join(ProcedureLead, ProcedureLead.procedure_id == ParticipationPhase.procedure_id)
    .join(Procedure, Procedure.id == ParticipationPhase.procedure_id)
    .where(
        ParticipationPhase.procedure_id == bindparam("procedure_id"),
        ProcedureLead.user_id == bindparam("user_id"),
        Procedure.restricted_at.is_(None),
        or_(WANTED == 0, ParticipationPhase.id == WANTED),
    )
    .order_by(ParticipationPhase.id.desc())
    .limit(1)
)


def current_phase(procedure_id: int, visitor: Visitor, phase_id: int = 0) -> ParticipationPhase | None:
    """A phase of a procedure that the visitor leads; the newest for 0."""
    values = {"procedure_id": procedure_id, "user_id": visitor.user_id, "phase_id": phase_id}
    return db.session.scalar(_CURRENT_PHASE, values)


def invitations_at(address: str) -> list[Invitation]:
    """The invitations to open phases that went to a mail address, at most ten."""
    plain = address.strip().lower()
    contacts = select(Contact.institution_id).where(func.lower(Contact.email) == plain)
    return list(
        db.session.scalars(
            select(Invitation)
            .join(Invitation.institution)
            .join(Invitation.phase)
            .where(
                or_(func.lower(Institution.email) == plain, Institution.id.in_(contacts)),
                ParticipationPhase.state != PhaseState.PLANNED,
                Invitation.token_hash.is_not(None),
                Invitation.revoked_at.is_(None),
            )
            .order_by(Invitation.id.desc())
            .limit(10)
        )
    )


def with_link(institution_id: int) -> list[Invitation]:
    """Every invitation of an institution whose link leads somewhere, in whatever procedure; their rows are locked."""
    rows = (
        select(Invitation)
        .where(
            Invitation.institution_id == institution_id,
            Invitation.token_hash.is_not(None),
            Invitation.revoked_at.is_(None),
        )
        .order_by(Invitation.id)
        .with_for_update(of=Invitation)
    )
    return list(db.session.scalars(rows.execution_options(populate_existing=True)))


def led_by(user_id: int) -> set[int]:
    """The procedures that a person leads."""
    return set(db.session.scalars(select(ProcedureLead.procedure_id).where(ProcedureLead.user_id == user_id)))


def messages_to(invitation_id: int) -> list[Delivery]:
    """What was sent, or will be, about one invitation, newest first."""
    return list(
        db.session.scalars(
            select(Delivery)
            .where(Delivery.kind.in_(MESSAGES), Delivery.subject_id == invitation_id)
            .order_by(Delivery.id.desc())
        )
    )


@visible_to(Institution)
def _visible_institutions(visitor: Visitor) -> Select[Institution]:
    """The register belongs to the town: every lead uses it, and whoever administers ikb."""
    if visitor.has(Role.LEAD) or visitor.has(Role.ADMINISTRATOR):
        return select(Institution)
    return select(Institution).where(Institution.id.is_(None))


@visible_to(Invitation)
def _visible_invitations(visitor: Visitor) -> Select[Invitation]:
    """Leads see the invitations to their own procedures."""
    led = (
        select(ParticipationPhase.id)
        .join(Procedure, Procedure.id == ParticipationPhase.procedure_id)
        .join(ProcedureLead, ProcedureLead.procedure_id == Procedure.id)
        .where(ProcedureLead.user_id == visitor.user_id, Procedure.restricted_at.is_(None))
    )
    return select(Invitation).where(Invitation.phase_id.in_(led))

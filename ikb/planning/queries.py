"""Reads of the planning room, and who may see its rows.

A trial run is seen by the leads of its procedure and by whoever made it. Once it was sent, the offices of the bodies
whose stations it moves see it too. A proposal is seen by those who may answer it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import ColumnElement, Select, exists, or_, select
from sqlalchemy.orm import joinedload, lazyload, selectinload

from ikb.accounts.model import Grant, Role, User
from ikb.accounts.policy import Visitor, visible_to
from ikb.core.workflow import StationState
from ikb.db import db
from ikb.deliberations.model import Clerk, Consultation
from ikb.deliberations.queries import kept_by
from ikb.planning.model import FindingOverride, Move, MoveState, Scenario, ScenarioState, TownPlan
from ikb.procedures.model import ProcedureLead
from ikb.procedures.queries import led_by

SKIPPED = "skipped"
Base = dict[str, int | str | None]


def _active_clerks() -> Select[int]:
    """Ids of the bodies that have an office of their own: an active person whose task that is."""
    return (
        select(Clerk.organization_id)
        .join(User, User.id == Clerk.user_id)
        .join(Grant, Grant.user_id == User.id)
        .where(User.is_active, Grant.role == Role.SECRETARY)
    )


def _answered_by(visitor: Visitor) -> ColumnElement[bool]:
    """For consultations: those for whose body a visitor answers, as its office, or as lead where it has none."""
    without_office = Consultation.organization_id.not_in(_active_clerks())
    return or_(
        Consultation.organization_id.in_(kept_by(visitor)),
        without_office & Consultation.procedure_id.in_(led_by(visitor)),
    )


@visible_to(Move)
def _moves(visitor: Visitor) -> Select[Move]:
    mine = select(Consultation.id).where(_answered_by(visitor))
    return select(Move).where(Move.consultation_id.in_(mine))


@visible_to(Scenario)
def _scenarios(visitor: Visitor) -> Select[Scenario]:
    mine = select(Consultation.id).where(Consultation.organization_id.in_(kept_by(visitor)))
    concerns_me = exists().where(Move.scenario_id == Scenario.id, Move.consultation_id.in_(mine))
    return select(Scenario).where(
        or_(
            Scenario.procedure_id.in_(led_by(visitor)),
            (Scenario.created_by_id == visitor.user_id) & Scenario.procedure_id.in_(_touched_by(visitor)),
            concerns_me,
        )
    )


def _touched_by(visitor: Visitor) -> Select[int]:
    return select(Consultation.procedure_id).where(Consultation.organization_id.in_(kept_by(visitor)))


def scenarios_of(visitor: Visitor, procedure_id: int) -> list[Scenario]:
    """The trial runs of a procedure that a visitor may see, the newest first, those discarded left out."""
    rows = (
        _scenarios(visitor)
        .where(Scenario.procedure_id == procedure_id, Scenario.state != ScenarioState.DISCARDED)
        .options(lazyload(Scenario.procedure), selectinload(Scenario.moves))
        .order_by(Scenario.id.desc())
    )
    return list(db.session.scalars(rows))


def open_moves(visitor: Visitor) -> list[Move]:
    """Every proposal that waits for a visitor's answer, by trial run."""
    rows = (
        _moves(visitor)
        .where(Move.state == MoveState.OPEN)
        .options(selectinload(Move.scenario))
        .order_by(Move.scenario_id, Move.position)
    )
    return list(db.session.scalars(rows))


def moves_for(visitor: Visitor, scenario_id: int) -> list[Move]:
    """What a trial run asks of a visitor, answered or not."""
    rows = _moves(visitor).where(Move.scenario_id == scenario_id, Move.is_own.is_(False)).order_by(Move.position)
    return list(db.session.scalars(rows))


def offices_of(organization_ids: Iterable[int]) -> dict[int, list[User]]:
    """Who keeps the business of each body, as far as they may still act; bodies without an office are left out."""
    rows = (
        select(Clerk.organization_id, User)
        .join(User, User.id == Clerk.user_id)
        .join(Grant, Grant.user_id == User.id)
        .where(Clerk.organization_id.in_(list(organization_ids)), User.is_active, Grant.role == Role.SECRETARY)
        .order_by(Clerk.is_deputy, User.id)
    )
    found: dict[int, list[User]] = {}
    for organization_id, user in db.session.execute(rows):
        found.setdefault(organization_id, []).append(user)
    return found


def leads_of(procedure_id: int) -> list[User]:
    """The leads of a procedure who may still act."""
    rows = (
        select(User)
        .join(ProcedureLead, ProcedureLead.user_id == User.id)
        .join(Grant, Grant.user_id == User.id)
        .where(ProcedureLead.procedure_id == procedure_id, User.is_active, Grant.role == Role.LEAD)
        .order_by(User.id)
    )
    return list(db.session.scalars(rows))


def own_bodies(
    bodies: Iterable[int], offices: Mapping[int, Sequence[User]], procedure_id: int, user_id: int | None
) -> set[int]:
    """Which bodies a person may move at once: those they keep, and as lead those that have no office."""
    is_lead = any(lead.id == user_id for lead in leads_of(procedure_id))
    return {
        body
        for body in bodies
        if (is_lead if body not in offices else any(person.id == user_id for person in offices[body]))
    }


def locked_steps(procedure_id: int) -> list[Consultation]:
    """The stations of a procedure as they are now, held for the rest of the transaction."""
    rows = (
        select(Consultation)
        .where(Consultation.procedure_id == procedure_id)
        .options(lazyload(Consultation.procedure))
        .order_by(Consultation.id)
        .with_for_update(of=Consultation)
        .execution_options(populate_existing=True)
    )
    return list(db.session.scalars(rows).unique())


def base_of(steps: Sequence[Consultation]) -> Base:
    """A sequence as far as trial runs depend on it: which station has which sitting, and which are left out.

    A result recorded meanwhile does not count: the station stays where it is.
    """
    return {
        str(step.id): SKIPPED
        if step.state == StationState.SKIPPED
        else (step.agenda_item.meeting_id if step.agenda_item else None)
        for step in steps
    }


def plan_and_reasons(procedure_id: int) -> tuple[TownPlan, list[FindingOverride]]:
    """The town's own steps, and about each finding of a procedure the newest reason that was not taken back; one query."""
    rows = (
        select(TownPlan, FindingOverride)
        .select_from(TownPlan)
        .outerjoin(FindingOverride, FindingOverride.procedure_id == procedure_id)
        .options(joinedload(FindingOverride.made_by, innerjoin=False))  # a plan without reasons is a row too
        .order_by(TownPlan.id, FindingOverride.id)
    )
    found = db.session.execute(rows).all()
    newest = {row.finding: row for _, row in found if row is not None}
    return found[0][0], [row for row in newest.values() if not row.is_taken_back]


def reasons_of(procedure_id: int) -> list[FindingOverride]:
    """Every reason that was given or taken back in a procedure, the newest first."""
    rows = select(FindingOverride).where(FindingOverride.procedure_id == procedure_id)
    return list(db.session.scalars(rows.order_by(FindingOverride.id.desc())))


def town_plan() -> TownPlan:
    """The town's own steps; the migration has put down the first ones."""
    return db.session.scalars(select(TownPlan).order_by(TownPlan.id).limit(1)).one()

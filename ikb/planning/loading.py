"""From rows to what the planner's core works on, in few queries whatever the number of stations."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import Date, String, literal, select, union_all
from sqlalchemy.orm import lazyload

from ikb.core.notice import Unit
from ikb.core.sequence.values import Break, BreakKind, Sitting, Station, Step, StepKind, Town
from ikb.db import db
from ikb.deliberations.model import Consultation, Meeting, MeetingOrganization, Organization
from ikb.deliberations.planner_rows import body_of, station_of
from ikb.planning import queries
from ikb.planning.model import Act, FindingOverride, Move, MoveState, Presenter, Scenario, TownPlan
from ikb.procedures import town_days


@dataclass(frozen=True)
class Loaded:
    """A procedure's stations and the town around them, with their rows for whoever shows or moves them."""

    stations: tuple[Station, ...]
    town: Town
    rows: Mapping[int, Consultation]
    reasons: Sequence[FindingOverride]  # with which findings were accepted, whether they still hold or not


def load(
    procedure_id: int,
    steps: Sequence[Consultation],
    *,
    since: date | None = None,
    own: Collection[int] | None = None,
) -> Loaded:
    """The sequence as the planner sees it.

    steps: its rows, as `deliberations.queries.sequence` gives them.
    since: with the calendar of the bodies that stand in it, from that day on; without it no sittings are loaded.
    own:   ids of the bodies that the planning person keeps; None: all of them.
    """
    bodies = {step.organization.id: step.organization for step in steps}
    calendar = _sittings(bodies, since) if since is not None else ()
    plan, given = queries.plan_and_reasons(procedure_id)
    return Loaded(
        stations=_stations(procedure_id, steps, own),
        town=_town(plan, bodies.values(), calendar),
        rows={step.id: step for step in steps},
        reasons=given,
    )


def _stations(procedure_id: int, steps: Sequence[Consultation], own: Collection[int] | None) -> tuple[Station, ...]:
    presenters, consents = _beside(procedure_id)
    return tuple(
        _station(step, presenters.get(step.id, ""), consents.get(step.id), own is None or step.organization_id in own)
        for step in steps
    )


def _station(step: Consultation, presenter: str, consent_on: date | None, is_own: bool) -> Station:
    known = station_of(step)
    return replace(known, presenter=presenter, is_own=is_own, consent_on=consent_on if known.sitting is None else None)


def _beside(procedure_id: int) -> tuple[dict[int, str], dict[int, date]]:
    """By station, who presents there, and the day from which its silence counts where that was agreed last; one query."""
    no_act, no_day = literal(None, String()).label("act"), literal(None, Date()).label("day")
    presenting = (
        select(Presenter.consultation_id, Presenter.name, no_act, no_day, literal(0).label("at"))
        .join(Consultation, Consultation.id == Presenter.consultation_id)
        .where(Consultation.procedure_id == procedure_id, Presenter.name != "")
    )
    moved = (
        select(Move.consultation_id, literal(""), Move.act, Move.consent_on, Move.id)
        .join(Scenario, Scenario.id == Move.scenario_id)
        .where(Scenario.procedure_id == procedure_id, Move.state == MoveState.DONE)
    )
    presenters: dict[int, str] = {}
    last: dict[int, date | None] = {}
    both = union_all(presenting, moved).subquery()
    for station, name, act, day, _ in db.session.execute(select(both).order_by(both.c.at)):
        if act is None:
            presenters[station] = name
        else:
            last[station] = day if act == Act.SILENCE else None
    return presenters, {station: day for station, day in last.items() if day is not None}


def _town(plan: TownPlan, bodies: Iterable[Organization], calendar: Iterable[Sitting]) -> Town:
    return Town(
        bodies={body.id: body_of(body) for body in bodies},
        sittings=tuple(calendar),
        breaks=tuple(
            Break(span.name, span.first_on, span.last_on, BreakKind(span.kind)) for span in town_days.all_periods()
        ),
        steps=steps_of(plan),
        busy=(plan.busy_sittings, plan.busy_days),
        presenter_minutes=plan.presenter_minutes,
        silence_days=plan.silence_days,
    )


def steps_of(plan: TownPlan) -> tuple[Step, ...]:
    """The town's own steps, from the sitting back to the start."""
    return tuple(
        Step(step["name"], int(step["days"]), Unit(step["unit"]), StepKind(step["kind"])) for step in plan.steps
    )


def _sittings(bodies: Mapping[int, Organization], since: date) -> tuple[Sitting, ...]:
    """The calendar of some bodies from a day on, joint sittings once for each of them; in two queries."""
    lead = select(Meeting.id, Meeting.organization_id)
    joint = select(MeetingOrganization.meeting_id, MeetingOrganization.organization_id)
    who: dict[int, list[int]] = {}
    pairs = lead.where(Meeting.held_on >= since).union_all(
        joint.join(Meeting, Meeting.id == MeetingOrganization.meeting_id).where(Meeting.held_on >= since)
    )
    for meeting_id, organization_id in db.session.execute(pairs):
        if organization_id in bodies:
            who.setdefault(meeting_id, []).append(organization_id)
    rows = select(Meeting).where(Meeting.held_on >= since, Meeting.id.in_(who)).options(lazyload(Meeting.organization))
    return tuple(
        Sitting(
            id=meeting.id,
            organization=organization_id,
            on=meeting.held_on,
            starts=meeting.starts_at_local,
            ends=meeting.ends_at_local,
            place=meeting.place,
            cancelled=meeting.cancelled,
        )
        for meeting in db.session.scalars(rows.order_by(Meeting.held_on, Meeting.id))
        for organization_id in who[meeting.id]
    )

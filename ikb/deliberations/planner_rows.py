"""Committees and consultations as the planner's core knows them: the rules of a body, and one station."""

from __future__ import annotations

from collections.abc import Iterable

from ikb.core.clock import berlin_day
from ikb.core.notice import NoticeRule, ShortUnit, Unit, Way
from ikb.core.results import Outcome
from ikb.core.sequence.values import Body, Break, BreakKind, Station, Town
from ikb.core.workflow import StationState
from ikb.deliberations.model import Consultation, Organization
from ikb.procedures.town_model import TownPeriod


def body_of(organization: Organization) -> Body:
    """The rules of a committee's sittings; a row that was never stored has the usual ones."""
    rule = NoticeRule(
        days=organization.notice_days,
        unit=Unit(organization.notice_unit or Unit.CALENDAR),
        count_delivery_day=bool(organization.count_delivery_day),
        count_meeting_day=bool(organization.count_meeting_day),
        short_amount=organization.short_notice_amount,
        short_unit=ShortUnit(organization.short_notice_unit or ShortUnit.HOURS),
        delivery=Way(organization.delivery or Way.ELECTRONIC),
        extra_days=organization.delivery_extra_days or 0,
    )
    return Body(organization.id, rule, organization.papers_days, organization.minutes_days)


def station_of(step: Consultation) -> Station:
    """One consultation, with its sitting and what came out."""
    meeting = step.agenda_item.meeting if step.agenda_item else None
    result = step.result
    return Station(
        id=step.id,
        organization=step.organization.id,
        name=step.organization.name,
        kind=step.organization.kind,
        role=step.role,
        state=StationState(step.state),
        outcome=Outcome(result.outcome) if result else None,
        sitting=meeting.id if meeting else None,
        on=meeting.held_on if meeting else None,
        starts=meeting.starts_at_local if meeting else None,
        ends=meeting.ends_at_local if meeting else None,
        place=meeting.place if meeting else "",
        position=step.position or 0,
        predecessor=step.predecessor_id,
        is_laid=step.laid_paper_id is not None,
        skip_reason=step.skip_reason or "",
        recorded_on=berlin_day(step.results[0].recorded_at) if step.results else None,
        cancelled=bool(meeting.cancelled) if meeting else False,
    )


def town_of(organizations: Iterable[Organization], periods: Iterable[TownPeriod] = ()) -> Town:
    """The rules of some committees and the town's own days: enough for whatever is due at one sitting."""
    return Town(
        bodies={organization.id: body_of(organization) for organization in organizations},
        breaks=tuple(Break(span.name, span.first_on, span.last_on, BreakKind(span.kind)) for span in periods),
    )

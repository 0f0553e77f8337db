"""The digest: what stands in a lead's overviews this morning, as a mail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import func, select

from ikb.consolidation.own_work import own_work
from ikb.core.clock import berlin_day
from ikb.db import db
from ikb.deliberations.model import Consultation, Result
from ikb.deliveries.kinds import Mail, register_kind
from ikb.deliveries.model import Delivery, DeliveryState
from ikb.deliveries.rendering import render_mail
from ikb.institutions.model import Institution, Invitation
from ikb.procedures.model import ParticipationPhase, Procedure
from ikb.procedures.open_points import OpenPoint, open_points_of
from ikb.reminders import leads
from ikb.reminders.leads import DIGEST
from ikb.statements.model import Statement
from ikb.web import labels
from ikb.web.filters import day, plural
from ikb.web.links import external_url

LOOKED_BACK = timedelta(days=7)  # at most; a digest that comes after holidays still tells of all of them
NAMED = 5  # institutions by name; of more only the number
labels.add("message", {DIGEST: "Tägliche Übersicht"})
labels.add("mail_stream", {DIGEST: "Tägliche Übersicht"})


@dataclass(frozen=True)
class Part:
    """What there is to say about one procedure."""

    title: str
    blocks: Sequence[OpenPoint]
    came_in: Sequence[str]
    link: str
    yours: str = ""


def parts_for(delivery: Delivery, now: datetime) -> list[Part]:
    """Each procedure of which there is something to say: what is open, what came in, or what the reader should have done.

    What is assigned to the reader stands beside it, and what others decided and waits for a second person.
    """
    since = _last_told(delivery, now)
    user_id = delivery.subject_id
    found = [(_part(procedure, since, now), procedure.id) for procedure in _procedures(user_id)]
    worked = [(part, own_work(procedure_id, user_id, berlin_day(now))) for part, procedure_id in found]
    return [replace(part, yours=own.sentence) for part, own in worked if part.blocks or part.came_in or own.presses]


def _procedures(user_id: int) -> list[Procedure]:
    ids = leads.in_digest(user_id)
    return list(db.session.scalars(select(Procedure).where(Procedure.id.in_(ids)).order_by(Procedure.id)))


def _part(procedure: Procedure, since: datetime, now: datetime) -> Part:
    open_ones = open_points_of(procedure.id, berlin_day(now))
    came_in = [*_statements(procedure.id, since), *_results(procedure.id, since)]
    return Part(procedure.title, open_ones, came_in, external_url("reports.stand", procedure_id=procedure.id))


def _last_told(delivery: Delivery, now: datetime) -> datetime:
    """When the digest before this one went out; a day ago if there was none, and never longer ago than a week."""
    before = db.session.scalar(
        select(func.max(Delivery.finished_at)).where(
            Delivery.kind == DIGEST,
            Delivery.subject_id == delivery.subject_id,
            Delivery.state.in_((DeliveryState.HANDED_OVER, DeliveryState.DELIVERED, DeliveryState.CANCELLED)),
            Delivery.id != delivery.id,
        )
    )
    return max(before or now - timedelta(days=1), now - LOOKED_BACK)


def _statements(procedure_id: int, since: datetime) -> list[str]:
    rows = (
        select(Institution.name)
        .join(Invitation, Invitation.institution_id == Institution.id)
        .join(Statement, Statement.invitation_id == Invitation.id)
        .join(ParticipationPhase, ParticipationPhase.id == Invitation.phase_id)
        .where(ParticipationPhase.procedure_id == procedure_id, Statement.submitted_at > since)
        .order_by(Institution.sort_key)
        .distinct()
        .add_columns(Institution.sort_key)
    )
    names = [name for name, _ in db.session.execute(rows)]
    if not names:
        return []
    told = f": {', '.join(names)}" if len(names) <= NAMED else ""
    return [f"Antworten von {plural(len(names), 'Institution', 'Institutionen')}{told}."]


def _results(procedure_id: int, since: datetime) -> list[str]:
    rows = (
        select(Result)
        .join(Consultation, Consultation.id == Result.consultation_id)
        .where(Consultation.procedure_id == procedure_id, Result.recorded_at > since)
        .order_by(Result.id)
    )
    return [
        f"{result.consultation.body_name}, {day(result.consultation.held_on)}: {result.phrase}."
        for result in db.session.scalars(rows).unique()
    ]


def wanted(delivery: Delivery, now: datetime) -> bool:
    """Nothing to say is no mail."""
    return bool(parts_for(delivery, now))


def render(delivery: Delivery, now: datetime) -> Mail:
    """What blocks, what is overdue, what came in, procedure by procedure."""
    parts = parts_for(delivery, now)
    return render_mail("digest", name=delivery.recipient_name, parts=parts, today=berlin_day(now))


register_kind(DIGEST, still_wanted=wanted, render=render, urgency=7, mandatory=False, stream="digest")

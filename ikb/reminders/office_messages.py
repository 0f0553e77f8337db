"""What the administration's own people are told by mail: due dates, changes, days full of sittings, lost addresses."""

from __future__ import annotations

from datetime import datetime

from ikb.core.clock import berlin_day
from ikb.db import db
from ikb.deliveries.kinds import Mail, register_kind
from ikb.deliveries.model import Delivery
from ikb.deliveries.rendering import render_mail
from ikb.procedures.model import Procedure
from ikb.reminders import changes, leads, sittings
from ikb.web import labels
from ikb.web.links import external_url

labels.add(
    "message",
    {
        sittings.SITTING_TASK: "Hinweis zur Sitzung",
        changes.SEQUENCE_CHANGED: "Beratungsfolge geändert",
        leads.BUSY_DAYS: "Dichte Sitzungstage",
        leads.UNDELIVERABLE: "Nicht erreichbare Institutionen",
    },
)


def task_wanted(delivery: Delivery, now: datetime) -> bool:
    """The sitting is still on that day, and the step is not done."""
    return bool(sittings.open_tasks(delivery, now))


def render_task(delivery: Delivery, now: datetime) -> Mail:
    """What is due until when, by which rule, for which procedures."""
    found = sittings.open_tasks(delivery, now)
    station, due = found[0]
    return render_mail(
        "sitting_task",
        name=delivery.recipient_name,
        dues=list({one.code: one for _, one in found}.values()),
        due_on=due.due_on,
        held_on=station.held_on,
        organization=station.body_name,
        titles=list(dict.fromkeys(one.procedure.title for one, _ in found)),
        today=berlin_day(now),
        link=external_url("deliberations.my_meetings"),
    )


def change_wanted(delivery: Delivery, now: datetime) -> bool:
    """Something is other than it was."""
    return bool(changes.changes_for(delivery))


def render_change(delivery: Delivery, now: datetime) -> Mail:
    """Each station that changed in one sentence."""
    return render_mail(
        "sequence_changed",
        name=delivery.recipient_name,
        procedure=db.session.get_one(Procedure, delivery.subject_id),
        changes=changes.changes_for(delivery),
        today=berlin_day(now),
        link=external_url("deliberations.sequence", procedure_id=delivery.subject_id),
    )


def busy_wanted(delivery: Delivery, now: datetime) -> bool:
    """The days are still full, and the same days."""
    busy = leads.busy_ahead(delivery.subject_id, now)
    return busy is not None and busy.first.isoformat() == delivery.edition


def render_busy(delivery: Delivery, now: datetime) -> Mail:
    """How many sittings in which days."""
    return render_mail(
        "busy_days",
        name=delivery.recipient_name,
        procedure=db.session.get_one(Procedure, delivery.subject_id),
        busy=leads.busy_ahead(delivery.subject_id, now),
        link=external_url("deliberations.sequence", procedure_id=delivery.subject_id),
    )


def undeliverable_wanted(delivery: Delivery, now: datetime) -> bool:
    """Some address still does not work."""
    return bool(leads.unreached(delivery.subject_id))


def render_undeliverable(delivery: Delivery, now: datetime) -> Mail:
    """Who cannot be reached today, and where to correct it."""
    return render_mail(
        "undeliverable",
        name=delivery.recipient_name,
        procedure=db.session.get_one(Procedure, delivery.subject_id),
        invitations=leads.unreached(delivery.subject_id),
        today=berlin_day(now),
        link=external_url("reminders.undelivered", procedure_id=delivery.subject_id),
    )


register_kind(
    sittings.SITTING_TASK, still_wanted=task_wanted, render=render_task, urgency=6, mandatory=False, stream="sittings"
)
register_kind(
    changes.SEQUENCE_CHANGED,
    still_wanted=change_wanted,
    render=render_change,
    urgency=6,
    mandatory=False,
    stream="sequence",
)
register_kind(
    leads.BUSY_DAYS, still_wanted=busy_wanted, render=render_busy, urgency=7, mandatory=False, stream="sittings"
)
register_kind(leads.UNDELIVERABLE, still_wanted=undeliverable_wanted, render=render_undeliverable, urgency=4)

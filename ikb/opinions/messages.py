"""What departments hear by mail: the question with its link, reminders until they answered, and that they need not answer."""

from __future__ import annotations

from datetime import datetime

from ikb.core.clock import berlin_day
from ikb.db import db
from ikb.deliveries.kinds import Address, Mail, register_kind
from ikb.deliveries.model import Delivery
from ikb.deliveries.rendering import render_mail
from ikb.opinions.links import link_of
from ikb.opinions.model import EndedAs, OpinionRequest
from ikb.opinions.service import ASKED, DUE_SOON, OVERDUE, WITHDRAWN
from ikb.procedures.model import Procedure
from ikb.web import labels

labels.add(
    "message",
    {
        ASKED: "Frage an ein Amt",
        DUE_SOON: "Frage an ein Amt: Antwort bald fällig",
        OVERDUE: "Frage an ein Amt: Antwort überfällig",
        WITHDRAWN: "Frage an ein Amt zurückgezogen",
    },
)


def _request(delivery: Delivery) -> OpinionRequest | None:
    return db.session.get(OpinionRequest, delivery.subject_id)


def asked_wanted(delivery: Delivery, now: datetime) -> bool:
    """The question stands, and no newer link is on its way."""
    row = _request(delivery)
    return row is not None and not row.is_ended and delivery.edition == str(row.generation)


def reminder_wanted(delivery: Delivery, now: datetime) -> bool:
    """Nobody answered, the question stands, and its last day is still the same."""
    row = _request(delivery)
    waits = row is not None and not row.is_ended and row.answered_at is None
    return waits and row is not None and delivery.edition == row.due_on.isoformat()


def withdrawal_wanted(delivery: Delivery, now: datetime) -> bool:
    """It was taken back without an answer."""
    row = _request(delivery)
    return row is not None and row.ended_as == EndedAs.WITHDRAWN


def _address(delivery: Delivery, now: datetime) -> Address | None:
    row = _request(delivery)
    return None if row is None else Address(row.email, row.contact_name or row.department)


def render(delivery: Delivery, now: datetime) -> Mail:
    """The message of a kind, by the template of its name."""
    row = db.session.get_one(OpinionRequest, delivery.subject_id)
    return render_mail(
        delivery.kind,
        reply_to=row.asked_by.email,
        asked=row,
        procedure=db.session.get_one(Procedure, row.procedure_id),
        link=link_of(row),
        today=berlin_day(now),
    )


register_kind(ASKED, still_wanted=asked_wanted, render=render, urgency=2, address=_address)
register_kind(DUE_SOON, still_wanted=reminder_wanted, render=render, urgency=4, address=_address)
register_kind(OVERDUE, still_wanted=reminder_wanted, render=render, urgency=4, address=_address)
register_kind(WITHDRAWN, still_wanted=withdrawal_wanted, render=render, urgency=5, address=_address)

"""What the deliberation room says by mail: that a text changed after a body sat."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from ikb.db import db
from ikb.deliberations.laying_model import ChangedSince, ChangedSinceAnswer, SinceAnswer
from ikb.deliberations.since_sitting import NOTICE
from ikb.deliveries.kinds import Mail, register_kind
from ikb.deliveries.model import Delivery
from ikb.deliveries.rendering import render_mail


def _answer_of(delivery: Delivery) -> ChangedSinceAnswer | None:
    rows = select(ChangedSinceAnswer).where(ChangedSinceAnswer.id == delivery.subject_id)
    way = joinedload(ChangedSinceAnswer.question).joinedload(ChangedSince.consultation)
    return db.session.scalars(rows.options(way)).unique().one_or_none()


def notice_wanted(delivery: Delivery, now: datetime) -> bool:
    """As long as the office has not decided otherwise."""
    answer = _answer_of(delivery)
    if answer is None or answer.answer != SinceAnswer.TELL:
        return False
    latest = select(ChangedSinceAnswer.id).where(ChangedSinceAnswer.question_id == answer.question_id)
    return db.session.scalar(latest.order_by(ChangedSinceAnswer.id.desc()).limit(1)) == answer.id


def render_notice(delivery: Delivery, now: datetime) -> Mail:
    """The notice in the office's words."""
    answer = _answer_of(delivery)
    if answer is None:
        raise LookupError("The answer behind this notice is gone.")
    consultation = answer.question.consultation
    return render_mail(
        "sitting_update",
        organization=consultation.organization,
        held_on=consultation.held_on,
        procedure=consultation.procedure,
        notice=answer.notice,
    )


register_kind(NOTICE, still_wanted=notice_wanted, render=render_notice)

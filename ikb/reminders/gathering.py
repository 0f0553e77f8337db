"""Gathering: the first of several things opens a message that waits a while, the others find it waiting."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import Integer, cast, func, select

from ikb.accounts.model import User
from ikb.db import db
from ikb.deliveries import service as deliveries
from ikb.deliveries.model import Delivery, DeliveryState
from ikb.deliveries.service import Planned
from ikb.journal.model import JournalHead

COUNTS = timedelta(days=3)  # what was gathered is of no use later


def gather(
    kind: str, procedure_id: int, people: Iterable[User], *, number: int, due_at: datetime, now: datetime
) -> None:
    """One message for each of these people who has none waiting, beginning with the thing of that number.

    number: rises from thing to thing, such as a journal entry's; the message tells of it and of whatever follows.
    Two who come at the same time come here one after the other: each holds the journal's end until its transaction is
    over, as whoever writes to it does.
    """
    db.session.execute(select(JournalHead.id).where(JournalHead.id == 1).with_for_update())
    waiting = set(
        db.session.scalars(
            select(Delivery.recipient).where(
                Delivery.kind == kind, Delivery.subject_id == procedure_id, Delivery.state == DeliveryState.PLANNED
            )
        )
    )
    messages = [
        Planned(
            kind=kind,
            subject_id=procedure_id,
            recipient=user.email,
            recipient_name=user.name,
            step=str(number),
            due_at=due_at,
            stale_at=due_at + COUNTS,
            procedure_id=procedure_id,
        )
        for user in people
        if user.email not in waiting
    ]
    if messages:
        deliveries.plan_many(messages, now=now)


def gathered(delivery: Delivery) -> tuple[int, int | None]:
    """Of which things a message tells: from the number that opened it to the one that opened the next, not included."""
    first = int(delivery.step)
    number = cast(Delivery.step, Integer)
    following = db.session.scalar(
        select(func.min(number)).where(
            Delivery.kind == delivery.kind,
            Delivery.subject_id == delivery.subject_id,
            Delivery.recipient == delivery.recipient,
            number > first,
        )
    )
    return first, following

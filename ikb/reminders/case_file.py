"""The case file of a procedure's messages: found by kind, state, recipient and day; as pages and as a table to take away."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import defer

from ikb.core.clock import end_of_day, start_of_day
from ikb.db import db
from ikb.deliveries.model import Delivery
from ikb.web.filters import moment, number
from ikb.web.labels import label
from ikb.web.paging import PAGE_SIZE, Page

MOST_EXPORTED = 20_000  # what a spreadsheet still opens with pleasure, texts included
NARROWER = "Schränken Sie die Auswahl ein, um sie herunterzuladen, etwa auf einen Tag oder eine Art."
COLUMNS = (
    "Nachricht", "An", "Adresse", "Stand", "Fällig", "Abgeschlossen", "Versuche", "Antwort des Mailservers", "Betreff",
    "Text", "Message-ID",
)  # fmt: skip


@dataclass(frozen=True)
class Chosen:
    """Which messages are wanted. recipient: part of a name or address; day: in Berlin, of the last thing that happened."""

    kind: str = ""
    state: str = ""
    recipient: str = ""
    day: date | None = None

    @property
    def is_narrow(self) -> bool:
        """Whether anything beside kind and state is asked for."""
        return bool(self.recipient) or self.day is not None


# What a list shows as a message's moment: when it was over, else when it is tried next.
_AT = func.coalesce(Delivery.finished_at, Delivery.next_at)


def _found_by(procedure_id: int, chosen: Chosen) -> list[ColumnElement[bool]]:
    """By recipient and day: the counts by kind and state stand beside the choice of these."""
    found: list[ColumnElement[bool]] = [Delivery.procedure_id == procedure_id]
    if words := chosen.recipient.strip().lower():
        in_name = func.lower(Delivery.recipient_name).contains(words, autoescape=True)
        found.append(or_(func.lower(Delivery.recipient).contains(words, autoescape=True), in_name))
    if chosen.day is not None:
        found += [start_of_day(chosen.day) <= _AT, end_of_day(chosen.day) > _AT]
    return found


def _all_of(procedure_id: int, chosen: Chosen) -> list[ColumnElement[bool]]:
    found = _found_by(procedure_id, chosen)
    if chosen.kind:
        found.append(Delivery.kind == chosen.kind)
    if chosen.state:
        found.append(Delivery.state == chosen.state)
    return found


def tally(procedure_id: int, chosen: Chosen | None = None) -> dict[tuple[str, str], int]:
    """How many messages of a procedure are of which kind and in which state: {(kind, state): number}."""
    rows = select(Delivery.kind, Delivery.state, func.count()).where(*_found_by(procedure_id, chosen or Chosen()))
    found = db.session.execute(rows.group_by(Delivery.kind, Delivery.state))
    return {(kind, state): number for kind, state, number in found}


def messages(procedure_id: int, chosen: Chosen, *, number: int, total: int) -> Page[Delivery]:
    """One page of a procedure's messages, the latest first, without their texts. total: of the choice, from the tally."""
    rows = select(Delivery).where(*_all_of(procedure_id, chosen)).options(defer(Delivery.body_text))
    number = min(number, max(1, -(-total // PAGE_SIZE)))
    rows = rows.order_by(Delivery.next_at.desc(), Delivery.id.desc())
    items = db.session.scalars(rows.limit(PAGE_SIZE).offset((number - 1) * PAGE_SIZE)).all()
    return Page(items, number, PAGE_SIZE, total)


def lines(procedure_id: int, chosen: Chosen) -> Iterator[tuple[Any, ...]]:
    """The chosen messages as lines under `COLUMNS`, the latest first, with their texts; one query.

    After `MOST_EXPORTED` a last line says that there are more.
    """
    rows = (
        select(
            Delivery.kind,
            Delivery.recipient_name,
            Delivery.recipient,
            Delivery.state,
            Delivery.due_at,
            Delivery.finished_at,
            Delivery.attempts,
            Delivery.last_reply,
            Delivery.subject_line,
            Delivery.body_text,
            Delivery.message_id,
        )
        .where(*_all_of(procedure_id, chosen))
        .order_by(Delivery.next_at.desc(), Delivery.id.desc())
        .limit(MOST_EXPORTED + 1)
    )
    for place, (kind, name, address, state, due_at, finished_at, *rest) in enumerate(db.session.execute(rows)):
        if place == MOST_EXPORTED:
            yield (f"Hier enden die {number(MOST_EXPORTED)} spätesten Nachrichten; es gibt ältere. {NARROWER}",)
            return
        yield (
            label("message", kind),
            name,
            address,
            label("delivery", state),
            moment(due_at),
            moment(finished_at) if finished_at else "",
            *rest,
        )

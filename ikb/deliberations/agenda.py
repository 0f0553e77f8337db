"""The agenda of a sitting: its items in order, with number and publicity."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import exists, select

from ikb.accounts.policy import Visitor
from ikb.db import db
from ikb.deliberations.model import AgendaItem, Consultation, Meeting
from ikb.deliberations.sources import refuse_if_led
from ikb.errors import Implausible, NotReady
from ikb.journal import service as journal
from ikb.journal.service import Actor
from ikb.procedures.edits import lock_unchanged
from ikb.remarks.model import Remark

NONPUBLIC = "Nichtöffentlicher Tagesordnungspunkt"
LONGEST_NUMBER, LONGEST_TITLE = 20, 500


@dataclass(frozen=True)
class Item:
    """What is entered about one item. public: None where it is not said."""

    title: str
    number: str = ""
    public: bool | None = True

    def in_words(self) -> str:
        """One line per fact, for setting two of them side by side."""
        public = {True: "öffentlich", False: "nichtöffentlich", None: "ohne Angabe"}[self.public]
        return f"TOP: {self.number or 'ohne Nummer'}\nTitel: {self.title}\nBeratung: {public}"


@dataclass(frozen=True)
class Shown:
    """An item as one visitor may see it. step: the station that is deliberated there, where they may open it."""

    item: AgendaItem
    title: str
    step: Consultation | None
    is_used: bool


def item_of(row: AgendaItem) -> Item:
    """An item as what was entered about it."""
    return Item(row.title, row.number, row.public)


def shown(meeting: Meeting, steps: Sequence[Consultation], visitor: Visitor, kept: frozenset[int]) -> list[Shown]:
    """The agenda for one visitor; what is deliberated behind closed doors has a title only for those who sit there.

    steps: the stations of the sitting that the visitor may see.
    kept:  ids of the committees whose business the visitor keeps.
    """
    by_item = {step.agenda_item_id: step for step in steps}
    used = _used(meeting)
    sits_there = bool(kept & {body.id for body in meeting.organizations})
    return [
        Shown(
            item,
            item.title if item.public or sits_there or item.id in by_item else NONPUBLIC,
            by_item.get(item.id),
            item.id in used,
        )
        for item in meeting.agenda_items
    ]


def _used(meeting: Meeting) -> set[int]:
    ids = [item.id for item in meeting.agenda_items]
    consulted = select(Consultation.agenda_item_id).where(Consultation.agenda_item_id.in_(ids))
    remarked = select(Remark.agenda_item_id).where(Remark.agenda_item_id.in_(ids))
    return {found for found in db.session.scalars(consulted.union(remarked)) if found is not None}


def add_item(meeting: Meeting, entered: Item, *, key: uuid.UUID, by: Actor, now: datetime) -> AgendaItem:
    """A further item at the end. key: the form's UUID; sent twice, it stands there once.

    Raises Implausible, with its field, without a title, and for a number that stands there already; NotReady for a
    sitting that does not take place.
    """
    if earlier := db.session.scalar(select(AgendaItem).where(AgendaItem.key == key)):
        return earlier
    hold(meeting)
    refuse_if_led(meeting, ["agenda"], by=by, now=now)
    entered = _check(meeting, entered, None)
    last = max((item.position for item in meeting.agenda_items), default=0)
    item = AgendaItem(meeting=meeting, position=last + 1, key=key, **vars(entered))
    db.session.add(item)
    db.session.flush()
    _note("agenda item added", item, by=by, now=now)
    return item


def change_item(item: AgendaItem, entered: Item, *, seen: int, by: Actor, now: datetime) -> None:
    """Change title, number and publicity. Raises Conflict with both if somebody else did meanwhile, else as `add_item`."""
    lock_unchanged(item, seen, mine=entered.in_words(), theirs=lambda: item_of(item).in_words())
    hold(item.meeting)
    refuse_if_led(item.meeting, ["agenda"], by=by, now=now)
    entered = _check(item.meeting, entered, item)
    if item_of(item) == entered:
        return
    item.title, item.number, item.public = entered.title, entered.number, entered.public
    db.session.flush()
    _note("agenda item changed", item, by=by, now=now)


def remove_item(item: AgendaItem, *, seen: int, by: Actor, now: datetime) -> None:
    """Take an item from the agenda. Raises NotReady while a paper is deliberated there; Conflict as above."""
    lock_unchanged(item, seen, theirs=lambda: item_of(item).in_words())
    hold(item.meeting)
    refuse_if_led(item.meeting, ["agenda"], by=by, now=now)
    consulted = exists().where(Consultation.agenda_item_id == item.id)
    remarked = exists().where(Remark.agenda_item_id == item.id)
    if db.session.scalar(select(consulted | remarked)):
        raise NotReady(
            "Unter diesem Punkt wird eine Vorlage beraten. Geben Sie der Beratung einen anderen Tag, oder tragen Sie als "
            "Ergebnis „von der Tagesordnung abgesetzt“ ein."
        )
    _note("agenda item removed", item, by=by, now=now)
    item.meeting.agenda_items.remove(item)
    db.session.flush()


def shift_item(item: AgendaItem, to: Literal["up", "down"], *, seen: int, by: Actor, now: datetime) -> None:
    """Let an item change places with the one before or after it; at the end of the list nothing happens."""
    meeting = item.meeting
    lock_unchanged(item, seen)
    hold(meeting)
    refuse_if_led(meeting, ["agenda"], by=by, now=now)
    order = list(meeting.agenda_items)
    at = order.index(item)
    other = at - 1 if to == "up" else at + 1
    if not 0 <= other < len(order):
        return
    order[at], order[other] = order[other], order[at]
    _put(order)
    _note("agenda changed", meeting, by=by, now=now)


def renumber(meeting: Meeting, *, seen: int, by: Actor, now: datetime) -> None:
    """Number all items in their order, from 1. Raises Conflict if the sitting was changed meanwhile."""
    lock_unchanged(meeting, seen)
    hold(meeting)
    refuse_if_led(meeting, ["agenda"], by=by, now=now)
    order = list(meeting.agenda_items)
    _put(order)
    for place, item in enumerate(order, 1):
        item.number = str(place)
    db.session.flush()
    _note("agenda changed", meeting, by=by, now=now)


def _put(order: Sequence[AgendaItem]) -> None:
    for place, item in enumerate(order, 1):
        item.position = place
    db.session.flush()


def hold(meeting: Meeting) -> None:
    """Let nobody else change this agenda until the end of the transaction, and read it as it is now."""
    db.session.refresh(meeting, with_for_update={"of": Meeting})
    db.session.refresh(meeting, ["agenda_items"])
    if meeting.cancelled:
        raise NotReady("Diese Sitzung findet nicht statt. Ihre Tagesordnung ändert sich nicht mehr.")


def _check(meeting: Meeting, entered: Item, itself: AgendaItem | None) -> Item:
    tidy = Item(" ".join(entered.title.split()), " ".join(entered.number.split()), entered.public)
    if not tidy.title or len(tidy.title) > LONGEST_TITLE:
        raise Implausible(f"Schreiben Sie, worum es geht, höchstens {LONGEST_TITLE} Zeichen.", "title")
    if len(tidy.number) > LONGEST_NUMBER:
        raise Implausible(f"Die Nummer ist zu lang: höchstens {LONGEST_NUMBER} Zeichen.", "number")
    same = [item for item in meeting.agenda_items if tidy.number and item.number == tidy.number and item is not itself]
    if same:
        raise Implausible(f"TOP {tidy.number} gibt es auf dieser Tagesordnung schon: „{same[0].title}“.", "number")
    return tidy


def _note(action: str, subject: AgendaItem | Meeting, *, by: Actor, now: datetime) -> None:
    facts = (
        {"meeting_id": subject.meeting_id, "position": subject.position, "public": subject.public}
        if isinstance(subject, AgendaItem)
        else {"items": [item.id for item in sorted(subject.agenda_items, key=lambda item: item.position)]}
    )
    journal.record(action, subject, by=by, now=now, facts=facts)

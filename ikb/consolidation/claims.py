"""„Ich bearbeite das“: a person takes a section in hand, others see it and may take it over. It warns and never locks."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, delete, select

from ikb.consolidation.assignment_model import Assignment
from ikb.consolidation.claim_model import SectionClaim
from ikb.consolidation.queries import outcome_of, shown_run
from ikb.db import db
from ikb.drafts.model import Draft, DraftVersion
from ikb.journal.service import Actor
from ikb.web import labels

labels.add("subject", {"section_claim": "Bearbeitung eines Abschnitts"})

HELD = timedelta(minutes=15)
LEAVING = timedelta(minutes=1)
"""So long a section stays in hand after its page was left: whoever only goes to another page of it comes back in time."""


def on_section(draft_id: int, anchor: str, now: datetime) -> SectionClaim | None:
    """Who works on a section now."""
    return db.session.scalar(select(SectionClaim).where(*_here(draft_id, anchor), SectionClaim.held_until > now))


def in_hand(draft_id: int, anchor: str, now: datetime) -> tuple[Assignment | None, SectionClaim | None]:
    """Who was named for a section, and who works on it now. One query."""
    named = and_(
        Assignment.draft_id == Draft.id,
        Assignment.anchor == anchor,
        Assignment.remark_id.is_(None),
        Assignment.ended_at.is_(None),
    )
    held = and_(SectionClaim.draft_id == Draft.id, SectionClaim.anchor == anchor, SectionClaim.held_until > now)
    rows = select(Assignment, SectionClaim).select_from(Draft).outerjoin(Assignment, named)
    assigned, claim = db.session.execute(rows.outerjoin(SectionClaim, held).where(Draft.id == draft_id)).one()
    return assigned, claim


def on_draft(draft_id: int, now: datetime) -> dict[str, SectionClaim]:
    """Who works on each section of a draft now, by anchor."""
    rows = select(SectionClaim).where(SectionClaim.draft_id == draft_id, SectionClaim.held_until > now)
    return {row.anchor: row for row in db.session.scalars(rows)}


def take(draft: Draft, anchor: str, *, by: Actor, now: datetime) -> SectionClaim:
    """Take a section in hand, from somebody else too if need be. One's own goes on since when it was."""
    db.session.execute(select(Draft.id).where(Draft.id == draft.id).with_for_update(key_share=True))  # one row each
    row = db.session.scalar(select(SectionClaim).where(*_here(draft.id, anchor)))
    if row is not None and row.user_id == by.id and row.held_until > now:
        row.held_until = now + HELD
        return row
    if row is not None:
        db.session.delete(row)
        db.session.flush()
    taken = SectionClaim(draft_id=draft.id, anchor=anchor, user_id=by.id, since=now, held_until=now + HELD)
    db.session.add(taken)
    db.session.flush()
    return taken


def keep(draft: Draft, anchor: str, *, by: Actor, now: datetime) -> bool:
    """Hold on to what one still has; False where somebody else took it or it ran out."""
    return _until(draft.id, anchor, now + HELD, by=by, now=now)


def leave(draft: Draft, anchor: str, *, by: Actor, now: datetime) -> bool:
    """Let go of it in a moment, unless its page comes back."""
    return _until(draft.id, anchor, now + LEAVING, by=by, now=now)


def release(draft: Draft, anchor: str, *, by: Actor) -> None:
    """Give one's own back at once; whatever somebody else holds stays theirs."""
    db.session.execute(delete(SectionClaim).where(*_here(draft.id, anchor), SectionClaim.user_id == by.id))


def _until(draft_id: int, anchor: str, until: datetime, *, by: Actor, now: datetime) -> bool:
    row = on_section(draft_id, anchor, now)
    if row is None or row.user_id != by.id:
        return False
    row.held_until = until
    return True


def saved(base: DraftVersion, anchor: str, *, by: Actor, now: datetime) -> None:
    """After something was saved: with its last open point a section is done and free, before that the minutes begin anew."""
    row = on_section(base.draft_id, anchor, now)
    if row is None or row.user_id != by.id:
        return
    found = outcome_of(shown_run(base.id), anchor)
    if found is not None and found.counts["open"]:
        row.held_until = now + HELD
    else:
        db.session.delete(row)


def _here(draft_id: int, anchor: str) -> tuple[ColumnElement[bool], ...]:
    return (SectionClaim.draft_id == draft_id, SectionClaim.anchor == anchor)

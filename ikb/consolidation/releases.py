"""Two people for each decision, where a procedure wants it: what one entered counts once another has released it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from operator import attrgetter

from sqlalchemy import select

from ikb.consolidation import confirming, following, runs, working
from ikb.consolidation.confirming import Held
from ikb.consolidation.holding import holding
from ikb.consolidation.release_model import ConsiderationRelease
from ikb.db import db
from ikb.drafts import queries as drafts
from ikb.drafts.model import Draft, DraftVersion
from ikb.errors import Conflict, Implausible
from ikb.events import announce, listens_to
from ikb.journal import service as journal
from ikb.journal.service import Actor
from ikb.remarks.model import Wish
from ikb.web import labels

_ACT = attrgetter("act")

labels.add("journal_action", {"considerations released": "Entscheidungen als zweite Person freigegeben"})


def of(ids: Collection[int]) -> dict[int, ConsiderationRelease]:
    """The release of each decision that has one, by the decision's id."""
    if not ids:
        return {}
    rows = select(ConsiderationRelease).where(ConsiderationRelease.consideration_id.in_(ids))
    return {row.consideration_id: row for row in db.session.scalars(rows)}


def waiting(base: DraftVersion) -> list[list[Held]]:
    """What stands on a version and nobody has released yet, in the order of the text: what one person decided in one act is
    one, since it is released at once.
    """
    standing = confirming.held(base)
    counting = holding([one.consideration.id for one in standing])
    return confirming.together((one for one in standing if one.consideration.id not in counting), _ACT)


def release(base: DraftVersion, ids: Collection[int], *, by: Actor, now: datetime) -> int:
    """Release decisions that stand, each with all that was decided in the same act. How many did not count before.

    The working version follows at once.
    Raises Implausible where none is chosen or `by` entered one of them, Conflict where one of them stands no more.
    """
    working.lock(base)
    if not ids:
        raise Implausible("Wählen Sie mindestens eine Entscheidung aus.", "chosen")
    standing = confirming.held(base)
    if set(ids) - {one.consideration.id for one in standing}:
        raise Conflict(
            "Eine der ausgewählten Entscheidungen gilt nicht mehr: Inzwischen wurde dort anders entschieden, oder sie wurde "
            "zurückgenommen. Es wurde nichts freigegeben; laden Sie die Seite neu."
        )
    chosen = confirming.with_their_own(standing, ids, _ACT)
    if any(one.consideration.decided_by_id == by.id for one in chosen):
        raise Implausible(
            "Eine der Entscheidungen haben Sie selbst eingetragen. Freigeben muss sie eine andere Person; es wurde nichts "
            "freigegeben.",
            "chosen",
        )
    counting = holding([one.consideration.id for one in chosen])
    fresh = [one for one in chosen if one.consideration.id not in counting]
    if fresh:
        _note(base, fresh, by=by, now=now)
        _take_effect(base, fresh, now=now)
        announce("decisions_released", version_id=base.id, now=now)
    return len(fresh)


def _note(base: DraftVersion, fresh: Sequence[Held], *, by: Actor, now: datetime) -> None:
    db.session.add_all(
        ConsiderationRelease(consideration_id=one.consideration.id, released_by_id=by.id, released_at=now)
        for one in fresh
    )
    db.session.flush()
    facts = {"version": base.number, "decisions": len(fresh)}
    journal.record("considerations released", base, by=by, now=now, procedure_id=base.draft.procedure_id, facts=facts)


def _take_effect(base: DraftVersion, fresh: Sequence[Held], *, now: datetime) -> None:
    """Weigh what they are about again. Of a version that another has followed no text changes: only what holds is named."""
    newest = drafts.latest_issued(base.draft_id)
    if newest is not None and newest.id == base.id:
        on_text = {one.anchor for one in fresh if one.consideration.remark.wish != Wish.NONE}
        following.follow_up(base, sorted(on_text), now=now)
    else:
        confirming.let_count(base, {one.consideration.id for one in fresh})


@listens_to("weighing_rules_changed")
def _rules_changed(procedure_id: int, now: datetime) -> None:
    """Whether decisions wait for a second person changes what every section comes to."""
    for draft_id in db.session.scalars(select(Draft.id).where(Draft.procedure_id == procedure_id)):
        runs.ask_again(draft_id, now=now)

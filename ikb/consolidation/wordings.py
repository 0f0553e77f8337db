"""Wordings of the lead's own: which edits by hand are one, and the decisions that each belongs to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select
from sqlalchemy.orm import joinedload

from ikb.accounts.model import User
from ikb.consolidation.hand_model import HandEdit
from ikb.consolidation.holding import holds
from ikb.consolidation.model import Consideration
from ikb.consolidation.wordings_model import OwnWording
from ikb.db import db

PARTLY = "partly_followed"


def standing_on(base_id: int, anchor: str) -> HandEdit | None:
    """The newest wording of the lead's own that holds for one section, None if there is none."""
    return db.session.scalar(_standing(base_id).where(HandEdit.anchor == anchor).order_by(HandEdit.id.desc()).limit(1))


def counts() -> ColumnElement[bool]:
    """That an edit by hand is no such wording, or that a decision which it belongs to holds: both go into the text at once."""
    tied = exists().where(OwnWording.hand_edit_id == HandEdit.id)
    released = tied.where(Consideration.id == OwnWording.consideration_id, holds())
    return or_(~tied, released)


@dataclass(frozen=True)
class OnIt:
    """An edit by hand on a section. is_own: whether it is a wording of the lead's own; counts: whether it is in the text."""

    edit: HandEdit
    is_own: bool
    counts: bool


def edits_on(base_id: int, anchor: str) -> list[OnIt]:
    """Every edit by hand for one section that was not taken back, the oldest first. One query."""
    is_one = HandEdit.id.in_(select(OwnWording.hand_edit_id))
    here = or_(HandEdit.anchor == anchor, and_(HandEdit.kind == "join", HandEdit.other_anchor == anchor))
    rows = select(HandEdit, is_one, counts()).where(
        HandEdit.base_version_id == base_id, here, HandEdit.withdrawn_at.is_(None)
    )
    rows = rows.options(joinedload(HandEdit.edited_by).lazyload(User.grants))  # a name is all that is shown
    return [OnIt(edit, own, bool(there)) for edit, own, there in db.session.execute(rows.order_by(HandEdit.id))]


def anchors_with_one(base_id: int) -> set[str]:
    """The sections for which one holds."""
    return {edit.anchor for edit in db.session.scalars(_standing(base_id))}


def tie(edit: HandEdit, decisions: Iterable[Consideration]) -> None:
    """Note that a wording answers what was decided on."""
    db.session.add_all([OwnWording(hand_edit_id=edit.id, consideration_id=one.id) for one in decisions])
    db.session.flush()


def decisions_by(edit_ids: Collection[int]) -> Mapping[int, list[Consideration]]:
    """The decisions that wordings belong to, by edit."""
    found: dict[int, list[Consideration]] = defaultdict(list)
    if not edit_ids:
        return found
    rows = (
        select(OwnWording.hand_edit_id, Consideration)
        .join(Consideration, Consideration.id == OwnWording.consideration_id)
        .where(OwnWording.hand_edit_id.in_(edit_ids), holds())
        .order_by(Consideration.id)
    )
    for edit_id, decision in db.session.execute(rows):
        found[edit_id].append(decision)
    return found


def _standing(base_id: int) -> Select[HandEdit]:
    answered = select(OwnWording.hand_edit_id)
    return select(HandEdit).where(
        HandEdit.base_version_id == base_id, HandEdit.withdrawn_at.is_(None), HandEdit.id.in_(answered)
    )

"""Saving the wish for a new passage: made once, then changed as it is written, taken back when nothing is left of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from ikb.errors import Conflict
from ikb.institutions.model import Invitation
from ikb.remarks import queries as remark_queries
from ikb.remarks import service as remarks
from ikb.remarks.model import Remark
from ikb.remarks.service import Said
from ikb.statements import saving, service
from ikb.statements.model import Statement, StatementState


def save(
    invitation: Invitation,
    anchor: str,
    said: Said,
    *,
    remark_id: int = 0,
    row_version: int = 0,
    tried: Sequence[str] = (),
    author: str = "",
    now: datetime,
) -> Remark | None:
    """Store a wish for a new passage, or what became of it. None where no text is left.

    remark_id, row_version: of the wish that is being changed, 0 for a new one.
    tried: earlier texts of a new one whose sender never heard whether they arrived: if one did, it is that which changes.
    The invitation's row must be locked. Raises Conflict with both texts if somebody else changed it, or took it back;
    whatever `save_remark` raises.
    """
    statement = service.statement_of(invitation)
    stored = _stored(statement, anchor, remark_id, tried)
    if stored is None and remark_id and said.proposed_text:
        raise Conflict(
            "Dieser Vorschlag wurde inzwischen an anderer Stelle gelöscht.",
            theirs="(gelöscht)",
            mine=remarks.in_words(said),
        )
    if stored is None:
        if not said.proposed_text:
            return None
        return service.save_remark(invitation, anchor, said, row_version=0, author=author, now=now).remark
    if Said.of(stored) == saving.as_kept(Said(stored.stance, stored.comment, said.wish, said.proposed_text)):
        return stored
    if remark_id:
        remarks.refuse_if_changed(stored, said, row_version)
    return _change(invitation, stored, said, author, now)


def _change(invitation: Invitation, stored: Remark, said: Said, author: str, now: datetime) -> Remark | None:
    service.refuse_before_opening(invitation, now)
    draft, stored = _in_draft(invitation, stored, now)
    service.note_writing(invitation, draft, now=now)
    if not said.proposed_text:
        remarks.remove(stored, row_version=stored.row_version)
        return None
    stored.draft_version_id = invitation.version_id
    words = Said(stored.stance, stored.comment, said.wish, said.proposed_text)
    return remarks.edit(stored, words, row_version=stored.row_version, author=author)


def _in_draft(invitation: Invitation, stored: Remark, now: datetime) -> tuple[Statement, Remark]:
    """The draft, and the wish in it: after something was handed in, the copy with which a new one begins."""
    draft = service.begin(invitation, now=now)
    if stored.statement_id == draft.id:
        return draft, stored
    same = (row for row in _additions(draft, stored.anchor) if Said.of(row) == Said.of(stored))
    return draft, next(same)


def _stored(statement: Statement | None, anchor: str, remark_id: int, tried: Sequence[str]) -> Remark | None:
    if statement is None:
        return None
    here = _additions(statement, anchor)
    if remark_id:
        return next((row for row in here if row.id == remark_id), None)
    sent = {text.strip() for text in tried}
    return next((row for row in here if row.proposed_text in sent), None)


def _additions(statement: Statement, anchor: str | None) -> list[Remark]:
    rows = remark_queries.of_statement(statement.id)
    return [row for row in rows if row.is_addition and row.anchor == anchor]


def addition_of(invitation: Invitation, anchor: str, remark_id: int) -> Remark | None:
    """One wish for a new passage in what the institution writes, else in what it handed in last."""
    statement = service.statement_of(invitation)
    if statement is None or statement.state not in (StatementState.DRAFT, StatementState.SUBMITTED):
        return None
    return next((row for row in _additions(statement, anchor) if row.id == remark_id), None)

"""What an institution's edited Word file asks for, beside what it has said already; and keeping what it ticked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select

from ikb.core.redline import Segment, word_diff
from ikb.core.word.cover import Cover
from ikb.core.word.returned import Finding, Returned
from ikb.db import db
from ikb.deliberations.model import Paper
from ikb.drafts import word_files
from ikb.errors import Conflict, Implausible, NotFound, Refusal
from ikb.institutions.model import Invitation
from ikb.remarks import queries as remark_queries
from ikb.remarks.model import ADDITIONS, Remark, Wish
from ikb.remarks.service import Said
from ikb.statements import many, reading, service
from ikb.statements.many import One, OneRefused
from ikb.statements.model import Statement


@dataclass(frozen=True)
class Item:
    """One thing in the file, as it is shown, corrected, and sent back.

    anchor:      the section, "" for the whole document.
    row_version: of the remark that stands there already, 0 where there is none.
    why:         for what could not be placed: why not.
    is_kept:     whether it is ticked.
    """

    anchor: str
    wish: str
    text: str
    comment: str
    row_version: int = 0
    why: str = ""
    is_kept: bool = True


class ItemRefused(Refusal):
    """One of the items cannot be kept, so none is. place: its number in the list, from 0."""

    status = 422
    code = "item_refused"

    def __init__(self, place: int, refusal: Conflict | Implausible | NotFound) -> None:
        super().__init__(refusal.message)
        self.place, self.refusal = place, refusal


def cover_for(invitation: Invitation) -> Cover:
    """What stands before and behind the text in an institution's file."""
    version_id, title = invitation.version_id, invitation.phase.procedure.title
    number = db.session.scalar(select(Paper.reference).where(Paper.draft_version_id == version_id).limit(1))
    return word_files.cover_of(invitation.version, title, number, returns=True)


def file_for(invitation: Invitation, now: datetime) -> bytes:
    """The version that the institution is asked about, to be edited."""
    return word_files.as_word(invitation.version, cover_for(invitation), now)


def read(invitation: Invitation, data: bytes) -> Returned:
    """What an edited file asks for. Raises Faulty with one German sentence for one that is not taken."""
    return word_files.returned(invitation.version, data, cover_for(invitation).lines())


def items_of(found: Returned, said: Sequence[Remark]) -> list[Item]:
    """What is new in a file, in its order, then what could not be placed, unticked.

    said: what the statement says already. Where it says something on the same section, the comments stand one below the
          other, and the file's wording instead of the earlier one; both are shown before anything is saved.
    """
    own = {remark.anchor: remark for remark in said if not remark.is_addition}
    known = {(remark.anchor, remark.wish, remark.proposed_text) for remark in said if remark.is_addition}
    items: list[Item] = []
    for finding in found.findings:
        if finding.wish in ADDITIONS:
            if (finding.anchor, finding.wish, finding.text.strip()) not in known:
                items.append(_item(finding, 0))
            continue
        stored = own.get(finding.anchor)
        item = _item(finding, 0) if stored is None else _beside(finding, stored)
        if stored is None or _said(item, stored) != Said.of(stored):
            items.append(item)
    version = own[None].row_version if None in own else 0
    unplaced = [Item("", Wish.NONE, "", one.text, version, one.why, is_kept=False) for one in found.unplaced]
    return items + unplaced


def said_so_far(invitation: Invitation) -> list[Remark]:
    """The remarks of the statement that the institution is writing, else of the one that it handed in."""
    draft, handed_in = reading.writing_of(invitation)
    statement: Statement | None = draft or service.latest_in_force(handed_in)
    return remark_queries.of_statement(statement.id) if statement else []


def keep(invitation: Invitation, items: Sequence[Item], *, author: str = "", now: datetime) -> int:
    """Save the ticked items in the draft, all or none. Returns how many remarks were saved.

    What is ticked for the whole document becomes one remark, behind what stands there.
    The invitation's row must be locked. Raises ItemRefused naming the one that cannot be kept; whatever `begin` raises.
    """
    own = {remark.anchor: remark for remark in said_so_far(invitation) if not remark.is_addition}
    to_save = _to_save(items)
    wanted = [_one(item, own) for _, item in to_save]
    try:
        return many.save_all(invitation, wanted, author=author, now=now)
    except OneRefused as refused:
        raise ItemRefused(to_save[refused.place][0], refused.refusal) from refused


def _one(item: Item, own: Mapping[str | None, Remark]) -> One:
    beside = None if item.wish in ADDITIONS else own.get(item.anchor or None)
    return One(item.anchor or None, _said(item, beside), item.row_version)


def passages_of(invitation: Invitation, items: Iterable[Item]) -> Mapping[str, reading.Passage]:
    """The sections of some items with the remark that stands there already; "" is the whole document."""
    anchors = {item.anchor for item in items}
    return reading.passages_at(invitation, anchors, said_so_far(invitation))


def redline_of(item: Item, passage: reading.Passage | None) -> Sequence[Segment]:
    """The section with what the file changes in it; empty where it changes nothing there."""
    if passage is None or passage.section is None or item.wish not in (Wish.REPLACE, Wish.DELETE):
        return ()
    return word_diff(passage.section.text, item.text if item.wish == Wish.REPLACE else "")


def _item(finding: Finding, row_version: int) -> Item:
    return Item(finding.anchor or "", finding.wish, finding.text, finding.comment, row_version)


def _beside(finding: Finding, stored: Remark) -> Item:
    item = _item(finding, stored.row_version)
    if stored.comment and finding.comment not in stored.comment:
        item = replace(item, comment=f"{stored.comment}\n\n{finding.comment}")
    elif stored.comment:
        item = replace(item, comment=stored.comment)
    return item if finding.wish else replace(item, wish=stored.wish, text=stored.proposed_text)


def _said(item: Item, stored: Remark | None) -> Said:
    text = item.text.strip() if item.wish not in (Wish.NONE, Wish.DELETE) else ""
    return Said(stored.stance if stored else None, item.comment.strip(), item.wish, text)


def _to_save(items: Sequence[Item]) -> list[tuple[int, Item]]:
    """The ticked ones with their places; those on the whole document as one."""
    kept = [(place, item) for place, item in enumerate(items) if item.is_kept]
    whole = [(place, item) for place, item in kept if not item.anchor and item.comment.strip()]
    placed = [(place, item) for place, item in kept if item.anchor]
    if not whole:
        return placed
    first, together = whole[0]
    comment = "\n\n".join(item.comment.strip() for _, item in whole)
    return [*placed, (first, replace(together, comment=comment))]

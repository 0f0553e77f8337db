"""Acts on the working version by hand: many edits at once, and taking one back. The working text follows at once."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from ikb.consolidation import hand_edits, official, working
from ikb.consolidation.hand_edits import Wanted
from ikb.consolidation.hand_model import HandEdit
from ikb.db import db
from ikb.drafts import queries as drafts
from ikb.drafts.model import DraftVersion, Section
from ikb.drafts.service import mark_of
from ikb.errors import Conflict, Immutable, Implausible, NotFound, NotReady, Refusal
from ikb.journal import service as journal
from ikb.journal.service import Actor
from ikb.web import labels

labels.add("journal_action", {"hand edit withdrawn": "Änderung von Hand zurückgenommen"})


@dataclass(frozen=True)
class Edit:
    """One edit that somebody confirms. kind as in `HandEdit`; seen: `mark_of` the text that they had before them."""

    anchor: str
    kind: str
    text: str
    reason: str
    seen: str


class EditRefused(Refusal):
    """One of the edits cannot be kept, so none is. place: its number in the list, from 0."""

    code = "edit_refused"

    def __init__(self, place: int, refusal: Conflict | Implausible | NotFound) -> None:
        super().__init__(refusal.message)
        self.place, self.refusal = place, refusal


def edit(version: DraftVersion, edits: Sequence[Edit], *, by: Actor, now: datetime) -> list[HandEdit]:
    """Edit sections of a working version by hand, all or none; the working version is written anew with them.

    Raises EditRefused naming the edit without a reason or text, and the one whose section changed meanwhile (with both
    texts); Immutable for an issued version, NotReady for a first one; Conflict if a newer version was issued.
    """
    return _keep(_base_of(version), edits, None, by=by, now=now)


def edit_after(
    base: DraftVersion, edits: Sequence[Edit], *, by: Actor, now: datetime, texts: Mapping[str, str] | None = None
) -> list[HandEdit]:
    """Edit what follows an issued version, as `edit` does; where there is no working version yet, it begins with them.

    texts: what the sections say by their anchors, where that is not what the working version says.
    """
    working.lock(base)
    working.refuse_if_overtaken(base)
    return _keep(base, edits, texts, by=by, now=now)


def sections_after(base: DraftVersion) -> list[Section]:
    """The sections of the version that follows a base as they read now; those of the base while nothing changes."""
    version = drafts.working_version(base.draft_id)
    return drafts.sections_of(version.id if version is not None and version.base_id == base.id else base.id)


def _keep(
    base: DraftVersion, edits: Sequence[Edit], texts: Mapping[str, str] | None, *, by: Actor, now: datetime
) -> list[HandEdit]:
    if texts is None:
        texts = {section.anchor: section.text for section in sections_after(base)}
    closed = official.anchors_after(base) if edits else frozenset()
    kept = []
    for place, one in enumerate(edits):
        try:
            kept.append(hand_edits.store(base, _wanted(one, texts, closed), by=by, now=now))
        except (Conflict, Implausible, NotFound) as refusal:
            raise EditRefused(place, refusal) from refusal
    if kept:
        working.rewrite(base, now=now)
        hand_edits.note(base, kept, by=by, now=now)
    return kept


def withdraw(version: DraftVersion, edit_id: int, *, by: Actor, now: datetime) -> None:
    """Take an edit back; the text reads as if it had not been made. Done twice, it is done once.

    Raises NotFound for an edit that is none of this version's; Immutable, NotReady and Conflict as `edit`.
    """
    base = _base_of(version)
    row = db.session.scalar(select(HandEdit).where(HandEdit.id == edit_id, HandEdit.base_version_id == base.id))
    if row is None:
        raise NotFound("Diese Änderung gibt es nicht.")
    if row.withdrawn_at is not None:
        return
    row.withdrawn_at = now
    db.session.flush()
    working.rewrite(base, now=now)
    procedure_id = base.draft.procedure_id
    journal.record(
        "hand edit withdrawn", row, by=by, now=now, procedure_id=procedure_id, facts={"version": base.number}
    )


def misfits(version: DraftVersion) -> list[HandEdit]:
    """Edits of a working version that do not fit its text any more."""
    if version.is_issued or version.base is None:
        return []
    standing = {row.id: row for row in hand_edits.standing(version.base)}
    if not standing:
        return []
    return [standing[one] for one in working.worked(version.base, working.found_for(version.base)).misfits]


def _base_of(version: DraftVersion) -> DraftVersion:
    if version.is_issued:
        raise Immutable(
            f"Fassung {version.number} ist herausgegeben und bleibt, wie sie ist. Änderungen kommen in die nächste Fassung."
        )
    if version.base is None:
        raise NotReady("Die erste Fassung wird Abschnitt für Abschnitt unter „Einstellungen“ berichtigt.")
    working.lock(version.base)
    working.refuse_if_overtaken(version.base)
    return version.base


def _wanted(edit: Edit, texts: Mapping[str, str], closed: Collection[str]) -> Wanted:
    if edit.anchor not in texts:
        raise NotFound("Diesen Abschnitt gibt es in der Arbeitsfassung nicht mehr.")
    before = texts[edit.anchor]
    adds = edit.kind in ("insert_after", "insert_before")
    if not adds and edit.anchor in closed:
        raise Implausible(
            "Hier gilt der Wortlaut eines Gremiums, und der wird unverändert übernommen. Entscheiden Sie zuerst dort anders.",
            "text",
        )
    if not adds and mark_of(before) != edit.seen:
        raise Conflict("Dieser Abschnitt hat sich inzwischen geändert.", theirs=before, mine=edit.text)
    return Wanted(edit.anchor, edit.kind, "" if adds else before, edit.text, edit.reason)

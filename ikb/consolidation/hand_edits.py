"""Editing the working version by hand: with a reason, kept, done anew whenever the text is built, and taken back by an act."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from ikb.consolidation import handwork, wordings
from ikb.consolidation.bench import Work
from ikb.consolidation.building import Built
from ikb.consolidation.hand_model import HandEdit
from ikb.consolidation.handwork import Worked
from ikb.core.texts import normalise
from ikb.db import db
from ikb.drafts.model import DraftVersion
from ikb.errors import Implausible
from ikb.journal import service as journal
from ikb.journal.service import Actor
from ikb.web import labels

KINDS = ("edit", "delete", "insert_after", "insert_before")
LONGEST_TEXT, LONGEST_REASON = 20_000, 2_000

labels.add("journal_action", {"version edited by hand": "Arbeitsfassung von Hand geändert"})
labels.add("subject", {"hand_edit": "Änderung von Hand"})


@dataclass(frozen=True)
class Wanted:
    """One edit as somebody asks for it; fields as in `HandEdit`."""

    anchor: str
    kind: str
    before: str
    after: str
    reason: str


def standing(base: DraftVersion) -> list[HandEdit]:
    """The edits that hold for what follows a base version, oldest first."""
    rows = select(HandEdit).where(
        HandEdit.base_version_id == base.id, HandEdit.withdrawn_at.is_(None), wordings.counts()
    )
    return list(db.session.scalars(rows.order_by(HandEdit.id)))


def by_ids(ids: Collection[int]) -> dict[int, HandEdit]:
    """Edits by id."""
    if not ids:
        return {}
    return {row.id: row for row in db.session.scalars(select(HandEdit).where(HandEdit.id.in_(ids)))}


def worked(base: DraftVersion, built: Built) -> Worked:
    """The text built from remarks with every standing edit done to it."""
    return redone(built, standing(base))


def redone(built: Built, edits: Iterable[HandEdit]) -> Worked:
    """A text with some edits done to it."""
    return handwork.done(built, map(_work, edits))


def store(base: DraftVersion, wanted: Wanted, *, by: Actor, now: datetime) -> HandEdit:
    """Keep one edit. Raises Implausible, naming the field, without a reason or for a text that cannot be."""
    _check(wanted)
    row = HandEdit(
        base_version_id=base.id,
        anchor=wanted.anchor,
        kind=wanted.kind,
        before=wanted.before,
        after=_clean(wanted.after) if wanted.kind != "delete" else "",
        reason=wanted.reason.strip(),
        edited_by_id=by.id,
        edited_at=now,
    )
    db.session.add(row)
    db.session.flush()
    return row


def note(base: DraftVersion, edits: Sequence[HandEdit], *, by: Actor, now: datetime) -> None:
    """Tell the journal of edits, without their texts."""
    facts = {"version": base.number, "edits": len(edits)}
    procedure_id = base.draft.procedure_id
    journal.record("version edited by hand", base, by=by, now=now, procedure_id=procedure_id, facts=facts)


def _work(row: HandEdit) -> Work:
    return Work(row.id, row.anchor, row.kind, row.before, row.after, row.new_anchor, row.other_anchor)


def _clean(text: str) -> str:
    return "\n".join(" ".join(line.split()) for line in text.strip().splitlines())


def check_reason(reason: str) -> None:
    """Raises Implausible, naming the field, where there is no reason or it is too long."""
    if not reason.strip():
        raise Implausible("Es fehlt die Begründung: warum ändern Sie diese Stelle?", "reason")
    if len(reason) > LONGEST_REASON:
        raise Implausible(f"Die Begründung ist zu lang: höchstens {LONGEST_REASON} Zeichen.", "reason")


def _check(wanted: Wanted) -> None:
    if wanted.kind not in KINDS:
        raise Implausible("Diese Art von Änderung gibt es nicht. Laden Sie die Seite neu.")
    check_reason(wanted.reason)
    if wanted.kind == "delete":
        return
    if not wanted.after.strip():
        raise Implausible("Der Text ist leer. Schreiben Sie den Wortlaut hinein.", "text")
    if len(wanted.after) > LONGEST_TEXT:
        raise Implausible(
            f"Der Text ist zu lang: {len(wanted.after)} Zeichen, erlaubt sind {LONGEST_TEXT}. Kürzen Sie ihn.", "text"
        )
    if wanted.kind == "edit" and normalise(wanted.after) == normalise(wanted.before):
        raise Implausible("Der Text ist derselbe wie bisher. Ändern Sie ihn, oder nehmen Sie den Haken weg.", "text")

"""A person says where a remark belongs on a version: a row that stays, the newest holds."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from ikb.consolidation import runs
from ikb.consolidation.travel_model import RemarkPlace
from ikb.db import db
from ikb.drafts import queries as drafts
from ikb.drafts.model import DraftVersion
from ikb.errors import Conflict, Implausible, NotFound
from ikb.journal import service as journal
from ikb.journal.service import Actor
from ikb.remarks.model import Remark
from ikb.web import labels

labels.add("journal_action", {"remark placed": "Platz einer Anmerkung auf einer Fassung bestätigt"})
labels.add("subject", {"remark_place": "Platz einer Anmerkung"})
labels.add(
    "remark_state",
    {"kept": "unverändert", "moved": "verschoben", "changed": "Wortlaut geändert", "gone": "entfallen"},
)
labels.add(
    "remark_doubt",
    {
        "several": "Der Abschnitt wurde geteilt; die Anmerkung kann zu jedem Teil gehören.",
        "rewritten": "Vom Wortlaut des Abschnitts ist kaum etwas geblieben.",
        "overtaken": "Genau die Wörter, um die es geht, lauten jetzt anders.",
        "similar": "Der Abschnitt ist entfallen; ein neuer sagt fast dasselbe.",
    },
)
GONE = "entfallen"


def place(remark: Remark, version: DraftVersion, anchor: str, *, seen: int, by: Actor, now: datetime) -> RemarkPlace:
    """Say that a remark belongs to a section of a later version, or that its passage is gone there (`anchor` empty).

    seen: id of the row that stood on the page, 0 if none did. Sent twice, it is one row.
    Raises NotFound for a version that the remark did not come to, Implausible for a section that is not in it, Conflict
    where somebody said otherwise meanwhile.
    """
    before = _newest(remark.id, version.id)
    if before is not None and before.anchor == anchor and before.id != seen:
        return before
    _check(remark, version, anchor, before, seen)
    row = RemarkPlace(remark_id=remark.id, version_id=version.id, anchor=anchor, placed_by_id=by.id, placed_at=now)
    db.session.add(row)
    db.session.flush()
    runs.ask_again(version.draft_id, now=now)
    facts = {"remark": remark.id, "version": version.number, "anchor": anchor}
    journal.record("remark placed", row, by=by, now=now, procedure_id=version.draft.procedure_id, facts=facts)
    return row


def _check(remark: Remark, version: DraftVersion, anchor: str, before: RemarkPlace | None, seen: int) -> None:
    own = remark.draft_version
    if own.draft_id != version.draft_id or own.number >= version.number or remark.anchor is None:
        raise NotFound("Auf dieser Fassung hat die Anmerkung keinen anderen Platz.")
    if anchor and drafts.section(version.id, anchor) is None:
        raise Implausible("Diesen Abschnitt gibt es in der Fassung nicht. Wählen Sie einen anderen.", "place")
    if (before.id if before else 0) != seen:
        raise Conflict(
            "Inzwischen hat jemand anderes den Platz dieser Anmerkung bestimmt. Es wurde nichts überschrieben; laden Sie die "
            "Seite neu.",
            theirs=before.anchor if before else "",
            mine=anchor,
        )


def _newest(remark_id: int, version_id: int) -> RemarkPlace | None:
    rows = select(RemarkPlace).where(RemarkPlace.remark_id == remark_id, RemarkPlace.version_id == version_id)
    return db.session.scalar(rows.order_by(RemarkPlace.id.desc()).limit(1))

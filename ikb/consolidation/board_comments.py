"""Writing what the administration says to a body's wording; every earlier version of it stays."""

from __future__ import annotations

from datetime import datetime

from ikb.consolidation import board, working
from ikb.consolidation.board_model import AdministrationComment
from ikb.db import db
from ikb.drafts.model import DraftVersion
from ikb.errors import Conflict, Implausible, NotFound
from ikb.journal import service as journal
from ikb.journal.service import Actor
from ikb.remarks.model import Remark
from ikb.web import labels

LONGEST = 10_000

labels.add("subject", {"administration_comment": "Stellungnahme der Verwaltung"})
labels.add("journal_action", {"body's wording commented": "Stellungnahme der Verwaltung zu einem Gremium geschrieben"})


def comment(
    base: DraftVersion, remark: Remark, text: str, *, seen: int, by: Actor, now: datetime
) -> AdministrationComment | None:
    """Say something to what a body resolved; an empty text takes back what was said. None where nothing changes.

    seen: id of the comment that stood on the page, 0 if none did.
    Raises NotFound for what no body said about this draft, Implausible for a text that is too long, Conflict with both texts
    if somebody wrote meanwhile.
    """
    text = text.strip()
    if not remark.is_of_a_body or remark.draft_version.draft_id != base.draft_id:
        raise NotFound("Zu dieser Stelle hat kein Gremium etwas beschlossen.")
    if len(text) > LONGEST:
        raise Implausible(f"Die Stellungnahme ist zu lang: {len(text)} Zeichen, erlaubt sind {LONGEST}.", "text")
    working.lock(base)
    stands = next(iter(board.comments_on([remark.id]).get(remark.id, ())), None)
    if text == (stands.text if stands else ""):
        return stands
    if (stands.id if stands else 0) != seen:
        raise Conflict(
            "Inzwischen hat jemand anders hier geschrieben. Ihr Text steht unverändert unten; speichern Sie ihn noch einmal, "
            "wenn er gelten soll.",
            theirs=(stands.text if stands else "") or "(zurückgenommen)",
            mine=text,
        )
    row = AdministrationComment(remark_id=remark.id, text=text, written_by_id=by.id, written_at=now)
    db.session.add(row)
    db.session.flush()
    facts = {"remark": remark.id, "version": base.number, "taken_back": not text}
    journal.record("body's wording commented", row, by=by, now=now, procedure_id=base.draft.procedure_id, facts=facts)
    return row

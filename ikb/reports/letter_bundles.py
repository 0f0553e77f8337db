"""All answer letters of a phase as one file: asked for by a lead, written by the worker, kept for some days."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import partial
from uuid import UUID

from sqlalchemy import Select, select

from ikb.accounts.policy import Visitor, visible_to
from ikb.bundles import packing, queries, shelf
from ikb.bundles.packing import Packed, Part, safe
from ikb.bundles.work import Kind, Note
from ikb.db import db
from ikb.errors import Conflict, NotReady
from ikb.institutions.model import Invitation
from ikb.journal import service as journal
from ikb.journal.service import SYSTEM, Actor
from ikb.procedures.model import ParticipationPhase, Procedure
from ikb.procedures.queries import led_by
from ikb.quarantine.reasons import NotTaken
from ikb.queue import wake_after_commit
from ikb.reports import answer_letters
from ikb.reports.answer_letters import Letter
from ikb.reports.model import AnswerLetters, Wanted
from ikb.web import labels

labels.add(
    "journal_action",
    {
        "answer letters requested": "Antwortbriefe angefordert",
        "answer letters made": "Antwortbriefe erstellt",
        "answer letters fetched": "Antwortbriefe heruntergeladen",
    },
)
labels.add("subject", {"answer_letters": "Antwortbriefe als Datei"})
labels.add(
    "answer_letters",
    {
        Wanted.EACH: "alle Briefe einzeln (ZIP)",
        Wanted.TOGETHER: "alle in einer Datei (DOCX)",
        Wanted.BY_POST: "nur ohne E-Mail-Adresse, einzeln (ZIP)",
    },
)


@visible_to(AnswerLetters)
def _visible(visitor: Visitor) -> Select[AnswerLetters]:
    return select(AnswerLetters).where(AnswerLetters.procedure_id.in_(led_by(visitor)))


def request(phase: ParticipationPhase, wanted: Wanted, key: UUID, *, by: Actor, now: datetime) -> AnswerLetters:
    """Ask for the letters of a phase; sent twice, it is one.

    Raises Conflict while others are being written, NotReady where there are none to write or they do not go into one file.
    """
    if earlier := queries.with_key(AnswerLetters, key):
        return earlier
    procedure = phase.procedure
    if queries.active_of(AnswerLetters, procedure.id) is not None:
        raise Conflict("Es werden schon Briefe dieses Verfahrens erstellt. Warten Sie, bis sie fertig sind.")
    count = len(_recipients(phase, wanted, now))
    answer_letters.refuse(procedure, count, in_one=wanted == Wanted.TOGETHER)
    row = AnswerLetters(
        procedure_id=procedure.id,
        phase_id=phase.id,
        key=key,
        wanted=wanted,
        requested_by_id=by.id or 0,
        requested_at=now,
    )
    db.session.add(row)
    db.session.flush()
    facts = {"wanted": str(wanted), "count": count}
    journal.record("answer letters requested", row, by=by, now=now, procedure_id=procedure.id, facts=facts)
    wake_after_commit("reports.write_letters", row.id)
    return row


def build(bundle: AnswerLetters, note: Note) -> Packed:
    """Write the letters of a bundle to its place, as of the moment when they were asked for. Raises NotReady."""
    phase = db.session.get_one(ParticipationPhase, bundle.phase_id)
    procedure, wanted = phase.procedure, Wanted(bundle.wanted)
    recipients = _recipients(phase, wanted, bundle.requested_at)
    answer_letters.refuse(procedure, len(recipients), in_one=wanted == Wanted.TOGETHER)
    found = list(_told(recipients, bundle.requested_at, note))
    try:
        if wanted == Wanted.TOGETHER:
            return packing.put(shelf.place_of(bundle), answer_letters.filled_in_one(procedure, found))
        return _packed(bundle, procedure, found)
    except NotTaken as fault:
        raise NotReady(f"Ihre Vorlage lässt sich nicht ausfüllen. {fault.reason.text}") from fault


def note_made(bundle: AnswerLetters, now: datetime) -> None:
    """Tell the journal that they lie ready."""
    facts = {"wanted": bundle.wanted, "sha256": bundle.sha256}
    journal.record("answer letters made", bundle, by=SYSTEM, now=now, procedure_id=bundle.procedure_id, facts=facts)


def note_fetched(bundle: AnswerLetters, *, by: Actor, now: datetime) -> None:
    """Tell the journal that somebody took them away."""
    facts = {"sha256": bundle.sha256}
    journal.record("answer letters fetched", bundle, by=by, now=now, procedure_id=bundle.procedure_id, facts=facts)


KIND = Kind(AnswerLetters, build, note_made)


def _recipients(phase: ParticipationPhase, wanted: Wanted, now: datetime) -> list[Invitation]:
    return answer_letters.recipients(phase, now, only_post=wanted == Wanted.BY_POST)


def _told(recipients: Sequence[Invitation], at: datetime, note: Note) -> Iterator[Letter]:
    """What each letter says. Working that out takes the time, so here is told how far it is."""
    total, ids = len(recipients), [row.id for row in recipients]
    for number, one in enumerate(ids):
        note(number, total)
        yield answer_letters.letter(db.session.get_one(Invitation, one), at)
    note(total, total)


def _packed(bundle: AnswerLetters, procedure: Procedure, found: Sequence[Letter]) -> Packed:
    files = answer_letters.filled(procedure, found)
    parts = [
        Part(f"{number:03}-brief-{safe(one.institution)}.docx", one.institution, "", partial(next, files))
        for number, one in enumerate(found, 1)
    ]
    return packing.pack(shelf.place_of(bundle), parts, lambda _: (), bundle.requested_at, lambda: None)

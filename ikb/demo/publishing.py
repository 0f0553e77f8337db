"""What is published in the demonstration: a ground, some statements that somebody went through, one name with consent; and
the town's data for imprint and privacy notice. All of it is invented.
"""

from __future__ import annotations

import uuid
from datetime import datetime

from ikb.db import transaction
from ikb.demo import letters
from ikb.files import tasks
from ikb.journal.service import Actor
from ikb.privacy import notices
from ikb.procedures.model import Procedure
from ikb.publications import service as publications
from ikb.publications.model import Ground
from ikb.remarks import redactions
from ikb.remarks.redaction_model import Part, Reason
from ikb.statements import cleared, clearing, publishing, redacting
from ikb.statements.model import Statement

BASIS = "Beispielbeschluss des Rates vom 24.09.2009 (erfunden für diese Demonstration)"
PUBLISHED = 4
NAMED = {"Nachbarschaftsverein Heeper Fichten e. V.": "Ioana Beispiel"}  # who gave a name and agreed to its publication
WITH_A_FILE = "Nachbarschaftsverein Heeper Fichten e. V."  # whose picture is published, blacked out
LONG_ENOUGH = 60  # characters: something is left to read around what is black
TOWN = {
    "town": "Stadt Bielefeld (Demonstration: alle Angaben sind erfunden)",
    "represented_by": "Oberbürgermeisterin Petra Probst (erfunden)",
    "address": "Musterplatz 1\n00000 Musterstadt",
    "phone": "0000 00-0",
    "email": "rathaus@bielefeld.example.org",
    "officer": "Herr Wacht, Datenschutz der Verwaltung, Musterplatz 1, datenschutz@bielefeld.example.org (erfunden)",
    "authority": "Die für Ihr Land zuständige Aufsichtsbehörde (in der Demonstration nicht benannt)",
    "purposes": "Wir hören Institutionen zum Entwurf an, werten aus, was sie sagen, und legen es den Gremien vor.",
    "legal_basis": "Beispieltext: Hier steht die Rechtsgrundlage, wie das Rechtsamt sie zitiert.",
    "recipients": "Die beteiligten Ämter und, soweit nötig, die Mitglieder der Gremien. Dienstleister sind nicht beteiligt.",
    "third_countries": "Daten werden nicht in Länder außerhalb der Europäischen Union übermittelt.",
    "duty": "Niemand muss Angaben machen. Ohne Stellungnahme entscheiden die Gremien ohne Ihren Beitrag.",
}


def set_up(procedure: Procedure, *, lead: Actor, administrator: Actor, now: datetime) -> None:
    """The ground, before anybody is asked to hand something in; and who is responsible."""
    with transaction():
        publications.set_rule(procedure.id, Ground.RESOLUTION, BASIS, "", seen=0, by=lead, now=now)
        notices.change(TOWN, seen=0, by=administrator, now=now)


def publish_some(procedure: Procedure, *, by: Actor, now: datetime) -> None:
    """Go through a few statements and publish them, one with a passage blacked out."""
    with transaction():
        chosen = _chosen(procedure)
        for statement in chosen:
            redactions.note_checked(statement.id, procedure_id=procedure.id, by=by, now=now)
        _black_out_one(chosen, by, now)
        found = publishing.candidates(procedure.id, chosen)
        seen = {one.statement.id: one.digest for one in found}
        publishing.publish(procedure.id, seen, chosen, by=by, now=now)


def publish_a_file(procedure: Procedure, *, by: Actor, now: datetime) -> None:
    """A copy of an attached picture with a bar over some lines: brought, looked at, and published with its statement."""
    statement = next(
        row for row in publishing.statements_of(procedure.id) if row.invitation.institution.name == WITH_A_FILE
    )
    [copies] = cleared.copies_of(statement)
    ready = clearing.bring(statement, copies, letters.drawn("Plan", is_black=True), "Plan, geschwärzt.png")
    with transaction():
        row = clearing.prepare(copies, ready, key=uuid.uuid4(), reason=Reason.THIRD_PERSON, by=by, now=now)
    tasks.take_up(row.file_id)
    with transaction():
        [copies] = cleared.copies_of(statement)
        clearing.release(statement, copies, row.id, by=by, now=now)
        [found] = publishing.candidates(procedure.id, [statement])
        publishing.publish(procedure.id, {statement.id: found.digest}, [statement], by=by, now=now)


def _chosen(procedure: Procedure) -> list[Statement]:
    """Those with a name first: consent shows there."""
    found = publishing.statements_of(procedure.id)
    return sorted(found, key=lambda row: (not row.author_name, row.answer != "remarks", row.id))[:PUBLISHED]


def _black_out_one(statements: list[Statement], by: Actor, now: datetime) -> None:
    for statement in statements:
        for text in redacting.go_through(statement).texts:
            words = text.original.split()[:2]
            if text.part == Part.COMMENT and len(text.original) > LONG_ENOUGH:
                spans = redactions.spans_of_words(text.remark, text.part, " ".join(words))
                redacting.black_out(statement, text.remark, text.part, spans[:1], Reason.THIRD_PERSON, by=by, now=now)
                return

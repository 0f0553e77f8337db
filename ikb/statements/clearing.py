"""Letting a copy of an attached file leave: brought blacked out or made from the file, looked at, let go, taken back."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO
from uuid import UUID

from sqlalchemy import select

from ikb.core.redaction import still_legible
from ikb.db import db
from ikb.errors import FileRefused, Implausible, NotFound, NotReady
from ikb.files import names, service, storage
from ikb.files.model import FileState
from ikb.files.service import Received
from ikb.files.storage import Scope
from ikb.journal import service as journal
from ikb.journal.service import Actor
from ikb.publications import queries as publications
from ikb.publications.model import Ground
from ikb.quarantine.cleaned import KINDS, LARGEST, clean_copy
from ikb.quarantine.kinds import BEGINNING, CALLED, Kind, first_look
from ikb.quarantine.reasons import NotTaken
from ikb.remarks.redaction_model import Reason
from ikb.remarks.redactions import LONGEST_NOTE
from ikb.statements import cleared, publishing
from ikb.statements.clearance_model import Clearance
from ikb.statements.cleared import GIVEN_OUT, Copies
from ikb.statements.model import Statement
from ikb.web import labels

labels.add(
    "clearance",
    {
        "inside": "bleibt in der Verwaltung",
        "prepared": "wartet auf Ihre Durchsicht",
        "redacted": "geschwärzte Kopie freigegeben",
        "as_it_came": "ohne Schwärzung freigegeben",
    },
    tones={"inside": "neutral", "prepared": "warning", "redacted": "success", "as_it_came": "success"},
)
labels.add(
    "journal_action",
    {
        "copy of a file prepared": "Kopie einer Datei vorbereitet",
        "copy of a file released": "Kopie einer Datei zur Veröffentlichung freigegeben",
        "copy of a file taken back": "Freigabe einer Datei zurückgenommen",
    },
)
labels.add("subject", {"clearance": "Freigabe einer Datei"})
SHOWN = 3  # passages that a refusal names
OTHER_KIND = (
    "Heraus gehen nur PDF, JPEG und PNG: In anderen Dateien stehen frühere Fassungen und Namen, die niemand sieht. Drucken Sie "
    "sie in eine PDF-Datei, und laden Sie diese hoch."
)


@dataclass(frozen=True)
class Ready:
    """A clean copy that lies on the disk and has no row yet. readable, images: as `Clearance` has them."""

    received: Received
    readable: str
    images: int


def bring(statement: Statement, copies: Copies, stream: BinaryIO, name: str) -> Ready:
    """A copy that somebody blacked out elsewhere, made clean; outside of any transaction.

    Raises FileRefused for what is no PDF or picture, is not taken, or in which blacked-out words can still be read.
    """
    data = stream.read(LARGEST + 1)
    called = names.cleaned(name)[: names.LONGEST_NAME]
    if len(data) > LARGEST:
        raise FileRefused(called, f"Sie ist zu groß: erlaubt sind {LARGEST // 1024**2} MB.", "too_large")
    return _cleaned(statement, copies, data, called, names.ending_of(name))


def take_over(statement: Statement, copies: Copies) -> Ready:
    """A clean copy of a file as it came; outside of any transaction. Raises FileRefused as `bring` does, NotReady unchecked."""
    file = copies.attachment.file
    if file.state not in GIVEN_OUT:
        raise NotReady("Diese Datei ist noch nicht geprüft, oder sie wird nicht herausgegeben.")
    if Kind(file.kind) not in KINDS:
        raise FileRefused(file.name, OTHER_KIND, "other_kind")
    if file.size > LARGEST:
        raise FileRefused(file.name, f"Sie ist zu groß: erlaubt sind {LARGEST // 1024**2} MB.", "too_large")
    with storage.open_bytes(file) as opened:
        return _cleaned(statement, copies, opened.read(), file.name, file.kind)


def prepare(
    copies: Copies,
    ready: Ready,
    *,
    key: UUID,
    reason: Reason | None,
    note: str = "",
    by: Actor,
    now: datetime,
) -> Clearance:
    """Write down a copy that waits for somebody to look at it; sent twice, it is one.

    reason: why parts are black; None: it is the file as it came. Raises Implausible for another reason that is not told.
    """
    if reason == Reason.OTHER and not note.strip():
        raise Implausible("Schreiben Sie, warum diese Stellen nicht hinaus dürfen.", "note")
    if earlier := db.session.scalar(select(Clearance).where(Clearance.key == key)):
        return earlier
    if copies.prepared is not None:
        _end(copies.prepared, by, now)
    row = Clearance(
        attachment_id=copies.attachment.id,
        file=service.enter(ready.received, now=now),
        key=key,
        is_redacted=reason is not None,
        reason=reason or "",
        note=note.strip()[:LONGEST_NOTE],
        readable=ready.readable,
        images=ready.images,
        made_at=now,
        made_by_id=_person(by),
    )
    db.session.add(row)
    db.session.flush()
    _note("copy of a file prepared", row, by, now)
    return row


def release(statement: Statement, copies: Copies, clearance_id: int, *, by: Actor, now: datetime) -> Clearance:
    """Say that somebody looked at a prepared copy and that it may leave; the one that was out before goes back in.

    It is public with the next act of publication, whose preview names it.
    Raises NotFound for one that is not prepared any more, NotReady without a ground, unchecked, or with blacked-out words.
    """
    row = copies.prepared
    if row is None or row.id != clearance_id:
        raise NotFound("Diese Kopie wartet nicht mehr auf Ihre Durchsicht. Laden Sie die Seite neu.")
    rule = publications.rule_of(statement.invitation.phase.procedure_id)
    if rule.ground == Ground.NONE:
        raise NotReady(
            "Legen Sie zuerst fest, auf welcher Grundlage veröffentlicht wird. Die Kopie bleibt gespeichert."
        )
    if row.file.state == FileState.RECEIVED:
        raise NotReady("Die Kopie wird gerade geprüft. Laden Sie die Seite gleich noch einmal.")
    if row.file.is_refused:
        raise NotReady(f"Diese Kopie wird nicht herausgegeben. {row.file.finding_text}")
    if found := still_legible(row.readable, _black_in(statement)):
        raise NotReady(_still_there(found))
    row.released_at, row.released_by_id, row.ground, row.basis = now, _person(by), rule.ground, rule.basis
    _note("copy of a file released", row, by, now)
    if copies.released is not None:
        _end(copies.released, by, now)
        db.session.flush()
        publishing.follow(statement, by=by, now=now)  # what was public of it is gone at once
    return row


def take_back(statement: Statement, copies: Copies, *, by: Actor, now: datetime) -> None:
    """Keep a file inside again; what is public of it goes at once."""
    for row in (copies.prepared, copies.released):
        if row is not None:
            _end(row, by, now)
    db.session.flush()
    publishing.follow(statement, by=by, now=now)


def _cleaned(statement: Statement, copies: Copies, data: bytes, called: str, ending: str) -> Ready:
    try:
        kind = first_look(data[:BEGINNING], ending)
        if kind not in KINDS:
            raise FileRefused(called, f"Sie ist {CALLED[kind]}. {OTHER_KIND}", "other_kind")
        clean = clean_copy(data, kind)
    except NotTaken as fault:
        raise FileRefused(called, fault.reason.text, fault.reason.code) from fault
    if found := still_legible(clean.text, _black_in(statement)):
        raise FileRefused(called, _still_there(found), "still_legible")
    scope = Scope(statement.invitation.phase.procedure_id)
    received = service.receive(io.BytesIO(clean.data), f"{copies.name}.{kind}", scope=scope, kinds=KINDS)
    return Ready(received, clean.text, clean.images)


def _black_in(statement: Statement) -> list[str]:
    return cleared.blacked_out({statement.id: statement.remarks})[statement.id]


def _still_there(found: Sequence[str]) -> str:
    named = ", ".join(f"„{words[:60]}“" for words in found[:SHOWN])
    more = f" und {len(found) - SHOWN} weitere" if len(found) > SHOWN else ""
    return (
        f"In ihr ist noch zu lesen, was Sie im Text der Stellungnahme geschwärzt haben: {named}{more}. Ein Balken über dem "
        "Text genügt nicht. Entfernen Sie die Stellen, und drucken Sie das Ergebnis in eine neue PDF-Datei."
    )


def _end(row: Clearance, by: Actor, now: datetime) -> None:
    row.withdrawn_at, row.withdrawn_by_id = now, _person(by)
    _note("copy of a file taken back", row, by, now)


def _person(by: Actor) -> int | None:
    return by.id if by.kind == "user" else None


def _note(action: str, row: Clearance, by: Actor, now: datetime) -> None:
    facts = {
        "attachment": row.attachment_id,
        "redacted": row.is_redacted,
        "reason": row.reason,
        "ground": row.ground,
        "sha256": row.file.sha256,
    }
    journal.record(action, row, by=by, now=now, procedure_id=row.file.procedure_id, facts=facts)

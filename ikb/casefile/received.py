"""What was handed in, for the town's own archive: each statement with its receipt and its files as they came."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, BinaryIO, TypeVar

from sqlalchemy import select

from ikb.bundles.packing import Part, safe
from ikb.capture.model import Letter, LetterFile
from ikb.core.receipt import as_file
from ikb.db import db
from ikb.files import storage
from ikb.files.model import FileState, StoredFile
from ikb.institutions.model import Invitation
from ikb.procedures.model import ParticipationPhase
from ikb.statements import proofs, receipt_pdf
from ikb.statements.attachment_model import Attachment
from ikb.statements.model import Receipt, Statement, StatementState, Withdrawal
from ikb.web.filters import moment
from ikb.web.labels import label

GROUP = "Stellungnahmen"
NOT_CHECKED = "noch nicht geprüft"
Proved = Receipt | Withdrawal
Row = TypeVar("Row", Receipt, Withdrawal)


def parts(procedure_id: int) -> tuple[list[Part], list[str]]:
    """Every statement by its moment, then what nobody has recorded yet; and one sentence for each file left out."""
    found: list[Part] = []
    notes: list[str] = []
    seen: set[tuple[str, int]] = set()
    for place, statement in enumerate(_statements(procedure_id), 1):
        folder = (
            f"03-stellungnahmen/{place:04}-{safe(statement.number or '')}-{safe(statement.invitation.institution.name)}"
        )
        found += _proofs(statement, folder)
        _add_files(_files_of(statement), folder, _named(statement), found, notes, seen)
    for letter in _pile(procedure_id):
        folder = f"03-stellungnahmen/noch-nicht-erfasst/schreiben-{letter.id}"
        _add_files([each.file for each in letter.files], folder, "Schreiben, noch nicht erfasst", found, notes, seen)
    return found, notes


def _statements(procedure_id: int) -> list[Statement]:
    rows = (
        select(Statement)
        .join(Statement.invitation)
        .join(ParticipationPhase, ParticipationPhase.id == Invitation.phase_id)
        .where(ParticipationPhase.procedure_id == procedure_id, Statement.state != StatementState.DRAFT)
        .order_by(Statement.submitted_at, Statement.id)
    )
    return list(db.session.scalars(rows).unique())


def _pile(procedure_id: int) -> list[Letter]:
    rows = select(Letter).where(Letter.procedure_id == procedure_id, Letter.statement_id.is_(None))
    return list(db.session.scalars(rows.order_by(Letter.id)))


def _named(statement: Statement) -> str:
    state = label("statement", statement.state)
    return f"{statement.number}, {statement.invitation.institution.name}, {moment(statement.submitted_at)} ({state})"


def _proofs(statement: Statement, folder: str) -> Iterator[Part]:
    """The receipt as PDF with the signed file inside, and that file itself; unsigned, the content that was sealed."""
    title = _named(statement)
    receipt = db.session.scalar(select(Receipt).where(Receipt.statement_id == statement.id))
    if receipt is not None:
        yield from _proof(
            receipt,
            partial(_row, Receipt, receipt.id),
            f"{folder}/eingangsbestaetigung",
            f"{title}: Eingangsbestätigung",
        )
    taken_back = db.session.scalar(select(Withdrawal).where(Withdrawal.statement_id == statement.id))
    if taken_back is not None:
        yield from _proof(
            taken_back, partial(_row, Withdrawal, taken_back.id), f"{folder}/ruecknahme", f"{title}: Rücknahme"
        )


def _proof(row: Proved, again: Callable[[], Proved], stem: str, title: str) -> Iterator[Part]:
    if proofs.proof_of(row) is None:
        note = "ohne Unterschrift: aus der Zeit, bevor Bestätigungen unterschrieben wurden"
        yield Part(f"{stem}.json", title, GROUP, partial(_content, again), note)
        return
    yield Part(f"{stem}.pdf", title, GROUP, partial(_as_pdf, again))
    yield Part(f"{stem}.json", f"{title} (die unterschriebene Datei)", GROUP, partial(_as_json, again))


def _row(kind: type[Row], row_id: int) -> Row:
    return db.session.get_one(kind, row_id)


def _content(again: Callable[[], Proved]) -> bytes:
    return again().content.encode()


def _document(again: Callable[[], Proved]) -> dict[str, Any]:
    document = proofs.document_of(again())
    if document is None:
        raise ValueError("A receipt lost its content while the archive was built.")
    return document


def _as_pdf(again: Callable[[], Proved]) -> bytes:
    return receipt_pdf.pdf_of(_document(again))


def _as_json(again: Callable[[], Proved]) -> bytes:
    return as_file(_document(again))


def _files_of(statement: Statement) -> list[StoredFile]:
    """What hangs on a statement, then what came with the letter that it was recorded from."""
    hung = select(Attachment).where(Attachment.statement_id == statement.id)
    files = [each.file for each in db.session.scalars(hung.order_by(Attachment.is_letter.desc(), Attachment.id))]
    came = select(LetterFile).join(LetterFile.letter).where(Letter.statement_id == statement.id)
    files += [each.file for each in db.session.scalars(came.order_by(LetterFile.position, LetterFile.id))]
    return list({file.id: file for file in files}.values())


def _add_files(
    files: Sequence[StoredFile],
    folder: str,
    whose: str,
    found: list[Part],
    notes: list[str],
    seen: set[tuple[str, int]],
) -> None:
    for place, file in enumerate(files, 1):
        if (folder, file.id) in seen:
            continue
        seen.add((folder, file.id))
        if file.is_refused or file.state == FileState.RECEIVED:
            why = file.finding_text or NOT_CHECKED
            notes.append(f"{whose}: Die Datei „{file.name}“ (SHA-256 {file.sha256}) ist nicht dabei: {why}")
            continue
        stem = safe(file.name.rpartition(".")[0] or file.name)
        name = f"{folder}/anlage-{place:02}-{stem}.{safe(str(file.kind))}"
        found.append(Part(name, f"{whose}: {file.name}", GROUP, _opener(file.id), "wie eingereicht"))


def _opener(file_id: int) -> Callable[[], BinaryIO]:
    return lambda: storage.open_bytes(db.session.get_one(StoredFile, file_id))


def size_of(procedure_id: int) -> int:
    """Bytes of all files of a procedure."""
    rows = select(StoredFile.size).where(StoredFile.procedure_id == procedure_id)
    return sum(db.session.scalars(rows))


def as_json(found: object) -> bytes:
    """Data for programs, readable for people."""
    return json.dumps(found, ensure_ascii=False, indent=1, sort_keys=True).encode()

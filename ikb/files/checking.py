"""Looking into what was received: by the worker, in quarantine, one file at a time and each by one worker only.

A row waits as `received`. Whoever claims it has a lease; a worker that dies leaves it to the next one. A file that overwhelms
the quarantine, or a scanner that is away, is tried again, and only then is that the answer.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from flask import current_app
from sqlalchemy import and_, or_

from ikb import log
from ikb.db import db, take_next
from ikb.files import scanner, storage
from ikb.files.model import FileState, StoredFile
from ikb.journal import service as journal
from ikb.journal.service import SYSTEM
from ikb.quarantine import reasons
from ikb.quarantine.kinds import Kind
from ikb.quarantine.looking import Seen, look_into
from ikb.quarantine.reasons import NotTaken, Reason

LEASE = timedelta(seconds=120)  # the quarantine's 10 s and a slow scanner's minute, with room
MOST_ATTEMPTS = 3
PREVIEW_LIMIT = 8 * 1024 * 1024


@dataclass(frozen=True)
class Found:
    """What a look gave: a state, what can be read and where its picture lies, or why the file is not given out."""

    state: FileState
    text: str = ""
    pages: int | None = None
    preview_sha256: str | None = None
    reason: Reason | None = None


def claim(owner: str, *, now: datetime, file_id: int | None = None) -> StoredFile | None:
    """The oldest file that waits, now leased to the caller; None if there is none. In a transaction of its own.

    file_id: only this one.
    """
    due = and_(
        StoredFile.state == FileState.RECEIVED,
        or_(StoredFile.lease_until.is_(None), StoredFile.lease_until <= now),
    )
    if file_id is not None:
        due = and_(due, StoredFile.id == file_id)
    held = {"lease_owner": owner, "lease_until": now + LEASE, "attempts": StoredFile.attempts + 1}
    return take_next(StoredFile, due, StoredFile.id, **held)


def look(file: StoredFile) -> Found | None:
    """Open a claimed file in quarantine and ask the scanner, outside of any transaction; None: try again later."""
    place = storage.path_of(file)
    try:
        seen = look_into(place, Kind(file.kind))
        state = _scanned(file, place)
    except FileNotFoundError:
        log.get(__name__).exception("bytes of a file are missing", file=file.id)
        return None
    except NotTaken as refusal:
        if refusal.reason is reasons.TOO_MUCH and file.attempts < MOST_ATTEMPTS:
            return None  # perhaps the machine was busy
        return Found(FileState.SUSPICIOUS, reason=refusal.reason)
    return None if state is None else Found(state, seen.text, seen.pages, _keep_preview(file, seen))


def finish(file: StoredFile, owner: str, found: Found | None, *, now: datetime) -> bool:
    """Write down what was found, in the caller's transaction; False, and nothing written, if the lease went to another."""
    row = db.session.get(StoredFile, file.id, with_for_update=True, populate_existing=True)
    if row is None or row.lease_owner != owner:
        return False
    row.lease_owner = None
    if found is None:
        row.lease_until = now + timedelta(seconds=30) * row.attempts
        return True
    row.lease_until, row.state, row.checked_at = None, found.state, now
    row.text, row.pages, row.preview_sha256 = found.text, found.pages, found.preview_sha256
    if found.reason is not None:
        _note_refusal(row, found.reason, now)
    return True


def _scanned(file: StoredFile, place: Path) -> FileState | None:
    """The state of a file that opened well; None: ask the scanner again later. Raises NotTaken for a virus."""
    address = current_app.extensions["ikb_config"].clamav
    if address is None:
        return FileState.CHECKED
    try:
        virus = scanner.find_virus(address, place)
    except scanner.ScannerAway as fault:
        log.get(__name__).warning("virus scanner away", file=file.id, error=str(fault))
        return None if file.attempts < MOST_ATTEMPTS else FileState.CHECKED
    if virus is not None:
        raise NotTaken(reasons.VIRUS)
    return FileState.CLEAN


def _keep_preview(file: StoredFile, seen: Seen) -> str | None:
    if not seen.preview:
        return None
    return storage.store(io.BytesIO(seen.preview), storage.scope_of(file), largest=PREVIEW_LIMIT).sha256


def _note_refusal(file: StoredFile, reason: Reason, now: datetime) -> None:
    file.finding, file.finding_text = reason.code, reason.text
    journal.record(
        "file not accepted",
        file,
        by=SYSTEM,
        now=now,
        procedure_id=file.procedure_id,
        facts={"finding": reason.code, "sha256": file.sha256},
    )
    log.get(__name__).warning("file not accepted", file=file.id, code=reason.code)

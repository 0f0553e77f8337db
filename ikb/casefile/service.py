"""Asking for an archive, its way through the worker's hands, and its end."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import and_, or_, select, update

from ikb.casefile import queries, shelf
from ikb.casefile.model import ArchiveState, CaseArchive, Variant
from ikb.casefile.packing import Packed
from ikb.db import db, take_next
from ikb.errors import Conflict
from ikb.journal import service as journal
from ikb.journal.service import SYSTEM, Actor
from ikb.procedures.model import Procedure
from ikb.queue import wake_after_commit
from ikb.web import labels

LEASE = timedelta(minutes=3)  # a table of ten thousand rows takes half of one; renewed with each file
MOST_ATTEMPTS = 3
KEPT = timedelta(days=7)

labels.add(
    "journal_action",
    {
        "case archive requested": "Akte angefordert",
        "case archive built": "Akte zusammengestellt",
        "case archive fetched": "Akte heruntergeladen",
    },
)
labels.add("subject", {"case_archive": "Akte als ZIP-Archiv"})
labels.add(
    "case_archive",
    {
        ArchiveState.QUEUED: "wartet",
        ArchiveState.RUNNING: "wird zusammengestellt",
        ArchiveState.DONE: "fertig",
        ArchiveState.FAILED: "fehlgeschlagen",
        ArchiveState.GONE: "gelöscht",
    },
    tones={ArchiveState.RUNNING: "info", ArchiveState.DONE: "success", ArchiveState.FAILED: "danger"},
)
VARIANTS: Mapping[str, str] = {
    Variant.COMPLETE: "vollständig, für die eigene Akte",
    Variant.REDACTED: "geschwärzt, zum Weitergeben",
}
labels.add("case_variant", VARIANTS)


class LeaseLost(Exception):
    """Another worker has the archive now."""


def request(procedure: Procedure, variant: Variant, key: UUID, *, by: Actor, now: datetime) -> CaseArchive:
    """Ask for an archive of a case; sent twice, it is one. Raises Conflict while another one is being built."""
    if earlier := queries.with_key(key):
        return earlier
    if queries.active_of(procedure.id) is not None:
        raise Conflict("Es wird schon ein Archiv dieses Verfahrens zusammengestellt. Warten Sie, bis es fertig ist.")
    row = CaseArchive(procedure_id=procedure.id, key=key, variant=variant, requested_by_id=by.id or 0, requested_at=now)
    db.session.add(row)
    db.session.flush()
    facts = {"variant": str(variant)}
    journal.record("case archive requested", row, by=by, now=now, procedure_id=procedure.id, facts=facts)
    wake_after_commit("casefile.build", row.id)
    return row


def claim(owner: str, *, now: datetime, archive_id: int | None = None) -> CaseArchive | None:
    """Take up the oldest archive that waits or whose worker fell silent; None if there is none."""
    due = or_(
        CaseArchive.state == ArchiveState.QUEUED,
        and_(CaseArchive.state == ArchiveState.RUNNING, CaseArchive.lease_until < now),
    )
    if archive_id is not None:
        due = and_(due, CaseArchive.id == archive_id)
    return take_next(
        CaseArchive,
        due,
        CaseArchive.id,
        state=ArchiveState.RUNNING,
        lease_owner=owner,
        lease_until=now + LEASE,
        steps_done=0,
        attempts=CaseArchive.attempts + 1,
    )


def step(archive_id: int, owner: str, done: int, total: int, *, now: datetime) -> None:
    """Note how far it is, and keep the lease. Raises LeaseLost if another worker has it by now."""
    values = {"steps_done": done, "steps_total": total, "lease_until": now + LEASE}
    if not _change(archive_id, owner, values):
        raise LeaseLost


def finish(archive_id: int, owner: str, packed: Packed, *, now: datetime) -> None:
    """It lies on the shelf. Raises LeaseLost if another worker has it by now."""
    values = {"state": ArchiveState.DONE, "sha256": packed.sha256, "size": packed.size, "files": packed.files}
    if not _change(archive_id, owner, values | {"finished_at": now, "lease_until": None, "lease_owner": None}):
        raise LeaseLost
    row = db.session.get_one(CaseArchive, archive_id, populate_existing=True)
    facts = {"variant": row.variant, "files": row.files, "bytes": row.size, "sha256": row.sha256}
    journal.record("case archive built", row, by=SYSTEM, now=now, procedure_id=row.procedure_id, facts=facts)


def fail(archive_id: int, owner: str, fault: str, *, now: datetime) -> None:
    """End one that cannot be built, with a sentence for the lead."""
    values = {"state": ArchiveState.FAILED, "fault": fault, "finished_at": now}
    _change(archive_id, owner, values | {"lease_until": None, "lease_owner": None})


def note_fetched(archive: CaseArchive, *, by: Actor, now: datetime) -> None:
    """Tell the journal that somebody took it away."""
    facts = {"sha256": archive.sha256}
    journal.record("case archive fetched", archive, by=by, now=now, procedure_id=archive.procedure_id, facts=facts)


def tidy(*, now: datetime) -> int:
    """Take archives away whose days are over; how many those were."""
    old = select(CaseArchive).where(CaseArchive.state == ArchiveState.DONE, CaseArchive.finished_at < now - KEPT)
    rows = list(db.session.scalars(old))
    for row in rows:
        row.state = ArchiveState.GONE
        shelf.place_of(row).unlink(missing_ok=True)
    db.session.flush()
    return len(rows)


def forget(procedure_id: int) -> None:
    """Take all archives of a procedure away: it is being erased."""
    for row in db.session.scalars(select(CaseArchive).where(CaseArchive.procedure_id == procedure_id)).all():
        row.state, row.lease_owner = ArchiveState.GONE, None
        shelf.place_of(row).unlink(missing_ok=True)
    db.session.flush()


def _change(archive_id: int, owner: str, values: dict[str, object]) -> bool:
    held = (CaseArchive.id == archive_id, CaseArchive.lease_owner == owner, CaseArchive.state == ArchiveState.RUNNING)
    changed = update(CaseArchive).where(*held).values(**values).returning(CaseArchive.id)
    return db.session.execute(changed).scalar_one_or_none() is not None

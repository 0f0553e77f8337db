"""Asking for an archive, and what the journal is told of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from ikb.bundles import queries
from ikb.casefile.model import CaseArchive, Variant
from ikb.db import db
from ikb.errors import Conflict
from ikb.journal import service as journal
from ikb.journal.service import SYSTEM, Actor
from ikb.procedures.model import Procedure
from ikb.queue import wake_after_commit
from ikb.web import labels

labels.add(
    "journal_action",
    {
        "case archive requested": "Akte angefordert",
        "case archive built": "Akte zusammengestellt",
        "case archive fetched": "Akte heruntergeladen",
    },
)
labels.add("subject", {"case_archive": "Akte als ZIP-Archiv"})
VARIANTS: Mapping[str, str] = {
    Variant.COMPLETE: "vollständig, für die eigene Akte",
    Variant.REDACTED: "geschwärzt, zum Weitergeben",
}
labels.add("case_variant", VARIANTS)


def request(procedure: Procedure, variant: Variant, key: UUID, *, by: Actor, now: datetime) -> CaseArchive:
    """Ask for an archive of a case; sent twice, it is one. Raises Conflict while another one is being built."""
    if earlier := queries.with_key(CaseArchive, key):
        return earlier
    if queries.active_of(CaseArchive, procedure.id) is not None:
        raise Conflict("Es wird schon ein Archiv dieses Verfahrens zusammengestellt. Warten Sie, bis es fertig ist.")
    row = CaseArchive(procedure_id=procedure.id, key=key, variant=variant, requested_by_id=by.id or 0, requested_at=now)
    db.session.add(row)
    db.session.flush()
    facts = {"variant": str(variant)}
    journal.record("case archive requested", row, by=by, now=now, procedure_id=procedure.id, facts=facts)
    wake_after_commit("casefile.build", row.id)
    return row


def note_built(archive: CaseArchive, now: datetime) -> None:
    """Tell the journal that it lies ready."""
    facts = {"variant": archive.variant, "files": archive.files, "bytes": archive.size, "sha256": archive.sha256}
    journal.record("case archive built", archive, by=SYSTEM, now=now, procedure_id=archive.procedure_id, facts=facts)


def note_fetched(archive: CaseArchive, *, by: Actor, now: datetime) -> None:
    """Tell the journal that somebody took it away."""
    facts = {"sha256": archive.sha256}
    journal.record("case archive fetched", archive, by=by, now=now, procedure_id=archive.procedure_id, facts=facts)

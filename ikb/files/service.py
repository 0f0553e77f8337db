"""Taking files in and letting them go.

For rooms that take files: `receive` in front of the transaction (writing 25 MB to the disk would keep everybody waiting who
wants to write too), `enter` inside of it. What only has to be kept, once, is `keep`. A file that was entered is looked at by
the worker, in quarantine; until then its state says so. Bytes are read by `storage.open_bytes`.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

from ikb.db import db
from ikb.errors import FileRefused
from ikb.files import names, queries, storage
from ikb.files.model import FileState, StoredFile
from ikb.files.storage import Scope
from ikb.quarantine.kinds import ATTACHMENTS, Kind, first_look
from ikb.quarantine.reasons import UNKNOWN, NotTaken
from ikb.queue import wake_after_commit

LARGEST_FILE = 25 * 1024 * 1024  # bytes
QUOTA = 600 * 1024 * 1024  # bytes of one institution's files in one procedure, those of replaced statements included
CHECKED_BEFORE = ("kind", "state", "finding", "finding_text", "text", "pages", "preview_sha256", "checked_at")


@dataclass(frozen=True)
class Received:
    """A file that lies on the disk and has no row yet; without one the sweep takes it away after a day."""

    scope: Scope
    sha256: str
    size: int
    name: str
    kind: Kind


def receive(
    stream: BinaryIO,
    name: str,
    *,
    scope: Scope,
    kinds: Collection[Kind] = ATTACHMENTS,
    largest: int = LARGEST_FILE,
) -> Received:
    """Write a file down and look at its first bytes; outside of any transaction. The disk has it when this returns.

    name:    as it was sent, whatever it holds; shown cleaned, with the ending that the content has.
    kinds:   what is taken here, by content.
    largest: bytes.
    Raises FileRefused naming the file and the reason.
    """
    called = names.cleaned(name)[: names.LONGEST_NAME]
    try:
        stored = storage.store(stream, scope, largest=largest)
        kind = first_look(stored.beginning, names.ending_of(name))
        if kind not in kinds:
            raise NotTaken(UNKNOWN)
    except storage.TooLarge as fault:
        raise FileRefused(called, too_large(fault.size, largest), "too_large") from fault
    except NotTaken as fault:
        raise FileRefused(called, fault.reason.text, fault.reason.code) from fault
    return Received(scope, stored.sha256, stored.size, names.display_name(name, kind), kind)


def enter(received: Received, *, now: datetime) -> StoredFile:
    """The row of a received file, in the caller's transaction, and the wake-up for whoever looks into it.

    Equal bytes that the same institution sent before were looked at then: what was found holds.
    Raises FileRefused where the institution's room is used up.
    """
    scope = received.scope
    _refuse_over_quota(received)
    file = StoredFile(
        procedure_id=scope.procedure_id,
        institution_id=scope.institution_id,
        sha256=received.sha256,
        size=received.size,
        name=received.name,
        kind=received.kind,
        state=FileState.RECEIVED,
        created_at=now,
    )
    if (known := queries.checked_twin(scope, received.sha256, received.kind)) is not None:
        for column in CHECKED_BEFORE:
            setattr(file, column, getattr(known, column))
    db.session.add(file)
    db.session.flush()
    if file.state == FileState.RECEIVED:
        wake_after_commit("files.check", file.id)
    return file


def keep(
    stream: BinaryIO,
    name: str,
    *,
    scope: Scope,
    now: datetime,
    kinds: Collection[Kind] = ATTACHMENTS,
    largest: int = LARGEST_FILE,
) -> StoredFile:
    """Both at once, in the caller's transaction: for single files where nobody else is waiting to write."""
    return enter(receive(stream, name, scope=scope, kinds=kinds, largest=largest), now=now)


def forget(file: StoredFile) -> None:
    """Take a file's row away, in the caller's transaction; its bytes follow, unless another row has the same."""
    db.session.delete(file)
    db.session.flush()


def too_large(size: int, largest: int) -> str:
    """The sentence about a file that has more bytes than allowed, with both figures."""
    # Rounded away from each other: never "25 MB, allowed are 25 MB".
    return (
        f"Sie ist zu groß: {-(-size // 1024**2)} MB, erlaubt sind {largest // 1024**2} MB. Verkleinern Sie die Datei, oder "
        "schicken Sie sie per Post."
    )


def _refuse_over_quota(received: Received) -> None:
    if received.scope.institution_id is None:
        return  # the town's own files are the town's own affair
    used = queries.bytes_used(received.scope)
    if used + received.size > QUOTA:
        raise FileRefused(
            received.name,
            f"Ihre Dateien in diesem Verfahren belegen schon {used // 1024**2} von {QUOTA // 1024**2} MB. Löschen Sie "
            "eine, die Sie nicht brauchen, oder schicken Sie die Datei per Post.",
            "quota",
        )

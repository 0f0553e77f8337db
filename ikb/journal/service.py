"""Adding to the journal, and checking that nobody changed it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Table, bindparam, insert, select, update

from ikb.core.clock import require_aware
from ikb.db import Base, db, read, write
from ikb.journal.model import JournalEntry, JournalHead
from ikb.together import Change, bound, prefixed, write_together

BEGINNING = "0" * 64


@dataclass(frozen=True)
class Actor:
    """Who acted: a person with an account, an invitation's link, a department's link (`opinion`), or ikb itself."""

    kind: str = "system"
    id: int | None = None

    @classmethod
    def user(cls, user_id: int) -> Actor:
        return cls("user", user_id)

    @classmethod
    def invitation(cls, invitation_id: int) -> Actor:
        return cls("invitation", invitation_id)


SYSTEM = Actor()


Along = Callable[["JournalEntry"], Change]  # a row of another room that stands or falls with an entry and needs it


def record(
    action: str,
    subject: Base,
    *,
    by: Actor,
    now: datetime,
    procedure_id: int | None = None,
    facts: Mapping[str, Any] | None = None,
    along: Along | None = None,
) -> JournalEntry:
    """Add one entry to the end of the chain, in the caller's transaction; what is returned is no row of the session.

    Whoever records next waits until this transaction ends: what can be done before is done before.
    subject: a flushed row; its table's name and id are kept.
    facts:   codes, numbers, dates and hashes; no names and no texts of citizens, since nothing here can be erased.
    along:   a row that is written in the same message, once the entry is known.
    """
    number, previous = _take_next_place()
    entry = JournalEntry(
        id=number,
        at=require_aware(now),
        actor_kind=by.kind,
        actor_id=by.id,
        action=action,
        subject_kind=subject.__tablename__,
        subject_id=subject.id,
        procedure_id=procedure_id,
        facts=dict(facts or {}),
        previous_digest=previous,
    )
    entry.digest = digest_of(entry)
    values = prefixed({name: getattr(entry, name) for name in _COLUMNS}, "entry")
    sealed = [Change(_ADD, values), Change(_SEAL, {"head__digest": entry.digest})]
    write_together(sealed if along is None else [*sealed, along(entry)])
    return entry


# Every act passes here, so these are built once. The first locks the head until the end of the transaction: whoever comes
# second waits, then sees our digest.
_HEAD: Table = JournalHead.metadata.tables[JournalHead.__tablename__]
_ENTRIES: Table = JournalEntry.metadata.tables[JournalEntry.__tablename__]
_COLUMNS = tuple(column.name for column in _ENTRIES.columns)
_NEXT = (
    update(_HEAD).where(_HEAD.c.id == 1).values(last_id=_HEAD.c.last_id + 1).returning(_HEAD.c.last_id, _HEAD.c.digest)
)
_SEAL = update(_HEAD).where(_HEAD.c.id == 1).values(bound([_HEAD.c.digest], "head"))
_ADD = insert(_ENTRIES).inline().values(bound(_ENTRIES.columns, "entry"))


def _take_next_place() -> tuple[int, str]:
    taken = write(_NEXT).one_or_none()
    if taken is None:
        raise RuntimeError("The journal has no head row; run the migrations.")
    return taken.last_id, taken.digest


def digest_of(entry: JournalEntry) -> str:
    """SHA-256 in hex over the entry's content as canonical JSON, its place and the digest before it."""
    content = {
        "id": entry.id,
        "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "actor": [entry.actor_kind, entry.actor_id],
        "action": entry.action,
        "subject": [entry.subject_kind, entry.subject_id],
        "procedure": entry.procedure_id,
        "facts": entry.facts,
        "previous": entry.previous_digest,
    }
    canonical = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def verify() -> list[str]:
    """One sentence per break in the chain; an empty list means that the journal is whole."""
    breaks, last_id, last_digest = _breaks_in(_whole_chain())
    head = db.session.get(JournalHead, 1)
    if head is None or (head.last_id, head.digest) != (last_id, last_digest):
        breaks.append(f"Das Ende der Kette passt nicht zum letzten Eintrag {last_id}: Einträge fehlen am Ende.")
    return breaks


_FOLLOWING = select(_ENTRIES).where(_ENTRIES.c.id > bindparam("last_id")).order_by(_ENTRIES.c.id).limit(1000)


def _whole_chain() -> Iterator[Any]:
    """Every entry's columns, a thousand at a time."""
    last_id = -1
    while entries := read(_FOLLOWING, last_id=last_id).all():
        yield from entries
        last_id = entries[-1].id


def _breaks_in(entries: Iterable[Any]) -> tuple[list[str], int, str]:
    breaks: list[str] = []
    last_id, last_digest = 0, BEGINNING
    for entry in entries:
        if entry.id != last_id + 1:
            breaks.append(f"Vor Eintrag {entry.id} fehlen Einträge: der letzte davor ist {last_id}.")
        if entry.previous_digest != last_digest:
            breaks.append(f"Eintrag {entry.id} schließt nicht an den Eintrag davor an.")
        if entry.digest != digest_of(entry):
            breaks.append(f"Eintrag {entry.id} wurde verändert: sein Inhalt passt nicht zu seinem Siegel.")
        last_id, last_digest = entry.id, entry.digest
    return breaks, last_id, last_digest

"""A version as a Word file, and what an edited one asks for: the rows on one side, the core on the other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import select

from ikb.core.clock import berlin_day
from ikb.core.word.cover import Cover
from ikb.core.word.passages import Passage, unchanged
from ikb.core.word.placing import Base
from ikb.core.word.returned import NotOursError, Returned, compare
from ikb.db import db
from ikb.drafts import queries
from ikb.drafts.model import Draft, DraftVersion
from ikb.drafts.names import name_of
from ikb.drafts.written import before, texts_of
from ikb.errors import Faulty
from ikb.quarantine.returned_word import NOT_TAKEN, read_word
from ikb.web.filters import day_long

MOST_FINDINGS = 600
TOO_MANY = (
    f"Die Datei ändert mehr als {MOST_FINDINGS} Stellen. Verteilen Sie die Änderungen auf mehrere Dateien, jede aus der Datei "
    "gemacht, die Sie hier herunterladen."
)
HOW_TO_EDIT = (
    "So schlagen Sie Änderungen vor: Ändern Sie den Text, wie er lauten soll, streichen Sie Absätze oder fügen Sie welche ein, "
    "und schreiben Sie Kommentare an den Rand. Ob Sie dabei Änderungen nachverfolgen, ist gleich. Speichern Sie die Datei als "
    "Word-Dokument (.docx), und laden Sie sie dort hoch, wo Sie sie geholt haben. Dort prüfen Sie alles noch einmal."
)


def cover_of(version: DraftVersion, heading: str, reference: str | None = None, *, returns: bool = False) -> Cover:
    """What stands before a version's text. heading: the procedure's title. returns: whether it is to be edited."""
    told = _told(version)
    number = f"Drucksache {reference}" if reference else ""
    facts = [("Verfahren", heading), ("Drucksache", reference or ""), ("Fassung", told)]
    return Cover(
        kicker="Arbeitsfassung" if not version.is_issued else "Beschlussvorlage",
        title=version.draft.title,
        facts=[(name, value) for name, value in facts if value],
        footer=" · ".join(part for part in (number, f"Fassung {told}") if part),
        end=f"Ende der Fassung {version.number}.",
        notes=(HOW_TO_EDIT,) if returns else (),
    )


def as_word(version: DraftVersion, cover: Cover, now: datetime) -> bytes:
    """A version as it is."""
    return written(version, cover, unchanged(texts_of(version)), now)


def written(version: DraftVersion, cover: Cover, passages: Sequence[Passage], now: datetime) -> bytes:
    """A version as a file, with whatever changes its passages show."""
    from ikb.core.word.writing import write  # late: decision 79

    return write(cover, passages, version.id, now)


def returned(version: DraftVersion, data: bytes, lines: Iterable[str]) -> Returned:
    """What an edited file of a version asks for.

    lines: those of the cover that it was written with.
    Raises Faulty with one German sentence for a file that cannot be read, of another version, or none of ours.
    """
    read = read_word(data)
    sections = queries.sections_of(version.id)
    base = [
        Base(row.anchor, before(row), row.text, row.parent, name_of(row.kind, row.number, row.text)) for row in sections
    ]
    try:
        found = compare(base, read, version.id, lines)
    except NotOursError as fault:
        raise Faulty(NOT_TAKEN, [_not_ours(version, fault.version)]) from fault
    if len(found.findings) + len(found.unplaced) > MOST_FINDINGS:
        raise Faulty(NOT_TAKEN, [TOO_MANY])
    return found


def _not_ours(version: DraftVersion, other_id: int | None) -> str:
    here = f"Fassung {version.number} von „{version.draft.title}“"
    other = db.session.get(DraftVersion, other_id) if other_id else None
    if other is not None and _is_of_same_procedure(version, other):
        return (
            f"Das ist die Datei zu Fassung {other.number} von „{other.draft.title}“. Hier geht es um {here}. Laden Sie diese "
            "herunter, und übertragen Sie Ihre Änderungen."
        )
    return (
        f"Das ist keine Datei zu {here}. Laden Sie die Datei auf dieser Seite herunter, und ändern Sie darin. Ein eigenes "
        "Schreiben schicken Sie als Schreiben."
    )


def _is_of_same_procedure(version: DraftVersion, other: DraftVersion) -> bool:
    procedures = db.session.scalars(select(Draft.procedure_id).where(Draft.id.in_((version.draft_id, other.draft_id))))
    return other.is_issued and len(set(procedures)) == 1


def _told(version: DraftVersion) -> str:
    """`2 vom Montag, 3. Juni 2030`, and that a working version is one."""
    on = berlin_day(version.issued_at or version.created_at)
    return f"{version.number} vom {day_long(on)}" if version.is_issued else f"{version.number} (in Arbeit)"

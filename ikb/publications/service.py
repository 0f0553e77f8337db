"""Publishing, replacing, withdrawing: each a new row; the one thing that is ever taken out of an old one is a name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select

from ikb.db import db
from ikb.errors import Conflict, Implausible
from ikb.journal import service as journal
from ikb.journal.service import Actor
from ikb.publications import queries
from ikb.publications.model import Act, Ground, Publication, PublicationRule, PublishedName
from ikb.web import labels

labels.add(
    "publication_ground",
    {
        Ground.NONE: "keine Veröffentlichung",
        Ground.RESOLUTION: "ein Beschluss",
        Ground.STATUTE: "ein Gesetz oder eine Satzung",
        Ground.CONSENT: "die Einwilligung der Institution",
    },
)
labels.add("publication_act", {Act.PUBLISHED: "veröffentlicht", Act.WITHDRAWN: "zurückgezogen"})
labels.add(
    "journal_action",
    {
        "ground of publication set": "Grundlage der Veröffentlichung festgelegt",
        "published": "veröffentlicht",
        "publication withdrawn": "Veröffentlichung zurückgezogen",
        "name taken out": "Name aus Veröffentlichungen entfernt",
    },
)
labels.add("subject", {"publication": "Veröffentlichung", "publication_rule": "Grundlage der Veröffentlichung"})


@dataclass(frozen=True)
class Snapshot:
    """What is to leave. content: JSON, without names of persons; person: a name that may leave, or empty."""

    kind: str
    subject_id: int
    procedure_id: int
    number: str
    title: str
    content: Mapping[str, Any]
    person: str = ""


def set_rule(
    procedure_id: int, ground: Ground, basis: str, note: str, *, seen: int, by: Actor, now: datetime
) -> PublicationRule:
    """Say on what ground statements of a procedure are published. What is public already stays.

    seen: the row's version in the form, 0 where there was none.
    Raises Implausible where a ground is not named, Conflict if somebody else saved since.
    """
    basis, note = basis.strip(), note.strip()
    if ground in (Ground.RESOLUTION, Ground.STATUTE) and not basis:
        raise Implausible("Nennen Sie die Grundlage genau, so wie Sie sie zitieren wollen.", "basis")
    row = queries.rule_of(procedure_id)
    if row.row_version != seen:
        raise Conflict(
            "Jemand anderes hat diese Einstellung inzwischen geändert. Es wurde nichts überschrieben.",
            theirs=in_words(row.ground, row.basis, row.note),
            mine=in_words(ground, basis, note),
        )
    if row.id is None:
        row = PublicationRule(procedure_id=procedure_id)
        db.session.add(row)
    row.ground, row.basis, row.note = ground, basis, note
    db.session.flush()
    facts = {"ground": str(ground)}
    journal.record("ground of publication set", row, by=by, now=now, procedure_id=procedure_id, facts=facts)
    return row


def in_words(ground: str, basis: str, note: str) -> str:
    """A rule as text, for setting two of them side by side."""
    return f"Grundlage: {labels.label('publication_ground', ground)}\nZitat: {basis}\nHinweis: {note}"


def publish(snapshot: Snapshot, rule: PublicationRule, *, by: Actor, now: datetime) -> Publication:
    """Make a snapshot public in place of the one before; nothing happens where the same is public already."""
    newest = _newest(snapshot.kind, snapshot.subject_id)
    content = dict(snapshot.content)
    if newest and newest.is_public and (newest.content, newest.person) == (content, snapshot.person):
        return newest
    row = Publication(
        procedure_id=snapshot.procedure_id,
        kind=snapshot.kind,
        subject_id=snapshot.subject_id,
        version=newest.version + 1 if newest else 1,
        number=snapshot.number,
        title=snapshot.title,
        content=content,
        ground=rule.ground,
        basis=rule.basis,
        at=now,
        by_id=by.id if by.kind == "user" else None,
    )
    if snapshot.person:
        row.name = PublishedName(name=snapshot.person)
    return _add("published", row, by, now)


def withdraw(kind: str, subject_id: int, reason: str, *, by: Actor, now: datetime) -> Publication | None:
    """Take something out of the public; None where nothing of it is public. reason: a code for the journal."""
    newest = _newest(kind, subject_id)
    if newest is None or not newest.is_public:
        return None
    row = Publication(
        procedure_id=newest.procedure_id,
        kind=kind,
        subject_id=subject_id,
        version=newest.version + 1,
        act=Act.WITHDRAWN,
        number=newest.number,
        title=newest.title,
        content={},
        ground=newest.ground,
        basis=newest.basis,
        at=now,
        by_id=by.id if by.kind == "user" else None,
    )
    return _add("publication withdrawn", row, by, now, reason=reason)


def forget_name(kind: str, subject_id: int, *, by: Actor, now: datetime) -> int:
    """Take a person's name out of every snapshot of a subject, old ones too; they stay, without it. Returns how many."""
    rows = select(Publication).where(Publication.kind == kind, Publication.subject_id == subject_id)
    named = [row for row in db.session.scalars(rows.order_by(Publication.version)) if row.name is not None]
    if not named:
        return 0
    db.session.execute(delete(PublishedName).where(PublishedName.publication_id.in_([row.id for row in named])))
    for row in named:
        db.session.expire(row, ["name"])
    last = named[-1]
    facts = {"snapshots": len(named)}
    journal.record("name taken out", last, by=by, now=now, procedure_id=last.procedure_id, facts=facts)
    return len(named)


def _newest(kind: str, subject_id: int) -> Publication | None:
    return queries.newest_of(kind, [subject_id]).get(subject_id)


def _add(action: str, row: Publication, by: Actor, now: datetime, **more: str) -> Publication:
    db.session.add(row)
    db.session.flush()
    facts = {
        "kind": row.kind,
        "number": row.number,
        "version": row.version,
        "ground": row.ground,
        "with_name": row.name is not None,
        **more,
    }
    journal.record(action, row, by=by, now=now, procedure_id=row.procedure_id, facts=facts)
    return row

"""Adding drafts and versions, correcting a first version, issuing one: from then on it stays as it is."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm.attributes import flag_modified

from ikb.db import db
from ikb.drafts import queries
from ikb.drafts.model import Change, Draft, DraftVersion, Section, SectionLink, VersionState
from ikb.errors import Conflict, Immutable, Implausible, NotFound, NotReady
from ikb.events import announce
from ikb.journal import service as journal
from ikb.journal.service import Actor

LONGEST_SECTION = 20_000  # characters
KINDS = ("heading", "point", "paragraph", "bullet", "goal", "objective", "measure")


@dataclass(frozen=True)
class SectionText:
    """One section to be stored; parents stand before their children."""

    anchor: str
    kind: str
    number: str | None
    parent: str | None
    text: str


@dataclass(frozen=True)
class SectionChange:
    """What a new version changed in one section. kind, segments and trace as in `Change`."""

    anchor: str
    kind: str
    segments: Sequence[Mapping[str, Any]] = field(default_factory=tuple)
    trace: Sequence[Mapping[str, Any]] = field(default_factory=tuple)


def add_draft(procedure_id: int, kind: str, title: str, *, now: datetime) -> Draft:
    """A further text of a procedure, behind those it has."""
    last = db.session.scalar(select(func.max(Draft.position)).where(Draft.procedure_id == procedure_id)) or 0
    draft = Draft(procedure_id=procedure_id, kind=kind, title=title.strip(), position=last + 1)
    db.session.add(draft)
    db.session.flush()
    return draft


def add_version(
    draft: Draft,
    sections: Sequence[SectionText],
    *,
    base: DraftVersion | None = None,
    changes: Iterable[SectionChange] = (),
    now: datetime,
) -> DraftVersion:
    """A new working version with the next number.

    base: the issued version that it goes on from.
    Raises NotReady if the draft has a working version already, Implausible for sections that do not fit together.
    """
    db.session.scalars(select(Draft.id).where(Draft.id == draft.id).with_for_update()).one()
    if working := queries.working_version(draft.id):
        raise NotReady(
            f"Fassung {working.number} ist noch in Arbeit. Geben Sie sie zuerst heraus; danach entsteht die nächste."
        )
    _check(sections)
    last = db.session.scalar(select(func.max(DraftVersion.number)).where(DraftVersion.draft_id == draft.id)) or 0
    version = DraftVersion(draft=draft, number=last + 1, base_id=base.id if base else None, created_at=now)
    _fill(version, sections, changes)
    db.session.add(version)
    db.session.flush()
    return version


def replace_working(
    version: DraftVersion, sections: Sequence[SectionText], changes: Iterable[SectionChange], now: datetime
) -> DraftVersion:
    """Give a working version another text. Raises Immutable once it was issued."""
    _refuse_issued(version)
    _check(sections)
    for rows in (Section, Change):
        db.session.execute(
            delete(rows).where(rows.draft_version_id == version.id), execution_options={"synchronize_session": False}
        )
    db.session.expire(version, ["sections", "changes"])
    version.created_at = now
    _fill(version, sections, changes)
    flag_modified(version, "created_at")  # whoever has the old text open notices it by the raised row version
    db.session.flush()
    return version


def _fill(version: DraftVersion, sections: Sequence[SectionText], changes: Iterable[SectionChange]) -> None:
    version.sections = [
        Section(
            anchor=given.anchor,
            kind=given.kind,
            number=given.number,
            parent=given.parent,
            text=given.text,
            position=place,
        )
        for place, given in enumerate(sections)
    ]
    version.changes = [
        Change(
            anchor=change.anchor,
            kind=change.kind,
            position=place,
            segments=[dict(part) for part in change.segments],
            trace=[dict(step) for step in change.trace],
        )
        for place, change in enumerate(changes)
    ]


def _check(sections: Sequence[SectionText]) -> None:
    if not sections:
        raise Implausible("Eine Fassung braucht mindestens einen Abschnitt.")
    known: set[str] = set()
    for given in sections:
        if given.anchor in known:
            raise Implausible(f"Der Abschnitt {given.anchor} kommt zweimal vor.")
        if given.parent is not None and given.parent not in known:
            raise Implausible(f"Der Abschnitt {given.anchor} steht unter {given.parent}, den es davor nicht gibt.")
        if given.kind not in KINDS:
            raise Implausible(f"Der Abschnitt {given.anchor} hat eine unbekannte Art: {given.kind}.")
        known.add(given.anchor)


def mark_of(text: str) -> str:
    """A short digest of a text, for a form: it tells whether the text is still the one that somebody saw."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def edit_section(
    version: DraftVersion, anchor: str, text: str, *, seen: str, by: Actor, now: datetime, kind: str | None = None
) -> Section:
    """Correct one section of a first version that is still being worked on.

    seen: `mark_of` the text that the editor had before them; other sections may have changed meanwhile.
    kind: another kind of section, where the importer took it for the wrong one.
    Raises Immutable for an issued version, NotReady for one that was made from remarks (its words have their reasons
    elsewhere), NotFound for an unknown anchor, Implausible for an empty or too long text, Conflict with both texts.
    """
    db.session.refresh(version, with_for_update={"of": DraftVersion})
    _refuse_issued(version)
    if version.base_id is not None:
        raise NotReady(
            "Diese Fassung ist aus Anmerkungen entstanden. Ihr Wortlaut ändert sich durch Entscheidungen über Anmerkungen."
        )
    section = queries.section(version.id, anchor)
    if section is None:
        raise NotFound("Diesen Abschnitt gibt es in dieser Fassung nicht.")
    text = _clean(text)
    if kind is not None and kind not in KINDS:
        raise Implausible("Wählen Sie eine Art des Abschnitts aus der Liste.", "kind")
    db.session.refresh(section)
    if mark_of(section.text) != seen and section.text != text:
        raise Conflict("Jemand anderes hat diesen Abschnitt inzwischen geändert.", theirs=section.text, mine=text)
    _store(section, text, kind or section.kind, by=by, now=now)
    return section


def _clean(text: str) -> str:
    text = "\n".join(" ".join(line.split()) for line in text.strip().splitlines())
    if not text:
        raise Implausible("Der Abschnitt ist leer. Schreiben Sie seinen Wortlaut hinein.", "text")
    if len(text) > LONGEST_SECTION:
        raise Implausible(
            f"Der Abschnitt ist zu lang: {len(text)} Zeichen, erlaubt sind {LONGEST_SECTION}. Kürzen Sie ihn.", "text"
        )
    return text


def _store(section: Section, text: str, kind: str, *, by: Actor, now: datetime) -> None:
    if (section.text, section.kind) == (text, kind):
        return
    version = section.draft_version
    facts = {
        "version": version.number,
        "anchor": section.anchor,
        "before": mark_of(section.text),
        "after": mark_of(text),
    }
    section.text, section.kind = text, kind
    flag_modified(version, "created_at")
    db.session.flush()
    journal.record("section edited", version, by=by, now=now, procedure_id=version.draft.procedure_id, facts=facts)
    announce("version_changed", version_id=version.id, now=now)


def issue(version: DraftVersion, *, by: Actor, now: datetime) -> DraftVersion:
    """Issue a version: from now on it counts and never changes again.

    Raises Immutable if it was issued already, NotReady without sections.
    """
    db.session.refresh(version, with_for_update={"of": DraftVersion})
    _refuse_issued(version)
    sections = queries.sections_of(version.id)
    if not sections:
        raise NotReady("Diese Fassung hat noch keinen Abschnitt und kann deshalb nicht herausgegeben werden.")
    version.state, version.issued_at = VersionState.ISSUED, now
    db.session.flush()
    text = "\n".join(section.text for section in sections)
    journal.record(
        "version issued",
        version,
        by=by,
        now=now,
        procedure_id=version.draft.procedure_id,
        facts={
            "number": version.number,
            "sections": len(sections),
            "sha256": hashlib.sha256(text.encode()).hexdigest(),
        },
    )
    announce("version_issued", version_id=version.id, now=now)
    return version


def link_sections(pairs: Iterable[tuple[Draft, str, Draft, str]]) -> int:
    """Note that passages say the same: (draft, anchor, other draft, other anchor). Returns how many were new."""
    known: dict[int, dict[str, list[tuple[int, str]]]] = {}
    new = 0
    for draft, anchor, other, other_anchor in pairs:
        links = known[draft.id] if draft.id in known else known.setdefault(draft.id, queries.links_of(draft.id))
        if (other.id, other_anchor) in links.get(anchor, ()):
            continue
        links.setdefault(anchor, []).append((other.id, other_anchor))
        db.session.add(
            SectionLink(draft_id=draft.id, anchor=anchor, other_draft_id=other.id, other_anchor=other_anchor)
        )
        new += 1
    db.session.flush()
    return new


def _refuse_issued(version: DraftVersion) -> None:
    if version.is_issued:
        raise Immutable(
            f"Fassung {version.number} ist herausgegeben und bleibt, wie sie ist. "
            "Änderungen kommen in die nächste Fassung."
        )

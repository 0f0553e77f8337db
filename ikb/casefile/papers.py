"""The papers of a case in an archive: every issued version, and each beside the one before."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import partial
from itertools import pairwise

from sqlalchemy import select

from ikb.bundles.packing import Part, safe
from ikb.config import ROOT
from ikb.consolidation import redlines, word_files
from ikb.core.clock import BERLIN
from ikb.db import db
from ikb.drafts import word_files as written
from ikb.drafts.model import Draft, DraftVersion, VersionState
from ikb.drafts.written import texts_of
from ikb.procedures.model import Procedure
from ikb.reports import synopsis_document
from ikb.tables.typeset import as_pdf
from ikb.web.filters import day

TEMPLATE = ROOT / "templates" / "casefile" / "version.typ"
PAPERS, SYNOPSES = "Vorlagen", "Synopsen"


def parts(procedure: Procedure, at: datetime, *, names_people: bool) -> Iterator[Part]:
    """Every issued version as Word file and PDF, then every comparison.

    names_people: whether comparisons as Word files go in: their comments name who asked for a change.
    """
    issued = _issued(procedure.id)
    for version in issued:
        yield from _version(version, procedure, at)
    for old, new in pairwise(issued):
        if old.draft_id == new.draft_id:
            yield from _comparison(old, new, procedure, at, names_people=names_people)


def _issued(procedure_id: int) -> list[DraftVersion]:
    rows = select(DraftVersion).join(DraftVersion.draft)
    of_case = rows.where(Draft.procedure_id == procedure_id, DraftVersion.state == VersionState.ISSUED)
    return list(db.session.scalars(of_case.order_by(Draft.position, Draft.id, DraftVersion.number)))


def _folder(group: str, draft: Draft) -> str:
    return f"{group}/{draft.position:02}-{draft.id}-{safe(draft.title)}"


def _version(version: DraftVersion, procedure: Procedure, at: datetime) -> Iterator[Part]:
    stem = f"{_folder('01-vorlagen', version.draft)}/fassung-{version.number:02}"
    paper = redlines.papers_of([version.id]).get(version.id)
    number = f", Drucksache {paper.reference}" if paper and paper.reference else ""
    title = f"{version.draft.title}, Fassung {version.number} vom {day(version.issued_at)}{number}"
    as_word = partial(_as_word, version.id, procedure.id, at)
    yield Part(f"{stem}.pdf", title, PAPERS, partial(version_pdf, version.id, procedure.id, at))
    yield Part(f"{stem}.docx", f"{title} (Word)", PAPERS, as_word)


def _as_word(version_id: int, procedure_id: int, at: datetime) -> bytes:
    version, procedure = db.session.get_one(DraftVersion, version_id), db.session.get_one(Procedure, procedure_id)
    return word_files.version_file(version, procedure, at)


def version_pdf(version_id: int, procedure_id: int, at: datetime) -> bytes:
    """A version as PDF, its headings as headings."""
    version, procedure = db.session.get_one(DraftVersion, version_id), db.session.get_one(Procedure, procedure_id)
    paper = redlines.papers_of([version.id]).get(version.id)
    cover = written.cover_of(version, procedure.title, paper.reference if paper else None)
    moment = at.astimezone(BERLIN)
    page = {
        "kicker": cover.kicker,
        "title": cover.title,
        "facts": [list(fact) for fact in cover.facts],
        "footer": cover.footer,
        "date": [moment.year, moment.month, moment.day, moment.hour, moment.minute],
        "passages": _passages(version),
    }
    return as_pdf(TEMPLATE, page)


def _passages(version: DraftVersion) -> list[list[object]]:
    """Depth of a heading from 2 (0: none), depth of the paragraph, what stands before it, its text."""
    found: list[list[object]] = []
    deepest = 1
    for text in texts_of(version):
        heading = 0
        if text.kind == "heading":
            heading = deepest = min(text.level + 2, deepest + 1, 6)  # no level is skipped: readers follow them
        found.append([heading, text.level, text.label, text.text])
    return found


def _comparison(
    old: DraftVersion, new: DraftVersion, procedure: Procedure, at: datetime, *, names_people: bool
) -> Iterator[Part]:
    stem = f"{_folder('02-synopsen', new.draft)}/fassung-{old.number:02}-zu-{new.number:02}"
    title = f"{new.draft.title}: Fassung {old.number} und Fassung {new.number} nebeneinander"
    yield Part(f"{stem}.pdf", title, SYNOPSES, partial(_synopsis, old.id, new.id, at, is_anonymised=not names_people))
    if names_people:
        marked = f"{new.draft.title}: Fassung {old.number} zu {new.number} mit Änderungsmarkierungen (Word)"
        yield Part(f"{stem}.docx", marked, SYNOPSES, partial(_tracked, old.id, new.id, procedure.id, at))


def _both(old_id: int, new_id: int) -> tuple[DraftVersion, DraftVersion]:
    return db.session.get_one(DraftVersion, old_id), db.session.get_one(DraftVersion, new_id)


def _synopsis(old_id: int, new_id: int, at: datetime, *, is_anonymised: bool) -> bytes:
    found = synopsis_document.synopsis_of(*_both(old_id, new_id), is_anonymised=is_anonymised)
    return synopsis_document.pdf_of(found, at)


def _tracked(old_id: int, new_id: int, procedure_id: int, at: datetime) -> bytes:
    old, new = _both(old_id, new_id)
    return word_files.comparison_file(old, new, db.session.get_one(Procedure, procedure_id), at)

"""Papers and their numbers: proposed by pattern, given once, never given again."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select

from ikb.db import db
from ikb.deliberations.model import Paper
from ikb.drafts.model import DraftVersion
from ikb.errors import Immutable, Implausible
from ikb.journal import service as journal
from ikb.journal.service import Actor
from ikb.procedures.model import Procedure

LONGEST_REFERENCE = 100


def propose_reference(procedure: Procedure) -> str:
    """The number of the procedure's next paper, by its pattern; empty while its first paper bears none.

    `4400/2020-2025` with `{base}/{revision}` gives `4400/2020-2025/1`, with `{base}-E{revision}` `…-E1`. A number that
    is taken, by whatever paper, is passed over.
    """
    first, last = _first_and_last(procedure.id)
    if first is None:
        return ""
    revision = last + 1
    while _is_taken(proposal := _by_pattern(procedure.paper_number_pattern, first, revision)):
        revision += 1
    return proposal


def _by_pattern(pattern: str, base: str, revision: int) -> str:
    return pattern.replace("{base}", base).replace("{revision}", str(revision))


def _first_and_last(procedure_id: int) -> tuple[str | None, int]:
    rows = select(Paper.reference, Paper.revision).where(Paper.procedure_id == procedure_id).order_by(Paper.revision)
    papers = db.session.execute(rows).all()
    return (papers[0].reference, papers[-1].revision) if papers else (None, -1)


def register_paper(version: DraftVersion, reference: str | None, *, by: Actor, now: datetime) -> Paper:
    """Make a version a paper that can be laid before committees.

    reference: its number as typed or proposed; None or empty where it bears none yet.
    Raises Implausible for a number that another paper bears or that is too long, Immutable if the version is a paper
    already.
    """
    if db.session.scalar(select(Paper.id).where(Paper.draft_version_id == version.id)):
        raise Immutable("Diese Fassung ist schon eine Vorlage. Eine Vorlage behält ihre Nummer.")
    reference = _usable(reference)
    procedure = db.session.get_one(Procedure, version.draft.procedure_id)
    last = db.session.scalar(select(func.max(Paper.revision)).where(Paper.procedure_id == procedure.id))
    paper = Paper(
        procedure=procedure,
        reference=reference,
        revision=0 if last is None else last + 1,
        name=procedure.title,
        draft_version=version,
        created_at=now,
    )
    db.session.add(paper)
    db.session.flush()
    _note("paper registered", paper, by=by, now=now)
    return paper


def give_reference(paper: Paper, reference: str, *, by: Actor, now: datetime) -> Paper:
    """Give a paper the number that it lacked. Raises Immutable if it has one, Implausible as `register_paper` does."""
    db.session.refresh(paper, with_for_update={"of": Paper})
    if paper.reference is not None:
        raise Immutable(f"Diese Vorlage trägt schon die Nummer {paper.reference}. Nummern werden einmal vergeben.")
    found = _usable(reference)
    if found is None:
        raise Implausible("Die Drucksachennummer fehlt.", "reference")
    paper.reference = found
    db.session.flush()
    _note("paper numbered", paper, by=by, now=now)
    return paper


def _usable(reference: str | None) -> str | None:
    reference = "".join((reference or "").split())
    if not reference:
        return None
    if len(reference) > LONGEST_REFERENCE:
        raise Implausible(f"Die Drucksachennummer ist zu lang: höchstens {LONGEST_REFERENCE} Zeichen.", "reference")
    if _is_taken(reference):
        raise Implausible(
            f"Die Drucksachennummer {reference} ist schon vergeben. Eine Nummer gehört für immer zu einer Vorlage; "
            "nehmen Sie die nächste.",
            "reference",
        )
    return reference


def _is_taken(reference: str) -> bool:
    return db.session.scalar(select(Paper.id).where(func.lower(Paper.reference) == reference.lower())) is not None


def _note(action: str, paper: Paper, *, by: Actor, now: datetime) -> None:
    facts = {"reference": paper.reference, "revision": paper.revision, "version_id": paper.draft_version_id}
    journal.record(action, paper, by=by, now=now, procedure_id=paper.procedure_id, facts=facts)


def latest_paper(procedure_id: int, before: datetime | None = None) -> Paper | None:
    """The newest paper of a procedure, of those registered before a moment if one is given."""
    rows = select(Paper).where(Paper.procedure_id == procedure_id).order_by(Paper.revision.desc())
    if before is not None:
        rows = rows.where(Paper.created_at < before)
    return db.session.scalars(rows.limit(1)).first()


def papers_of(procedure_id: int) -> list[Paper]:
    """All papers of a procedure, newest first."""
    rows = select(Paper).where(Paper.procedure_id == procedure_id).order_by(Paper.revision.desc())
    return list(db.session.scalars(rows))

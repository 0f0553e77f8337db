"""Pages of a secretary: my sittings, and one consultation with its results."""

from __future__ import annotations

from datetime import timedelta

from flask import render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from ikb.accounts.model import Role
from ikb.accounts.policy import allow, visitor
from ikb.core.workflow import OPEN, WITH_RESULT, Event, StationState, events_of
from ikb.db import db
from ikb.deliberations import laying, queries, service, since_sitting, successors, wordings
from ikb.deliberations.blueprint import bp
from ikb.deliberations.desk import desk
from ikb.deliberations.model import Consultation, Result
from ikb.deliberations.record_acts import redlines
from ikb.deliberations.result_model import Motion
from ikb.deliberations.sequence_pages import load_consultation
from ikb.drafts import queries as drafts
from ikb.moment import today
from ikb.procedures import town_days

RECENT = timedelta(days=28)


@bp.get("/sitzungen")
@allow(Role.SECRETARY)
def my_meetings() -> ResponseReturnValue:
    """What is due at the visitor's committees."""
    found = queries.kept_consultations(visitor(), today() - RECENT)
    newest = queries.newest_papers({consultation.procedure_id for consultation in found})
    return render_template(
        "deliberations/my_meetings.html",
        desk=desk(found, today(), town_days.periods(since=today() - RECENT)),
        newest=newest,
        today=today(),
        changed_since=since_sitting.open_questions(visitor()),
    )


@bp.get("/beratungen/<int:consultation_id>")
@allow(Role.LEAD, Role.SECRETARY)
def consultation(consultation_id: int) -> ResponseReturnValue:
    """One consultation: the paper as laid, what the body changed, its results, and what followed."""
    found = load_consultation(consultation_id)
    paper = service.laid_paper(found)
    sections = drafts.sections_of(paper.draft_version_id) if paper else []
    changed = wordings.as_wordings(wordings.wishes_of(found.agenda_item_id)) if found.agenda_item_id else []
    return render_template(
        "deliberations/consultation.html",
        consultation=found,
        procedure=found.procedure,
        paper=paper,
        sections=sections,
        redlines=redlines(changed, sections),
        names={section.anchor: wordings.name_of(section) for section in sections},
        results=_history(found),
        laid=laying.layings_of([found.id]).get(found.id, []),
        questions=since_sitting.questions_of(found.id),
        successor=successors.successor_of(found),
        just_saved=request.args.get("gespeichert") == "ja",
        keeps=_keeps(found),
        events=events_of(StationState(found.state)),
        may_record=_may_record(found),
        may_lay=StationState(found.state) in OPEN | WITH_RESULT,
    )


def _history(found: Consultation) -> list[Result]:
    rows = (
        select(Result)
        .where(Result.consultation_id == found.id)
        .options(
            joinedload(Result.recorded_by),
            selectinload(Result.groups),
            selectinload(Result.points),
            selectinload(Result.motions).selectinload(Motion.wordings),
        )
    )
    return list(db.session.scalars(rows.order_by(Result.id.desc())))


def _keeps(found: Consultation) -> bool:
    rows = select(Consultation.id).where(Consultation.id == found.id, queries.keeps(visitor()))
    return db.session.scalar(rows) is not None


def _may_record(found: Consultation) -> bool:
    state = StationState(found.state)
    is_due = found.held_on is not None and found.held_on <= today()
    return is_due and (state in WITH_RESULT or (state in OPEN and Event.RECORD in events_of(state)))

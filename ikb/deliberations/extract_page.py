"""The extract of a result (Beschlussauszug): what one body resolved about the paper, on paper."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import selectinload

from ikb.accounts.model import Role
from ikb.accounts.policy import allow
from ikb.db import db
from ikb.deliberations import laying, service, wordings
from ikb.deliberations.blueprint import bp
from ikb.deliberations.model import Consultation, Result
from ikb.deliberations.record_acts import redlines
from ikb.deliberations.result_model import Motion
from ikb.deliberations.sequence_pages import load_consultation
from ikb.drafts import queries as drafts
from ikb.errors import NotFound
from ikb.moment import today


@bp.get("/beratungen/<int:consultation_id>/auszug")
@allow(Role.LEAD, Role.SECRETARY)
def extract(consultation_id: int) -> ResponseReturnValue:
    """The result that holds, with all its parts."""
    found = load_consultation(consultation_id)
    result = result_with_parts(found)
    if result is None:
        raise NotFound("Für diese Beratung ist noch kein Ergebnis eingetragen; einen Auszug gibt es erst danach.")
    paper = service.laid_paper(found)
    sections = drafts.sections_of(paper.draft_version_id) if paper else []
    changed = wordings.as_wordings(wordings.wishes_of(found.agenda_item_id)) if found.agenda_item_id else []
    return render_template(
        "deliberations/extract.html",
        consultation=found,
        procedure=found.procedure,
        item=found.agenda_item,
        result=result,
        minutes=next((one for one in reversed(found.extracts) if one.result_id == result.id), None),
        paper=paper,
        names={section.anchor: wordings.name_of(section) for section in sections},
        redlines=redlines(changed, sections),
        laid=laying.layings_of([found.id]).get(found.id, []),
        today=today(),
    )


def result_with_parts(found: Consultation) -> Result | None:
    """The newest result with groups, points and motions."""
    current = service.newest_result(found.id)
    if current is None:
        return None
    parts = (
        selectinload(Result.groups),
        selectinload(Result.points),
        selectinload(Result.motions).selectinload(Motion.wordings),
    )
    return db.session.get(Result, current.id, options=parts, populate_existing=True)

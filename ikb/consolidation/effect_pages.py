"""The page of one remark: what it says, what was decided on it and when, and what became of it in the text."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from ikb.accounts.model import Role
from ikb.accounts.policy import allow, load_visible
from ikb.consolidation import effects, queries, travel_view
from ikb.consolidation.doors import bp
from ikb.consolidation.gathering import WHOLE_DRAFT
from ikb.consolidation.voices import voices_of
from ikb.drafts import queries as drafts
from ikb.drafts.model import Draft, DraftVersion
from ikb.procedures.current import load_procedure
from ikb.remarks.model import Remark


@bp.get("/verfahren/<int:procedure_id>/anmerkungen/<int:remark_id>")
@allow(Role.LEAD)
def remark(procedure_id: int, remark_id: int) -> ResponseReturnValue:
    """One remark, whoever made it, with what became of it."""
    procedure = load_procedure(procedure_id)
    here = Remark.draft_version.has(DraftVersion.draft.has(Draft.procedure_id == procedure_id))
    row = load_visible(Remark, Remark.id == remark_id, here)
    version = row.draft_version
    return render_template(
        "consolidation/remark.html",
        procedure=procedure,
        remark=row,
        voice=voices_of([row.id])[row.id],
        version=version,
        name=queries.names(version.id).get(row.anchor or "") or queries.special_name(row.anchor or WHOLE_DRAFT),
        passage=drafts.section(version.id, row.anchor) if row.anchor else None,
        effect=effects.of_remarks(version.draft_id, [row])[row.id],
        history=queries.considerations_of(row.id),
        way=travel_view.way(row, None),
    )

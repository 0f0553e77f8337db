"""The lead's list: who is invited, and how far each one is."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from ikb.accounts.model import Role
from ikb.accounts.policy import allow, visitor
from ikb.institutions import queries
from ikb.institutions.blueprint import IN_PROCEDURE, asked_phase, bp, refuse_unknown_phase
from ikb.moment import today
from ikb.procedures.current import load_procedure, set_procedure
from ikb.procedures.queries import phases_of
from ikb.web.paging import page_number

FILTER_NAMES = {
    "undelivered": "nicht zugestellt",
    "unused": "Link nicht genutzt",
    "opened": "genutzt",
    "drafted": "Entwurf",
    "release": "Freigabe",
    "submitted": "abgeschickt",
    "without_remarks": "ohne Anmerkungen",
    "asks": "bittet um mehr Zeit",
    "extended": "verlängert",
    "late": "verspätet",
}


@bp.get(IN_PROCEDURE)
@allow(Role.LEAD)
def invitations(procedure_id: int) -> ResponseReturnValue:
    """Who is invited, and how far each one is."""
    found = queries.phase_with_tally(procedure_id, visitor(), asked_phase() or 0)
    if found is None:
        refuse_unknown_phase()
        return render_template("institutions/no_phase.html", procedure=load_procedure(procedure_id))
    phase, figures = found
    procedure = set_procedure(phase.procedure)
    chosen = request.args.get("filter") if request.args.get("filter") in FILTER_NAMES else None
    search = request.args.get("suche", "")[:100]
    page = queries.page_of(phase.id, figures, chosen, search, page_number(request.args))
    is_alike = bool(search.strip()) and not page.total
    if is_alike:
        page = queries.page_of_alike(phase.id, chosen, search, page_number(request.args))
    return render_template(
        "institutions/invitations.html",
        procedure=procedure,
        phase=phase,
        figures=figures,
        page=page,
        chosen=chosen,
        search=search,
        is_alike=is_alike,
        filter_names=FILTER_NAMES,
        phases=phases_of([procedure_id])[procedure_id] if phase.of > 1 else (),
        today=today(),
    )

"""Pages of the workbench: what was said, section by section, and what becomes of it; its list is in `list_pages`."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ikb.accounts.model import Role
from ikb.accounts.policy import allow, load_visible, visitor
from ikb.consolidation import (
    argument_pages,
    board_pages,
    claim_pages,
    claims,
    effect_pages,
    effects,
    hand_pages,
    linked_pages,
    list_pages,
    opinion_pages,
    queries,
    remark_pages,
    sections,
    service,
    signoff_pages,
    structure_pages,
    text_modules,
    travel_pages,
    version_routes,
    view_pages,
    weighing_pages,
    word_pages,
    wording_pages,
)
from ikb.consolidation.doors import bp, place_of
from ikb.consolidation.forms import DecisionForm
from ikb.consolidation.progress import state_of
from ikb.consolidation.section_page import prefix_of, section_page, show_at_field, show_theirs
from ikb.db import transaction
from ikb.errors import Conflict, Implausible, NotFound
from ikb.moment import now
from ikb.procedures import words
from ikb.procedures.current import current_values, load_procedure
from ikb.remarks.model import Remark
from ikb.statements import late
from ikb.statements.model import Statement
from ikb.web import navigation
from ikb.web.htmx import wants_part
from ikb.web.labels import label

__all__ = [
    "argument_pages",
    "board_pages",
    "bp",
    "claim_pages",
    "effect_pages",
    "hand_pages",
    "linked_pages",
    "list_pages",
    "opinion_pages",
    "remark_pages",
    "signoff_pages",
    "structure_pages",
    "travel_pages",
    "version_routes",
    "view_pages",
    "weighing_pages",
    "word_pages",
    "wording_pages",
]  # the pages of versions hang on the same blueprint

WORKBENCH = (
    "consolidation.section",
    "consolidation.decide",
    "consolidation.statement",
    "consolidation.remark",
    "consolidation.comment_on_body",
    "consolidation.preview_reason",
    "consolidation.progress",
    "consolidation.by_hand_page",
    "consolidation.own_wording_page",
    "consolidation.rearrange_page",
    "consolidation.remarks_list",
    "consolidation.change_remarks",
    "consolidation.views",
    "consolidation.change_view",
    "consolidation.steps",
    "consolidation.undo",
    "consolidation.assign",
    "consolidation.ask_department",
    "opinions.",
    "reports.weighing",
    "consolidation.confirm",
    "consolidation.release",
    "consolidation.module",
    "consolidation.new_module",
    "consolidation.weighing_rules",
    "consolidation.remark_history",
)
navigation.register(
    "procedure",
    "Auswertung",
    "consolidation.workbench",
    40,
    values=current_values,
    covers=WORKBENCH,
    spoken=words.noun_here,
)


bp.app_template_global("weighing")(words.here)  # also for macros, which see no context


@bp.post("/verfahren/<int:procedure_id>/auswertung")
@allow(Role.LEAD)
def start(procedure_id: int) -> ResponseReturnValue:
    """Ask for everything said to be brought together."""
    place = place_of(procedure_id)
    if place.draft is None:
        raise NotFound("Von diesem Verfahren ist noch keine Fassung herausgegeben.")
    with transaction():
        service.request_run(place.draft, by=visitor().actor, now=now())
    return redirect(url_for(".workbench", **place.values), code=303)


@bp.get("/verfahren/<int:procedure_id>/auswertung/lauf")
@allow(Role.LEAD)
def progress(procedure_id: int) -> ResponseReturnValue:
    """How far the run is; htmx asks again by itself, everybody else goes back to the workbench."""
    place = place_of(procedure_id)
    if not wants_part() or place.base is None:
        return redirect(url_for(".workbench", **place.values), code=303)
    shown, newest = queries.shown_run(place.base.id), queries.newest_run_on(place.base.id)
    arrivals = queries.arrivals_since(place.base.draft_id, shown.started_at) if shown and shown.started_at else None
    return render_template("consolidation/_run.html", place=place, **state_of(newest, shown, arrivals, now()))


@bp.post("/verfahren/<int:procedure_id>/auswertung/lauf")
@allow(Role.LEAD)
def stop(procedure_id: int) -> ResponseReturnValue:
    """End the run that waits or is under way."""
    place = place_of(procedure_id)
    if place.base is None:
        raise NotFound("Von diesem Verfahren ist noch keine Fassung herausgegeben.")
    with transaction():
        stopped = service.stop_run(place.base, by=visitor().actor, now=now())
    told = "Die Zusammenführung ist abgebrochen. Was vorher gefunden war, steht weiter da."
    flash(told if stopped else "Die Zusammenführung war schon zu Ende.", "info")
    return redirect(url_for(".workbench", **place.values), code=303)


@bp.get("/verfahren/<int:procedure_id>/auswertung/<anchor>")
@allow(Role.LEAD)
def section(procedure_id: int, anchor: str) -> ResponseReturnValue:
    """One section: what is asked for, by whom, what stands against what."""
    return section_page(place_of(procedure_id), anchor)


@bp.route("/verfahren/<int:procedure_id>/auswertung/<anchor>/<int:remark_id>", methods=["GET", "POST"])
@allow(Role.LEAD)
def decide(procedure_id: int, anchor: str, remark_id: int) -> ResponseReturnValue:
    """Decide on a remark, and so on all that ask for the same. Whoever comes back to the address gets the section."""
    place = place_of(procedure_id)
    if request.method == "GET":
        return redirect(url_for(".section", anchor=anchor, **place.values), code=303)
    remark = load_visible(Remark, Remark.id == remark_id)
    form = DecisionForm(prefix=prefix_of(remark_id))
    if place.base is None or not form.validate_on_submit():
        return section_page(place, anchor, form), 422
    try:
        with transaction():
            decided = service.decide(
                place.base,
                remark,
                form.outcome.data or "",
                form.reason.data or "",
                seen=form.seen.data,
                by=visitor().actor,
                now=now(),
            )
            text_modules.note_uses([decided], form.modules.data or "", procedure_id)
            claims.saved(place.base, anchor, by=visitor().actor, now=now())
    except Implausible as refusal:
        show_at_field(form, refusal)
        return section_page(place, anchor, form), 422
    except Conflict as conflict:
        show_theirs(form, conflict)
        return section_page(place, anchor, form), conflict.status
    flash(f"Gespeichert: {label('consideration', decided.outcome)}.", "success")
    return redirect(url_for(".section", anchor=anchor, **place.values), code=303)


@bp.get("/verfahren/<int:procedure_id>/auswertung/stellungnahmen/<int:statement_id>")
@allow(Role.LEAD)
def statement(procedure_id: int, statement_id: int) -> ResponseReturnValue:
    """One statement with all its remarks, and what was decided about each."""
    procedure = load_procedure(procedure_id)
    row = load_visible(Statement, Statement.id == statement_id)
    if row.invitation.phase.procedure_id != procedure_id:
        raise NotFound("Diese Stellungnahme gehört nicht zu diesem Verfahren.")
    handed = sections.statement(row)
    return render_template(
        "consolidation/statement.html",
        procedure=procedure,
        handed=handed,
        effects=effects.of_remarks(row.version.draft_id, [said.remark for said in handed.remarks]),
        late=late.standing_of(row),
    )

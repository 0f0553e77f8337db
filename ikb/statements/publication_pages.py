"""The lead's pages of publication: on what ground, what is public, what may become so; each act with a preview."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ikb.accounts.model import Role
from ikb.accounts.policy import allow, visitor
from ikb.db import transaction
from ikb.errors import Implausible
from ikb.moment import now
from ikb.procedures.current import load_procedure
from ikb.publications import queries as publication_queries
from ikb.publications import service as publications
from ikb.publications.model import Ground
from ikb.statements import publishing
from ikb.statements.doors import bp
from ikb.statements.model import Statement
from ikb.statements.privacy_forms import GroundForm
from ikb.statements.redaction_pages import load_statement
from ikb.web.filters import plural
from ikb.web.paging import cut, page_number

PER_PAGE = 50
HERE = "/verfahren/<int:procedure_id>/veroeffentlichung"


@bp.get(HERE)
@allow(Role.LEAD)
def publication(procedure_id: int) -> ResponseReturnValue:
    """Every statement with how far it is: gone through, may be published, is public."""
    procedure = load_procedure(procedure_id)
    page = cut(publishing.statements_of(procedure_id), page_number(request.args), PER_PAGE)
    return render_template(
        "statements/publication.html",
        procedure=procedure,
        page=page,
        found=publishing.candidates(procedure_id, page.items),
        rule=publication_queries.rule_of(procedure_id),
    )


@bp.route(f"{HERE}/grundlage", methods=["GET", "POST"])
@allow(Role.LEAD)
def publication_ground(procedure_id: int) -> ResponseReturnValue:
    """On what ground statements are published; what institutions are told before they hand in."""
    procedure = load_procedure(procedure_id)
    form = GroundForm(obj=publication_queries.rule_of(procedure_id))
    if form.validate_on_submit():
        try:
            with transaction():
                publications.set_rule(
                    procedure_id,
                    Ground(form.ground.data),
                    form.basis.data,
                    form.note.data or "",
                    seen=form.row_version.data,
                    by=visitor().actor,
                    now=now(),
                )
        except Implausible as refusal:
            form.basis.errors = [*form.basis.errors, refusal.message]
        else:
            flash("Die Grundlage der Veröffentlichung ist gespeichert.", "success")
            return redirect(url_for(".publication", procedure_id=procedure_id), code=303)
    page = render_template("statements/publication_ground.html", procedure=procedure, form=form)
    return page, 422 if form.errors else 200


@bp.get(f"{HERE}/vorschau")
@allow(Role.LEAD)
def publication_preview(procedure_id: int) -> ResponseReturnValue:
    """Exactly what would leave of the chosen statements."""
    procedure = load_procedure(procedure_id)
    chosen = _chosen(procedure_id, request.args.getlist("stellungnahme"))
    if not chosen:
        flash("Wählen Sie mindestens eine Stellungnahme aus.", "info")
        return redirect(url_for(".publication", procedure_id=procedure_id), code=303)
    found = publishing.candidates(procedure_id, chosen)
    return render_template(
        "statements/publication_preview.html",
        procedure=procedure,
        ready=[one for one in found if not one.hindrance],
        held=[one for one in found if one.hindrance],
        rule=publication_queries.rule_of(procedure_id),
    )


@bp.post(f"{HERE}/veroeffentlichen")
@allow(Role.LEAD)
def publish(procedure_id: int) -> ResponseReturnValue:
    """Publish what the preview showed."""
    load_procedure(procedure_id)
    seen = dict(pair.split(":", 1) for pair in request.form.getlist("seen") if ":" in pair)
    chosen = _chosen(procedure_id, seen)
    with transaction():
        digests = {int(id): digest for id, digest in seen.items() if id.isdigit()}
        done = publishing.publish(procedure_id, digests, chosen, by=visitor().actor, now=now())
    flash(f"{plural(len(done), 'Stellungnahme ist', 'Stellungnahmen sind')} veröffentlicht.", "success")
    return redirect(url_for(".publication", procedure_id=procedure_id), code=303)


@bp.get("/verfahren/<int:procedure_id>/stellungnahmen/<int:statement_id>/veroeffentlicht")
@allow(Role.LEAD)
def published(procedure_id: int, statement_id: int) -> ResponseReturnValue:
    """Every act of publication of one statement, and the button that withdraws it."""
    statement = load_statement(procedure_id, statement_id)
    [found] = publishing.candidates(procedure_id, [statement])
    return render_template(
        "statements/published.html",
        procedure=statement.invitation.phase.procedure,
        statement=statement,
        found=found,
        history=publication_queries.history_of(publishing.KIND, statement_id),
    )


@bp.post("/verfahren/<int:procedure_id>/stellungnahmen/<int:statement_id>/zurueckziehen")
@allow(Role.LEAD)
def withdraw_publication(procedure_id: int, statement_id: int) -> ResponseReturnValue:
    """Take a statement out of the public."""
    statement = load_statement(procedure_id, statement_id)
    with transaction():
        publishing.withdraw(statement, by=visitor().actor, now=now())
    flash(f"Die Stellungnahme von {statement.invitation.institution.name} ist nicht mehr öffentlich.", "success")
    return redirect(url_for(".publication", procedure_id=procedure_id), code=303)


def _chosen(procedure_id: int, ids: Collection[str]) -> Sequence[Statement]:
    wanted = {int(id) for id in ids if id.isascii() and id.isdigit() and len(id) < 10}
    return [row for row in publishing.statements_of(procedure_id) if row.id in wanted]

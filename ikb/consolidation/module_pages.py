"""The pages of text modules: their list, one of them with its versions and where it is used, writing and deleting."""

from __future__ import annotations

from uuid import uuid4

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from ikb.accounts.model import Role
from ikb.accounts.policy import allow, visitor
from ikb.consolidation import queries, text_modules
from ikb.consolidation.doors import bp
from ikb.consolidation.gathering import WHOLE_DRAFT
from ikb.consolidation.module_forms import ModuleForm
from ikb.consolidation.voices import voices_of
from ikb.db import transaction
from ikb.errors import Implausible
from ikb.moment import now
from ikb.procedures.current import load_procedure
from ikb.procedures.model import Procedure
from ikb.web.paging import cut

ADDRESS = "/verfahren/<int:procedure_id>/auswertung/textbausteine"
MOST_USES = 100


@bp.get(ADDRESS)
@allow(Role.LEAD)
def modules(procedure_id: int) -> ResponseReturnValue:
    """Every module with how often it is used."""
    procedure = load_procedure(procedure_id)
    return render_template(
        "consolidation/modules.html",
        procedure=procedure,
        modules=text_modules.newest_of(procedure_id),
        uses=text_modules.uses_of(procedure_id),
    )


@bp.route(f"{ADDRESS}/neu", methods=["GET", "POST"])
@allow(Role.LEAD)
def new_module(procedure_id: int) -> ResponseReturnValue:
    """Write a module."""
    procedure = load_procedure(procedure_id)
    form = ModuleForm(key=uuid4(), seen=0)
    if form.validate_on_submit() and _saved(procedure, None, form):
        return redirect(url_for(".modules", procedure_id=procedure_id), code=303)
    return _page(procedure, None, form)


@bp.route(f"{ADDRESS}/<int:module_id>", methods=["GET", "POST"])
@allow(Role.LEAD)
def module(procedure_id: int, module_id: int) -> ResponseReturnValue:
    """Write a module anew; its versions, and the reasons that contain it."""
    procedure = load_procedure(procedure_id)
    standing = text_modules.versions_of(procedure_id, module_id)[0]
    form = ModuleForm(key=uuid4(), seen=standing.number, name=standing.name, body=standing.body)
    if form.validate_on_submit() and _saved(procedure, module_id, form):
        return redirect(url_for(".module", procedure_id=procedure_id, module_id=module_id), code=303)
    return _page(procedure, module_id, form)


@bp.post(f"{ADDRESS}/<int:module_id>/loeschen")
@allow(Role.LEAD)
def drop_module(procedure_id: int, module_id: int) -> ResponseReturnValue:
    """Delete a module that is nowhere used."""
    procedure = load_procedure(procedure_id)
    with transaction():
        text_modules.drop(procedure, module_id, by=visitor().actor, now=now())
    flash("Der Textbaustein ist gelöscht.", "success")
    return redirect(url_for(".modules", procedure_id=procedure_id), code=303)


def _saved(procedure: Procedure, module_id: int | None, form: ModuleForm) -> bool:
    try:
        with transaction():
            text_modules.write(
                procedure,
                form.name.data,
                form.body.data or "",
                module_id=module_id,
                key=form.key.data,
                seen=form.seen.data,
                by=visitor().actor,
                now=now(),
            )
    except Implausible as refusal:
        field = form.name if refusal.field == "name" else form.body
        field.errors = [*field.errors, refusal.message]
        return False
    flash(
        "Der Textbaustein ist gespeichert. Begründungen, in denen er schon steht, behalten ihren Wortlaut.", "success"
    )
    return True


def _page(procedure: Procedure, module_id: int | None, form: ModuleForm) -> ResponseReturnValue:
    versions = text_modules.versions_of(procedure.id, module_id) if module_id else []
    uses = text_modules.where_used(module_id) if module_id else []
    shown = cut(uses, 1, MOST_USES)
    bases = {one.base_version_id for one, _ in shown.items}
    names = {base: queries.names(base) for base in bases}
    page = render_template(
        "consolidation/module.html",
        procedure=procedure,
        module_id=module_id,
        form=form,
        versions=versions,
        placeholders=text_modules.PLACEHOLDERS,
        uses=shown,
        voices=voices_of({one.remark_id for one, _ in shown.items}),
        name_of=lambda one: (
            names[one.base_version_id].get(one.remark.anchor or "")
            or queries.special_name(one.remark.anchor or WHOLE_DRAFT)
        ),
        whole=WHOLE_DRAFT,
    )
    return page, 422 if form.errors else 200

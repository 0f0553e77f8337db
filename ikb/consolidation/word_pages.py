"""The leads' way through Word: versions and comparisons as files, and a colleague's edited file as edits to confirm."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from ikb.accounts.model import Role
from ikb.accounts.policy import allow, visitor
from ikb.consolidation import by_hand, word_files
from ikb.consolidation.by_hand import EditRefused
from ikb.consolidation.doors import bp, chosen_versions
from ikb.consolidation.version_routes import load_version
from ikb.consolidation.word_files import Item
from ikb.consolidation.word_forms import EditedFileForm, HandEditsForm
from ikb.core.word.file import LARGEST_FILE, MIME
from ikb.db import transaction
from ikb.drafts.model import DraftVersion
from ikb.drafts.service import mark_of
from ikb.errors import Conflict, Faulty, NotReady
from ikb.moment import now
from ikb.procedures.current import load_procedure
from ikb.procedures.model import Procedure
from ikb.web.filters import plural


@bp.get("/fassungen/<int:version_id>/fassung.docx")
@allow(Role.LEAD)
def version_file(version_id: int) -> ResponseReturnValue:
    """A version as a Word file."""
    version, procedure = load_version(version_id)
    return _download(word_files.version_file(version, procedure, now()), f"fassung-{version.number}.docx")


@bp.get("/verfahren/<int:procedure_id>/fassungen/vergleich.docx")
@allow(Role.LEAD)
def comparison_file(procedure_id: int) -> ResponseReturnValue:
    """Two versions as one Word file with tracked changes."""
    procedure = load_procedure(procedure_id)
    old, new = chosen_versions(procedure_id)
    file = word_files.comparison_file(old, new, procedure, now())
    return _download(file, f"vergleich-fassung-{old.number}-{new.number}.docx")


@bp.route("/fassungen/<int:version_id>/word", methods=["GET", "POST"])
@allow(Role.LEAD)
def word(version_id: int) -> ResponseReturnValue:
    """A colleague's edited file of a working version; and what was found in it. Nothing is saved here."""
    version, procedure = _working(version_id)
    form = EditedFileForm()
    if not form.validate_on_submit():
        return _start_page(version, procedure, form), 422 if form.is_submitted() else 200
    try:
        items, aside = word_files.read(version, procedure, form.file.data.read(LARGEST_FILE + 1))
    except Faulty as refusal:
        return _start_page(version, procedure, form, refusal.faults), refusal.status
    if not items and not aside:
        flash("In der Datei ist nichts anders als in der Arbeitsfassung.", "info")
        return redirect(url_for(".word", version_id=version_id), code=303)
    filled = HandEditsForm(formdata=None, data={"items": list(map(vars, items)), "aside": aside})
    return _check_page(version, procedure, filled)


@bp.post("/fassungen/<int:version_id>/word/uebernehmen")
@allow(Role.LEAD)
def keep_word(version_id: int) -> ResponseReturnValue:
    """Keep the ticked edits in the working version, each with its reason."""
    version, procedure = _working(version_id)
    form = HandEditsForm()
    if not form.validate_on_submit():
        return _check_page(version, procedure, form), 422
    places, edits = word_files.kept(_items(form), form.reason.data or "")
    try:
        with transaction():
            saved = by_hand.edit(version, edits, by=visitor().actor, now=now())
    except EditRefused as refused:
        return _refused(version, procedure, form, places[refused.place], refused), refused.refusal.status
    flash(f"{plural(len(saved), 'Änderung', 'Änderungen')} von Hand übernommen.", "success")
    return redirect(url_for(".redline", version_id=version_id), code=303)


def _working(version_id: int) -> tuple[DraftVersion, Procedure]:
    version, procedure = load_version(version_id)
    if version.is_issued or version.base_id is None:
        raise NotReady("Nur eine Arbeitsfassung, die auf einer herausgegebenen aufbaut, lässt sich so bearbeiten.")
    return version, procedure


def _items(form: HandEditsForm) -> list[Item]:
    return [Item(**{name: entry.form[name].data for name in Item.__dataclass_fields__}) for entry in form.items]


def _refused(version: DraftVersion, procedure: Procedure, form: HandEditsForm, place: int, refused: EditRefused) -> str:
    """The page with the fault at its place; whoever has seen the new text may change it all the same."""
    entry = form.items[place].form
    if isinstance(refused.refusal, Conflict):
        entry.seen.data = mark_of(refused.refusal.theirs)
    field = entry.reason if getattr(refused.refusal, "field", None) == "reason" else entry.text
    field.errors = [*field.errors, refused.message]
    return _check_page(version, procedure, form)


def _start_page(
    version: DraftVersion, procedure: Procedure, form: EditedFileForm, faults: list[str] | None = None
) -> str:
    values: dict[str, Any] = {"version": version, "procedure": procedure, "form": form, "faults": faults or []}
    return render_template("consolidation/word.html", **values)


def _check_page(version: DraftVersion, procedure: Procedure, form: HandEditsForm) -> str:
    items, sections = _items(form), word_files.sections_of(version)
    rows = [
        (entry.form, item, word_files.name_in(sections, item.anchor), word_files.redline_of(item, sections))
        for entry, item in zip(form.items, items, strict=True)
    ]
    return render_template(
        "consolidation/word_check.html",
        version=version,
        procedure=procedure,
        form=form,
        rows=rows,
        sections=sections,
    )


def _download(file: bytes, name: str) -> Response:
    return Response(file, mimetype=MIME, headers={"Content-Disposition": f'attachment; filename="{name}"'})

"""An institution edits the draft in Word: the file to fetch, the edited one to send, and all to check before it is kept."""

from __future__ import annotations

from flask import Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from ikb.accounts.model import Role
from ikb.accounts.policy import allow
from ikb.core.word.file import LARGEST_FILE, MIME
from ikb.db import transaction
from ikb.errors import Conflict, Faulty
from ikb.institutions.model import Invitation
from ikb.institutions.shared_model import Scope
from ikb.moment import now
from ikb.statements import service, word_files
from ikb.statements.doors import bp, come_in, hold, needs, person_here, stand_behind
from ikb.statements.word_files import Item, ItemRefused
from ikb.statements.word_forms import WordFileForm, WordItemsForm
from ikb.web.filters import plural

NOTHING_NEW = (
    "In der Datei ist nichts anders als im Entwurf, und es steht kein Kommentar darin, der nicht schon gespeichert ist."
)


@bp.get("/beteiligung/<token>/word/entwurf.docx")
@allow(Role.INSTITUTION)
@needs(Scope.READ)
def word_file(token: str) -> ResponseReturnValue:
    """The draft as a Word file."""
    invitation = come_in(token)
    version = invitation.version
    headers = {"Content-Disposition": f'attachment; filename="entwurf-fassung-{version.number}.docx"'}
    return Response(word_files.file_for(invitation, now()), mimetype=MIME, headers=headers)


@bp.route("/beteiligung/<token>/word", methods=["GET", "POST"])
@allow(Role.INSTITUTION)
@needs(Scope.WRITE)
def word(token: str) -> ResponseReturnValue:
    """How it is done; and, for a file, what was found in it. Nothing is saved here."""
    invitation = come_in(token)
    service.refuse_before_opening(invitation, now())
    form = WordFileForm()
    if not form.validate_on_submit():
        return _start_page(token, invitation, form), 422 if form.is_submitted() else 200
    try:
        found = word_files.read(invitation, form.file.data.read(LARGEST_FILE + 1))
    except Faulty as refusal:
        return _start_page(token, invitation, form, refusal.faults), refusal.status
    items = word_files.items_of(found, word_files.said_so_far(invitation))
    if not items:
        flash(NOTHING_NEW, "info")
        return redirect(url_for(".word", token=token), code=303)
    return _check_page(token, invitation, WordItemsForm(formdata=None, data={"items": list(map(vars, items))}))


@bp.post("/beteiligung/<token>/word/uebernehmen")
@allow(Role.INSTITUTION)
@needs(Scope.WRITE)
def keep_word(token: str) -> ResponseReturnValue:
    """Save what was ticked."""
    form = WordItemsForm()
    if not form.validate_on_submit():
        return _check_page(token, come_in(token), form), 422
    try:
        with transaction():
            saved = word_files.keep(hold(token), _items(form), author=person_here().name, now=now())
    except ItemRefused as refused:
        invitation = come_in(token)
        return _refused(token, invitation, form, refused), refused.refusal.status
    flash(f"{plural(saved, 'Anmerkung', 'Anmerkungen')} aus Ihrer Word-Datei gespeichert.", "success")
    return redirect(url_for(".read", token=token), code=303)


def _items(form: WordItemsForm) -> list[Item]:
    return [Item(**{name: entry.form[name].data for name in Item.__dataclass_fields__}) for entry in form.items]


def _refused(token: str, invitation: Invitation, form: WordItemsForm, refused: ItemRefused) -> str:
    """The page with the fault at its place; whoever has seen both texts may save over the other one."""
    entry = form.items[refused.place].form
    if isinstance(refused.refusal, Conflict):
        here = word_files.passages_of(invitation, _items(form)).get(entry.anchor.data or "")
        entry.row_version.data = here.remark.row_version if here and here.remark else 0
        entry.row_version.raw_data = None
    name = getattr(refused.refusal, "field", None)
    field = entry.text if name == "proposed_text" else entry.comment
    field.errors = [*field.errors, refused.message]
    return _check_page(token, invitation, form)


def _start_page(token: str, invitation: Invitation, form: WordFileForm, faults: list[str] | None = None) -> str:
    stand_behind(invitation)
    return render_template("statements/word.html", token=token, invitation=invitation, form=form, faults=faults or [])


def _check_page(token: str, invitation: Invitation, form: WordItemsForm) -> str:
    stand_behind(invitation)
    items = _items(form)
    passages = word_files.passages_of(invitation, items)
    rows = [(entry.form, item, passages.get(item.anchor)) for entry, item in zip(form.items, items, strict=True)]
    return render_template(
        "statements/word_check.html",
        token=token,
        invitation=invitation,
        form=form,
        placed=[row for row in rows if not row[1].why],
        unplaced=[row for row in rows if row[1].why],
        redline_of=word_files.redline_of,
    )

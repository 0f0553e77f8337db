"""Reading a draft passage by passage behind a link, and saying something about each."""

from __future__ import annotations

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ikb.accounts.model import Role
from ikb.accounts.policy import allow
from ikb.db import transaction
from ikb.errors import Conflict, Implausible, NotFound, NotReady
from ikb.institutions.model import Invitation
from ikb.institutions.shared_model import Scope
from ikb.moment import now
from ikb.remarks.service import Said, in_words
from ikb.statements import reading, service
from ikb.statements.doors import bp, come_in, hold, needs, person_here, stand_behind
from ikb.statements.forms import RemarkForm
from ikb.statements.service import Outcome, Saved
from ikb.web.filters import clock_time

FLASHES = {
    Outcome.SAVED: ("Gespeichert um {time}.", "success"),
    Outcome.REMOVED: ("Ihre Anmerkung zu diesem Abschnitt ist gelöscht.", "success"),
    Outcome.NOTHING: ("Es gab nichts zu speichern: Das Feld war leer.", "info"),
    Outcome.SAME_TEXT: (
        "Ihre Formulierung ist dieselbe wie im Entwurf. Eine Änderung wurde deshalb nicht vorgemerkt.",
        "info",
    ),
}


@bp.get("/beteiligung/<token>/abschnitte")
@allow(Role.INSTITUTION)
@needs(Scope.WRITE)
def read(token: str) -> ResponseReturnValue:
    """The draft, a chapter at a time, each passage with its form."""
    invitation = come_in(token)
    draft, _ = reading.writing_of(invitation)
    wanted = request.args.get("kapitel", "1")
    number = int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) < 6 else 1
    return render_template(
        "statements/read.html",
        token=token,
        invitation=invitation,
        draft=draft,
        page=reading.page(invitation, draft, number),
        form=None,
    )


@bp.get("/beteiligung/<token>/allgemein", defaults={"anchor": None})
@bp.get("/beteiligung/<token>/abschnitte/<anchor>")
@allow(Role.INSTITUTION)
@needs(Scope.WRITE)
def passage(token: str, anchor: str | None) -> ResponseReturnValue:
    """One passage alone, with its form."""
    return _passage_page(token, come_in(token), anchor)


@bp.post("/beteiligung/<token>/allgemein", defaults={"anchor": None})
@bp.post("/beteiligung/<token>/abschnitte/<anchor>")
@allow(Role.INSTITUTION)
@needs(Scope.WRITE)
def save_passage(token: str, anchor: str | None) -> ResponseReturnValue:
    """Store what is said about one passage, and go back to it."""
    form = RemarkForm()
    wants_json = "X-Autosave" in request.headers
    if not form.validate_on_submit():
        if wants_json:
            raise Implausible("Noch nicht gespeichert. Laden Sie die Seite neu; kopieren Sie vorher Ihren Text.")
        return _passage_page(token, come_in(token), anchor, form), 422
    said = Said() if request.form.get("act") == "remove" else form.said()
    try:
        with transaction():
            invitation = hold(token)
            version, author = form.row_version.data, person_here().name
            saved = service.save_remark(invitation, anchor, said, row_version=version, author=author, now=now())
    except (Implausible, Conflict, NotReady) as refusal:
        if wants_json:
            raise
        return _refused(token, anchor, form, refusal)
    return _saved_as_json(saved) if wants_json else _back_to(token, invitation, anchor, saved)


@bp.post("/beteiligung/<token>/ergaenzungen/<int:remark_id>/loeschen")
@allow(Role.INSTITUTION)
@needs(Scope.WRITE)
def remove_addition(token: str, remark_id: int) -> ResponseReturnValue:
    """Take back the wish for a new passage, and go back to where it stood."""
    seen = request.form.get("row_version", 0, type=int)
    with transaction():
        invitation = hold(token)
        service.take_back_addition(invitation, remark_id, row_version=seen, now=now())
    flash("Ihr Vorschlag für einen neuen Abschnitt ist gelöscht.", "success")
    anchor = request.form.get("anchor") or None
    chapter = reading.chapter_number(invitation, anchor)
    return redirect(url_for(".read", token=token, kapitel=chapter, _anchor=anchor or "allgemein"), code=303)


def _refused(
    token: str, anchor: str | None, form: RemarkForm, refusal: Implausible | Conflict | NotReady
) -> ResponseReturnValue:
    invitation = come_in(token)
    if isinstance(refusal, Conflict):
        return _passage_page(token, invitation, anchor, form, refusal), refusal.status
    name = refusal.field if isinstance(refusal, Implausible) else None
    field = getattr(form, name or "comment", form.comment)
    field.errors = [*field.errors, refusal.message]
    return _passage_page(token, invitation, anchor, form), refusal.status


def _saved_as_json(saved: Saved) -> ResponseReturnValue:
    version = saved.remark.row_version if saved.remark else 0
    return jsonify(saved_at=clock_time(now()), row_version=version)


def _back_to(token: str, invitation: Invitation, anchor: str | None, saved: Saved) -> ResponseReturnValue:
    sentence, tone = FLASHES[saved.outcome]
    flash(sentence.format(time=clock_time(now())), tone)
    chapter = reading.chapter_number(invitation, anchor)
    place = anchor or "allgemein"
    return redirect(url_for(".read", token=token, kapitel=chapter, _anchor=place), code=303)


def _passage_page(
    token: str,
    invitation: Invitation,
    anchor: str | None,
    form: RemarkForm | None = None,
    conflict: Conflict | None = None,
) -> str:
    """One passage; after a refusal with what was typed, and beside it what is stored by now."""
    stand_behind(invitation)
    draft, handed_in = reading.writing_of(invitation)
    stored = draft if draft or conflict is None else service.latest_in_force(handed_in)
    shown = reading.passage(invitation, stored, anchor)
    if shown is None:
        raise NotFound("Diesen Abschnitt gibt es in dieser Fassung nicht. Suchen Sie ihn unter „Lesen und anmerken“.")
    version = shown.remark.row_version if shown.remark else 0
    return render_template(
        "statements/passage.html",
        token=token,
        invitation=invitation,
        draft=draft,
        passage=shown,
        form=form,
        conflict=conflict,
        theirs=in_words(Said.of(shown.remark)) if shown.remark else "(gelöscht)",
        # Who has seen both texts may save over the other one; before, the version stays the one they came with.
        row_version=version if conflict or form is None else form.row_version.data,
    )

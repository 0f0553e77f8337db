"""Reading a draft passage by passage behind a link, and saying something about each."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ikb.accounts.model import Role
from ikb.accounts.policy import allow
from ikb.db import transaction
from ikb.errors import Conflict, Implausible, NotFound, NotReady
from ikb.institutions.model import Invitation
from ikb.institutions.shared_model import Scope
from ikb.moment import now
from ikb.remarks.service import Said, in_words
from ikb.statements import keeping, reading, searching, service
from ikb.statements.changes import change_of
from ikb.statements.doors import bp, come_in, hold, needs, person_here, stand_behind
from ikb.statements.forms import RemarkForm
from ikb.statements.narrowing import Narrowing, outlined
from ikb.statements.service import Outcome, Saved
from ikb.web.filters import clock_time
from ikb.web.paging import cut, page_number

MOST_FIELDS = 40  # of action, in one address
NOT_THERE = "Diesen Abschnitt gibt es in dieser Fassung nicht. Suchen Sie ihn unter „Lesen und anmerken“."
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
    narrowing = _narrowing()
    return render_template(
        "statements/read.html",
        token=token,
        invitation=invitation,
        draft=draft,
        narrowing=narrowing,
        page=reading.page(invitation, draft, _chapter_wanted(), narrowing),
    )


@bp.get("/beteiligung/<token>/suche")
@allow(Role.INSTITUTION)
@needs(Scope.WRITE)
def search(token: str) -> ResponseReturnValue:
    """The passages in which something stands, each with a way to it."""
    invitation = come_in(token)
    found = searching.search(invitation, request.args.get("suche", "").strip()[:200])
    hits = cut(found.hits, page_number(request.args), size=30)
    return render_template("statements/search.html", token=token, invitation=invitation, search=found, hits=hits)


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
    if keeping.asked_by_script():
        return keeping.save(token, anchor)
    form = RemarkForm()
    if not form.validate_on_submit():
        return _passage_page(token, come_in(token), anchor, form), 422
    if request.form.get("act") == "preview":
        return _passage_page(token, come_in(token), anchor, form)
    said = Said() if request.form.get("act") == "remove" else form.said()
    try:
        with transaction():
            invitation = hold(token)
            version, author = form.row_version.data, person_here().name
            saved = service.save_remark(invitation, anchor, said, row_version=version, author=author, now=now())
    except (Implausible, Conflict, NotReady) as refusal:
        return _refused(token, anchor, form, refusal)
    return _back_to(token, invitation, anchor, saved)


def _narrowing() -> Narrowing:
    return Narrowing(request.args.get("nur") == "unsere", request.args.getlist("feld")[:MOST_FIELDS])


def _chapter_wanted() -> int:
    wanted = request.args.get("kapitel", "1")
    return int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) < 6 else 1


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


def _back_to(token: str, invitation: Invitation, anchor: str | None, saved: Saved) -> ResponseReturnValue:
    sentence, tone = FLASHES[saved.outcome]
    flash(sentence.format(time=clock_time(now())), tone)
    narrowing = _narrowing()
    chapter = outlined(invitation, narrowing).chapter_with(anchor)
    arguments = narrowing.arguments | {"kapitel": chapter, "_anchor": anchor or "allgemein"}
    return redirect(url_for(".read", token=token, **arguments), code=303)  # type: ignore[arg-type]


def _passage_page(
    token: str,
    invitation: Invitation,
    anchor: str | None,
    form: RemarkForm | None = None,
    conflict: Conflict | None = None,
) -> str:
    """One passage; after a refusal or for a preview with what was typed, and beside it what is stored by now."""
    stand_behind(invitation)
    draft, handed_in = reading.writing_of(invitation)
    stored = draft if draft or conflict is None else service.latest_in_force(handed_in)
    shown = reading.passage(invitation, stored, anchor)
    if shown is None:
        raise NotFound(NOT_THERE)
    version = shown.remark.row_version if shown.remark else 0
    return render_template(
        "statements/passage.html",
        token=token,
        invitation=invitation,
        draft=draft,
        passage=shown,
        narrowing=_narrowing(),
        chapter=outlined(invitation, _narrowing()).chapter_with(anchor),
        form=form,
        change=change_of(shown.section, form.said()) if form else None,
        conflict=conflict,
        theirs=in_words(Said.of(shown.remark)) if shown.remark else "(gelöscht)",
        # Who has seen both texts may save over the other one; before, the version stays the one they came with.
        row_version=version if conflict or form is None else form.row_version.data,
    )

"""What the script of the writing page asks for: saving by itself, a fresh form token, a change as it will be read.

It says "gespeichert" only for what comes back from here as stored, field by field.
"""

from __future__ import annotations

from flask import jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import generate_csrf

from ikb.accounts.model import Role
from ikb.accounts.policy import allow
from ikb.db import transaction
from ikb.errors import Conflict, Implausible, NotFound
from ikb.institutions.model import Invitation
from ikb.institutions.shared_model import Scope
from ikb.moment import now
from ikb.remarks import queries as remark_queries
from ikb.remarks.model import Remark, Wish
from ikb.remarks.service import Said, in_words
from ikb.statements import queries, reading, service
from ikb.statements.changes import change_of
from ikb.statements.doors import bp, come_in, hold, needs, person_here
from ikb.statements.forms import RemarkForm
from ikb.web.filters import clock_time, plural


def asked_by_script() -> bool:
    """Whether a form came from the script that saves by itself."""
    return "X-Autosave" in request.headers


def save(token: str, anchor: str | None) -> ResponseReturnValue:
    """Store what is said about one passage; the answer repeats what is stored now.

    After a conflict the answer (409) has both texts, and the other one's fields with their version.
    """
    form = RemarkForm()
    if not form.validate_on_submit():
        raise Implausible("Das Formular ist unvollständig. Kopieren Sie Ihren Text, und laden Sie die Seite neu.")
    said = Said() if request.form.get("act") == "remove" else form.said()
    try:
        with transaction():
            invitation = hold(token)
            version, author = form.row_version.data, person_here().name
            saved = service.save_remark(invitation, anchor, said, row_version=version, author=author, now=now())
    except Conflict as refusal:
        return _both(token, anchor, said, refusal)
    count = sum(remark_queries.counts_by_section(saved.statement.id).values()) if saved.statement else 0
    remarks = plural(count, "Anmerkung", "Anmerkungen")
    return jsonify(saved_at=clock_time(now()), remarks=remarks, count=count, **_as_stored(saved.remark))


def _both(token: str, anchor: str | None, mine: Said, refusal: Conflict) -> ResponseReturnValue:
    theirs = _stored(come_in(token), anchor)
    words = in_words(Said.of(theirs)) if theirs else "(gelöscht)"
    facts = {"code": refusal.code, "message": refusal.message, "theirs": words, "mine": in_words(mine)}
    return jsonify(**facts, **_as_stored(theirs)), refusal.status


def _stored(invitation: Invitation, anchor: str | None) -> Remark | None:
    draft, handed_in = reading.writing_of(invitation)
    statement = draft or service.latest_in_force(handed_in)
    found = reading.passage(invitation, statement, anchor)
    return found.remark if found else None


def _as_stored(remark: Remark | None) -> dict[str, object]:
    said = Said.of(remark) if remark else Said()
    fields = {"stance": said.stance or "", "comment": said.comment, "wish": said.wish, "text": said.proposed_text}
    return {"row_version": remark.row_version if remark else 0, "stored": fields}


@bp.get("/beteiligung/<token>/formular")
@allow(Role.INSTITUTION)
@needs(Scope.WRITE)
def form_token(token: str) -> ResponseReturnValue:
    """A fresh token against forged requests, for a page whose own has expired."""
    come_in(token)
    return jsonify(csrf_token=generate_csrf())


@bp.post("/beteiligung/<token>/abschnitte/<anchor>/aenderung")
@allow(Role.INSTITUTION)
@needs(Scope.WRITE)
def show_change(token: str, anchor: str) -> ResponseReturnValue:
    """The wish that is being written, as the council would read it; nothing is stored."""
    invitation = come_in(token)
    section = queries.texts_of(invitation.version_id, [anchor]).get(anchor)
    if section is None:
        raise NotFound("Diesen Abschnitt gibt es in dieser Fassung nicht.")
    said = RemarkForm().said()
    wish = said.wish if said.wish in set(Wish) else Wish.NONE
    change = change_of(section, Said(wish=wish, proposed_text=said.proposed_text))
    return render_template("statements/_change.html", change=change)

"""What the script of the writing page asks for: saving by itself, a fresh form token, a change as it will be read.

It says "gespeichert" only for what comes back from here as stored, field by field.
"""

from __future__ import annotations

from collections.abc import Mapping

from flask import jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
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
from ikb.statements import adding, answers, queries, reading, service
from ikb.statements.answers import AnswersConflict, Written
from ikb.statements.changes import change_of
from ikb.statements.doors import bp, come_in, hold, needs, person_here
from ikb.statements.forms import AdditionForm, RemarkForm
from ikb.web.filters import clock_time, plural

INCOMPLETE = "Das Formular ist unvollständig. Kopieren Sie Ihren Text, und laden Sie die Seite neu."


def asked_by_script() -> bool:
    """Whether a form came from the script that saves by itself."""
    return "X-Autosave" in request.headers


def save(token: str, anchor: str | None) -> ResponseReturnValue:
    """Store what is said about one passage; the answer repeats what is stored now.

    After a conflict the answer (409) has both texts, and the other one's fields with their version.
    """
    form = RemarkForm()
    if not form.validate_on_submit():
        raise Implausible(INCOMPLETE)
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


def save_answers(token: str) -> ResponseReturnValue:
    """Store the answers to the guiding questions; the answer repeats what is stored now, field by field."""
    if not FlaskForm().validate_on_submit():
        raise Implausible(INCOMPLETE)
    language, given = request.form.get("language", ""), written_answers()
    try:
        with transaction():
            answers.save(hold(token), language, given, author=person_here().name, now=now())
    except AnswersConflict as refusal:
        message = f"{refusal.message.split('.')[0]}. Speichern Sie mit dem Knopf, dann sehen Sie beide Texte."
        return jsonify(code=refusal.code, message=message, **_stored_answers(token, given, language)), refusal.status
    return jsonify(saved_at=clock_time(now()), **_stored_answers(token, given, language))


def written_answers() -> dict[int, Written]:
    """Answers and versions as the form sends them: `answer-7`, `version-7`."""
    found = {}
    for name, text in request.form.items():
        kind, _, number = name.partition("-")
        if kind == "answer" and number.isascii() and number.isdigit() and len(number) < 10:
            version = request.form.get(f"version-{number}", 0, type=int)
            found[int(number)] = Written(text.replace("\r\n", "\n").replace("\x00", ""), version)
    return found


def _stored_answers(token: str, asked: Mapping[int, Written], language: str) -> dict[str, object]:
    """What the database has now. An answer in another language than the form's is not what was sent."""
    stored = answers.answers_in(answers.standing(come_in(token)))
    spoken = {row.language for number, row in stored.items() if number in asked} or {language}
    texts = {f"answer-{number}": stored[number].comment if number in stored else "" for number in asked}
    versions = {f"version-{number}": stored[number].row_version if number in stored else 0 for number in asked}
    return {
        "stored": {**texts, "language": spoken.pop() if len(spoken) == 1 else ""},
        "versions": versions,
        "is_empty": not any(texts.values()),
    }


def save_addition(token: str, anchor: str) -> ResponseReturnValue:
    """Store the wish for a new passage as it is written; the answer repeats it, with the row that it is now."""
    form = AdditionForm()
    if not form.validate_on_submit():
        raise Implausible(INCOMPLETE)
    said, tried = form.said(), request.form.getlist("tried")[:4]
    try:
        with transaction():
            invitation, author = hold(token), person_here().name
            remark = adding.save(invitation, anchor, said, **form.which(), tried=tried, author=author, now=now())
    except Conflict as refusal:
        theirs = adding.addition_of(come_in(token), anchor, form.which()["remark_id"])
        message = f"{refusal.message.split('.')[0]}. Dort steht: {refusal.theirs}"
        return jsonify(code=refusal.code, message=message, **_as_added(theirs, "")), refusal.status
    return jsonify(saved_at=clock_time(now()), **_as_added(remark, said.wish))


def _as_added(remark: Remark | None, place: str) -> dict[str, object]:
    """A stored wish for a new passage. place: what stands in the form where nothing is stored."""
    return {
        "stored": {
            "place": remark.wish if remark else place,
            "inserted_text": remark.proposed_text if remark else "",
        },
        "versions": {
            "remark_id": remark.id if remark else 0,
            "row_version": remark.row_version if remark else 0,
        },
        "is_empty": remark is None,
    }


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

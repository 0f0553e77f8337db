"""The letters of a procedure: read them, write them anew, see them with real data, send one to oneself."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import SelectChoice

from ikb.accounts.model import Role, User
from ikb.accounts.policy import allow, load_visible, visitor
from ikb.db import db, transaction
from ikb.deliveries import letters
from ikb.deliveries.kinds import Mail
from ikb.deliveries.letters import LANGUAGES, Letter, Wording
from ikb.errors import Faulty, Implausible, NotFound
from ikb.institutions.messages import HIDDEN_LINK
from ikb.institutions.model import Invitation
from ikb.moment import now
from ikb.procedures.current import load_procedure
from ikb.procedures.model import Procedure
from ikb.reminders import queries, samples, wordings
from ikb.reminders.blueprint import bp
from ikb.reminders.forms import LetterForm

PLACE = "/texte/<letter>/<any(de, en):language>"


@bp.get("/texte")
@allow(Role.LEAD)
def texts(procedure_id: int) -> ResponseReturnValue:
    """Every letter in every language, and whose words it has."""
    procedure = load_procedure(procedure_id)
    return render_template(
        "reminders/texts.html",
        procedure=procedure,
        letters=letters.all_letters(),
        languages=LANGUAGES,
        written=wordings.newest_of(procedure_id),
    )


@bp.route(PLACE, methods=["GET", "POST"])
@allow(Role.LEAD)
def text(procedure_id: int, letter: str, language: str) -> ResponseReturnValue:
    """One letter: its words, what it looks like with real data, every wording there was."""
    procedure, known = load_procedure(procedure_id), _letter(letter)
    held, row = letters.wording(letter, language, procedure), letters.newest(letter, language, procedure_id)
    form = LetterForm(subject=held.subject, body=held.body, row_version=row.number if row else 0)
    offered = _offer(form, procedure)
    words, is_checked = held, False
    if form.validate_on_submit():
        words, is_checked = _typed(form), request.form.get("act") == "check"
        if not is_checked and _saved(procedure, known, language, words, form):
            return redirect(url_for(".text", procedure_id=procedure_id, letter=letter, language=language), code=303)
        if is_checked and (found := wordings.faults_of(known, words.subject, words.body)):
            form.body.errors = [*form.body.errors, *found]
    page = render_template(
        "reminders/text.html",
        procedure=procedure,
        letter=known,
        language=language,
        form=form,
        is_own=held.number > 0,
        is_checked=is_checked and not form.errors,
        sample=None if form.errors else _sample(known, language, procedure, offered.get(form.institution.data), words),
        history=wordings.history(procedure_id, letter, language),
    )
    return page, 422 if form.errors else 200


@bp.post(PLACE + "/original")
@allow(Role.LEAD)
def restore_text(procedure_id: int, letter: str, language: str) -> ResponseReturnValue:
    """Back to ikb's own words."""
    procedure, known = load_procedure(procedure_id), _letter(letter)
    with transaction():
        wordings.restore(procedure, known, language, seen=_number("seen"), by=visitor().actor, now=now())
    flash("Es gilt wieder der ursprüngliche Text. Ihre Fassungen bleiben unten nachzulesen.", "success")
    return redirect(url_for(".text", procedure_id=procedure_id, letter=letter, language=language), code=303)


@bp.post(PLACE + "/probe")
@allow(Role.LEAD)
def send_test(procedure_id: int, letter: str, language: str) -> ResponseReturnValue:
    """Send the saved letter to oneself."""
    procedure, known = load_procedure(procedure_id), _letter(letter)
    invitation = load_visible(Invitation, Invitation.id == _number("invitation_id"))
    if invitation.phase.procedure_id != procedure_id:
        raise NotFound("Diese Seite gibt es nicht, oder sie ist nicht für Sie freigegeben.")
    person = db.session.get_one(User, visitor().user_id)
    with transaction():
        wordings.send_test(procedure, invitation, known, language, person, by=visitor().actor, now=now())
    flash(f"Die Probe ist unterwegs an {person.email}. Der persönliche Link fehlt darin mit Absicht.", "success")
    return redirect(url_for(".text", procedure_id=procedure_id, letter=letter, language=language), code=303)


def _letter(name: str) -> Letter:
    found = letters.letter_of(name)
    if found is None:
        raise NotFound("Diesen Text gibt es nicht.")
    return found


def _number(name: str) -> int:
    written = request.form.get(name, "")
    return int(written) if written.isascii() and written.isdigit() and len(written) < 10 else 0


def _offer(form: LetterForm, procedure: Procedure) -> dict[int, Invitation]:
    """The institutions whose data the letter can be shown with; the first where none is chosen."""
    phase = queries.phase_to_show(procedure.id)
    found = {} if phase is None else {one.id: one for one in queries.invitations_of(phase.id)}
    form.institution.choices = [SelectChoice(number, one.institution.name) for number, one in found.items()]
    if form.institution.data not in found and found:
        form.institution.data = next(iter(found))
    return found


def _typed(form: LetterForm) -> Wording:
    return Wording(form.subject.data, form.body.data.replace("\r\n", "\n").strip())


def _saved(procedure: Procedure, letter: Letter, language: str, words: Wording, form: Any) -> bool:
    try:
        with transaction():
            wordings.write(
                procedure, letter, language, words, seen=form.row_version.data, by=visitor().actor, now=now()
            )
    except Faulty as refusal:
        form.body.errors = [*form.body.errors, *refusal.faults]
    except Implausible as refusal:
        form.body.errors = [*form.body.errors, refusal.message]
    else:
        flash("Der Text ist gespeichert und gilt für alles, was ab jetzt hinausgeht.", "success")
        return True
    return False


def _sample(
    letter: Letter, language: str, procedure: Procedure, invitation: Invitation | None, words: Wording
) -> Mail | None:
    if invitation is None:
        return None
    return samples.of_letter(letter.name, language, invitation, now=now(), link=HIDDEN_LINK, words=words)

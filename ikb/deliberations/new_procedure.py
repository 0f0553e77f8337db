"""Pages on which a procedure begins: give a paper, see what was read, correct it, create.

Between the two steps nothing is stored: the paper's text travels in the form and is read again.
"""

from __future__ import annotations

import uuid

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from ikb.accounts.model import Role, User
from ikb.accounts.policy import allow, visitor
from ikb.db import db, transaction
from ikb.deliberations import intake
from ikb.deliberations.blueprint import bp
from ikb.deliberations.forms import LONGEST_PAPER, PaperForm, PreviewForm, public_word
from ikb.drafts import queries as drafts
from ikb.drafts.importers.lines import read_lines
from ikb.drafts.importers.paper import read_paper
from ikb.drafts.importers.parsed import NotAPaper, ParsedPaper
from ikb.errors import Implausible
from ikb.moment import now, today

TOO_LONG = "Die Vorlage ist zu groß: erlaubt ist 1 MB Text. Wählen Sie die Vorlage ohne Bilder und Beilagen."
NOTHING = "Wählen Sie die Datei der Vorlage, oder fügen Sie ihren Text ein."


@bp.route("/verfahren/neu", methods=["GET", "POST"])
@allow(Role.LEAD)
def new_procedure() -> ResponseReturnValue:
    """Give a paper, then check what was read, then create the procedure."""
    if request.method == "POST" and "paper_text" in request.form:
        return _create()
    form = PaperForm()
    if not form.validate_on_submit():
        return render_template("deliberations/new_procedure.html", form=form, faults=[])
    try:
        text = _text_of(form)
        paper = read_paper(text.encode(), "")
    except NotAPaper as refusal:
        return render_template("deliberations/new_procedure.html", form=form, faults=refusal.reasons), 422
    return _preview(_filled(paper, text), paper)


def _text_of(form: PaperForm) -> str:
    """The paper as text, line by line as the importer counts them."""
    data = form.file.data.read() if form.file.data else (form.text.data or "").encode()
    if not data.strip():
        raise NotAPaper([NOTHING])
    text = "\n".join(line.text for line in read_lines(data))
    if len(text) > LONGEST_PAPER:
        raise NotAPaper([TOO_LONG])
    return text


def _filled(paper: ParsedPaper, text: str) -> PreviewForm:
    form = PreviewForm(formdata=None, paper_text=text, title=paper.subject, key=uuid.uuid4())
    for step in intake.steps_of(paper):
        form.steps.append_entry(
            {
                "organization": step.organization,
                "held_on": step.held_on,
                "role": step.role or "",
                "public": public_word(step.public),
            }
        )
    return form


def _create() -> ResponseReturnValue:
    form = PreviewForm(_same_lines(request.form))
    if len(form.paper_text.data or "") > LONGEST_PAPER:
        return render_template("deliberations/new_procedure.html", form=PaperForm(), faults=[TOO_LONG]), 422
    try:
        paper = read_paper((form.paper_text.data or "").encode(), "")
    except NotAPaper as refusal:
        return render_template("deliberations/new_procedure.html", form=PaperForm(), faults=refusal.reasons), 422
    if form.validate():
        try:
            with transaction():
                procedure = intake.take_in(
                    paper,
                    form.title.data,
                    [db.session.get_one(User, visitor().user_id)],
                    steps=_steps(form, paper),
                    key=form.key.data,
                    by=visitor().actor,
                    now=now(),
                )
        except Implausible as refusal:
            form.form_errors = [*form.form_errors, refusal.message]
        else:
            flash(
                "Das Verfahren ist angelegt. Prüfen Sie jetzt den Wortlaut, und geben Sie die Fassung heraus.",
                "success",
            )
            return redirect(url_for("procedures.edit_version", version_id=_first_version(procedure.id)), code=303)
    return _preview(form, paper), 422


def _same_lines(sent: MultiDict[str, str]) -> MultiDict[str, str]:
    """Browsers send line ends their own way; the importer counts lines, so they are brought back."""
    found: MultiDict[str, str] = MultiDict(sent)
    found["paper_text"] = found.get("paper_text", "").replace("\r\n", "\n")
    return found


def _steps(form: PreviewForm, paper: ParsedPaper) -> list[intake.Step]:
    """The steps that were not left out, each with the result that the paper prints for it."""
    printed = [step.result for step in paper.consultations]
    return [
        entry.form.step(printed[place] if place < len(printed) else None)
        for place, entry in enumerate(form.steps)
        if not entry.form.leave_out.data
    ]


def _first_version(procedure_id: int) -> int:
    draft = drafts.drafts_of(procedure_id)[0]
    return drafts.history_of(draft.id)[-1].id


def _preview(form: PreviewForm, paper: ParsedPaper) -> str:
    children: dict[str | None, list[object]] = {}
    for section in paper.sections:
        children.setdefault(section.parent, []).append(section)
    results = [_told(step) for step in intake.steps_of(paper)]
    return render_template("deliberations/preview.html", form=form, paper=paper, children=children, results=results)


def _told(step: intake.Step) -> str:
    """What becomes of a printed result."""
    if not step.result:
        return ""
    if intake.readable_result(step, today()):
        return f"„{step.result}“ wird als vorläufiges Ergebnis übernommen."
    return f"„{step.result}“ wird nicht übernommen; tragen Sie es nach dem Anlegen ein."

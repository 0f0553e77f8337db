"""Pages on which a procedure begins: give a paper, see what was read, correct it, create.

Between the steps nothing is stored: the paper's text and its sections, as put right so far, travel in the form.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import asdict, replace

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from ikb.accounts.model import Role, User
from ikb.accounts.policy import allow, visitor
from ikb.db import db, transaction
from ikb.deliberations import intake
from ikb.deliberations.blueprint import bp
from ikb.deliberations.forms import LONGEST_PAPER, PaperForm, PreviewForm, public_word
from ikb.drafts import corrections
from ikb.drafts import queries as drafts
from ikb.drafts.importers.lines import read_lines
from ikb.drafts.importers.paper import read_paper
from ikb.drafts.importers.parsed import NotAPaper, ParsedPaper, ParsedSection
from ikb.drafts.reasons_length import SIGNS_PER_PAGE, missing_summary
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
    return preview_of(paper, text)


def preview_of(paper: ParsedPaper, text: str, *, is_written: bool = False) -> str:
    """The page on which everything that was read, or written, is put right."""
    form = _filled(paper, text)
    form.is_written.data = "ja" if is_written else ""
    return _preview(form, paper)


def written_paper(title: str, sections: Sequence[ParsedSection]) -> ParsedPaper:
    """A draft that was written here, as a paper without number and committees."""
    return ParsedPaper(None, title, (), tuple(sections), ())


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
    for section in paper.sections:
        form.sections.append_entry(asdict(section))
    return form


def _create() -> ResponseReturnValue:
    """Put one section right, or create the procedure; `act` says which."""
    sent = _same_lines(request.form)
    form = PreviewForm(sent)
    if len(form.paper_text.data or "") > LONGEST_PAPER:
        return render_template("deliberations/new_procedure.html", form=PaperForm(), faults=[TOO_LONG]), 422
    try:
        paper = _paper_of(form)
    except NotAPaper as refusal:
        return render_template("deliberations/new_procedure.html", form=PaperForm(), faults=refusal.reasons), 422
    if act := sent.get("act"):
        return _corrected(act, sent, form, paper)
    if form.validate():
        try:
            paper = replace(paper, sections=tuple(corrections.checked(_sections(form))))
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


def _paper_of(form: PreviewForm) -> ParsedPaper:
    if form.is_written.data:
        return written_paper(form.title.data or "", _sections(form))
    return read_paper((form.paper_text.data or "").encode(), "")


def _corrected(act: str, sent: MultiDict[str, str], form: PreviewForm, paper: ParsedPaper) -> ResponseReturnValue:
    """The same page after one act on one section ("split 12"); whatever else was typed stays."""
    name, _, number = act.partition(" ")
    sections = _sections(form)
    change = corrections.ACTS.get(name)
    if change is None or not number.isdecimal() or int(number) >= len(sections):
        return _preview(form, paper)
    try:
        sections = change(corrections.checked(sections), int(number))
    except Implausible as refusal:
        form.form_errors = [refusal.message]
        return _preview(form, paper, int(number)), 422
    kept = MultiDict((field, value) for field, value in sent.items(multi=True) if not field.startswith("sections-"))
    for place, section in enumerate(sections):
        kept.update({f"sections-{place}-{name}": value or "" for name, value in asdict(section).items()})
    return _preview(PreviewForm(kept), paper, int(number))


def _sections(form: PreviewForm) -> list[ParsedSection]:
    return [entry.form.section() for entry in form.sections]


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


def _preview(form: PreviewForm, paper: ParsedPaper, touched: int | None = None) -> str:
    """touched: place of the section that was just put right; it stays open."""
    sections = _sections(form)
    return render_template(
        "deliberations/preview.html",
        form=form,
        paper=paper,
        lines=(form.paper_text.data or "").split("\n"),
        depths=corrections.depths(sections),
        touched=touched,
        long_reasons=missing_summary(sections),
        signs_per_page=SIGNS_PER_PAGE,
        results=[_told(step) for step in intake.steps_of(paper)],
    )


def _told(step: intake.Step) -> str:
    """What becomes of a printed result."""
    if not step.result:
        return ""
    if intake.readable_result(step, today()):
        return f"„{step.result}“ wird als vorläufiges Ergebnis übernommen."
    return f"„{step.result}“ wird nicht übernommen; tragen Sie es nach dem Anlegen ein."

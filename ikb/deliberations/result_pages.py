"""Pages of a secretary: my sittings, one consultation, and entering its result."""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from wtforms import SelectChoice

from ikb.accounts.model import Role
from ikb.accounts.policy import allow, load_visible, visitor
from ikb.core.redline import Segment
from ikb.core.result_line import read_result_line
from ikb.core.results import OUTCOMES, Outcome, Successor, contradictions, phrase, tally_in_words
from ikb.core.workflow import OPEN, WITH_RESULT, Event, StationState, events_of
from ikb.db import db, transaction
from ikb.deliberations import papers, queries, service, successors, wordings
from ikb.deliberations.blueprint import bp
from ikb.deliberations.desk import desk
from ikb.deliberations.forms import ResultForm
from ikb.deliberations.model import Consultation, Paper, Result
from ikb.deliberations.sequence_pages import enter, load_consultation, show_at_field, status
from ikb.deliberations.wordings import ChangedWording
from ikb.drafts import queries as drafts
from ikb.drafts.model import Section
from ikb.errors import Implausible
from ikb.moment import now, today

RECENT = timedelta(days=28)
_REMOVE = re.compile(r"remove-(\d+)")


@dataclass(frozen=True)
class Preview:
    """How an entry will read: the phrase, what cannot be, and each changed passage with its changes marked."""

    phrase: str
    votes: str
    faults: Sequence[str]
    redlines: Sequence[tuple[str, Sequence[Segment]]]


@bp.get("/sitzungen")
@allow(Role.SECRETARY)
def my_meetings() -> ResponseReturnValue:
    """What is due at the visitor's committees."""
    found = queries.kept_consultations(visitor(), today() - RECENT)
    newest = queries.newest_papers({consultation.procedure_id for consultation in found})
    return render_template("deliberations/my_meetings.html", desk=desk(found, today()), newest=newest, today=today())


@bp.get("/beratungen/<int:consultation_id>")
@allow(Role.LEAD, Role.SECRETARY)
def consultation(consultation_id: int) -> ResponseReturnValue:
    """One consultation: the paper as laid, what the body changed, its results, and what followed."""
    found = load_consultation(consultation_id)
    paper = service.laid_paper(found)
    sections = drafts.sections_of(paper.draft_version_id) if paper else []
    changed = wordings.as_wordings(wordings.wishes_of(found.agenda_item_id)) if found.agenda_item_id else []
    return render_template(
        "deliberations/consultation.html",
        consultation=found,
        procedure=found.procedure,
        paper=paper,
        sections=sections,
        redlines=_redlines(changed, sections),
        results=_history(found),
        successor=successors.successor_of(found),
        just_saved=request.args.get("gespeichert") == "ja",
        keeps=_keeps(found),
        events=events_of(StationState(found.state)),
        may_record=_may_record(found),
    )


@bp.route("/beratungen/<int:consultation_id>/ergebnis", methods=["GET", "POST"])
@allow(Role.SECRETARY)
def record_result(consultation_id: int) -> ResponseReturnValue:
    """Enter or correct what the body resolved. Every button keeps what was typed; only one saves."""
    found = load_visible(Consultation, Consultation.id == consultation_id, queries.keeps(visitor()))
    enter(found.procedure)
    current = service.newest_result(found.id)
    form = ResultForm() if request.method == "POST" else _filled(found, current)
    known = _offer(form, found)
    if request.method == "GET":
        return _page(form, found, current, known)
    act = request.form.get("act", "save")
    if act == "save":
        return _save(form, found, current, known)
    preview = _without_saving(form, act, found, known)
    return _page(form, found, current, known, preview)


def _save(
    form: ResultForm, found: Consultation, current: Result | None, known: dict[int, Paper]
) -> ResponseReturnValue:
    if form.validate():
        try:
            with transaction():
                service.record_result(
                    found,
                    form.entry(),
                    form.changed(),
                    form.key.data,
                    seen_result_id=form.seen,
                    by=visitor().actor,
                    now=now(),
                )
        except Implausible as refusal:
            show_at_field(form, refusal)
        else:
            flash("Das Ergebnis ist gespeichert.", "success")
            return redirect(url_for(".consultation", consultation_id=found.id, gespeichert="ja"), code=303)
    return _page(form, found, current, known), status(form)


def _without_saving(form: ResultForm, act: str, found: Consultation, known: dict[int, Paper]) -> Preview | None:
    sections = _sections_of(form, known)
    if act == "read":
        _take_line(form)
    elif act == "add":
        _add_wording(form, sections)
    elif removed := _REMOVE.fullmatch(act):
        place = int(removed[1])
        form.wordings.entries = [entry for at, entry in enumerate(form.wordings.entries) if at != place]
    elif act == "check" and form.validate():
        return _preview(form, found, sections)
    return None


def _take_line(form: ResultForm) -> None:
    """Fill in what a pasted line says; what it does not say stays as it was."""
    read = read_result_line(form.line.data)
    tally = read.tally
    for field, value in (
        (form.outcome, read.outcome.value if read.outcome else None),
        (form.manner, read.manner.value if read.manner else None),
        (form.votes_yes, tally.yes),
        (form.votes_no, tally.no),
        (form.abstentions, tally.abstentions),
        (form.present, tally.present),
    ):
        if value is not None:
            field.data, field.raw_data = value, None
    form.unread = read.unread
    form.was_read = True


def _add_wording(form: ResultForm, sections: Sequence[Section]) -> None:
    section = next((section for section in sections if section.anchor == form.passage.data), None)
    if section is None:
        form.passage.errors = ["Wählen Sie einen Abschnitt aus der Liste."]
        return
    form.wordings.append_entry({"anchor": section.anchor, "wish": "replace", "text": section.text})


def _preview(form: ResultForm, found: Consultation, sections: Sequence[Section]) -> Preview:
    entry = form.entry()
    target = successors.target_of(entry.outcome, entry.successor)
    return Preview(
        phrase=phrase(entry.outcome, entry.tally, entry.manner, target.name if target else ""),
        votes=tally_in_words(entry.tally),
        faults=[one.sentence for one in contradictions(entry.outcome, entry.tally, entry.manner)],
        redlines=_redlines(form.changed(), sections),
    )


def _redlines(changed: Sequence[ChangedWording], sections: Sequence[Section]) -> list[tuple[str, Sequence[Segment]]]:
    known = {section.anchor: section for section in sections}
    return [
        (wordings.name_of(known[one.anchor]), wordings.redline_of(known[one.anchor].text, one))
        for one in changed
        if one.anchor in known
    ]


def _filled(found: Consultation, current: Result | None) -> ResultForm:
    """An empty form; for a correction, filled with what holds now."""
    data: dict[str, Any] = {"key": uuid.uuid4(), "seen_result_id": current.id if current else ""}
    paper = service.laid_paper(found)
    data["laid_paper_id"] = paper.id if paper else 0
    if current is not None:
        data |= {
            "outcome": current.outcome,
            "manner": current.manner or "",
            "votes_yes": current.votes_yes,
            "votes_no": current.votes_no,
            "abstentions": current.abstentions,
            "present": current.present,
            "resolution_text": current.resolution_text,
            "is_provisional": current.is_provisional,
        }
        successor = successors.successor_of(found)
        if successor is not None:
            data |= {"next_on": successor.held_on, "next_organization_id": successor.organization_id}
            data["wants_successor"] = True
    form = ResultForm(formdata=None, data=data)
    if current is not None and found.agenda_item_id is not None:
        for one in wordings.as_wordings(wordings.wishes_of(found.agenda_item_id)):
            form.wordings.append_entry({"anchor": one.anchor, "wish": one.wish, "text": one.text})
    return form


def _offer(form: ResultForm, found: Consultation) -> dict[int, Paper]:
    """Fill the selects; returns the papers on offer by id."""
    known = {paper.id: paper for paper in papers.papers_of(found.procedure_id)}
    form.laid_paper_id.choices = [SelectChoice(paper.id, paper_name(paper)) for paper in known.values()] or [
        SelectChoice(0, "keine")
    ]
    names = [SelectChoice(organization.id, organization.name) for organization in queries.organizations()]
    form.next_organization_id.choices = [SelectChoice(0, "bitte wählen"), *names]
    form.passage.choices = [SelectChoice("", "bitte wählen")] + [
        SelectChoice(section.anchor, wordings.name_of(section)) for section in _sections_of(form, known)
    ]
    return known


def paper_name(paper: Paper) -> str:
    """A paper as a choice: its number, and which version it is."""
    number = paper.reference or "noch ohne Nummer"
    return f"{number} (Fassung {paper.draft_version.number})"


def _sections_of(form: ResultForm, known: dict[int, Paper]) -> list[Section]:
    paper = known.get(form.laid_paper_id.data or 0)
    return drafts.sections_of(paper.draft_version_id) if paper else []


def _page(
    form: ResultForm,
    found: Consultation,
    current: Result | None,
    known: dict[int, Paper],
    preview: Preview | None = None,
) -> str:
    sections = {section.anchor: section for section in _sections_of(form, known)}
    return render_template(
        "deliberations/record_result.html",
        form=form,
        consultation=found,
        procedure=found.procedure,
        current=current,
        sections=sections,
        name_of=wordings.name_of,
        preview=preview,
        needs=_needs(),
        is_early=found.held_on is not None and today() < found.held_on,
    )


def _needs() -> dict[str, list[str]]:
    """The names of outcomes after which the paper goes on, by where."""
    return {
        kind.value: [OUTCOMES[outcome].words for outcome in Outcome if OUTCOMES[outcome].successor is kind]
        for kind in Successor
    }


def _history(found: Consultation) -> list[Result]:
    rows = select(Result).where(Result.consultation_id == found.id).options(joinedload(Result.recorded_by))
    return list(db.session.scalars(rows.order_by(Result.id.desc())))


def _keeps(found: Consultation) -> bool:
    rows = select(Consultation.id).where(Consultation.id == found.id, queries.keeps(visitor()))
    return db.session.scalar(rows) is not None


def _may_record(found: Consultation) -> bool:
    state = StationState(found.state)
    is_due = found.held_on is not None and found.held_on <= today()
    return is_due and (state in WITH_RESULT or (state in OPEN and Event.RECORD in events_of(state)))

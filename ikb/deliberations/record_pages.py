"""Entering and correcting what a body resolved, on one page."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from wtforms import SelectChoice

from ikb.accounts.model import Role
from ikb.accounts.policy import allow, load_visible, visitor
from ikb.core.results import OUTCOMES, Outcome, Successor
from ikb.db import db, transaction
from ikb.deliberations import papers, queries, resolution_kinds, result_parts, service, successors, wordings
from ikb.deliberations.blueprint import bp
from ikb.deliberations.entries import entry_of
from ikb.deliberations.model import Consultation, Paper, Result
from ikb.deliberations.record_acts import Preview, act_on, fill_parts, live, offer_passages, offer_points
from ikb.deliberations.result_forms import ResultForm, show_at_part
from ikb.deliberations.result_model import GroupVote
from ikb.deliberations.sequence_pages import enter
from ikb.drafts import queries as drafts
from ikb.drafts.model import Section
from ikb.errors import Implausible
from ikb.moment import now, today
from ikb.web.refusals import show_at_field, status


@bp.route("/beratungen/<int:consultation_id>/ergebnis", methods=["GET", "POST"])
@allow(Role.SECRETARY)
def record_result(consultation_id: int) -> ResponseReturnValue:
    """Enter or correct what the body resolved. Every button keeps what was typed; only one saves."""
    found = load_visible(Consultation, Consultation.id == consultation_id, queries.keeps(visitor()))
    enter(found.procedure)
    current = service.newest_result(found.id)
    form = ResultForm() if request.method == "POST" else _filled(found, current)
    known = _offer(form, found, current)
    if request.method == "GET":
        return _page(form, found, current, known)
    act = request.form.get("act", "save")
    if act == "phrase":
        return render_template("deliberations/_phrase.html", preview=live(form))
    if act == "save":
        return _save(form, found, current, known)
    shown = act_on(form, act, _sections_of(form, known))
    return _page(form, found, current, known, shown)


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
            if not show_at_part(form, refusal):
                show_at_field(form, refusal)
        else:
            flash("Das Ergebnis ist gespeichert.", "success")
            return redirect(url_for(".consultation", consultation_id=found.id, gespeichert="ja"), code=303)
    answer = status(form)  # asked before the page puts the points in order: their faults count too
    return _page(form, found, current, known), answer


def _filled(found: Consultation, current: Result | None) -> ResultForm:
    """An empty form; for a correction, filled with what holds now."""
    data: dict[str, Any] = {"key": uuid.uuid4(), "seen_result_id": current.id if current else ""}
    paper = service.laid_paper(found)
    data["laid_paper_id"] = paper.id if paper else 0
    if current is not None:
        tally = entry_of(current).tally
        data |= {
            "manner": current.manner or "",
            "votes_yes": tally.yes,
            "votes_no": tally.no,
            "abstentions": tally.abstentions,
            "present": tally.present,
            "excluded": tally.excluded,
            "resolution_text": current.resolution_text,
            "is_provisional": current.is_provisional,
        }
        successor = successors.successor_of(found)
        if successor is not None:
            data |= {"next_on": successor.held_on, "next_organization_id": successor.organization_id}
            data["wants_successor"] = True
    form = ResultForm(formdata=None, data=data)
    if current is not None:
        _fill_with(form, found, current)
    return form


def _fill_with(form: ResultForm, found: Consultation, current: Result) -> None:
    entry = entry_of(current)
    fill_parts(form, entry)
    from_motions = result_parts.carried(entry.motions)
    for one in wordings.as_wordings(wordings.wishes_of(found.agenda_item_id or 0)):
        if one not in from_motions:  # those come in again with their motion
            form.wordings.append_entry({"anchor": one.anchor, "wish": one.wish, "text": one.text})


def _offer(form: ResultForm, found: Consultation, current: Result | None) -> dict[int, Paper]:
    """Fill the selects; returns the papers on offer by id."""
    has_plain_words = current is not None and not current.kind_name
    form.offer(resolution_kinds.offered(), Outcome(current.outcome) if current and has_plain_words else None)
    if request.method == "GET" and current is not None:
        form.choose(Outcome(current.outcome), current.kind_name)
    known = {paper.id: paper for paper in papers.papers_of(found.procedure_id)}
    form.laid_paper_id.choices = [SelectChoice(paper.id, paper_name(paper)) for paper in known.values()] or [
        SelectChoice(0, "keine")
    ]
    names = [SelectChoice(organization.id, organization.name) for organization in queries.organizations()]
    form.next_organization_id.choices = [SelectChoice(0, "bitte wählen"), *names]
    offer_passages(form, _sections_of(form, known))
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
    sections = _sections_of(form, known)
    offer_points(form, [section for section in sections if section.kind == "point"])
    offer_passages(form, sections)
    return render_template(
        "deliberations/record_result.html",
        form=form,
        consultation=found,
        procedure=found.procedure,
        current=current,
        sections={section.anchor: section for section in sections},
        name_of=wordings.name_of,
        preview=preview or live(form),
        is_checked=preview is not None,
        needs=_needs(),
        group_names=_group_names(found.organization_id),
        is_early=found.held_on is not None and today() < found.held_on,
    )


def _needs() -> dict[str, list[str]]:
    """The names of outcomes after which the paper goes on, by where."""
    return {
        kind.value: [OUTCOMES[outcome].words for outcome in Outcome if OUTCOMES[outcome].successor is kind]
        for kind in Successor
    }


def _group_names(organization_id: int) -> Sequence[str]:
    """Groups whose votes were recorded in this body before, by name: to be picked instead of typed."""
    rows = (
        select(GroupVote.name)
        .join(Result, Result.id == GroupVote.result_id)
        .join(Consultation, Consultation.id == Result.consultation_id)
        .where(Consultation.organization_id == organization_id)
        .distinct()
        .order_by(GroupVote.name)
        .limit(40)
    )
    return db.session.scalars(rows).all()

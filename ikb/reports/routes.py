"""The lead's landing page of a procedure, and what machines ask about the house."""

from __future__ import annotations

from flask import current_app, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from prometheus_client import CONTENT_TYPE_LATEST

from ikb.accounts.model import Role
from ikb.accounts.policy import allow, load_visible, visitor
from ikb.config import Config
from ikb.core.topics import read_topic, topic_of
from ikb.deliberations import picture
from ikb.deliberations import service as deliberations
from ikb.deliberations.model import Consultation
from ikb.deliberations.picture import Drawn
from ikb.errors import NotFound
from ikb.journal import words
from ikb.moment import now, today
from ikb.procedures.current import current_values, load_procedure, set_procedure
from ikb.reports import (
    brief_document,
    council,
    health,
    letter_pages,
    paper_pages,
    queries,
    result_pages,
    return_pages,
    synopsis_pages,
    weighing_pages,
)
from ikb.reports import metrics as figures_of_house
from ikb.reports.blocks import blocks
from ikb.reports.blueprint import as_download, bp
from ikb.reports.brief import Brief, brief
from ikb.reports.council_document import council_document, council_pdf
from ikb.tables.typeset import PDF_TYPE
from ikb.web import navigation

__all__ = [
    "bp",
    "letter_pages",
    "paper_pages",
    "result_pages",
    "return_pages",
    "synopsis_pages",
    "weighing_pages",
]  # these pages hang on the same blueprint

navigation.register(
    "procedure", "Stand", "reports.stand", 10, values=current_values, covers=("casefile.", "reports.council")
)


@bp.get("/verfahren/<int:procedure_id>")
@allow(Role.LEAD)
def stand(procedure_id: int) -> ResponseReturnValue:
    """What blocks the next date, four figures, the sequence, the last events."""
    procedure = load_procedure(procedure_id)
    figures, steps, day = queries.figures(procedure_id), queries.sequence(procedure_id), today()
    return render_template(
        "reports/stand.html",
        procedure=procedure,
        stand=figures,
        steps=steps,
        blocks=blocks(procedure_id, figures, steps, day),
        next_step=next((step for step in steps if step.held_on and step.held_on >= day and not step.is_closed), None),
        picture=picture.picture(
            (Drawn(step.organization, step.held_on, step.state, step.outcome) for step in steps), day
        ),
        shapes=picture.SHAPES,
        events=queries.events(procedure_id),
        act=words.act,
        today=day,
    )


@bp.get("/verfahren/<int:procedure_id>/uebersicht")
@allow(Role.LEAD)
def council_overview(procedure_id: int) -> ResponseReturnValue:
    """For the council: every body with its result, the changes it asked for, and what became of them."""
    procedure = load_procedure(procedure_id)
    found = council.overview(procedure_id, today())
    return render_template("reports/council.html", procedure=procedure, overview=found, today=today())


@bp.get("/verfahren/<int:procedure_id>/uebersicht.docx")
@allow(Role.LEAD)
def council_file(procedure_id: int) -> ResponseReturnValue:
    """The same as a document."""
    procedure = load_procedure(procedure_id)
    file = council_document(procedure, council.overview(procedure_id, today()), now())
    return as_download(file, f"uebersicht-{procedure_id}.docx")


@bp.get("/verfahren/<int:procedure_id>/uebersicht.pdf")
@allow(Role.LEAD)
def council_print(procedure_id: int) -> ResponseReturnValue:
    """The same, ready to print."""
    procedure = load_procedure(procedure_id)
    file = council_pdf(procedure, council.overview(procedure_id, today()), now())
    return as_download(file, f"uebersicht-{procedure_id}.pdf", PDF_TYPE)


@bp.get("/beratungen/<int:consultation_id>/kurzinfo")
@allow(Role.LEAD, Role.SECRETARY)
def committee_brief(consultation_id: int) -> ResponseReturnValue:
    """One page for a committee; for the procedure's leads and whoever keeps the committee's business."""
    found, given = _brief(consultation_id)
    return render_template(
        "reports/brief.html",
        brief=found,
        title=brief_document.title_of(found),
        laid=brief_document.laid_in_words(found),
        looked_for=brief_document.looked_for(found),
        given=given,
        today=today(),
    )


@bp.get("/beratungen/<int:consultation_id>/kurzinfo.docx")
@allow(Role.LEAD, Role.SECRETARY)
def brief_file(consultation_id: int) -> ResponseReturnValue:
    """The same as a document."""
    found, _ = _brief(consultation_id)
    return as_download(brief_document.brief_document(found, now()), f"kurzinfo-{consultation_id}.docx")


def _brief(consultation_id: int) -> tuple[Brief, str | None]:
    """The brief, and the words that somebody typed for it; None where the committee's name suggested them."""
    step = load_visible(Consultation, Consultation.id == consultation_id)
    set_procedure(step.procedure, is_led=queries.leads(visitor(), step.procedure_id))
    suggested = topic_of(step.organization.name, step.organization.district)
    given = request.args.get("stichworte")
    topic = suggested if given is None else read_topic(given[:400], suggested.district)
    return brief(step, deliberations.laid_paper(step), topic, today()), given


@bp.get("/bereit")
@allow(Role.PUBLIC)
def ready() -> ResponseReturnValue:
    """Readiness: 200 if everything is well, else 503; either way what was looked at."""
    config: Config = current_app.extensions["ikb_config"]
    found = health.checks(now(), config.data_dir)
    well = all(check.ok for check in found)
    seen = {check.name: {"ok": check.ok, "gesehen": check.seen} for check in found}
    return jsonify({"bereit": well, "pruefungen": seen}), 200 if well else 503


@bp.get("/metriken")
@allow(Role.PUBLIC)
def metrics() -> ResponseReturnValue:
    """Figures in Prometheus' text format, for this machine or whoever shows the token; nobody else learns of them."""
    config: Config = current_app.extensions["ikb_config"]
    is_forwarded = any(name in request.headers for name in ("X-Forwarded-For", "Forwarded", "X-Real-Ip", "Via"))
    if not figures_of_house.is_open_to(
        config,
        address=request.remote_addr,
        is_forwarded=is_forwarded,
        authorization=request.headers.get("Authorization", ""),
    ):
        raise NotFound("Diese Seite gibt es nicht, oder sie ist nicht für Sie freigegeben.")
    return figures_of_house.exposition(now()), 200, {"Content-Type": CONTENT_TYPE_LATEST}

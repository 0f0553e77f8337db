"""Pages of the Beratungsfolge: the table, one step's form, a further step, leaving one out."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import exists, select

from ikb.accounts.model import Role
from ikb.accounts.policy import allow, load_visible, visitor
from ikb.core.workflow import OPEN, Event, StationState, events_of
from ikb.db import db, transaction
from ikb.deliberations import organizations, papers, picture, queries, stations
from ikb.deliberations.beside import beside_sequence
from ikb.deliberations.blueprint import bp
from ikb.deliberations.forms import NewStationForm, ReferenceForm, SkipForm, StationForm, public_word
from ikb.deliberations.model import Consultation, Paper
from ikb.errors import Implausible
from ikb.moment import now, today
from ikb.procedures import town_days
from ikb.procedures.current import load_procedure, set_procedure
from ikb.procedures.model import Procedure, ProcedureLead
from ikb.web.refusals import show_at_field, status


def enter(procedure: Procedure) -> bool:
    """Make a procedure the page's; whether the visitor leads it."""
    who = visitor()
    lead = exists().where(ProcedureLead.procedure_id == procedure.id, ProcedureLead.user_id == who.user_id)
    is_led = who.has(Role.LEAD) and bool(db.session.scalar(select(lead)))
    set_procedure(procedure, is_led=is_led)
    return is_led


def load_consultation(consultation_id: int) -> Consultation:
    """A consultation that the visitor may see; its procedure becomes the page's."""
    consultation = load_visible(Consultation, Consultation.id == consultation_id)
    enter(consultation.procedure)
    return consultation


@bp.get("/verfahren/<int:procedure_id>/beratungsfolge")
@allow(Role.LEAD, Role.SECRETARY)
def sequence(procedure_id: int) -> ResponseReturnValue:
    """The whole sequence, for reading and printing."""
    procedure, is_led = queries.led_or_read(visitor(), procedure_id)
    set_procedure(procedure, is_led=is_led)
    own = set() if is_led else set(db.session.scalars(queries.kept_by(visitor())))
    steps = queries.sequence(procedure_id)
    return render_template(
        "deliberations/sequence.html",
        procedure=procedure,
        steps=steps,
        picture=picture.picture(map(picture.drawn, steps), today(), picture.shades_of(town_days.all_periods())),
        shapes=picture.SHAPES,
        may_edit=lambda step: is_led or step.organization_id in own,
        is_led=is_led,
        papers=papers.papers_of(procedure_id),
        beside=beside_sequence(procedure, steps),
        today=today(),
    )


@bp.get("/verfahren/<int:procedure_id>/beratungsfolge/drucken")
@allow(Role.LEAD, Role.SECRETARY)
def print_sequence(procedure_id: int) -> ResponseReturnValue:
    """The sequence in the form of the town's papers: Gremium, Sitzung am, Beratung, Ergebnis."""
    procedure, is_led = queries.led_or_read(visitor(), procedure_id)
    set_procedure(procedure, is_led=is_led)
    known = papers.papers_of(procedure_id)
    return render_template(
        "deliberations/print_sequence.html",
        procedure=procedure,
        steps=queries.sequence(procedure_id),
        paper=known[0] if known else None,
        today=today(),
    )


@bp.route("/vorlagen/<int:paper_id>/nummer", methods=["GET", "POST"])
@allow(Role.LEAD)
def give_reference(paper_id: int) -> ResponseReturnValue:
    """Give a paper the number that it lacked."""
    paper = load_visible(Paper, Paper.id == paper_id)
    procedure = load_procedure(paper.procedure_id)
    form = ReferenceForm()
    if form.validate_on_submit():
        try:
            with transaction():
                papers.give_reference(paper, form.reference.data, by=visitor().actor, now=now())
        except Implausible as refusal:
            show_at_field(form, refusal)
        else:
            flash(f"Die Vorlage trägt jetzt die Nummer {paper.reference}.", "success")
            return redirect(url_for(".sequence", procedure_id=procedure.id), code=303)
    page = render_template("deliberations/give_reference.html", form=form, procedure=procedure, paper=paper)
    return page, status(form)


@bp.route("/verfahren/<int:procedure_id>/beratungsfolge/neu", methods=["GET", "POST"])
@allow(Role.LEAD)
def add_consultation(procedure_id: int) -> ResponseReturnValue:
    """A further step."""
    procedure = load_procedure(procedure_id)
    form = NewStationForm(row_version=0, key=uuid.uuid4(), public="ja")
    if form.validate_on_submit():
        try:
            with transaction():
                by, at = visitor().actor, now()
                organization = organizations.find_or_add(form.organization.data, by=by, now=at)
                stations.add_station(procedure, organization, form.station(), key=form.key.data, by=by, now=at)
        except Implausible as refusal:
            show_at_field(form, refusal)
        else:
            flash(f"{organization.name} steht jetzt in der Beratungsfolge.", "success")
            return redirect(url_for(".sequence", procedure_id=procedure_id), code=303)
    page = render_template(
        "deliberations/add_consultation.html", form=form, procedure=procedure, known=queries.organizations()
    )
    return page, status(form)


@bp.route("/beratungen/<int:consultation_id>/bearbeiten", methods=["GET", "POST"])
@allow(Role.LEAD, Role.SECRETARY)
def edit_consultation(consultation_id: int) -> ResponseReturnValue:
    """Role, day and publicity of one step; beside it, leaving it out."""
    consultation = load_consultation(consultation_id)
    stored = stations.station_of(consultation)
    form = StationForm(
        role=stored.role or "",
        held_on=stored.held_on,
        public=public_word(stored.public),
        row_version=consultation.row_version,
    )
    if form.validate_on_submit():
        try:
            with transaction():
                stations.change_station(
                    consultation, form.station(), seen=form.row_version.data, by=visitor().actor, now=now()
                )
        except Implausible as refusal:
            show_at_field(form, refusal)
        else:
            flash("Die Beratung ist gespeichert.", "success")
            return redirect(url_for(".sequence", procedure_id=consultation.procedure_id), code=303)
    return _edit_page(consultation, form, _skip_form(consultation)), status(form)


@bp.post("/beratungen/<int:consultation_id>/auslassen")
@allow(Role.LEAD, Role.SECRETARY)
def skip_consultation(consultation_id: int) -> ResponseReturnValue:
    """Leave a step out, with a reason."""
    consultation = load_consultation(consultation_id)
    form = SkipForm()
    if not form.validate():
        stored = stations.station_of(consultation)
        beside = StationForm(
            formdata=None,
            role=stored.role or "",
            held_on=stored.held_on,
            public=public_word(stored.public),
            row_version=consultation.row_version,
        )
        return _edit_page(consultation, beside, form), 422
    with transaction():
        stations.skip(consultation, form.reason.data, seen=form.row_version.data, by=visitor().actor, now=now())
    flash("Die Beratung ist mit Ihrem Grund ausgelassen. Sie bleibt in der Beratungsfolge sichtbar.", "success")
    return redirect(url_for(".sequence", procedure_id=consultation.procedure_id), code=303)


@bp.post("/beratungen/<int:consultation_id>/<any(aufnehmen, eingeladen):act>")
@allow(Role.LEAD, Role.SECRETARY)
def advance_consultation(consultation_id: int, act: str) -> ResponseReturnValue:
    """Take a skipped step up again, or note that the invitation went out."""
    consultation = load_consultation(consultation_id)
    service, words = {
        "aufnehmen": (stations.resume, "Die Beratung findet wieder statt."),
        "eingeladen": (stations.mark_invited, "Die Einladung ist vermerkt."),
    }[act]
    with transaction():
        service(consultation, seen=seen_version(request.form), by=visitor().actor, now=now())
    flash(words, "success")
    return redirect(url_for(".consultation", consultation_id=consultation_id), code=303)


def seen_version(sent: Mapping[str, str]) -> int:
    """The version of the row that a button was made for. Raises Implausible where it is missing."""
    written = sent.get("row_version", "")
    if not written.isdigit():
        raise Implausible("Laden Sie die Seite neu und versuchen Sie es noch einmal.")
    return int(written)


def _skip_form(consultation: Consultation) -> SkipForm:
    return SkipForm(formdata=None, row_version=consultation.row_version)


def _edit_page(consultation: Consultation, form: StationForm, skip_form: SkipForm) -> str:
    return render_template(
        "deliberations/edit_consultation.html",
        form=form,
        skip_form=skip_form,
        consultation=consultation,
        procedure=consultation.procedure,
        is_open=StationState(consultation.state) in OPEN,
        can_skip=Event.SKIP in events_of(StationState(consultation.state)),
    )

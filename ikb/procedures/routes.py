"""Pages of procedures: the list that leads land on, settings, participation phases, correcting the first version."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import SelectChoice

from ikb.accounts.model import Role
from ikb.accounts.policy import allow, load_visible, visible, visitor
from ikb.core.clock import berlin_day
from ikb.core.fairness import FAIR_WORKING_DAYS, period, sentences
from ikb.db import transaction
from ikb.drafts import queries as drafts
from ikb.drafts import service as draft_service
from ikb.drafts.model import DraftVersion
from ikb.errors import Implausible
from ikb.moment import now, today
from ikb.procedures import queries, service, town_days
from ikb.procedures.current import current_values, load_procedure
from ikb.procedures.forms import DeadlineForm, PhaseForm, SectionForm, SettingsForm
from ikb.procedures.model import ParticipationPhase, PhaseState, Procedure
from ikb.procedures.town_model import PeriodKind
from ikb.web import navigation
from ikb.web.filters import day
from ikb.web.htmx import wants_part
from ikb.web.paging import fetch, page_number
from ikb.web.refusals import show_at_field, status

bp = Blueprint("procedures", __name__)


@dataclass(frozen=True)
class Told:
    """What stands beside a deadline: its working days, how many are fair, and what else there is to know."""

    working_days: int
    fair: int
    sentences: list[str]


navigation.register(
    "main",
    "Meine Verfahren",
    "procedures.index",
    30,
    visible=lambda: visitor().has(Role.LEAD),
    covers=("procedures.",),
)
navigation.register(
    "procedure",
    "Einstellungen",
    "procedures.settings",
    70,
    values=current_values,
    covers=("procedures.new_phase", "procedures.edit_phase", "procedures.move_deadline"),
)


@bp.get("/verfahren")
@allow(Role.LEAD)
def index() -> ResponseReturnValue:
    """The procedures that the visitor leads, newest first."""
    rows = visible(Procedure).order_by(Procedure.created_at.desc(), Procedure.id.desc())
    page = fetch(rows, page_number(request.args))
    ids = [procedure.id for procedure in page.items]
    return render_template(
        "procedures/index.html", page=page, texts=queries.texts_of(ids), phases=queries.phases_of(ids), today=today()
    )


@bp.route("/verfahren/<int:procedure_id>/einstellungen", methods=["GET", "POST"])
@allow(Role.LEAD)
def settings(procedure_id: int) -> ResponseReturnValue:
    """Title, contact, numbers, and the phases of a procedure."""
    procedure = load_procedure(procedure_id)
    form = SettingsForm(obj=procedure)
    if form.validate_on_submit():
        try:
            with transaction():
                service.change_settings(
                    procedure, form.settings(), seen=form.row_version.data, by=visitor().actor, now=now()
                )
        except Implausible as refusal:
            show_at_field(form, refusal)
        else:
            flash("Die Einstellungen sind gespeichert.", "success")
            return redirect(url_for(".settings", procedure_id=procedure_id), code=303)
    page = render_template(
        "procedures/settings.html",
        form=form,
        procedure=procedure,
        phases=queries.phases_of([procedure_id]).get(procedure_id, []),
        versions=queries.versions_of(procedure_id),
        today=today(),
    )
    return page, status(form)


@bp.route("/verfahren/<int:procedure_id>/phasen/neu", methods=["GET", "POST"])
@allow(Role.LEAD)
def new_phase(procedure_id: int) -> ResponseReturnValue:
    """Plan a participation phase."""
    procedure = load_procedure(procedure_id)
    form = PhaseForm(row_version=0, name="Beteiligung")
    versions = _offer_versions(form, procedure_id)
    if _is_sent(form):
        try:
            with transaction():
                service.plan_phase(procedure, versions[form.version.data], form.plan(), by=visitor().actor, now=now())
        except Implausible as refusal:
            show_at_field(form, refusal)
        else:
            flash("Die Beteiligungsphase ist geplant. Laden Sie jetzt die Institutionen ein.", "success")
            return redirect(url_for(".settings", procedure_id=procedure_id), code=303)
    return _phase_page(form, procedure, None)


@bp.route("/phasen/<int:phase_id>", methods=["GET", "POST"])
@allow(Role.LEAD)
def edit_phase(phase_id: int) -> ResponseReturnValue:
    """Plan a phase differently, as long as it was not opened."""
    phase = load_visible(ParticipationPhase, ParticipationPhase.id == phase_id)
    procedure = load_procedure(phase.procedure_id)
    if phase.state != PhaseState.PLANNED:
        return redirect(url_for(".move_deadline", phase_id=phase_id), code=303)
    stored = service.plan_of(phase)
    form = PhaseForm(obj=phase, opens_on=stored.opens_on, version=phase.draft_version_id)
    versions = _offer_versions(form, procedure.id)
    if _is_sent(form):
        try:
            with transaction():
                service.change_phase(
                    phase,
                    versions[form.version.data],
                    form.plan(),
                    seen=form.row_version.data,
                    by=visitor().actor,
                    now=now(),
                )
        except Implausible as refusal:
            show_at_field(form, refusal)
        else:
            flash("Die Beteiligungsphase ist geändert.", "success")
            return redirect(url_for(".settings", procedure_id=procedure.id), code=303)
    return _phase_page(form, procedure, phase)


@bp.route("/phasen/<int:phase_id>/frist", methods=["GET", "POST"])
@allow(Role.LEAD)
def move_deadline(phase_id: int) -> ResponseReturnValue:
    """Give a phase another last day."""
    phase = load_visible(ParticipationPhase, ParticipationPhase.id == phase_id)
    procedure = load_procedure(phase.procedure_id)
    form = DeadlineForm(obj=phase)
    if _is_sent(form):
        try:
            with transaction():
                service.move_deadline(
                    phase,
                    form.closes_on.data,
                    form.is_fixed_date.data,
                    seen=form.row_version.data,
                    by=visitor().actor,
                    now=now(),
                )
        except Implausible as refusal:
            show_at_field(form, refusal)
        else:
            flash(
                f"Die Frist endet jetzt am {day(phase.last_day)}, 24 Uhr. Erinnerungen richten sich danach.", "success"
            )
            return redirect(url_for(".settings", procedure_id=procedure.id), code=303)
    begins = berlin_day(phase.opens_at)
    if _is_only_looking():
        return render_template("procedures/_told.html", told=_told(form, begins))
    page = render_template(
        "procedures/deadline.html", form=form, procedure=procedure, phase=phase, told=_told(form, begins)
    )
    return page, status(form)


@bp.post("/phasen/<int:phase_id>/schliessen")
@allow(Role.LEAD)
def close_phase(phase_id: int) -> ResponseReturnValue:
    """End a phase whose last day is over; what comes later is kept and marked, except within an extension."""
    phase = load_visible(ParticipationPhase, ParticipationPhase.id == phase_id)
    with transaction():
        service.close_phase(phase, by=visitor().actor, now=now())
    flash(
        "Die Beteiligungsphase ist beendet. Was jetzt noch kommt, wird als verspätet gekennzeichnet, außer bei "
        "Institutionen mit verlängerter Frist.",
        "success",
    )
    return redirect(url_for(".settings", procedure_id=phase.procedure_id), code=303)


@bp.get("/fassungen/<int:version_id>/bearbeiten")
@allow(Role.LEAD)
def edit_version(version_id: int) -> ResponseReturnValue:
    """A first version section by section, for correcting what the importer misread, and for issuing it."""
    version = load_visible(DraftVersion, DraftVersion.id == version_id)
    procedure = load_procedure(version.draft.procedure_id)
    return render_template(
        "procedures/edit_version.html",
        procedure=procedure,
        version=version,
        sections=drafts.sections_of(version_id),
        can_edit=_is_editable(version),
    )


@bp.route("/fassungen/<int:version_id>/abschnitte/<anchor>", methods=["GET", "POST"])
@allow(Role.LEAD)
def edit_section(version_id: int, anchor: str) -> ResponseReturnValue:
    """Correct one section."""
    version = load_visible(DraftVersion, DraftVersion.id == version_id)
    procedure = load_procedure(version.draft.procedure_id)
    section = drafts.section(version_id, anchor)
    if section is None or (request.method == "GET" and not _is_editable(version)):
        return redirect(url_for(".edit_version", version_id=version_id), code=303)
    form = SectionForm(obj=section, seen=draft_service.mark_of(section.text))
    if form.validate_on_submit():
        try:
            with transaction():
                draft_service.edit_section(
                    version,
                    anchor,
                    form.text.data,
                    seen=form.seen.data,
                    kind=form.kind.data,
                    by=visitor().actor,
                    now=now(),
                )
        except Implausible as refusal:
            show_at_field(form, refusal)
        else:
            flash("Der Abschnitt ist gespeichert.", "success")
            return redirect(url_for(".edit_version", version_id=version_id, _anchor=anchor), code=303)
    page = render_template(
        "procedures/edit_section.html", form=form, procedure=procedure, version=version, section=section
    )
    return page, status(form)


@bp.post("/fassungen/<int:version_id>/erste-herausgeben")
@allow(Role.LEAD)
def issue_first(version_id: int) -> ResponseReturnValue:
    """Issue a first version; later ones are issued once every proposal is decided."""
    version = load_visible(DraftVersion, DraftVersion.id == version_id, DraftVersion.base_id.is_(None))
    with transaction():
        draft_service.issue(version, by=visitor().actor, now=now())
    flash(
        f"Fassung {version.number} ist herausgegeben. Legen Sie jetzt fest, bis wann sich Institutionen äußern können.",
        "success",
    )
    return redirect(url_for(".settings", procedure_id=version.draft.procedure_id), code=303)


def _is_editable(version: DraftVersion) -> bool:
    return not version.is_issued and version.base_id is None


def _offer_versions(form: PhaseForm, procedure_id: int) -> dict[int, DraftVersion]:
    versions = queries.versions_of(procedure_id)
    form.version.choices = [SelectChoice(version.id, _version_name(version)) for version in versions]
    if form.version.data is None and versions:
        form.version.data = versions[0].id
    return {version.id: version for version in versions}


def _version_name(version: DraftVersion) -> str:
    state = f"herausgegeben am {day(version.issued_at)}" if version.is_issued else "noch in Arbeit"
    return f"Fassung {version.number}, {state}: {version.draft.title}"


def _is_sent(form: Any) -> bool:
    """Whether a valid form was sent to be saved, not only to look at its deadline."""
    return bool(form.validate_on_submit()) and request.form.get("act") != "check"


def _is_only_looking() -> bool:
    """Whether the page asks by itself, while somebody fills in the form, what its deadline means: nothing is wrong yet."""
    return request.form.get("act") == "check" and wants_part()


def _phase_page(form: PhaseForm, procedure: Procedure, phase: ParticipationPhase | None) -> ResponseReturnValue:
    if _is_only_looking():
        return render_template("procedures/_told.html", told=_told(form, form.opens_on.data))
    page = render_template(
        "procedures/phase.html",
        form=form,
        procedure=procedure,
        phase=phase,
        told=_told(form, form.opens_on.data),
        has_versions=bool(form.version.choices),
    )
    return page, status(form)


def _told(form: Any, opens_on: Any) -> Told | None:
    """What to say about the deadline as it stands in the form; nothing while a day is missing."""
    closes_on = form.closes_on.data
    if opens_on is None or closes_on is None or closes_on < opens_on:
        return None
    begins = max(opens_on, today()) if closes_on >= today() else opens_on
    school = town_days.periods(PeriodKind.SCHOOL_HOLIDAY, since=begins)
    found = period(
        begins,
        closes_on,
        fixed=form.is_fixed_date.data,
        local_exceptions=town_days.local_exceptions(),
        school_holidays=[(one.name, one.first_on, one.last_on) for one in school],
    )
    return Told(found.working_days, FAIR_WORKING_DAYS, sentences(found))

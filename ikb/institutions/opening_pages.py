"""The beginning of a participation: who gets what, until when; then it is open."""

from __future__ import annotations

from uuid import uuid4

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from ikb.accounts.model import Role
from ikb.accounts.policy import allow, visitor
from ikb.core.periods import working_days_between
from ikb.db import transaction
from ikb.errors import NotReady
from ikb.institutions import queries, service
from ikb.institutions.blueprint import IN_PROCEDURE, asked_phase, bp, phase_of
from ikb.institutions.forms import OpenForm
from ikb.institutions.messages import HIDDEN_LINK, render_invitation
from ikb.moment import now, today
from ikb.procedures import service as procedures
from ikb.procedures.model import ParticipationPhase
from ikb.procedures.town_days import local_exceptions


@bp.route(IN_PROCEDURE + "/eroeffnen", methods=["GET", "POST"])
@allow(Role.LEAD)
def open_phase(procedure_id: int) -> ResponseReturnValue:
    """Who gets what, until when; then it begins."""
    phase = phase_of(procedure_id)
    if phase.is_open:  # the second of two clicks, or a page that was left open
        flash("Die Beteiligung ist eröffnet. Die Einladungen gehen jetzt hinaus.", "success")
        return redirect(url_for(".invitations", procedure_id=procedure_id, phase=asked_phase()), code=303)
    form = OpenForm(row_version=phase.row_version, key=str(uuid4()))
    if not form.validate_on_submit():
        return _opening_page(phase, form), 422 if form.is_submitted() else 200
    if form.row_version.data != phase.row_version:
        fresh = OpenForm(formdata=None, row_version=phase.row_version, key=str(uuid4()))
        fault = (
            "Die Beteiligungsphase wurde inzwischen geändert. Prüfen Sie die Angaben, und bestätigen Sie noch einmal."
        )
        return _opening_page(phase, fresh, [fault]), 409
    try:
        with transaction():
            service.refuse_if_nobody_is_invited(phase)
            procedures.open_phase(phase, by=visitor().actor, now=now())
    except NotReady as refusal:
        return _opening_page(phase, form, [refusal.message]), refusal.status
    flash("Die Beteiligung ist eröffnet. Die Einladungen gehen jetzt hinaus.", "success")
    return redirect(url_for(".invitations", procedure_id=procedure_id, phase=asked_phase()), code=303)


def _opening_page(phase: ParticipationPhase, form: OpenForm, faults: list[str] | None = None) -> str:
    waiting = queries.with_contacts(phase.id)
    by_mail = [row for row in waiting if service.recipient_of(row.institution, today())]
    return render_template(
        "institutions/open_phase.html",
        procedure=phase.procedure,
        phase=phase,
        form=form,
        faults=faults or [],
        waiting=waiting,
        by_mail=by_mail,
        by_letter=[row for row in waiting if row not in by_mail],
        working_days=working_days_between(today(), phase.last_day, local_exceptions()),
        sample=render_invitation(by_mail[0], now=now(), link=HIDDEN_LINK) if by_mail else None,
    )

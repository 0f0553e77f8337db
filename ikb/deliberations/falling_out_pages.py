"""Pages for a sitting that does not take place on its day, each showing first what that does; and for its minutes."""

from __future__ import annotations

import uuid
from datetime import date

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ikb.accounts.model import Role
from ikb.accounts.policy import allow, load_visible, visitor
from ikb.core.notice import Notice, notice_by
from ikb.db import transaction
from ikb.deliberations import falling_out, minutes, queries
from ikb.deliberations.blueprint import bp
from ikb.deliberations.model import Consultation, Meeting
from ikb.deliberations.sequence_pages import enter
from ikb.deliberations.sitting_forms import CancelForm, MinutesForm, MoveForm
from ikb.deliberations.sitting_pages import load_to_edit
from ikb.errors import Implausible
from ikb.moment import now, today
from ikb.procedures.town_days import local_exceptions
from ikb.web.refusals import show_at_field, status


@bp.route("/sitzungen/<int:meeting_id>/absagen", methods=["GET", "POST"])
@allow(Role.LEAD, Role.SECRETARY, Role.ADMINISTRATOR)
def meeting_cancel(meeting_id: int) -> ResponseReturnValue:
    """What cancelling a sitting does, and doing it."""
    found = load_to_edit(meeting_id)
    form = CancelForm(row_version=found.row_version)
    if form.validate_on_submit():
        try:
            with transaction():
                fell = falling_out.cancel(
                    found, form.reason.data, seen=form.row_version.data, by=visitor().actor, now=now()
                )
        except Implausible as refusal:
            show_at_field(form, refusal)
        else:
            flash(_cancelled(len(fell.open_steps)), "success")
            return redirect(url_for(".meeting", meeting_id=found.id), code=303)
    page = render_template(
        "deliberations/cancel_meeting.html", form=form, meeting=found, falling=falling_out.consequences(found)
    )
    return page, status(form)


def _cancelled(count: int) -> str:
    if not count:
        return "Die Sitzung ist abgesagt. Sie bleibt mit dem Grund sichtbar."
    waiting = "Eine Beratung wartet" if count == 1 else f"{count} Beratungen warten"
    return f"Die Sitzung ist abgesagt. {waiting} jetzt auf einen neuen Sitzungstag."


@bp.route("/sitzungen/<int:meeting_id>/verlegen", methods=["GET", "POST"])
@allow(Role.LEAD, Role.SECRETARY, Role.ADMINISTRATOR)
def meeting_move(meeting_id: int) -> ResponseReturnValue:
    """The new day, what moving the sitting there does, and doing it; nothing moves before that."""
    found = load_to_edit(meeting_id)
    form = MoveForm(starts=found.starts_at_local, ends=found.ends_at_local, row_version=found.row_version)
    is_shown = False
    if form.validate_on_submit():
        is_shown = request.form.get("act") != "save"
        if not is_shown:
            try:
                with transaction():
                    target = _move(found, form)
            except Implausible as refusal:
                show_at_field(form, refusal)
            else:
                flash(f"Die Sitzung ist auf den {target.held_on:%d.%m.%Y} verlegt.", "success")
                return redirect(url_for(".meeting", meeting_id=target.id), code=303)
    page = render_template(
        "deliberations/move_meeting.html",
        form=form,
        meeting=found,
        falling=falling_out.consequences(found),
        notice=_notice(found, form.held_on.data) if is_shown else None,
        is_shown=is_shown,
        today=today(),
    )
    return page, status(form)


def _move(found: Meeting, form: MoveForm) -> Meeting:
    return falling_out.move(
        found,
        form.held_on.data,
        form.starts.data,
        form.ends.data,
        form.reason.data,
        also_past=form.also_past.data,
        seen=form.row_version.data,
        by=visitor().actor,
        now=now(),
    )


def _notice(found: Meeting, held_on: date) -> Notice:
    return notice_by(found.organization.notice_rule, held_on, local_exceptions())


@bp.route("/beratungen/<int:consultation_id>/niederschrift", methods=["GET", "POST"])
@allow(Role.SECRETARY)
def release_minutes(consultation_id: int) -> ResponseReturnValue:
    """That the minutes were released, with the extract: the result is no longer provisional."""
    found = load_visible(Consultation, Consultation.id == consultation_id, queries.keeps(visitor()))
    enter(found.procedure)
    form = MinutesForm(released_on=today(), row_version=found.row_version, key=uuid.uuid4())
    if form.validate_on_submit():
        try:
            with transaction():
                minutes.release(
                    found,
                    form.released_on.data,
                    form.text.data or "",
                    key=form.key.data,
                    seen=form.row_version.data,
                    by=visitor().actor,
                    now=now(),
                )
        except Implausible as refusal:
            show_at_field(form, refusal)
        else:
            flash("Das Ergebnis ist bestätigt.", "success")
            return redirect(url_for(".consultation", consultation_id=found.id), code=303)
    page = render_template(
        "deliberations/release_minutes.html", form=form, consultation=found, procedure=found.procedure
    )
    return page, status(form)

"""Pages on which institutions of the register are chosen for a phase; into an open one only after a look at who gets what."""

from __future__ import annotations

from collections.abc import Sequence

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ikb.accounts.model import Role
from ikb.accounts.policy import allow, visitor
from ikb.db import transaction
from ikb.institutions import choosing, own_kinds, service
from ikb.institutions.blueprint import IN_PROCEDURE, asked_phase, bp, phase_of
from ikb.institutions.choosing import Asked
from ikb.institutions.forms import ChoiceForm
from ikb.institutions.model import Institution
from ikb.institutions.register_pages import wanted_here
from ikb.institutions.register_queries import in_order, with_contacts
from ikb.moment import now, today
from ikb.procedures.model import ParticipationPhase
from ikb.web.filters import plural
from ikb.web.paging import Page, cut, page_number
from ikb.web.refusals import status

LINES_A_PAGE = 100


@bp.route(IN_PROCEDURE + "/auswahl", methods=["GET", "POST"])
@allow(Role.LEAD)
def choose(procedure_id: int) -> ResponseReturnValue:
    """Institutions that the register knows already."""
    phase, asked = phase_of(procedure_id), _asked()
    offered, form = choosing.offered(phase, asked), ChoiceForm()
    if not form.validate_on_submit():
        return _choose_page(phase, asked, offered, form), status(form)
    ticked = set(request.form.getlist("institutions", type=int))
    wanted = with_contacts(offered if form.whom.data == "all" else [row for row in offered if row in ticked])
    if not wanted:
        form.whom.errors = [
            *form.whom.errors,
            "Kreuzen Sie mindestens eine Institution an, oder wählen Sie „alle dieser Auswahl“.",
        ]
        return _choose_page(phase, asked, offered, form), status(form)
    if phase.is_open and form.confirmed.data != str(len(wanted)):
        return _preview(phase, asked, wanted, form)
    with transaction():
        added = service.add_to_phase(phase, wanted, by=visitor().actor, now=now())
    flash(f"{plural(len(added), 'Institution', 'Institutionen')} hinzugefügt.", "success")
    return redirect(url_for(".invitations", procedure_id=procedure_id, phase=asked_phase()), code=303)


def _asked() -> Asked:
    answer, earlier = request.args.get("antwort", ""), request.args.get("aus", "")
    return Asked(
        wanted=wanted_here(),
        earlier_id=int(earlier) if earlier.isascii() and earlier.isdigit() and len(earlier) < 10 else None,
        answer=answer if answer in ("answered", "unanswered") else "",
    )


def _choose_page(phase: ParticipationPhase, asked: Asked, offered: Sequence[int], form: ChoiceForm) -> str:
    shown = cut(offered, page_number(request.args), LINES_A_PAGE)
    return render_template(
        "institutions/choose.html",
        procedure=phase.procedure,
        phase=phase,
        asked=asked,
        page=Page(in_order(shown.items), shown.number, shown.size, shown.total),
        form=form,
        kinds=own_kinds.names(),
        earlier=choosing.earlier_phases(phase),
        ticked=set(request.form.getlist("institutions", type=int)),
    )


def _preview(phase: ParticipationPhase, asked: Asked, wanted: Sequence[Institution], form: ChoiceForm) -> str:
    by_mail = [row for row in wanted if service.recipient_of(row, today())]
    return render_template(
        "institutions/choose_preview.html",
        procedure=phase.procedure,
        phase=phase,
        wanted=wanted,
        by_mail=by_mail,
        by_letter=[row for row in wanted if row not in by_mail],
        form=form,
        ticked=request.form.getlist("institutions", type=int) if form.whom.data == "ticked" else [],
        recipient_of=lambda row: service.recipient_of(row, today()),
    )

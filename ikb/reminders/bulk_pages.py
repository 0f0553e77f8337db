"""Pages that write to many institutions at once: choose by filter or tick, see who gets what, do it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import contains_eager

from ikb.accounts.model import Role
from ikb.accounts.policy import allow, visitor
from ikb.db import transaction
from ikb.errors import Conflict, Implausible, NotReady
from ikb.institutions import queries as invitations
from ikb.institutions.blueprint import asked_phase, refuse_unknown_phase
from ikb.institutions.list_pages import FILTER_NAMES
from ikb.institutions.messages import HIDDEN_LINK
from ikb.institutions.model import Invitation
from ikb.institutions.service import recipient_of
from ikb.moment import now, today
from ikb.procedures.current import load_procedure, set_procedure
from ikb.procedures.model import ParticipationPhase
from ikb.reminders import bulk, samples
from ikb.reminders.blueprint import bp
from ikb.reminders.bulk import Act, Plan
from ikb.reminders.forms import BulkForm
from ikb.reminders.letters import reminder_letter
from ikb.web.filters import plural
from ikb.web.paging import Page, fetch, page_number
from ikb.web.refusals import show_at_field, status

LINES_A_PAGE = 100


@dataclass(frozen=True)
class Choice:
    """What the address and the form choose: a filter, a search, and ticks on one page of what they find."""

    phase: ParticipationPhase
    chosen: str | None
    search: str

    def wanted(self, form: BulkForm) -> list[Invitation]:
        """Everything that the filter and the search find, or what was ticked of it, by name."""
        ids = None if form.whom.data == "all" else request.form.getlist("nummer", type=int)
        return invitations.found_in(self.phase.id, self.chosen, self.search, ids)

    def page(self) -> Page[Invitation]:
        """The part of it that is shown, in three queries however much there is."""
        rows = invitations.selection(self.phase.id, self.chosen, self.search)
        return fetch(rows.options(contains_eager(Invitation.institution)), page_number(request.args), LINES_A_PAGE)


@bp.route("/mehrere", methods=["GET", "POST"])
@allow(Role.LEAD)
def bulk_choose(procedure_id: int) -> ResponseReturnValue:
    """Choose institutions and an act; then see who gets what."""
    choice = _choice(procedure_id)
    form = BulkForm()
    if not form.validate_on_submit():
        return _choose_page(choice, form), status(form)
    wanted = choice.wanted(form)
    fault = _fault_of(form, wanted, choice.phase)
    if fault is not None:
        show_at_field(form, fault)
        return _choose_page(choice, form), status(form)
    return _preview(choice, form, bulk.plan(Act(form.act.data), choice.phase, wanted, now()))


@bp.post("/mehrere/ausfuehren")
@allow(Role.LEAD)
def bulk_do(procedure_id: int) -> ResponseReturnValue:
    """Do what the preview showed, or show it anew if something changed since."""
    choice = _choice(procedure_id)
    form = BulkForm()
    if not form.validate_on_submit():
        return _choose_page(choice, form), status(form)
    found = bulk.plan(Act(form.act.data), choice.phase, choice.wanted(form), now())
    try:
        with transaction():
            count = bulk.carry_out(
                found,
                choice.phase,
                seal=form.seal.data or "",
                until=form.until.data,
                reason=form.reason.data,
                by=visitor().actor,
                now=now(),
            )
    except (Conflict, Implausible, NotReady) as refusal:
        return _preview(choice, form, found, [refusal.message]), refusal.status
    flash(f"{_DONE[found.act]} bei {plural(count, 'Institution', 'Institutionen')}.", "success")
    return redirect(url_for("institutions.invitations", procedure_id=procedure_id, phase=asked_phase()), code=303)


_DONE = {
    Act.REMIND: "Erinnerung geht hinaus",
    Act.RESEND: "Link geht noch einmal hinaus",
    Act.EXTEND: "Frist verlängert",
}


def _choice(procedure_id: int) -> Choice:
    phase = invitations.current_phase(procedure_id, visitor(), asked_phase() or 0)
    if phase is None:
        load_procedure(procedure_id)
        refuse_unknown_phase()
        raise NotReady("Legen Sie zuerst fest, welche Fassung bis wann zur Beteiligung steht: unter „Einstellungen“.")
    set_procedure(phase.procedure)
    chosen = request.args.get("filter")
    return Choice(phase, chosen if chosen in FILTER_NAMES else None, request.args.get("suche", "")[:100])


def _fault_of(form: BulkForm, wanted: Sequence[Invitation], phase: ParticipationPhase) -> Implausible | None:
    if not wanted:
        return Implausible("Kreuzen Sie mindestens eine Institution an, oder wählen Sie „alle dieser Auswahl“.", "whom")
    if form.act.data != Act.EXTEND:
        return None
    if form.until.data is None:
        return Implausible("Nennen Sie den neuen letzten Tag.", "until")
    if form.until.data <= max(phase.last_day, _day_before_today()):
        return Implausible("Wählen Sie einen späteren Tag als die Frist, die schon gilt.", "until")
    return None if form.reason.data else Implausible("Nennen Sie den Grund.", "reason")


def _day_before_today() -> date:
    return date.fromordinal(today().toordinal() - 1)


def _choose_page(choice: Choice, form: BulkForm) -> str:
    return render_template(
        "reminders/bulk_choose.html",
        procedure=choice.phase.procedure,
        phase=choice.phase,
        choice=choice,
        page=choice.page(),
        form=form,
        ticked=set(request.form.getlist("nummer", type=int)),
        figures=invitations.tally(choice.phase.id),
        filter_names=FILTER_NAMES,
        asked_phase=asked_phase(),
    )


def _preview(choice: Choice, form: BulkForm, found: Plan, faults: Sequence[str] = ()) -> str:
    form.seal.data = found.seal
    return render_template(
        "reminders/bulk_preview.html",
        procedure=choice.phase.procedure,
        phase=choice.phase,
        choice=choice,
        form=form,
        found=found,
        faults=faults,
        ticked=request.form.getlist("nummer", type=int) if form.whom.data == "ticked" else [],
        recipient_of=_recipient_of,
        sample=_sample(found),
        asked_phase=asked_phase(),
    )


def _recipient_of(row: Invitation) -> str:
    return recipient_of(row.institution, today()) or "per Brief"


def _sample(found: Plan) -> object | None:
    """The message to the first of them, its link hidden."""
    if not found.takes or found.act == Act.EXTEND:
        return None
    first = found.takes[0]
    letter = reminder_letter(first) if found.act == Act.REMIND else "new_link"
    return samples.of_letter(letter, first.institution.language, first, now=now(), link=HIDDEN_LINK)

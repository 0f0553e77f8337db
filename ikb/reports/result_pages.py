"""The page behind an institution's link that says what became of its remarks, and the lead's act of telling them so."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ikb.accounts.model import Role
from ikb.accounts.policy import allow, visitor
from ikb.db import transaction
from ikb.institutions.shared_model import Scope
from ikb.moment import now, today
from ikb.procedures.current import load_procedure
from ikb.procedures.model import PhaseState
from ikb.reports import result as results
from ikb.reports import result_notice, returns
from ikb.reports.blueprint import bp
from ikb.statements.doors import come_in, guest_here, needs
from ikb.web import navigation
from ikb.web.filters import plural
from ikb.web.paging import cut, page_number

ANSWERS_PER_PAGE = 50


@bp.get("/beteiligung/<token>/ergebnis")
@allow(Role.INSTITUTION)
@needs(Scope.WRITE)
def result(token: str) -> ResponseReturnValue:
    """Own words, what was decided and why, the passage before and after, which sitting decided."""
    invitation = come_in(token)
    found = results.result(invitation, today(), request.args.get("nummer", ""))
    answers = cut(found.answers if found else [], page_number(request.args), ANSWERS_PER_PAGE)
    return render_template(
        "reports/result.html",
        token=token,
        invitation=invitation,
        procedure=invitation.phase.procedure,
        found=found,
        answers=answers,
    )


@bp.get("/verfahren/<int:procedure_id>/ruecklauf/ergebnis")
@allow(Role.LEAD)
def tell_results(procedure_id: int) -> ResponseReturnValue:
    """Who would be told, before anything is sent."""
    procedure = load_procedure(procedure_id)
    phase = returns.chosen_phase(returns.phases_of(procedure), request.args.get("phase", type=int))
    if phase is None:
        return redirect(url_for(".return_figures", procedure_id=procedure_id))
    return render_template(
        "reports/tell_results.html", procedure=procedure, phase=phase, found=result_notice.preview(phase, today())
    )


@bp.post("/verfahren/<int:procedure_id>/ruecklauf/ergebnis")
@allow(Role.LEAD)
def send_results(procedure_id: int) -> ResponseReturnValue:
    """Tell each institution whose remarks are answered, once for each version that answered them."""
    procedure = load_procedure(procedure_id)
    phase = returns.chosen_phase(returns.phases_of(procedure), request.args.get("phase", type=int))
    if phase is not None:
        with transaction():
            count = result_notice.tell(phase, by=visitor().actor, now=now())
        if count:
            flash(f"{plural(count, 'Nachricht ist', 'Nachrichten sind')} unterwegs.", "success")
        else:
            flash("Alle, deren Anmerkungen beantwortet sind, wissen es schon. Es wurde nichts verschickt.", "info")
    return redirect(url_for(".return_figures", procedure_id=procedure_id, phase=phase.id if phase else None), code=303)


def _token_after_the_round() -> dict[str, object] | None:
    """The address behind the link, once the round is over: before, there is nothing to read."""
    guest = guest_here()
    if guest is None or guest.invitation.phase.state != PhaseState.CLOSED or not guest.person.scope.covers(Scope.WRITE):
        return None
    return {"token": guest.token}


navigation.register("institution", "Ergebnis", "reports.result", 60, values=_token_after_the_round)

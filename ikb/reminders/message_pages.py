"""The lead's pages of messages: what was sent, what will be, what was said, and how it went."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from ikb.accounts.model import Role
from ikb.accounts.policy import allow, load_visible
from ikb.deliveries.kinds import Mail, kind_of
from ikb.deliveries.model import Delivery, DeliveryState
from ikb.deliveries.rendering import hide_secrets
from ikb.moment import now
from ikb.procedures.current import load_procedure
from ikb.reminders import queries
from ikb.reminders.blueprint import bp
from ikb.web.paging import page_number

STATES = [state.value for state in DeliveryState]


@bp.get("")
@allow(Role.LEAD)
def messages(procedure_id: int) -> ResponseReturnValue:
    """Every message of a procedure, by state and kind, the latest first."""
    procedure = load_procedure(procedure_id)
    tally = queries.tally(procedure.id)
    kinds = sorted({kind for kind, _ in tally})
    kind = _chosen("art", kinds)
    by_state = {code: sum(n for (k, s), n in tally.items() if s == code and k in (kind or k)) for code in STATES}
    state = _chosen("zustand", STATES)
    total = by_state[state] if state else sum(by_state.values())
    page = queries.messages(procedure.id, kind=kind, state=state, number=page_number(request.args), total=total)
    return render_template(
        "reminders/messages.html",
        procedure=procedure,
        page=page,
        kinds=kinds,
        kind=kind,
        state=state,
        by_state={code: number for code, number in by_state.items() if number or code == state},
        whole=sum(tally.values()),
    )


@bp.get("/<int:delivery_id>")
@allow(Role.LEAD)
def message(procedure_id: int, delivery_id: int) -> ResponseReturnValue:
    """One message: its text as it went out, or as it would go out today, and every attempt."""
    procedure = load_procedure(procedure_id)
    delivery = load_visible(Delivery, Delivery.id == delivery_id, Delivery.procedure_id == procedure.id)
    preview = _preview(delivery) if delivery.state == DeliveryState.PLANNED else None
    return render_template("reminders/message.html", procedure=procedure, delivery=delivery, preview=preview)


def _preview(delivery: Delivery) -> Mail | None:
    """What the message would say now, without what opens doors; None if it would not be sent."""
    kind, moment = kind_of(delivery.kind), now()
    if kind is None or not kind.still_wanted(delivery, moment):
        return None
    mail = kind.render(delivery, moment)
    return Mail(mail.subject, hide_secrets(mail.text))


def _chosen(argument: str, known: list[str]) -> str:
    wanted = request.args.get(argument, "")
    return wanted if wanted in known else ""

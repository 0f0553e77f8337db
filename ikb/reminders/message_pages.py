"""The lead's pages of messages: what was sent, what will be, what was said, and how it went."""

from __future__ import annotations

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue

from ikb.accounts.model import Role
from ikb.accounts.policy import allow, load_visible
from ikb.core.written import read_day
from ikb.deliveries.kinds import Mail, kind_of
from ikb.deliveries.model import Delivery, DeliveryState
from ikb.deliveries.rendering import hide_secrets
from ikb.moment import now, today
from ikb.procedures.current import load_procedure
from ikb.reminders import case_file
from ikb.reminders.blueprint import bp
from ikb.reminders.case_file import Chosen
from ikb.tables import written
from ikb.web.labels import LABELS
from ikb.web.paging import page_number

STATES = [state.value for state in DeliveryState]


@bp.get("")
@allow(Role.LEAD)
def messages(procedure_id: int) -> ResponseReturnValue:
    """Every message of a procedure, by state, kind, recipient and day, the latest first."""
    procedure = load_procedure(procedure_id)
    asked, fault = _asked()
    tally = case_file.tally(procedure.id, asked)
    kinds = sorted({kind for kind, _ in tally} | ({asked.kind} if asked.kind else set()))
    by_state = {code: sum(n for (k, s), n in tally.items() if s == code and k in (asked.kind or k)) for code in STATES}
    total = by_state[asked.state] if asked.state else sum(by_state.values())
    page = render_template(
        "reminders/messages.html",
        procedure=procedure,
        page=case_file.messages(procedure.id, asked, number=page_number(request.args), total=total),
        kinds=kinds,
        asked=asked,
        most_exported=case_file.MOST_EXPORTED,
        narrower=case_file.NARROWER,
        wanted=_arguments(asked),
        typed_day=request.args.get("tag", "")[:20],
        day_fault=fault,
        by_state={code: number for code, number in by_state.items() if number or code == asked.state},
        whole=sum(tally.values()) or asked.is_narrow,
    )
    return page, 422 if fault else 200


@bp.get("/export.<any(csv, xlsx):form>")
@allow(Role.LEAD)
def export(procedure_id: int, form: str) -> ResponseReturnValue:
    """The chosen messages with their texts, as a table to take away."""
    procedure = load_procedure(procedure_id)
    asked, _ = _asked()
    lines = case_file.lines(procedure.id, asked)
    if form == "csv":
        content, kind = written.as_csv(case_file.COLUMNS, lines), written.CSV_TYPE
    else:
        content, kind = written.as_xlsx("Nachrichten", case_file.COLUMNS, lines), written.XLSX_TYPE
    name = f"nachrichten-{procedure.id}-{today():%Y-%m-%d}.{form}"
    return Response(content, headers={"Content-Type": kind, "Content-Disposition": f'attachment; filename="{name}"'})


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


def _asked() -> tuple[Chosen, str]:
    """What the address asks for; with a sentence where its day is none."""
    typed = request.args.get("tag", "").strip()[:20]
    day = read_day(typed)
    fault = "Diesen Tag gibt es nicht. Schreiben Sie ihn so: 28.06.2030." if typed and day is None else ""
    kind, state = request.args.get("art", ""), request.args.get("zustand", "")
    asked = Chosen(
        kind=kind if kind in LABELS["message"] else "",
        state=state if state in STATES else "",
        recipient=request.args.get("an", "").replace("\0", "")[:100],
        day=day,
    )
    return asked, fault


def _arguments(asked: Chosen) -> dict[str, str]:
    """The same choice as arguments of an address."""
    day = asked.day.isoformat() if asked.day else ""
    named = {"art": asked.kind, "zustand": asked.state, "an": asked.recipient, "tag": day}
    return {name: value for name, value in named.items() if value}

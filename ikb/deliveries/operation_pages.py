"""The administrator's view: what is sent, what waits and why, what failed; nothing of what a procedure says."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ikb.accounts.model import Role
from ikb.accounts.policy import allow, visitor
from ikb.db import transaction
from ikb.deliveries import previews, queries, service
from ikb.deliveries.blueprint import bp
from ikb.deliveries.rendering import current_config
from ikb.moment import now
from ikb.web.paging import fetch, page_number

# Each part shows every 15 seconds that it lives; a few that are missing are no accident.
ALIVE_WITHIN = timedelta(seconds=90)
LATE_AFTER = timedelta(minutes=2)
PARTS = {"worker": "Versand (Worker)", "beat": "Taktgeber (Beat)"}
OUTLOOKS = {0: "jetzt", 1: "in einer Stunde", 24: "in einem Tag", 168: "in einer Woche"}  # hours from now


@bp.get("/verwaltung/betrieb")
@allow(Role.ADMINISTRATOR)
def operations() -> ResponseReturnValue:
    """How many messages wait, since when, whether anybody sends them, and which failed. No content of any procedure."""
    moment = now()
    figures, beats = queries.tally(moment), queries.heartbeats()
    age = None if figures.oldest_due_at is None else moment - figures.oldest_due_at
    parts = [(name, beats.get(part), _is_alive(beats.get(part), moment)) for part, name in PARTS.items()]
    return render_template(
        "deliveries/operations.html",
        figures=figures,
        age=age,
        is_late=age is not None and age > LATE_AFTER,
        parts=parts,
        throughput=queries.throughput(moment),
        waiting=queries.waiting(moment),
        page=fetch(queries.failed(), page_number(request.args)),
        has_server=current_config().smtp_url is not None,
        pace=current_config().mail_pace,
    )


@bp.get("/verwaltung/betrieb/vorschau")
@allow(Role.ADMINISTRATOR)
def outlook() -> ResponseReturnValue:
    """Who would get what, when and why, were everything sent that is due by then; nothing is sent or changed.

    Each row asks its kind what the sending itself would ask, so a page costs a few queries for each of its rows.
    """
    hours = _hours(request.args.get("in", "0"))
    moment = now() + timedelta(hours=hours)
    page = fetch(queries.due_rows(moment), page_number(request.args))
    lines = [previews.would(delivery, moment) for delivery in page.items]
    return render_template(
        "deliveries/outlook.html", page=page, lines=lines, hours=hours, outlooks=OUTLOOKS, moment=moment
    )


@bp.post("/verwaltung/betrieb/<int:delivery_id>/noch-einmal")
@allow(Role.ADMINISTRATOR)
def send_again(delivery_id: int) -> ResponseReturnValue:
    """Give a message that failed another day."""
    with transaction():
        service.send_again(queries.failed_one(delivery_id), by=visitor().actor, now=now())
    flash("Die Nachricht wird noch einmal gesendet, falls sie noch gebraucht wird.", "success")
    return redirect(url_for(".operations"), code=303)


def _hours(typed: str) -> int:
    return int(typed) if typed.isdecimal() and int(typed) in OUTLOOKS else 0


def _is_alive(last_seen_at: datetime | None, moment: datetime) -> bool:
    return last_seen_at is not None and moment - last_seen_at < ALIVE_WITHIN


@bp.app_template_filter("without_name")
def without_name(address: str) -> str:
    """`p…@verein.example.org`: enough to see which mail server refused, too little to know who it is."""
    local, at, domain = address.rpartition("@")
    return f"{local[:1]}…{at}{domain}"

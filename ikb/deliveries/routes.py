"""The mailbox of the demonstration, and the administrator's view of what is sent, what waits and what failed."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ikb import mail
from ikb.accounts.model import Role
from ikb.accounts.policy import allow, visitor
from ikb.db import transaction
from ikb.deliveries import mailbox, queries, service
from ikb.deliveries.rendering import current_config
from ikb.errors import NotFound
from ikb.moment import now
from ikb.web import labels, navigation
from ikb.web.paging import cut, fetch, page_number

bp = Blueprint("deliveries", __name__)
navigation.register(
    "main",
    "Betrieb",
    "deliveries.operations",
    40,
    visible=lambda: visitor().has(Role.ADMINISTRATOR),
    covers=("deliveries.send_again",),
)
navigation.register(
    "main",
    "Postfach",
    "deliveries.mailbox",
    80,
    visible=lambda: current_config().has_mailbox_page,
    covers=("deliveries.message",),
)
labels.add(
    "journal_action",
    {
        "message sent again": "Nachricht noch einmal gesendet",
        "messages declined": "Nachrichten abbestellt",
        "messages wanted again": "Nachrichten wieder bestellt",
    },
)
labels.add("subject", {"mail_refusal": "Abbestellung"})

# Beat shows every 15 seconds that it lives; three missed beats are no accident.
ALIVE_WITHIN = timedelta(seconds=60)
LATE_AFTER = timedelta(minutes=2)
PARTS = {"worker": "Versand (Worker)", "beat": "Taktgeber (Beat)"}


@bp.get("/postfach", endpoint="mailbox")
@allow(Role.PUBLIC)
def mailbox_page() -> ResponseReturnValue:
    """Every message that was "sent" where there is no mail server."""
    folder = _folder()
    keys = cut(mailbox.keys_in(folder), page_number(request.args))
    letters = [mailbox.read(folder, key) for key in keys.items]
    return render_template("deliveries/mailbox.html", page=keys, letters=letters)


@bp.get("/postfach/<key>")
@allow(Role.PUBLIC)
def message(key: str) -> ResponseReturnValue:
    """One of them, as text and as HTML."""
    return render_template("deliveries/message.html", letter=mailbox.read(_folder(), key))


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
        page=fetch(queries.failed(), page_number(request.args)),
        has_server=current_config().smtp_url is not None,
    )


@bp.post("/verwaltung/betrieb/<int:delivery_id>/noch-einmal")
@allow(Role.ADMINISTRATOR)
def send_again(delivery_id: int) -> ResponseReturnValue:
    """Give a message that failed another day."""
    with transaction():
        service.send_again(queries.failed_one(delivery_id), by=visitor().actor, now=now())
    flash("Die Nachricht wird noch einmal gesendet, falls sie noch gebraucht wird.", "success")
    return redirect(url_for(".operations"), code=303)


def _is_alive(last_seen_at: datetime | None, moment: datetime) -> bool:
    return last_seen_at is not None and moment - last_seen_at < ALIVE_WITHIN


def _folder() -> Path:
    if not current_config().has_mailbox_page:
        raise NotFound("Diese Seite gibt es nicht.")
    return mail.mailbox_folder(current_config())


@bp.app_template_filter("without_name")
def without_name(address: str) -> str:
    """`p…@verein.example.org`: enough to see which mail server refused, too little to know who it is."""
    local, at, domain = address.rpartition("@")
    return f"{local[:1]}…{at}{domain}"

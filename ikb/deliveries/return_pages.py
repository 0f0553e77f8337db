"""The administrator's page of what came back: whether the mailbox can be read, and what fits no message of ours."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from ikb.accounts.model import Role
from ikb.accounts.policy import allow
from ikb.deliveries import returns_mailbox
from ikb.deliveries.blueprint import bp
from ikb.deliveries.model import ReturnedMail
from ikb.deliveries.rendering import current_config
from ikb.web import labels
from ikb.web.paging import fetch, page_number

labels.add(
    "returned",
    {
        "hard": "nicht zustellbar",
        "soft": "vorübergehend nicht zustellbar",
        "delayed": "verzögert",
        "delivered": "zugestellt",
        "out_of_office": "automatische Antwort",
        "unknown": "nicht zuzuordnen",
    },
    {"hard": "danger", "soft": "warning", "delayed": "info", "delivered": "success"},
)


@bp.get("/verwaltung/betrieb/rueckmeldungen")
@allow(Role.ADMINISTRATOR)
def returned() -> ResponseReturnValue:
    """How reading the mailbox went, and the returns that are about no message of ours."""
    rows = select(ReturnedMail).where(ReturnedMail.delivery_id.is_(None))
    return render_template(
        "deliveries/returned.html",
        is_set=current_config().imap_url is not None,
        mailbox=returns_mailbox.state(),
        page=fetch(rows.order_by(ReturnedMail.id.desc()), page_number(request.args)),
    )

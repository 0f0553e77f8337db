"""The administrator's view of the journal, and the check of its chain."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from ikb.accounts.model import Role
from ikb.accounts.policy import allow, visitor
from ikb.journal import queries, service, words
from ikb.web import navigation
from ikb.web.paging import fetch, page_number

bp = Blueprint("journal", __name__)
navigation.register(
    "main", "Änderungsverlauf", "journal.entries", 30, visible=lambda: visitor().has(Role.ADMINISTRATOR)
)


@bp.get("/verwaltung/aenderungsverlauf")
@allow(Role.ADMINISTRATOR)
def entries() -> ResponseReturnValue:
    """Every act, the newest first."""
    return _page()


@bp.post("/verwaltung/aenderungsverlauf/pruefen")
@allow(Role.ADMINISTRATOR)
def verify() -> ResponseReturnValue:
    """Check the whole chain now and say what was found."""
    return _page(breaks=service.verify(), was_checked=True)


def _page(breaks: list[str] | None = None, *, was_checked: bool = False) -> str:
    page = fetch(queries.newest_first(), page_number(request.args), size=50)
    return render_template(
        "journal/entries.html", page=page, breaks=breaks or [], was_checked=was_checked, name_of=words.name_of
    )

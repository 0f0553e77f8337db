"""The public site: what is being decided now, when, and how to take part."""

from __future__ import annotations

import json
from typing import Any

from flask import current_app, render_template, url_for
from flask.typing import ResponseReturnValue

from ikb.accounts.model import Role
from ikb.accounts.policy import allow, visitor
from ikb.config import Config
from ikb.drafts.written import texts
from ikb.errors import NotFound
from ikb.moment import today
from ikb.public import queries, statement_pages
from ikb.public.blueprint import NOT_THERE, bp
from ikb.web import navigation

PAGES = (statement_pages,)

__all__ = ["PAGES", "bp"]


def _is_stranger() -> bool:
    return visitor().user_id is None


navigation.register(
    "main",
    "Vorhaben",
    "public.index",
    1,
    visible=_is_stranger,
    covers=("public.procedure", "public.version", "public.statement"),
)
navigation.register("main", "Sitzungstermine", "public.dates", 2, visible=_is_stranger)
navigation.register("main", "Hilfe", "public.help", 3, visible=_is_stranger)


@bp.get("/")
@allow(Role.PUBLIC)
def index() -> ResponseReturnValue:
    """What is being decided now; in the demonstration also who may sign in how."""
    return render_template("public/index.html", procedures=queries.procedures(), demo=_demo_logins(), today=today())


@bp.get("/vorhaben/<int:procedure_id>")
@allow(Role.PUBLIC)
def procedure(procedure_id: int) -> ResponseReturnValue:
    """One procedure: what it is about, where it stands, dates, results, versions, how to take part."""
    found = queries.procedure(procedure_id)
    if found is None:
        raise NotFound(NOT_THERE)
    return render_template(
        "public/procedure.html",
        procedure=found,
        phases=queries.phases_begun(found),
        sequence=queries.sequence(procedure_id),
        papers=queries.papers(procedure_id),
        today=today(),
    )


@bp.get("/vorhaben/fassung/<int:version_id>")
@allow(Role.PUBLIC)
def version(version_id: int) -> ResponseReturnValue:
    """An issued version, passage by passage."""
    found = queries.version(version_id)
    if found is None:
        raise NotFound(NOT_THERE)
    return render_template(
        "public/version.html", version=found, lines=texts(found.sections), procedure_id=found.draft.procedure_id
    )


@bp.get("/sitzungstermine")
@allow(Role.PUBLIC)
def dates() -> ResponseReturnValue:
    """The next public sittings."""
    return render_template("public/dates.html", steps=queries.dates_from(today()))


@bp.get("/hilfe")
@allow(Role.PUBLIC)
def help() -> ResponseReturnValue:
    """What ikb is and where to turn."""
    return render_template("public/help.html")


def _demo_logins() -> dict[str, Any] | None:
    config: Config = current_app.extensions["ikb_config"]
    written = config.data_dir / "demo-logins.json"
    if config.env != "demo" or not written.exists():
        return None
    logins: dict[str, Any] = json.loads(written.read_text(encoding="utf-8"))
    return {**logins, "mailbox_url": url_for("deliveries.mailbox")}

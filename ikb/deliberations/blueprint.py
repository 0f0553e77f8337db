"""The blueprint of the deliberation room, its ways in, and the bar of the current procedure."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, current_app

from ikb.accounts.model import Role
from ikb.accounts.policy import visitor
from ikb.deliberations import queries, sources
from ikb.deliberations.queries import Outlook
from ikb.moment import now, today
from ikb.procedures.current import current_procedure, leads_current
from ikb.web import navigation
from ikb.web.addresses import url_for
from ikb.web.filters import day, days_left

bp = Blueprint("deliberations", __name__)


@bp.app_context_processor
def _sources() -> dict[str, object]:
    """What pages need to say that something comes from a council system."""
    return {"source_of": sources.source_of, "source_words": lambda source: source.in_words(now())}


def _here() -> Mapping[str, object] | None:
    procedure = current_procedure()
    return None if procedure is None else {"procedure_id": procedure.id}


navigation.register(
    "main",
    "Meine Sitzungen",
    "deliberations.my_meetings",
    20,
    visible=lambda: visitor().has(Role.SECRETARY),
    covers=(
        "deliberations.consultation",
        "deliberations.record_result",
        "deliberations.extract",
        "deliberations.note_laying",
        "deliberations.correct_laying",
        "deliberations.changed_since",
    ),
)
navigation.register(
    "main",
    "Gremien",
    "deliberations.organizations",
    35,
    visible=lambda: bool({Role.LEAD, Role.SECRETARY, Role.ADMINISTRATOR} & visitor().roles),
    covers=(
        "deliberations.organization",
        "deliberations.edit_organization",
        "deliberations.new_organization",
        "deliberations.rename_organization",
        "deliberations.meeting",
        "deliberations.plan_meeting",
        "deliberations.town_",
        "deliberations.import_calendar",
    ),
)
navigation.register(
    "procedure",
    "Beratungsfolge",
    "deliberations.sequence",
    30,
    values=_here,
    covers=("deliberations.", "planning.", "oparl.procedure_differences", "oparl.paste"),
)


@navigation.provide_bar
def bar() -> navigation.Bar | None:
    """Name, version and next date of the page's procedure; asked from the database in one query."""
    procedure = current_procedure()
    if procedure is None:
        return None
    outlook = queries.outlook(procedure.id, today())
    return navigation.Bar(
        name=procedure.title, url=_home(procedure.id), version=_version(outlook), next_date=_next_date(outlook)
    )


def _home(procedure_id: int) -> str:
    is_there = leads_current() and "reports.stand" in current_app.view_functions
    return url_for("reports.stand" if is_there else "deliberations.sequence", procedure_id=procedure_id)


def _version(outlook: Outlook) -> str:
    parts = [f"Fassung {outlook.issued}"] if outlook.issued else []
    if outlook.working:
        parts.append(f"Fassung {outlook.working} in Arbeit")
    return ", ".join(parts)


def _next_date(outlook: Outlook) -> str:
    sitting, deadline = outlook.sitting_on, outlook.deadline_on
    if deadline is not None and (sitting is None or deadline <= sitting):
        return f"Frist der Beteiligung: {day(deadline)}, 24 Uhr ({days_left(deadline, today())})"
    return f"Nächste Sitzung: {day(sitting)}" if sitting is not None else ""

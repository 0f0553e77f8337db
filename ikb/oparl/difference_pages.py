"""What a council system says differently where ikb leads: shown side by side, decided one by one."""

from __future__ import annotations

from collections.abc import Sequence

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from ikb.accounts.model import Role
from ikb.accounts.policy import allow, load_visible, visitor
from ikb.db import transaction
from ikb.deliberations import sources
from ikb.deliberations.beside import stands_beside_sequence
from ikb.deliberations.model import Consultation
from ikb.moment import now
from ikb.oparl import queries, service
from ikb.oparl.blueprint import bp
from ikb.oparl.model import Difference
from ikb.oparl.system_pages import load_system
from ikb.procedures.current import leads_current, load_procedure
from ikb.procedures.model import Procedure
from ikb.web import paging


@bp.get("/verwaltung/ratssysteme/<int:system_id>/abweichungen")
@allow(Role.ADMINISTRATOR)
def differences(system_id: int) -> ResponseReturnValue:
    """All open differences of one council system."""
    found = load_system(system_id)
    rows = queries.open_differences(system_id=found.id)
    page = paging.fetch(rows, paging.page_number(request.args), size=20)
    return render_template("oparl/differences.html", system=found, procedure=None, page=page)


@bp.get("/verfahren/<int:procedure_id>/beratungsfolge/abweichungen")
@allow(Role.LEAD)
def procedure_differences(procedure_id: int) -> ResponseReturnValue:
    """The open differences of one procedure's sequence."""
    procedure = load_procedure(procedure_id)
    rows = queries.open_differences(procedure_id=procedure.id)
    page = paging.fetch(rows, paging.page_number(request.args), size=20)
    return render_template("oparl/differences.html", system=None, procedure=procedure, page=page)


@bp.post("/abweichungen/<int:difference_id>/<any(uebernehmen, behalten):act>")
@allow(Role.LEAD, Role.ADMINISTRATOR)
def decide(difference_id: int, act: str) -> ResponseReturnValue:
    """Take over what the council system says, or leave ikb's as it is."""
    difference = load_visible(Difference, Difference.id == difference_id)
    with transaction():
        if act == "uebernehmen":
            service.take_over(difference, by=visitor().actor, now=now())
        else:
            service.keep_ours(difference, by=visitor().actor, now=now())
    words = "wie im Ratssystem" if act == "uebernehmen" else "wie bisher in ikb"
    flash(f"{difference.subject}: bleibt {words}.", "success")
    if difference.procedure_id is not None and request.form.get("von") == "verfahren":
        return redirect(url_for(".procedure_differences", procedure_id=difference.procedure_id), code=303)
    return redirect(url_for(".differences", system_id=difference.system_id), code=303)


@stands_beside_sequence
def beside(procedure: Procedure, steps: Sequence[Consultation]) -> Markup:
    """Where the sequence comes from and what differs; nothing where no council system is read."""
    found = sources.sources_of("consultation", [step.id for step in steps])
    count = queries.count_of_procedure(procedure.id) if leads_current() else 0
    if not found and not count:
        return Markup("")
    parts = {source.name: source for source in found.values()}
    return Markup(  # noqa: S704 (rendered by the escaping environment)
        render_template(
            "oparl/_beside.html",
            procedure=procedure,
            sources=list(parts.values()),
            linked=len(found),
            total=len(steps),
            count=count,
        )
    )

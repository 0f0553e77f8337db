"""Pages of how a participation comes along: charts with their tables, and the official list to take away."""

from __future__ import annotations

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue

from ikb.accounts.model import Role
from ikb.accounts.policy import allow
from ikb.core.charts import bar
from ikb.core.word.file import MIME
from ikb.errors import NotFound
from ikb.moment import now, today
from ikb.procedures.current import load_procedure
from ikb.procedures.model import ParticipationPhase, Procedure
from ikb.reports import answer_list as lists
from ikb.reports import returns
from ikb.reports.blueprint import as_download, bp
from ikb.tables.written import XLSX_TYPE


@bp.get("/verfahren/<int:procedure_id>/ruecklauf")
@allow(Role.LEAD)
def return_figures(procedure_id: int) -> ResponseReturnValue:
    """How many answered, when, of which kind; who is missing and why; what is spoken of most."""
    procedure = load_procedure(procedure_id)
    phases = returns.phases_of(procedure)
    phase = returns.chosen_phase(phases, request.args.get("phase", type=int))
    found = returns.returns(phase, today()) if phase else None
    return render_template(
        "reports/returns.html", procedure=procedure, phases=phases, phase=phase, found=found, bar=bar, today=today()
    )


@bp.get("/verfahren/<int:procedure_id>/ruecklauf/liste")
@allow(Role.LEAD)
def answers(procedure_id: int) -> ResponseReturnValue:
    """The official list: A no answer, B nothing against it, C with remarks."""
    procedure = load_procedure(procedure_id)
    phase = _phase_of(procedure)
    return render_template(
        "reports/answer_list.html",
        procedure=procedure,
        phase=phase,
        found=lists.answer_list(phase),
        titles=lists.TITLES,
        head=lists.HEAD,
        cells=lists.cells,
        today=today(),
    )


@bp.get("/verfahren/<int:procedure_id>/ruecklauf/liste.xlsx")
@allow(Role.LEAD)
def answers_table(procedure_id: int) -> Response:
    """The same as a workbook."""
    phase = _phase_of(load_procedure(procedure_id))
    return as_download(lists.as_xlsx(lists.answer_list(phase)), f"ruecklauf-{phase.id}.xlsx", XLSX_TYPE)


@bp.get("/verfahren/<int:procedure_id>/ruecklauf/liste.docx")
@allow(Role.LEAD)
def answers_file(procedure_id: int) -> Response:
    """The same as a document."""
    phase = _phase_of(load_procedure(procedure_id))
    return as_download(lists.as_docx(lists.answer_list(phase), now()), f"ruecklauf-{phase.id}.docx", MIME)


def _phase_of(procedure: Procedure) -> ParticipationPhase:
    phase = returns.chosen_phase(returns.phases_of(procedure), request.args.get("phase", type=int))
    if phase is None:
        raise NotFound("Die Beteiligung ist noch nicht eröffnet; es gibt noch keine Liste.")
    return phase

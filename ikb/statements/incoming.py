"""The lead's pages: what came in, and one statement in full."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from ikb.accounts.model import Role
from ikb.accounts.policy import allow, load_visible, visitor
from ikb.core.languages import is_german
from ikb.institutions.model import Invitation
from ikb.procedures.current import set_procedure
from ikb.procedures.model import ParticipationPhase
from ikb.statements import answers, attached, late, queries, reading
from ikb.statements.doors import bp
from ikb.statements.model import Answer, Statement
from ikb.web.paging import cut, page_number


@bp.get("/verfahren/<int:procedure_id>/stellungnahmen")
@allow(Role.LEAD)
def index(procedure_id: int) -> ResponseReturnValue:
    """What came in, newest first."""
    there = queries.came_in(procedure_id, visitor())
    answer = request.args.get("antwort") if request.args.get("antwort") in set(Answer) else None
    wanted = request.args.get("institution", "")
    institution_id = int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) < 10 else None
    replaced = request.args.get("stand") == "ersetzt"
    waiting = request.args.get("stand") == "verspaetet"
    page = queries.incoming(
        procedure_id,
        page_number(request.args),
        there.by_answer,
        answer=None if replaced or waiting else answer,
        replaced=replaced,
        waiting=waiting,
        institution_id=institution_id,
    )
    return render_template(
        "statements/index.html",
        procedure=set_procedure(there.procedure),
        page=page,
        counts=there.by_answer,
        answers=list(Answer),
        chosen=None if replaced or waiting else answer,
        replaced=replaced,
        waiting=waiting,
        late_waiting=there.waiting,
        institution_id=institution_id,
    )


@bp.get("/verfahren/<int:procedure_id>/stellungnahmen/<int:statement_id>")
@allow(Role.LEAD)
def detail(procedure_id: int, statement_id: int) -> ResponseReturnValue:
    """One statement with everything it says, and its receipt."""
    in_procedure = Statement.invitation.has(Invitation.phase.has(ParticipationPhase.procedure_id == procedure_id))
    statement = load_visible(Statement, Statement.id == statement_id, in_procedure)
    invitation = statement.invitation
    procedure = set_procedure(invitation.phase.procedure)
    said = cut(reading.all_remarks(statement), page_number(request.args), size=50)
    foreign = [one.remark.id for one in said.items if one.remark is not None and not is_german(one.remark.language)]
    return render_template(
        "statements/detail.html",
        procedure=procedure,
        statement=statement,
        invitation=invitation,
        receipt=statement.receipt,
        late=late.standing_of(statement),
        files=attached.of_statement(statement.id, with_text=True),
        said=said,
        translations=answers.newest_translations(foreign) if foreign else {},
    )

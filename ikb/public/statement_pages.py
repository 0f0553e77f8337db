"""Published statements: read from snapshots only, so that nothing is public that nobody released."""

from __future__ import annotations

import json

from flask import Response, make_response, render_template, request
from flask.typing import ResponseReturnValue

from ikb.accounts.model import Role
from ikb.accounts.policy import allow
from ikb.core.clock import berlin_day
from ikb.db import db
from ikb.errors import NotFound
from ikb.files import downloads
from ikb.procedures.model import Procedure
from ikb.public import queries
from ikb.public.blueprint import NOT_THERE, bp
from ikb.publications import queries as publications
from ikb.publications.model import Publication
from ikb.statements import cleared
from ikb.statements.publishing import KIND
from ikb.web.paging import fetch, page_number

# A name whose owner withdrew their consent, or a text that was withdrawn, is gone from every cache after this.
SECONDS_IN_CACHES = 120
GONE = "Diese Stellungnahme ist nicht veröffentlicht, oder sie ist es nicht mehr."


@bp.get("/vorhaben/<int:procedure_id>/stellungnahmen")
@allow(Role.PUBLIC)
def statements(procedure_id: int) -> ResponseReturnValue:
    """What institutions said, as far as it is published."""
    procedure = _procedure(procedure_id)
    page = fetch(publications.public_of(procedure_id, KIND), page_number(request.args))
    return _briefly(render_template("public/statements.html", procedure=procedure, page=page))


@bp.get("/vorhaben/<int:procedure_id>/stellungnahmen/<number>")
@allow(Role.PUBLIC)
def statement(procedure_id: int, number: str) -> ResponseReturnValue:
    """One of them in full."""
    procedure = _procedure(procedure_id)
    found = publications.public_numbered(procedure_id, KIND, number)
    if found is None:
        raise NotFound(GONE)
    return _briefly(render_template("public/statement.html", procedure=procedure, published=found))


@bp.get("/vorhaben/<int:procedure_id>/stellungnahmen/<number>/dateien/<int:file_id>")
@allow(Role.PUBLIC)
def statement_file(procedure_id: int, number: str, file_id: int) -> ResponseReturnValue:
    """The copy of a file that went out with one of them, as long as both are out."""
    _procedure(procedure_id)
    found = publications.public_numbered(procedure_id, KIND, number)
    if found is None or all(file["file"] != file_id for file in found.content.get("files", ())):
        raise NotFound(GONE)
    copy = cleared.released(file_id, found.subject_id)
    if copy is None:
        raise NotFound(GONE)
    return downloads.as_download(copy.file)


@bp.get("/vorhaben/<int:procedure_id>/stellungnahmen.json")
@allow(Role.PUBLIC)
def statements_as_data(procedure_id: int) -> ResponseReturnValue:
    """All of them for programs: {"procedure", "statements": [snapshot with "person", "published_on", "ground", "basis"]}."""
    procedure = _procedure(procedure_id)
    rows = db.session.scalars(publications.public_of(procedure_id, KIND)).all()
    data = {"procedure": procedure.title, "statements": [_as_data(row) for row in rows]}
    answer = _briefly(json.dumps(data, ensure_ascii=False, indent=1))
    answer.mimetype = "application/json"
    return answer


def _procedure(procedure_id: int) -> Procedure:
    found = queries.procedure(procedure_id)
    if found is None:
        raise NotFound(NOT_THERE)
    return found


def _as_data(row: Publication) -> dict[str, object]:
    more = {"person": row.person or None, "published_on": berlin_day(row.at).isoformat()}
    return {**row.content, **more, "ground": row.ground, "basis": row.basis}


def _briefly(body: str) -> Response:
    answer = make_response(body)
    answer.headers["Cache-Control"] = f"public, max-age={SECONDS_IN_CACHES}"
    return answer

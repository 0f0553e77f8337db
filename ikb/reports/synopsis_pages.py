"""The Synopse of two versions as a file, with what the page of the comparison shows: the whole text or the changes only."""

from __future__ import annotations

from flask import request
from flask.typing import ResponseReturnValue

from ikb.accounts.model import Role
from ikb.accounts.policy import allow
from ikb.consolidation.doors import chosen_versions
from ikb.core.word.file import MIME
from ikb.moment import now
from ikb.procedures.current import load_procedure
from ikb.reports import synopsis_document
from ikb.reports.blueprint import as_download, bp
from ikb.tables.typeset import PDF_TYPE
from ikb.tables.written import XLSX_TYPE


@bp.get("/verfahren/<int:procedure_id>/fassungen/synopse.<any(docx, xlsx, pdf):ending>")
@allow(Role.LEAD)
def synopsis_file(procedure_id: int, ending: str) -> ResponseReturnValue:
    """Two versions of one draft, side by side."""
    load_procedure(procedure_id)
    old, new = chosen_versions(procedure_id)
    found = synopsis_document.synopsis_of(
        old, new, is_whole=request.args.get("zeigen") == "alles", is_anonymised=request.args.get("anonym") == "1"
    )
    name = f"synopse-fassung-{old.number}-{new.number}.{ending}"
    if ending == "xlsx":
        return as_download(synopsis_document.xlsx_of(found), name, XLSX_TYPE)
    if ending == "pdf":
        return as_download(synopsis_document.pdf_of(found, now()), name, PDF_TYPE)
    return as_download(synopsis_document.docx_of(found, now()), name, MIME)

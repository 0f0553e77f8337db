"""The originals of letters, and their pictures, for whoever records and splits them."""

from __future__ import annotations

from flask.typing import ResponseReturnValue

from ikb.accounts.model import Role
from ikb.accounts.policy import allow, load_visible
from ikb.capture.blueprint import bp
from ikb.capture.model import Letter
from ikb.errors import NotFound
from ikb.files.downloads import as_download, as_preview
from ikb.files.model import StoredFile


@bp.get("/<int:letter_id>/dateien/<int:file_id>")
@allow(Role.LEAD)
def file(procedure_id: int, letter_id: int, file_id: int) -> ResponseReturnValue:
    """A file of a letter, to be saved."""
    return as_download(_file(procedure_id, letter_id, file_id))


@bp.get("/<int:letter_id>/dateien/<int:file_id>/bild")
@allow(Role.LEAD)
def picture(procedure_id: int, letter_id: int, file_id: int) -> ResponseReturnValue:
    """Its picture, drawn anew."""
    return as_preview(_file(procedure_id, letter_id, file_id))


def _file(procedure_id: int, letter_id: int, file_id: int) -> StoredFile:
    letter = load_visible(Letter, Letter.id == letter_id, Letter.procedure_id == procedure_id)
    found = next((one.file for one in letter.files if one.file_id == file_id), None)
    if found is None:
        raise NotFound("Diese Datei gehört nicht zu diesem Schreiben.")
    return found

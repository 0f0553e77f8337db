"""Files as answers: always to be saved, never run, and only after somebody looked into them.

Whoever calls this has loaded the file's row through what its visitor may see.
"""

from __future__ import annotations

from flask import Response, send_file

from ikb.errors import NotFound, NotReady
from ikb.files import storage
from ikb.files.model import FileState, StoredFile
from ikb.quarantine.kinds import MEDIA_TYPES, Kind

# Opened in a browser in spite of everything, it may do nothing: no scripts, no forms, no requests.
LOCKED = "default-src 'none'; sandbox"


def as_download(file: StoredFile) -> Response:
    """A file under its name, in pieces. Raises NotReady while it is being checked, and for good where it was not accepted."""
    if file.is_refused:
        raise NotReady(f"Diese Datei wird nicht herausgegeben. {file.finding_text}")
    if file.state == FileState.RECEIVED:
        raise NotReady("Diese Datei wird gerade geprüft. Laden Sie die Seite gleich noch einmal.")
    answer = send_file(
        storage.open_bytes(file),
        mimetype=MEDIA_TYPES[Kind(file.kind)],
        as_attachment=True,
        download_name=file.name,
        conditional=False,
        etag=False,
    )
    return _locked(answer, file.size)


def as_preview(file: StoredFile) -> Response:
    """Its picture, drawn anew. Raises NotFound where there is none."""
    place = storage.preview_of(file)
    if place is None or file.is_refused:
        raise NotFound("Von dieser Datei gibt es keine Vorschau.")
    answer = send_file(place.open("rb"), mimetype="image/png", conditional=False, etag=False)
    return _locked(answer, place.stat().st_size)


def _locked(answer: Response, size: int) -> Response:
    answer.content_length = size
    answer.headers["Content-Security-Policy"] = LOCKED
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cache-Control"] = "no-store"
    return answer

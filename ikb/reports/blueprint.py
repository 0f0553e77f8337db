"""What all pages of this room share."""

from __future__ import annotations

from flask import Blueprint, Response

from ikb.core.word.file import MIME

bp = Blueprint("reports", __name__)


def as_download(file: bytes, name: str, mimetype: str = MIME) -> Response:
    """A document for the reader's disk."""
    return Response(file, mimetype=mimetype, headers={"Content-Disposition": f'attachment; filename="{name}"'})

"""Where finished bundles lie, how they are handed out, and how they are taken away."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from flask import Response, current_app, send_file
from sqlalchemy import select

from ikb.bundles import service
from ikb.bundles.model import Bundle, BundleState
from ikb.db import db


def place_of(bundle: Bundle) -> Path:
    """Where a bundle lies, or will lie: in the data directory, beside the files."""
    folder: Path = current_app.extensions["ikb_config"].data_dir / bundle.FOLDER
    return folder / f"procedure-{bundle.procedure_id}" / bundle.stored_name


def is_ready(bundle: Bundle) -> bool:
    """Whether it can be taken away."""
    return bundle.state == BundleState.DONE and place_of(bundle).is_file()


def handed_out(bundle: Bundle, name: str, mimetype: str = "application/zip") -> Response:
    """The finished file, from the disk in pieces."""
    answer = send_file(
        place_of(bundle).open("rb"),
        mimetype=mimetype,
        as_attachment=True,
        download_name=name,
        conditional=False,
        etag=False,
    )
    answer.content_length = bundle.size
    answer.headers["Cache-Control"] = "no-store"
    return answer


def tidy(kind: type[Bundle], *, now: datetime) -> int:
    """Take those away whose days are over; how many those were."""
    rows = service.expired(kind, now=now)
    _take_away(rows)
    return len(rows)


def forget(kind: type[Bundle], procedure_id: int) -> None:
    """Take all of a procedure away: it is being erased."""
    _take_away(db.session.scalars(select(kind).where(kind.procedure_id == procedure_id)).all())


def _take_away(rows: Iterable[Bundle]) -> None:
    for row in rows:
        row.state, row.lease_owner = BundleState.GONE, None
        place_of(row).unlink(missing_ok=True)
    db.session.flush()

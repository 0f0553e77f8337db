"""Where finished archives lie: in the data directory, beside the files."""

from __future__ import annotations

from pathlib import Path

from flask import current_app

from ikb.casefile.model import CaseArchive

FOLDER = "archives"


def place_of(archive: CaseArchive) -> Path:
    """Where an archive lies, or will lie."""
    folder: Path = current_app.extensions["ikb_config"].data_dir / FOLDER
    return folder / f"procedure-{archive.procedure_id}" / f"archive-{archive.id}.zip"

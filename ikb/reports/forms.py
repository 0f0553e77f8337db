"""Forms of this room."""

from __future__ import annotations

from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired

from ikb.web.fields import KeyField


class WordFormForm(FlaskForm):
    """A Word form of the leads' own."""

    key = KeyField()
    file = FileField(
        "Eigene Word-Vorlage (DOCX, höchstens 2 MB)", validators=[FileRequired("Wählen Sie eine Datei aus.")]
    )

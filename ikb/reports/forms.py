"""Forms of this room."""

from __future__ import annotations

from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import RadioField
from wtforms.validators import InputRequired

from ikb.reports.model import Wanted
from ikb.web.fields import KeyField
from ikb.web.labels import choices


class WordFormForm(FlaskForm):
    """A Word form of the leads' own."""

    key = KeyField()
    file = FileField(
        "Eigene Word-Vorlage (DOCX, höchstens 2 MB)", validators=[FileRequired("Wählen Sie eine Datei aus.")]
    )


class LettersForm(FlaskForm):
    """Which letters are wanted, and how."""

    key = KeyField()
    wanted = RadioField(
        "Briefe",
        choices=choices("answer_letters", *Wanted),
        validators=[InputRequired("Wählen Sie, welche Briefe Sie möchten.")],
    )

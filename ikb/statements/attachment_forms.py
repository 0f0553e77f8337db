"""Forms that bring files."""

from __future__ import annotations

from flask_wtf import FlaskForm
from flask_wtf.file import MultipleFileField
from wtforms import HiddenField, TextAreaField
from wtforms.validators import ValidationError

from ikb.statements.forms import plain


class AttachmentForm(FlaskForm):
    """Files for the whole statement, or for what is said about one section."""

    files = MultipleFileField("Dateien auswählen")
    section = HiddenField()
    back = HiddenField()

    def validate_files(self, field: MultipleFileField) -> None:
        """Raises ValidationError where none was chosen."""
        if not field.data:
            raise ValidationError("Wählen Sie mindestens eine Datei aus.")


class LetterForm(FlaskForm):
    """A letter, in one file or several, and a sentence that goes with it."""

    files = MultipleFileField("Ihr Schreiben")
    note = TextAreaField("Ein Satz dazu", filters=[plain])
    note_seen = HiddenField(filters=[plain])

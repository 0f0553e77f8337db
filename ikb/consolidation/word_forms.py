"""Forms for a colleague's edited file: each edit is ticked, corrected and given its reason."""

from __future__ import annotations

from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, FieldList, Form, FormField, HiddenField, StringField, TextAreaField

from ikb.drafts.word_files import MOST_FINDINGS


def _plain(text: str | None) -> str:
    """Line breaks as the database keeps them; a browser sends two signs for one."""
    return (text or "").replace("\r\n", "\n").strip()


class EditedFileForm(FlaskForm):
    """The file that a colleague edited."""

    file = FileField("Bearbeitete Word-Datei", validators=[FileRequired("Wählen Sie eine Datei aus.")])


class HandEditForm(Form):
    """One edit found in a file. Everything is judged by the service."""

    is_kept = BooleanField("Übernehmen")
    anchor = HiddenField()
    kind = HiddenField()
    seen = HiddenField()
    is_stale = HiddenField()
    text = TextAreaField("Wortlaut", filters=[_plain])
    reason = StringField("Begründung", filters=[_plain])


class HandEditsForm(FlaskForm):
    """Everything found in a file. aside: what cannot become an edit, to be read."""

    reason = StringField("Begründung für alle ohne eigene", filters=[_plain])
    items = FieldList(FormField(HandEditForm), max_entries=MOST_FINDINGS)
    aside = FieldList(HiddenField(), max_entries=MOST_FINDINGS)

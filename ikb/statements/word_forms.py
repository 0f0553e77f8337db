"""Forms of the way through Word: a file, and everything found in it."""

from __future__ import annotations

from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, FieldList, Form, FormField, HiddenField, IntegerField, TextAreaField
from wtforms.widgets import HiddenInput

from ikb.drafts.word_files import MOST_FINDINGS


def _plain(text: str | None) -> str:
    """Line breaks as the database keeps them; a browser sends two signs for one."""
    return (text or "").replace("\r\n", "\n").strip()


class WordFileForm(FlaskForm):
    """The file that somebody edited."""

    file = FileField("Ihre bearbeitete Word-Datei", validators=[FileRequired("Wählen Sie eine Datei aus.")])


class WordItemForm(Form):
    """One thing found in a file, to be ticked and corrected. Everything is judged by the service."""

    is_kept = BooleanField("Übernehmen")
    anchor = HiddenField()
    wish = HiddenField()
    why = HiddenField()
    row_version = IntegerField(widget=HiddenInput(), default=0)
    text = TextAreaField("So soll es lauten", filters=[_plain])
    comment = TextAreaField("Anmerkung dazu", filters=[_plain])


class WordItemsForm(FlaskForm):
    """Everything found in a file."""

    items = FieldList(FormField(WordItemForm), max_entries=MOST_FINDINGS)

"""The form of a text module."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import IntegerField, TextAreaField
from wtforms.validators import InputRequired
from wtforms.widgets import HiddenInput

from ikb.web.fields import KeyField, TidyField


class ModuleForm(FlaskForm):
    """A name to find it by, and the text with its placeholders. seen: number of the version that was edited, 0 for none."""

    key = KeyField()
    seen = IntegerField(widget=HiddenInput(), validators=[InputRequired("Laden Sie die Seite neu.")])
    name = TidyField("Name")
    body = TextAreaField("Text")

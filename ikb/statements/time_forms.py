"""The form that asks for more time."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import IntegerField, TextAreaField
from wtforms.validators import DataRequired, InputRequired
from wtforms.widgets import HiddenInput

from ikb.statements.forms import RELOAD
from ikb.web.fields import DayField


class TimeForm(FlaskForm):
    """Until when, and why. Lengths and days are judged by the service."""

    row_version = IntegerField(widget=HiddenInput(), default=0, validators=[InputRequired(RELOAD)])
    until = DayField("Bis wann brauchen Sie Zeit?", validators=[InputRequired("Geben Sie einen Tag ein.")])
    reason = TextAreaField(
        "Warum?", validators=[DataRequired("Schreiben Sie in einem Satz, warum Sie mehr Zeit brauchen.")]
    )

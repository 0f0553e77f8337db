"""The form with which somebody subscribes to a calendar."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import SelectField
from wtforms.validators import InputRequired


class SubscribeForm(FlaskForm):
    """Which dates. The choices are those that the visitor may see and has no calendar of yet."""

    scope = SelectField("Welche Termine?", validators=[InputRequired("Wählen Sie, welche Termine Sie abonnieren.")])

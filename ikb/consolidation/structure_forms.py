"""The form for moving, splitting or joining one section."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import HiddenField, RadioField, SelectChoice, SelectField, StringField, TextAreaField

from ikb.consolidation.hand_forms import plain

WHERE = [
    SelectChoice("move_before", "davor"),
    SelectChoice("move_after", "danach, hinter allem, was darunter steht"),
    SelectChoice("move_under", "darunter, als erster Unterpunkt"),
]


class RearrangeForm(FlaskForm):
    """Where a section goes, or where it is split, and why; the service judges both. act: the button that was pressed."""

    seen = HiddenField()
    text = TextAreaField("Text mit einer Leerzeile", filters=[plain])
    other = SelectField("Abschnitt", validate_choice=False)
    where = RadioField("Wohin, von dort aus gesehen?", choices=WHERE, validate_choice=False)
    reason = TextAreaField("Begründung", filters=[plain])
    act = StringField()

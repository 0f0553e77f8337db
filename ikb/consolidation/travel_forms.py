"""The form that says where a remark belongs on a version."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import HiddenField, RadioField, SelectField


class PlaceForm(FlaskForm):
    """place: an anchor, `placing.GONE`, or "other" for the section chosen in the list. The service judges."""

    seen = HiddenField()
    place = RadioField("Wo gehört die Anmerkung in dieser Fassung hin?", validate_choice=False)
    other = SelectField("Anderer Abschnitt", validate_choice=False)

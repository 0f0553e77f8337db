"""The form with which a lead says what a late statement counts for."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import HiddenField, RadioField, TextAreaField
from wtforms.validators import InputRequired, Length

from ikb.statements.late import LONGEST_REASON, Late
from ikb.web.fields import KeyField
from ikb.web.labels import choices


class LateForm(FlaskForm):
    """Whether it counts, and why. seen: id of the decision on the page, 0 for none."""

    counts = RadioField(
        "Wofür zählt die Stellungnahme?",
        choices=choices("late_outcome", Late.COUNTS, Late.LEFT_OUT),
        validators=[InputRequired("Wählen Sie, ob die Stellungnahme berücksichtigt wird.")],
    )
    reason = TextAreaField(
        "Begründung",
        validators=[
            InputRequired("Schreiben Sie, warum. Die Institution bekommt es zu lesen."),
            Length(max=LONGEST_REASON, message="Das ist zu lang: höchstens 2.000 Zeichen."),
        ],
    )
    key = KeyField()
    seen = HiddenField(default="0")

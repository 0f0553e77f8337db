"""Forms of the opinions room: the answer behind the link, and what the lead does with a question."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import IntegerField, RadioField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length
from wtforms.widgets import HiddenInput

from ikb.opinions.answering import LONGEST_TEXT, OUTCOMES, Given
from ikb.web.fields import DayField, KeyField, TidyField, row_version
from ikb.web.labels import choices


class OpinionForm(FlaskForm):
    """What a department says. seen: how many answers there were when the page was made."""

    key = KeyField()
    seen = IntegerField(widget=HiddenInput(), validators=[InputRequired("Laden Sie die Seite neu.")])
    text = TextAreaField(
        "Ihre Einschätzung",
        validators=[
            DataRequired("Schreiben Sie Ihre Einschätzung."),
            Length(max=LONGEST_TEXT, message="Der Text ist zu lang: höchstens 20.000 Zeichen."),
        ],
    )
    outcome = RadioField(
        "Was empfehlen Sie?",
        choices=choices("consideration", *OUTCOMES),
        validators=[InputRequired("Wählen Sie, was Sie empfehlen.")],
    )
    given_by = TidyField(
        "Wer gibt die Einschätzung ab?",
        validators=[DataRequired("Nennen Sie Ihren Namen."), Length(max=200, message="Höchstens 200 Zeichen.")],
    )

    def given(self) -> Given:
        """What was entered."""
        return Given((self.text.data or "").strip(), self.outcome.data or "", self.given_by.data)


class SeenForm(FlaskForm):
    """One act on a question, as it was seen."""

    row_version = row_version()


class DueForm(SeenForm):
    """Another last day."""

    due_on = DayField("Antwort bis", validators=[InputRequired("Tragen Sie einen Tag ein.")])

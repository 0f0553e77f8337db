"""Forms about what lay before a sitting, and about what changed since."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, time
from typing import Any

from flask_wtf import FlaskForm
from wtforms import BooleanField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired

from ikb.core.clock import at_wall
from ikb.deliberations.forms import at_most
from ikb.deliberations.laying import LONGEST_RECIPIENTS, LayingEntry
from ikb.deliberations.laying_model import LayingManner, SinceAnswer
from ikb.deliberations.since_sitting import LONGEST_TEXT, Answer
from ikb.web.fields import CountField, DayField, KeyField, TidyField
from ikb.web.labels import choices

_CLOCK = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?(?: ?Uhr)?", re.IGNORECASE)


class ClockField(StringField):
    """A time of day as people write it: `18:00`, `18.00`, `18 Uhr`."""

    def _value(self) -> str:
        if isinstance(self.data, time):
            return f"{self.data:%H:%M}"
        return str(self.raw_data[0]) if self.raw_data else ""

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Raises ValueError with a sentence that shows how to write it."""
        match = _CLOCK.fullmatch((valuelist[0] if valuelist else "").strip())
        hour, minute = (int(match[1]), int(match[2] or 0)) if match else (24, 0)
        self.data: Any = None
        if hour > 23 or minute > 59:
            raise ValueError("Schreiben Sie die Uhrzeit so: 18:00.")
        self.data = time(hour, minute)


class LayingForm(FlaskForm):
    """One delivery of a version to a body."""

    paper_id = SelectField("Vorlage", coerce=int)
    manner = RadioField("Wie wurde sie zugestellt?", choices=choices("laying_manner", *LayingManner))
    delivered_on = DayField("Zugestellt am", validators=[InputRequired("Schreiben Sie den Tag.")])
    delivered_at = ClockField("Uhrzeit")
    recipients = TidyField("Wer hat sie bekommen?", validators=[at_most(LONGEST_RECIPIENTS)])
    count = CountField("Anzahl")
    key = KeyField()

    def moment(self) -> datetime:
        return at_wall(self.delivered_on.data, self.delivered_at.data)

    def entry(self) -> LayingEntry:
        """What was entered."""
        return LayingEntry(self.paper_id.data, self.manner.data, self.moment(), self.recipients.data, self.count.data)


class CorrectLayingForm(LayingForm):
    """A delivery that was noted wrongly."""

    is_void = BooleanField("Diesen Eintrag streichen: Die Zustellung gab es nicht")

    def entry(self) -> LayingEntry:
        """What was entered."""
        return LayingEntry(
            self.paper_id.data,
            self.manner.data,
            self.moment(),
            self.recipients.data,
            self.count.data,
            self.is_void.data,
        )


class AnswerForm(FlaskForm):
    """What an office makes of a later version."""

    answer = RadioField(
        "Was folgt daraus für das Gremium?",
        choices=choices("since_answer", *SinceAnswer),
        validators=[InputRequired("Wählen Sie, was daraus folgt.")],
    )
    reason = TextAreaField("Begründung", validators=[DataRequired("Schreiben Sie, warum."), at_most(LONGEST_TEXT)])
    notice = TextAreaField("Mitteilung an das Gremium", validators=[at_most(LONGEST_TEXT)])
    recipients = TextAreaField("E-Mail-Adressen", validators=[at_most(LONGEST_TEXT)])
    held_on = DayField("Nächste Beratung am")
    key = KeyField()

    def given(self) -> Answer:
        """What was entered."""
        return Answer(
            SinceAnswer(self.answer.data),
            self.reason.data or "",
            self.notice.data or "",
            self.recipients.data or "",
            self.held_on.data,
        )

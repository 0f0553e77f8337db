"""Forms of the capture room."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired, MultipleFileField
from wtforms import BooleanField, IntegerField, RadioField, SelectChoice, SelectField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange
from wtforms.widgets import HiddenInput

from ikb.capture.model import Channel
from ikb.core.clock import BERLIN
from ikb.remarks.model import Stance, Wish
from ikb.remarks.service import Said
from ikb.statements.model import Answer
from ikb.web.fields import ClockField, DayField, KeyField, TidyField, row_version
from ikb.web.labels import choices, label

CHANNELS = (Channel.LETTER, Channel.EMAIL, Channel.FAX, Channel.EVENT, Channel.MINUTES)
ANSWERS = (Answer.REMARKS, Answer.AGREES, Answer.NO_REMARKS, Answer.NOT_CONCERNED)
WISHES = (Wish.NONE, Wish.REPLACE, Wish.DELETE, Wish.INSERT_AFTER, Wish.INSERT_BEFORE)


def _plain(text: str | None) -> str:
    return (text or "").replace("\r\n", "\n").replace("\x00", "").strip()


class ArrivalForm(FlaskForm):
    """Files for the pile, or none: then something is recorded from memory or paper."""

    key = KeyField()
    files = MultipleFileField("Dateien")
    apart = BooleanField("Jede Datei ist ein Schreiben für sich")


class RecordForm(FlaskForm):
    """What a letter is: from whom, how and when it came, and what it says."""

    row_version = row_version()
    institution = TidyField("Institution", validators=[DataRequired("Sagen Sie, von wem das Schreiben ist.")])
    phase = SelectField("Beteiligung", coerce=int)
    channel = RadioField("Wie kam es?", choices=choices("channel", *CHANNELS), default=Channel.LETTER)
    received_on = DayField(
        "Eingegangen am", validators=[InputRequired("Geben Sie an, an welchem Tag es eingegangen ist.")]
    )
    received_at = ClockField("Uhrzeit")
    sender = TidyField("Wer hat geschrieben?", validators=[Length(max=300, message="Höchstens 300 Zeichen.")])
    answer = RadioField("Was für eine Antwort ist es?", choices=choices("answer", *ANSWERS), default=Answer.REMARKS)
    text = TextAreaField("Was steht darin?", filters=[_plain])
    replaces = RadioField(
        "Es gibt schon eine Stellungnahme dieser Institution",
        choices=[SelectChoice("yes", "Dieses Schreiben ersetzt sie"), SelectChoice("no", "Beide gelten nebeneinander")],
        default="yes",
    )
    note = TextAreaField("Notiz für Kolleginnen und Kollegen", filters=[_plain])

    def moment(self) -> datetime:
        """When it reached the town, aware: the day's beginning in Berlin where no time is known."""
        at: time = self.received_at.data or time()
        return datetime.combine(self.received_on.data, at, BERLIN)


class TextForm(FlaskForm):
    """What can be read in a letter, corrected."""

    row_version = row_version()
    text = TextAreaField("Text des Schreibens", filters=[_plain], validators=[DataRequired("Der Text ist leer.")])


class ActForm(FlaskForm):
    """An act on a letter that needs nothing but its version."""

    row_version = row_version()


class PlaceForm(FlaskForm):
    """A stretch of a letter."""

    row_version = row_version()
    start = IntegerField(
        widget=HiddenInput(), validators=[InputRequired("Wählen Sie eine Stelle aus."), NumberRange(min=0)]
    )
    end = IntegerField(
        widget=HiddenInput(), validators=[InputRequired("Wählen Sie eine Stelle aus."), NumberRange(min=0)]
    )


class RemarkForm(FlaskForm):
    """What staff adds to the letter's words."""

    row_version = row_version()
    section = SelectField("Abschnitt", validate_choice=False)
    stance = RadioField("Haltung", choices=choices("stance", *Stance), validate_choice=False)
    wish = SelectField(
        "Wunsch für den Text", choices=[SelectChoice(wish.value, label("wish", wish)) for wish in WISHES]
    )
    proposed_text = TextAreaField("Gewünschter Wortlaut", filters=[_plain])

    def anchor(self) -> str | None:
        """The section, None for the whole draft."""
        return self.section.data or None

    def said(self) -> Said:
        """Stance and wish; the words are the letter's."""
        return Said(self.stance.data or None, "", self.wish.data or Wish.NONE, self.proposed_text.data or "")


class UploadForm(FlaskForm):
    """A list of statements as a file."""

    key = KeyField()
    phase = SelectField("Beteiligung", coerce=int)
    confirms = BooleanField("Jede Institution bekommt ihre Eingangsbestätigung per E-Mail")
    file = FileField("Liste", validators=[FileRequired("Wählen Sie eine Datei aus.")])


def prefilled(form: RecordForm, values: dict[str, Any]) -> RecordForm:
    """The form with what is known already, before anybody typed."""
    for name, value in values.items():
        form[name].data = value
    return form

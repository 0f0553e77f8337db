"""Forms of the workbench's list: what is to be given to whom until when, and the name of a view."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import BooleanField, IntegerField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length
from wtforms.widgets import HiddenInput

from ikb.consolidation.assignments import Change
from ikb.web import labels
from ikb.web.fields import DayField, KeyField, row_version

LEAVE = "-"

labels.add("due_change", {"keep": "nicht ändern", "set": "bis zu diesem Tag:", "drop": "keine Frist"})


class AssignForm(FlaskForm):
    """Person and day for several sections. The page writes the boxes itself: they stand beside each section."""

    key = KeyField()
    seen = IntegerField(widget=HiddenInput(), validators=[InputRequired("Laden Sie die Seite neu.")])
    whom = RadioField("Für welche Stellen", default="ticked", validate_choice=False)
    person = SelectField("Zuweisen an", default=LEAVE, validate_choice=False)
    due = RadioField("Frist", choices=labels.choices("due_change"), default="keep", validate_choice=False)
    due_on = DayField("Letzter Tag")

    def change(self) -> Change:
        """What is to become of them. A day that was typed counts, whatever is ticked."""
        person = self.person.data if self.person.data != LEAVE else None
        number = int(person) if person and person.isdecimal() else None if person is None else -1
        day = None if self.due.data == "drop" else self.due_on.data
        return Change(number, day, keeps_due=day is None and self.due.data != "drop")


class RemarksForm(AssignForm):
    """The same for remarks, and one answer for those that are ticked. The button that was pressed says which of both."""

    answers_seen = IntegerField(widget=HiddenInput(), validators=[InputRequired("Laden Sie die Seite neu.")])
    outcome = RadioField("Antwort", choices=labels.choices("consideration"), validate_choice=False)
    reason = TextAreaField("Begründung", validators=[Length(max=10_000, message="Höchstens 10.000 Zeichen.")])


class ViewForm(FlaskForm):
    """A view's name."""

    key = KeyField()
    name = StringField("Name der Ansicht")
    is_shared = BooleanField("Für alle, die dieses Verfahren leiten")


class ChangeViewForm(FlaskForm):
    """The same for a view that is there."""

    row_version = row_version()
    name = StringField("Name der Ansicht")
    is_shared = BooleanField("Für alle, die dieses Verfahren leiten")

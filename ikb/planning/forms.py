"""Forms of the planning room."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import FieldList, Form, FormField, HiddenField, RadioField, SelectField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length

from ikb.core.notice import Unit
from ikb.core.sequence.values import StepKind
from ikb.planning.town import TownStep, Worries
from ikb.web.fields import CountField, KeyField, TidyField, row_version
from ikb.web.labels import choices


def at_most(length: int) -> Length:
    return Length(max=length, message=f"Das ist zu lang: höchstens {length} Zeichen.")


class PostponeForm(FlaskForm):
    """Why a station moves, and to which sitting of its body."""

    reason = TidyField("Warum wird verschoben?", validators=[DataRequired("Schreiben Sie, warum."), at_most(300)])
    target = RadioField(
        "In welche Sitzung?", coerce=int, validators=[InputRequired("Wählen Sie eine Sitzung.")], validate_choice=False
    )
    key = KeyField()
    row_version = row_version()


class AnswerForm(FlaskForm):
    """One of the five answers."""

    answer = RadioField("Wie soll es weitergehen?", validators=[InputRequired("Wählen Sie eine Antwort.")])
    row_version = row_version()


class SendForm(FlaskForm):
    """What was checked is what is sent."""

    checked = HiddenField()
    row_version = row_version()


class VersionForm(FlaskForm):
    """One act on a row that somebody saw."""

    row_version = row_version()


class KeyedForm(FlaskForm):
    """One act that makes something once."""

    key = KeyField()


class RefuseForm(FlaskForm):
    """Why a sitting does not fit."""

    reason = TidyField("Warum passt es nicht?", validators=[DataRequired("Schreiben Sie, warum."), at_most(300)])
    row_version = row_version()


class ReasonForm(FlaskForm):
    """Why a finding may stand, or why its reason holds no longer."""

    reason = TextAreaField("Begründung", validators=[DataRequired("Schreiben Sie, warum."), at_most(1000)])
    key = KeyField()


class StepForm(Form):
    """One of the town's own steps. Without a name it is left out; the numbers in front give the order."""

    order = CountField("Reihenfolge")
    name = TidyField("Schritt", validators=[at_most(120)])
    days = CountField("Tage")
    unit = SelectField("zählen als", choices=choices("unit"))
    kind = SelectField("richtet sich nach", choices=choices("step_kind"))

    def step(self) -> TownStep:
        """What was entered."""
        return TownStep(self.name.data, self.days.data or 0, Unit(self.unit.data), StepKind(self.kind.data))


class TownPlanForm(FlaskForm):
    """The town's own steps, and what it worries about."""

    steps = FieldList(FormField(StepForm), max_entries=20)
    silence_days = CountField("Schweigen gilt als Zustimmung nach (Tage)")
    presenter_minutes = CountField("Abstand zweier Sitzungen mit derselben Person (Minuten)")
    busy_sittings = CountField("Hinweis ab so vielen Sitzungen")
    busy_days = CountField("innerhalb von (Tage)")
    row_version = row_version()

    def entered(self) -> list[TownStep]:
        """The steps in the order of their numbers, empty lines left out."""
        lines = [line.form for line in self.steps if line.form.name.data]
        lines.sort(key=lambda line: 9999 if line.order.data is None else line.order.data)
        return [line.step() for line in lines]

    def worries(self) -> Worries:
        """Numbers as entered, None where a field is empty."""
        return Worries(
            self.silence_days.data, self.presenter_minutes.data, self.busy_sittings.data, self.busy_days.data
        )


class PresenterForm(Form):
    """Who presents in one consultation."""

    consultation_id = HiddenField()
    name = TidyField("Wer stellt vor?", validators=[at_most(120)])


class PresentersForm(FlaskForm):
    """Who presents where."""

    lines = FieldList(FormField(PresenterForm), max_entries=200)

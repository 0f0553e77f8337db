"""Forms about stages: which a procedure has, one decision of a stage, and many that a stage confirms."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import BooleanField, IntegerField, RadioField, SelectMultipleField, TextAreaField
from wtforms.validators import InputRequired
from wtforms.widgets import HiddenInput

from ikb.procedures.model import Stage
from ikb.procedures.weighing import Rules
from ikb.procedures.words import Weighing
from ikb.web.fields import ChecksField, DayField, TidyField, row_version
from ikb.web.labels import choices

LATER = (Stage.STEERING_GROUP, Stage.COUNCIL)


class RulesForm(FlaskForm):
    """How a procedure weighs what was said."""

    stages = ChecksField("Wer entscheidet nach der Verwaltung?", choices=choices("stage", *LATER))
    issuing_stage = RadioField("Worauf wartet das Herausgeben?", choices=choices("stage", *Stage))
    two_person = BooleanField("Jede Entscheidung wird von einer zweiten Person freigegeben")
    word = RadioField("Wie heißt es, wenn Anmerkungen beantwortet werden?", choices=choices("weighing_word", *Weighing))
    row_version = row_version()

    def rules(self) -> Rules:
        """What was chosen."""
        return Rules(
            tuple(self.stages.data or ()), self.issuing_stage.data or "", self.two_person.data, self.word.data or ""
        )


class AtForm(FlaskForm):
    """A stage with its day and whose decision it is."""

    stage = RadioField("Wer entscheidet?")
    on = DayField("Entschieden am", validators=[InputRequired("Tragen Sie den Tag der Entscheidung ein.")])
    who = TidyField("Person oder Sitzung")


class StageForm(AtForm):
    """What a stage decides about one remark. seen: id of the decision that stood on the page."""

    seen = IntegerField(widget=HiddenInput(), validators=[InputRequired("Laden Sie die Seite neu.")])
    outcome = RadioField("Was wird aus der Anmerkung?")
    reason = TextAreaField("Begründung")
    preview = ""  # as in `DecisionForm`


class ReleaseForm(FlaskForm):
    """Which decisions a second person releases; the page writes the boxes itself."""

    chosen = SelectMultipleField(coerce=int, choices=(), validate_choice=False)


class ConfirmForm(AtForm):
    """Which decisions a stage confirms; the page writes the boxes itself."""

    chosen = SelectMultipleField(coerce=int, choices=(), validate_choice=False)

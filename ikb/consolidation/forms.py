"""Forms of the consolidation room."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import IntegerField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import HiddenInput

from ikb.web.fields import KeyField


class DecisionForm(FlaskForm):
    """What is to become of one remark; the button that was pressed is the outcome. One page holds many of these.

    theirs: what somebody else decided while this was written.
    """

    theirs = ""
    seen = IntegerField(widget=HiddenInput(), validators=[InputRequired("Laden Sie die Seite neu.")])
    reason = TextAreaField("Begründung", validators=[Length(max=10_000, message="Höchstens 10.000 Zeichen.")])
    outcome = StringField("Entscheidung")
    modules = StringField(widget=HiddenInput(), validators=[Length(max=200)])  # versions of text modules put in
    insert = IntegerField(validators=[Optional()])  # the one to put in now
    preview = ""  # the reason, where the page is to show how it will be read


class BoardCommentForm(FlaskForm):
    """What the administration says to a body's wording. theirs: what somebody else wrote meanwhile."""

    theirs = ""
    seen = IntegerField(widget=HiddenInput(), validators=[InputRequired("Laden Sie die Seite neu.")])
    text = TextAreaField(
        "Stellungnahme der Verwaltung", validators=[Length(max=10_000, message="Höchstens 10.000 Zeichen.")]
    )


class GroupForm(FlaskForm):
    """Which remarks belong together. The page writes the boxes itself: they stand beside what each remark says."""

    key = KeyField()
    title = StringField("Was alle sagen", validators=[Length(max=200, message="Höchstens 200 Zeichen.")])
    remarks = SelectMultipleField(coerce=int, choices=(), validate_choice=False)


class IssueForm(FlaskForm):
    """The number under which a version is issued."""

    reference = StringField(
        "Drucksachennummer", validators=[Length(max=100, message="Die Nummer ist zu lang: höchstens 100 Zeichen.")]
    )

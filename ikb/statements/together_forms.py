"""Forms of writing together: one's own name, asking for release and returning."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, TextAreaField
from wtforms.validators import DataRequired, Length

from ikb.institutions.link_forms import TOO_LONG
from ikb.statements.model import Answer
from ikb.web.fields import TidyField


class NameForm(FlaskForm):
    """How somebody wants to be called."""

    name = TidyField("Ihr Name", validators=[DataRequired("Schreiben Sie Ihren Namen."), TOO_LONG])


class ReleaseRuleForm(FlaskForm):
    """Whether a second person has to release."""

    wants_release = BooleanField("Eine zweite Person gibt frei, bevor etwas abgeschickt wird")


class AskForm(FlaskForm):
    """Asking for release, with a word to whoever reads it."""

    answer = HiddenField(default=Answer.REMARKS)
    comment = TextAreaField("Nachricht dazu", validators=[Length(max=5000, message="Höchstens 5.000 Zeichen.")])


class ReturnForm(FlaskForm):
    """Returning it, with what is to change."""

    comment = TextAreaField(
        "Was soll sich ändern?",
        validators=[
            DataRequired("Schreiben Sie, was sich ändern soll."),
            Length(max=5000, message="Höchstens 5.000 Zeichen."),
        ],
    )

"""The form that asks a department."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import EmailField, TextAreaField
from wtforms.validators import DataRequired, Email, InputRequired, Length

from ikb.opinions.service import Question
from ikb.web.fields import ChecksField, DayField, KeyField, TidyField

LOOKS_LIKE = "Das ist keine vollständige E-Mail-Adresse. Sie sieht so aus: amt@stadt.example.org."


class AskForm(FlaskForm):
    """Whom to ask for what, about which remarks of a section, until when."""

    key = KeyField()
    subjects = ChecksField("Wozu fragen Sie?")
    question = TextAreaField(
        "Ihre Frage",
        validators=[
            DataRequired("Schreiben Sie, was Sie wissen möchten."),
            Length(max=5_000, message="Die Frage ist zu lang: höchstens 5.000 Zeichen."),
        ],
    )
    department = TidyField(
        "Amt", validators=[DataRequired("Nennen Sie das Amt."), Length(max=200, message="Höchstens 200 Zeichen.")]
    )
    email = EmailField(
        "E-Mail-Adresse des Amtes",
        validators=[DataRequired("Nennen Sie die Adresse: Dorthin geht der Link."), Email(LOOKS_LIKE), Length(max=254)],
    )
    contact_name = TidyField("Ansprechperson", validators=[Length(max=200, message="Höchstens 200 Zeichen.")])
    due_on = DayField("Antwort bis", validators=[InputRequired("Tragen Sie einen Tag ein.")])

    def asked(self) -> Question:
        """What was entered."""
        return Question(
            department=self.department.data,
            email=self.email.data or "",
            question=self.question.data or "",
            due_on=self.due_on.data,
            contact_name=self.contact_name.data,
        )

"""Forms of further links: for somebody, and for a successor."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import EmailField, RadioField, SelectChoice
from wtforms.validators import DataRequired, Email, InputRequired, Length, Optional

from ikb.institutions.shared_model import Scope
from ikb.web.fields import KeyField, TidyField

LOOKS_LIKE = "Das ist keine vollständige E-Mail-Adresse. Sie sieht so aus: name@verein.example.org."
TOO_LONG = Length(max=200, message="Der Name ist zu lang: höchstens 200 Zeichen.")
SCOPES = (
    SelectChoice(Scope.READ.value, "nur lesen: sieht den Entwurf und nichts von der Einrichtung"),
    SelectChoice(Scope.WRITE.value, "mitschreiben"),
    SelectChoice(Scope.SUBMIT.value, "mitschreiben und abschicken"),
)


class ShareForm(FlaskForm):
    """A link for somebody."""

    key = KeyField()
    scope = RadioField(
        "Was darf die Person?", choices=list(SCOPES), validators=[InputRequired("Wählen Sie eine der drei Arten.")]
    )
    name = TidyField("Name", validators=[TOO_LONG])
    email = EmailField("E-Mail-Adresse", validators=[Optional(), Email(LOOKS_LIKE), Length(max=254)])


class SuccessorForm(FlaskForm):
    """Who goes on in somebody's place."""

    name = TidyField("Name der Nachfolge", validators=[DataRequired("Nennen Sie den Namen."), TOO_LONG])
    email = EmailField(
        "E-Mail-Adresse der Nachfolge",
        validators=[DataRequired("Nennen Sie die Adresse."), Email(LOOKS_LIKE), Length(max=254)],
    )

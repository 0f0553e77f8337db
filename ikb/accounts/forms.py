"""Forms of the accounts room."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import BooleanField, EmailField, HiddenField, IntegerField, PasswordField, StringField
from wtforms.validators import DataRequired, Email, EqualTo, Length
from wtforms.widgets import HiddenInput

from ikb.accounts.model import ACCOUNT_ROLES
from ikb.accounts.service import SHORTEST_PASSWORD
from ikb.web.fields import ChecksField
from ikb.web.labels import choices

ADDRESS = [
    DataRequired("Geben Sie eine E-Mail-Adresse ein."),
    Email("Das ist keine vollständige E-Mail-Adresse. Sie sieht so aus: name@stadt.example.org."),
    Length(max=254, message="Die E-Mail-Adresse ist zu lang: höchstens 254 Zeichen."),
]


class LoginForm(FlaskForm):
    """Address and password."""

    email = EmailField("E-Mail-Adresse", validators=[DataRequired("Geben Sie Ihre E-Mail-Adresse ein.")])
    password = PasswordField("Passwort", validators=[DataRequired("Geben Sie Ihr Passwort ein.")])
    next = HiddenField()


class PasswordForm(FlaskForm):
    """A first or a new password, twice."""

    password = PasswordField(
        "Neues Passwort",
        validators=[
            DataRequired("Wählen Sie ein Passwort."),
            Length(
                min=SHORTEST_PASSWORD,
                max=200,
                message=f"Das Passwort hat mindestens {SHORTEST_PASSWORD} und höchstens 200 Zeichen.",
            ),
        ],
    )
    again = PasswordField(
        "Neues Passwort, noch einmal",
        validators=[EqualTo("password", "Die beiden Passwörter sind verschieden. Geben Sie beide noch einmal ein.")],
    )


ROLE_CHOICES = choices("user_role", *ACCOUNT_ROLES)


class InviteForm(FlaskForm):
    """A new person."""

    name = StringField("Name", validators=[DataRequired("Geben Sie einen Namen ein."), Length(max=200)])
    email = EmailField("E-Mail-Adresse", validators=ADDRESS)
    roles = ChecksField(
        "Aufgaben", choices=ROLE_CHOICES, validators=[DataRequired("Wählen Sie mindestens eine Aufgabe.")]
    )


class PersonForm(FlaskForm):
    """Another person's tasks."""

    roles = ChecksField("Aufgaben", choices=ROLE_CHOICES)
    is_active = BooleanField("Darf sich anmelden")
    row_version = IntegerField(widget=HiddenInput(), validators=[DataRequired()])

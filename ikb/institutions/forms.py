"""Forms of the institutions room."""

from __future__ import annotations

from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import EmailField, HiddenField, RadioField, SelectChoice, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Email, InputRequired, Length, Optional

from ikb.institutions.model import InstitutionKind
from ikb.web.fields import DayField, row_version
from ikb.web.labels import choices

NO_ADDRESS = "Das ist keine vollständige E-Mail-Adresse. Sie sieht so aus: post@verein.example.org."


LANGUAGES = [SelectChoice("de", "Deutsch"), SelectChoice("en", "Englisch")]


class Versioned(FlaskForm):
    """A form that knows which version of the row it was made from."""

    row_version = row_version()


class UploadForm(FlaskForm):
    """One list as a file."""

    file = FileField("Liste", validators=[FileRequired("Wählen Sie eine Datei aus.")])


class InstitutionForm(FlaskForm):
    """One institution for the register."""

    name = StringField(
        "Name", validators=[DataRequired("Geben Sie den Namen ein."), Length(max=300, message="Höchstens 300 Zeichen.")]
    )
    kind = SelectField("Art", choices=choices("institution_kind", *(str(kind) for kind in InstitutionKind)))
    email = EmailField(
        "E-Mail-Adresse", validators=[Optional(), Email(NO_ADDRESS), Length(max=254, message="Höchstens 254 Zeichen.")]
    )
    contact_name = StringField("Ansprechperson", validators=[Length(max=200, message="Höchstens 200 Zeichen.")])
    language = SelectField(
        "Sprache unserer Nachrichten",
        choices=[SelectChoice("de", "Deutsch"), SelectChoice("en", "Englisch")],
        default="de",
    )
    district = StringField("Bezirk", validators=[Length(max=100, message="Höchstens 100 Zeichen.")])
    address = TextAreaField("Anschrift", validators=[Length(max=500, message="Höchstens 500 Zeichen.")])


class ChoiceForm(FlaskForm):
    """Institutions of the register that are to be heard. confirmed: how many, as the preview showed it."""

    whom = RadioField(
        "Wen hinzufügen?",
        choices=[SelectChoice("ticked", "nur die angekreuzten"), SelectChoice("all", "alle dieser Auswahl")],
        default="ticked",
    )
    confirmed = HiddenField()


class ExtensionForm(Versioned):
    """More time for one institution."""

    until = DayField("Neuer letzter Tag", validators=[InputRequired("Geben Sie den neuen letzten Tag ein.")])
    reason = StringField(
        "Grund", validators=[DataRequired("Nennen Sie den Grund."), Length(max=300, message="Höchstens 300 Zeichen.")]
    )


class DeclineForm(Versioned):
    """No more time, and why."""

    answer = TextAreaField("Warum nicht?", validators=[DataRequired("Schreiben Sie in einem Satz, warum.")])


class AddressForm(Versioned):
    """Where an invitation goes instead."""

    email = EmailField(
        "E-Mail-Adresse",
        validators=[
            DataRequired("Geben Sie die Adresse ein."),
            Email(NO_ADDRESS),
            Length(max=254, message="Höchstens 254 Zeichen."),
        ],
    )


class LanguageForm(FlaskForm):
    """In which language an institution is written to."""

    language = SelectField("Sprache unserer Nachrichten", choices=LANGUAGES)


class OpenForm(Versioned):
    """The confirmation that a phase begins; the key makes two clicks one."""

    key = HiddenField(validators=[DataRequired("Laden Sie die Seite neu.")])

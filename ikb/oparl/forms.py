"""Forms of the council system's pages."""

from __future__ import annotations

from collections.abc import Mapping

from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import BooleanField, HiddenField, IntegerField, RadioField, SelectChoice, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, ValidationError
from wtforms.widgets import HiddenInput

from ikb.errors import Implausible
from ikb.oparl.lists import LONGEST_TEXT
from ikb.oparl.service import FIELD_KINDS, Settings
from ikb.web.fields import ChecksField, CountField, DayField

LEADS = {
    "dates": "Beratungsfolge und Sitzungstage",
    "agendas": "Tagesordnungen, Uhrzeit und Ort",
    "results": "Ergebnisse und Stimmen",
}
SKIP, ADD = "", "neu"


class SystemForm(FlaskForm):
    """A council system's address, and for what it leads."""

    name = StringField(
        "Name des Systems",
        validators=[DataRequired("Schreiben Sie einen Namen, zum Beispiel ALLRIS."), Length(max=100)],
    )
    url = StringField(
        "Adresse der OParl-Schnittstelle",
        validators=[
            DataRequired("Schreiben Sie die Adresse der Schnittstelle."),
            Length(max=1000, message="Die Adresse ist zu lang: höchstens 1.000 Zeichen."),
        ],
    )
    since_on = DayField("Sitzungen lesen ab", validators=[InputRequired("Wählen Sie den ersten Tag.")])
    interval_minutes = CountField("Alle wie viele Minuten")
    leads = ChecksField("Hier führt das Ratssystem", choices=[SelectChoice(code, LEADS[code]) for code in FIELD_KINDS])
    allows_private = BooleanField("Der Server steht im eigenen Netz der Verwaltung")
    is_paused = BooleanField("Nicht mehr von selbst lesen")
    row_version = IntegerField(widget=HiddenInput(), default=0)

    def settings(self) -> Settings:
        """What was entered."""
        return Settings(
            name=self.name.data,
            url=self.url.data,
            interval_minutes=self.interval_minutes.data or 0,
            since_on=self.since_on.data,
            leads=frozenset(self.leads.data or ()),
            allows_private=self.allows_private.data,
            is_paused=self.is_paused.data,
        )


class BodyForm(FlaskForm):
    """Which town it is."""

    body = RadioField("Welche Stadt?", coerce=int, validators=[InputRequired("Wählen Sie eine aus.")])


class PasteForm(FlaskForm):
    """A list of steps: pasted, or as a file."""

    text = TextAreaField(
        "Beratungsfolge als Text", validators=[Length(max=LONGEST_TEXT, message="Der Text ist zu lang.")]
    )
    file = FileField("Oder eine Datei")

    def validate_text(self, field: TextAreaField) -> None:
        """Raises ValidationError where neither text nor file is there."""
        if not (field.data or "").strip() and not self.file.data:
            raise ValidationError("Fügen Sie die Beratungsfolge ein, oder wählen Sie eine Datei.")


class ActForm(FlaskForm):
    """A button: only the version that was seen."""

    row_version = HiddenField()


def chosen_in(sent: Mapping[str, str], link_ids: list[int]) -> dict[int, int | None]:
    """Link id -> id of the committee here, None for one to be found by name or added; those not to be read left out.

    Raises Implausible for anything that the page did not offer.
    """
    found: dict[int, int | None] = {}
    for link_id in link_ids:
        value = sent.get(f"gremium-{link_id}", SKIP)
        if value == SKIP:
            continue
        if value != ADD and not (value.isascii() and value.isdigit()):
            raise Implausible("Wählen Sie je Zeile einen Eintrag aus der Liste.", "organizations")
        found[link_id] = None if value == ADD else int(value)
    return found

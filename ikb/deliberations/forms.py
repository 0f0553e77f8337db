"""Forms of the deliberation room."""

from __future__ import annotations

from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import (
    BooleanField,
    FieldList,
    Form,
    FormField,
    HiddenField,
    SelectChoice,
    SelectField,
    TextAreaField,
)
from wtforms.validators import DataRequired, Length

from ikb.deliberations.intake import Step
from ikb.deliberations.stations import ROLES, Station
from ikb.drafts.importers.parsed import ParsedSection
from ikb.web.fields import DayField, KeyField, TidyField, row_version
from ikb.web.labels import choices

PUBLIC = {"ja": True, "nein": False, "": None}
PUBLIC_CHOICES = [
    SelectChoice("ja", "öffentlich"),
    SelectChoice("nein", "nichtöffentlich"),
    SelectChoice("", "ohne Angabe"),
]
ROLE_CHOICES = [*choices("role", *ROLES), SelectChoice("", "noch offen")]
LONGEST_PAPER = 1024 * 1024


def public_word(public: bool | None) -> str:
    """The choice that stands for a stored value."""
    return next(word for word, value in PUBLIC.items() if value is public)


def at_most(length: int) -> Length:
    return Length(max=length, message=f"Das ist zu lang: höchstens {length} Zeichen.")


class PaperForm(FlaskForm):
    """A paper as a file or as text."""

    file = FileField("Datei der Vorlage")
    text = TextAreaField("Oder: Text der Vorlage einfügen")


class StepForm(Form):
    """One step of a sequence that was read."""

    organization = TidyField("Gremium", validators=[at_most(300)])
    held_on = DayField("Sitzung am")
    role = SelectField("Rolle", choices=ROLE_CHOICES)
    public = SelectField("Beratung", choices=PUBLIC_CHOICES)
    leave_out = BooleanField("nicht übernehmen")

    def step(self, result: str | None) -> Step:
        """What was entered."""
        return Step(
            organization=self.organization.data,
            held_on=self.held_on.data,
            role=self.role.data or None,
            public=PUBLIC[self.public.data],
            result=result,
        )


class SectionRowForm(Form):
    """One section that was read."""

    anchor = HiddenField()
    parent = HiddenField()
    kind = SelectField("Art", choices=choices("section_kind"))
    number = TidyField("Nummer", validators=[at_most(40)])
    text = TextAreaField(
        "Wortlaut", validators=[DataRequired("Schreiben Sie den Wortlaut, oder löschen Sie den Abschnitt.")]
    )

    def section(self) -> ParsedSection:
        """What was entered."""
        text = "\n".join(line.strip() for line in (self.text.data or "").strip().splitlines())
        return ParsedSection(
            self.anchor.data or "", self.kind.data, self.number.data or None, self.parent.data or None, text
        )


class PreviewForm(FlaskForm):
    """A paper that was read, with what the lead corrected. The paper itself travels along as text."""

    paper_text = TextAreaField("Text der Vorlage")
    is_written = HiddenField()  # "ja" where the text is Markdown that was written here
    title = TidyField("Gegenstand", validators=[DataRequired("Schreiben Sie, worum es geht."), at_most(500)])
    steps = FieldList(FormField(StepForm))
    sections = FieldList(FormField(SectionRowForm))
    key = KeyField()


class WriteForm(FlaskForm):
    """A draft as it is written."""

    title = TidyField("Gegenstand", validators=[DataRequired("Schreiben Sie, worum es geht."), at_most(500)])
    paper_text = TextAreaField(
        "Text des Entwurfs", validators=[DataRequired("Schreiben Sie den Text des Entwurfs."), at_most(LONGEST_PAPER)]
    )


class StationForm(FlaskForm):
    """Role, day and publicity of one step."""

    role = SelectField("Rolle", choices=ROLE_CHOICES)
    held_on = DayField("Sitzung am")
    public = SelectField("Beratung", choices=PUBLIC_CHOICES)
    also_past = BooleanField("Die Sitzung war schon; das Ergebnis trage ich danach ein")
    row_version = row_version()

    def station(self) -> Station:
        """What was entered."""
        return Station(self.role.data or None, self.held_on.data, PUBLIC[self.public.data], self.also_past.data)


class NewStationForm(StationForm):
    """A further step."""

    organization = TidyField("Gremium", validators=[DataRequired("Nennen Sie das Gremium."), at_most(300)])
    key = KeyField()


class SkipForm(FlaskForm):
    """Why a step is left out."""

    reason = TidyField("Grund", validators=[DataRequired("Schreiben Sie, warum."), at_most(300)])
    row_version = row_version()


class ReferenceForm(FlaskForm):
    """The number of a paper that lacks one."""

    reference = TidyField(
        "Drucksachennummer", validators=[DataRequired("Schreiben Sie die Nummer der Vorlage."), at_most(100)]
    )

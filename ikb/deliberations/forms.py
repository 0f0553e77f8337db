"""Forms of the deliberation room."""

from __future__ import annotations

from typing import Any

from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import (
    BooleanField,
    FieldList,
    Form,
    FormField,
    HiddenField,
    RadioField,
    SelectChoice,
    SelectField,
    TextAreaField,
)
from wtforms.validators import DataRequired, InputRequired, Length

from ikb.core.results import OTHERS, USUAL, Manner, Outcome, Tally
from ikb.deliberations.intake import Step
from ikb.deliberations.service import ResultEntry
from ikb.deliberations.stations import ROLES, Station
from ikb.deliberations.successors import Next
from ikb.deliberations.wordings import WISHES, ChangedWording
from ikb.web.fields import ChecksField, CountField, DayField, KeyField, TidyField, row_version
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


class PreviewForm(FlaskForm):
    """A paper that was read, with what the lead corrected. The paper itself travels along as text."""

    paper_text = TextAreaField("Text der Vorlage")
    title = TidyField("Gegenstand", validators=[DataRequired("Schreiben Sie, worum es geht."), at_most(500)])
    steps = FieldList(FormField(StepForm))
    key = KeyField()


class StationForm(FlaskForm):
    """Role, day and publicity of one step."""

    role = SelectField("Rolle", choices=ROLE_CHOICES)
    held_on = DayField("Sitzung am")
    public = SelectField("Beratung", choices=PUBLIC_CHOICES)
    row_version = row_version()

    def station(self) -> Station:
        """What was entered."""
        return Station(self.role.data or None, self.held_on.data, PUBLIC[self.public.data])


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


class WordingForm(Form):
    """What a body wants one passage to be."""

    anchor = HiddenField()
    wish = SelectField("Was hat das Gremium beschlossen?", choices=choices("wish", *WISHES))
    text = TextAreaField("Neuer Wortlaut", validators=[at_most(20_000)])

    def wording(self) -> ChangedWording:
        """What was entered."""
        return ChangedWording(self.anchor.data or "", (self.text.data or "").strip(), self.wish.data)


class ResultForm(FlaskForm):
    """What a committee resolved."""

    line = TidyField("Ergebniszeile aus der Niederschrift", validators=[at_most(500)])
    outcome = RadioField(
        "Ergebnis",
        choices=choices("outcome", *USUAL, *OTHERS),
        validators=[InputRequired("Wählen Sie das Ergebnis.")],
    )
    votes_yes = CountField("Ja")
    votes_no = CountField("Nein")
    abstentions = CountField("Enthaltungen")
    present = CountField("Anwesend")
    manner = SelectField("Wie wurde abgestimmt?", choices=[SelectChoice("", "ohne Angabe"), *choices("manner")])
    resolution_text = TextAreaField("Text des Beschlusses", validators=[at_most(20_000)])
    laid_paper_id = SelectField("Vorlage, die dem Gremium vorlag", coerce=int)
    wordings = FieldList(FormField(WordingForm), max_entries=60)
    passage = SelectField("Abschnitt", validate_choice=False)
    next_organization_id = SelectField("Nächstes Gremium", coerce=int)
    next_on = DayField("Nächste Sitzung am")
    wants_successor = BooleanField("Die Beratung wird nachgeholt")
    is_provisional = BooleanField("Vorläufig, bis die Niederschrift freigegeben ist", default=True)
    key = KeyField()
    seen_result_id = HiddenField()

    def tally(self) -> Tally:
        """The votes as entered."""
        return Tally(self.votes_yes.data, self.votes_no.data, self.abstentions.data, self.present.data)

    def stated_manner(self) -> Manner | None:
        return Manner(self.manner.data) if self.manner.data else None

    def entry(self) -> ResultEntry:
        """What was entered."""
        return ResultEntry(
            outcome=Outcome(self.outcome.data),
            tally=self.tally(),
            manner=self.stated_manner(),
            resolution_text=self.resolution_text.data or "",
            is_provisional=self.is_provisional.data,
            laid_paper_id=self.laid_paper_id.data or None,
            successor=Next(self.next_organization_id.data or None, self.next_on.data, self.wants_successor.data),
        )

    def changed(self) -> list[ChangedWording]:
        """The wordings as entered."""
        return [part.form.wording() for part in self.wordings]

    @property
    def seen(self) -> int | None:
        """The result that was there when the page was shown."""
        value: Any = self.seen_result_id.data
        return int(value) if value and str(value).isdigit() else None


class OrganizationForm(FlaskForm):
    """Who keeps a committee's business, and its notice period."""

    clerks = ChecksField("Schriftführung", coerce=int)
    notice_days = CountField("Ladungsfrist in Tagen")
    row_version = row_version()

"""Forms of the procedures room."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import BooleanField, SelectField, TextAreaField
from wtforms.validators import DataRequired, Email, InputRequired, Length, Optional

from ikb.drafts.service import KINDS
from ikb.procedures.service import PhasePlan, Settings
from ikb.web.fields import DayField, TidyField, row_version
from ikb.web.labels import choices

NO_ADDRESS = "Das ist keine vollständige E-Mail-Adresse. Sie sieht so aus: name@stadt.example.org."


def at_most(length: int) -> Length:
    return Length(max=length, message=f"Das ist zu lang: höchstens {length} Zeichen.")


class SettingsForm(FlaskForm):
    """What a procedure is called, what it is about, and whom to ask."""

    title = TidyField("Titel", validators=[DataRequired("Schreiben Sie, worum es geht."), at_most(500)])
    summary = TextAreaField("Worum es geht, in drei Sätzen", validators=[at_most(2000)])
    contact_name = TidyField("Ansprechperson", validators=[at_most(200)])
    contact_phone = TidyField("Telefon", validators=[at_most(60)])
    contact_email = TidyField("E-Mail-Adresse", validators=[Optional(), Email(NO_ADDRESS), at_most(254)])
    file_reference = TidyField("Aktenzeichen", validators=[at_most(100)])
    paper_number_pattern = TidyField(
        "Nummern weiterer Vorlagen", validators=[DataRequired("Das Muster fehlt."), at_most(60)]
    )
    is_public = BooleanField("Das Verfahren öffentlich zeigen")
    row_version = row_version()

    def settings(self) -> Settings:
        """What was entered."""
        return Settings(
            title=self.title.data,
            summary=self.summary.data or "",
            file_reference=self.file_reference.data,
            contact_name=self.contact_name.data,
            contact_phone=self.contact_phone.data,
            contact_email=self.contact_email.data,
            paper_number_pattern=self.paper_number_pattern.data,
            is_public=self.is_public.data,
        )


class DeadlineForm(FlaskForm):
    """The last day of a phase."""

    closes_on = DayField("Frist: letzter Tag", validators=[InputRequired("Wählen Sie den letzten Tag.")])
    is_fixed_date = BooleanField("Dieser Tag ist fest, auch wenn er auf ein Wochenende oder einen Feiertag fällt")
    row_version = row_version()


class PhaseForm(DeadlineForm):
    """A participation phase."""

    version = SelectField("Fassung", coerce=int, validators=[InputRequired("Wählen Sie die Fassung, um die es geht.")])
    name = TidyField("Name der Phase", validators=[DataRequired("Geben Sie der Phase einen Namen."), at_most(200)])
    introduction = TextAreaField("Einleitung für die Institutionen", validators=[at_most(5000)])
    opens_on = DayField("Beginn", validators=[InputRequired("Wählen Sie den ersten Tag.")])

    def plan(self) -> PhasePlan:
        """What was entered."""
        return PhasePlan(
            name=self.name.data,
            opens_on=self.opens_on.data,
            closes_on=self.closes_on.data,
            introduction=self.introduction.data or "",
            is_fixed_date=self.is_fixed_date.data,
        )


class SectionForm(FlaskForm):
    """One section of a first version. `seen` is the mark of the text that was shown."""

    kind = SelectField("Art des Abschnitts", choices=choices("section_kind", *KINDS))
    text = TextAreaField("Wortlaut", validators=[DataRequired("Schreiben Sie den Wortlaut hinein.")])
    seen = TidyField()

"""Forms of the register: an institution, one of its contacts, a kind of the town's own."""

from __future__ import annotations

from collections.abc import Mapping

from flask_wtf import FlaskForm
from wtforms import BooleanField, EmailField, SelectChoice, SelectField, TelField, TextAreaField
from wtforms.validators import DataRequired, Email, Length, Optional

from ikb.institutions.cells import joined, parts
from ikb.institutions.entries import Entry, Person
from ikb.institutions.forms import LANGUAGES, NO_ADDRESS
from ikb.web.fields import DayField, KeyField, TidyField, row_version


def at_most(length: int) -> Length:
    """A limit that says itself."""
    return Length(max=length, message=f"Höchstens {length} Zeichen.")


class RegisterForm(FlaskForm):
    """What is known of an institution, its contacts aside."""

    name = TidyField("Name", validators=[DataRequired("Geben Sie den Namen ein."), at_most(300)])
    kind = SelectField("Art")
    email = EmailField("E-Mail-Adresse", validators=[Optional(), Email(NO_ADDRESS), at_most(254)])
    address = TextAreaField("Anschrift", validators=[at_most(500)])
    district = TidyField("Bezirk", validators=[at_most(100)])
    fields_of_action = TextAreaField("Handlungsfelder", validators=[at_most(1_000)])
    language = SelectField("Sprache unserer Nachrichten", choices=LANGUAGES, default="de")
    languages = TidyField("Dort gesprochene Sprachen", validators=[at_most(300)])
    note = TextAreaField("Bemerkung", validators=[at_most(2_000)])
    key = KeyField()
    row_version = row_version()

    def offer(self, kinds: Mapping[str, str]) -> None:
        """Offer the kinds that the town has; one that an institution has stays offered."""
        also = {self.kind.data: self.kind.data} if self.kind.data and not self.is_submitted() else {}
        self.kind.choices = [SelectChoice(code, name) for code, name in {**also, **kinds}.items()]

    def entry(self, base: Entry) -> Entry:
        """What was entered, with the people and the number of `base`."""
        return Entry(
            name=self.name.data,
            kind=self.kind.data,
            email=(self.email.data or "").strip().lower(),
            fields=parts(_as_lines(self.fields_of_action.data)),
            district=self.district.data,
            address=_as_lines(self.address.data),
            language=self.language.data,
            languages=parts(self.languages.data),
            note=_as_lines(self.note.data),
            people=base.people,
            number=base.number,
        )


def _as_lines(text: str | None) -> str:
    return (text or "").replace("\r\n", "\n").strip()


def as_form(entry: Entry) -> dict[str, object]:
    """The values of a form about a stored institution."""
    return {
        "name": entry.name,
        "kind": entry.kind,
        "email": entry.email,
        "address": entry.address,
        "district": entry.district,
        "fields_of_action": "\n".join(entry.fields) if len(entry.fields) > 1 else joined(entry.fields),
        "language": entry.language,
        "languages": joined(entry.languages),
        "note": entry.note,
    }


class ContactForm(FlaskForm):
    """One person, and when they are in office."""

    name = TidyField("Name", validators=[DataRequired("Geben Sie den Namen ein."), at_most(200)])
    role = TidyField("Funktion", validators=[at_most(100)])
    email = EmailField("E-Mail-Adresse", validators=[Optional(), Email(NO_ADDRESS), at_most(254)])
    phone = TelField("Telefon", validators=[at_most(60)])
    is_deputy = BooleanField("Vertritt die anderen")
    valid_from = DayField("Im Amt von")
    valid_until = DayField("Im Amt bis")
    row_version = row_version()

    def person(self) -> Person:
        """Who was entered."""
        return Person(
            name=self.name.data,
            role=self.role.data,
            email=(self.email.data or "").strip().lower(),
            phone=(self.phone.data or "").strip(),
            is_deputy=self.is_deputy.data,
            valid_from=self.valid_from.data,
            valid_until=self.valid_until.data,
        )


class OwnKindForm(FlaskForm):
    """A kind that the town adds."""

    name = TidyField("Name", validators=[DataRequired("Schreiben Sie, wie diese Art heißt."), at_most(40)])
    row_version = row_version()


class MergeForm(FlaskForm):
    """The confirmation; versions of both entries, as they were shown."""

    loser_version = row_version()
    survivor_version = row_version()

"""Forms of the reminders room."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    EmailField,
    FieldList,
    Form,
    FormField,
    HiddenField,
    RadioField,
    SelectChoice,
    SelectField,
    TextAreaField,
    TimeField,
)
from wtforms.validators import DataRequired, Email, InputRequired, Length, Optional, ValidationError

from ikb.reminders import bulk  # noqa: F401 (names the acts that the form offers)
from ikb.reminders.model import CallOutcome
from ikb.reminders.rules import MOST_DAYS, OFFERED_STEPS, Rules, Step, in_words
from ikb.web.fields import CountField, DayField, TidyField, row_version
from ikb.web.labels import choices

MOST_STEPS = 8
WRITTEN = ("%H:%M", "%H.%M", "%H:%M:%S", "%H")


class WallTimeField(TimeField):
    """A time of day, as the browser sends it or as people write it: 9:00, 09.30, 9 Uhr."""

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Raises ValueError with a sentence that shows how to write it."""
        written = (valuelist[0] if valuelist else "").replace("Uhr", "").strip()
        self.data: Any = None
        for form in WRITTEN:
            try:
                self.data = datetime.strptime(written, form).time()  # noqa: DTZ007 (a wall time, not a moment)
                return
            except ValueError:
                continue
        raise ValueError("Schreiben Sie die Uhrzeit so: 09:00.")


class StepForm(Form):
    """One step before the deadline; without a number there is none."""

    days = CountField("Tage vor der Frist")
    counting = SelectField(
        "gezählt in",
        choices=[SelectChoice("calendar", "Kalendertagen"), SelectChoice("working", "Arbeitstagen")],
        validators=[Optional()],
        default="calendar",
    )

    def validate_days(self, field: Any) -> None:
        """Raises ValidationError for more days than are sensible."""
        if field.data is not None and field.data > MOST_DAYS:
            raise ValidationError(f"Erinnern lässt sich frühestens {MOST_DAYS} Tage vor der Frist.")


class CorrectionForm(FlaskForm):
    """An address that is put right, or found to be right."""

    row_version = row_version()
    email = EmailField(
        "E-Mail-Adresse",
        validators=[
            DataRequired("Geben Sie die Adresse ein."),
            Email("Das ist keine vollständige E-Mail-Adresse. Sie sieht so aus: post@verein.example.org."),
            Length(max=254, message="Höchstens 254 Zeichen."),
        ],
    )


class RulesForm(FlaskForm):
    """How a procedure reminds."""

    steps = FieldList(FormField(StepForm), min_entries=6, max_entries=MOST_STEPS)
    send_at = WallTimeField("Uhrzeit der Erinnerungen", validators=[InputRequired("Wählen Sie eine Uhrzeit.")])
    quiet_from = WallTimeField("Ruhezeit von", validators=[InputRequired("Wählen Sie eine Uhrzeit.")])
    quiet_until = WallTimeField("Ruhezeit bis", validators=[InputRequired("Wählen Sie eine Uhrzeit.")])
    spares_saturdays = BooleanField("Samstage auslassen")
    spares_sundays = BooleanField("Sonntage auslassen")
    spares_holidays = BooleanField("Feiertage in NRW und örtlich freie Tage auslassen")
    second_contact_days = CountField("Zweite Adresse: Tage vor der Frist")
    call_list_days = CountField("Anrufliste: Tage vor der Frist")
    gather_minutes = CountField("Änderungen sammeln: Minuten")
    lead_days = CountField("Vorlauf für die Gremienbetreuung: Arbeitstage")
    has_digest = BooleanField("Der Projektleitung jeden Arbeitstag schreiben, was ansteht")
    warns_of_busy_days = BooleanField("Vor dichten Sitzungstagen warnen")
    row_version = row_version()

    @classmethod
    def showing(cls, rules: Rules, version: int) -> RulesForm:
        """The form as it stands for rules; the sent one reads itself over it."""
        shown = [{"days": s.days, "counting": "working" if s.in_working_days else "calendar"} for s in rules.steps]
        values = {name: getattr(rules, name) for name in vars(rules) if name not in ("steps", "zone")}
        form: RulesForm = cls(row_version=version, steps=shown, **values)
        for place, entry in enumerate(form.steps, 1):
            entry.form.days.label.text = f"{place}. Erinnerung: Tage vor der Frist"
            entry.form.counting.label.text = f"{place}. Erinnerung: gezählt in"
        return form

    def rules(self, before: Rules) -> Rules:
        """What was entered; the zone stays as it was. Equal steps count once."""
        steps = {
            Step(entry.days.data, entry.counting.data == "working")
            for entry in self.steps
            if entry.days.data is not None
        }
        return Rules(
            steps=tuple(sorted(steps, reverse=True)),
            send_at=self.send_at.data,
            zone=before.zone,
            quiet_from=self.quiet_from.data,
            quiet_until=self.quiet_until.data,
            spares_saturdays=self.spares_saturdays.data,
            spares_sundays=self.spares_sundays.data,
            spares_holidays=self.spares_holidays.data,
            second_contact_days=self.second_contact_days.data,
            call_list_days=self.call_list_days.data,
            gather_minutes=self.gather_minutes.data or before.gather_minutes,
            lead_days=before.lead_days if self.lead_days.data is None else self.lead_days.data,
            has_digest=self.has_digest.data,
            warns_of_busy_days=self.warns_of_busy_days.data,
        )

    def validate_gather_minutes(self, field: Any) -> None:
        """Raises ValidationError for less than a minute or more than a day."""
        if field.data is not None and not 1 <= field.data <= 24 * 60:
            raise ValidationError("Sammeln lässt sich von 1 Minute bis zu einem Tag (1440 Minuten).")

    def validate_lead_days(self, field: Any) -> None:
        """Raises ValidationError for more than four weeks."""
        if field.data is not None and field.data > 20:
            raise ValidationError("Höchstens 20 Arbeitstage.")


OFFERED = ", ".join(in_words(step) for step in OFFERED_STEPS)


class CallForm(FlaskForm):
    """What a call came to."""

    outcome = SelectField("Ergebnis des Anrufs", choices=[])
    note = TidyField("Notiz", validators=[Length(max=500, message="Höchstens 500 Zeichen.")])

    def __init__(self, *given: Any, **values: Any) -> None:
        super().__init__(*given, **values)
        self.outcome.choices = choices("call", *(str(code) for code in CallOutcome))


class LetterForm(FlaskForm):
    """The wording of one letter."""

    subject = TidyField(
        "Betreff", validators=[DataRequired("Der Betreff fehlt."), Length(max=300, message="Höchstens 300 Zeichen.")]
    )
    body = TextAreaField(
        "Text", validators=[DataRequired("Der Text fehlt."), Length(max=10_000, message="Höchstens 10.000 Zeichen.")]
    )
    institution = SelectField("Vorschau mit den Daten von", coerce=int, validate_choice=False)
    row_version = row_version()


class BulkForm(FlaskForm):
    """What is to be done, and for whom."""

    act = RadioField(
        "Was soll geschehen?", choices=choices("bulk_act"), validators=[DataRequired("Wählen Sie, was geschehen soll.")]
    )
    whom = RadioField(
        "Für wen?",
        choices=[SelectChoice("ticked", "nur die angekreuzten"), SelectChoice("all", "alle dieser Auswahl")],
        default="ticked",
        validators=[DataRequired("Wählen Sie, für wen.")],
    )
    until = DayField("Neuer letzter Tag")
    reason = TidyField("Grund")
    seal = HiddenField()

"""Forms of the sittings: a sitting, its agenda, cancelling and moving it, and the release of its minutes."""

from __future__ import annotations

from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import BooleanField, HiddenField, SelectField, TextAreaField
from wtforms.validators import DataRequired, InputRequired

from ikb.deliberations.agenda import Item
from ikb.deliberations.forms import PUBLIC, PUBLIC_CHOICES, at_most
from ikb.deliberations.sittings import Plan
from ikb.web.fields import ChecksField, ClockField, DayField, KeyField, TidyField, row_version

ALREADY_PAST = "Die Sitzung war schon; das Ergebnis trage ich danach ein"


class SittingForm(FlaskForm):
    """A sitting with its times, its place, and who sits together."""

    held_on = DayField("Tag", validators=[InputRequired("Nennen Sie den Tag der Sitzung.")])
    starts = ClockField("Beginn")
    ends = ClockField("Ende")
    place = TidyField("Ort", validators=[at_most(300)])
    public_from = ClockField("Öffentlicher Teil ab")
    has_nonpublic_part = BooleanField("Die Sitzung hat einen nichtöffentlichen Teil")
    nonpublic_from = ClockField("Nichtöffentlicher Teil ab")
    further = ChecksField("Tagt gemeinsam mit", coerce=int)
    also_past = BooleanField(ALREADY_PAST)

    def plan(self) -> Plan:
        """What was entered."""
        return Plan(**{name: self[name].data for name in Plan.__dataclass_fields__})


class NewSittingForm(SittingForm):
    """A further sitting."""

    key = KeyField()


class ChangeSittingForm(SittingForm):
    """A sitting that exists."""

    row_version = row_version()


class CancelForm(FlaskForm):
    """Why a sitting does not take place."""

    reason = TidyField("Grund", validators=[DataRequired("Schreiben Sie, warum die Sitzung ausfällt."), at_most(300)])
    row_version = row_version()


class MoveForm(FlaskForm):
    """The other day of a sitting, and why."""

    held_on = DayField("Neuer Tag", validators=[InputRequired("Nennen Sie den neuen Tag.")])
    starts = ClockField("Beginn")
    ends = ClockField("Ende")
    reason = TidyField(
        "Grund", validators=[DataRequired("Schreiben Sie, warum die Sitzung verlegt wird."), at_most(300)]
    )
    also_past = BooleanField(ALREADY_PAST)
    row_version = row_version()


class ItemForm(FlaskForm):
    """One item of an agenda."""

    number = TidyField("Nummer", validators=[at_most(20)])
    title = TidyField("Worum es geht", validators=[DataRequired("Schreiben Sie, worum es geht."), at_most(500)])
    public = SelectField("Beratung", choices=PUBLIC_CHOICES)

    def item(self) -> Item:
        """What was entered."""
        return Item(self.title.data, self.number.data, PUBLIC[self.public.data])


class NewItemForm(ItemForm):
    """A further item."""

    key = KeyField()


class ChangeItemForm(ItemForm):
    """An item that exists."""

    row_version = row_version()


class MinutesForm(FlaskForm):
    """That the minutes were released, and what they say about one item."""

    released_on = DayField("Freigegeben am", validators=[InputRequired("Nennen Sie den Tag der Freigabe.")])
    text = TextAreaField("Auszug aus der Niederschrift", validators=[at_most(50_000)])
    row_version = row_version()
    key = KeyField()


class CalendarForm(FlaskForm):
    """A calendar of sittings as a file, and what was read from it on its way back."""

    file = FileField("Datei mit dem Sitzungskalender")
    organization_id = SelectField("Gremium, wenn die Datei keines nennt", coerce=int)
    also_past = BooleanField("Auch Sitzungen aufnehmen, die schon vorbei sind")
    rows = HiddenField()
    key = KeyField()

"""Forms of the register: a committee with its rules, its new name, and the town's own days."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import BooleanField, SelectField
from wtforms.validators import DataRequired, InputRequired

from ikb.deliberations.forms import at_most
from ikb.deliberations.register import KINDS, Settings
from ikb.procedures.town import Span
from ikb.web.fields import ChecksField, CountField, DayField, KeyField, TidyField, row_version
from ikb.web.labels import choices


class CommitteeForm(FlaskForm):
    """What is known of a committee, and the rules of its sittings."""

    kind = SelectField("Art", choices=choices("organization_kind", *KINDS))
    district = TidyField("Stadtbezirk", validators=[at_most(100)])
    chair = TidyField("Vorsitz", validators=[at_most(200)])
    valid_from = DayField("Besteht seit")
    valid_to = DayField("Besteht bis")
    notice_days = CountField("Ladungsfrist in Tagen")
    notice_unit = SelectField("Gezählt werden", choices=choices("notice_unit"))
    count_delivery_day = BooleanField("Der Tag der Zustellung zählt mit")
    count_meeting_day = BooleanField("Der Sitzungstag zählt mit")
    short_notice_amount = CountField("Verkürzte Ladungsfrist")
    short_notice_unit = SelectField("Die verkürzte Frist zählt", choices=choices("short_notice_unit"))
    delivery = SelectField("Zustellung der Einladung", choices=choices("delivery_way"))
    delivery_extra_days = CountField("Postlaufzeit in Tagen")
    papers_days = CountField("Vorlagenschluss: Tage vor der Sitzung")
    minutes_days = CountField("Niederschrift fertig: Tage nach der Sitzung")

    def settings(self) -> Settings:
        """What was entered."""
        return Settings(**{name: self[name].data for name in Settings.__dataclass_fields__})


class ChangeCommitteeForm(CommitteeForm):
    """The same for a committee that exists; who keeps it only where the visitor may decide that."""

    clerks = ChecksField("Schriftführung", coerce=int)
    deputies = ChecksField("Vertretung", coerce=int)
    row_version = row_version()


class NewCommitteeForm(CommitteeForm):
    """The same for a committee that nobody knew before."""

    name = TidyField("Name", validators=[DataRequired("Schreiben Sie den Namen des Gremiums."), at_most(300)])
    key = KeyField()


class RenameForm(FlaskForm):
    """A committee's new name and its first day."""

    name = TidyField("Neuer Name", validators=[DataRequired("Schreiben Sie den neuen Namen."), at_most(300)])
    since = DayField("Gilt ab", validators=[InputRequired("Nennen Sie den ersten Tag des neuen Namens.")])
    row_version = row_version()


class FormerNameForm(FlaskForm):
    """What a committee was called before, and until when."""

    name = TidyField("Früherer Name", validators=[DataRequired("Schreiben Sie den früheren Namen."), at_most(300)])
    valid_from = DayField("Erster Tag")
    valid_to = DayField("Letzter Tag", validators=[InputRequired("Nennen Sie den letzten Tag dieses Namens.")])
    row_version = row_version()


class TownPeriodForm(FlaskForm):
    """Some of the town's own days."""

    name = TidyField("Name", validators=[DataRequired("Schreiben Sie, was das für Tage sind."), at_most(200)])
    kind = SelectField("Art", choices=choices("town_period"))
    first_on = DayField("Erster Tag", validators=[InputRequired("Nennen Sie den ersten Tag.")])
    last_on = DayField("Letzter Tag")
    row_version = row_version()
    key = KeyField()

    def span(self) -> Span:
        """What was entered; a single day where no last one is named."""
        return Span(self.name.data, self.kind.data, self.first_on.data, self.last_on.data or self.first_on.data)

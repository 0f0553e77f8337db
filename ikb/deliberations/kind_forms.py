"""The form of a kind of resolution."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import BooleanField, SelectField
from wtforms.validators import DataRequired

from ikb.core.results import Outcome
from ikb.deliberations.forms import at_most
from ikb.deliberations.resolution_kinds import LONGEST_NAME, KindEntry
from ikb.web.fields import CountField, TidyField, row_version
from ikb.web.labels import choices


class KindForm(FlaskForm):
    """What the town calls a kind of resolution, and what that means."""

    name = TidyField(
        "Beschlussart, wie die Stadt sie schreibt",
        validators=[DataRequired("Schreiben Sie, wie die Stadt diese Beschlussart nennt."), at_most(LONGEST_NAME)],
    )
    outcome = SelectField("Bedeutet", choices=choices("outcome", *Outcome))
    position = CountField("Platz in der Liste")
    is_active = BooleanField("Beim Eintragen anbieten")
    row_version = row_version()

    def entry(self) -> KindEntry:
        """What was entered."""
        return KindEntry(self.name.data, Outcome(self.outcome.data), self.position.data, self.is_active.data)

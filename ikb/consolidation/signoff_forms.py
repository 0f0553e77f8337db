"""Forms for co-signing and release."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import HiddenField, RadioField, StringField
from wtforms.validators import InputRequired

from ikb.consolidation.signoff_model import SignOffKind
from ikb.web.fields import DayField
from ikb.web.labels import choices


class AskForm(FlaskForm):
    """An office that the version is to wait for."""

    kind = RadioField(
        "Was fehlt", choices=choices("sign_off", *SignOffKind), default=SignOffKind.COSIGN.value, validate_choice=False
    )
    who = StringField("Amt oder Stelle")


class GivenForm(FlaskForm):
    """The day of a signature."""

    seen = HiddenField()
    given_on = DayField("Unterschrieben am", validators=[InputRequired("Tragen Sie den Tag der Unterschrift ein.")])

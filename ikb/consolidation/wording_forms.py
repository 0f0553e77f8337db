"""The form of an answer to one of the proposals that a third wording takes the place of."""

from __future__ import annotations

from wtforms import Form, IntegerField, RadioField, TextAreaField
from wtforms.widgets import HiddenInput

from ikb.consolidation.hand_forms import plain
from ikb.consolidation.own_wording import OUTCOMES
from ikb.web.labels import choices


class AnswerForm(Form):
    """What becomes of one proposal; the service judges it."""

    outcome = RadioField("Entscheidung", choices=choices("consideration", *OUTCOMES), validate_choice=False)
    reason = TextAreaField("Begründung", filters=[plain])
    seen = IntegerField(widget=HiddenInput())

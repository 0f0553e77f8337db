"""Forms around what leaves: the ground of publication, blacking out, choosing what to publish, taking a consent back."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import HiddenField, IntegerField, RadioField, SelectField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import HiddenInput

from ikb.publications.model import Ground
from ikb.remarks.redaction_model import Reason
from ikb.remarks.redactions import LONGEST_NOTE
from ikb.statements.consent_model import Consent
from ikb.web.fields import TidyField, row_version
from ikb.web.labels import choices

RELOAD = "Laden Sie die Seite neu, und versuchen Sie es noch einmal."


class GroundForm(FlaskForm):
    """On what ground the statements of a procedure are published."""

    ground = RadioField("Grundlage", choices=choices("publication_ground", *Ground), validators=[InputRequired()])
    basis = TidyField(
        "Genaues Zitat der Grundlage", validators=[Length(max=500, message="Das ist zu lang: höchstens 500 Zeichen.")]
    )
    note = TextAreaField(
        "Hinweis für die Institutionen",
        validators=[Length(max=2000, message="Das ist zu lang: höchstens 2.000 Zeichen.")],
    )
    row_version = row_version()


class SuggestionsForm(FlaskForm):
    """Which suggestions are taken up, and why."""

    reason = SelectField("Grund", choices=choices("redaction_reason", *Reason), default=Reason.THIRD_PERSON)


class RedactForm(SuggestionsForm):
    """One passage of one text: chosen with the cursor, or by its words."""

    words = TextAreaField("Wörter, die geschwärzt werden")
    start = IntegerField(widget=HiddenInput(), validators=[Optional()])
    end = IntegerField(widget=HiddenInput(), validators=[Optional()])
    note = TidyField(
        "Begründung",
        validators=[Length(max=LONGEST_NOTE, message=f"Das ist zu lang: höchstens {LONGEST_NOTE} Zeichen.")],
    )


class WithdrawForm(FlaskForm):
    """Which consent is taken back."""

    consent = HiddenField(validators=[InputRequired(RELOAD)])

    def chosen(self) -> Consent | None:
        """None where somebody changed the form."""
        return Consent(self.consent.data) if self.consent.data in set(Consent) else None

"""Forms around what leaves: the ground of publication, blacking out, choosing what to publish, taking a consent back."""

from __future__ import annotations

from uuid import uuid4

from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, HiddenField, IntegerField, RadioField, SelectField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, Optional
from wtforms.widgets import HiddenInput

from ikb.publications.model import Ground
from ikb.remarks.redaction_model import Reason
from ikb.remarks.redactions import LONGEST_NOTE
from ikb.statements.consent_model import Consent
from ikb.web.fields import KeyField, TidyField, row_version
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


class TakeOverForm(FlaskForm):
    """A copy of a file as it came."""

    key = KeyField(default=uuid4)


class CopyForm(TakeOverForm):
    """A copy that was blacked out elsewhere, and why."""

    file = FileField("Geschwärzte Kopie", validators=[FileRequired("Wählen Sie die geschwärzte Kopie aus.")])
    reason = SelectField("Grund", choices=choices("redaction_reason", *Reason), default=Reason.THIRD_PERSON)
    note = TidyField(
        "Begründung",
        validators=[Length(max=LONGEST_NOTE, message=f"Das ist zu lang: höchstens {LONGEST_NOTE} Zeichen.")],
    )


class ReleaseCopyForm(FlaskForm):
    """Somebody looked at a copy."""

    copy_id = IntegerField(widget=HiddenInput(), validators=[InputRequired(RELOAD)])
    looked = BooleanField(
        "Ich habe die Kopie geöffnet und den lesbaren Text durchgesehen.",
        validators=[DataRequired("Bestätigen Sie, dass Sie die Kopie angesehen haben.")],
    )


class WithdrawForm(FlaskForm):
    """Which consent is taken back."""

    consent = HiddenField(validators=[InputRequired(RELOAD)])

    def chosen(self) -> Consent | None:
        """None where somebody changed the form."""
        return Consent(self.consent.data) if self.consent.data in set(Consent) else None

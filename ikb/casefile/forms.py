"""The form that asks for an archive."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import RadioField
from wtforms.validators import InputRequired

from ikb.casefile.service import VARIANTS
from ikb.web.fields import KeyField
from ikb.web.labels import choices


class ArchiveForm(FlaskForm):
    """For whom it is."""

    key = KeyField()
    variant = RadioField(
        "Umfang",
        choices=choices("case_variant", *VARIANTS),
        validators=[InputRequired("Wählen Sie, für wen das Archiv ist.")],
    )

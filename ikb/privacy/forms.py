"""Forms of this room."""

from __future__ import annotations

from typing import Any

from flask_wtf import FlaskForm
from wtforms import BooleanField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, NumberRange, Optional

from ikb.privacy.notices import FIELDS
from ikb.web.fields import TidyField, row_version
from ikb.web.labels import choices


class NoticeForm(FlaskForm):
    """What the town says about itself; the fields are those of `notices.FIELDS`."""

    row_version = row_version()

    def given(self) -> dict[str, str]:
        """What was entered."""
        return {field.code: (self[field.code].data or "").replace("\r\n", "\n") for field in FIELDS}


for _field in FIELDS:
    _kind: Any = TextAreaField if _field.is_long else StringField
    setattr(NoticeForm, _field.code, _kind(_field.label))


class RuleForm(FlaskForm):
    """How long one kind of data is kept."""

    period = IntegerField(
        "Frist", validators=[Optional(), NumberRange(0, 1200, "Schreiben Sie eine Zahl von 0 bis 1200, oder nichts.")]
    )
    unit = SelectField("Einheit", choices=choices("retention_unit"))
    basis = TidyField("Rechtsgrundlage", validators=[Length(max=500, message="Höchstens 500 Zeichen.")])
    offers_archive = BooleanField("Vor dem Löschen dem Archiv anbieten")
    is_held = BooleanField("Löschen aussetzen")
    hold_reason = TidyField("Warum es ausgesetzt ist", validators=[Length(max=500, message="Höchstens 500 Zeichen.")])
    row_version = row_version()


class ArchiveForm(FlaskForm):
    """What the archive answered."""

    answer = TidyField(
        "Antwort des Archivs",
        validators=[DataRequired("Schreiben Sie, was das Archiv geantwortet hat und wann."), Length(max=300)],
    )


class PersonForm(FlaskForm):
    """Whom it is about."""

    who = TidyField(
        "Name oder E-Mail-Adresse",
        validators=[DataRequired("Schreiben Sie den Namen oder die Adresse."), Length(min=3, max=254)],
    )

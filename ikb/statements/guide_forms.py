"""The lead's form of the short way in one language."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import SelectField, TextAreaField

from ikb.statements.guide import MOST
from ikb.web.fields import row_version


def _tidy(text: str | None) -> str:
    return (text or "").replace("\r\n", "\n").replace("\x00", "").strip()


class GuideForm(FlaskForm):
    """Summary and up to five questions; lengths are judged by the service, which names them."""

    row_version = row_version()
    summary = TextAreaField("Zusammenfassung", filters=[_tidy])
    question_1 = TextAreaField("1. Frage", filters=[_tidy])
    question_2 = TextAreaField("2. Frage", filters=[_tidy])
    question_3 = TextAreaField("3. Frage", filters=[_tidy])
    question_4 = TextAreaField("4. Frage", filters=[_tidy])
    question_5 = TextAreaField("5. Frage", filters=[_tidy])
    anchor_1 = SelectField("Die Antwort auf Frage 1 gehört", validate_choice=False)
    anchor_2 = SelectField("Die Antwort auf Frage 2 gehört", validate_choice=False)
    anchor_3 = SelectField("Die Antwort auf Frage 3 gehört", validate_choice=False)
    anchor_4 = SelectField("Die Antwort auf Frage 4 gehört", validate_choice=False)
    anchor_5 = SelectField("Die Antwort auf Frage 5 gehört", validate_choice=False)

    def asked(self) -> list[str]:
        """The questions by position."""
        return [self[f"question_{place}"].data or "" for place in range(1, MOST + 1)]

    def anchors(self) -> dict[int, str | None]:
        """The section of each question by position; None for the whole document."""
        return {place: self[f"anchor_{place}"].data or None for place in range(1, MOST + 1)}

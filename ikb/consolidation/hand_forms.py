"""The form for one edit by hand."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import HiddenField, StringField, TextAreaField


def plain(text: str | None) -> str:
    """Line breaks as the database keeps them; a browser sends two signs for one."""
    return (text or "").replace("\r\n", "\n").strip()


class HandEditForm(FlaskForm):
    """A section's text as it is to read, and why; the service judges both. act: the button that was pressed."""

    seen = HiddenField()
    text = TextAreaField("Wortlaut", filters=[plain])
    reason = TextAreaField("Begründung", filters=[plain])
    act = StringField()

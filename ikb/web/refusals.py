"""A refusal shown where it belongs: at the field it speaks of, in the form that was sent."""

from __future__ import annotations

from typing import Any

from ikb.errors import Refusal


def show_at_field(form: Any, refusal: Refusal) -> None:
    """Let a refusal stand at the field it speaks of, or at the top of the form."""
    field = form._fields.get(getattr(refusal, "field", None) or "")
    if field is None or field.type == "FieldList":
        form.form_errors = [*form.form_errors, refusal.message]
    else:
        field.errors = [*field.errors, refusal.message]


def status(form: Any) -> int:
    """422 for a form with faults."""
    return 422 if form.errors else 200

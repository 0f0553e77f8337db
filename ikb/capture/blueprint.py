"""What all pages of this room share."""

from __future__ import annotations

from flask import Blueprint

from ikb.web import labels

bp = Blueprint("capture", __name__, url_prefix="/verfahren/<int:procedure_id>/erfassen")
labels.add(
    "channel",
    {
        "letter": "Brief",
        "email": "E-Mail",
        "fax": "Fax",
        "event": "Veranstaltung",
        "minutes": "Gesprächsnotiz",
        "link": "über den Link",
    },
)
labels.add(
    "letter_state",
    {"incoming": "noch nicht erfasst", "recorded": "noch nicht aufgeteilt", "split": "fertig"},
    {"incoming": "warning", "recorded": "info", "split": "success"},
)
labels.add(
    "letter_use",
    {"open": "noch offen", "remark": "Anmerkung", "courtesy": "Höflichkeit"},
    {"open": "warning", "remark": "success"},
)

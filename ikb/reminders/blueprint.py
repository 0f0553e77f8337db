"""The blueprint of the reminders room and its ways in."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint

from ikb.procedures.current import current_values
from ikb.web import labels, navigation

bp = Blueprint("reminders", __name__, url_prefix="/verfahren/<int:procedure_id>/nachrichten")
navigation.register("procedure", "Nachrichten", "reminders.messages", 60, values=current_values, covers=("reminders.",))
labels.add("attempt", {"delayed": "verzögert", "out_of_office": "automatische Antwort"}, {"delayed": "info"})
labels.add("attempt", {"retry": "wird wiederholt"} | labels.LABELS["delivery"], {"retry": "warning"})
labels.TONES["attempt"].update(labels.TONES["delivery"])
labels.add(
    "call",
    {
        "promised": "Antwort zugesagt",
        "message_left": "Nachricht hinterlassen",
        "not_reached": "nicht erreicht",
        "wrong_number": "falsche Nummer",
    },
    {"promised": "success", "wrong_number": "danger"},
)


@dataclass(frozen=True)
class Tab:
    """One page of the room, in the row above each of them."""

    label: str
    endpoint: str


TABS = (
    Tab("Alle Nachrichten", "reminders.messages"),
    Tab("Nicht zugestellt", "reminders.undelivered"),
    Tab("Vorschau", "reminders.preview"),
    Tab("Regeln", "reminders.rules"),
    Tab("Texte", "reminders.texts"),
    Tab("Anrufliste", "reminders.calls"),
    Tab("Briefe", "reminders.paper"),
)


@bp.context_processor
def _tabs() -> dict[str, object]:
    return {"message_tabs": TABS}

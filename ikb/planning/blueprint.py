"""The blueprint of the planning room, its ways in, and its words."""

from __future__ import annotations

from flask import Blueprint

from ikb.accounts.model import Role
from ikb.accounts.policy import visitor
from ikb.planning.model import Act, Move
from ikb.web import labels, navigation
from ikb.web.filters import day

bp = Blueprint("planning", __name__)

navigation.register(
    "main",
    "Vorschläge",
    "planning.proposals",
    22,
    visible=lambda: visitor().has(Role.SECRETARY),
    covers=("planning.proposals_of", "planning.refuse"),
)
navigation.register(
    "settings", "Zeitplan vor Sitzungen", "planning.town_plan", 45, visible=lambda: visitor().has(Role.ADMINISTRATOR)
)
labels.add(
    "severity",
    {"hard": "hält nicht", "serious": "schwerer Mangel", "soft": "zu beachten", "note": "Hinweis"},
    {"hard": "danger", "serious": "warning", "soft": "info", "note": "neutral"},
)
labels.add(
    "scenario",
    {
        "draft": "Entwurf, nichts verschoben",
        "sent": "wartet auf Antworten",
        "done": "abgeschlossen",
        "refused": "abgelehnt",
        "outdated": "überholt",
        "discarded": "verworfen",
    },
    {"sent": "warning", "done": "success", "refused": "danger", "outdated": "warning"},
)
labels.add(
    "move",
    {
        "open": "wartet auf Antwort",
        "done": "erledigt",
        "refused": "abgelehnt",
        "outdated": "überholt",
        "withdrawn": "zurückgezogen",
    },
    {"open": "warning", "done": "success", "refused": "danger", "outdated": "warning"},
)
labels.add(
    "answer_kind",
    {
        "shift": "Spätere Beratungen verschieben",
        "pass_on": "In das Folgegremium vertagen",
        "take_off": "Entscheidung von der Tagesordnung nehmen",
        "skip": "Beratung im Einvernehmen auslassen",
        "silence": "Schweigen gilt als Zustimmung",
    },
)
labels.add("unit", {"working": "Werktage", "calendar": "Kalendertage"})
labels.add(
    "step_kind",
    {
        "own": "nächster Schritt",
        "papers": "Abgabeschluss",
        "dispatch": "Ladungsfrist",
    },
)


@bp.app_template_global("move_words")
def move_words(move: Move) -> str:
    """What a move does with its station: `von Do., 23.09.2010 auf Do., 30.09.2010`."""
    before = f"von {day(move.from_on)} " if move.from_on else ""
    if move.act == Act.MOVE:
        return f"{before}auf {day(move.to_on)}"
    if move.act == Act.SKIP:
        return "wird ausgelassen"
    if move.act == Act.SILENCE:
        return f"ohne Sitzung; wenn bis {day(move.consent_on)} nichts kommt, gilt das als Zustimmung"
    return f"am {day(move.from_on)} von der Tagesordnung, neuer Tag offen"

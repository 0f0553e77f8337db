"""The blueprint of this room, its way in, and what its states are called."""

from __future__ import annotations

from flask import Blueprint

from ikb.accounts.model import Role
from ikb.accounts.policy import visitor
from ikb.web import labels, navigation

bp = Blueprint("oparl", __name__)

labels.add(
    "council_system",
    {"new": "wird geprüft", "choosing": "Gremien wählen", "preview": "Vorschau bestätigen", "active": "wird gelesen"},
    {"new": "info", "choosing": "warning", "preview": "warning", "active": "success"},
)
labels.add(
    "sync_run",
    {"waiting": "wartet", "running": "liest gerade", "finished": "gelesen", "failed": "gescheitert"},
    {"waiting": "info", "running": "info", "finished": "success", "failed": "danger"},
)
labels.add(
    "difference_field",
    {
        "meeting": "Sitzung",
        "station": "Beratung",
        "held_on": "Sitzungstag",
        "cancelled": "Absage",
        "time": "Uhrzeit und Ort",
        "further": "Wer gemeinsam tagt",
        "role": "Rolle",
        "result": "Ergebnis",
        "deleted": "Beratungsfolge",
        "invited": "Einladung",
        "agenda": "Tagesordnung",
        "number": "Nummer des TOP",
        "position": "Platz auf der Tagesordnung",
        "title": "Bezeichnung des TOP",
        "public": "öffentlich oder nicht",
    },
)

navigation.register(
    "settings",
    "Ratssystem",
    "oparl.systems",
    44,
    visible=lambda: visitor().has(Role.ADMINISTRATOR),
    covers=("oparl.",),
)

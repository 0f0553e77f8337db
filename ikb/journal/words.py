"""What acts, actors and things are called in the journal's page. A test in `tests/house` finds an act without a name."""

from __future__ import annotations

from ikb.journal.model import JournalEntry
from ikb.web import labels
from ikb.web.labels import LABELS


def act(entry: JournalEntry) -> str:
    """An entry in words: what was done, and to what."""
    name = LABELS["journal_action"].get(entry.action, entry.action)
    return f"{labels.label('subject', entry.subject_kind)} {entry.subject_id}: {name}"


labels.add("actor", {"user": "Konto", "invitation": "Einladung", "system": "ikb"})
labels.add(
    "subject",
    {
        "user_account": "Konto",
        "procedure": "Verfahren",
        "participation_phase": "Beteiligungsphase",
        "draft": "Entwurf",
        "draft_version": "Fassung",
        "institution": "Institution",
        "invitation": "Einladung",
        "statement": "Stellungnahme",
        "remark": "Anmerkung",
        "organization": "Gremium",
        "meeting": "Sitzung",
        "agenda_item": "Tagesordnungspunkt",
        "consultation": "Beratung",
        "paper": "Drucksache",
        "result": "Ergebnis",
        "run": "Zusammenführung",
        "consideration": "Auswertung",
        "delivery": "Sendung",
    },
)
labels.add(
    "journal_action",
    {
        "account created": "Konto angelegt",
        "password set": "Passwort festgelegt",
        "roles changed": "Aufgaben geändert",
        "signed in": "angemeldet",
    },
)

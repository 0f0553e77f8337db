"""What acts, actors and things are called in the journal's page. A test in `tests/house` finds an act without a name."""

from __future__ import annotations

from ikb.journal.model import JournalEntry
from ikb.web import labels
from ikb.web.labels import LABELS


def name_of(action: str) -> str:
    """What an act is called."""
    return LABELS.get("journal_action", {}).get(action) or NAMES[action]


def act(entry: JournalEntry) -> str:
    """An entry in words: what was done, and to what."""
    return f"{labels.label('subject', entry.subject_kind)} {entry.subject_id}: {name_of(entry.action)}"


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
        "town_period": "Freie Tage",
        "paper": "Drucksache",
        "result": "Ergebnis",
        "resolution_kind": "Beschlussart",
        "laying": "Zustellung der Vorlage",
        "changed_since": "Rückfrage nach der Sitzung",
        "run": "Zusammenführung",
        "consideration": "Auswertung",
        "delivery": "Sendung",
        "calendar_feed": "Kalender-Abo",
        "finding_override": "Begründung zu einem Befund",
        "scenario": "Planspiel",
        "scenario_move": "Vorschlag",
        "town_plan": "Schritte vor der Sitzung",
        "council_system": "Ratssystem",
        "difference": "Abweichung vom Ratssystem",
        "reminder_rules": "Erinnerungsregeln",
        "call_note": "Anruf",
        "mail_text": "Nachrichtentext",
    },
)
# A room may name its acts itself (`labels.add("journal_action", …)`); its own name goes first.
NAMES = {
    "account created": "Konto angelegt",
    "address changed": "Adresse geändert",
    "calendar link issued": "Adresse ausgestellt",
    "calendar link renewed": "neue Adresse ausgestellt",
    "calendar link revoked": "gesperrt",
    "clerks changed": "Schriftführung geändert",
    "agenda changed": "Tagesordnung geändert",
    "agenda item added": "auf die Tagesordnung gesetzt",
    "agenda item changed": "geändert",
    "agenda item removed": "von der Tagesordnung genommen",
    "committees chosen": "Gremien ausgewählt",
    "consultation added": "hinzugefügt",
    "consultation changed": "geändert",
    "consultation moved": "verlegt",
    "consultation resumed": "wieder aufgenommen",
    "consultation skipped": "ausgelassen",
    "council system added": "angebunden",
    "council system changed": "geändert",
    "council system confirmed": "Übernahme bestätigt",
    "difference kept": "in ikb so gelassen",
    "difference taken over": "übernommen",
    "deadline moved": "Frist verlegt",
    "institution registered": "aufgenommen",
    "institutions added": "Institutionen auf die Liste gesetzt",
    "institutions imported": "mit anderen aus einer Liste aufgenommen",
    "institution called": "geführt",
    "letter restored": "ursprünglicher Text wieder eingesetzt",
    "letter rewritten": "neu geschrieben",
    "letter tested": "Nachricht zur Probe an sich selbst gesendet",
    "invitation extended": "Frist verlängert",
    "invitation sent": "Brief verschickt",
    "letter sent": "Brief verschickt",
    "link renewed": "Link erneuert",
    "meeting added": "angesetzt",
    "meeting cancelled": "abgesagt",
    "meeting changed": "geändert",
    "meeting moved": "verlegt",
    "meeting reinstated": "Absage zurückgenommen",
    "meetings imported": "mit anderen aus einem Kalender aufgenommen",
    "meeting assigned": "Sitzung zugeordnet",
    "meeting taken away": "Sitzung weggenommen",
    "minutes released": "Niederschrift freigegeben",
    "members invited": "zur Sitzung eingeladen",
    "message sent again": "noch einmal gesendet",
    "notice period changed": "Ladungsfrist geändert",
    "organization added": "aufgenommen",
    "organization changed": "geändert",
    "organization renamed": "umbenannt",
    "office answered": "beantwortet",
    "office asked": "gestellt",
    "paper delivered": "eingetragen",
    "paper numbered": "Nummer vergeben",
    "paper registered": "aufgenommen",
    "password set": "Passwort festgelegt",
    "phase changed": "geändert",
    "phase closed": "geschlossen",
    "phase opened": "eröffnet",
    "phase planned": "geplant",
    "procedure changed": "Einstellungen geändert",
    "procedure created": "angelegt",
    "reminder rules changed": "geändert",
    "resolution kind added": "aufgenommen",
    "resolution kind changed": "geändert",
    "result recorded": "eingetragen",
    "roles changed": "Aufgaben geändert",
    "section edited": "Abschnitt bearbeitet",
    "signed in": "angemeldet",
    "statement reopened": "zum Ersetzen geöffnet",
    "statement submitted": "eingegangen",
    "town period added": "eingetragen",
    "town period changed": "geändert",
    "town period removed": "entfernt",
    "version issued": "herausgegeben",
}

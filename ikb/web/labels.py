"""The German names of all states, and how strongly each one asks to be noticed.

A state's tone chooses colour and shape of its badge; the word always stands beside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Literal

from wtforms.fields.choices import SelectChoice

Tone = Literal["neutral", "info", "success", "warning", "danger"]

OPEN = frozenset({"institution_kind"})  # groups to which a town adds words of its own, kept as data

LABELS: dict[str, dict[str, str]] = {
    "stance": {
        "support": "Zustimmung",
        "support_with_changes": "Zustimmung mit Änderung",
        "oppose": "Ablehnung",
        "neutral": "nur Anmerkung",
    },
    "role": {
        "hearing": "Anhörung",
        "preliminary": "Vorberatung",
        "decision": "Entscheidung",
        "information": "Kenntnisnahme",
        "introduction": "Einbringung (1. Lesung)",
    },
    "outcome": {
        "adopted": "beschlossen",
        "adopted_amended": "geändert beschlossen",
        "recommended": "empfohlen",
        "recommended_amended": "mit Änderungen empfohlen",
        "rejected": "abgelehnt",
        "noted": "zur Kenntnis genommen",
        "no_recommendation": "ohne Beschlussempfehlung",
        "first_reading": "1. Lesung",
        "postponed": "vertagt",
        "postponed_to_next": "vertagt in das Folgegremium",
        "deferred": "zurückgestellt",
        "removed": "von der Tagesordnung abgesetzt",
        "referred": "verwiesen",
        "referred_back": "zurückverwiesen",
        "withdrawn": "zurückgezogen",
        "not_dealt_with": "Nichtbefassung",
        "split_vote": "getrennte Abstimmung einzelner Punkte",
    },
    "manner": {
        "unanimous": "einstimmig",
        "unanimous_with_abstentions": "einstimmig bei Enthaltungen",
        "majority": "mehrheitlich",
        "large_majority": "mit großer Mehrheit",
    },
    "motion_outcome": {
        "adopted": "angenommen",
        "rejected": "abgelehnt",
        "taken_over": "ohne Abstimmung übernommen",
        "settled": "erledigt",
        "withdrawn": "zurückgezogen",
        "referred": "verwiesen",
    },
    "laying_manner": {
        "invitation": "mit der Einladung",
        "supplement": "als Nachtrag",
        "tabled": "als Tischvorlage",
    },
    "since_answer": {
        "nothing": "nichts zu tun",
        "tell": "dem Gremium mitteilen",
        "ask_again": "das Gremium noch einmal beraten lassen",
    },
    "station": {
        "planned": "vorgesehen",
        "scheduled": "terminiert",
        "invited": "eingeladen",
        "recorded": "Ergebnis vorläufig",
        "confirmed": "Ergebnis bestätigt",
        "skipped": "ausgelassen",
        "removed": "abgesetzt",
    },
    "paper": {
        "draft": "Entwurf",
        "in_consultation": "in Beratung",
        "decided": "entschieden",
        "withdrawn": "zurückgezogen",
        "expired": "mit der Wahlperiode erledigt",
    },
    "institution_kind": {
        "authority": "Behörde",
        "institution": "Einrichtung",
        "association": "Verband",
        "club": "Verein",
        "migrant_organisation": "Migrantenorganisation",
        "religious_community": "Religionsgemeinschaft",
        "education": "Bildungseinrichtung",
        "business": "Wirtschaft",
        "committee": "Gremium",
        "party": "Partei oder Fraktion",
        "citizen": "Einzelperson",
        "other": "Sonstige",
    },
    "invitation": {
        "planned": "noch nicht eingeladen",
        "invited": "eingeladen",
        "delivered": "zugestellt",
        "bounced": "nicht zustellbar",
        "opened": "Link genutzt",
        "drafted": "Entwurf begonnen",
        "awaits_release": "wartet auf Freigabe",
        "returned": "zur Überarbeitung zurückgegeben",
        "submitted": "Stellungnahme abgeschickt",
        "agrees": "stimmt zu",
        "no_remarks": "keine Anmerkungen",
        "not_concerned": "nicht betroffen",
        "extended": "Frist verlängert",
        "asks": "bittet um mehr Zeit",
        "late": "verspätet",
        "standing": "ständige Einladung",
        "outside": "außerhalb einer Phase",
    },
    "answer": {
        "remarks": "Stellungnahme mit Anmerkungen",
        "agrees": "Wir stimmen zu",
        "no_remarks": "Wir haben keine Anmerkungen",
        "not_concerned": "Das betrifft uns nicht",
        "letter": "eigenes Schreiben",
    },
    "file": {
        "received": "wird geprüft",
        "checked": "geprüft, nicht auf Viren untersucht",
        "clean": "geprüft, kein Virus gefunden",
        "suspicious": "nicht angenommen",
    },
    "proposal": {
        "merged": "Vorschlag zur Übernahme",
        "superseded": "anderer Vorschlag vorgezogen",
        "held": "zu entscheiden",
        "rejected": "nicht übernommen",
        "stale_conflict": "Textstelle inzwischen geändert",
        "already_adopted": "bereits enthalten",
        "unplaceable": "Textstelle nicht gefunden",
        "no_change": "ändert nichts",
    },
    "consideration": {
        "followed": "wird gefolgt",
        "partly_followed": "teilweise gefolgt",
        "not_followed": "nicht gefolgt",
        "noted": "zur Kenntnis genommen",
    },
    "delivery": {
        "planned": "geplant",
        "due": "fällig",
        "sending": "wird gesendet",
        "handed_over": "an den Mailserver übergeben",
        "delivered": "zugestellt",
        "bounced_soft": "vorübergehend nicht zustellbar",
        "bounced_hard": "nicht zustellbar",
        "failed": "aufgegeben",
        "cancelled": "nicht mehr nötig",
        "expired": "verfallen",
    },
    "message": {
        "invitation": "Einladung",
        "reminder": "Erinnerung",
        "statement_receipt": "Eingangsbestätigung",
        "result_missing": "Ergebnis fehlt",
        "sitting_update": "Mitteilung an ein Gremium",
    },
    "section_kind": {
        "heading": "Überschrift",
        "point": "Beschlusspunkt",
        "paragraph": "Absatz",
        "bullet": "Aufzählungspunkt",
        "goal": "Leitziel",
        "objective": "Handlungsziel",
        "measure": "Maßnahme",
    },
    "version": {
        "working": "Arbeitsfassung",
        "issued": "ausgegeben",
    },
    "phase": {
        "planned": "noch nicht eröffnet",
        "open": "läuft",
        "closed": "beendet",
    },
    "statement": {
        "draft": "Entwurf",
        "submitted": "abgeschickt",
        "replaced": "durch eine spätere ersetzt",
        "withdrawn": "zurückgezogen",
    },
    "wish": {
        "": "keine neue Formulierung",
        "replace": "andere Formulierung",
        "delete": "streichen",
        "insert_after": "danach einfügen",
        "insert_before": "davor einfügen",
    },
    "change": {
        "edit": "geändert",
        "insert": "eingefügt",
        "delete": "gestrichen",
        "move": "verschoben",
    },
    "run": {
        "queued": "wartet",
        "running": "läuft",
        "done": "fertig",
        "failed": "fehlgeschlagen",
        "stopped": "abgebrochen",
        "outdated": "überholt",
    },
    "draft_kind": {
        "resolution": "Beschlussvorlage",
        "concept": "Konzept",
    },
    "organization_kind": {
        "council": "Rat",
        "committee": "Fachausschuss",
        "district": "Bezirksvertretung",
        "advisory": "Beirat",
        "integration_council": "Integrationsrat",
    },
    "notice_unit": {
        "calendar": "Kalendertage",
        "working": "Arbeitstage",
    },
    "short_notice_unit": {
        "hours": "Stunden",
        "calendar": "Kalendertage",
        "working": "Arbeitstage",
    },
    "delivery_way": {
        "electronic": "elektronisch",
        "post": "mit der Post",
    },
    "town_period": {
        "local_exception": "örtlicher freier Tag",
        "school_holiday": "Schulferien",
        "recess": "Sitzungspause",
    },
    "user_role": {
        "lead": "Projektleitung",
        "secretary": "Schriftführung",
        "administrator": "Verwaltung der Anwendung",
        "institution": "Institution",
        "public": "Öffentlichkeit",
    },
}

TONES: dict[str, dict[str, Tone]] = {
    "stance": {"support": "success", "support_with_changes": "info", "oppose": "danger"},
    "outcome": {
        "adopted": "success",
        "adopted_amended": "success",
        "recommended": "success",
        "recommended_amended": "success",
        "rejected": "danger",
        "noted": "info",
        "no_recommendation": "info",
        "first_reading": "info",
        "postponed": "warning",
        "postponed_to_next": "warning",
        "deferred": "warning",
        "removed": "warning",
        "referred": "warning",
        "referred_back": "warning",
        "split_vote": "info",
    },
    "file": {"checked": "info", "clean": "success", "suspicious": "danger"},
    "station": {"invited": "info", "recorded": "info", "confirmed": "success", "removed": "warning"},
    "paper": {"in_consultation": "info", "decided": "success", "withdrawn": "warning"},
    "invitation": {
        "bounced": "danger",
        "opened": "info",
        "drafted": "info",
        "awaits_release": "info",
        "returned": "warning",
        "submitted": "success",
        "agrees": "success",
        "no_remarks": "success",
        "not_concerned": "success",
        "extended": "info",
        "asks": "warning",
        "late": "warning",
        "standing": "info",
        "outside": "info",
    },
    "proposal": {
        "merged": "info",
        "superseded": "neutral",
        "held": "warning",
        "rejected": "danger",
        "stale_conflict": "warning",
        "unplaceable": "warning",
        "already_adopted": "success",
    },
    "consideration": {"followed": "success", "partly_followed": "info", "not_followed": "danger"},
    "delivery": {
        "due": "info",
        "sending": "info",
        "handed_over": "success",
        "delivered": "success",
        "bounced_soft": "warning",
        "bounced_hard": "danger",
        "failed": "danger",
    },
    "phase": {"open": "info", "closed": "neutral"},
    "statement": {"draft": "info", "submitted": "success"},
    "run": {"running": "info", "done": "success", "failed": "danger", "outdated": "warning"},
    "version": {"working": "warning", "issued": "success"},
}


def label(group: str, code: object) -> str:
    """The German name of a state. Raises KeyError for a group or code that has none.

    What a town adds to one of the open groups carries its own name.
    """
    known, text = LABELS[group], _text(code)
    return known.get(text, text) if group in OPEN else known[text]


def tone(group: str, code: object) -> Tone:
    """How a state's badge looks; neutral unless it asks to be noticed."""
    return TONES.get(group, {}).get(_text(code), "neutral")


def add(group: str, names: Mapping[str, str], tones: Mapping[str, Tone] | None = None) -> None:
    """Name further states, for kinds that only an upper room knows (message kinds, acts in the journal).

    Raises ValueError where a state already has another name: one state, one word.
    """
    known = LABELS.setdefault(group, {})
    for code, name in names.items():
        if known.setdefault(code, name) != name:
            raise ValueError(f"{group} {code!r} is called {known[code]!r} already, not {name!r}.")
    TONES.setdefault(group, {}).update(tones or {})


def choices(group: str, *codes: str) -> list[SelectChoice]:
    """Codes with their names for a select or radio list, all of the group unless some are named, in that order."""
    names = LABELS[group]
    return [SelectChoice(str(code), names[_text(code)]) for code in codes or names]


def _text(code: object) -> str:
    return str(code.value) if isinstance(code, Enum) else str(code)

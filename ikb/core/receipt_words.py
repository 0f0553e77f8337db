"""What the fields of a receipt are called, for people who read what is wrong with one."""

from __future__ import annotations

from collections.abc import Sequence

Path = Sequence[str | int]

_TOP = {
    "format": "Format",
    "receipt": "Nachweis",
    "content": "Inhalt",
    "check_digits": "Prüfziffern",
    "signature": "Signatur",
}
_RECEIPT = {
    "kind": "Art der Bestätigung",
    "number": "Eingangsnummer",
    "issuer": "ausstellende Stelle",
    "received_at": "Eingang",
    "received_at.utc": "Eingang in Weltzeit (UTC)",
    "received_at.local": "Eingang in Ortszeit",
    "received_at.weekday": "Wochentag des Eingangs",
    "received_at.zone": "Zeitzone des Eingangs",
    "received_at.by_proxy": "bei der Ankunft vermerkte Uhrzeit (Server davor oder Eingangsstempel)",
    "received_at.by_application": "Uhrzeit der Anwendung",
    "deadline": "Frist",
    "deadline.last_day": "letzter Tag der Frist",
    "deadline.version": "Stand der Frist",
    "deadline.is_late": "Vermerk „rechtzeitig oder verspätet“",
    "content": "Angaben zum Inhalt",
    "content.format": "Format des Inhalts",
    "content.sha256": "Prüfsumme des Inhalts",
    "files": "Prüfsummen der Dateien",
    "journal": "Platz im Änderungsverlauf",
    "journal.sequence": "Nummer im Änderungsverlauf",
    "journal.digest": "Siegel im Änderungsverlauf",
    "journal.previous": "Siegel des Eintrags davor",
    "signed": "Angaben zur Unterschrift",
    "signed.at": "Zeitpunkt der Unterschrift",
    "signed.later": "Vermerk „nachträglich unterschrieben“",
}
_CONTENT = {
    "format": "Format",
    "salt": "Zufallszahl",
    "number": "Eingangsnummer",
    "procedure": "Verfahren",
    "procedure.title": "Titel des Verfahrens",
    "procedure.id": "Nummer des Verfahrens",
    "version": "Fassung",
    "version.draft": "Titel des Entwurfs",
    "version.number": "Nummer der Fassung",
    "institution": "Institution",
    "institution.name": "Name der Institution",
    "institution.number": "Nummer der Institution",
    "sequence": "laufende Nummer der Abgabe",
    "answer": "Art der Antwort",
    "author_name": "Name der Person",
    "consents_to_name": "Einwilligung zum Namen",
    "received_at": "Eingang",
    "is_late": "Vermerk „rechtzeitig oder verspätet“",
    "deadline": "Frist",
    "deadline.last_day": "letzter Tag der Frist",
    "deadline.version": "Stand der Frist",
    "remarks": "Anmerkungen",
    "files": "Dateien",
    "statement": "zurückgezogene Stellungnahme",
    "statement.number": "Nummer der zurückgezogenen Stellungnahme",
    "statement.sha256": "Prüfsumme der zurückgezogenen Stellungnahme",
}
_REMARK = {
    "position": "Platz",
    "section": "Abschnitt",
    "stance": "Haltung",
    "comment": "Text",
    "wish": "Art der Änderung",
    "proposed_text": "vorgeschlagener Wortlaut",
}
_FILE = {"name": "Name", "sha256": "Prüfsumme", "size": "Größe", "media_type": "Art"}
_SIGNATURE = {"algorithm": "Verfahren der Signatur", "key_id": "Kennung des Schlüssels", "value": "Signatur"}


def name_of(path: Path) -> str:
    """What the field at a path is called, in German: `Anmerkung 3, Text`."""
    top, rest = str(path[0]), path[1:]
    if not rest:
        return _TOP.get(top, f"Feld {top}")
    if top == "content":
        return f"Inhalt: {_in_content(rest)}"
    if top == "signature":
        return _SIGNATURE.get(str(rest[0]), f"Feld signature.{rest[0]}")
    if top == "receipt" and rest[0] == "files" and len(rest) > 1:
        return f"Prüfsumme der Datei {_place(rest[1])}"
    return _known(_RECEIPT, rest)


def _in_content(path: Path) -> str:
    if len(path) > 1 and path[0] in ("remarks", "files"):
        names = _REMARK if path[0] == "remarks" else _FILE
        what = f"{'Anmerkung' if path[0] == 'remarks' else 'Datei'} {_place(path[1])}"
        return what if len(path) == 2 else f"{what}, {_known(names, path[2:])}"
    return _known(_CONTENT, path)


def _known(names: dict[str, str], path: Path) -> str:
    written = ".".join(map(str, path))
    return names.get(written, f"Feld {written}")


def _place(index: str | int) -> str:
    return str(index + 1) if isinstance(index, int) else index

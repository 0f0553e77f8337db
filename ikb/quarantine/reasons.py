"""Why a file is not taken: each reason with a stable code, and a German sentence or two that say what it is and what to do."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Reason:
    """code: stable, for programs and tests; text: what it is and what to do; the file's name stands before it."""

    code: str
    text: str


class NotTaken(Exception):
    """A file that ikb does not take."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.code)
        self.reason = reason


EMPTY = Reason("empty", "Sie ist leer.")
UNKNOWN = Reason("unknown", "Diese Art von Datei nehmen wir nicht an. Speichern Sie sie als PDF.")
OLD_OFFICE = Reason(
    "old_office",
    "Sie ist mit einem Kennwort geschützt oder in einem alten Office-Format (.doc, .xls). Speichern Sie sie ohne Kennwort "
    "als PDF oder DOCX.",
)
WEB_PAGE = Reason("web_page", "Sie ist eine Webseite (HTML). Speichern Sie sie als PDF.")
SVG = Reason("svg", "Sie ist eine SVG-Grafik, die Programme enthalten kann. Speichern Sie das Bild als PNG.")
GIF = Reason("gif", "Sie ist ein GIF-Bild. Speichern Sie das Bild als JPEG oder PNG.")
BMP = Reason("bmp", "Sie ist ein BMP-Bild. Speichern Sie das Bild als JPEG oder PNG.")
RTF = Reason("rtf", "Sie ist im RTF-Format. Speichern Sie sie als PDF oder DOCX.")
PROGRAM = Reason("program", "Sie ist ein Programm.")
ARCHIVE = Reason("archive", "Sie ist ein Archiv. Schicken Sie die Dateien darin einzeln.")
HEIC = Reason(
    "heic",
    "Sie ist ein Foto im Format HEIC. Stellen Sie Ihr Telefon auf „Maximale Kompatibilität“, oder schicken Sie das Foto als "
    "JPEG.",
)

# Found only by opening the file, in quarantine.
ENCRYPTED = Reason("encrypted", "Sie ist mit einem Kennwort geschützt. Speichern Sie sie ohne Kennwort.")
DAMAGED = Reason("damaged", "Sie ist beschädigt und lässt sich nicht öffnen. Speichern Sie sie neu, am besten als PDF.")
TOO_MUCH = Reason(
    "too_much",
    "Sie ließ sich nicht prüfen: Sie braucht zu viel Zeit oder Speicher. Speichern Sie sie neu, oder teilen Sie sie auf.",
)
TOO_MANY_PAGES = Reason("too_many_pages", "Sie hat mehr als 2.000 Seiten. Teilen Sie sie auf.")
BOMB = Reason("bomb", "Sie ist entpackt viel zu groß. Speichern Sie sie neu, am besten als PDF.")
TOO_MANY_PIXELS = Reason(
    "too_many_pixels", "Das Bild ist viel zu groß. Verkleinern Sie es, zum Beispiel auf 4000 Punkte Breite."
)
MACROS = Reason("macros", "Sie enthält Makros. Speichern Sie sie als DOCX, XLSX oder PDF, ohne Makros.")
SCRIPT = Reason("script", "Sie enthält ein Programm (JavaScript). Drucken Sie sie in eine neue PDF-Datei.")
ACTION = Reason("action", "Sie will beim Öffnen etwas starten oder absenden. Drucken Sie sie in eine neue PDF-Datei.")
EMBEDDED = Reason("embedded", "In ihr stecken weitere Dateien. Schicken Sie diese einzeln.")
FROM_OUTSIDE = Reason("from_outside", "Sie lädt beim Öffnen etwas aus dem Internet nach. Speichern Sie sie als PDF.")
ENTITIES = Reason(
    "entities", "Ihr Inhalt ist so gebaut, dass er Programmen schaden kann. Speichern Sie sie neu, am besten als PDF."
)
PATHS = Reason(
    "paths", "Ihr Inhalt ist so gebaut, dass er Programmen schaden kann. Speichern Sie sie neu, am besten als PDF."
)
SCAN = Reason(
    "scan",
    "Sie hat keinen Text, nur Bilder der Seiten (ein Scan). Lassen Sie sie mit einer Texterkennung (OCR) neu speichern, oder "
    "wählen Sie die Word-Datei, aus der sie gedruckt wurde.",
)
NOTES = Reason(
    "notes",
    "Über ihren Seiten liegen Anmerkungen, Kästen oder Formularfelder. Ein Kasten über einem Wort schwärzt es nicht: Es bleibt "
    "darunter lesbar. Entfernen Sie die Stelle mit einem Programm zum Schwärzen, und drucken Sie das Ergebnis in eine neue "
    "PDF-Datei.",
)
TWO_IN_ONE = Reason("two_in_one", "Sie ist zwei Dateien in einer. Speichern Sie sie neu, am besten als PDF.")
VIRUS = Reason("virus", "Der Virenscanner hat darin Schadsoftware gefunden. Prüfen Sie Ihren Rechner.")

BY_CODE = {reason.code: reason for reason in list(globals().values()) if isinstance(reason, Reason)}

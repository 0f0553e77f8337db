"""The form's own words: the lines that begin a part of the paper, and those that only help to fill it in."""

import re
from dataclasses import dataclass
from enum import StrEnum

from ikb.drafts.importers.lines import Line


class Part(StrEnum):
    SUBJECT = "subject"
    CONSULTATIONS = "consultations"
    RESOLUTION = "resolution"
    REASONS = "reasons"
    OTHER = "other"


@dataclass(frozen=True)
class Label:
    """A line that names the part that follows; `rest` is text on the same line."""

    part: Part
    name: str
    rest: str


_NAMES = {
    Part.SUBJECT: (
        r"Beratungsgegenstand|Betreff|Gegenstand(?: der Vorlage)?|Titel|Thema|Bezeichnung(?: des Tagesordnungspunktes)?"
    ),
    Part.CONSULTATIONS: r"Beratungsfolge|Beratungsgang|Beratungsabfolge|Gremienfolge",
    Part.RESOLUTION: r"Beschluss(?:vorschlag|empfehlung|entwurf|text|antrag|fassung)?|Beschluß(?:vorschlag)?",
    Part.REASONS: r"Begründung|Sachverhalt|Sachdarstellung|Sach- und Rechtslage|Erläuterung(?:en)?|Problembeschreibung",
    Part.OTHER: (
        r"Finanzielle Auswirkungen|Auswirkungen auf \w+|Klimarelevanz|Klimaauswirkungen|Betroffene Produktgruppe|"
        r"(?:Ggf\. )?Frühere Behandlung(?: des Beratungsgegenstandes)?|Zusammenfassung|Anlagen|Anlagenverzeichnis|"
        r"Federführung|Federführendes Amt|Verfasser(?:in)?|Beratungsergebnis|Abstimmungsergebnis"
    ),
}
# Alone on its line, with a colon, or with the form's own hint in brackets behind it.
_LABELS = {
    part: re.compile(rf"(?P<name>{names})(?:\s*\([^()]*\))?\s*(?::\s*(?P<rest>.*))?", re.IGNORECASE)
    for part, names in _NAMES.items()
}
_MARKS = re.compile(r"^[#>\s]+|\*\*|__")

_OFFICES = (
    r"(?:Ober|Ober-)?(?:bürger|Bürger)meister(?:in)?|(?:Erste[r]? )?(?:Stadt)?(?:Beigeordnete[rn]?|beigeordnete[rn]?)|"
    r"Stadtkämmer(?:er|in)|Stadtdirektor(?:in)?|Landr(?:at|ätin)|Dezernent(?:in)?|Amtsleiter(?:in)?|"
    r"Im Auftrag(?:e)?|In Vertretung|[Ii]\. ?[AV]\."
)
_SIGNATURE = re.compile(rf"(?:(?:Der|Die) )?(?:{_OFFICES})[.,:]?|gez\. .{{2,60}}|_{{4,}}")
_FORM_NOTE = re.compile(
    r"\b(?:Begründung|Formular|Vordruck|Feld|Zusammenfassung)\b.*\bbitte\b|\bbitte\b.*\b(?:voranstellen|ankreuzen)\b"
)
_ANNEX = re.compile(
    r"Anlage\s+(?:Nr\.\s*)?(?P<number>\d{1,2}|[IVX]{1,4}|[A-H])\b(?:\s+zu[mr]?\s[^:]*)?"
    r"(?:\s*[:–-]\s*(?P<title>.+)|\s+(?P<bare_title>[A-ZÄÖÜ\"„»(].*)|:?)"
)
_SHEET_TITLE = re.compile(
    r"(?:\w+ ?)?(?:\w*vorlage)(?: der Verwaltung| an den Rat.*| zur Beschlussfassung)?", re.IGNORECASE
)


def bare(text: str) -> str:
    """A line without the marks that converters put around headings and bold words."""
    return _MARKS.sub("", text).strip()


def read_label(line: Line) -> Label | None:
    """The part that this line begins, if it begins one."""
    text = bare(line.text)
    for part, pattern in _LABELS.items():
        if match := pattern.fullmatch(text):
            return Label(part, match["name"], (match["rest"] or "").strip())
    return None


def is_signature(line: Line) -> bool:
    cells = [cell.strip() for cell in line.text.split("\t") if cell.strip()]
    return bool(cells) and all(_SIGNATURE.fullmatch(bare(cell)) for cell in cells)


def is_form_note(line: Line) -> bool:
    """Whether the line tells the writer how to fill in the form, and so is no part of the paper."""
    return len(line.text) < 200 and _FORM_NOTE.search(line.text) is not None


def is_sheet_title(line: Line) -> bool:
    return len(line.text) < 100 and _SHEET_TITLE.fullmatch(bare(line.text)) is not None


def annex_heading(line: Line) -> tuple[str, str] | None:
    """Number and title (perhaps empty) of the annex that this line begins; None for a sentence that mentions one."""
    text = bare(line.text)
    match = _ANNEX.fullmatch(text)
    if match is None or len(text) > 120 or "\t" in text or text.endswith((".", ",", ";")):
        return None
    return match["number"], (match["title"] or match["bare_title"] or "").strip()

"""The words a Beratungsfolge is printed with: dates, publicness, roles, results, and how committees are called."""

import re
from datetime import date
from typing import Literal

WordKind = Literal["date", "no_date", "public", "role", "result"]

_NAMES = "Januar|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember"
MONTH = f"(?:{_NAMES})"
_MONTHS = _NAMES.split("|")
_WEEKDAY = r"(?:(?:Mo|Di|Mi|Do|Fr|Sa|So)(?:ntag|enstag|ttwoch|nnerstag|eitag|mstag|nnabend)?\.?,?\s+)?"
_CLOCK = r"(?:,?\s+(?:um\s+)?\d{1,2}[:.]\d{2}(?:\s*Uhr)?|,?\s+(?:um\s+)?\d{1,2}\s*Uhr)?"
_DAY = (
    r"(?:\d{1,2}\.\s?\d{1,2}\.\s?\d{4}|\d{1,2}\.\d{1,2}\.\d{2}|\d{4}-\d{2}-\d{2}"
    rf"|\d{{1,2}}\.\s*{MONTH}\s+\d{{4}})(?!\d)"
)
# Looks like a date and tells no day: "Juni 2011", "??.06.2011", "KW 23", "02.03."
_VAGUE = (
    rf"(?:(?:Anfang|Mitte|Ende)\s+)?{MONTH}\s+\d{{4}}"
    r"|[\d?xX]{1,2}\.[\d?xX]{1,2}\.(?:[\d?xX]{4})?|KW\s*\d+(?:/\d+)?"
)

DATE = re.compile(rf"(?:\b(?:am|den|vom)\s+)?(?<![\w.]){_WEEKDAY}(?:{_DAY}|{_VAGUE}){_CLOCK}")
_NUMERIC = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4}|\d{2})")
_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_NAMED = re.compile(rf"(\d{{1,2}})\.\s*({_NAMES})\s+(\d{{4}})")
_NO_DATE = re.compile(
    r"[-–—./ _]*|n\. ?n\.|(?:noch )?(?:offen|unbekannt|nicht terminiert)|Termin (?:noch )?offen|steht noch nicht fest",
    re.IGNORECASE,
)

_PUBLIC = re.compile(r"(?:öffentlich(?:e Sitzung|er Teil)?|ö|oe)", re.IGNORECASE)
_NOT_PUBLIC = re.compile(r"(?:nicht[- ]?öffentlich(?:e Sitzung|er Teil)?|nö|n)", re.IGNORECASE)

_ROLE_WORD = (
    r"Anhörung|Vorberatung|Mitberatung|Beratung|Entscheidung|Endentscheidung|Beschluss(?:fassung)?|"
    r"(?:Beschluss)?[Ee]mpfehlung|Kenntnisnahme|Kenntnis|Einbringung|Information|Stellungnahme|Federführung|"
    r"(?:vor|mit)?beratend|beschließend|empfehlend|anhörend|entscheidend|federführend|(?:1|2|3|[Ee]rste|[Zz]weite)\.?\s+Lesung"
)
_ROLE = re.compile(rf"(?:zur\s+)?(?:{_ROLE_WORD})(?:\s*\(.*\))?")
_ROLE_BEHIND_NAME = re.compile(rf"(?P<name>.{{3,}}?)\s+(?P<role>(?:zur\s+)?(?:{_ROLE_WORD}))(?:\s+(?P<result>.+))?")
_RESULT = re.compile(
    r"\b(?:beschlossen|empfohlen|abgelehnt|vertagt|zurückgestellt|abgesetzt|verwiesen|zurückverwiesen|zurückgezogen|"
    r"angenommen|zugestimmt|genommen|Nichtbefassung|einstimmig|mehrheitlich|erledigt|getrennte Abstimmung|"
    r"ohne Beschluss\w*|Enthaltung(?:en)?|Ja|Nein)\b",
    re.IGNORECASE,
)
_COMMITTEE = re.compile(
    r"(?:aussch(?:uss|uß|üsse)|rat\b|beirat|vertretung|versammlung|kommission|kreistag|senat|bürgerschaft|magistrat|"
    r"konferenz|parlament|vorstand|forum|gremium)",
    re.IGNORECASE,
)


def kind_of(text: str) -> WordKind | None:
    """What a piece of a line says as a whole; None for a committee's name or anything else."""
    text = text.strip()
    if DATE.fullmatch(text):
        return "date"
    if _NO_DATE.fullmatch(text):
        return "no_date"
    if read_public(text) is not None:
        return "public"
    if _ROLE.fullmatch(text):
        return "role"
    return "result" if _RESULT.search(text) and not _COMMITTEE.search(text) else None


def read_public(text: str) -> bool | None:
    """True for a public, False for a non-public sitting, None for anything else."""
    if _PUBLIC.fullmatch(text):
        return True
    return False if _NOT_PUBLIC.fullmatch(text) else None


def read_date(text: str) -> date | None:
    """The day printed as 26.05.2010, 26.5.10, 2010-05-26 or 26. Mai 2010; None if there is no such day."""
    if iso := _ISO.search(text):
        year, month, day = (int(part) for part in iso.groups())
    elif named := _NAMED.search(text):
        year, month, day = int(named[3]), _MONTHS.index(named[2]) + 1, int(named[1])
    elif numeric := _NUMERIC.search(text):
        day, month, year = (int(part) for part in numeric.groups())
        year += 2000 if year < 100 else 0
    else:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def means_no_date(text: str) -> bool:
    return _NO_DATE.fullmatch(text.strip()) is not None


def looks_like_committee(text: str) -> bool:
    return _COMMITTEE.search(text) is not None


def part_role(text: str) -> tuple[str, str, str | None] | None:
    """Name, role and what follows, where a role stands behind the name with nothing but a space between them."""
    match = _ROLE_BEHIND_NAME.fullmatch(text.strip())
    if match is None or (match["result"] and kind_of(match["result"]) != "result"):
        return None
    return match["name"], match["role"], match["result"]

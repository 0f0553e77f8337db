"""What stands in the cells of a list of institutions, as values; and values as cells."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime

from email_validator import EmailNotValidError, validate_email

from ikb.core.names import sort_key
from ikb.deliveries.letters import LANGUAGES

YES, NO = frozenset({"ja", "j", "x", "1", "wahr", "true"}), frozenset({"", "nein", "n", "0", "falsch", "false", "-"})
LANGUAGE_WORDS = {"de": "de", "deutsch": "de", "german": "de", "en": "en", "englisch": "en", "english": "en"}


class FaultyCellError(ValueError):
    """What stands in a cell cannot be taken; the message is the end of a German sentence."""


def one_line(text: str) -> str:
    """Blanks and line breaks as single blanks."""
    return " ".join(text.split())


def address(text: str) -> str:
    """One mail address, in small letters; empty where there is none."""
    if not text:
        return ""
    if re.search(r"[;,\s]", text):
        raise FaultyCellError("nennt mehr als eine Adresse. Tragen Sie eine ein, am besten ein Funktionspostfach.")
    try:
        validate_email(text, check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError as fault:
        raise FaultyCellError(
            f"„{text[:80]}“ ist keine E-Mail-Adresse. Lassen Sie die Zelle leer, wenn es keine gibt."
        ) from fault
    return text.lower()


def parts(text: str) -> tuple[str, ...]:
    """Several, parted by semicolons or lines; by commas only where nothing clearer does, since a name may hold one."""
    pattern = r"[;|\n]" if re.search(r"[;|\n]", text) else ","
    return tuple(one_line(part) for part in re.split(pattern, text) if part.strip())


def joined(several: Sequence[str]) -> str:
    """Several as `parts` reads them."""
    text = "; ".join(several)
    return f"{text};" if len(several) == 1 and "," in text else text


def language(text: str) -> str:
    """In which language we write; German where nothing is said."""
    if not text:
        return "de"
    code = LANGUAGE_WORDS.get(sort_key(text))
    if code not in LANGUAGES:
        raise FaultyCellError(
            f"„{text[:40]}“ schreiben wir nicht. Erlaubt sind Deutsch und Englisch; andere Sprachen gehören in die "
            "Spalte Sprachen."
        )
    return str(code)


def yes(text: str) -> bool:
    """`ja` or `x`, else no."""
    word = text.strip().lower()
    if word not in YES | NO:
        raise FaultyCellError(
            f"„{text[:40]}“ heißt weder ja noch nein. Schreiben Sie „ja“, oder lassen Sie die Zelle leer."
        )
    return word in YES


def day(text: str) -> date | None:
    """A day as `01.06.2030` or `2030-06-01`; None where nothing is said."""
    if not text:
        return None
    for form in ("%d.%m.%Y", "%Y-%m-%d"):
        try:
            found = datetime.strptime(text, form).date()  # noqa: DTZ007 (a day, not a moment)
        except ValueError:
            continue
        if 1990 <= found.year <= 2100:
            return found
    raise FaultyCellError(f"„{text[:40]}“ ist kein Tag. Schreiben Sie ihn so: 28.06.2030.")


def number(text: str) -> int | None:
    """A number of the register; None for a new institution."""
    if not text:
        return None
    if not text.isascii() or not text.isdigit() or len(text) > 9 or int(text) == 0:
        raise FaultyCellError(f"„{text[:40]}“ ist keine Nummer. Bei neuen Institutionen bleibt die Zelle leer.")
    return int(text)

"""What imprint and privacy notice need to know about the town, and what of it is missing. Nothing here is invented."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from ikb.db import db
from ikb.errors import Conflict, Implausible
from ikb.journal import service as journal
from ikb.journal.service import Actor
from ikb.privacy.model import TownNotice
from ikb.web import labels

LONGEST = 3000
labels.add("journal_action", {"town notice changed": "geändert"})
labels.add("subject", {"town_notice": "Impressum und Datenschutzhinweise"})


@dataclass(frozen=True)
class Field:
    """One thing to be told. needed: the page is incomplete without it; is_long: several lines."""

    code: str
    label: str
    hint: str = ""
    needed: bool = True
    is_long: bool = False


FIELDS = (
    Field("town", "Name der Stadt oder Gemeinde", "Wie in amtlichen Schreiben, zum Beispiel „Stadt Musterau“."),
    Field("represented_by", "Gesetzlich vertreten durch", "Amt und Name."),
    Field("address", "Anschrift", "Straße, Hausnummer, Postleitzahl, Ort.", is_long=True),
    Field("phone", "Telefon"),
    Field("email", "E-Mail-Adresse"),
    Field("vat_id", "Umsatzsteuer-Identifikationsnummer", "Nur wenn es eine gibt.", needed=False),
    Field("content_by", "Verantwortlich für den Inhalt", "Name und Anschrift, wenn sie abweichen.", needed=False, is_long=True),
    Field("officer", "Datenschutzbeauftragte Person: Kontakt", "Stelle, Anschrift, Telefon, E-Mail.", is_long=True),
    Field("authority", "Aufsichtsbehörde für den Datenschutz", "Name und Anschrift der Behörde Ihres Landes.", is_long=True),
    Field("purposes", "Zwecke der Verarbeitung", "Ein oder mehrere ganze Sätze.", is_long=True),
    Field("legal_basis", "Rechtsgrundlage", "So genau zitiert, wie Ihr Rechtsamt sie nennt.", is_long=True),
    Field("recipients", "Empfänger der Daten", "Wer sie bekommt: Ämter, Gremien, Dienstleister.", is_long=True),
    Field("third_countries", "Übermittlung in Länder außerhalb der EU", "Auch wenn es keine gibt.", is_long=True),
    Field("storage", "Wie lange gespeichert wird", "Die Fristen stehen darunter.", needed=False, is_long=True),
    Field("duty", "Ob jemand die Daten angeben muss", "Und was geschieht, wenn nicht.", is_long=True),
)  # fmt: skip
IMPRINT = ("town", "represented_by", "address", "phone", "email")


def row() -> TownNotice | None:
    """What was entered, None before anybody did."""
    return db.session.scalar(select(TownNotice).order_by(TownNotice.id).limit(1))


def texts() -> dict[str, str]:
    """Every field's text by its code; empty where it was not entered."""
    found = row()
    given: Mapping[str, str] = found.texts if found else {}
    return {field.code: given.get(field.code, "") for field in FIELDS}


def missing(given: Mapping[str, str]) -> Sequence[Field]:
    """The needed fields that are empty."""
    return [field for field in FIELDS if field.needed and not given.get(field.code, "").strip()]


def change(given: Mapping[str, str], *, seen: int, by: Actor, now: datetime) -> TownNotice:
    """Save what was entered; it may be incomplete, and the pages say so.

    seen: the row's version in the form, 0 where there was none.
    Raises Implausible for a text that is too long, Conflict with both texts if somebody else saved since.
    """
    kept = {field.code: given.get(field.code, "").strip() for field in FIELDS}
    for field in FIELDS:
        if len(kept[field.code]) > LONGEST:
            raise Implausible(f"Das ist zu lang: höchstens {LONGEST} Zeichen.", field.code)
    found = row()
    if (found.row_version if found else 0) != seen:
        theirs = found.texts if found else {}
        raise Conflict(
            "Jemand anderes hat diese Angaben inzwischen geändert. Es wurde nichts überschrieben.",
            theirs=in_words(theirs),
            mine=in_words(kept),
        )
    if found is None:
        found = TownNotice(texts=kept)
        db.session.add(found)
    else:
        found.texts = kept
    db.session.flush()
    facts = {"given": sum(map(bool, kept.values())), "missing": len(missing(kept))}
    journal.record("town notice changed", found, by=by, now=now, facts=facts)
    return found


def in_words(given: Mapping[str, str]) -> str:
    """Everything as text, for setting two of them side by side."""
    return "\n".join(f"{field.label}: {given.get(field.code, '')}" for field in FIELDS)

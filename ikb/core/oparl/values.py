"""Single values of an OParl object: what cannot be what it should be is left out, with a sentence that says so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from ikb.core.clock import BERLIN

LONGEST_ID = 1000
_TYPES = {str: "Text", bool: "Wahrheitswert", int: "Zahl", dict: "Objekt", list: "Liste", float: "Kommazahl"}


@dataclass(frozen=True)
class Fault:
    """What a council system got wrong: the address of the object or page, and one German sentence."""

    url: str
    sentence: str


@dataclass
class Fields:
    """The fields of one object. Each reader gives the value or nothing, and notes why there is none.

    Missing is no fault unless the reader says so; `null` and empty text count as missing, as many servers send them.
    """

    data: Mapping[str, Any]
    url: str
    faults: list[Fault] = field(default_factory=list)

    def note(self, sentence: str) -> None:
        """Add a fault of this object, once."""
        fault = Fault(self.url, sentence)
        if fault not in self.faults:
            self.faults.append(fault)

    def text(self, name: str, longest: int = 500, *, needed: bool = False) -> str:
        """A text without surrounding blanks, cut at `longest` characters; empty if there is none."""
        value = self.data.get(name)
        if value is None or value == "":
            if needed:
                self.note(f"Das Feld „{name}“ fehlt.")
            return ""
        if not isinstance(value, str):
            self._wrong(name, value, "Text")
            return ""
        plain = value.replace("\x00", "").strip()
        if len(plain) > longest:
            self.note(f"Das Feld „{name}“ ist länger als {longest} Zeichen und wurde gekürzt.")
        return plain[:longest]

    def flag(self, name: str) -> bool | None:
        """True or false; None if it is not said."""
        value = self.data.get(name)
        if value is None or isinstance(value, bool):
            return value
        self._wrong(name, value, "Wahrheitswert")
        return None

    def number(self, name: str, *, needed: bool = False) -> int | None:
        """A whole number from 0 to a million."""
        value = self.data.get(name)
        if value is None:
            if needed:
                self.note(f"Das Feld „{name}“ fehlt.")
            return None
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= 1_000_000:
            self._wrong(name, value, "Zahl ab 0")
            return None
        return value

    def moment(self, name: str) -> datetime | None:
        """An aware UTC moment; one without a zone is taken as wall time in Berlin, and noted."""
        value = self.text(name, 40)
        if not value:
            return None
        try:
            read = datetime.fromisoformat(value)
        except ValueError:
            self.note(f"Das Feld „{name}“ ist kein Zeitpunkt: „{value}“.")
            return None
        if len(value) <= len("2010-05-26"):
            self.note(f"Das Feld „{name}“ ist ein Tag ohne Uhrzeit: „{value}“.")
        elif read.tzinfo is None:
            self.note(f"Das Feld „{name}“ hat keine Zeitzone: „{value}“. Gelesen als Zeit in Berlin.")
        try:
            return (read if read.tzinfo else read.replace(tzinfo=BERLIN)).astimezone(UTC)
        except (OverflowError, ValueError):
            self.note(f"Das Feld „{name}“ ist kein brauchbarer Zeitpunkt: „{value}“.")
            return None

    def day(self, name: str) -> date | None:
        """A calendar day; of a moment sent instead, its day as written."""
        value = self.text(name, 40)
        if not value:
            return None
        try:
            return date.fromisoformat(value[:10])
        except ValueError:
            self.note(f"Das Feld „{name}“ ist kein Tag: „{value}“.")
            return None

    def address(self, name: str) -> str:
        """The URL of another object; of an object embedded where only its URL belongs, its id."""
        return self._address(name, self.data.get(name))

    def addresses(self, name: str) -> tuple[str, ...]:
        """URLs in their order, each once; a single one without a list is taken, and noted."""
        value = self.data.get(name)
        if value is None:
            return ()
        if not isinstance(value, list):
            self.note(f"Das Feld „{name}“ ist keine Liste.")
            value = [value]
        found = (self._address(name, entry) for entry in value)
        return tuple(dict.fromkeys(address for address in found if address))

    def embedded(self, name: str) -> list[Mapping[str, Any]]:
        """Objects embedded in a list. URLs in their place come back as `{"id": url}`: they have to be fetched."""
        value = self.data.get(name)
        if value is None:
            return []
        if not isinstance(value, list):
            self.note(f"Das Feld „{name}“ ist keine Liste.")
            value = [value]
        found: list[Mapping[str, Any]] = []
        for entry in value:
            if isinstance(entry, dict):
                found.append(entry)
            elif url := self._address(name, entry):
                found.append({"id": url})
        return found

    def one_embedded(self, name: str) -> Mapping[str, Any] | None:
        """One embedded object; a URL in its place is left out, and noted."""
        value = self.data.get(name)
        if value is None or isinstance(value, dict):
            return value
        self._wrong(name, value, "Objekt")
        return None

    def _address(self, name: str, value: object) -> str:
        if isinstance(value, dict):
            value = value.get("id")
        if value is None or value == "":
            return ""
        if not isinstance(value, str) or not value.startswith(("http://", "https://")) or len(value) > LONGEST_ID:
            self._wrong(name, value, "Adresse")
            return ""
        return value

    def _wrong(self, name: str, value: object, wanted: str) -> None:
        got = _TYPES.get(type(value), type(value).__name__)
        self.note(f"Das Feld „{name}“ ist keine gültige Angabe (erwartet: {wanted}, bekommen: {got}).")

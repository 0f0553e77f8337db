"""One institution as it comes from a form or a list, with its people; and what differs between two of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import date

from ikb.institutions.model import Contact
from ikb.web import labels

MOST_CONTACTS = 6  # as many as a list has columns for


@dataclass(frozen=True)
class Person:
    """A contact. valid_from, valid_until: first and last day in office, None where open."""

    name: str = ""
    role: str = ""
    email: str = ""
    phone: str = ""
    is_deputy: bool = False
    valid_from: date | None = None
    valid_until: date | None = None

    @classmethod
    def of(cls, contact: Contact) -> Person:
        """A stored contact as what was entered."""
        return cls(**{field.name: getattr(contact, field.name) for field in fields(cls)})

    @property
    def is_empty(self) -> bool:
        """Whether there is nobody: neither a name nor a way to reach them."""
        return not (self.name or self.email or self.phone)

    def in_words(self) -> str:
        """Everything in one line."""
        said = [self.name, self.role, "Vertretung" if self.is_deputy else "", self.email, self.phone, self.term]
        return ", ".join(part for part in said if part)

    @property
    def term(self) -> str:
        """When they are in office: `ab 01.06.2030 bis 31.12.2031`; nothing where it is open."""
        since = f"ab {self.valid_from:%d.%m.%Y}" if self.valid_from else ""
        until = f"bis {self.valid_until:%d.%m.%Y}" if self.valid_until else ""
        return f"{since} {until}".strip()


@dataclass(frozen=True)
class Entry:
    """One institution.

    number: of the register, None for a new one. row: its row in a list, 0 where there is none.
    people: those who hold the office before their deputies.
    """

    name: str
    kind: str
    email: str = ""
    fields: Sequence[str] = ()
    district: str = ""
    address: str = ""
    language: str = "de"
    languages: Sequence[str] = ()
    note: str = ""
    people: Sequence[Person] = ()
    number: int | None = None
    row: int = 0

    def in_words(self) -> str:
        """One line per fact, for setting two of them side by side."""
        return "\n".join(f"{name}: {value}" for name, value in _said(self))


def _said(entry: Entry) -> Iterator[tuple[str, str]]:
    yield "Name", entry.name
    yield "Art", labels.label("institution_kind", entry.kind)
    yield "E-Mail-Adresse", entry.email or "keine"
    yield "Handlungsfelder", "; ".join(entry.fields) or "keine"
    yield "Bezirk", entry.district or "keiner"
    yield "Anschrift", entry.address or "keine"
    yield "Sprache unserer Nachrichten", labels.label("language", entry.language)
    yield "Dort gesprochene Sprachen", "; ".join(entry.languages) or "nicht angegeben"
    yield "Bemerkung", entry.note or "keine"
    for person in entry.people:
        yield "Kontakt", person.in_words()


def in_order(people: Sequence[Person]) -> list[Person]:
    """Those who hold the office, then their deputies; nobody without name, address and number."""
    return sorted((person for person in people if not person.is_empty), key=lambda person: person.is_deputy)


def changed_between(before: Entry, after: Entry) -> list[str]:
    """The names of what differs, sorted."""
    plain = ("name", "kind", "email", "district", "address", "language", "note")
    found = [name for name in plain if getattr(before, name) != getattr(after, name)]
    found += [name for name in ("fields", "languages") if list(getattr(before, name)) != list(getattr(after, name))]
    if in_order(before.people) != in_order(after.people):
        found.append("contacts")
    return sorted(found)

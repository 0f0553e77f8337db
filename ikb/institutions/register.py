"""The register: taking institutions in, one by one or a whole list at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from ikb.core.names import same_name_key, sort_key
from ikb.db import db
from ikb.errors import Conflict, Faulty, Implausible
from ikb.institutions.model import Contact, Institution
from ikb.journal import service as journal
from ikb.journal.service import Actor


@dataclass(frozen=True)
class Entry:
    """One institution as it comes from a form or a list. row: its row in the list, 0 where there is none."""

    name: str
    kind: str
    email: str = ""
    contact_name: str = ""
    phone: str = ""
    fields: Sequence[str] = field(default=())
    district: str = ""
    address: str = ""
    row: int = 0
    language: str = "de"


def register(entry: Entry, *, by: Actor, now: datetime) -> Institution:
    """A new institution with the next number. Raises Implausible if one of that name is there already."""
    if number := numbers_by_name().get(same_name_key(entry.name)):
        raise Implausible(f"„{entry.name}“ steht schon im Verzeichnis (Nr. {number}).", "name")
    institution = _rows_of([entry], now)[0]
    _save([institution])
    journal.record("institution registered", institution, by=by, now=now, facts={"kind": institution.kind})
    return institution


def import_rows(entries: Sequence[Entry], *, by: Actor, now: datetime) -> list[Institution]:
    """A whole list, or nothing. Raises Faulty naming every row whose institution is there already or comes twice."""
    if faults := faults_of_names(entries):
        raise Faulty("Die Liste wurde nicht übernommen.", faults)
    institutions = _rows_of(entries, now)
    _save(institutions)
    if institutions:
        facts = {"count": len(institutions), "first": institutions[0].number, "last": institutions[-1].number}
        journal.record("institutions imported", institutions[0], by=by, now=now, facts=facts)
    return institutions


def faults_of_names(entries: Iterable[Entry]) -> list[str]:
    """One line for each institution that the list names twice or the register has already."""
    known, seen, faults = numbers_by_name(), dict[str, Entry](), list[str]()
    for entry in entries:
        key = same_name_key(entry.name)
        where = f"Zeile {entry.row}, Spalte Name: „{entry.name}“"
        if key in known:
            faults.append(f"{where} steht schon im Verzeichnis (Nr. {known[key]}). Löschen Sie die Zeile.")
        elif key in seen:
            faults.append(f"{where} steht schon in Zeile {seen[key].row}. Löschen Sie eine der beiden Zeilen.")
        seen.setdefault(key, entry)
    return faults


def numbers_by_name() -> dict[str, int]:
    """The number of each institution in the register, by its name as it is compared."""
    return {
        same_name_key(name): number for name, number in db.session.execute(select(Institution.name, Institution.number))
    }


def _rows_of(entries: Sequence[Entry], now: datetime) -> list[Institution]:
    first = (db.session.scalar(select(func.max(Institution.number))) or 0) + 1
    return [_row_of(entry, first + place, now) for place, entry in enumerate(entries)]


def _row_of(entry: Entry, number: int, now: datetime) -> Institution:
    institution = Institution(
        number=number,
        name=entry.name,
        sort_key=sort_key(entry.name),
        kind=entry.kind,
        fields=list(entry.fields),
        district=entry.district,
        email=entry.email,
        address=entry.address,
        language=entry.language,
        created_at=now,
    )
    if entry.contact_name or entry.phone:
        institution.contacts = [Contact(name=entry.contact_name, phone=entry.phone)]
    return institution


def _save(institutions: Sequence[Institution]) -> None:
    db.session.add_all(institutions)
    try:
        db.session.flush()
    except IntegrityError as fault:
        raise Conflict(
            "Gerade hat noch jemand Institutionen aufgenommen. Von Ihrer Liste wurde nichts gespeichert. "
            "Bitte senden Sie sie noch einmal."
        ) from fault

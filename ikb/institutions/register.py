"""The register: taking institutions in, one by one or a whole list at once, and changing what is known of them."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import selectinload
from sqlalchemy.orm.attributes import flag_modified

from ikb.core.names import same_name_key, sort_key
from ikb.db import db
from ikb.errors import Conflict, Faulty, Implausible
from ikb.institutions import own_kinds, reach
from ikb.institutions.entries import MOST_CONTACTS, Entry, Person, changed_between, in_order
from ikb.institutions.model import Contact, Institution
from ikb.journal import service as journal
from ikb.journal.service import Actor
from ikb.procedures.edits import lock_unchanged


def register(entry: Entry, *, key: uuid.UUID | None = None, by: Actor, now: datetime) -> Institution:
    """A new institution with the next number.

    key: the form's UUID; sent twice, the same one comes back.
    Raises Implausible if one of that name is there already.
    """
    if key is not None and (earlier := db.session.scalar(select(Institution).where(Institution.key == key))):
        return earlier
    _refuse_taken(entry.name)
    check(entry)
    institution = _rows_of([entry], now)[0]
    institution.key = key
    _save([institution])
    journal.record("institution registered", institution, by=by, now=now, facts={"kind": institution.kind})
    return institution


def change(institution: Institution, entry: Entry, *, seen: int, by: Actor, now: datetime) -> None:
    """Change what is known of an institution; open reminders follow.

    Raises Conflict with both texts if somebody else did meanwhile, Implausible for a name that another one bears and
    for an address that would take links to procedures that the actor does not lead.
    """
    lock_unchanged(
        institution, seen, mine=entry.in_words(), theirs=lambda: entry_of(institution, refresh=True).in_words()
    )
    if institution.merged_into_id is not None:
        raise Implausible("Dieser Eintrag ist in einem anderen aufgegangen und ändert sich nicht mehr.")
    before = entry_of(institution)
    if same_name_key(entry.name) != same_name_key(before.name):
        _refuse_taken(entry.name)
    check(entry, known_kind=institution.kind)
    changed = changed_between(before, entry)
    if not changed:
        return
    if reach.differs(before, entry):
        reach.refuse_if_led_by_others(institution, by)
    _apply(institution, entry)
    flag_modified(institution, "name")  # also for contacts alone: whoever has the form open notices
    _flush()
    journal.record("institution changed", institution, by=by, now=now, facts={"fields": changed})
    if reach.differs(before, entry):
        reach.tell_reminders(institution, now)


def check(entry: Entry, known_kind: str = "") -> None:
    """Raises Implausible, with its field, for what cannot be."""
    if entry.kind != known_kind and entry.kind not in own_kinds.names():
        raise Implausible("Wählen Sie die Art aus der Liste.", "kind")
    if len(entry.people) > MOST_CONTACTS:
        raise Implausible(f"Eine Institution hat höchstens {MOST_CONTACTS} Kontakte.", "contacts")
    for person in entry.people:
        if person.valid_from and person.valid_until and person.valid_until < person.valid_from:
            raise Implausible("Der letzte Tag im Amt liegt vor dem ersten.", "valid_until")


def import_rows(entries: Sequence[Entry], *, by: Actor, now: datetime) -> list[Institution]:
    """A whole list, or nothing: the new ones, and the known ones (`entry.number`) as the list has them now.

    Raises Faulty naming every row whose institution is there already or comes twice. Returns them in the list's order.
    """
    if faults := faults_of_names(entries):
        raise Faulty("Die Liste wurde nicht übernommen.", faults)
    known = by_number(entry.number for entry in entries if entry.number)
    new = _rows_of([entry for entry in entries if not entry.number], now)
    _save(new)
    if new:
        facts = {"count": len(new), "first": new[0].number, "last": new[-1].number}
        journal.record("institutions imported", new[0], by=by, now=now, facts=facts)
    added = iter(new)
    rows = [known[entry.number] if entry.number else next(added) for entry in entries]
    for entry, row in zip(entries, rows, strict=True):
        if entry.number:
            change(row, entry, seen=row.row_version, by=by, now=now)
    return rows


def faults_of_names(entries: Iterable[Entry]) -> list[str]:
    """One line for each institution that the list names twice or the register has already under another number."""
    known, seen, faults = numbers_by_name(), dict[str, Entry](), list[str]()
    for entry in entries:
        key = same_name_key(entry.name)
        where = f"Zeile {entry.row}, Spalte Name: „{entry.name}“"
        if known.get(key, entry.number) != entry.number:
            faults.append(f"{where} steht schon im Verzeichnis (Nr. {known[key]}). Löschen Sie die Zeile.")
        elif key in seen:
            faults.append(f"{where} steht schon in Zeile {seen[key].row}. Löschen Sie eine der beiden Zeilen.")
        seen.setdefault(key, entry)
    return faults


def numbers_by_name() -> dict[str, int]:
    """The number of each institution in the register, by its name as it is compared; of a merged one, the survivor's."""
    rows = db.session.execute(
        select(Institution.id, Institution.name, Institution.number, Institution.merged_into_id)
    ).all()
    numbers = {row.id: row.number for row in rows}
    return {same_name_key(row.name): numbers[row.merged_into_id or row.id] for row in rows}


def by_number(numbers: Iterable[int]) -> dict[int, Institution]:
    """Institutions with their contacts, by number; merged ones are left out."""
    rows = select(Institution).where(Institution.number.in_(set(numbers)), Institution.merged_into_id.is_(None))
    return {row.number: row for row in db.session.scalars(rows.options(selectinload(Institution.contacts)))}


def entry_of(institution: Institution, *, refresh: bool = False) -> Entry:
    """A stored institution as what was entered."""
    if refresh:
        db.session.refresh(institution)
    return Entry(
        name=institution.name,
        kind=institution.kind,
        email=institution.email,
        fields=tuple(institution.fields),
        district=institution.district,
        address=institution.address,
        language=institution.language,
        languages=tuple(institution.languages or ()),
        note=institution.note,
        people=tuple(Person.of(contact) for contact in institution.contacts),
        number=institution.number,
    )


def _refuse_taken(name: str) -> None:
    if number := numbers_by_name().get(same_name_key(name)):
        raise Implausible(f"„{name}“ steht schon im Verzeichnis (Nr. {number}).", "name")


def _rows_of(entries: Sequence[Entry], now: datetime) -> list[Institution]:
    first = (db.session.scalar(select(func.max(Institution.number))) or 0) + 1
    rows = [Institution(number=first + place, created_at=now) for place in range(len(entries))]
    for row, entry in zip(rows, entries, strict=True):
        _apply(row, entry)
    return rows


def _apply(institution: Institution, entry: Entry) -> None:
    institution.name, institution.sort_key = entry.name, sort_key(entry.name)
    institution.kind, institution.district, institution.address = entry.kind, entry.district, entry.address
    institution.email, institution.note = entry.email, entry.note
    institution.fields, institution.languages = list(entry.fields), list(entry.languages)
    institution.language = entry.language
    _set_people(institution, in_order(entry.people))


def _set_people(institution: Institution, people: Sequence[Person]) -> None:
    """Contacts one after the other; a row that is there is written anew, so that its page keeps its address."""
    contacts = institution.contacts
    while len(contacts) > len(people):
        gone = next((one for one in contacts if Person.of(one) not in people), contacts[-1])
        contacts.remove(gone)
    contacts.extend(Contact() for _ in range(len(people) - len(contacts)))
    for place, (contact, person) in enumerate(zip(contacts, people, strict=True), 1):
        contact.position = place
        for name, value in vars(person).items():
            setattr(contact, name, value)


def _save(institutions: Sequence[Institution]) -> None:
    db.session.add_all(institutions)
    _flush()


def _flush() -> None:
    try:
        db.session.flush()
    except IntegrityError as fault:
        raise Conflict(
            "Gerade hat noch jemand Institutionen aufgenommen. Von Ihrer Eingabe wurde nichts gespeichert. "
            "Bitte senden Sie sie noch einmal."
        ) from fault

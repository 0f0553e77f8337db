"""Reads of the register: the list with its filters, what stands on one institution's page, who else may be the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlalchemy.orm import selectinload

from ikb.accounts.policy import Visitor
from ikb.core.names import same_name_key
from ikb.db import db
from ikb.institutions import search
from ikb.institutions.model import Institution, Invitation
from ikb.journal.model import JournalEntry
from ikb.procedures.model import ParticipationPhase
from ikb.procedures.queries import led_by
from ikb.web.paging import Page, cut

PAGE_SIZE = 50
IDS_A_QUERY = 5_000
MOST_EVENTS = 30
ALIKE_ENOUGH = 86.0
MOST_PAIRS = 100


@dataclass(frozen=True)
class Wanted:
    """What the register is narrowed to; empty means all."""

    search: str = ""
    kind: str = ""
    district: str = ""
    field: str = ""

    @property
    def is_narrowed(self) -> bool:
        return bool(self.search.strip() or self.kind or self.district or self.field)


@dataclass(frozen=True)
class Listed:
    """The lines of the register that are shown, and what there is to filter by.

    is_alike: nothing is spelled as was searched; shown is what is spelled nearly so.
    """

    page: Page[Institution]
    districts: Sequence[str]
    fields: Sequence[str]
    is_alike: bool


def register(wanted: Wanted, number: int) -> Listed:
    """One page of the register by name, in three queries however long it is."""
    rows = _in_force()
    fields = sorted({name for row in rows for name in row.fields})
    districts = sorted({row.district for row in rows if row.district})
    kept = [row for row in rows if _fits(row, wanted)]
    found = _searched(kept, wanted.search)
    chosen = cut(found.ids, number, PAGE_SIZE)
    page = Page(with_contacts(chosen.items), chosen.number, chosen.size, chosen.total)
    return Listed(page, districts, fields, found.is_alike and bool(page.items))


def chosen_ids(wanted: Wanted) -> Sequence[int]:
    """Ids of every institution that fits, by name."""
    return _searched([row for row in _in_force() if _fits(row, wanted)], wanted.search).ids


def chosen(wanted: Wanted) -> list[Institution]:
    """Every institution that fits, with its contacts, by name."""
    return with_contacts(chosen_ids(wanted))


def with_contacts(ids: Sequence[int]) -> list[Institution]:
    """Institutions with their contacts, in the order of the ids."""
    return _in_order(ids, _with_contacts(select(Institution)))


def in_order(ids: Sequence[int]) -> list[Institution]:
    """Institutions in the order of the ids, for a list that shows nobody's contacts."""
    return _in_order(ids, select(Institution))


def _in_order(ids: Sequence[int], rows: Select[Institution]) -> list[Institution]:
    found: dict[int, Institution] = {}
    for start in range(0, len(ids), IDS_A_QUERY):
        few = rows.where(Institution.id.in_(ids[start : start + IDS_A_QUERY]))
        found |= {row.id: row for row in db.session.scalars(few)}
    return [found[one] for one in ids if one in found]


def _with_contacts(rows: Select[Institution]) -> Select[Institution]:
    return rows.options(selectinload(Institution.contacts)).order_by(Institution.sort_key, Institution.id)


@dataclass(frozen=True)
class Line:
    """What filtering and searching need of a row."""

    id: int
    sort_key: str
    kind: str
    district: str
    email: str
    fields: Sequence[str]


def _in_force() -> list[Line]:
    rows = select(
        Institution.id,
        Institution.sort_key,
        Institution.kind,
        Institution.district,
        Institution.email,
        Institution.fields,
    ).where(Institution.merged_into_id.is_(None))
    return [Line(*row) for row in db.session.execute(rows.order_by(Institution.sort_key, Institution.id))]


def _fits(row: Line, wanted: Wanted) -> bool:
    return (
        wanted.kind in ("", row.kind)
        and wanted.district in ("", row.district)
        and (not wanted.field or wanted.field in row.fields)
    )


def _searched(rows: Sequence[Line], text: str) -> search.Found:
    if not text.strip():
        return search.Found([row.id for row in rows])
    return search.find(text, {row.id: row.sort_key for row in rows}, {row.id: row.email for row in rows})


def invitations_of(institution_id: int, visitor: Visitor) -> list[Invitation]:
    """The invitations of an institution in the procedures that the visitor leads, the latest phase first."""
    rows = (
        select(Invitation)
        .join(Invitation.phase)
        .where(Invitation.institution_id == institution_id, ParticipationPhase.procedure_id.in_(led_by(visitor)))
        .order_by(ParticipationPhase.id.desc())
    )
    return list(db.session.scalars(rows))


def history_of(institution_id: int) -> list[JournalEntry]:
    """What was done to an entry of the register, the latest first."""
    rows = select(JournalEntry).where(
        JournalEntry.subject_kind == Institution.__tablename__, JournalEntry.subject_id == institution_id
    )
    return list(db.session.scalars(rows.order_by(JournalEntry.id.desc()).limit(MOST_EVENTS)))


def merged_into(institution_id: int) -> list[Institution]:
    """The entries that were merged into one, by number."""
    rows = select(Institution).where(Institution.merged_into_id == institution_id)
    return list(db.session.scalars(rows.order_by(Institution.number)))


@dataclass(frozen=True)
class Pair:
    """Two entries that may be one, the older one first. why: one German sentence."""

    one: Institution
    other: Institution
    why: str


def likely_duplicates() -> list[Pair]:
    """Entries that may be the same: the same address, or names that are spelled nearly alike; the likeliest first."""
    rows = _in_force()
    same = _same_address(rows)
    keys = {row.id: same_name_key(row.sort_key) or row.sort_key for row in rows}
    names = {row.id: row.sort_key for row in rows}
    why = dict.fromkeys(same, "Beide haben dieselbe E-Mail-Adresse.")
    for one, other, score in search.alike_pairs(names, ALIKE_ENOUGH, MOST_PAIRS):
        said = "derselbe Name" if keys[one] == keys[other] else f"ähnliche Namen ({score:.0f} von 100)"
        why[one, other] = f"{said[:1].upper()}{said[1:]}." + (f" {why[one, other]}" if (one, other) in why else "")
    ids = [number for pair in list(why)[:MOST_PAIRS] for number in pair]
    known = {row.id: row for row in db.session.scalars(select(Institution).where(Institution.id.in_(ids)))}
    return [_pair(known[one], known[other], said) for (one, other), said in list(why.items())[:MOST_PAIRS]]


def _pair(one: Institution, other: Institution, why: str) -> Pair:
    first, second = sorted((one, other), key=lambda row: row.number)
    return Pair(first, second, why)


def _same_address(rows: Sequence[Line]) -> list[tuple[int, int]]:
    by_address: dict[str, list[int]] = {}
    for row in rows:
        if row.email:
            by_address.setdefault(row.email, []).append(row.id)
    return [
        (one, other)
        for together in by_address.values()
        for place, one in enumerate(together)
        for other in together[place + 1 :][:5]
    ]

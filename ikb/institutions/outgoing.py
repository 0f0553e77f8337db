"""The register as a list that can be taken in again: the same columns, nothing lost."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ikb.institutions import own_kinds, register
from ikb.institutions.columns import Place, all_places, written
from ikb.institutions.entries import Entry, Person
from ikb.institutions.model import Institution
from ikb.tables.written import as_csv, as_xlsx


def as_table(institutions: Iterable[Institution], *, as_workbook: bool) -> bytes:
    """Institutions with everything that is entered about them, as XLSX or CSV."""
    entries, kinds = [register.entry_of(one) for one in institutions], own_kinds.names()
    places = all_places(max((len(entry.people) for entry in entries), default=1) or 1)
    header = [place.name for place in places]
    rows = ([_cell(place, entry, kinds) for place in places] for entry in entries)
    return as_xlsx("Institutionen", header, rows) if as_workbook else as_csv(header, rows)


def _cell(place: Place, entry: Entry, kinds: dict[str, str]) -> str:
    holder: Any = entry
    if place.person is not None:
        holder = entry.people[place.person] if place.person < len(entry.people) else Person()
    return written(place.column, getattr(holder, place.column.attribute), kinds)

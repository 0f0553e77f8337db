"""The rows of a calendar of sittings: what each column may say, and what is wrong with it, by row and column."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from ikb.core.names import sort_key
from ikb.core.written import read_clock, read_day
from ikb.deliberations.model import Organization
from ikb.tables.process import Table

# Column as the interface calls it -> other headings it may have, as `sort_key` writes them.
COLUMNS: dict[str, tuple[str, ...]] = {
    "Gremium": ("gremium", "ausschuss", "gremien", "sitzung", "organisation", "name"),
    "Datum": ("datum", "tag", "sitzungstag", "sitzung am", "termin", "sitzungsdatum"),
    "Beginn": ("beginn", "uhrzeit", "von", "zeit", "start", "anfang", "sitzungsbeginn"),
    "Ende": ("ende", "bis", "sitzungsende"),
    "Ort": ("ort", "raum", "sitzungsort", "saal", "sitzungsraum"),
    "Nichtöffentlich": ("nichtoeffentlich", "nichtoeffentlicher teil", "no teil", "nicht oeffentlich"),
    "Gemeinsam mit": ("gemeinsam mit", "gemeinsam", "gemeinsame sitzung mit", "weitere gremien"),
}
HEADER_WITHIN = 10  # rows: a title or a date may stand above the header
YES = {"ja", "j", "x", "yes", "1", "true", "wahr"}
NO = {"", "nein", "n", "no", "0", "false", "falsch", "-"}
LONGEST_PLACE = 300
_TWO_DAYS = re.compile(r"\d{1,2}\.\d{1,2}\.\d{2,4}\D+\d{1,2}\.\d{1,2}\.\d{2,4}|\d{4}-\d\d-\d\d\D+\d{4}-\d\d-\d\d")
_DAY_AND_TIME = re.compile(r"(.*\d)[ ,T]+(\d{1,2}[:.]\d{2}(?::00)?(?: ?Uhr)?)")


@dataclass(frozen=True)
class Sitting:
    """One sitting that was read. where: its row or event, as people are told."""

    where: str
    organization_id: int
    held_on: date
    starts: time | None = None
    ends: time | None = None
    place: str = ""
    has_nonpublic_part: bool = False
    further: tuple[int, ...] = ()


class Row:
    """One row of a table on its way to a sitting; what is wrong with it collects in `faults`."""

    def __init__(
        self,
        number: int,
        columns: Mapping[str, int],
        cells: Sequence[str | None],
        formulas: Collection[int],
        body_named: Callable[[str], Organization | None],
        default: Organization | None,
    ) -> None:
        self.number, self.body_named, self.default = number, body_named, default
        self.cells = {name: (cells[at] or "").strip() if at < len(cells) else "" for name, at in columns.items()}
        self.faults = [
            f"{self._where(name)}: enthält eine Formel. Ersetzen Sie sie durch ihren Wert."
            for name, at in columns.items()
            if at in formulas
        ]

    def sitting(self) -> Sitting | None:
        """The sitting of the row, None where something is wrong."""
        held_on, in_day = self._day()
        body = self._body(self.cells.get("Gremium", ""))
        starts = self._clock("Beginn") or in_day
        ends = self._clock("Ende")
        if starts and ends and ends <= starts:
            self._wrong("Ende", f"{ends:%H:%M} Uhr liegt nicht nach dem Beginn ({starts:%H:%M} Uhr).")
        place = self.cells.get("Ort", "")
        if len(place) > LONGEST_PLACE:
            self._wrong("Ort", f"ist zu lang, erlaubt sind {LONGEST_PLACE} Zeichen.")
        further = self._further(body)
        nonpublic = self._yes("Nichtöffentlich")
        if self.faults or body is None or held_on is None:
            return None
        return Sitting(f"Zeile {self.number}", body.id, held_on, starts, ends, place, nonpublic, further)

    def _where(self, name: str) -> str:
        return f"Zeile {self.number}, Spalte {name}"

    def _wrong(self, name: str, what: str) -> None:
        self.faults.append(f"{self._where(name)}: {what}")

    def _day(self) -> tuple[date | None, time | None]:
        written = self.cells["Datum"]
        if not written:
            self._wrong("Datum", "fehlt.")
            return None, None
        if _TWO_DAYS.search(written):
            self._wrong(
                "Datum", f"„{written[:60]}“ nennt zwei Tage. Eine Sitzung hat einen; schreiben Sie zwei Zeilen."
            )
            return None, None
        both = _DAY_AND_TIME.fullmatch(written)
        found = read_day(both[1]) if both else read_day(written)
        if found is None:
            self._wrong("Datum", f"„{written[:60]}“ ist kein Tag. Schreiben Sie ihn so: 28.06.2030.")
        return found, read_clock(both[2]) if both else None

    def _clock(self, name: str) -> time | None:
        written = self.cells.get(name, "")
        found = read_clock(written) if written else None
        if written and found is None:
            self._wrong(name, f"„{written[:60]}“ ist keine Uhrzeit. Schreiben Sie sie so: 17:00.")
        return found

    def _yes(self, name: str) -> bool:
        written = self.cells.get(name, "").lower()
        if written not in YES | NO:
            self._wrong(name, f"„{written[:60]}“ ist weder Ja noch Nein.")
        return written in YES

    def _body(self, written: str) -> Organization | None:
        if not written:
            if self.default is None:
                self._wrong("Gremium", "fehlt.")
            return self.default
        found = self.body_named(written)
        if found is None:
            self._wrong("Gremium", f"„{written[:80]}“ steht nicht im Register. Nehmen Sie das Gremium zuerst auf.")
        return found

    def _further(self, lead: Organization | None) -> tuple[int, ...]:
        found: list[int] = []
        for name in filter(None, (part.strip() for part in re.split(r"[;|\n]", self.cells.get("Gemeinsam mit", "")))):
            body = self.body_named(name)
            if body is None:
                self._wrong("Gemeinsam mit", f"„{name[:80]}“ steht nicht im Register.")
            elif body is lead or body.id in found:
                self._wrong("Gemeinsam mit", f"{body.name} steht zweimal da.")
            else:
                found.append(body.id)
        return tuple(found)


def header_of(table: Table) -> tuple[int, Mapping[str, int]]:
    """The number of the row that names the columns, 0 where none does, and where each known column stands."""
    for number, cells in table.rows[:HEADER_WITHIN]:
        columns: dict[str, int] = {}
        for at, cell in enumerate(cells):
            name = next((name for name, words in COLUMNS.items() if sort_key(cell or "") in words), None)
            if name is not None:
                columns.setdefault(name, at)
        if "Datum" in columns:
            return number, columns
    return 0, {}


def to_json(sittings: Sequence[Sitting]) -> list[dict[str, Any]]:
    """What was read, for its way through the preview and back."""
    return [
        {
            "where": sitting.where,
            "body": sitting.organization_id,
            "day": sitting.held_on.isoformat(),
            "starts": sitting.starts.isoformat("minutes") if sitting.starts else None,
            "ends": sitting.ends.isoformat("minutes") if sitting.ends else None,
            "place": sitting.place,
            "nonpublic": sitting.has_nonpublic_part,
            "further": list(sitting.further),
        }
        for sitting in sittings
    ]


def from_json(told: Any, known: Collection[int]) -> list[Sitting]:
    """The way back. Raises ValueError for what this program has not written."""
    try:
        found = [
            Sitting(
                where=str(row["where"])[:80],
                organization_id=int(row["body"]),
                held_on=date.fromisoformat(row["day"]),
                starts=time.fromisoformat(row["starts"]) if row["starts"] else None,
                ends=time.fromisoformat(row["ends"]) if row["ends"] else None,
                place=str(row["place"])[:LONGEST_PLACE],
                has_nonpublic_part=bool(row["nonpublic"]),
                further=tuple(int(body) for body in row["further"]),
            )
            for row in told
        ]
    except (KeyError, TypeError, AttributeError) as fault:
        raise ValueError("This is no list of sittings.") from fault
    if not found or any(body not in known for row in found for body in (row.organization_id, *row.further)):
        raise ValueError("This list names committees that do not exist.")
    return found

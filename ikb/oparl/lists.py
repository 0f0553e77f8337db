"""A Beratungsfolge with results as people have it at hand: pasted text, or a list from a spreadsheet; read strictly.

Whatever cannot be read is a fault that names its line, or its row and column; a list with a fault is taken in by nobody.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from ikb.core.names import sort_key
from ikb.core.written import read_day
from ikb.deliberations.intake import role_code
from ikb.drafts.importers.consultation_words import read_public
from ikb.drafts.importers.consultations import read_consultations
from ikb.drafts.importers.lines import Line
from ikb.drafts.importers.outline import Outline
from ikb.errors import Faulty
from ikb.tables.process import NOT_TAKEN, Table, read_table

LONGEST_TEXT = 100_000  # characters
MOST_ROWS = 500
HEADER_WITHIN = 10  # rows: a title or a date may stand above the header
# Column as the interface calls it -> other headings it may have, as `sort_key` writes them.
COLUMNS: dict[str, tuple[str, ...]] = {
    "Gremium": ("gremium", "gremien", "ausschuss", "beratungsfolge"),
    "Sitzung am": ("sitzung am", "sitzung", "datum", "tag", "termin", "sitzungstag", "sitzungsdatum"),
    "Beratung": ("beratung", "oeffentlich", "status", "oeffentlichkeit", "oe n", "o n"),
    "Rolle": ("rolle", "zustaendigkeit", "beratungsart", "funktion"),
    "Ergebnis": ("ergebnis", "beschluss", "beschlussart", "beratungsergebnis", "abstimmungsergebnis"),
    "Beschlusstext": ("beschlusstext", "wortlaut", "text des beschlusses"),
}


@dataclass(frozen=True)
class Entry:
    """One step as the list has it. where: its line or row, as people are told; result: as printed."""

    where: str
    organization: str
    held_on: date | None = None
    public: bool | None = None
    role: str | None = None
    result: str = ""
    text: str = ""


@dataclass
class Read:
    """What a list holds: steps in printed order, and what is wrong with it."""

    entries: list[Entry] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


def read_text(text: str) -> Read:
    """A pasted Beratungsfolge: a table with tabs, or one committee a line with its day, role and result."""
    if len(text) > LONGEST_TEXT:
        return Read(faults=[f"Der Text ist zu lang: höchstens {LONGEST_TEXT // 1000}.000 Zeichen."])
    outline = Outline(clean=str)
    lines = [Line(number, line) for number, line in enumerate(text.splitlines(), 1)]
    steps, rest = read_consultations(outline, lines)
    read = Read()
    read.faults += [f"Zeile {warning.line}: {warning.text}" for warning in outline.warnings]
    read.faults += [
        f"Zeile {line.number}: „{line.text.strip()[:80]}“ ist keine Beratung." for line in rest if not line.is_blank
    ]
    for number, step in enumerate(steps, 1):
        where = f"{number}. Beratung ({step.organization})"
        role = role_code(step.role)
        if step.role and role is None:
            read.faults.append(f"{where}: Die Rolle „{step.role}“ ist nicht bekannt.")
        read.entries.append(Entry(where, step.organization, step.date, step.public, role, step.result or ""))
    return _checked(read, "Im Text")


def read_file(data: bytes) -> Read:
    """A list from XLSX or CSV. Raises Faulty for a file that is none."""
    table = read_table(data)
    read = Read()
    header = next((place for place in range(min(HEADER_WITHIN, len(table.rows))) if _columns(table, place)), None)
    if header is None:
        raise Faulty(NOT_TAKEN, ["Es fehlt eine Zeile mit den Spalten „Gremium“ und „Sitzung am“."])
    columns = _columns(table, header)
    for number, cells in table.rows[header + 1 :]:
        row = _Row(number, {name: _cell(cells, at) for name, at in columns.items()}, read.faults)
        row.refuse_formulas(columns, table.formulas)
        if (entry := row.entry()) is not None:
            read.entries.append(entry)
    return _checked(read, "In der Datei")


def _columns(table: Table, place: int) -> dict[str, int]:
    found: dict[str, int] = {}
    for at, cell in enumerate(table.rows[place][1]):
        name = next((name for name, others in COLUMNS.items() if sort_key(cell or "") in others), None)
        if name is not None:
            found.setdefault(name, at)
    return found if {"Gremium", "Sitzung am"} <= found.keys() else {}


def _cell(cells: Sequence[str | None], at: int) -> str:
    return " ".join((cells[at] or "").split()) if at < len(cells) else ""


class _Row:
    """One row of a list; what is wrong with it is added to the faults of all."""

    def __init__(self, number: int, cells: Mapping[str, str], faults: list[str]) -> None:
        self.number, self.cells, self.faults = number, cells, faults

    def refuse_formulas(self, columns: Mapping[str, int], formulas: frozenset[tuple[int, int]]) -> None:
        for name, at in columns.items():
            if (self.number, at) in formulas:
                self._wrong(name, "enthält eine Formel. Ersetzen Sie sie durch ihren Wert.")

    def entry(self) -> Entry | None:
        """The step; None for an empty row."""
        if not any(self.cells.values()):
            return None
        if not self.cells["Gremium"]:
            self._wrong("Gremium", "fehlt.")
        written = self.cells.get("Rolle", "")
        role = role_code(written)
        if written and role is None:
            self._wrong("Rolle", f"„{written[:60]}“ ist keine bekannte Rolle.")
        return Entry(
            f"Zeile {self.number}",
            self.cells["Gremium"],
            self._day(),
            self._public(),
            role,
            self.cells.get("Ergebnis", ""),
            self.cells.get("Beschlusstext", ""),
        )

    def _day(self) -> date | None:
        written = self.cells["Sitzung am"]
        found = read_day(written) if written else None
        if written and found is None:
            self._wrong("Sitzung am", f"„{written[:60]}“ ist kein Tag. Schreiben Sie ihn so: 28.06.2030.")
        return found

    def _public(self) -> bool | None:
        written = self.cells.get("Beratung", "")
        found = {"ja": True, "nein": False}.get(written.lower(), read_public(written) if written else None)
        if written and found is None:
            self._wrong("Beratung", f"„{written[:60]}“ ist weder öffentlich noch nichtöffentlich.")
        return found

    def _wrong(self, name: str, what: str) -> None:
        self.faults.append(f"Zeile {self.number}, Spalte {name}: {what}")


def _checked(read: Read, place: str) -> Read:
    """Add what is wrong with the list as a whole."""
    if not read.entries and not read.faults:
        read.faults.append(f"{place} steht keine Beratung.")
    if len(read.entries) > MOST_ROWS:
        read.faults.append(f"Die Liste ist zu lang: höchstens {MOST_ROWS} Beratungen.")
    seen: dict[tuple[str, date], str] = {}
    for entry in read.entries:
        if entry.held_on is None:
            if entry.result:
                read.faults.append(f"{entry.where}: Ein Ergebnis ohne Sitzungstag lässt sich nicht eintragen.")
            continue
        key = (sort_key(entry.organization), entry.held_on)
        if key in seen:
            read.faults.append(
                f"{entry.where}: {entry.organization} steht am {entry.held_on:%d.%m.%Y} schon unter {seen[key]}."
            )
        seen.setdefault(key, entry.where)
    return read


def to_json(entries: Sequence[Entry]) -> str:
    """Entries on their way to the browser and back."""
    return json.dumps([{**asdict(one), "held_on": one.held_on and one.held_on.isoformat()} for one in entries])


def from_json(text: str) -> list[Entry]:
    """Entries as `to_json` wrote them. Raises ValueError for anything else."""
    found: Any = json.loads(text)
    if not isinstance(found, list) or len(found) > MOST_ROWS:
        raise ValueError("no list of entries")
    return [_entry(one) for one in found]


def _entry(told: Any) -> Entry:
    if not isinstance(told, dict) or set(told) != set(Entry.__dataclass_fields__):
        raise ValueError("no entry")
    texts = [told[name] for name in ("where", "organization", "result", "text")]
    if not all(isinstance(text, str) and len(text) <= LONGEST_TEXT for text in texts):
        raise ValueError("no text")
    if told["public"] not in (None, True, False) or not (told["role"] is None or isinstance(told["role"], str)):
        raise ValueError("no entry")
    day = date.fromisoformat(told["held_on"]) if told["held_on"] else None
    return Entry(told["where"], told["organization"], day, told["public"], told["role"], told["result"], told["text"])

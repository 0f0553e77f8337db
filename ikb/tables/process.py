"""Starts the program that reads tables and calendars, and believes nothing of it but its JSON."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from ikb.errors import Faulty
from ikb.quarantine.process import NoAnswer, ask

NOT_TAKEN = "Die Liste wurde nicht übernommen."


@dataclass(frozen=True)
class Table:
    """What stood in a file: rows with content as (number, cells), and where formulas were found (row, column index)."""

    rows: list[tuple[int, list[str | None]]]
    formulas: frozenset[tuple[int, int]]


@dataclass(frozen=True)
class Event:
    """One event of a calendar file; times are Berlin wall time.

    line:     where it begins in the file, from 1.
    starts, ends: None for a whole day, or where no end is named.
    repeats:  it stands for several days (RRULE, RDATE).
    """

    line: int
    title: str
    place: str
    first_on: date
    last_on: date
    starts: time | None
    ends: time | None
    cancelled: bool
    repeats: bool


def read_table(data: bytes) -> Table:
    """The first sheet of a workbook, or a CSV file, read in a process of its own.

    Raises Faulty with one German sentence for a file that is none, too large, damaged or hostile.
    """
    found = read_file(data)
    if isinstance(found, Table):
        return found
    raise Faulty(NOT_TAKEN, ["Das ist ein Kalender, keine Liste. Erlaubt sind XLSX und CSV."])


def read_file(data: bytes) -> Table | list[Event]:
    """A table as `read_table` gives it, or the events of an iCalendar file. Raises Faulty as `read_table`."""
    answer = _ask_program(data)
    if "fault" in answer:
        raise Faulty(NOT_TAKEN, [str(answer["fault"])])
    if "events" in answer:
        return [_event(told) for told in answer["events"]]
    formulas = frozenset((int(row), int(column)) for row, column in answer["formulas"])
    return Table([(int(number), cells) for number, cells in answer["rows"]], formulas)


def _event(told: dict[str, Any]) -> Event:
    return Event(
        line=int(told["line"]),
        title=str(told["title"]),
        place=str(told["place"]),
        first_on=date.fromisoformat(told["first_on"]),
        last_on=date.fromisoformat(told["last_on"]),
        starts=time.fromisoformat(told["starts"]) if told["starts"] else None,
        ends=time.fromisoformat(told["ends"]) if told["ends"] else None,
        cancelled=bool(told["cancelled"]),
        repeats=bool(told["repeats"]),
    )


def _ask_program(data: bytes) -> dict[str, Any]:
    try:
        answer: dict[str, Any] = json.loads(ask("ikb.tables.sheet", data))
        return answer
    except (NoAnswer, ValueError, OSError) as fault:
        raise Faulty(
            NOT_TAKEN,
            ["Die Datei ließ sich nicht lesen. Kopieren Sie die Liste in eine neue Mappe, und versuchen Sie es damit."],
        ) from fault

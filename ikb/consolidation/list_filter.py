"""What of the workbench's list is wanted: parts that combine, as an address carries them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta

from ikb.consolidation.list_rows import Row, Said

MINE, NOBODY = "ich", "niemand"
ALL, SAID = "alle", "gesagt"
SHOWN = {
    SAID: "Mit Anmerkungen",
    ALL: "Alle Abschnitte",
    "offen": "Nur offene",
    "widerspruch": "Mit Widersprüchen",
    "erledigt": "Erledigt",
}
DUE = {
    "ueberfaellig": "überfällig",
    "woche": "in den nächsten sieben Tagen",
    "gesetzt": "mit Frist",
    "ohne": "ohne Frist",
}
NAMES = {
    "thema": "Thema",
    "feld": "Handlungsfeld",
    "institution": "Institution",
    "art": "Art der Institution",
    "gremium": "Gremium",
    "zustaendig": "Zugewiesen an",
    "frist": "Frist",
}
"""The parts by their names in the address, in the order of the form; beside them stands `zeigen`."""


@dataclass(frozen=True)
class Wanted:
    """One filter. Each part is a code as in the address, empty where it asks for everything.

    An address without any part asks for the sections about which something was said; there is nothing to do on the others.
    """

    zeigen: str = ALL
    thema: str = ""
    feld: str = ""
    institution: str = ""
    art: str = ""
    gremium: str = ""
    zustaendig: str = ""
    frist: str = ""

    @property
    def address(self) -> dict[str, str]:
        """What an address needs to show the same."""
        left_out = ALL if self.chosen else SAID
        return ({} if self.zeigen == left_out else {"zeigen": self.zeigen}) | self.chosen

    @property
    def exactly(self) -> dict[str, str]:
        """The same with every part that it has, so that nothing depends on what is there when it is sent."""
        return {"zeigen": self.zeigen} | self.chosen

    @property
    def chosen(self) -> dict[str, str]:
        """The parts that narrow the list beside `zeigen`."""
        return {name: value for name, value in asdict(self).items() if value and name in NAMES}

    @property
    def is_of_its_own(self) -> bool:
        """Whether it is worth a name: neither everything nor what the list opens with."""
        return bool(self.chosen) or self.zeigen not in (ALL, SAID)

    def without_show(self) -> Wanted:
        """The same over all states."""
        return replace(self, zeigen=ALL)

    def asks_for_remarks(self) -> bool:
        """Whether it wants sections by what was said about them."""
        return bool(self.thema or self.institution or self.art or self.gremium)


def read(arguments: Mapping[str, str]) -> Wanted:
    """The filter in an address, or in what was kept of one; what is no filter is left out."""
    given = {name: arguments.get(name, "").strip()[:80] for name in ("zeigen", *NAMES)}
    if given["frist"] not in DUE:
        given["frist"] = ""
    for name in ("institution", "gremium"):
        given[name] = given[name] if given[name].isdecimal() else ""
    if given["zustaendig"] not in (MINE, NOBODY) and not given["zustaendig"].isdecimal():
        given["zustaendig"] = ""
    if given["zeigen"] not in SHOWN:
        given["zeigen"] = ALL if any(given[name] for name in NAMES) else SAID
    return Wanted(**given)


def narrowed(
    rows: Iterable[Row], wanted: Wanted, *, me: int | None, today: date, fields: Mapping[str, Iterable[str]]
) -> list[Row]:
    """The sections that meet all parts of a filter.

    me:     whom `ich` means. fields: the sections of each field of action, by the anchor of its heading.
    """
    inside = frozenset(fields.get(wanted.feld, ())) if wanted.feld else None
    return [
        row
        for row in rows
        if (inside is None or row.anchor in inside)
        and is_shown(row, wanted.zeigen)
        and (not wanted.asks_for_remarks() or any(was_said(one, wanted) for one in row.said))
        and is_given(row, wanted.zustaendig, me)
        and is_due(row, wanted.frist, today)
    ]


def is_shown(row: Row, code: str) -> bool:
    """Whether a section is in a state."""
    if code == SAID:
        return bool(row.said or row.counts["remarks"] or row.counts["bodies"])
    if code == "offen":
        return row.is_open
    if code == "widerspruch":
        return row.counts["conflicts"] > 0
    return row.is_settled if code == "erledigt" else True


def was_said(one: Said, wanted: Wanted) -> bool:
    """Whether a remark meets the parts that are about remarks, all at once."""
    return (
        wanted.thema in ("", one.theme)
        and wanted.institution in ("", str(one.institution_id))
        and wanted.art in ("", one.kind)
        and wanted.gremium in ("", str(one.body_id))
    )


def is_given(row: Row, code: str, me: int | None) -> bool:
    """Whether a section is assigned as wanted."""
    person = row.assigned.user_id if row.assigned else None
    if code == MINE:
        return person is not None and person == me
    return person is None if code == NOBODY else code in ("", str(person))


def is_due(row: Row, code: str, today: date) -> bool:
    """Whether a section's day is as wanted; what is settled is not overdue."""
    day = row.assigned.due_on if row.assigned else None
    return is_due_on(day, code, today, is_overdue=row.is_overdue(today))


def is_due_on(day: date | None, code: str, today: date, *, is_overdue: bool) -> bool:
    """Whether a day is as wanted. is_overdue: that it is over and still counts."""
    if code == "ohne":
        return day is None
    if code == "gesetzt":
        return day is not None
    if code == "ueberfaellig":
        return is_overdue
    return code != "woche" or (day is not None and today <= day <= today + timedelta(days=7))

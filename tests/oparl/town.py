"""The town of 2010 as a council system has it: 21 committees, 22 consultations; facts of the resolution, results our own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from tests.oparl.server import SCHEMA

REFERENCE = "1120/2009-2014"
# Committee, day, role as printed (empty: the council system does not say), result as printed.
Station = tuple[str, date, str, str]
STATIONS: tuple[Station, ...] = (
    ("Integrationsrat", date(2010, 5, 26), "Einbringung", "zur Kenntnis genommen"),
    ("Integrationsrat", date(2010, 9, 8), "Empfehlung", ""),
    ("Fachbeirat für Mädchenarbeit", date(2010, 5, 14), "Anhörung", "zur Kenntnis genommen"),
    ("Psychiatriebeirat", date(2010, 6, 16), "Anhörung", "einstimmig empfohlen, Ja: 11, Nein: 0, Enthaltungen: 1"),
    ("Seniorenrat", date(2010, 6, 16), "", "- mit Mehrheit empfohlen -, Ja: 12, Nein: 3"),
    ("Beirat für Behindertenfragen", date(2010, 6, 23), "Anhörung", "mit Änderungen empfohlen, einstimmig"),
    ("Kulturausschuss", date(2010, 8, 31), "Vorberatung", ""),
    ("Schul- u. Sportausschuss", date(2010, 8, 31), "Vorberatung", ""),
    ("Bezirksvertretung Dornberg", date(2010, 9, 2), "Anhörung", ""),
    ("Bezirksvertretung Heepen", date(2010, 9, 2), "Anhörung", ""),
    ("Bezirksvertretung Jöllenbeck", date(2010, 9, 2), "Anhörung", ""),
    ("Bezirksvertretung Mitte", date(2010, 9, 2), "Anhörung", ""),
    ("Bezirksvertretung Sennestadt", date(2010, 9, 2), "Anhörung", ""),
    ("Jugendhilfeausschuss", date(2010, 9, 8), "Vorberatung", ""),
    ("Sozial- und Gesundheitsausschuss", date(2010, 9, 8), "Vorberatung", ""),
    ("Bezirksvertretung Brackwede", date(2010, 9, 9), "Anhörung", ""),
    ("Bezirksvertretung Gadderbaum", date(2010, 9, 9), "Anhörung", ""),
    ("Bezirksvertretung Schildesche", date(2010, 9, 9), "Anhörung", ""),
    ("Bezirksvertretung Senne", date(2010, 9, 9), "Anhörung", ""),
    ("Bezirksvertretung Stieghorst", date(2010, 9, 9), "Anhörung", ""),
    ("Haupt- und Beteiligungsausschuss", date(2010, 9, 16), "Vorberatung", ""),
    ("Rat der Stadt", date(2010, 9, 23), "Entscheidung", ""),
)
WORDING = "Der Beirat bittet darum, Barrierefreiheit in jedem Ziel zu nennen."
COMMITTEES = tuple(dict.fromkeys(name for name, *_ in STATIONS))


def path_of(committee: str) -> str:
    """The path of a committee's object."""
    return f"/organization/{COMMITTEES.index(committee) + 1}"


def meeting_path(committee: str, day: date) -> str:
    return f"/meeting/{COMMITTEES.index(committee) + 1}-{day:%Y%m%d}"


def item_path(committee: str, day: date) -> str:
    return f"/item/{COMMITTEES.index(committee) + 1}-{day:%Y%m%d}"


def step_path(committee: str, day: date) -> str:
    return f"/consultation/{COMMITTEES.index(committee) + 1}-{day:%Y%m%d}"


def thing(kind: str, **values: Any) -> dict[str, Any]:
    """An object of one type, without the fields that have no value."""
    return {"type": SCHEMA + kind, **{name: value for name, value in values.items() if value not in (None, "")}}


def town(reference: str = REFERENCE, stations: Sequence[Station] = STATIONS) -> dict[str, dict[str, Any]]:
    """Everything that the server holds, by path. stations: those of the paper, by default all 22."""
    lists = {
        name: f"{{base}}/list/{name}" for name in ("organization", "meeting", "paper", "agendaItem", "consultation")
    }
    objects: dict[str, dict[str, Any]] = {"/body/1": {**thing("Body", name="Stadt Musterau"), **lists}}
    for name in dict.fromkeys(committee for committee, *_ in stations):
        objects[path_of(name)] = thing("Organization", name=name, organizationType="Gremium", body="/body/1")
    objects["/organization/90"] = thing("Organization", name="Amt 500", organizationType="Verwaltungsbereich")
    objects["/organization/91"] = thing("Organization", name="Fraktion Mitte", organizationType="Fraktion")
    for committee, day, role, result in stations:
        objects |= sitting(committee, day, result=result)
        objects |= {step_path(committee, day): step(committee, day, role)}
    steps = [step_path(committee, day) for committee, day, *_ in stations]
    objects["/paper/1"] = thing("Paper", name="Konzept", reference=reference, consultation=steps)
    objects["/paper/2"] = thing("Paper", name="Anderes", reference="9999/2009-2014")
    return objects


def sitting(committee: str, day: date, *, result: str = "", public: bool = True) -> dict[str, dict[str, Any]]:
    """A sitting with two items: the minutes of the last one, and the paper."""
    item, meeting = item_path(committee, day), meeting_path(committee, day)
    other = item.replace("/item/", "/item/minutes-")
    return {
        meeting: thing(
            "Meeting",
            name=f"{committee}, Sitzung",
            meetingState="durchgeführt" if result else "terminiert",
            start=f"{day.isoformat()}T17:00:00+02:00",
            organization=[path_of(committee)],
            agendaItem=[other, item],
            location={"id": "{base}/location/1", "type": SCHEMA + "Location", "room": "Großer Saal"},
        ),
        other: thing("AgendaItem", meeting=meeting, number="Ö 1", order=0, name="Niederschrift", public=True),
        item: thing(
            "AgendaItem",
            meeting=meeting,
            number="Ö 2",
            order=1,
            name="Konzept",
            public=public,
            result=result,
            resolutionText=WORDING if "Änderungen" in result else "",
            consultation=step_path(committee, day),
        ),
    }


def step(committee: str, day: date, role: str) -> dict[str, Any]:
    """One consultation of the paper."""
    return thing(
        "Consultation",
        paper="/paper/1",
        meeting=meeting_path(committee, day),
        agendaItem=item_path(committee, day),
        organization=[path_of(committee)],
        role=role,
        authoritative=role == "Entscheidung",
    )

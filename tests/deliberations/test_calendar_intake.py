"""Calendars of sittings from CSV, XLSX and ICS: previewed, all of it or nothing, each fault with its place."""

import io
import json
import re
import uuid
from datetime import date, time
from html import unescape

import openpyxl
import pytest
from sqlalchemy import func, select

from ikb.accounts.model import Role
from ikb.core.written import read_clock, read_day
from ikb.db import db, transaction
from ikb.deliberations import register, sittings
from ikb.deliberations.calendar_intake import Reader
from ikb.deliberations.calendar_rows import from_json, to_json
from ikb.deliberations.model import Meeting
from ikb.deliberations.register_queries import Wanted
from ikb.deliberations.register_queries import register as all_bodies
from ikb.deliberations.sittings import Plan
from ikb.errors import Faulty
from ikb.journal.service import Actor
from tests.factories import make_consultation, make_organization, make_user

NOON, WHOLE_DAY = "DTSTART:20300612T120000", "DTSTART;VALUE=DATE:20300612"
HEADER = "Gremium;Datum;Beginn;Ende;Ort;Nichtöffentlich;Gemeinsam mit"
GOOD = f"""{HEADER}
Seniorenrat;Mi., 12.06.2030;17:00;19 Uhr;Rathaus;ja;
Kulturausschuss;2030-06-13 16:30;;;;;Jugendrat
"""


@pytest.fixture
def secretary(app):
    return make_user([Role.SECRETARY])


@pytest.fixture
def by(secretary):
    return Actor.user(secretary.id)


@pytest.fixture
def bodies(secretary):
    names = ("Seniorenrat", "Kulturausschuss", "Jugendrat")
    return {name: make_organization(name, [secretary], sort_key=name.lower()) for name in names}


@pytest.fixture
def reader(bodies):
    return Reader(all_bodies(Wanted()), {body.id for body in bodies.values()})


@pytest.fixture
def desk(as_user, secretary):
    return as_user(secretary)


def ics(*events):
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Stadt//Kalender//DE"]
    for number, event in enumerate(events):
        lines += ["BEGIN:VEVENT", f"UID:{number}", "DTSTAMP:20300101T000000Z", *event, "END:VEVENT"]
    return "\r\n".join([*lines, "END:VCALENDAR", ""]).encode()


def event(title, start="DTSTART;TZID=Europe/Berlin:20300612T170000", *more):
    return [f"SUMMARY:{title}", start, *more]


def faults(reader, data, now):
    return reader.look_through(data if isinstance(data, bytes) else data.encode(), now).faults


def upload(browser, data, name="kalender.csv", **values):
    sent = {"file": (io.BytesIO(data), name), "organization_id": "0", "key": str(uuid.uuid4())} | values
    return browser.post("/gremien/sitzungskalender", data=sent, content_type="multipart/form-data")


def take(browser, page, **changes):
    sent = dict(re.findall(r'<input type="hidden" name="(key|organization_id|rows)" value="([^"]*)"', page))
    sent = {name: unescape(value) for name, value in sent.items()} | {"act": "save"} | changes
    return browser.post("/gremien/sitzungskalender", data=sent, content_type="multipart/form-data")


def count():
    return db.session.scalar(select(func.count()).select_from(Meeting))


# Words


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("17:00", time(17)),
        ("17.30 Uhr", time(17, 30)),
        ("17 Uhr", time(17)),
        ("9", time(9)),
        ("17:00:00", time(17)),
        ("24:00", None),
        ("17:60", None),
        ("", None),
        ("abends", None),
    ],
)
def test_times_of_day_as_people_write_them(written, expected):
    assert read_clock(written) == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("28.06.2030", date(2030, 6, 28)),
        ("Fr., 28.06.30", date(2030, 6, 28)),
        ("Freitag, 28.06.2030", date(2030, 6, 28)),
        ("2030-06-28", date(2030, 6, 28)),
        ("29.02.2030", None),
        ("28.06.3030", None),
        ("Juni", None),
    ],
)
def test_days_as_people_write_them(written, expected):
    assert read_day(written) == expected


# What is read


def test_a_list_gives_its_sittings(reader, bodies, now):
    read = reader.look_through(GOOD.encode(), now)

    assert read.faults == []
    first, second = read.sittings
    assert (first.organization_id, first.held_on, first.starts, first.ends, first.place, first.has_nonpublic_part) == (
        bodies["Seniorenrat"].id, date(2030, 6, 12), time(17), time(19), "Rathaus", True,
    )  # fmt: skip
    assert (second.starts, second.further) == (time(16, 30), (bodies["Jugendrat"].id,))


def test_a_workbook_with_real_dates_and_times_reads_the_same(reader, now):
    book = openpyxl.Workbook()
    book.active.append(["Sitzungskalender 2030"])
    book.active.append(["Ausschuss", "Sitzungstag", "Uhrzeit", "Raum"])
    book.active.append(["Seniorenrat", date(2030, 6, 12), time(17), "Rathaus"])
    data = io.BytesIO()
    book.save(data)

    read = reader.look_through(data.getvalue(), now)

    assert read.faults == []
    assert [(one.held_on, one.starts, one.place) for one in read.sittings] == [(date(2030, 6, 12), time(17), "Rathaus")]


def test_a_calendar_gives_its_sittings_in_berlin_time(reader, bodies, now):
    data = ics(
        event(
            "Sitzung des Seniorenrates",
            "DTSTART:20300612T150000Z",
            "DTEND:20300612T170000Z",
            r"LOCATION:Rathaus\, Saal 1",
        ),
        event("Kulturausschuss", "DTSTART;VALUE=DATE:20300613", "DTEND;VALUE=DATE:20300614"),
        event("Jugendrat", "DTSTART:20300614T170000", "STATUS:CANCELLED"),
    )

    read = reader.look_through(data, now)

    assert read.faults == []
    first, second = read.sittings
    assert (first.organization_id, first.starts, first.ends, first.place) == (
        bodies["Seniorenrat"].id, time(17), time(19), "Rathaus, Saal 1",
    )  # fmt: skip
    assert (second.held_on, second.starts) == (date(2030, 6, 13), None)
    assert read.hints == ["Termin 3 (Zeile 19): „Jugendrat“ ist abgesagt und wird nicht aufgenommen."]


def test_a_former_name_finds_its_committee(reader, bodies, by, now):
    body = bodies["Seniorenrat"]
    with transaction():
        register.rename(body, "Rat der Älteren", date(2030, 7, 1), seen=body.row_version, by=by, now=now)
    again = Reader(all_bodies(Wanted()), reader.allowed)

    read = again.look_through(b"Gremium;Datum\nSeniorenrat;12.06.2030\n", now)

    assert [one.organization_id for one in read.sittings] == [body.id]


# What cannot be taken in


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ("Kegelclub;12.06.2030", "Zeile 2, Spalte Gremium: „Kegelclub“ steht nicht im Register."),
        (";12.06.2030", "Zeile 2, Spalte Gremium: fehlt."),
        ("Seniorenrat;", "Zeile 2, Spalte Datum: fehlt."),
        ("Seniorenrat;31.06.2030", "Zeile 2, Spalte Datum: „31.06.2030“ ist kein Tag."),
        ("Seniorenrat;12.06.2030 und 13.06.2030", "Zeile 2, Spalte Datum: „12.06.2030 und 13.06.2030“ nennt zwei Tage."),
        ("Seniorenrat;12.06.2030;25:00", "Zeile 2, Spalte Beginn: „25:00“ ist keine Uhrzeit."),
        ("Seniorenrat;12.06.2030;17:00;16:00", "Zeile 2, Spalte Ende: 16:00 Uhr liegt nicht nach dem Beginn (17:00 Uhr)."),
        ("Seniorenrat;12.06.2030;17:00;;;vielleicht", "Zeile 2, Spalte Nichtöffentlich: „vielleicht“ ist weder Ja noch Nein."),
        ("Seniorenrat;12.06.2030;17:00;;;;Kegelclub", "Zeile 2, Spalte Gemeinsam mit: „Kegelclub“ steht nicht im Register."),
        ("Seniorenrat;12.06.2030;17:00;;;;Seniorenrat", "Zeile 2, Spalte Gemeinsam mit: Seniorenrat steht zweimal da."),
        ("=A1;12.06.2030", "Zeile 2, Spalte Gremium: enthält eine Formel."),
        ("Seniorenrat;02.06.2030", "Zeile 2: Die Sitzung am 02.06.2030 ist schon vorbei und hat kein Ergebnis."),
    ],
)  # fmt: skip
def test_each_fault_names_its_row_and_column(reader, now, row, fault):
    found = faults(reader, f"{HEADER}\n{row}\n", now)

    assert len([told for told in found if told.startswith(fault)]) == 1, found


@pytest.mark.parametrize(
    ("rows", "fault"),
    [
        (["12.06.2030;17:00", "12.06.2030;17:00"], "Zeile 2 und Zeile 3: Seniorenrat am 12.06.2030 steht zweimal da."),
        (["12.06.2030;17:00;19:00", "12.06.2030;18:00"], "Zeile 2 und Zeile 3: Seniorenrat am 12.06.2030 hat zwei Sitzungen"),
        (["12.06.2030;17:00;18:00", "12.06.2030;18:00"], "Zeile 2 und Zeile 3: Seniorenrat am 12.06.2030 hat zwei eigene"),
    ],
    ids=["twice", "overlapping", "two of one day"],
)  # fmt: skip
def test_sittings_in_each_others_way_are_named_with_both_rows(reader, now, rows, fault):
    found = faults(reader, "\n".join([HEADER, *(f"Seniorenrat;{row}" for row in rows)]), now)

    assert [told[: len(fault)] for told in found] == [fault]


def test_a_joint_sitting_overlaps_for_everybody_who_sits_there(reader, now):
    data = f"{HEADER}\nSeniorenrat;12.06.2030;17:00;19:00;;;Jugendrat\nJugendrat;12.06.2030;18:00;20:00\n"

    assert faults(reader, data, now) == [
        "Zeile 2 und Zeile 3: Jugendrat am 12.06.2030 hat zwei Sitzungen, die sich überschneiden."
    ]


@pytest.mark.parametrize(
    ("events", "fault"),
    [
        ([event("Kegeln")], "Termin 1 (Zeile 4): In „Kegeln“ ist kein Gremium des Registers genannt."),
        ([event("Seniorenrat"), event("Seniorenrat")], "Termin 1 (Zeile 4) und Termin 2 (Zeile 10): Seniorenrat am 12.06.2030"),
        ([event("Seniorenrat", NOON, "RRULE:FREQ=DAILY")], "Termin 1 (Zeile 4): „Seniorenrat“ ist ein Serie"),
        ([event("Seniorenrat", WHOLE_DAY, "DTEND;VALUE=DATE:20300615")], "Termin 1 (Zeile 4): nennt mehr als"),
        ([event("Seniorenrat", "DTSTART:20290612T170000")], "Termin 1 (Zeile 4): Die Sitzung am 12.06.2029 ist schon vorbei"),
    ],
    ids=["no committee", "twice", "repeats", "several days", "past"],
)  # fmt: skip
def test_each_fault_names_its_event_and_line(reader, now, events, fault):
    found = faults(reader, ics(*events), now)

    assert [told[: len(fault)] for told in found] == [fault]


@pytest.mark.parametrize(
    "data",
    [
        b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART:unfug\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
        b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART:20300612\r\nEND:VCALENDAR\r\n",
        b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:Seniorenrat\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
        b"BEGIN:VCALENDAR\r\n\xff\xfe\r\nEND:VCALENDAR\r\n",
        b"PK\x03\x04 broken",
        b"",
    ],
    ids=["no date", "not closed", "no start", "no text", "no workbook", "empty"],
)
def test_a_damaged_file_is_refused_with_a_sentence(reader, now, data):
    with pytest.raises(Faulty) as refusal:
        reader.look_through(data, now)

    assert len(refusal.value.faults) == 1
    assert refusal.value.faults[0].endswith(".")


def test_a_file_without_the_columns_it_needs_says_which(reader, now):
    assert faults(reader, "Gremium;Ort\nSeniorenrat;Rathaus\n", now)[0].startswith("Die Spalte Datum fehlt.")
    assert faults(reader, "Datum;Ort\n12.06.2030;Rathaus\n", now)[0].startswith("Die Spalte Gremium fehlt.")


# Against the register


def test_a_sitting_that_is_known_is_refused_and_one_of_which_only_the_day_is_known_is_completed(
    reader, bodies, by, now
):
    with transaction():
        sittings.plan(bodies["Jugendrat"], Plan(date(2030, 6, 12), time(17)), key=uuid.uuid4(), by=by, now=now)
    known = make_consultation(organization=bodies["Seniorenrat"], held_on=date(2030, 6, 12)).agenda_item.meeting

    read = reader.look_through(f"{HEADER}\nSeniorenrat;12.06.2030;17:00\n".encode(), now)

    assert (read.faults, read.completes) == ([], {0: known})
    assert faults(reader, f"{HEADER}\nJugendrat;12.06.2030;17:00\n", now) == [
        "Zeile 2: Jugendrat am Mi., 12.06.2030 steht schon so im Kalender."
    ]
    assert faults(reader, f"{HEADER}\nJugendrat;12.06.2030;19:00\n", now) == [
        "Zeile 2: Jugendrat am Mi., 12.06.2030 steht mit einer anderen Zeit im Kalender."
    ]


# In the browser


def test_a_calendar_is_shown_first_and_then_taken_in_whole(desk, bodies):
    known = make_consultation(organization=bodies["Seniorenrat"], held_on=date(2030, 6, 12)).agenda_item.meeting

    shown = upload(desk, GOOD.encode())

    page = unescape(shown.text)
    assert shown.status_code == 200
    assert "2 Sitzungen gelesen. Noch ist nichts gespeichert." in page
    assert "Zeit und Ort ergänzen" in page
    assert count() == 1
    answers = [take(desk, shown.text) for _ in range(2)]  # the button pressed twice
    assert [answer.status_code for answer in answers] == [303, 303]
    assert count() == 2
    assert (known.starts_at_local, known.place) == (time(17), "Rathaus")
    joint = db.session.scalars(select(Meeting).where(Meeting.id != known.id)).one()
    assert [body.name for body in joint.organizations] == ["Kulturausschuss", "Jugendrat"]


def test_one_fault_and_nothing_is_stored(desk, bodies):
    answer = upload(desk, f"{GOOD}Kegelclub;14.06.2030;17:00\n".encode())

    assert answer.status_code == 422
    assert "„Kegelclub“ steht nicht im Register." in answer.text
    assert count() == 0


def test_past_sittings_are_taken_in_where_that_is_meant(desk, bodies):
    data = b"Gremium;Datum\nSeniorenrat;12.06.2029\n"

    assert upload(desk, data).status_code == 422
    assert upload(desk, data, also_past="y").status_code == 200


def test_what_changed_between_preview_and_button_is_noticed(desk, bodies, by, now):
    shown = upload(desk, GOOD.encode())
    with transaction():
        sittings.plan(bodies["Jugendrat"], Plan(date(2030, 6, 13), time(16)), key=uuid.uuid4(), by=by, now=now)
        sittings.plan(bodies["Kulturausschuss"], Plan(date(2030, 6, 13), time(10)), key=uuid.uuid4(), by=by, now=now)

    answer = take(desk, shown.text)

    assert answer.status_code == 422
    assert "mit einer anderen Zeit im Kalender" in answer.text
    assert count() == 2


@pytest.mark.parametrize("rows", ["", "[]", "{}", "[1]", '[{"where": "x"}]', "no json", '[{"where":"x","body":99999}]'])
def test_a_list_that_somebody_else_wrote_is_refused(desk, bodies, rows):
    answer = take(desk, "", rows=rows, key=str(uuid.uuid4()), organization_id="0")

    assert answer.status_code == 422
    assert count() == 0


def test_the_way_through_the_preview_changes_nothing(reader, now):
    read = reader.look_through(GOOD.encode(), now).sittings

    assert from_json(json.loads(json.dumps(to_json(read))), {body.id for body in reader.bodies}) == read


def test_a_secretary_fills_only_their_own_calendars(as_user, bodies):
    stranger = as_user(make_user([Role.SECRETARY]))

    answer = upload(stranger, GOOD.encode())

    assert answer.status_code == 422
    assert "Den Kalender von Seniorenrat füllt, wer dessen Schriftführung hat." in answer.text
    assert count() == 0


def test_a_file_of_one_committee_needs_no_column_for_it(desk, bodies):
    chosen = str(bodies["Seniorenrat"].id)

    shown = upload(desk, b"Datum;Beginn\n12.06.2030;17:00\n", organization_id=chosen)

    assert shown.status_code == 200
    assert take(desk, shown.text).status_code == 303
    assert db.session.scalars(select(Meeting)).one().organization is bodies["Seniorenrat"]

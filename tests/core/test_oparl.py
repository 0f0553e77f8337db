"""What an OParl server says, read strictly: tables of what servers send, and what ikb makes of it."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from ikb.core.oparl.facts import as_facts, from_facts
from ikb.core.oparl.objects import (
    KIND_OF_CLASS,
    RemoteConsultation,
    RemoteFile,
    RemoteItem,
    RemoteMeeting,
    RemotePaper,
    read_object,
)
from ikb.core.oparl.pages import read_page
from ikb.core.oparl.values import Fields

HERE = "https://rat.example.org/oparl/x/1"


def fields(**data):
    return Fields(data, HERE)


def said(reader: Fields) -> str:
    return " ".join(fault.sentence for fault in reader.faults)


@pytest.mark.parametrize(
    ("sent", "read", "complaint"),
    [
        ("2010-05-26T17:00:00+02:00", datetime(2010, 5, 26, 15, tzinfo=UTC), ""),
        ("2010-05-26T15:00:00Z", datetime(2010, 5, 26, 15, tzinfo=UTC), ""),
        ("2010-05-26T17:00:00", datetime(2010, 5, 26, 15, tzinfo=UTC), "keine Zeitzone"),
        ("2010-12-26T17:00:00", datetime(2010, 12, 26, 16, tzinfo=UTC), "keine Zeitzone"),
        ("2010-05-26", datetime(2010, 5, 25, 22, tzinfo=UTC), "ohne Uhrzeit"),
        ("26.05.2010 17:00", None, "kein Zeitpunkt"),
        ("2010-02-30T10:00:00+01:00", None, "kein Zeitpunkt"),
        ("0001-01-01T00:00:00+14:00", None, "kein brauchbarer Zeitpunkt"),
        (1274886000, None, "erwartet: Text, bekommen: Zahl"),
        ("", None, ""),
        (None, None, ""),
    ],
)
def test_a_moment_is_aware_or_none_and_never_guessed_in_silence(sent, read, complaint):
    reader = fields(start=sent)

    assert reader.moment("start") == read
    assert complaint in said(reader)
    assert bool(reader.faults) == bool(complaint)


@pytest.mark.parametrize(
    ("sent", "read", "is_fault"),
    [(True, True, False), (False, False, False), (None, None, False), ("true", None, True), (1, None, True)],
)
def test_a_flag_is_true_false_or_not_said(sent, read, is_fault):
    reader = fields(public=sent)

    assert reader.flag("public") is read
    assert bool(reader.faults) is is_fault


@pytest.mark.parametrize(
    ("sent", "read", "is_fault"),
    [(0, 0, False), (7, 7, False), (None, None, True), ("7", None, True), (True, None, True), (-1, None, True)],
)
def test_the_order_of_an_agenda_item_is_a_number_from_0(sent, read, is_fault):
    reader = fields(order=sent)

    assert reader.number("order", needed=True) == read
    assert bool(reader.faults) is is_fault


@pytest.mark.parametrize(
    ("sent", "read", "is_fault"),
    [
        (["https://a.example/1", "https://a.example/1"], ("https://a.example/1",), False),
        ("https://a.example/1", ("https://a.example/1",), True),
        ([{"id": "https://a.example/1", "type": "x"}], ("https://a.example/1",), False),
        ([5, "kein Link", "https://a.example/2"], ("https://a.example/2",), True),
        (["javascript:alert(1)"], (), True),
        ([], (), False),
        (None, (), False),
    ],
)
def test_addresses_come_in_order_each_once_and_only_of_the_web(sent, read, is_fault):
    reader = fields(organization=sent)

    assert reader.addresses("organization") == read
    assert bool(reader.faults) is is_fault


def test_a_text_loses_nul_and_is_cut_where_it_is_too_long():
    reader = fields(name="  Rat\x00 " + "x" * 600)

    assert len(reader.text("name")) == 500
    assert "\x00" not in reader.text("name")
    assert "gekürzt" in said(reader)


def _meeting(**changes):
    return {
        "id": "https://rat.example.org/m/1",
        "type": "https://schema.oparl.org/1.1/Meeting",
        "start": "2010-05-26T17:00:00+02:00",
        "organization": ["https://rat.example.org/o/1"],
        "modified": "2010-05-01T10:00:00+02:00",
    } | changes


def test_a_sitting_comes_with_its_items_each_knowing_its_sitting():
    item = {
        "id": "https://rat.example.org/i/1",
        "type": "https://schema.oparl.org/1.1/AgendaItem",
        "number": "Ö 4",
        "order": 3,
        "name": "Konzept",
        "public": True,
        "result": "einstimmig empfohlen",
        "resolutionFile": {
            "id": "https://rat.example.org/f/1",
            "type": "File",
            "accessUrl": "https://rat.example.org/1.pdf",
        },
    }
    found = read_object(_meeting(agendaItem=[item], location={"room": "Saal", "streetAddress": "Markt 1"}), HERE)

    taken = {KIND_OF_CLASS[type(remote)]: remote for remote in found.objects}
    meeting, taken_item = taken["meeting"], taken["agenda_item"]
    assert isinstance(meeting, RemoteMeeting)
    assert isinstance(taken_item, RemoteItem)
    assert (meeting.items, meeting.place) == (("https://rat.example.org/i/1",), "Saal, Markt 1")
    assert (taken_item.meeting, taken_item.number, taken_item.order) == (meeting.id, "Ö 4", 3)
    assert taken_item.files == (RemoteFile("extract", "", "https://rat.example.org/1.pdf"),)
    assert found.faults == ()


def test_one_bad_item_does_not_stop_the_others():
    good = {"id": "https://rat.example.org/i/2", "type": "https://schema.oparl.org/1.1/AgendaItem", "order": 1}
    bad = [
        {"type": "https://schema.oparl.org/1.1/AgendaItem"},
        {"id": "https://rat.example.org/i/9", "type": "Person"},
        7,
    ]
    found = read_object(_meeting(agendaItem=[*bad, good]), HERE)

    assert [remote.id for remote in found.objects] == ["https://rat.example.org/i/2", "https://rat.example.org/m/1"]
    assert len(found.faults) == 3


def test_a_url_where_an_object_belongs_has_to_be_fetched():
    found = read_object(_meeting(agendaItem=["https://rat.example.org/i/5"]), HERE)

    assert found.missing == (("agenda_item", "https://rat.example.org/i/5"),)
    assert isinstance(found.objects[0], RemoteMeeting)
    assert found.objects[0].items == ("https://rat.example.org/i/5",)


def test_objects_of_version_1_0_are_read_too():
    step = {
        "id": "https://rat.example.org/c/1",
        "type": "https://schema.oparl.org/1.0/Consultation",
        "role": "Anhörung",
    }
    paper = {
        "id": "https://rat.example.org/p/1",
        "type": "https://schema.oparl.org/1.0/Paper",
        "reference": "1234/2009-2014",
        "consultation": [step],
    }
    found = read_object(paper, HERE, "paper")

    assert found.objects == (
        RemoteConsultation("https://rat.example.org/c/1", paper="https://rat.example.org/p/1", role="Anhörung"),
        RemotePaper(
            "https://rat.example.org/p/1", reference="1234/2009-2014", consultations=("https://rat.example.org/c/1",)
        ),
    )


def test_a_deleted_object_is_only_that():
    found = read_object(_meeting(deleted=True, start="Unsinn"), HERE)

    assert [(remote.id, remote.deleted) for remote in found.objects] == [("https://rat.example.org/m/1", True)]
    assert found.faults == ()


@pytest.mark.parametrize("sent", [None, 5, "x", [], [{}]])
def test_what_is_no_object_is_a_fault(sent):
    found = read_object(sent, HERE)

    assert found.objects == ()
    assert found.faults[0].url == HERE


@pytest.mark.parametrize(
    ("sent", "count", "next_url", "faults"),
    [
        ({"data": [{}, {}], "links": {"next": "https://a.example/2"}}, 2, "https://a.example/2", 0),
        ({"data": [], "links": {}}, 0, "", 0),
        ({"data": [{}], "links": {"next": None}}, 1, "", 0),
        ({"data": [{}]}, 1, "", 1),
        ([{}, {}], 2, "", 1),
        ({"links": {}}, 0, "", 1),
        ({"data": {}}, 0, "", 1),
        ("<html>", 0, "", 1),
        ({"data": [{}], "links": {"next": HERE}}, 1, "", 1),
        ({"data": [{}], "links": {"next": "file:///etc/passwd"}}, 1, "", 1),
    ],
)
def test_a_page_says_what_is_on_it_and_where_it_goes_on(sent, count, next_url, faults):
    page = read_page(sent, HERE)

    assert (len(page.entries), page.next_url, len(page.faults)) == (count, next_url, faults)


def test_what_was_read_is_kept_and_given_back_whole():
    meeting = RemoteMeeting(
        "https://a.example/1",
        datetime(2010, 5, 1, tzinfo=UTC),
        starts_at=datetime(2010, 5, 26, 15, tzinfo=UTC),
        organizations=("https://a.example/o",),
        files=(RemoteFile("minutes", "Niederschrift", "https://a.example/n.pdf"),),
    )
    facts = as_facts(meeting)

    assert from_facts("meeting", meeting.id, facts, modified=meeting.modified, deleted=False) == meeting
    assert from_facts("meeting", meeting.id, {**facts, "no_longer": 1}, modified=None, deleted=True).deleted


def test_days_of_organizations_survive_too():
    found = read_object(
        {
            "id": "https://a.example/o",
            "type": "https://schema.oparl.org/1.1/Organization",
            "name": "Rat",
            "endDate": "2014-05-31",
        },
        HERE,
    )
    [rat] = found.objects

    assert from_facts("organization", rat.id, as_facts(rat), modified=None, deleted=False) == rat
    assert as_facts(rat)["ends_on"] == "2014-05-31"
    assert date.fromisoformat(as_facts(rat)["ends_on"]) == date(2014, 5, 31)

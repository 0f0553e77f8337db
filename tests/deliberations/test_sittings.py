"""Sittings: set, changed, cancelled, moved with what stands on their agenda; and the agenda itself."""

import uuid
from datetime import date, time
from html import unescape

import pytest
from sqlalchemy import func, select

from ikb.accounts.model import Role
from ikb.accounts.policy import Visitor
from ikb.core.sittings import overlap
from ikb.db import db, transaction
from ikb.deliberations import agenda, falling_out, sittings, stations
from ikb.deliberations.agenda import NONPUBLIC, Item
from ikb.deliberations.model import AgendaItem, Consultation, Meeting, StationState
from ikb.deliberations.sittings import Plan
from ikb.deliberations.stations import Station
from ikb.errors import Conflict, Implausible, NotReady
from ikb.events import _listeners
from ikb.journal.model import JournalEntry
from ikb.journal.service import Actor
from tests.factories import make_consultation, make_organization, make_procedure, make_user

DAY, LATER = date(2030, 6, 12), date(2030, 6, 26)
FIVE, SIX, SEVEN, EIGHT = (time(hour) for hour in (17, 18, 19, 20))


@pytest.fixture
def secretary(app):
    return make_user([Role.SECRETARY], name="Frau Feder")


@pytest.fixture
def by(secretary):
    return Actor.user(secretary.id)


@pytest.fixture
def body(secretary):
    return make_organization("Seniorenrat", [secretary])


@pytest.fixture
def desk(as_user, secretary):
    return as_user(secretary)


@pytest.fixture
def heard(monkeypatch):
    said = []
    for fact in ("meeting_scheduled", "meeting_cancelled", "meeting_moved", "meeting_changed"):
        listener = [lambda fact=fact, **values: said.append((fact, values["meeting_id"]))]
        monkeypatch.setitem(_listeners, fact, listener)
    return said


def plan(body, held_on=DAY, starts=FIVE, ends=SEVEN, further=(), *, by, now, **values):
    with transaction():
        return sittings.plan(body, Plan(held_on, starts, ends, **values), further, key=uuid.uuid4(), by=by, now=now)


def put(meeting, title, *, by, now, **values):
    with transaction():
        return agenda.add_item(meeting, Item(title, **values), key=uuid.uuid4(), by=by, now=now)


def order(meeting):
    rows = select(AgendaItem).where(AgendaItem.meeting_id == meeting.id).order_by(AgendaItem.position)
    return [(item.number, item.title) for item in db.session.scalars(rows)]


def actions():
    return list(db.session.scalars(select(JournalEntry.action).order_by(JournalEntry.id)))


# Whether two sittings stand in each other's way


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ((FIVE, SIX), (SIX, SEVEN), False),
        ((FIVE, SEVEN), (SIX, EIGHT), True),
        ((FIVE, EIGHT), (SIX, SEVEN), True),
        ((FIVE, SIX), (SEVEN, EIGHT), False),
        ((FIVE, None), (SIX, SEVEN), False),
        ((SIX, None), (FIVE, SEVEN), True),
        ((FIVE, None), (FIVE, None), True),
        ((None, None), (SEVEN, EIGHT), True),
        ((None, None), (None, None), True),
        ((FIVE, time(18, 1)), (SIX, None), True),
    ],
)
def test_two_spans_of_a_day(first, second, expected):
    assert overlap(first, second) is expected
    assert overlap(second, first) is expected


# Setting and changing


def test_a_sitting_is_set_once_however_often_the_form_is_sent(by, now, body, heard):
    key = uuid.uuid4()
    with transaction():
        first = sittings.plan(body, Plan(DAY, FIVE, SEVEN, "Rathaus"), key=key, by=by, now=now)
    with transaction():
        second = sittings.plan(body, Plan(DAY, FIVE, SEVEN, "Rathaus"), key=key, by=by, now=now)

    assert second is first
    assert heard == [("meeting_scheduled", first.id)]
    assert actions() == ["meeting added"]


@pytest.mark.parametrize(
    ("entered", "field"),
    [
        (Plan(date(2030, 6, 2), also_past=False), "held_on"),
        (Plan(DAY, SEVEN, FIVE), "ends"),
        (Plan(DAY, FIVE, FIVE), "ends"),
        (Plan(DAY, None, FIVE), "starts"),
        (Plan(DAY, FIVE, SEVEN, public_from=time(16)), "public_from"),
        (Plan(DAY, FIVE, SEVEN, nonpublic_from=SEVEN), "nonpublic_from"),
        (Plan(DAY, place="x" * 301), "place"),
    ],
    ids=["in the past", "end before", "no length", "end alone", "part before", "part after", "long place"],
)
def test_a_sitting_that_cannot_be_is_refused_at_its_field_and_nothing_is_stored(by, now, body, entered, field):
    with pytest.raises(Implausible) as refusal, transaction():
        sittings.plan(body, entered, key=uuid.uuid4(), by=by, now=now)

    assert refusal.value.field == field
    assert db.session.scalar(select(func.count()).select_from(Meeting)) == 0


def test_a_past_sitting_is_set_where_that_is_meant(desk, body):
    data = {"held_on": "02.06.2030", "starts": "17:00", "key": str(uuid.uuid4())}

    refused = desk.post(f"/gremien/{body.id}/sitzungen/neu", data=data)
    confirmed = desk.post(f"/gremien/{body.id}/sitzungen/neu", data=data | {"also_past": "y"})

    assert refused.status_code == 422
    assert "Der 02.06.2030 ist schon vorbei." in refused.text
    assert confirmed.status_code == 303


@pytest.mark.parametrize("times", [(FIVE, SEVEN), (EIGHT, None), (None, None)])
def test_a_committee_has_one_sitting_of_its_own_a_day(by, now, body, times):
    plan(body, by=by, now=now)

    with pytest.raises(Implausible, match=r"Seniorenrat hat am 12\.06\.2030 um 17:00 Uhr schon eine Sitzung"):
        plan(body, DAY, *times, by=by, now=now)

    assert db.session.scalar(select(func.count()).select_from(Meeting)) == 1


def test_a_joint_sitting_is_in_the_way_of_everybody_who_sits_there(by, now, body):
    other = make_organization("Jugendrat")
    joint = plan(body, DAY, FIVE, SIX, [other], by=by, now=now)

    with pytest.raises(Implausible, match=r"Jugendrat hat .* gemeinsam mit Seniorenrat"):
        plan(other, DAY, time(17, 30), SEVEN, by=by, now=now)
    after = plan(other, DAY, SIX, SEVEN, by=by, now=now)

    assert [member.name for member in joint.organizations] == ["Seniorenrat", "Jugendrat"]
    assert not after.is_joint


def test_a_paper_of_the_other_body_stands_on_the_joint_agenda(by, now, body):
    other = make_organization("Jugendrat")
    joint, procedure = plan(body, further=[other], by=by, now=now), make_procedure()

    with transaction():
        step = stations.add_station(procedure, other, Station("hearing", DAY), by=by, now=now)

    assert step.agenda_item.meeting is joint
    with pytest.raises(Implausible, match="Jugendrat berät in dieser Sitzung"), transaction():
        sittings.change(joint, Plan(DAY, FIVE, SEVEN), [], seen=joint.row_version, by=by, now=now)


def test_another_time_is_told_and_the_same_time_is_not(by, now, body, heard):
    meeting = plan(body, by=by, now=now)
    heard.clear()

    with transaction():
        sittings.change(meeting, Plan(DAY, FIVE, SEVEN), seen=1, by=by, now=now)
    assert heard == []
    with transaction():
        sittings.change(meeting, Plan(DAY, SIX, SEVEN), seen=1, by=by, now=now)

    assert heard == [("meeting_changed", meeting.id)]


def test_of_two_who_change_a_sitting_the_second_gets_both_texts(by, now, body):
    meeting = plan(body, by=by, now=now)
    with transaction():
        sittings.change(meeting, Plan(DAY, SIX, SEVEN), seen=1, by=by, now=now)

    with pytest.raises(Conflict) as refusal, transaction():
        sittings.change(meeting, Plan(DAY, FIVE, EIGHT), seen=1, by=by, now=now)

    assert "Beginn: 18:00 Uhr" in refusal.value.theirs
    assert "Ende: 20:00 Uhr" in refusal.value.mine


# Cancelling and moving


def test_cancelling_sends_the_stations_back_and_keeps_the_sitting(by, now, body, heard):
    step = make_consultation(organization=body, held_on=DAY, state=StationState.INVITED)
    meeting = step.agenda_item.meeting
    put(meeting, "Bericht", by=by, now=now)

    with transaction():
        falling_out.cancel(meeting, "nicht beschlussfähig", seen=meeting.row_version, by=by, now=now)

    assert (step.state, step.held_on) == (StationState.PLANNED, None)
    assert (meeting.cancelled, meeting.cancelled_reason) == (True, "nicht beschlussfähig")
    assert order(meeting) == [("", "Bericht")]
    assert heard[-1] == ("meeting_cancelled", meeting.id)
    assert {"meeting cancelled", "meeting taken away"} <= set(actions())


def test_the_page_says_what_cancelling_does_before_it_does_it(desk, body):
    step = make_consultation(make_procedure(title="Radwege"), body, DAY, state=StationState.INVITED)
    path = f"/sitzungen/{step.agenda_item.meeting_id}/absagen"

    page = unescape(desk.get(path).text)

    assert (
        "„Radwege“ (Seniorenrat) verliert den Sitzungstag und ist wieder „vorgesehen“; dazu wurde schon eingeladen"
        in page
    )
    assert step.held_on == DAY
    assert desk.post(path, data={"reason": "", "row_version": "1"}).status_code == 422
    assert desk.post(path, data={"reason": "Krankheit", "row_version": "1"}).status_code == 303
    assert "Sitzungstag noch nicht eingetragen" in desk.get("/sitzungen").text


def test_a_sitting_with_a_result_took_place(by, now, desk, body):
    step = make_consultation(organization=body, held_on=date(2030, 6, 3))
    record(step, by=by, now=now)
    meeting = step.agenda_item.meeting

    with pytest.raises(NotReady, match="Ergebnis"), transaction():
        falling_out.cancel(meeting, "Irrtum", seen=meeting.row_version, by=by, now=now)
    with pytest.raises(NotReady, match="Ergebnis"), transaction():
        falling_out.move(meeting, LATER, None, None, "Irrtum", seen=meeting.row_version, by=by, now=now)

    assert not meeting.cancelled
    assert "hat stattgefunden" in desk.get(f"/sitzungen/{meeting.id}/absagen").text


def record(step, *, by, now):
    from ikb.core.results import Outcome
    from ikb.deliberations import service
    from ikb.deliberations.service import ResultEntry

    with transaction():
        return service.record_result(step, ResultEntry(Outcome.NOTED), by=by, now=now)


def test_moving_takes_the_whole_agenda_along_and_asks_for_another_invitation(by, now, body, heard):
    step = make_consultation(organization=body, held_on=DAY, state=StationState.INVITED)
    old = step.agenda_item.meeting
    put(old, "Bericht", by=by, now=now)

    with transaction():
        new = falling_out.move(old, LATER, FIVE, SEVEN, "Saal belegt", seen=old.row_version, by=by, now=now)

    assert (step.state, step.held_on) == (StationState.SCHEDULED, LATER)
    assert (old.cancelled, old.moved_to, order(old)) == (True, new, [])
    assert [title for _, title in order(new)] == ["Unser Konzept", "Bericht"]
    assert heard[-2:] == [("meeting_moved", old.id), ("meeting_scheduled", new.id)]


def test_a_sitting_moved_there_and_back_is_the_first_one_again(by, now, body):
    first = plan(body, place="Rathaus", by=by, now=now)
    with transaction():
        second = falling_out.move(first, LATER, FIVE, None, "Saal belegt", seen=1, by=by, now=now)
    with transaction():
        back = falling_out.move(second, DAY, SIX, None, "doch frei", seen=second.row_version, by=by, now=now)

    assert back is first
    assert (first.cancelled, first.moved_to, first.starts_at_local) == (False, None, SIX)
    assert (second.cancelled, second.moved_to) == (True, first)


@pytest.mark.parametrize("held_on", [DAY, date(2030, 6, 2), LATER], ids=["same day", "past", "taken"])
def test_a_move_that_cannot_be_changes_nothing(by, now, body, held_on):
    step = make_consultation(organization=body, held_on=DAY)
    plan(body, LATER, by=by, now=now)
    meeting = step.agenda_item.meeting

    with pytest.raises(Implausible) as refusal, transaction():
        falling_out.move(meeting, held_on, FIVE, None, "Saal belegt", seen=1, by=by, now=now)

    assert refusal.value.field == "held_on"
    assert (step.held_on, meeting.cancelled) == (DAY, False)


def test_the_page_shows_what_moving_does_before_anything_moves(desk, body):
    step = make_consultation(make_procedure(title="Radwege"), body, DAY, state=StationState.INVITED)
    path = f"/sitzungen/{step.agenda_item.meeting_id}/verlegen"
    data = {"held_on": "05.06.2030", "starts": "17:00", "reason": "Saal belegt", "row_version": "1"}

    shown = desk.post(path, data=data | {"act": "show"})

    page = unescape(shown.text)
    assert shown.status_code == 200
    assert "„Radwege“ (Seniorenrat) kommt mit auf den neuen Tag; dazu wurde schon eingeladen" in page
    assert "Die Ladungsfrist ist am neuen Tag nicht mehr einzuhalten." in page
    assert step.held_on == DAY
    assert desk.post(path, data=data | {"act": "save"}).status_code == 303
    assert step.held_on == date(2030, 6, 5)


def test_a_cancelled_sitting_takes_no_papers_until_it_is_reinstated(by, now, body):
    meeting, procedure = plan(body, by=by, now=now), make_procedure()
    with transaction():
        falling_out.cancel(meeting, "Krankheit", seen=1, by=by, now=now)

    with pytest.raises(Implausible, match="ist abgesagt"), transaction():
        stations.add_station(procedure, body, Station("hearing", DAY), by=by, now=now)
    with transaction():
        sittings.reinstate(meeting, seen=meeting.row_version, by=by, now=now)
    with transaction():
        step = stations.add_station(procedure, body, Station("hearing", DAY), by=by, now=now)

    assert step.agenda_item.meeting is meeting


def test_a_step_that_was_left_out_does_not_come_back_to_a_cancelled_sitting(by, now, body):
    step = make_consultation(organization=body, held_on=DAY)
    meeting = step.agenda_item.meeting
    with transaction():
        stations.skip(step, "nicht nötig", seen=1, by=by, now=now)
    with transaction():
        falling_out.cancel(meeting, "Krankheit", seen=meeting.row_version, by=by, now=now)
    with transaction():
        stations.resume(step, seen=step.row_version, by=by, now=now)

    assert (step.state, step.held_on) == (StationState.PLANNED, None)


def test_a_paper_that_waits_is_put_on_the_next_agenda(desk, body):
    step = make_consultation(make_procedure(title="Radwege"), body, held_on=None)
    meeting = make_consultation(organization=body, held_on=DAY).agenda_item.meeting
    page = desk.get(f"/sitzungen/{meeting.id}").text
    assert "Auf diese Tagesordnung setzen" in page

    answer = desk.post(f"/sitzungen/{meeting.id}/beratungen/{step.id}", data={"row_version": "1"})

    assert answer.status_code == 303
    assert (step.state, step.agenda_item.meeting_id) == (StationState.SCHEDULED, meeting.id)


def test_one_click_notes_the_invitation_for_everything_on_the_agenda(desk, body):
    steps = [make_consultation(organization=body, held_on=None) for _ in range(2)]
    meeting = make_consultation(organization=body, held_on=DAY).agenda_item.meeting
    for step in steps:
        desk.post(f"/sitzungen/{meeting.id}/beratungen/{step.id}", data={"row_version": "1"})

    desk.post(f"/sitzungen/{meeting.id}/eingeladen", data={"row_version": str(meeting.row_version)})

    assert set(db.session.scalars(select(Consultation.state))) == {StationState.INVITED}


# The agenda


def test_items_are_added_ordered_numbered_and_removed(by, now, body):
    meeting = plan(body, by=by, now=now)
    first, second, third = (put(meeting, title, by=by, now=now) for title in ("Eins", "Zwei", "Drei"))
    with transaction():
        agenda.shift_item(third, "up", seen=third.row_version, by=by, now=now)
    with transaction():
        agenda.shift_item(first, "up", seen=first.row_version, by=by, now=now)  # already the first
    with transaction():
        agenda.renumber(meeting, seen=meeting.row_version, by=by, now=now)
    assert order(meeting) == [("1", "Eins"), ("2", "Drei"), ("3", "Zwei")]

    with transaction():
        agenda.remove_item(second, seen=second.row_version, by=by, now=now)
    put(meeting, "Vier", number="4", by=by, now=now)

    assert order(meeting) == [("1", "Eins"), ("2", "Drei"), ("4", "Vier")]


def test_an_item_is_added_once_however_often_the_form_is_sent(by, now, body):
    meeting, key = plan(body, by=by, now=now), uuid.uuid4()
    for _ in range(2):
        with transaction():
            agenda.add_item(meeting, Item("Bericht"), key=key, by=by, now=now)

    assert order(meeting) == [("", "Bericht")]


@pytest.mark.parametrize(
    ("entered", "field"),
    [(Item(" "), "title"), (Item("x" * 501), "title"), (Item("Neu", "x" * 21), "number"), (Item("Neu", "5"), "number")],
)
def test_an_item_that_cannot_be_is_refused_at_its_field(by, now, body, entered, field):
    meeting = plan(body, by=by, now=now)
    put(meeting, "Bericht", number="5", by=by, now=now)

    with pytest.raises(Implausible) as refusal, transaction():
        agenda.add_item(meeting, entered, key=uuid.uuid4(), by=by, now=now)

    assert refusal.value.field == field
    assert order(meeting) == [("5", "Bericht")]


def test_an_item_with_a_paper_stays(by, now, desk, body):
    step = make_consultation(organization=body, held_on=DAY)
    item = step.agenda_item

    with pytest.raises(NotReady, match="wird eine Vorlage beraten"), transaction():
        agenda.remove_item(item, seen=item.row_version, by=by, now=now)

    assert step.agenda_item_id == item.id
    assert f"/tagesordnungspunkte/{item.id}/entfernen" not in desk.get(f"/sitzungen/{item.meeting_id}").text


def test_of_two_who_change_an_item_the_second_gets_both_texts(by, now, body):
    item = put(plan(body, by=by, now=now), "Bericht", by=by, now=now)
    with transaction():
        agenda.change_item(item, Item("Bericht der Verwaltung", "3"), seen=1, by=by, now=now)

    with pytest.raises(Conflict) as refusal, transaction():
        agenda.change_item(item, Item("Bericht", "4"), seen=1, by=by, now=now)

    assert "Bericht der Verwaltung" in refusal.value.theirs
    assert "TOP: 4" in refusal.value.mine


def test_what_is_dealt_with_behind_closed_doors_has_no_title_for_others(by, now, as_user, desk, body):
    lead = make_user()
    step = make_consultation(make_procedure([lead], title="Radwege"), body, DAY)
    meeting = step.agenda_item.meeting
    put(meeting, "Personalsache Müller", public=False, by=by, now=now)

    theirs, own = as_user(lead).get(f"/sitzungen/{meeting.id}").text, desk.get(f"/sitzungen/{meeting.id}").text

    assert "Personalsache" in own
    assert "Personalsache" not in theirs
    assert NONPUBLIC in theirs
    assert "Unser Konzept" in theirs


def test_an_agenda_for_nobody_tells_no_closed_title(by, now, body):
    meeting = plan(body, by=by, now=now)
    put(meeting, "Personalsache Müller", public=False, by=by, now=now)
    put(meeting, "Bericht", public=True, by=by, now=now)

    assert [row.title for row in agenda.shown(meeting, [], Visitor(), frozenset())] == [NONPUBLIC, "Bericht"]


# Who may


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("absagen", {"reason": "x", "row_version": "1"}),
        ("verlegen", {"held_on": "26.06.2030", "reason": "x", "row_version": "1", "act": "save"}),
        ("bearbeiten", {"held_on": "12.06.2030", "row_version": "1"}),
        ("tagesordnung", {"title": "x", "key": str(uuid.uuid4())}),
        ("nummerieren", {"row_version": "1"}),
    ],
)
def test_another_committees_sitting_does_not_exist_and_leads_only_read_it(as_user, by, now, body, path, data):
    meeting = plan(body, by=by, now=now)
    before = actions()

    stranger = as_user(make_user([Role.SECRETARY])).post(f"/sitzungen/{meeting.id}/{path}", data=data)
    lead = as_user(make_user()).post(f"/sitzungen/{meeting.id}/{path}", data=data)

    assert (stranger.status_code, lead.status_code) == (404, 403)
    assert actions() == before


def test_items_of_others_do_not_exist(as_user, by, now, body):
    item = put(plan(body, by=by, now=now), "Bericht", by=by, now=now)
    stranger = as_user(make_user([Role.SECRETARY]))

    assert stranger.get(f"/tagesordnungspunkte/{item.id}").status_code == 404
    data = {"row_version": str(item.row_version)}
    assert stranger.post(f"/tagesordnungspunkte/{item.id}/entfernen", data=data).status_code == 404


def test_a_lead_keeps_the_calendar_of_a_committee_that_nobody_keeps(as_user):
    body = make_organization("Beirat")
    data = {"held_on": "12.06.2030", "starts": "17 Uhr", "key": str(uuid.uuid4())}

    answer = as_user(make_user()).post(f"/gremien/{body.id}/sitzungen/neu", data=data)

    assert answer.status_code == 303
    assert db.session.scalars(select(Meeting.starts_at_local)).all() == [FIVE]


def test_a_sittings_page_is_read_in_few_queries(desk, body, by, now, count_queries):
    meeting = make_consultation(organization=body, held_on=DAY).agenda_item.meeting
    path, asked = f"/sitzungen/{meeting.id}", []
    for count in (2, 12):
        for _ in range(count):
            procedure = make_procedure()
            with transaction():
                stations.add_station(procedure, body, Station("hearing", DAY), by=by, now=now)
        desk.get(path)
        with count_queries() as seen:
            desk.get(path)
        asked.append(seen)

    assert len(asked[0]) == len(asked[1]) <= 16, "\n\n".join(asked[1])

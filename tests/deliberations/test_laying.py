"""Which version lay before which sitting, who got it, when and how."""

import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import DatabaseError

from ikb.accounts.model import Role
from ikb.db import db, transaction
from ikb.deliberations import laying
from ikb.deliberations.laying import LayingEntry
from ikb.deliberations.laying_model import Laying
from ikb.deliberations.model import StationState
from ikb.errors import Conflict, Implausible, NotReady
from ikb.journal.service import Actor
from tests.factories import (
    make_consultation,
    make_draft,
    make_organization,
    make_paper,
    make_procedure,
    make_user,
    make_version,
)

TODAY = date(2030, 6, 3)
NOON = datetime(2030, 6, 3, 6, 0, tzinfo=UTC)  # 08:00 in Berlin


@pytest.fixture
def secretary(app):
    return make_user([Role.SECRETARY])


@pytest.fixture
def by(secretary):
    return Actor.user(secretary.id)


@pytest.fixture
def procedure(app):
    return make_procedure()


@pytest.fixture
def papers(procedure):
    draft = make_draft(procedure)
    return [
        make_paper(make_version(draft, number=n + 1), procedure, revision=n, reference=f"7/2030/{n}") for n in (0, 1)
    ]


@pytest.fixture
def consultation(procedure, papers, secretary):
    return make_consultation(procedure, make_organization("Seniorenrat", [secretary]), held_on=TODAY)


def note(consultation, paper, *, by, now, manner="invitation", at=NOON, corrects=None, key=None, **values):
    entry = LayingEntry(
        paper.id, manner, at, values.pop("recipients", "alle Mitglieder"), values.pop("count", None), **values
    )
    with transaction():
        return laying.note(consultation, entry, key or uuid.uuid4(), corrects=corrects, by=by, now=now)


def standing(consultation):
    return [
        (one.paper.revision, one.laying.manner) for one in laying.layings_of([consultation.id]).get(consultation.id, [])
    ]


def test_every_delivery_is_kept_and_the_newest_version_lies_before_the_sitting(consultation, papers, by, now):
    note(consultation, papers[1], manner="tabled", by=by, now=now)
    note(consultation, papers[0], at=NOON - timedelta(days=9), by=by, now=now)

    assert standing(consultation) == [(0, "invitation"), (1, "tabled")]
    assert consultation.laid_paper_id == papers[1].id


def test_sent_twice_it_is_one_entry(consultation, papers, by, now):
    key = uuid.uuid4()

    assert (
        note(consultation, papers[0], key=key, by=by, now=now).id
        == note(consultation, papers[0], key=key, by=by, now=now).id
    )
    assert db.session.query(Laying).count() == 1


@pytest.mark.parametrize(
    ("values", "field", "words"),
    [
        (
            {"manner": "tabled", "at": NOON - timedelta(days=1)},
            "manner",
            r"in der Sitzung verteilt, also am 03\.06\.2030",
        ),
        ({"at": NOON + timedelta(hours=5)}, "delivered_on", "liegt in der Zukunft"),
        ({"recipients": ""}, "recipients", "wer die Vorlage bekommen hat"),
        ({"recipients": "x" * 501}, "recipients", "zu lang"),
        ({"manner": "pigeon"}, "manner", "Wählen Sie"),
    ],
)
def test_what_cannot_be_is_named_and_nothing_is_stored(consultation, papers, by, now, values, field, words):
    with pytest.raises(Implausible, match=words) as refused:
        note(consultation, papers[0], by=by, now=now, **values)

    assert refused.value.field == field
    assert (standing(consultation), consultation.laid_paper_id) == ([], None)


def test_what_came_after_the_sitting_did_not_lie_before_it(procedure, papers, by, now):
    before = make_consultation(procedure, held_on=TODAY - timedelta(days=1))

    with pytest.raises(Implausible, match=r"Die Sitzung war am 02\.06\.2030"):
        note(before, papers[0], by=by, now=now)


def test_the_day_is_the_one_in_berlin(procedure, papers, by, now):
    yesterday = make_consultation(procedure, held_on=TODAY - timedelta(days=1))
    midnight = datetime(2030, 6, 2, 22, 0, tzinfo=UTC)

    note(yesterday, papers[0], at=midnight - timedelta(minutes=1), manner="tabled", by=by, now=now)
    with pytest.raises(Implausible):
        note(yesterday, papers[0], at=midnight, manner="tabled", by=by, now=now)


def test_a_station_without_a_sitting_and_a_strangers_paper_are_refused(procedure, papers, consultation, by, now):
    with pytest.raises(NotReady):
        note(make_consultation(procedure, held_on=None), papers[0], by=by, now=now)
    with pytest.raises(NotReady):
        note(make_consultation(procedure, held_on=TODAY, state=StationState.SKIPPED), papers[0], by=by, now=now)
    with pytest.raises(Implausible, match="gehört nicht zu dem Verfahren"):
        note(consultation, make_paper(make_version(), make_procedure()), by=by, now=now)


def test_a_correction_is_a_new_row_and_one_that_never_was_is_struck_out(consultation, papers, by, now):
    first = note(consultation, papers[1], manner="tabled", by=by, now=now)

    second = note(consultation, papers[0], corrects=first, by=by, now=now)
    assert (standing(consultation), consultation.laid_paper_id) == ([(0, "invitation")], papers[0].id)

    note(consultation, papers[0], corrects=second, is_void=True, by=by, now=now)
    assert (standing(consultation), consultation.laid_paper_id) == ([], None)
    assert db.session.query(Laying).count() == 3


def test_two_people_who_correct_one_entry_see_both(consultation, papers, by, now):
    first = note(consultation, papers[0], by=by, now=now)
    note(consultation, papers[0], corrects=first, count=14, recipients="", by=by, now=now)

    with pytest.raises(Conflict) as refused:
        note(consultation, papers[0], corrects=first, is_void=True, by=by, now=now)

    assert refused.value.theirs == "mit der Einladung, 03.06.2030, 08:00 Uhr, an 14 Personen"
    assert refused.value.mine == "Eintrag gestrichen"


def test_a_recorded_result_keeps_the_paper_it_was_about(procedure, papers, by, now):
    done = make_consultation(procedure, held_on=TODAY, state=StationState.RECORDED, laid_paper_id=papers[0].id)

    note(done, papers[1], manner="tabled", by=by, now=now)

    assert done.laid_paper_id == papers[0].id


def test_the_database_refuses_to_overwrite_a_delivery(consultation, papers, by, now):
    note(consultation, papers[0], by=by, now=now)

    with pytest.raises(DatabaseError, match="only grow"), transaction():
        db.session.execute(update(Laying).values(manner="tabled"))


# Pages


def form(paper, **changes):
    return {
        "paper_id": str(paper.id),
        "manner": "supplement",
        "delivered_on": "03.06.2030",
        "delivered_at": "8 Uhr",
        "recipients": "alle Mitglieder",
        "count": "14",
        "key": str(uuid.uuid4()),
    } | changes


def test_a_secretary_notes_and_corrects_a_delivery(as_user, secretary, consultation, papers):
    desk = as_user(secretary)
    address = f"/beratungen/{consultation.id}/zustellung"
    assert desk.get(address).status_code == 200

    assert desk.post(address, data=form(papers[0])).status_code == 303
    stored = db.session.scalars(select(Laying)).one()
    assert stored.delivered_at == NOON
    shown = desk.get(f"/beratungen/{consultation.id}").text
    assert "als Nachtrag" in shown
    assert "alle Mitglieder, 14 Personen" in shown

    correct = f"/zustellungen/{stored.id}/berichtigen"
    assert "alle Mitglieder" in desk.get(correct).text
    assert desk.post(correct, data=form(papers[0], is_void="y")).status_code == 303
    assert "Noch ist keine Zustellung eingetragen" in desk.get(f"/beratungen/{consultation.id}").text
    assert desk.post(correct, data=form(papers[0])).status_code == 409


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"delivered_at": "25:00"}, "Schreiben Sie die Uhrzeit so"),
        ({"delivered_at": ""}, "Schreiben Sie die Uhrzeit so"),
        ({"delivered_on": "31.02.2030"}, "Diesen Tag gibt es nicht"),
        ({"delivered_on": "04.06.2030"}, "liegt in der Zukunft"),
        ({"recipients": "", "count": ""}, "wer die Vorlage bekommen hat"),
    ],
)
def test_a_form_with_a_fault_keeps_what_was_typed(as_user, secretary, consultation, papers, changes, words):
    answer = as_user(secretary).post(f"/beratungen/{consultation.id}/zustellung", data=form(papers[0]) | changes)

    assert answer.status_code == 422
    assert words in answer.text
    assert db.session.query(Laying).count() == 0


def test_only_whoever_keeps_the_body_notes_a_delivery(as_user, consultation, papers, secretary):
    as_user(secretary).post(f"/beratungen/{consultation.id}/zustellung", data=form(papers[0]))
    stored = db.session.scalars(select(Laying)).one()
    other = as_user(make_user([Role.SECRETARY]))

    assert other.get(f"/beratungen/{consultation.id}/zustellung").status_code == 404
    assert other.get(f"/zustellungen/{stored.id}/berichtigen").status_code == 404
    assert as_user(make_user([Role.LEAD])).get(f"/beratungen/{consultation.id}/zustellung").status_code == 403


def test_the_sitting_shows_what_was_delivered_for_it(as_user, secretary, consultation, papers, by, now):
    note(consultation, papers[1], manner="tabled", by=by, now=now)

    page = as_user(secretary).get(f"/sitzungen/{consultation.agenda_item.meeting_id}").text

    assert "als Tischvorlage" in page
    assert "7/2030/1, Fassung 2" in page

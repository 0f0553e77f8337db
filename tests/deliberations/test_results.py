"""What a committee resolved: recorded once, on or after its day, never overwritten, with what follows from it."""

import uuid
from datetime import date, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import DatabaseError

from ikb.core.results import Manner, Outcome, Tally
from ikb.db import db, transaction
from ikb.deliberations import queries, service, stations, successors
from ikb.deliberations.model import Consultation, Result, StationState
from ikb.deliberations.service import ResultEntry, record_result
from ikb.deliberations.stations import Station
from ikb.deliberations.successors import Next
from ikb.deliberations.wordings import REPLACED, ChangedWording, wishes_of
from ikb.errors import Conflict, Implausible, NotReady
from ikb.events import _listeners
from ikb.journal.model import JournalEntry
from ikb.journal.service import SYSTEM, Actor
from ikb.remarks import queries as remarks
from tests.factories import (
    SECTIONS,
    make_consultation,
    make_draft,
    make_organization,
    make_paper,
    make_procedure,
    make_user,
    make_version,
)

TODAY = date(2030, 6, 3)
RECOMMENDED = ResultEntry(Outcome.RECOMMENDED, Tally(12, 0, 2, 14))
AMENDED = ResultEntry(Outcome.RECOMMENDED_AMENDED, Tally(12, 0, 2, 14))
NEW_WORDS = ChangedWording("bp-1", "Die Stadt Musterau beschließt das Konzept als Richtschnur ihrer Arbeit.")


@pytest.fixture
def secretary(app):
    return make_user(["secretary"])


@pytest.fixture
def by(secretary):
    return Actor.user(secretary.id)


@pytest.fixture
def procedure(app):
    return make_procedure()


@pytest.fixture
def paper(procedure):
    return make_paper(make_version(make_draft(procedure)), procedure)


@pytest.fixture
def consultation(procedure, paper):
    return make_consultation(procedure, make_organization("Seniorenrat"), held_on=TODAY)


def record(consultation, entry=RECOMMENDED, wordings=(), *, by, now, seen=None, key=None):
    with transaction():
        return record_result(consultation, entry, wordings, key, seen_result_id=seen, by=by, now=now)


def results():
    return list(db.session.scalars(select(Result).order_by(Result.id)))


def test_a_result_is_stored_with_votes_paper_and_person(consultation, paper, secretary, by, now):
    result = record(consultation, by=by, now=now)

    assert (result.outcome, result.tally, result.manner) == (
        "recommended",
        Tally(12, 0, 2, 14),
        "unanimous_with_abstentions",
    )
    assert (result.recorded_by_id, result.recorded_at, result.is_provisional) == (secretary.id, now, True)
    assert (consultation.state, consultation.laid_paper_id) == (StationState.RECORDED, paper.id)
    assert result.phrase == "empfohlen, einstimmig bei 2 Enthaltungen"


def test_what_is_not_known_stays_unknown(consultation, by, now):
    result = record(consultation, ResultEntry(Outcome.ADOPTED, Tally(yes=6)), by=by, now=now)

    assert (result.votes_yes, result.votes_no, result.abstentions, result.present, result.manner) == (
        6,
        None,
        None,
        None,
        None,
    )


def test_sent_twice_it_is_one_result(consultation, by, now):
    key = uuid.uuid4()

    first = record(consultation, key=key, by=by, now=now)
    second = record(consultation, key=key, by=by, now=now)

    assert first.id == second.id
    assert len(results()) == 1


def test_it_is_announced_and_journalled_without_words(consultation, by, now, monkeypatch):
    heard = []
    monkeypatch.setitem(_listeners, "result_recorded", [lambda **values: heard.append(values)])

    result = record(consultation, AMENDED, [NEW_WORDS], by=by, now=now)

    assert heard == [{"result_id": result.id, "now": now}]
    entry = db.session.scalars(select(JournalEntry)).one()
    remark = remarks.of_agenda_item(consultation.agenda_item_id)[0]
    assert (entry.action, entry.facts) == (
        "result recorded",
        {
            "outcome": "recommended_amended",
            "corrects": None,
            "remarks": [remark.id],
            "parts": {"groups": 0, "points": 0, "motions": 0},
        },
    )


def test_only_a_person_records(consultation, now):
    with pytest.raises(ValueError, match="person"), transaction():
        record_result(consultation, RECOMMENDED, by=SYSTEM, now=now)


def test_before_the_day_of_the_sitting_there_is_no_result(procedure, paper, by, now):
    tomorrow = make_consultation(procedure, held_on=TODAY + timedelta(days=1))

    with pytest.raises(Implausible, match=r"erst am 04\.06\.2030"):
        record(tomorrow, by=by, now=now)

    assert (results(), tomorrow.state) == ([], StationState.SCHEDULED)


@pytest.mark.parametrize(("hours", "allowed"), [(13.99, False), (14, True)])
def test_the_day_begins_at_midnight_in_berlin(procedure, paper, by, now, hours, allowed):
    tomorrow = make_consultation(procedure, held_on=TODAY + timedelta(days=1))
    moment = now + timedelta(hours=hours)  # now is 10:00 in Berlin

    if allowed:
        record(tomorrow, by=by, now=moment)
    else:
        with pytest.raises(Implausible):
            record(tomorrow, by=by, now=moment)

    assert len(results()) == allowed


def test_a_step_without_a_sitting_or_left_out_gets_no_result(procedure, paper, by, now):
    undated = make_consultation(procedure, held_on=None)
    skipped = make_consultation(procedure, held_on=TODAY, state=StationState.SKIPPED)

    for consultation, words in ((undated, "keine Sitzung"), (skipped, "ausgelassen")):
        with pytest.raises(NotReady, match=words):
            record(consultation, by=by, now=now)


def test_impossible_votes_name_their_field_and_store_nothing(consultation, by, now):
    with pytest.raises(Implausible) as refused:
        record(consultation, ResultEntry(Outcome.ADOPTED, Tally(10, 3, 2, 14)), by=by, now=now)

    assert refused.value.field == "present"
    assert (results(), consultation.state) == ([], StationState.SCHEDULED)


def test_the_second_of_two_secretaries_sees_both_entries(consultation, by, now):
    record(consultation, by=by, now=now)
    other = Actor.user(make_user(["secretary"]).id)

    with pytest.raises(Conflict) as refused:
        record(consultation, ResultEntry(Outcome.REJECTED, resolution_text="Nein danke."), by=other, now=now)

    assert refused.value.theirs.startswith("empfohlen, einstimmig bei 2 Enthaltungen")
    assert refused.value.mine == "abgelehnt\n\nNein danke."
    assert [result.outcome for result in results()] == ["recommended"]


def test_a_correction_is_a_new_row_that_names_the_old_one(consultation, by, now):
    first = record(consultation, by=by, now=now)
    final = ResultEntry(Outcome.RECOMMENDED, Tally(11, 1, 2, 14), is_provisional=False)

    second = record(consultation, final, seen=first.id, by=by, now=now)

    assert (second.corrects_id, second.is_provisional, consultation.state) == (first.id, False, StationState.CONFIRMED)
    assert [result.votes_yes for result in results()] == [12, 11]
    db.session.expire_all()
    assert consultation.result.id == second.id


def test_the_database_refuses_to_overwrite_a_result(consultation, by, now):
    record(consultation, by=by, now=now)

    with pytest.raises(DatabaseError, match="only grow"), transaction():
        db.session.execute(update(Result).values(outcome="rejected"))


def test_changed_wording_becomes_a_remark_of_the_agenda_item(consultation, paper, by, now):
    gone = ChangedWording("bp-1.a", wish="delete")
    beside = ChangedWording("bp-2", "Das gilt auch für Betriebe der Stadt.", wish="insert_after")

    record(consultation, AMENDED, [NEW_WORDS, gone, beside], by=by, now=now)

    found = remarks.of_agenda_item(consultation.agenda_item_id)
    assert [(remark.anchor, remark.wish, remark.proposed_text) for remark in found] == [
        ("bp-1", "replace", NEW_WORDS.text),
        ("bp-1.a", "delete", ""),
        ("bp-2", "insert_after", beside.text),
    ]
    assert {remark.draft_version_id for remark in found} == {paper.draft_version_id}
    assert {remark.is_of_a_body for remark in found} == {True}
    assert remarks.pool_of(paper.draft_version.draft_id) == found


@pytest.mark.parametrize(
    ("wordings", "words"),
    [
        ([ChangedWording("bp-9", "Neu.")], "gibt es in der gewählten Vorlage nicht"),
        ([ChangedWording("bp-1", "  ")], "Der neue Wortlaut fehlt"),
        ([ChangedWording("bp-1", f" {SECTIONS[0][4]} ")], "derselbe wie in der Vorlage"),
        ([NEW_WORDS, ChangedWording("bp-1", "Noch anders.")], "kommt zweimal vor"),
        ([NEW_WORDS, ChangedWording("bp-1", wish="delete")], "kommt zweimal vor"),
        ([ChangedWording("bp-1", "Neu.", wish="translate")], "Wählen Sie, was mit dem Abschnitt geschieht"),
    ],
)
def test_wordings_that_do_not_fit_the_paper_are_refused_whole(consultation, by, now, wordings, words):
    with pytest.raises(Implausible, match=words):
        record(consultation, AMENDED, wordings, by=by, now=now)

    assert (results(), remarks.of_agenda_item(consultation.agenda_item_id)) == ([], [])


def test_with_changes_means_that_something_is_changed(consultation, by, now):
    with pytest.raises(Implausible, match="Es fehlt, was geändert wurde"):
        record(consultation, AMENDED, by=by, now=now)
    with pytest.raises(Implausible, match="heißt ohne Änderung"):
        record(consultation, RECOMMENDED, [NEW_WORDS], by=by, now=now)

    words_alone = ResultEntry(
        Outcome.RECOMMENDED_AMENDED, resolution_text="Der Rat möge das Konzept früher beschließen."
    )
    assert record(consultation, words_alone, by=by, now=now).resolution_text.startswith("Der Rat möge")


def test_a_correction_retires_wordings_that_no_longer_hold_and_keeps_their_words(consultation, by, now):
    kept = ChangedWording("bp-2", "Die Ziele nach Anlage 2 gelten für alle Ämter und Betriebe.")
    first = record(consultation, AMENDED, [NEW_WORDS, kept], by=by, now=now)
    before = {remark.anchor: remark.id for remark in wishes_of(consultation.agenda_item_id)}
    corrected = ChangedWording("bp-1", "Die Stadt Musterau beschließt das Konzept als Leitlinie ihrer Arbeit.")

    record(consultation, AMENDED, [corrected, kept], seen=first.id, by=by, now=now)

    found = remarks.of_agenda_item(consultation.agenda_item_id)
    retired = next(remark for remark in found if remark.id == before["bp-1"])
    assert (retired.wish, retired.proposed_text, retired.comment) == ("", NEW_WORDS.text, REPLACED)
    standing = {remark.anchor: remark for remark in wishes_of(consultation.agenda_item_id)}
    assert standing["bp-2"].id == before["bp-2"]
    assert standing["bp-1"].proposed_text == corrected.text


def test_the_paper_that_lay_before_the_sitting_is_the_newest_of_that_day(procedure, paper, by, now):
    draft = paper.draft_version.draft
    make_paper(make_version(draft, number=2), procedure, revision=1, created_at=now + timedelta(days=9))
    consultation = make_consultation(procedure, held_on=TODAY)

    assert service.laid_paper(consultation).id == paper.id


def test_another_paper_may_have_been_laid_but_only_of_this_procedure(procedure, paper, consultation, by, now):
    newer = make_paper(make_version(paper.draft_version.draft, number=2), procedure, revision=1)
    strangers = make_paper(make_version(), make_procedure())

    record(consultation, ResultEntry(Outcome.NOTED, laid_paper_id=newer.id), by=by, now=now)
    assert consultation.laid_paper_id == newer.id

    other = make_consultation(procedure, held_on=TODAY)
    with pytest.raises(Implausible, match="gehört nicht zu dem Verfahren"):
        record(other, ResultEntry(Outcome.NOTED, laid_paper_id=strangers.id), by=by, now=now)


def test_a_separate_vote_has_a_result_per_point(consultation, by, now):
    text = "1: einstimmig beschlossen\n2: mit Mehrheit abgelehnt, Ja: 5, Nein: 9"

    result = record(consultation, ResultEntry(Outcome.SPLIT_VOTE, resolution_text=text), by=by, now=now)

    assert [(point.label, point.anchor, point.outcome, point.manner) for point in result.points] == [
        ("1", "bp-1", "adopted", "unanimous"),
        ("2", "bp-2", "rejected", "majority"),
    ]
    assert result.points[1].tally == Tally(5, 9)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "Es fehlt: Punkt 1, 2"),
        ("1: einstimmig beschlossen", "Es fehlt: Punkt 2"),
        ("einstimmig beschlossen", "je Punkt eine Zeile"),
        ("1: siehe Anlage", "je Punkt eine Zeile"),
        ("1: beschlossen\n2: beschlossen\n2: abgelehnt", "Punkt 2 kommt zweimal vor"),
    ],
)
def test_a_separate_vote_that_lacks_a_point_or_cannot_be_read_is_refused(consultation, by, now, text, words):
    with pytest.raises(Implausible, match=words):
        record(consultation, ResultEntry(Outcome.SPLIT_VOTE, resolution_text=text), by=by, now=now)


@pytest.mark.parametrize("outcome", [Outcome.POSTPONED, Outcome.DEFERRED, Outcome.FIRST_READING])
@pytest.mark.parametrize(("day", "state"), [(None, "planned"), (date(2030, 6, 24), "scheduled")])
def test_what_is_not_finished_comes_back_to_the_same_committee(consultation, by, now, outcome, day, state):
    record(consultation, ResultEntry(outcome, successor=Next(held_on=day)), by=by, now=now)

    successor = successors.successor_of(consultation)
    assert (successor.organization_id, successor.role) == (consultation.organization_id, consultation.role)
    assert (successor.state, successor.held_on, successor.predecessor_id) == (state, day, consultation.id)
    assert successor.position > consultation.position


@pytest.mark.parametrize("outcome", [Outcome.REFERRED, Outcome.REFERRED_BACK])
def test_what_is_referred_needs_a_committee_and_goes_there(consultation, by, now, outcome):
    culture = make_organization("Kulturausschuss")

    with pytest.raises(Implausible) as refused:
        record(consultation, ResultEntry(outcome), by=by, now=now)
    assert refused.value.field == "next_organization_id"

    result = record(consultation, ResultEntry(outcome, successor=Next(culture.id)), by=by, now=now)
    assert successors.successor_of(consultation).organization_id == culture.id
    assert result.phrase.endswith("an Kulturausschuss")


@pytest.mark.parametrize("is_wanted", [True, False])
def test_what_was_taken_off_the_agenda_comes_back_only_if_asked(consultation, by, now, is_wanted):
    record(consultation, ResultEntry(Outcome.REMOVED, successor=Next(is_wanted=is_wanted)), by=by, now=now)

    assert consultation.state == StationState.REMOVED
    assert (successors.successor_of(consultation) is not None) is is_wanted


def test_outcomes_that_end_a_step_open_no_other(consultation, by, now):
    record(consultation, ResultEntry(Outcome.NOTED, successor=Next(held_on=date(2030, 6, 24))), by=by, now=now)

    assert successors.successor_of(consultation) is None


@pytest.mark.parametrize("day", [date(2030, 6, 2), TODAY])
def test_the_next_sitting_comes_after_this_one(consultation, by, now, day):
    with pytest.raises(Implausible) as refused:
        record(consultation, ResultEntry(Outcome.POSTPONED, successor=Next(held_on=day)), by=by, now=now)

    assert refused.value.field == "next_on"


def test_a_correction_opens_no_second_successor_and_leaves_out_one_that_is_not_needed(consultation, by, now):
    postponed = ResultEntry(Outcome.POSTPONED, successor=Next(held_on=date(2030, 6, 24)))
    first = record(consultation, postponed, by=by, now=now)
    second = record(consultation, postponed, seen=first.id, by=by, now=now)
    successor = successors.successor_of(consultation)

    record(consultation, RECOMMENDED, seen=second.id, by=by, now=now)

    assert db.session.scalars(select(Consultation.predecessor_id)).all().count(consultation.id) == 1
    assert (successor.state, successor.skip_reason) == (
        StationState.SKIPPED,
        "Das Ergebnis der Beratung davor wurde berichtigt.",
    )


def test_a_budget_that_one_committee_postponed_four_times_is_kept_as_it_happened(procedure, paper, by, clock):
    committee = make_organization("Haushaltsausschuss")
    assembly = make_organization("Rat")
    day = TODAY
    with transaction():
        station = stations.add_station(procedure, committee, Station("preliminary", day), by=by, now=clock())
    first = station
    for _ in range(4):
        day += timedelta(days=7)
        record(station, ResultEntry(Outcome.POSTPONED, successor=Next(held_on=day)), by=by, now=clock())
        station = successors.successor_of(station)
        clock.advance(days=7)
    record(
        station, ResultEntry(Outcome.FIRST_READING, successor=Next(held_on=day + timedelta(days=7))), by=by, now=clock()
    )
    station = successors.successor_of(station)
    clock.advance(days=7)
    record(station, RECOMMENDED, by=by, now=clock())
    with transaction():
        stations.add_station(procedure, assembly, Station("decision", day + timedelta(days=8)), by=by, now=clock())

    steps = queries.sequence(procedure.id)
    assert [step.organization.name for step in steps] == ["Haushaltsausschuss"] * 6 + ["Rat"]
    assert [step.result.outcome if step.result else None for step in steps] == [
        *["postponed"] * 4,
        "first_reading",
        "recommended",
        None,
    ]
    assert [step.predecessor_id for step in steps] == [None, *[step.id for step in steps[:5]], None]
    assert {step.role for step in steps[:6]} == {"preliminary"}
    assert steps[0].id == first.id


def test_a_manner_that_is_only_stated_is_kept(consultation, by, now):
    result = record(consultation, ResultEntry(Outcome.ADOPTED, Tally(), Manner.LARGE_MAJORITY), by=by, now=now)

    assert (result.manner, result.phrase) == ("large_majority", "beschlossen, mit großer Mehrheit")

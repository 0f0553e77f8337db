"""A later version after a body sat: its office is asked, sees what changed, and decides what follows."""

import uuid
from datetime import date, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import DatabaseError

from ikb.accounts.model import Role
from ikb.accounts.policy import Visitor
from ikb.core.motions import MotionOutcome
from ikb.core.results import Outcome, Tally
from ikb.db import db, transaction
from ikb.deliberations import since_sitting, successors
from ikb.deliberations.entries import MotionEntry, ResultEntry
from ikb.deliberations.laying_model import ChangedSince, ChangedSinceAnswer, SinceAnswer
from ikb.deliberations.model import Consultation, StationState
from ikb.deliberations.service import record_result
from ikb.deliberations.since_sitting import Answer, addresses_in
from ikb.deliberations.successors import Next
from ikb.deliberations.wordings import ChangedWording
from ikb.deliveries import sending
from ikb.deliveries.model import Delivery
from ikb.drafts import service as drafts
from ikb.errors import Implausible
from ikb.journal.service import Actor
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
GUIDE = "Die Stadt Musterau beschließt das Konzept als Richtschnur ihrer Arbeit."
NEW = {"bp-1": GUIDE, "a2-z1": "Mehr Sprachförderung in allen Ortsteilen."}


@pytest.fixture
def secretary(app):
    return make_user([Role.SECRETARY])


@pytest.fixture
def by(secretary):
    return Actor.user(secretary.id)


@pytest.fixture
def lead(app):
    return make_user()


@pytest.fixture
def procedure(lead):
    return make_procedure([lead], title="Unser Konzept")


@pytest.fixture
def draft(procedure):
    draft = make_draft(procedure)
    make_paper(make_version(draft), procedure)
    return draft


@pytest.fixture
def body(secretary):
    return make_organization("Seniorenrat", [secretary])


@pytest.fixture
def consultation(procedure, draft, body):
    return make_consultation(procedure, body, held_on=TODAY)


def record(consultation, outcome=Outcome.RECOMMENDED, changed=(), *, by, now, seen=None, **parts):
    with transaction():
        return record_result(consultation, ResultEntry(outcome, **parts), changed, seen_result_id=seen, by=by, now=now)


def issue(draft, *, by, now, number=2, texts=NEW):
    sections = [(anchor, kind, nr, parent, texts.get(anchor, text)) for anchor, kind, nr, parent, text in SECTIONS]
    version = make_version(draft, [one for one in sections if one[4]], number=number, issued=False)
    with transaction():
        drafts.issue(version, by=by, now=now)
    return version


def questions():
    return list(db.session.scalars(select(ChangedSince).order_by(ChangedSince.id)))


def answer(question, given, *, by, now, key=None):
    with transaction():
        return since_sitting.answer(question, given, key or uuid.uuid4(), by=by, now=now)


def test_each_body_that_sat_is_asked_once_and_those_to_come_are_not(procedure, draft, consultation, by, now):
    coming = make_consultation(procedure, held_on=TODAY + timedelta(days=9))
    record(consultation, by=by, now=now)

    version = issue(draft, by=by, now=now)

    assert [(one.consultation_id, one.version_id) for one in questions()] == [(consultation.id, version.id)]
    assert coming.id not in {one.consultation_id for one in questions()}


def test_before_a_version_is_issued_its_leads_see_who_will_be_asked(
    procedure, draft, consultation, lead, by, now, as_user
):
    other = make_consultation(procedure, make_organization("Beirat"), held_on=TODAY)
    record(consultation, by=by, now=now)
    record(other, Outcome.POSTPONED, by=by, now=now)
    version = make_version(draft, number=2, issued=False, base=draft.versions[0])

    told = since_sitting.to_be_told(version)
    page = as_user(lead).get(f"/fassungen/{version.id}/herausgeben").text
    with transaction():
        drafts.issue(version, by=by, now=now)

    assert [step.id for step in told] == [one.consultation_id for one in questions()] == [consultation.id]
    assert "1 Sitzung hat über eine ältere Fassung beraten" in page
    assert "Seniorenrat, Mo., 03.06.2030</a>: empfohlen" in page


@pytest.mark.parametrize("outcome", [Outcome.POSTPONED, Outcome.REMOVED, Outcome.WITHDRAWN, Outcome.NOT_DEALT_WITH])
def test_a_body_that_did_not_deal_with_the_text_is_not_asked(draft, consultation, by, now, outcome):
    record(consultation, outcome, by=by, now=now)

    issue(draft, by=by, now=now)

    assert questions() == []


def test_a_result_that_is_entered_after_the_later_version_asks_at_once(draft, consultation, by, now):
    consultation.laid_paper_id  # noqa: B018 (loaded before the version is issued)
    version = issue(draft, by=by, now=now)

    record(consultation, by=by, now=now)

    assert [one.version_id for one in questions()] == [version.id]


def test_the_body_sees_what_it_dealt_with_and_how_much_changed_elsewhere(draft, consultation, by, now):
    wanted = ChangedWording("bp-1", GUIDE)
    record(consultation, Outcome.RECOMMENDED_AMENDED, [wanted], by=by, now=now)
    issue(draft, by=by, now=now)

    found = since_sitting.changes(questions()[0])

    assert [(one.anchor, one.is_as_said) for one in found.concerned] == [("bp-1", True)]
    assert [one.anchor for one in found.elsewhere] == ["a2-z1"]
    assert "".join(part.text for part in found.concerned[0].segments if part.kind != "del") == GUIDE


def test_a_motion_that_failed_shows_what_the_body_dealt_with_too(draft, consultation, by, now):
    failed = MotionEntry(MotionOutcome.REJECTED, "Morgen", wordings=(ChangedWording("a2-z1", "Weniger."),))
    record(consultation, motions=(failed,), by=by, now=now)
    issue(draft, by=by, now=now)

    found = since_sitting.changes(questions()[0])

    assert [(one.anchor, one.said, one.is_as_said) for one in found.concerned] == [("a2-z1", None, False)]


def test_a_body_that_changed_nothing_itself_sees_all_that_changed(draft, consultation, by, now):
    record(consultation, by=by, now=now)
    issue(draft, texts=NEW | {"a3-z1-m1": ""}, by=by, now=now)

    found = since_sitting.changes(questions()[0])

    assert [(one.anchor, bool(one.new)) for one in found.concerned] == [
        ("bp-1", True),
        ("a2-z1", True),
        ("a3-z1-m1", False),
    ]
    assert (found.elsewhere, found.dealt_with) == ((), 0)


def test_of_several_versions_only_the_newest_waits_for_an_answer(draft, consultation, secretary, by, now):
    record(consultation, by=by, now=now)
    issue(draft, by=by, now=now)
    third = issue(draft, number=3, by=by, now=now)
    visitor = Visitor(secretary.id, frozenset({Role.SECRETARY}))

    assert [one.version_id for one in since_sitting.open_questions(visitor)] == [third.id]

    answer(questions()[1], Answer(SinceAnswer.NOTHING, "Nur Schreibfehler."), by=by, now=now)
    assert since_sitting.open_questions(visitor) == []
    assert since_sitting.open_questions(Visitor(make_user([Role.SECRETARY]).id, frozenset({Role.SECRETARY}))) == []


def test_telling_sends_one_notice_to_each_address(draft, consultation, by, now, clock):
    record(consultation, by=by, now=now)
    issue(draft, by=by, now=now)
    key, told = (
        uuid.uuid4(),
        Answer(
            SinceAnswer.TELL,
            "Es betrifft sie.",
            "Neu ist Punkt 1.",
            "a@rat.example.org\nb@rat.example.org, a@rat.example.org",
        ),
    )

    answer(questions()[0], told, key=key, by=by, now=now)
    answer(questions()[0], told, key=key, by=by, now=now)

    assert sorted(row.recipient for row in db.session.scalars(select(Delivery))) == [
        "a@rat.example.org",
        "b@rat.example.org",
    ]
    report = sending.send_due(clock)
    assert report is not None
    assert {row.state for row in db.session.scalars(select(Delivery)).all()} == {"handed_over"}


def test_a_notice_is_not_sent_any_more_once_the_office_decided_otherwise(draft, consultation, by, now, clock):
    record(consultation, by=by, now=now)
    issue(draft, by=by, now=now)
    answer(questions()[0], Answer(SinceAnswer.TELL, "Ja.", "Neu ist Punkt 1.", "a@rat.example.org"), by=by, now=now)
    answer(questions()[0], Answer(SinceAnswer.NOTHING, "Doch nicht."), by=by, now=now)

    sending.send_due(clock)

    assert db.session.scalars(select(Delivery)).one().state == "cancelled"
    assert [one.answer for one in questions()[0].answers] == ["tell", "nothing"]


@pytest.mark.parametrize("day", [None, TODAY + timedelta(days=20)])
def test_asking_again_opens_a_further_station_once(draft, consultation, by, now, day):
    record(consultation, by=by, now=now)
    issue(draft, by=by, now=now)
    key, given = uuid.uuid4(), Answer(SinceAnswer.ASK_AGAIN, "Es ist viel anders.", held_on=day)

    stored = answer(questions()[0], given, key=key, by=by, now=now)
    answer(questions()[0], given, key=key, by=by, now=now)

    further = db.session.scalars(select(Consultation).where(Consultation.predecessor_id == consultation.id)).one()
    assert (further.id, further.organization_id, further.held_on) == (
        stored.successor_id,
        consultation.organization_id,
        day,
    )
    assert since_sitting.later_station(consultation).id == further.id


def test_a_correction_of_the_result_leaves_the_further_station_alone(draft, consultation, by, now):
    first = record(consultation, by=by, now=now)
    issue(draft, by=by, now=now)
    stored = answer(questions()[0], Answer(SinceAnswer.ASK_AGAIN, "Es ist viel anders."), by=by, now=now)

    record(consultation, Outcome.NOTED, seen=first.id, by=by, now=now)

    assert db.session.get(Consultation, stored.successor_id).state == StationState.PLANNED
    assert successors.successor_of(consultation) is None


def test_a_postponement_after_asking_again_still_opens_its_own_successor(draft, consultation, by, now):
    first = record(consultation, by=by, now=now)
    issue(draft, by=by, now=now)
    answer(questions()[0], Answer(SinceAnswer.ASK_AGAIN, "Es ist viel anders."), by=by, now=now)

    postponed = {"successor": Next(held_on=TODAY + timedelta(days=7)), "tally": Tally(8, 4)}
    record(consultation, Outcome.POSTPONED, seen=first.id, by=by, now=now, **postponed)

    assert successors.successor_of(consultation).held_on == TODAY + timedelta(days=7)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        (Answer(SinceAnswer.NOTHING, "  "), "reason"),
        (Answer(SinceAnswer.TELL, "Ja.", " "), "notice"),
        (Answer(SinceAnswer.TELL, "Ja.", "Neu.", "keine adresse"), "recipients"),
        (Answer(SinceAnswer.ASK_AGAIN, "Ja.", held_on=TODAY), "held_on"),
        (Answer(SinceAnswer.NOTHING, "x" * 20_001), "reason"),
    ],
)
def test_an_answer_that_cannot_be_is_refused_whole(draft, consultation, by, now, given, field):
    record(consultation, by=by, now=now)
    issue(draft, by=by, now=now)

    with pytest.raises(Implausible) as refused:
        answer(questions()[0], given, by=by, now=now)

    assert refused.value.field == field
    assert db.session.query(ChangedSinceAnswer).count() == db.session.query(Delivery).count() == 0


def test_addresses_are_read_however_they_are_separated():
    assert addresses_in("a@b.de; c@d.de,\n a@b.de ") == ["a@b.de", "c@d.de"]
    assert addresses_in(" \n") == []
    with pytest.raises(Implausible, match="31 Adressen"):
        addresses_in(" ".join(f"a{n}@b.de" for n in range(31)))


def test_the_database_refuses_to_overwrite_an_answer(draft, consultation, by, now):
    record(consultation, by=by, now=now)
    issue(draft, by=by, now=now)
    answer(questions()[0], Answer(SinceAnswer.NOTHING, "Nur Schreibfehler."), by=by, now=now)

    with pytest.raises(DatabaseError, match="only grow"), transaction():
        db.session.execute(update(ChangedSinceAnswer).values(answer="tell"))


# Pages


@pytest.fixture
def question(draft, consultation, by, now):
    record(consultation, Outcome.RECOMMENDED_AMENDED, [ChangedWording("bp-1", GUIDE)], by=by, now=now)
    issue(draft, by=by, now=now)
    return questions()[0]


def form(**changes):
    return {
        "answer": "nothing",
        "reason": "Nur Schreibfehler.",
        "notice": "",
        "recipients": "",
        "held_on": "",
        "key": str(uuid.uuid4()),
    } | changes


def test_the_desk_leads_to_the_redline_and_the_answer_takes_it_off_the_desk(as_user, secretary, question, consultation):
    desk = as_user(secretary)
    address = f"/rueckfragen/{question.id}"
    assert address in desk.get("/sitzungen").text

    page = desk.get(address).text
    assert "Steht jetzt so da, wie das Gremium es beschlossen hat" in page
    assert "An anderen Stellen geändert: 1 Abschnitt" in page
    assert "in der Fassung 1 vor" in page  # the prepared notice

    assert desk.post(address, data=form(reason="")).status_code == 422
    assert desk.post(address, data=form()).status_code == 303
    assert address not in desk.get("/sitzungen").text
    assert "nichts zu tun" in desk.get(f"/beratungen/{consultation.id}").text
    assert "Nur Schreibfehler." in desk.get(address).text


def test_a_lead_reads_it_and_does_not_answer_and_strangers_see_nothing(as_user, lead, question):
    address = f"/rueckfragen/{question.id}"

    page = as_user(lead).get(address)
    assert page.status_code == 200
    assert "Entscheidung speichern" not in page.text
    assert as_user(lead).post(address, data=form()).status_code == 404
    assert as_user(make_user()).get(address).status_code == 404
    assert as_user(make_user([Role.SECRETARY])).get(address).status_code == 404
    assert db.session.query(ChangedSinceAnswer).count() == 0


def test_the_page_asks_a_bounded_number_of_questions(as_user, secretary, question, count_queries):
    desk = as_user(secretary)

    with count_queries() as seen:
        desk.get(f"/rueckfragen/{question.id}")

    assert len(seen) <= 20

"""A result with all its parts: votes by group and point, motions in their order, the town's own words for it."""

import uuid
from datetime import date

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from ikb.core.motions import GroupVotes, MotionOutcome
from ikb.core.results import Manner, Outcome, Tally
from ikb.db import db, transaction
from ikb.deliberations import resolution_kinds
from ikb.deliberations.entries import MotionEntry, PointEntry, ResultEntry, entry_of
from ikb.deliberations.model import Result
from ikb.deliberations.resolution_kinds import KindEntry
from ikb.deliberations.result_model import GroupVote, Motion, MotionWording, PointVote
from ikb.deliberations.service import record_result
from ikb.deliberations.wordings import ChangedWording, wishes_of
from ikb.errors import Conflict, Implausible
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
MO = MotionOutcome
GUIDE = ChangedWording("bp-1", "Die Stadt Musterau beschließt das Konzept als Richtschnur ihrer Arbeit.")
YEARLY = ChangedWording("bp-1", "Die Stadt Musterau beschließt das Konzept für ein Jahr.")
FAR = MotionEntry(
    MO.REJECTED,
    "Gruppe Morgen",
    "Den Punkt ganz streichen.",
    tally=Tally(3, 9),
    wordings=(ChangedWording("bp-2", wish="delete"),),
)
NEAR = MotionEntry(MO.ADOPTED, "Gruppe Abend", "Das Konzept soll leiten.", tally=Tally(9, 3), wordings=(GUIDE,))
GROUPS = (GroupVotes("Gruppe Morgen", Tally(3, 0, 1)), GroupVotes("Gruppe Abend", Tally(6, 2)))


@pytest.fixture
def by(app):
    return Actor.user(make_user(["secretary"], name="Frau Feder").id)


@pytest.fixture
def consultation(app):
    procedure = make_procedure()
    make_paper(make_version(make_draft(procedure)), procedure)
    return make_consultation(procedure, make_organization("Schulausschuss"), held_on=TODAY)


def record(consultation, entry, changed=(), *, by, now, seen=None):
    with transaction():
        return record_result(consultation, entry, changed, uuid.uuid4(), seen_result_id=seen, by=by, now=now)


def amended(**parts):
    return ResultEntry(Outcome.RECOMMENDED_AMENDED, Tally(9, 2, 1, 13, 1), **parts)


def test_every_part_is_stored_and_read_back_as_it_was_entered(consultation, by, now):
    entry = amended(
        groups=GROUPS,
        points=(PointEntry("1", Outcome.RECOMMENDED, Tally(9, 2), Manner.MAJORITY, "bp-1"),),
        motions=(FAR, NEAR),
    )

    result = record(consultation, entry, by=by, now=now)

    db.session.expire_all()
    stored = entry_of(db.session.get(Result, result.id))
    assert (stored.tally, stored.groups, stored.points, stored.motions) == (
        entry.tally,
        GROUPS,
        entry.points,
        (FAR, NEAR),
    )
    assert result.votes == "9 Ja, 2 Nein, 1 Enthaltung, 13 anwesend, 1 befangen"


def test_what_a_carried_motion_wants_becomes_the_bodys_wording_and_a_rejected_ones_does_not(consultation, by, now):
    record(consultation, amended(motions=(FAR, NEAR)), by=by, now=now)

    assert [(remark.anchor, remark.proposed_text) for remark in wishes_of(consultation.agenda_item_id)] == [
        ("bp-1", GUIDE.text)
    ]


def test_a_motion_that_was_taken_over_counts_as_carried(consultation, by, now):
    taken = MotionEntry(MO.TAKEN_OVER, "Gruppe Abend", wordings=(GUIDE,))

    record(consultation, amended(motions=(taken,)), by=by, now=now)

    assert [remark.anchor for remark in wishes_of(consultation.agenda_item_id)] == ["bp-1"]


def test_two_carried_motions_on_one_passage_need_the_wording_that_came_of_both(consultation, by, now):
    other = MotionEntry(MO.ADOPTED, "Gruppe Morgen", wordings=(YEARLY,))

    with pytest.raises(Implausible, match="Zwei angenommene Anträge ändern denselben Abschnitt"):
        record(consultation, amended(motions=(NEAR, other)), by=by, now=now)
    assert db.session.scalars(select(Result)).all() == []

    both = ChangedWording(
        "bp-1", "Die Stadt Musterau beschließt das Konzept für ein Jahr als Richtschnur ihrer Arbeit."
    )
    record(consultation, amended(motions=(NEAR, other)), [both], by=by, now=now)
    assert [remark.proposed_text for remark in wishes_of(consultation.agenda_item_id)] == [both.text]


def test_whoever_rejects_the_paper_does_not_ask_for_a_carried_motions_wording(consultation, by, now):
    record(consultation, ResultEntry(Outcome.REJECTED, Tally(2, 9), motions=(NEAR,)), by=by, now=now)

    assert wishes_of(consultation.agenda_item_id) == []


def test_a_correction_that_turns_a_motion_down_takes_its_wording_back(consultation, by, now):
    first = record(consultation, amended(motions=(NEAR,)), by=by, now=now)
    turned = MotionEntry(MO.REJECTED, "Gruppe Abend", "Das Konzept soll leiten.", tally=Tally(3, 9), wordings=(GUIDE,))

    record(
        consultation, ResultEntry(Outcome.RECOMMENDED, Tally(9, 2), motions=(turned,)), seen=first.id, by=by, now=now
    )

    assert wishes_of(consultation.agenda_item_id) == []
    assert [motion.outcome for motion in db.session.scalars(select(Motion).order_by(Motion.id))] == [
        "adopted",
        "rejected",
    ]


@pytest.mark.parametrize(
    ("entry", "field", "words"),
    [
        (
            amended(motions=(MotionEntry(MO.ADOPTED, "Morgen"),)),
            "motions-0-text",
            "1. Antrag: Schreiben Sie, was der Antrag wollte",
        ),
        (
            amended(motions=(NEAR, MotionEntry(MO.ADOPTED, text="Mehr.", tally=Tally(3, 9)))),
            "motions-1-outcome",
            "2. Antrag",
        ),
        (
            amended(motions=(MotionEntry(MO.ADOPTED, aim=Outcome.POSTPONED),)),
            "motions-0-outcome",
            "selbst das Ergebnis",
        ),
        (amended(motions=(MotionEntry(MO.REJECTED, aim=Outcome.ADOPTED),)), "motions-0-aim", "Art des Antrags"),
        (amended(motions=(NEAR,), groups=(GroupVotes("Morgen", Tally(10)),)), "votes_yes", "zusammen 10 Ja-Stimmen"),
        (amended(motions=(NEAR,), groups=(*GROUPS, GroupVotes("", Tally(1)))), "groups-2-name", "fehlt der Name"),
        (
            amended(motions=(NEAR,), points=(PointEntry("1", Outcome.ADOPTED, Tally(2, 9), None, "bp-1"),)),
            "points-0-outcome",
            "Punkt 1",
        ),
        (
            amended(motions=(NEAR,), points=(PointEntry("1", Outcome.REMOVED, anchor="bp-1"),)),
            "points-0-outcome",
            "ganze Vorlage",
        ),
        (
            amended(motions=(NEAR,), points=(PointEntry("7", Outcome.ADOPTED, anchor="bp-7"),)),
            "points",
            "Punkt 7 gibt es",
        ),
        (
            amended(motions=(MotionEntry(MO.ADOPTED, wordings=(ChangedWording("bp-9", "Neu."),)),)),
            "wordings",
            "gibt es in der gewählten Vorlage nicht",
        ),
        (ResultEntry(Outcome.RECOMMENDED, Tally(9, 2), motions=(NEAR,)), "outcome", "angenommene Änderungsanträge"),
        (ResultEntry(Outcome.RECOMMENDED, Tally(9, 2), kind_name="gutgeheißen"), "outcome", "steht nicht in der Liste"),
    ],
)
def test_a_part_that_cannot_be_is_named_with_its_place_and_nothing_is_stored(
    consultation, by, now, entry, field, words
):
    with pytest.raises(Implausible, match=words) as refused:
        record(consultation, entry, by=by, now=now)

    assert refused.value.field == field
    for rows in (Result, GroupVote, PointVote, Motion, MotionWording):
        assert db.session.scalars(select(rows)).all() == []


def test_the_votes_on_a_postponement_belong_to_the_motion_not_to_the_paper(consultation, by, now):
    result = record(consultation, ResultEntry(Outcome.POSTPONED, Tally(8, 4)), by=by, now=now)

    assert result.tally == Tally()
    assert (result.carried_motion.aim, result.carried_motion.tally) == ("postponed", Tally(8, 4))
    assert result.phrase == "vertagt (über den Antrag: mit Mehrheit (8 Ja, 4 Nein))"
    assert result.votes == "über den Antrag: 8 Ja, 4 Nein"
    assert entry_of(result).tally == Tally(8, 4)  # a correction begins with them


def test_a_motion_to_postpone_that_failed_stands_beside_the_vote_on_the_paper(consultation, by, now):
    failed = MotionEntry(MO.REJECTED, "Gruppe Morgen", aim=Outcome.POSTPONED, tally=Tally(4, 8))

    result = record(consultation, ResultEntry(Outcome.RECOMMENDED, Tally(8, 4), motions=(failed,)), by=by, now=now)

    assert (result.tally, result.carried_motion) == (Tally(8, 4), None)
    assert result.phrase == "empfohlen, mit Mehrheit (8 Ja, 4 Nein)"
    assert [(motion.name, motion.phrase) for motion in result.motions] == [
        ("Antrag auf Vertagung: Gruppe Morgen", "abgelehnt, mit Mehrheit (4 Ja, 8 Nein)")
    ]


def test_each_point_of_the_paper_has_its_vote_where_they_were_taken_one_by_one(consultation, by, now):
    one = PointEntry("1", Outcome.RECOMMENDED, Tally(12, 0), anchor="bp-1")
    two = PointEntry("2", Outcome.REJECTED, Tally(4, 8), anchor="bp-2")

    with pytest.raises(Implausible, match="Es fehlt: Punkt 2"):
        record(consultation, ResultEntry(Outcome.SPLIT_VOTE, points=(one,)), by=by, now=now)
    result = record(consultation, ResultEntry(Outcome.SPLIT_VOTE, points=(one, two)), by=by, now=now)

    assert [point.phrase for point in result.points] == [
        "empfohlen, einstimmig",
        "abgelehnt, mit Mehrheit (4 Ja, 8 Nein)",
    ]


def test_the_second_of_two_secretaries_sees_all_parts_of_both_entries(consultation, by, now):
    record(consultation, amended(groups=GROUPS, motions=(FAR, NEAR)), by=by, now=now)
    mine = ResultEntry(
        Outcome.REJECTED,
        Tally(2, 9),
        points=(PointEntry("1", Outcome.REJECTED),),
        motions=(MotionEntry(MO.WITHDRAWN, "Gruppe Abend", "Doch nicht."),),
    )

    with pytest.raises(Conflict) as refused:
        record(consultation, mine, [YEARLY], by=Actor.user(make_user(["secretary"]).id), now=now)

    theirs, mine = refused.value.theirs, refused.value.mine
    for words in (
        "mit Änderungen empfohlen, mit Mehrheit (9 Ja, 2 Nein, 1 Enthaltung)",
        "Gruppe Morgen: 3 Ja, 0 Nein, 1 Enthaltung",
        "Änderungsantrag: Gruppe Morgen, abgelehnt, mit Mehrheit (3 Ja, 9 Nein)\nDen Punkt ganz streichen.\nbp-2 (streichen)",
        f"bp-1 (andere Formulierung): {GUIDE.text}",
        "Eingetragen von Frau Feder.",
    ):
        assert words in theirs
    for words in ("abgelehnt, mit Mehrheit", "Punkt 1: abgelehnt", "zurückgezogen\nDoch nicht.", YEARLY.text):
        assert words in mine


@pytest.mark.parametrize("table", ["group_vote", "point_vote", "motion", "motion_wording"])
def test_the_database_refuses_to_overwrite_a_part(consultation, by, now, table):
    entry = amended(groups=GROUPS, points=(PointEntry("1", Outcome.ADOPTED, anchor="bp-1"),), motions=(NEAR,))
    record(consultation, entry, by=by, now=now)

    with pytest.raises(DatabaseError, match="only grow"), transaction():
        db.session.execute(text(f"UPDATE {table} SET position = 9"))


def test_a_correction_is_a_new_entry_with_all_its_parts(consultation, by, now):
    first = record(consultation, amended(groups=GROUPS, motions=(NEAR,)), by=by, now=now)

    second = record(consultation, entry_of(first), seen=first.id, by=by, now=now)

    assert second.corrects_id == first.id
    assert [group.name for group in second.groups] == [group.name for group in first.groups]
    assert {motion.result_id for motion in db.session.scalars(select(Motion))} == {first.id, second.id}


def test_the_towns_name_is_kept_as_it_was_on_that_day(consultation, by, now):
    with transaction():
        kind = resolution_kinds.add(KindEntry("zugestimmt", Outcome.RECOMMENDED), by=by, now=now)
    result = record(consultation, ResultEntry(Outcome.RECOMMENDED, Tally(9, 0), kind_name="zugestimmt"), by=by, now=now)

    with transaction():
        changed = KindEntry("gutgeheißen", Outcome.RECOMMENDED)
        resolution_kinds.change(kind, changed, seen=kind.row_version, by=by, now=now)

    db.session.expire_all()
    assert db.session.get(Result, result.id).phrase == "zugestimmt, einstimmig"


def test_kinds_keep_their_order_and_a_name_is_given_once(app, by, now):
    with transaction():
        for name in ("a", "b", "c"):
            resolution_kinds.add(KindEntry(name, Outcome.NOTED), by=by, now=now)
        first = resolution_kinds.add(KindEntry("d", Outcome.NOTED, position=1), by=by, now=now)
    assert [kind.name for kind in resolution_kinds.all_kinds()] == ["d", "a", "b", "c"]

    with transaction():
        resolution_kinds.change(first, KindEntry("d", Outcome.NOTED, 3, False), seen=first.row_version, by=by, now=now)
    assert [kind.name for kind in resolution_kinds.offered()] == ["a", "b", "c"]
    assert [kind.position for kind in resolution_kinds.all_kinds()] == [1, 2, 3, 4]
    for name, words in (("A", "gibt es schon"), (" ", "Schreiben Sie"), ("x" * 121, "zu lang")):
        with pytest.raises(Implausible, match=words), transaction():
            resolution_kinds.add(KindEntry(name, Outcome.NOTED), by=by, now=now)


def test_two_people_at_one_kind_both_see_what_the_other_wrote(app, by, now):
    with transaction():
        kind = resolution_kinds.add(KindEntry("a", Outcome.NOTED), by=by, now=now)
        seen = kind.row_version
    with transaction():
        resolution_kinds.change(kind, KindEntry("b", Outcome.NOTED), seen=seen, by=by, now=now)

    with pytest.raises(Conflict) as refused, transaction():
        resolution_kinds.change(kind, KindEntry("c", Outcome.REJECTED), seen=seen, by=by, now=now)

    assert (refused.value.theirs, refused.value.mine) == (
        "b: zur Kenntnis genommen, wird angeboten",
        "c: abgelehnt, wird angeboten",
    )


def test_an_older_postponement_without_a_motion_row_still_reads_as_one(consultation, by, now):
    result = Result(
        consultation_id=consultation.id, key=uuid.uuid4(), outcome="postponed", votes_yes=8, votes_no=4,
        recorded_by_id=by.id, recorded_at=now, details={},
    )  # fmt: skip
    with transaction():
        db.session.add(result)

    assert result.votes == "über den Antrag: 8 Ja, 4 Nein"

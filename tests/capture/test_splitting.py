"""A letter becomes a statement, and the statement's remarks say what stands in the letter: all of it, and nothing else."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from ikb.capture import service, splitting
from ikb.capture.model import Channel, Letter, LetterState
from ikb.capture.service import Facts
from ikb.capture.splitting import Stretch
from ikb.consolidation import gathering
from ikb.core.clock import start_of_day
from ikb.core.receipt_check import check
from ikb.db import db, transaction
from ikb.deliveries.model import Delivery
from ikb.errors import Conflict, Implausible, NotReady, PhaseNotOpen
from ikb.institutions.model import InvitationState
from ikb.journal.service import Actor
from ikb.remarks.model import Remark, Wish
from ikb.remarks.service import Said
from ikb.statements import proofs
from ikb.statements.model import Answer, Statement, StatementState
from tests.consolidation.cases import make_case, newest_run
from tests.factories import make_invitation, make_statement

TEXT = """Sehr geehrte Damen und Herren,

die Kurse liegen zu früh am Tag. Abends hätten mehr Menschen Zeit.

Zu Beschlusspunkt 2: Bitte die Vereine einbeziehen.

Mit freundlichen Grüßen
Karla Muster"""
ON_THE_LAST_DAY = datetime(2030, 6, 28, tzinfo=UTC)


@pytest.fixture
def case(app, wakeups):
    return make_case()


@pytest.fixture
def invitation(case):
    return make_invitation(case.phase)


def facts(**values) -> Facts:
    given = {
        "channel": Channel.LETTER,
        "received_at": start_of_day(datetime(2030, 6, 3, tzinfo=UTC).date()),
        "answer": Answer.REMARKS,
        "text": TEXT,
    }
    return Facts(**(given | values))


def on_pile(case, now, key: UUID | None = None) -> Letter:
    with transaction():
        return service.put_on_pile(case.procedure.id, key or uuid4(), [], by=case.by, now=now)[0]


def recorded(case, invitation, now, **values) -> Letter:
    letter = on_pile(case, now)
    with transaction():
        return service.record(letter, invitation, facts(**values), row_version=letter.row_version, by=case.by, now=now)


def stretch(letter: Letter, words: str) -> Stretch:
    start = letter.text.index(words)
    return Stretch(start, start + len(words))


def remark(case, letter, words, now, anchor=None, said=None) -> Remark:
    with transaction():
        return splitting.make_remark(
            letter, stretch(letter, words), anchor, said or Said(), row_version=letter.row_version, by=case.by, now=now
        )


def statement_of(letter) -> Statement:
    return db.session.get_one(Statement, letter.statement_id)


class TestRecording:
    def test_it_gets_number_receipt_and_mail_and_the_institution_has_answered(self, case, invitation, now):
        letter = recorded(case, invitation, now)

        statement = statement_of(letter)
        assert (statement.state, statement.channel) == (StatementState.SUBMITTED, "letter")
        assert statement.number == f"E-2030-{invitation.id:06d}"
        assert statement.receipt is not None
        assert invitation.state == InvitationState.SUBMITTED
        assert db.session.scalar(select(Delivery.recipient).where(Delivery.kind == "statement_receipt"))

    @pytest.mark.parametrize(
        ("received_at", "is_late"),
        [
            (datetime(2030, 6, 28, 21, 59, tzinfo=UTC), False),  # 23:59 in Berlin on the last day
            (datetime(2030, 6, 28, 22, 0, tzinfo=UTC), True),
        ],
    )
    def test_the_day_it_came_decides_and_not_the_day_it_is_recorded(self, case, invitation, now, received_at, is_late):
        letter = recorded(case, invitation, now + timedelta(days=60), received_at=received_at)

        statement = statement_of(letter)
        assert statement.is_late is is_late
        assert statement.submitted_at == received_at == statement.receipt.received_at

    def test_its_receipt_is_genuine_though_it_came_before_it_was_recorded(self, case, invitation, now):
        letter = recorded(case, invitation, now + timedelta(days=3))

        document = proofs.document_of(statement_of(letter).receipt)

        assert check(json.dumps(document), proofs.key_store().public_keys()).is_genuine

    def test_what_the_institution_is_writing_behind_its_link_stays(self, case, invitation, now):
        draft = make_statement(invitation, [{"comment": "Noch nicht fertig."}], submitted=False)

        recorded(case, invitation, now)

        assert draft.state == StatementState.DRAFT

    @pytest.mark.parametrize(("replaces", "state"), [(True, "replaced"), (False, "submitted")])
    def test_an_earlier_one_is_replaced_only_where_staff_says_so(self, case, invitation, now, replaces, state):
        earlier = make_statement(invitation, [{"comment": "Früher."}])

        recorded(case, invitation, now, replaces=replaces)

        assert earlier.state == state

    def test_recorded_twice_it_is_there_once(self, case, invitation, now):
        letter = on_pile(case, now)
        seen = letter.row_version
        with transaction():
            service.record(letter, invitation, facts(), row_version=seen, by=case.by, now=now)

        with pytest.raises(Conflict), transaction():
            service.record(letter, invitation, facts(), row_version=seen, by=case.by, now=now)

    def test_a_form_sent_twice_lays_one_letter_on_the_pile(self, case, now):
        key = uuid4()

        assert on_pile(case, now, key).id == on_pile(case, now, key).id

    def test_tomorrow_is_no_day_on_which_something_came(self, case, invitation, now):
        with pytest.raises(Implausible, match="Zukunft"):
            recorded(case, invitation, now, received_at=now + timedelta(days=1))

    def test_before_the_beginning_nothing_can_have_come(self, case, invitation, now):
        with pytest.raises(PhaseNotOpen, match=r"01\.06\.2030"):
            recorded(case, invitation, now, received_at=datetime(2030, 5, 31, 12, tzinfo=UTC))

    def test_an_answer_without_remarks_needs_no_splitting(self, case, invitation, now):
        letter = recorded(case, invitation, now, answer=Answer.AGREES, text="Wir sind einverstanden.")

        assert letter.state == LetterState.SPLIT
        assert invitation.state == InvitationState.AGREES

    def test_what_was_no_statement_leaves_the_pile(self, case, now):
        letter = on_pile(case, now)

        with transaction():
            service.drop(letter, row_version=letter.row_version, by=case.by, now=now)

        assert db.session.get(Letter, letter.id) is None


class TestSplitting:
    @pytest.fixture
    def letter(self, case, invitation, now):
        return recorded(case, invitation, now)

    def test_greeting_and_signature_are_set_aside_from_the_start(self, letter):
        assert [part.use for part in letter.as_parts()] == ["courtesy", "open", "open", "courtesy"]

    def test_a_remark_says_what_stands_in_the_letter_and_is_in_the_pool(self, case, letter, now):
        made = remark(case, letter, "Abends hätten mehr Menschen Zeit.", now, "a3-z1-m1")

        assert (made.comment, made.statement_id) == ("Abends hätten mehr Menschen Zeit.", letter.statement_id)
        [said] = gathering.passage(case.base, "a3-z1-m1", 5).said
        assert said.remark_id == made.id

    def test_the_wording_that_a_letter_asks_for_stands_beside_its_words(self, case, letter, now):
        said = Said("support_with_changes", "", Wish.REPLACE, "Jede Schule bietet abends zwei Kurse an.")

        made = remark(case, letter, "Abends hätten mehr Menschen Zeit.", now, "a3-z1-m1", said)

        assert (made.stance, made.wish, made.proposed_text) == (said.stance, said.wish, said.proposed_text)

    def test_a_wish_for_the_text_needs_a_section(self, case, letter, now):
        with pytest.raises(Implausible, match="Abschnitt"):
            remark(case, letter, "Abends hätten mehr Menschen Zeit.", now, None, Said(wish=Wish.DELETE))

    def test_a_second_stretch_joins_its_remark(self, case, letter, now):
        made = remark(case, letter, "die Kurse liegen zu früh am Tag.", now)
        with transaction():
            splitting.add_to_remark(
                letter, stretch(letter, "Abends hätten"), made.id, row_version=letter.row_version, by=case.by, now=now
            )

        assert made.comment == "die Kurse liegen zu früh am Tag.\n\nAbends hätten"

    def test_words_taken_away_from_a_remark_leave_it_and_the_last_ones_take_it_along(self, case, letter, now):
        made = remark(case, letter, "die Kurse liegen zu früh am Tag. Abends hätten mehr Menschen Zeit.", now)
        with transaction():
            splitting.set_aside(
                letter,
                stretch(letter, "Abends hätten mehr Menschen Zeit."),
                row_version=letter.row_version,
                by=case.by,
                now=now,
            )
        assert made.comment == "die Kurse liegen zu früh am Tag."

        with transaction():
            splitting.lay_open(
                letter,
                stretch(letter, "die Kurse liegen zu früh am Tag."),
                row_version=letter.row_version,
                by=case.by,
                now=now,
            )
        assert db.session.get(Remark, made.id) is None

    def test_finished_is_only_what_has_no_open_word(self, case, letter, now):
        with pytest.raises(NotReady, match="19 Wörter sind noch keiner Anmerkung zugeordnet"), transaction():
            splitting.finish(letter, row_version=letter.row_version, by=case.by, now=now)

        remark(case, letter, "die Kurse liegen zu früh am Tag. Abends hätten mehr Menschen Zeit.", now)
        remark(case, letter, "Zu Beschlusspunkt 2: Bitte die Vereine einbeziehen.", now, "bp-2")
        with transaction():
            splitting.finish(letter, row_version=letter.row_version, by=case.by, now=now)

        assert letter.state == LetterState.SPLIT

    def test_finished_stays_until_it_is_opened_again(self, case, letter, now):
        for part in [part for part in letter.as_parts() if part.use == "open"]:
            remark(case, letter, part.of(letter.text), now)
        with transaction():
            splitting.finish(letter, row_version=letter.row_version, by=case.by, now=now)
        with pytest.raises(NotReady, match="fertig aufgeteilt"):
            remark(case, letter, "Abends", now)

        with transaction():
            splitting.reopen(letter, row_version=letter.row_version, by=case.by, now=now)

        assert letter.state == LetterState.RECORDED

    def test_a_remark_on_which_somebody_decided_keeps_its_words(self, case, letter, now):
        made = remark(case, letter, "Abends hätten mehr Menschen Zeit.", now, "bp-1")
        case.consolidate(now)
        case.decide(made, "noted", now)

        with pytest.raises(NotReady, match="schon entschieden"), transaction():
            splitting.take_back(letter, made.id, row_version=letter.row_version, by=case.by, now=now)
        with pytest.raises(NotReady, match="schon entschieden"), transaction():
            splitting.lay_open(letter, stretch(letter, "Abends"), row_version=letter.row_version, by=case.by, now=now)
        db.session.refresh(made)
        assert made.comment == "Abends hätten mehr Menschen Zeit."

    def test_of_two_people_the_second_is_told_and_overwrites_nothing(self, case, letter, now):
        seen = letter.row_version
        remark(case, letter, "Abends hätten mehr Menschen Zeit.", now)

        with pytest.raises(Conflict), transaction():
            splitting.set_aside(letter, stretch(letter, "Abends"), row_version=seen, by=case.by, now=now)

    def test_cutting_and_joining_change_no_word(self, case, letter, now):
        at = letter.text.index(" Abends")
        with transaction():
            splitting.cut(letter, at, row_version=letter.row_version)
        assert [part.of(letter.text) for part in letter.as_parts()][1:3] == [
            "die Kurse liegen zu früh am Tag.",
            "Abends hätten mehr Menschen Zeit.",
        ]

        with transaction():
            splitting.join(letter, at, row_version=letter.row_version)
        assert len(letter.as_parts()) == 4

    @pytest.mark.parametrize("words", [(0, 0), (5, 3), (-1, 4), (0, 99_999), (30, 32)])
    def test_a_stretch_without_words_is_refused(self, case, letter, now, words):
        with pytest.raises(Implausible, match="Stelle"), transaction():
            splitting.set_aside(letter, Stretch(*words), row_version=letter.row_version, by=case.by, now=now)

    def test_the_text_is_corrected_only_before_a_remark_is_made_of_it(self, case, letter, now):
        with transaction():
            service.change_text(letter, "Ein besserer Text.", row_version=letter.row_version, by=case.by, now=now)
        assert [part.of(letter.text) for part in letter.as_parts()] == ["Ein besserer Text."]

        remark(case, letter, "Ein besserer Text.", now)
        with pytest.raises(NotReady), transaction():
            service.change_text(letter, "Noch einer.", row_version=letter.row_version, by=case.by, now=now)

    def test_a_split_asks_for_a_new_run(self, case, invitation, now):
        case.says("Jede Schule bietet drei Kurse am Nachmittag an.")
        case.consolidate(now)
        letter = recorded(case, invitation, now + timedelta(minutes=1))

        remark(case, letter, "Abends hätten mehr Menschen Zeit.", now + timedelta(minutes=2), "bp-1")

        assert newest_run(case).state == "queued"

    def test_a_letter_that_came_behind_the_link_is_opened_once(self, case, invitation, now):
        statement = make_statement(invitation)
        by = Actor.user(case.lead.id)
        with transaction():
            first = service.begin_splitting(statement.id, case.procedure.id, TEXT, by=by, now=now)
        with transaction():
            again = service.begin_splitting(statement.id, case.procedure.id, "Anderes.", by=by, now=now)

        assert first.id == again.id
        assert again.text == TEXT

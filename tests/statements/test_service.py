"""Statements: written, submitted once, replaced until the deadline, late ones kept; and the receipt that proves it."""

from __future__ import annotations

import hashlib
import json
from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import func, select

from ikb.core.clock import end_of_day
from ikb.db import db, transaction
from ikb.deliveries.kinds import kind_of
from ikb.deliveries.model import Delivery
from ikb.errors import Conflict, Implausible, NotFound, NothingToSubmit, NotReady, PhaseNotOpen
from ikb.events import _listeners
from ikb.institutions.links import token_of
from ikb.institutions.model import Invitation, InvitationState
from ikb.journal import service as journal
from ikb.journal.model import JournalEntry
from ikb.journal.service import SYSTEM
from ikb.procedures import service as procedures
from ikb.procedures.model import PhaseState
from ikb.remarks import queries as remark_queries
from ikb.remarks.model import Remark, Stance, Wish
from ikb.remarks.service import Said
from ikb.statements import queries, service
from ikb.statements.model import Answer, Receipt, Statement, StatementState
from ikb.statements.service import Outcome
from tests.factories import (
    SECTIONS,
    make_institution,
    make_invitation,
    make_lead_of,
    make_phase,
    make_remark_row,
    make_statement,
    make_version,
)

pytestmark = pytest.mark.usefixtures("wakeups")
TEXT = {anchor: text for anchor, _, _, _, text in SECTIONS}


def write(invitation: Invitation, said: Said, now: datetime, anchor: str | None = "bp-1", row_version: int = 0):
    with transaction():
        return service.save_remark(invitation, anchor, said, row_version=row_version, now=now)


def submit(invitation: Invitation, now: datetime, key=None, answer: Answer = Answer.REMARKS, **values) -> Statement:
    with transaction():
        return service.submit(invitation, key or uuid4(), answer, now=now, **values)


def receipts() -> int:
    return db.session.scalar(select(func.count()).select_from(Receipt)) or 0


def mails(statement: Statement) -> list[Delivery]:
    rows = select(Delivery).where(Delivery.kind == "statement_receipt", Delivery.subject_id == statement.id)
    return list(db.session.scalars(rows))


# Writing


def test_the_first_save_begins_a_draft_and_moves_the_invitation(app: Flask, now) -> None:
    invitation = make_invitation(state=InvitationState.OPENED)

    saved = write(invitation, Said(Stance.SUPPORT, "Gut so."), now)

    assert saved.outcome == Outcome.SAVED
    assert saved.statement.state == StatementState.DRAFT
    assert (saved.remark.anchor, saved.remark.draft_version_id) == ("bp-1", invitation.phase.draft_version_id)
    assert invitation.state == InvitationState.DRAFTED


def test_saving_again_changes_the_same_remark(app: Flask, now) -> None:
    invitation = make_invitation()
    first = write(invitation, Said(comment="eins"), now)

    second = write(invitation, Said(comment="zwei"), now + timedelta(minutes=1), row_version=1)

    assert second.remark.id == first.remark.id
    assert (second.remark.comment, second.remark.row_version) == ("zwei", 2)
    assert second.statement.changed_at == now + timedelta(minutes=1)


def test_a_wording_that_changes_nothing_is_told_and_not_kept(app: Flask, now) -> None:
    invitation = make_invitation()
    same = "  " + TEXT["bp-1"].replace(" ", "\n ") + " "

    alone = write(invitation, Said(wish=Wish.REPLACE, proposed_text=same), now)

    assert (alone.outcome, alone.remark, alone.statement) == (Outcome.SAME_TEXT, None, None)


def test_who_only_comments_is_told_that_it_was_saved_though_the_field_held_the_passage(app: Flask, now) -> None:
    invitation = make_invitation()
    untouched = Said(comment="Gut.", wish=Wish.REPLACE, proposed_text=TEXT["bp-1"])

    saved = write(invitation, untouched, now)

    assert (saved.outcome, saved.remark.wish) == (Outcome.SAVED, Wish.NONE)


def test_a_wish_that_is_changed_back_to_the_passage_is_gone_and_that_is_told(app: Flask, now) -> None:
    invitation = make_invitation()
    write(invitation, Said(comment="Gut.", wish=Wish.REPLACE, proposed_text="Anders."), now)

    back = write(invitation, Said(comment="Gut.", wish=Wish.REPLACE, proposed_text=TEXT["bp-1"]), now, row_version=1)

    assert (back.outcome, back.remark.wish) == (Outcome.SAME_TEXT, Wish.NONE)


@pytest.mark.parametrize(
    "said",
    [
        Said(wish=Wish.REPLACE, proposed_text="Ganz anders."),
        Said(wish=Wish.DELETE),
        Said(wish=Wish.INSERT_AFTER, proposed_text="Noch ein Satz."),
        Said(stance=Stance.OPPOSE),
    ],
)
def test_every_wish_is_kept(app: Flask, now, said: Said) -> None:
    assert Said.of(write(make_invitation(), said, now).remark) == said


def test_wishes_for_new_passages_stand_beside_the_remark_on_a_section_and_the_same_one_once(app: Flask, now) -> None:
    invitation = make_invitation()
    own = Said(comment="Hierzu.", wish=Wish.REPLACE, proposed_text="Ganz anders.")
    new = [Said(wish=Wish.INSERT_AFTER, proposed_text=text) for text in ("Noch eines.", "Und eines.", "Noch eines.")]

    for said in (own, *new, Said(comment="Doch lieber so.")):
        saved = write(invitation, said, now, row_version=1 if said.comment.startswith("Doch") else 0)

    found = remark_queries.of_statement(saved.statement.id)
    assert [(row.comment, row.proposed_text) for row in found] == [
        ("Doch lieber so.", ""),
        ("", "Noch eines."),
        ("", "Und eines."),
    ]


def test_an_empty_form_takes_a_remark_back_and_stores_nothing_else(app: Flask, now) -> None:
    invitation = make_invitation()
    assert write(invitation, Said(), now).outcome == Outcome.NOTHING
    assert queries.of_invitation(invitation.id) == []
    saved = write(invitation, Said(comment="doch"), now)

    assert write(invitation, Said(), now, row_version=1).outcome == Outcome.REMOVED
    assert remark_queries.of_statement(saved.statement.id) == []


def test_the_whole_document_has_one_remark_of_its_own(app: Flask, now) -> None:
    invitation = make_invitation()
    write(invitation, Said(comment="Zum Ganzen"), now, anchor=None)
    write(invitation, Said(comment="Zu eins"), now)

    changed = write(invitation, Said(comment="Zum Ganzen, besser"), now, anchor=None, row_version=1)

    assert remark_queries.counts_by_section(changed.statement.id) == {None: 1, "bp-1": 1}
    with pytest.raises(Implausible):
        write(invitation, Said(wish=Wish.DELETE), now, anchor=None, row_version=2)


def test_two_devices_get_both_texts(app: Flask, now) -> None:
    invitation = make_invitation()
    write(invitation, Said(comment="vom Telefon"), now)

    for seen in (0, 7):
        with pytest.raises(Conflict) as refusal:
            write(invitation, Said(comment="vom Rechner"), now, row_version=seen)
        assert (refusal.value.theirs, refusal.value.mine) == ("vom Telefon", "vom Rechner")


def test_what_was_deleted_elsewhere_is_not_silently_back(app: Flask, now) -> None:
    invitation = make_invitation()
    write(invitation, Said(comment="weg"), now)
    write(invitation, Said(), now, row_version=1)

    with pytest.raises(Conflict) as refusal:
        write(invitation, Said(comment="noch da?"), now, row_version=1)

    assert (refusal.value.theirs, refusal.value.mine) == ("(gelöscht)", "noch da?")


def test_a_section_that_is_not_there_cannot_be_remarked_on(app: Flask, now) -> None:
    with pytest.raises(NotFound):
        write(make_invitation(), Said(comment="x"), now, anchor="zz-9")


@pytest.mark.parametrize(
    "values", [{"state": PhaseState.PLANNED}, {"opens_at": datetime.fromisoformat("2030-06-04T00:00+00:00")}]
)
def test_before_the_beginning_nothing_is_taken(app: Flask, now, values) -> None:
    invitation = make_invitation(make_phase(**values))

    with pytest.raises(PhaseNotOpen):
        write(invitation, Said(comment="zu früh"), now)
    with pytest.raises(PhaseNotOpen):
        submit(invitation, now, answer=Answer.AGREES)
    with pytest.raises(PhaseNotOpen), transaction():
        service.begin(invitation, now=now)


# Submitting


def test_a_submitted_statement_has_a_number_a_journal_entry_a_receipt_and_a_mail(app: Flask, now, wakeups) -> None:
    invitation = make_invitation()
    write(invitation, Said(Stance.SUPPORT, "Gut."), now)

    statement = submit(invitation, now, author_name="  Frau  Beispiel ", consents_to_name=True)

    receipt = statement.receipt or db.session.scalars(select(Receipt).where(Receipt.statement_id == statement.id)).one()
    entry = db.session.get_one(JournalEntry, receipt.journal_entry_id)
    assert statement.number == f"E-2030-{invitation.id:06d}" == receipt.number
    assert (statement.state, statement.is_late, statement.submitted_at) == (StatementState.SUBMITTED, False, now)
    assert (entry.action, entry.subject_id, entry.actor_kind) == ("statement submitted", statement.id, "invitation")
    assert entry.facts["sha256"] == receipt.sha256
    (mail,) = mails(statement)
    assert (mail.recipient, mail.due_at) == (invitation.institution.email, now)
    assert db.session.scalar(select(func.count(Delivery.id))) == 1
    assert wakeups == [("deliveries.send_due", ())]  # whatever is due: no task of the message's own
    assert (invitation.state, invitation.answered_at) == (InvitationState.SUBMITTED, now)
    assert journal.verify() == []


def test_the_seal_is_over_exactly_what_was_written(app: Flask, now) -> None:
    invitation = make_invitation()
    write(invitation, Said(Stance.OPPOSE, "Nein – „so“ nicht.", Wish.REPLACE, "Neuer Text: ä€😀"), now)
    statement = submit(invitation, now)
    receipt = db.session.scalars(select(Receipt).where(Receipt.statement_id == statement.id)).one()

    content = json.loads(receipt.content)

    assert hashlib.sha256(receipt.content.encode()).hexdigest() == receipt.sha256
    assert json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":")) == receipt.content
    assert content["remarks"] == [
        {
            "position": 1,
            "section": "bp-1",
            "stance": "oppose",
            "comment": "Nein – „so“ nicht.",
            "wish": "replace",
            "proposed_text": "Neuer Text: ä€😀",
        }
    ]
    assert content["received_at"] == "2030-06-03T08:00:00.000000+00:00"
    assert content["institution"]["name"] == invitation.institution.name


def test_the_seal_of_a_short_answer_cannot_be_guessed_back(app: Flask, now) -> None:
    statement = submit(make_invitation(), now, answer=Answer.NO_REMARKS)
    receipt = db.session.scalars(select(Receipt).where(Receipt.statement_id == statement.id)).one()

    content = json.loads(receipt.content)
    guessed = json.dumps({**content, "salt": ""}, sort_keys=True, ensure_ascii=False, separators=(",", ":"))

    assert content["salt"] == str(statement.key)
    assert hashlib.sha256(guessed.encode()).hexdigest() != receipt.sha256


def test_names_are_published_only_with_consent_and_consent_needs_a_name(app: Flask, now) -> None:
    for name, consents, kept in (("", True, False), ("Frau B.", False, False), ("Frau B.", True, True)):
        statement = submit(make_invitation(), now, answer=Answer.AGREES, author_name=name, consents_to_name=consents)
        assert (statement.author_name, statement.consents_to_name) == (name, kept)


def test_the_same_key_is_the_same_statement_and_the_same_receipt(app: Flask, now) -> None:
    invitation = make_invitation()
    write(invitation, Said(comment="einmal"), now)
    key, before = uuid4(), receipts()

    first = submit(invitation, now, key)
    second = submit(invitation, now + timedelta(seconds=5), key)

    assert second.id == first.id
    assert receipts() == before + 1
    assert len(mails(first)) == 1


def test_the_key_of_somebody_else_opens_nothing(app: Flask, now) -> None:
    key = uuid4()
    submit(make_invitation(), now, key, Answer.AGREES)
    other = make_invitation()

    with pytest.raises(Conflict):
        submit(other, now, key, Answer.AGREES)

    db.session.expire_all()
    assert db.session.get_one(Invitation, other.id).state == InvitationState.INVITED


def test_an_empty_draft_is_not_a_statement(app: Flask, now) -> None:
    invitation = make_invitation()
    with pytest.raises(NothingToSubmit):
        submit(invitation, now)
    write(invitation, Said(comment="x"), now)
    write(invitation, Said(), now, row_version=1)

    with pytest.raises(NothingToSubmit):
        submit(invitation, now)


@pytest.mark.parametrize("answer", [Answer.AGREES, Answer.NO_REMARKS, Answer.NOT_CONCERNED])
def test_three_answers_without_remarks_are_counted_apart(app: Flask, now, answer: Answer) -> None:
    invitation = make_invitation()

    statement = submit(invitation, now, answer=answer)

    assert (statement.answer, invitation.state) == (answer, answer.value)
    procedure_id = invitation.phase.procedure_id
    assert queries.came_in(procedure_id, make_lead_of(procedure_id)).by_answer == {answer.value: 1}


def test_a_short_answer_leaves_a_draft_with_remarks_alone(app: Flask, now) -> None:
    invitation = make_invitation()
    draft = write(invitation, Said(comment="bleibt"), now).statement

    short = submit(invitation, now, answer=Answer.NO_REMARKS)
    later = submit(invitation, now + timedelta(hours=1))

    assert later.id == draft.id
    assert (short.state, later.state) == (StatementState.REPLACED, StatementState.SUBMITTED)
    assert later.sequence > short.sequence
    assert (
        json.loads(db.session.scalars(select(Receipt).where(Receipt.statement_id == short.id)).one().content)["remarks"]
        == []
    )
    assert invitation.state == InvitationState.SUBMITTED


# Deadlines


LAST_MOMENT = end_of_day(date(2030, 6, 28)) - timedelta(microseconds=1)
MIDNIGHT = end_of_day(date(2030, 6, 28))


@pytest.mark.parametrize(
    ("at", "is_late"), [(LAST_MOMENT, False), (MIDNIGHT, True), (MIDNIGHT + timedelta(days=90), True)]
)
def test_after_the_last_day_it_is_kept_marked_late_and_gets_its_receipt(app: Flask, at, is_late) -> None:
    invitation = make_invitation()

    statement = submit(invitation, at, answer=Answer.AGREES)

    receipt = db.session.scalars(select(Receipt).where(Receipt.statement_id == statement.id)).one()
    assert (statement.is_late, receipt.is_late, invitation.is_late) == (is_late,) * 3
    assert len(mails(statement)) == 1


def test_an_extension_counts_for_its_institution_alone(app: Flask) -> None:
    phase = make_phase()
    extended = make_invitation(phase, extended_until=date(2030, 7, 8))

    assert not submit(extended, MIDNIGHT, answer=Answer.AGREES).is_late
    assert submit(make_invitation(phase), MIDNIGHT, answer=Answer.AGREES).is_late


def test_a_closed_phase_still_takes_what_comes_and_marks_it_unless_its_author_has_more_time(app: Flask) -> None:
    phase = make_phase()
    invitation, extended = make_invitation(phase), make_invitation(phase, extended_until=date(2030, 7, 8))
    with transaction():
        procedures.close_phase(phase, by=SYSTEM, now=MIDNIGHT)

    assert submit(invitation, MIDNIGHT, answer=Answer.AGREES).is_late
    assert not submit(extended, MIDNIGHT, answer=Answer.AGREES).is_late


# Replacing


def test_until_the_deadline_a_statement_is_replaced_and_the_old_one_kept(app: Flask, now) -> None:
    invitation = make_invitation()
    write(invitation, Said(comment="erste"), now)
    first = submit(invitation, now)
    with transaction():
        draft = service.write_again(invitation, now=now)
    (copied,) = remark_queries.of_statement(draft.id)
    assert copied.comment == "erste"
    write(invitation, Said(comment="zweite"), now, row_version=copied.row_version)

    second = submit(invitation, now + timedelta(hours=1))

    assert (first.state, second.state, second.sequence) == (StatementState.REPLACED, StatementState.SUBMITTED, 2)
    assert second.number == f"{first.number}-2"
    assert [remark.comment for remark in remark_queries.of_statement(first.id)] == ["erste"]
    assert [remark.comment for remark in remark_queries.pool_of(invitation.phase.draft_version.draft_id)] == ["zweite"]


def handed_in(now) -> Invitation:
    """An invitation whose statement has three remarks; the one on bp-1 was saved twice before."""
    invitation = make_invitation()
    for anchor in ("bp-1", "bp-2", None):
        write(invitation, Said(comment=f"zu {anchor}"), now, anchor)
    write(invitation, Said(comment="zu bp-1, besser"), now, "bp-1", row_version=1)
    submit(invitation, now)
    return invitation


def test_a_tab_that_stayed_open_after_handing_in_changes_one_remark_and_keeps_the_others(app: Flask, now) -> None:
    invitation = handed_in(now)

    write(invitation, Said(comment="neu"), now, "bp-1", row_version=2)
    write(invitation, Said(), now, "bp-2", row_version=1)  # the same tab, its next passage
    second = submit(invitation, now + timedelta(hours=1))

    assert {row.anchor: row.comment for row in remark_queries.of_statement(second.id)} == {
        "bp-1": "neu",
        None: "zu None",
    }
    assert second.sequence == 2


def test_a_form_from_an_empty_passage_gets_both_texts_of_what_was_handed_in(app: Flask, now) -> None:
    invitation = handed_in(now)

    with pytest.raises(Conflict) as refusal:
        write(invitation, Said(comment="neu"), now, "bp-1", row_version=0)

    assert (refusal.value.theirs, refusal.value.mine) == ("zu bp-1, besser", "neu")


def test_after_the_deadline_a_tab_that_stayed_open_begins_no_second_statement(app: Flask, now) -> None:
    invitation = handed_in(now)

    with pytest.raises(NotReady, match="rufen Sie uns an"):
        write(invitation, Said(comment="neu"), MIDNIGHT, "bp-1", row_version=2)

    assert [row.state for row in queries.of_invitation(invitation.id)] == [StatementState.SUBMITTED]


def test_looking_again_at_what_was_handed_in_begins_nothing(app: Flask, now) -> None:
    invitation = handed_in(now)

    same = write(invitation, Said(comment=" zu bp-1, besser "), now, "bp-1", row_version=2)
    empty = write(invitation, Said(), now, "a2-z1")

    assert (same.outcome, empty.outcome) == (Outcome.SAVED, Outcome.NOTHING)
    assert [row.state for row in queries.of_invitation(invitation.id)] == [StatementState.SUBMITTED]


@pytest.mark.parametrize(
    "said",
    [
        Said(Stance.SUPPORT, " dasselbe "),
        Said(comment="x", wish=Wish.REPLACE, proposed_text=" Anders. "),
        Said(wish=Wish.DELETE, proposed_text="gleichgültig"),
    ],
)
def test_the_same_text_sent_twice_is_saved_and_no_conflict_with_oneself(app: Flask, now, said: Said) -> None:
    invitation = make_invitation()
    first = write(invitation, said, now)

    again = write(invitation, said, now)  # „Speichern“ while saving by itself is on its way

    assert (again.outcome, again.remark.id, again.remark.row_version) == (Outcome.SAVED, first.remark.id, 1)


def test_writing_again_twice_is_one_draft(app: Flask, now) -> None:
    invitation = make_invitation()
    submit(invitation, now, answer=Answer.AGREES)

    with transaction():
        first = service.write_again(invitation, now=now)
    with transaction():
        second = service.write_again(invitation, now=now)

    assert first.id == second.id


def test_after_the_deadline_what_is_in_stays(app: Flask, now) -> None:
    invitation = make_invitation()
    in_time = submit(invitation, now, answer=Answer.AGREES)

    with pytest.raises(NotReady), transaction():
        service.write_again(invitation, now=MIDNIGHT)
    late = submit(invitation, MIDNIGHT, answer=Answer.NOT_CONCERNED)

    assert (in_time.state, late.state, late.is_late) == (StatementState.SUBMITTED, StatementState.SUBMITTED, True)
    assert (invitation.state, invitation.is_late) == (InvitationState.AGREES, False)


# All or nothing


@pytest.mark.parametrize("breaks", ["journal.record", "deliveries.promise", "announce"])
def test_what_cannot_be_finished_leaves_nothing_behind(app: Flask, now, monkeypatch, breaks: str) -> None:
    invitation = make_invitation()
    write(invitation, Said(comment="bleibt Entwurf"), now)
    module = {"announce": "ikb.statements.service"}.get(breaks, "ikb.statements.receipts")
    monkeypatch.setattr(f"{module}.{breaks}", lambda *_, **__: 1 / 0)
    before = receipts(), db.session.scalar(select(func.count()).select_from(Delivery))

    with pytest.raises(ZeroDivisionError):
        submit(invitation, now)

    db.session.expire_all()
    (statement,) = queries.of_invitation(invitation.id)
    assert (statement.state, statement.number) == (StatementState.DRAFT, None)
    assert (receipts(), db.session.scalar(select(func.count()).select_from(Delivery))) == before
    assert db.session.get_one(Invitation, invitation.id).state == InvitationState.DRAFTED


def test_upper_rooms_hear_of_it_in_the_same_transaction(app: Flask, now, monkeypatch) -> None:
    heard: list[dict[str, object]] = []
    monkeypatch.setitem(_listeners, "statement_submitted", [lambda **values: heard.append(values)])

    statement = submit(make_invitation(), now, answer=Answer.AGREES)

    assert heard == [{"statement_id": statement.id, "now": now}]


def test_without_a_mailbox_the_page_is_the_receipt(app: Flask, now) -> None:
    statement = submit(make_invitation(institution=make_institution(email="")), now, answer=Answer.AGREES)

    assert statement.number
    assert mails(statement) == []


# The receipt as a mail


@pytest.mark.parametrize(("at", "words"), [(None, "Sie ist rechtzeitig"), (MIDNIGHT, "als verspätet vermerkt")])
def test_the_receipt_by_mail_tells_number_moment_and_seal(app: Flask, now, at, words) -> None:
    invitation = make_invitation()
    statement = submit(invitation, at or now, answer=Answer.NO_REMARKS)
    receipt = db.session.scalars(select(Receipt).where(Receipt.statement_id == statement.id)).one()
    (delivery,) = mails(statement)
    kind = kind_of("statement_receipt")

    mail = kind.render(delivery, now)

    assert kind.still_wanted(delivery, now)
    assert statement.number in mail.subject
    moment = "Samstag, 29. Juni 2030, 00:00 Uhr" if at else "Montag, 3. Juni 2030, 10:00 Uhr"
    address = f"/beteiligung/{token_of(invitation)}/bestaetigung/{statement.number}"
    for part in (statement.number, moment, receipt.sha256, words, address, "Wir haben keine Anmerkungen"):
        assert part in mail.text


# Size


def big_draft(remarks: int, characters: int) -> Invitation:
    sections = [(f"s{n}", "paragraph", str(n), None, f"Abschnitt {n}.") for n in range(remarks)]
    invitation = make_invitation(make_phase(make_version(sections=sections)))
    comment = "ä" * (characters // remarks)
    make_statement(invitation, [{"anchor": f"s{n}", "comment": comment} for n in range(remarks)], submitted=False)
    return invitation


def test_submitting_takes_at_most_ten_queries_however_much_was_written(app: Flask, now, count_queries) -> None:
    from ikb.institutions.service import find_by_token

    def queries_for(remarks: int, characters: int) -> int:
        token = token_of(big_draft(remarks, characters))
        db.session.expunge_all()
        with count_queries() as seen, transaction():
            statement = service.submit(find_by_token(token, for_update=True), uuid4(), now=now)
        receipt = db.session.scalars(select(Receipt).where(Receipt.statement_id == statement.id)).one()
        content = json.loads(receipt.content)
        assert len(content["remarks"]) == remarks
        assert sum(len(remark["comment"]) for remark in content["remarks"]) == characters
        return len(seen)

    assert queries_for(1, 10) == queries_for(400, 100_000) <= 10


def test_a_short_answer_takes_no_more(app: Flask, now, count_queries) -> None:
    from ikb.institutions.service import find_by_token

    token = token_of(make_invitation())
    db.session.expunge_all()

    with count_queries() as seen, transaction():
        service.submit(find_by_token(token, for_update=True), uuid4(), Answer.AGREES, now=now)

    assert len(seen) <= 10


def test_copying_many_remarks_takes_as_many_queries_as_copying_one(app: Flask, now, count_queries) -> None:
    def queries_for(remarks: int) -> int:
        invitation = make_invitation()
        make_statement(invitation, [{"comment": str(n)} for n in range(remarks)])
        db.session.expire_all()
        with count_queries() as seen, transaction():
            draft = service.write_again(db.session.get_one(Invitation, invitation.id), now=now)
        assert len(remark_queries.of_statement(draft.id)) == remarks
        return len(seen)

    assert queries_for(1) == queries_for(300)


def test_authors_are_the_same_submitter_for_all_their_statements(app: Flask, now) -> None:
    institution = make_institution("Verein")
    first = make_statement(make_invitation(institution=institution))
    second = make_statement(make_invitation(institution=institution))
    draft = make_statement(submitted=False)

    found = queries.authors_of([first.id, second.id, draft.id])

    assert set(found) == {first.id, second.id}
    assert {author.submitter for author in found.values()} == {f"institution:{institution.id}"}


def test_a_remark_row_of_a_statement_in_the_pool_knows_its_source(app: Flask) -> None:
    statement = make_statement(None, [{"comment": "x"}])

    (remark,) = remark_queries.pool_of(statement.invitation.phase.draft_version.draft_id)

    assert isinstance(remark, Remark)
    assert (remark.statement_id, remark.is_of_a_body) == (statement.id, False)
    assert make_remark_row(agenda_item_id=1).is_of_a_body

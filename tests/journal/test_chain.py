"""The journal only grows, and shows whoever changed it."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from ikb.db import db, transaction
from ikb.journal import service as journal
from ikb.journal.model import JournalEntry, JournalHead
from ikb.journal.service import Actor
from tests.factories import make_procedure


@pytest.fixture
def three_entries(app, now):
    procedure = make_procedure()
    with transaction():
        return [
            journal.record(action, procedure, by=Actor.user(7), now=now, procedure_id=procedure.id, facts={"n": number})
            for number, action in enumerate(["first act", "second act", "third act"])
        ]


def test_each_entry_is_sealed_by_the_one_before(three_entries):
    first, second, third = three_entries

    assert second.previous_digest == first.digest
    assert third.previous_digest == second.digest
    assert third.id == first.id + 2
    assert journal.verify() == []


def test_an_entry_reads_back_with_the_same_digest(three_entries):
    db.session.expire_all()

    assert [journal.digest_of(entry) for entry in three_entries] == [entry.digest for entry in three_entries]


@pytest.mark.parametrize(
    "change", ["UPDATE journal_entry SET action = 'nothing happened'", "DELETE FROM journal_entry"]
)
def test_the_database_itself_refuses_to_change_an_entry(three_entries, change):
    with pytest.raises(DBAPIError, match="only grow"), db.session.begin_nested():
        db.session.execute(text(change))


def _unguarded(statement: str) -> None:
    """Change the journal as somebody could who owns the database."""
    if db.engines[None].dialect.name == "postgresql":
        db.session.execute(text("ALTER TABLE journal_entry DISABLE TRIGGER ALL"))
    else:
        db.session.execute(text("DROP TRIGGER journal_entry_no_update"))
        db.session.execute(text("DROP TRIGGER journal_entry_no_delete"))
    db.session.execute(text(statement))
    db.session.commit()
    db.session.expire_all()


def test_a_changed_entry_is_named(three_entries):
    entry = three_entries[1]
    _unguarded(f"UPDATE journal_entry SET action = 'nothing happened' WHERE id = {entry.id}")

    assert journal.verify() == [f"Eintrag {entry.id} wurde verändert: sein Inhalt passt nicht zu seinem Siegel."]


def test_a_removed_entry_leaves_a_gap(three_entries):
    entry = three_entries[1]
    _unguarded(f"DELETE FROM journal_entry WHERE id = {entry.id}")

    assert any("fehlen Einträge" in sentence for sentence in journal.verify())


def test_entries_cut_off_at_the_end_are_missed_too(three_entries):
    _unguarded(f"DELETE FROM journal_entry WHERE id = {three_entries[2].id}")

    assert any("am Ende" in sentence for sentence in journal.verify())


def test_an_act_that_fails_leaves_no_entry(app, now):
    procedure = make_procedure()
    head = db.session.get(JournalHead, 1).last_id

    with pytest.raises(ZeroDivisionError), transaction():
        journal.record("half an act", procedure, by=journal.SYSTEM, now=now)
        raise ZeroDivisionError

    db.session.expire_all()
    assert db.session.get(JournalHead, 1).last_id == head
    assert db.session.get(JournalEntry, head + 1) is None


def test_a_naive_moment_is_refused(app, now):
    with pytest.raises(ValueError, match="time zone"), transaction():
        journal.record("when?", make_procedure_outside(), by=journal.SYSTEM, now=now.replace(tzinfo=None))


def make_procedure_outside():
    from ikb.procedures.model import Procedure

    row = Procedure(title="Verfahren", created_at=journal.datetime(2030, 1, 1, tzinfo=journal.UTC))
    db.session.add(row)
    db.session.flush()
    return row

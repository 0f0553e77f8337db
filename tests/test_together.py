"""Many changes in one message: all of them or none, and what the session knows of it afterwards."""

from __future__ import annotations

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm.exc import StaleDataError

from ikb.db import db, transaction
from ikb.procedures.model import Procedure
from ikb.together import Change, saving, write_together
from tests.factories import make_institution, make_procedure


def test_changed_rows_are_saved_in_one_message_and_the_session_takes_them_for_saved(app, count_queries):
    procedure, institution = make_procedure(), make_institution()

    with transaction():
        procedure.title, institution.district = "Anders", "Mitte"
        procedure.summary = procedure.summary
        changes = saving(procedure, institution)
        assert not db.session.dirty
        with count_queries() as asked:
            write_together(changes)

    assert len(asked) == (1 if db.engine.dialect.name == "postgresql" else 2)
    assert not any("summary" in statement for statement in asked)  # what stayed as it was is not written
    db.session.expire_all()
    assert (procedure.title, procedure.row_version) == ("Anders", 2)
    assert (institution.district, institution.row_version) == ("Mitte", 2)


def test_a_row_is_changed_again_after_it_was_saved_so(app):
    procedure = make_procedure()

    with transaction():
        procedure.title = "Einmal"
        write_together(saving(procedure))
        procedure.title = "Zweimal"

    db.session.expire_all()
    assert (procedure.title, procedure.row_version) == ("Zweimal", 3)


def test_a_row_that_somebody_saved_in_between_is_not_overwritten(app):
    procedure, institution = make_procedure(title="Alt"), make_institution(district="Alt")

    with pytest.raises(StaleDataError), transaction():
        procedure.title, institution.district = "Neu", "Neu"
        changes = saving(procedure, institution)
        db.session.execute(text("UPDATE procedure SET row_version = 7 WHERE id = :id"), {"id": procedure.id})
        write_together(changes)

    assert (procedure.title, institution.district) == ("Alt", "Alt")


def test_what_is_new_or_unchanged_is_left_to_the_session(app):
    procedure = make_procedure()
    new = Procedure(title="Neu", created_at=procedure.created_at)

    with transaction():
        procedure.title = procedure.title
        db.session.add(new)
        assert saving(procedure, new) == []
        write_together([])

    assert db.session.scalar(select(Procedure.title).where(Procedure.id == new.id)) == "Neu"
    assert procedure.row_version == 1


def test_two_values_of_one_name_are_a_mistake(app):
    procedure = make_procedure()

    with pytest.raises(ValueError, match="same name"), transaction():
        procedure.title = "Anders"
        [change] = saving(procedure)
        write_together([change, Change(change.statement, change.values)])

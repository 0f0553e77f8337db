"""Saying something about a section: what is kept, what is refused, and what counts."""

from __future__ import annotations

from datetime import datetime

import pytest
from flask import Flask

from ikb.db import db, transaction
from ikb.errors import Conflict, Implausible
from ikb.remarks import queries, service
from ikb.remarks.model import Remark, Wish
from ikb.remarks.service import Said
from ikb.statements.model import StatementState
from tests.factories import make_consultation, make_invitation, make_phase, make_remark_row, make_statement, save


@pytest.fixture
def draft(app: Flask):
    return make_statement(submitted=False)


def add(statement, said: Said, now: datetime, anchor: str | None = "bp-1") -> Remark:
    with transaction():
        return service.add(
            said,
            draft_version_id=statement.invitation.phase.draft_version_id,
            anchor=anchor,
            statement_id=statement.id,
            now=now,
        )


def test_remarks_stand_in_the_order_in_which_they_were_made(draft, now) -> None:
    for word in ("eins", "zwei", "drei"):
        add(draft, Said(comment=word), now)

    found = queries.of_statement(draft.id)

    assert [(remark.position, remark.comment) for remark in found] == [(1, "eins"), (2, "zwei"), (3, "drei")]


@pytest.mark.parametrize(
    ("said", "words", "field"),
    [
        (Said(), "leer", "comment"),
        (Said(comment="  \n "), "leer", "comment"),
        (Said(stance="begeistert", comment="x"), "vier Bewertungen", "stance"),
        (Said(comment="x", wish="verdoppeln"), "was mit dem Text", "wish"),
        (Said(wish=Wish.REPLACE, proposed_text="  "), "Vorschlag ist leer", "proposed_text"),
        (Said(wish=Wish.INSERT_AFTER), "Vorschlag ist leer", "proposed_text"),
        (Said(comment="ä" * 20_001), "20.001 Zeichen, erlaubt sind 20.000", "comment"),
        (Said(wish=Wish.REPLACE, proposed_text="x" * 20_001), "20.001 Zeichen", "proposed_text"),
    ],
)
def test_what_cannot_be_a_remark_is_refused_with_its_field(draft, now, said, words, field) -> None:
    with pytest.raises(Implausible, match=words) as refusal:
        add(draft, said, now)

    assert refusal.value.field == field
    assert queries.of_statement(draft.id) == []


def test_the_longest_text_is_kept_whole(draft, now) -> None:
    text = "ß" * 20_000

    remark = add(draft, Said(comment=text, wish=Wish.REPLACE, proposed_text=text), now)
    db.session.refresh(remark)

    assert (remark.comment, remark.proposed_text) == (text, text)


def test_a_wish_to_delete_keeps_no_other_text(draft, now) -> None:
    remark = add(draft, Said(wish=Wish.DELETE, proposed_text="vergessen"), now)

    assert remark.proposed_text == ""


def test_a_stale_version_gets_both_texts_and_changes_nothing(draft, now) -> None:
    remark = add(draft, Said(comment="zuerst"), now)
    seen = remark.row_version
    with transaction():
        service.edit(remark, Said(comment="von anderswo"), row_version=seen)

    with pytest.raises(Conflict) as refusal, transaction():
        service.edit(remark, Said(comment="meins"), row_version=seen)

    db.session.refresh(remark)
    assert (refusal.value.theirs, refusal.value.mine) == ("von anderswo", "meins")
    assert remark.comment == "von anderswo"


def test_a_remark_is_not_removed_by_whoever_saw_an_older_one(draft, now) -> None:
    remark = add(draft, Said(comment="zuerst"), now)
    with transaction():
        service.edit(remark, Said(comment="neu"), row_version=1)

    with pytest.raises(Conflict), transaction():
        service.remove(remark, row_version=1)

    with transaction():
        service.remove(remark, row_version=2)
    assert queries.of_statement(draft.id) == []


@pytest.mark.parametrize("sources", [{}, {"statement_id": 1, "agenda_item_id": 1}])
def test_a_remark_has_exactly_one_source(app: Flask, now, sources) -> None:
    with pytest.raises(ValueError, match="exactly one source"):
        service.add(Said(comment="x"), draft_version_id=1, anchor=None, now=now, **sources)


def test_saving_a_draft_remark_writes_nothing_to_the_journal(draft, now, count_queries) -> None:
    with count_queries() as seen:
        add(draft, Said(comment="leise"), now)

    assert not [statement for statement in seen if "journal" in statement]


def test_the_pool_holds_what_counts_and_nothing_else(app: Flask, now) -> None:
    phase = make_phase()
    version = phase.draft_version
    submitted = make_statement(make_invitation(phase), [{"comment": "zählt"}])
    make_statement(make_invitation(phase), [{"comment": "Entwurf"}], submitted=False)
    make_statement(make_invitation(phase), [{"comment": "ersetzt"}], state=StatementState.REPLACED)
    make_statement(make_invitation(), [{"comment": "anderer Entwurf"}])
    item = make_consultation(phase.procedure).agenda_item
    resolved = make_remark_row(draft_version=version, agenda_item_id=item.id, anchor="bp-2", comment="Gremium")
    save(resolved)

    pool = queries.pool_of(version.draft_id)

    assert {remark.comment for remark in pool} == {"zählt", "Gremium"}
    assert {anchor: len(found) for anchor, found in queries.by_section(pool).items()} == {"bp-1": 1, "bp-2": 1}
    assert {remark.id for remark in db.session.scalars(queries.counting(version.draft_id))} == {one.id for one in pool}
    assert [remark.id for remark in queries.of_agenda_item(item.id)] == [resolved.id]
    assert queries.counts_by_section(submitted.id) == {"bp-1": 1}


def test_copies_keep_their_words_and_get_a_source_of_their_own(app: Flask, now, count_queries) -> None:
    said = [{"comment": f"Nummer {place}", "anchor": "bp-2"} for place in range(60)]
    first, second = make_statement(None, said), make_statement(submitted=False)
    originals = queries.of_statement(first.id)

    with count_queries() as seen, transaction():
        service.copy_all(originals, second.id, now=now)

    assert len(seen) == 1
    assert [remark.comment for remark in queries.of_statement(second.id)] == [row.comment for row in originals]
    assert len(queries.of_statement(first.id)) == 60

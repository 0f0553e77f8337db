"""Blacking out: the original stays, what leaves has it not, and who did it why is written down."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from ikb.core.redaction import BLACKENED, Span
from ikb.db import db, transaction
from ikb.errors import Implausible, NotFound
from ikb.journal.model import JournalEntry
from ikb.journal.service import SYSTEM
from ikb.remarks import redactions
from ikb.remarks.outgoing import outgoing
from ikb.remarks.redaction_model import Part, Reason
from tests.factories import make_statement

SAYS = "Herr Beispiel, Tel. 0521 512000, meint das."


@pytest.fixture
def remark(app):
    return make_statement(remarks=[{"comment": SAYS}]).remarks[0]


def black_out(remark, now, words="Herr Beispiel", part=Part.COMMENT, reason=Reason.THIRD_PERSON, note=""):
    with transaction():
        spans = redactions.spans_of_words(remark, part, words)
        return redactions.mark(remark, part, spans, reason, note, by=SYSTEM, now=now)


def acts():
    return [entry.action for entry in db.session.scalars(select(JournalEntry).order_by(JournalEntry.id))]


def test_what_is_black_does_not_leave_and_the_original_stays(remark, now):
    black_out(remark, now)

    assert outgoing([remark.id])[remark.id].said == f"{BLACKENED}, Tel. {BLACKENED}, meint das."
    assert remark.comment == SAYS


def test_numbers_are_left_out_until_a_person_looked_and_says_that_they_may_leave(remark, now):
    assert outgoing([remark.id])[remark.id].said == f"Herr Beispiel, Tel. {BLACKENED}, meint das."

    with transaction():
        redactions.note_checked(remark.statement_id, procedure_id=1, by=SYSTEM, now=now)

    assert outgoing([remark.id])[remark.id].said == SAYS


def test_taken_back_it_leaves_again_and_the_row_stays(remark, now):
    [row] = black_out(remark, now)

    with transaction():
        redactions.lift(row.id, [remark.id], by=SYSTEM, now=now)

    assert "Herr Beispiel" in outgoing([remark.id])[remark.id].said
    assert row.lifted_at == now
    assert acts()[-2:] == ["passage blacked out", "redaction lifted"]


def test_marked_twice_it_is_one(remark, now):
    black_out(remark, now)

    assert black_out(remark, now, words="Beispiel") == []


def test_the_journal_tells_the_reason_and_not_the_words(remark, now):
    black_out(remark, now)

    entry = db.session.scalars(select(JournalEntry).order_by(JournalEntry.id.desc())).first()
    assert entry.facts == {"remark": remark.id, "part": "comment", "reason": "third_person"}


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"words": "Frau Anders"}, "stehen nicht im Text"),
        ({"reason": Reason.OTHER}, "Schreiben Sie, warum"),
        ({"note": "x" * 301}, "zu lang"),
    ],
)
def test_what_cannot_be_marked_is_refused_with_a_sentence(remark, now, given, says):
    with pytest.raises(Implausible, match=says):
        black_out(remark, now, **given)


def test_a_span_outside_the_text_is_refused(remark, now):
    with pytest.raises(Implausible, match="gibt es in dem Text nicht"), transaction():
        redactions.mark(remark, Part.COMMENT, [Span(0, 999)], Reason.PERSON, by=SYSTEM, now=now)


def test_a_redaction_of_somebody_elses_remark_is_not_there(remark, now):
    [row] = black_out(remark, now)

    with pytest.raises(NotFound), transaction():
        redactions.lift(row.id, [remark.id + 1], by=SYSTEM, now=now)

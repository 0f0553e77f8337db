"""Opinions asked from other departments: behind a link, reminded, kept in versions; never a statement, never a decision."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from ikb.casefile import advised
from ikb.consolidation import asking
from ikb.consolidation.model import Consideration
from ikb.core.redaction import Span
from ikb.db import db, transaction
from ikb.deliveries import service as deliveries
from ikb.errors import Conflict, Implausible, NotFound, NotReady
from ikb.journal.model import JournalEntry
from ikb.opinions import answering, links, open_ones, queries, service
from ikb.opinions.answering import Given
from ikb.opinions.model import Opinion, OpinionRequest, RequestState
from ikb.opinions.service import Question
from ikb.remarks import redactions
from ikb.remarks.model import Wish
from ikb.remarks.redaction_model import Part, Reason
from ikb.statements.model import Statement
from tests.consolidation.cases import HERE, LINE, Case, make_case
from tests.deliveries.helpers import Wire
from tests.factories import make_user

DUE = date(2030, 6, 17)  # a Monday, two weeks ahead
GIVEN = Given("Dafür fehlen zwei Stellen.", "partly_followed", "Frau Muster, Amt für Schule")
HOST = "schulamt@stadt.example.org"


@pytest.fixture
def case(app, now) -> Case:
    """A remark whose author is blacked out, and two that ask for the same words."""
    case = make_case()
    said = "Herr Geheim sagt: Zwei Kurse reichen nicht."
    case.comment = case.says(wish=Wish.NONE, comment=said)
    at = said.index("Herr Geheim")
    with transaction():
        spans = [Span(at, at + len("Herr Geheim"))]
        redactions.mark(case.comment, Part.COMMENT, spans, Reason.PERSON, by=case.by, now=now)
    case.wish, _ = case.says("Jede Schule bietet drei Kurse an."), case.says("Jede Schule bietet drei Kurse an.")
    case.consolidate(now)
    return case


def ask(case: Case, now, *values: str, key=None, due_on=DUE) -> OpinionRequest:
    """Ask about what is chosen by its value on the section's page, by default about the comment."""
    values = values or (f"r{case.comment.id}-",)
    chosen = [one for one in asking.choices_on(case.base, HERE) if one.value in values]
    subject = asking.subject_of(case.base, HERE, chosen)
    question = Question("Amt für Schule", HOST, "Reicht das Personal?", due_on, "Herr Plan")
    with transaction():
        return service.ask(case.base, subject, question, key=key or uuid4(), by=case.by, now=now)


def give(request: OpinionRequest, now, given: Given = GIVEN, seen=0, key=None) -> Opinion:
    with transaction():
        return answering.give(links.token_of(request), given, seen=seen, key=key or uuid4(), now=now)


def test_a_department_is_told_and_reminded_until_it_answers(case, clock):
    wire, key = Wire(), uuid4()
    asked = ask(case, clock(), key=key)
    deliveries.send_due(clock, wire)

    assert ask(case, clock(), key=key) is asked
    assert wire.recipients == [HOST]
    assert links.link_of(asked) in wire.sent[0].get_body(("plain",)).get_content()
    assert asked.token_hash == links.hash_of(links.token_of(asked))

    subjects = []
    for days in (
        10,
        1,
        4,
    ):  # Thursday; Friday, as the second day before is a Saturday; Tuesday, the day after the last one
        clock.advance(days=days)
        deliveries.send_due(clock, wire)
        subjects.append(len(wire.sent))
    assert subjects == [1, 2, 3]
    assert asked.state(date(2030, 6, 18)) == RequestState.OVERDUE

    second = ask(case, clock(), due_on=date(2030, 7, 1))
    deliveries.send_due(clock, wire)
    give(second, clock())
    clock.advance(days=30)
    deliveries.send_due(clock, wire)
    assert len(wire.sent) == 4


@pytest.mark.parametrize(
    ("values", "change", "field"),
    [
        ((), {}, "subjects"),
        (("all",), {"question": "  "}, "question"),
        (("all",), {"department": " "}, "department"),
        (("all",), {"due_on": date(2030, 6, 2)}, "due_on"),
        (("all",), {"due_on": date(2032, 6, 2)}, "due_on"),
    ],
)
@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_a_question_says_whom_about_what_until_when(case, now, values, change, field):
    subject = asking.subject_of(case.base, HERE, asking.choices_on(case.base, HERE) if values else [])
    given = {"department": "Amt", "email": HOST, "question": "Geht das?", "due_on": DUE} | change

    with pytest.raises(Implausible) as refused, transaction():
        service.ask(case.base, subject, Question(**given), key=uuid4(), by=case.by, now=now)

    assert refused.value.field == field


def test_each_answer_stays_and_what_is_decided_or_ended_is_changed_no_more(case, now):
    asked, key = ask(case, now), uuid4()
    first = give(asked, now, key=key)
    changed = Given("Es geht mit einer Stelle.", "followed", "Herr Plan")

    assert give(asked, now, changed, seen=7, key=key) is first
    assert give(asked, now, seen=0) is first
    with pytest.raises(Conflict) as overtaken:
        give(asked, now, changed, seen=0)
    assert (GIVEN.text in overtaken.value.theirs, changed.text in overtaken.value.mine) == (True, True)
    give(asked, now, changed, seen=1)
    assert [one.text for one in asked.answers] == [GIVEN.text, changed.text]

    case.decide(case.comment, "noted", now)
    assert (asked.ended_as, asked.state(DUE)) == ("decided", RequestState.ANSWERED)
    with pytest.raises(NotReady, match="entschieden"):
        give(asked, now, GIVEN, seen=2)
    acts = set(db.session.scalars(select(JournalEntry.action)))
    assert acts >= {"opinion asked", "opinion given", "opinion request ended"}


def test_a_question_about_several_ends_with_the_last_decision_and_counts_for_nothing(case, now):
    statements = db.session.scalar(select(func.count(Statement.id)))
    values = [one.value for one in asking.choices_on(case.base, HERE)]
    asked = ask(case, now, *values)
    give(asked, now)

    assert (len(values), len(asked.remark_ids)) == (2, 3)  # two institutions ask for the same words
    assert db.session.scalar(select(func.count(Statement.id))) == statements
    assert db.session.scalar(select(func.count(Consideration.id))) == 0
    case.decide(case.comment, "noted", now)
    assert asked.ended_at is None
    case.decide(case.wish, "followed", now)
    assert asked.ended_as == "decided"


def test_a_link_is_replaced_ended_and_runs_out(case, now):
    asked = ask(case, now)
    old = links.token_of(asked)
    with transaction():
        service.renew_link(asked, seen=asked.row_version, by=case.by, now=now)
    current = links.token_of(asked)

    assert queries.find(current.upper() + ".") is asked
    for wrong in (old, current[:-1] + "a" * 2, "", "kurz"):
        with pytest.raises(NotFound):
            answering.open_link(wrong, now)
    assert answering.refusal(asked, now + timedelta(days=60))
    with pytest.raises(Conflict), transaction():
        service.end(asked, seen=1, by=case.by, now=now)
    with transaction():
        service.move_due(asked, date(2030, 6, 20), seen=asked.row_version, by=case.by, now=now)
    with transaction():
        service.end(asked, seen=asked.row_version, by=case.by, now=now)
    assert asked.state(DUE) == RequestState.WITHDRAWN
    with pytest.raises(NotReady):
        give(asked, now)
    with pytest.raises(NotReady), transaction():
        service.renew_link(asked, seen=asked.row_version, by=case.by, now=now)


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_from_the_section_through_the_link_into_the_reason(case, as_user, client, now):
    lead, here = as_user(case.lead), f"/verfahren/{case.procedure.id}/auswertung"
    value = f"r{case.comment.id}-"
    form = {"key": str(uuid4()), "subjects": value, "question": "Reicht das Personal?", "department": "Amt für Schule"}
    form |= {"email": HOST, "contact_name": "", "due_on": "2030-06-17"}
    asking_page = lead.get(f"{here}/{HERE}/einschaetzung?zu={value}").text
    refused = lead.post(f"{here}/{HERE}/einschaetzung", data=form | {"email": "kein Postfach"})
    sent = lead.post(f"{here}/{HERE}/einschaetzung", data=form)
    asked = db.session.scalars(select(OpinionRequest)).one()

    assert re.search(rf'checked[^>]*value="{value}"', asking_page)
    assert (refused.status_code, "Reicht das Personal?" in refused.text) == (422, True)
    assert sent.location.endswith(f"#einschaetzung-{asked.id}")

    address = f"/einschaetzung/{links.token_of(asked)}"
    shown = client.get(address)
    assert (LINE in shown.text, "Zwei Kurse reichen nicht." in shown.text) == (True, True)
    assert ("Herr Geheim" in shown.text, shown.headers["Referrer-Policy"]) == (False, "no-referrer")
    answer = {"key": str(uuid4()), "seen": "0", "text": GIVEN.text, "outcome": "", "given_by": "Frau Muster"}
    kept = client.post(address, data=answer)
    assert (kept.status_code, GIVEN.text in kept.text) == (422, True)
    assert client.post(address, data=answer | {"outcome": "partly_followed"}).status_code == 303
    late = client.post(address, data=answer | {"outcome": "noted", "text": "Anders.", "key": str(uuid4())})
    assert (late.status_code, GIVEN.text in late.text, ">Anders.<" in late.text.replace("\r\n", "")) == (
        409,
        True,
        True,
    )

    section = lead.get(f"{here}/{HERE}?antwort={value}").text
    assert section.count(GIVEN.text) == 2  # where it was asked, and beside the form
    taken = lead.post(f"{here}/{HERE}/vorschau/{value}", data={f"{value}seen": "0", "act": f"opinion-{asked.id}"}).text
    assert GIVEN.text in re.search(rf'<textarea[^>]*name="{value}reason"[^>]*>([^<]*)', taken).group(1)
    assert (
        lead.post(f"{here}/{HERE}/vorschau/{value}", data={f"{value}seen": "0", "act": "opinion-0"}).status_code == 404
    )
    assert db.session.scalar(select(func.count(Consideration.id))) == 0

    history = lead.get(f"{here}/{HERE}/{case.comment.id}/verlauf").text
    assert ("Reicht das Personal?" in history, GIVEN.text in history) == (True, True)
    [answered] = open_ones.open_ones(case.procedure.id, date(2030, 6, 18))
    assert answered.sentence == "1 fachliche Einschätzung ist da, und es ist noch nicht entschieden."
    parts = {one.name: one.write for one in advised.opinions(case.procedure, now)}
    [archived] = json.loads(parts["04-auswertung/einschaetzungen.json"]())
    assert (archived["question"], archived["answers"][0]["text"]) == ("Reicht das Personal?", GIVEN.text)
    assert parts["04-auswertung/einschaetzungen.pdf"]().startswith(b"%PDF")

    listed = lead.get(f"{here}/einschaetzungen?stand=beantwortet").text
    assert ("Amt für Schule" in listed, "teilweise gefolgt" in listed) == (True, True)
    one = f"{here}/einschaetzungen/{asked.id}"
    page = lead.get(one).text
    assert ("Herr Geheim" in page, GIVEN.text in page) == (False, True)
    moved = lead.post(f"{one}/termin", data={"row_version": str(asked.row_version), "due_on": "2030-06-01"})
    assert (moved.status_code, "schon vorbei" in moved.text) == (422, True)
    assert lead.post(f"{one}/beenden", data={"row_version": str(asked.row_version)}).status_code == 303
    assert "Sie können nichts mehr ändern" in client.get(address).text
    assert as_user(make_user()).get(one).status_code == 404

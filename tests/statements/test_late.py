"""Late statements: stored, marked, and a lead records what each counts for; until then it counts."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import DatabaseError, IntegrityError

from ikb.accounts.model import Role
from ikb.consolidation import gathering, runs
from ikb.consolidation import queries as consolidation
from ikb.consolidation.heat import heat_of
from ikb.consolidation.model import Run
from ikb.db import db, transaction
from ikb.deliveries.kinds import kind_of
from ikb.deliveries.model import Delivery
from ikb.errors import Conflict, Implausible, NotReady
from ikb.institutions.links import token_of
from ikb.journal.model import JournalEntry
from ikb.journal.service import SYSTEM
from ikb.procedures.model import PhaseState
from ikb.remarks import queries as remarks
from ikb.remarks.model import Remark
from ikb.reports import queries as figures
from ikb.reports.answer_list import Group, answer_list, cells
from ikb.reports.blocks import blocks
from ikb.statements import late
from ikb.statements.late import Late
from ikb.statements.late_model import LateDecision
from ikb.statements.model import StatementState
from tests.factories import (
    make_institution,
    make_invitation,
    make_statement,
    make_user,
)

pytestmark = pytest.mark.usefixtures("wakeups")
WHY = "Der Brief lag drei Tage bei uns im Haus."


@pytest.fixture
def statement(phase):
    invitation = make_invitation(phase, make_institution("Imkerverein"), is_late=True)
    return make_statement(invitation, [{"comment": "Mehr Blumen."}], is_late=True)


def decide(statement, now, counts=False, reason=WHY, seen=0, key=None):
    with transaction():
        return late.decide(statement, counts, reason, key=key or uuid4(), seen=seen, by=SYSTEM, now=now)


def in_pools(statement):
    """What the three reads of the pool say of a statement's one remark."""
    [remark] = statement.remarks
    version = statement.invitation.phase.draft_version
    draft_id = version.draft_id
    weighed = db.session.scalars(gathering.pool(draft_id).with_only_columns(Remark.id)).all()
    return (
        remark in remarks.pool_of(draft_id),
        remark.id in weighed,
        remark.id in consolidation.comments_on(version, remark.anchor),
        list(heat_of(remarks.counting(draft_id), {})) == [remark.anchor],
    )


def test_until_somebody_decides_it_counts_and_says_so(statement):
    assert in_pools(statement) == (True,) * 4
    assert late.standing_of(statement).late == Late.WAITING


def test_what_is_left_out_is_in_no_pool_and_a_correction_brings_it_back(statement, now):
    first = decide(statement, now)
    assert in_pools(statement) == (False,) * 4
    assert late.standing_of(statement).late == Late.LEFT_OUT

    decide(statement, now, counts=True, reason="Doch.", seen=first.id)

    assert in_pools(statement) == (True,) * 4
    assert late.standing_of(statement).reason == "Doch."
    assert db.session.scalar(select(func.count(LateDecision.id))) == 2


def test_it_stays_stored_and_is_journalled_with_its_number(statement, now):
    row = decide(statement, now)

    entry = db.session.scalars(select(JournalEntry).order_by(JournalEntry.id.desc())).first()
    assert (entry.action, entry.subject_id) == ("late statement decided", row.id)
    assert entry.facts == {"statement": statement.id, "number": statement.number, "counts": False}
    assert (statement.state, len(statement.remarks)) == (StatementState.SUBMITTED, 1)


def test_the_next_run_is_asked_for_when_what_counts_changes_and_only_then(statement, now):
    with transaction():
        run = runs.enqueue(statement.invitation.phase.draft_version, now=now)
        run.state = "done"
    first = decide(statement, now, counts=True)
    assert db.session.scalar(select(func.count(Run.id))) == 1

    decide(statement, now, counts=False, seen=first.id)

    assert db.session.scalar(select(func.count(Run.id))) == 2


def test_sent_twice_or_said_twice_it_is_one_decision(statement, now):
    key = uuid4()
    assert decide(statement, now, key=key).id == decide(statement, now, key=key).id == decide(statement, now).id


def test_whoever_was_slower_sees_both_decisions(statement, now):
    decide(statement, now)
    with pytest.raises(Conflict) as refusal:
        decide(statement, now, counts=True, reason="Ein Tag ist kein Tag.")

    assert WHY in refusal.value.theirs
    assert "Ein Tag ist kein Tag." in refusal.value.mine
    assert late.standing_of(statement).late == Late.LEFT_OUT


@pytest.mark.parametrize(
    ("values", "reason", "refusal"),
    [
        ({"is_late": False}, WHY, NotReady),
        ({"state": StatementState.REPLACED, "is_late": True}, WHY, NotReady),
        ({"state": StatementState.WITHDRAWN, "is_late": True}, WHY, NotReady),
        ({"is_late": True}, " \n", Implausible),
        ({"is_late": True}, "x" * 2001, Implausible),
    ],
)
def test_what_cannot_be_decided_is_refused(phase, now, values, reason, refusal):
    statement = make_statement(make_invitation(phase), **values)
    with pytest.raises(refusal):
        decide(statement, now, reason=reason)


def test_a_decision_is_never_changed(statement, now):
    decide(statement, now)
    with pytest.raises((DatabaseError, IntegrityError)), transaction():
        db.session.execute(update(LateDecision).values(counts=True))


def test_the_lead_finds_what_waits_decides_and_reads_it(as_user, lead, statement, procedure, now):
    browser = as_user(lead)
    here = f"/verfahren/{procedure.id}/stellungnahmen"
    make_statement(make_invitation(statement.invitation.phase, make_institution("Turnverein")))
    waiting = browser.get(f"{here}?stand=verspaetet").text
    assert "Imkerverein" in waiting
    assert "Turnverein" not in waiting
    page = browser.get(f"{here}/{statement.id}").text
    assert "zählt sie mit" in page
    form = {"counts": "left_out", "reason": WHY, "key": str(uuid4()), "seen": "0"}
    assert browser.post(f"{here}/{statement.id}/verspaetet", data=form | {"reason": ""}).status_code == 422

    answer = browser.post(f"{here}/{statement.id}/verspaetet", data=form)

    assert answer.location == f"{here}/{statement.id}"
    page = browser.get(answer.location).text
    assert WHY in page
    assert "verspätet, nicht berücksichtigt" in page
    assert "Imkerverein" not in browser.get(f"{here}?stand=verspaetet").text
    assert WHY in browser.get(f"{here}/{statement.id}/verspaetet").text
    again = browser.post(f"{here}/{statement.id}/verspaetet", data=form | {"key": str(uuid4()), "counts": "counts"})
    assert again.status_code == 409
    assert f"nicht berücksichtigt: {WHY}" in again.text


def test_another_procedures_lead_and_one_in_time_find_no_page(as_user, lead, statement, procedure):
    path = f"/verfahren/{procedure.id}/stellungnahmen/{statement.id}/verspaetet"
    assert as_user(make_user([Role.LEAD])).get(path).status_code == 404
    with transaction():
        statement.is_late = False
    assert as_user(lead).get(path).status_code == 404


def test_the_stand_names_how_many_wait(statement, procedure, now):
    def sentences():
        found = blocks(procedure.id, figures.figures(procedure.id), [], now.date())
        return [block.sentence for block in found if "verspätete" in block.sentence]

    assert sentences() == ["1 verspätete Stellungnahme wartet auf eine Entscheidung."]
    decide(statement, now)
    assert sentences() == []


def test_the_institution_reads_what_was_decided_and_why_on_each_of_its_pages(client, statement, now):
    with transaction():
        statement.invitation.phase.state = PhaseState.CLOSED
    link = f"/beteiligung/{token_of(statement.invitation)}"
    assert "noch nicht entschieden" in client.get(link).text
    assert "Bis dahin zählt sie mit." in client.get(f"{link}/ergebnis").text
    decide(statement, now)

    assert WHY in client.get(link).text
    result = client.get(f"{link}/ergebnis").text
    assert WHY in result
    assert "wird nicht berücksichtigt, weil die Stellungnahme nach der Frist kam" in result
    assert "Die Auswertung läuft noch" not in result


def test_the_result_tells_of_the_statement_that_counts(client, statement, now):
    make_statement(statement.invitation, [{"comment": "Rechtzeitig."}], sequence=0)
    decide(statement, now)

    page = client.get(f"/beteiligung/{token_of(statement.invitation)}/ergebnis").text

    assert "Rechtzeitig." in page
    assert "Mehr Blumen." not in page


def test_the_official_list_says_how_each_late_answer_stands(as_user, lead, statement, procedure, phase, now):
    decide(statement, now)
    browser = as_user(lead)

    text = browser.get(f"/verfahren/{procedure.id}/ruecklauf/liste").text

    assert "verspätet, nicht berücksichtigt" in text
    assert "1 Antwort kam nach der Frist: 1 nicht berücksichtigt." in text
    assert "1 nicht berücksichtigt" in browser.get(f"/verfahren/{procedure.id}/ruecklauf").text


def test_a_late_second_one_that_is_left_out_leaves_the_first_in_the_list(app, statement, phase, now, monkeypatch):
    with transaction():
        statement.sequence, statement.invitation.is_late = 2, False
    first = make_statement(statement.invitation, [{}, {}], sequence=1)
    decide(statement, now + timedelta(hours=1))
    monkeypatch.setattr("ikb.reports.answer_list.visible", select)

    [line] = answer_list(phase).groups[Group.C]

    assert (line.number, line.remarks, line.late) == (first.number, 2, None)
    assert "verspätet" not in " ".join(cells(line))


def mails():
    return list(db.session.scalars(select(Delivery).where(Delivery.kind == "late_decision").order_by(Delivery.id)))


def test_the_institution_gets_word_of_the_decision_and_of_a_corrected_one_only_the_newest(phase, now):
    with_mailbox = make_institution("Chor", email="post@chor.example.org")
    statement = make_statement(make_invitation(phase, with_mailbox), is_late=True)
    first = decide(statement, now)
    [mail] = mails()
    text = kind_of(mail.kind).render(mail, now).text
    assert kind_of(mail.kind).still_wanted(mail, now)
    assert "Sie wird nicht berücksichtigt." in text
    assert WHY in text

    decide(statement, now, counts=True, seen=first.id)
    assert [kind_of(one.kind).still_wanted(one, now) for one in mails()] == [False, True]

    decide(make_statement(make_invitation(phase, make_institution(email="")), is_late=True), now)
    assert len(mails()) == 2

"""How many questions a page asks the database: few, and as many for a large town as for a small one, on both engines."""

from __future__ import annotations

from uuid import uuid4

import pytest
from sqlalchemy import func, select

from bench import town
from ikb.accounts.model import User
from ikb.db import db, transaction
from ikb.deliveries.model import Delivery
from ikb.statements.model import Answer, Receipt

LIST_OF_20, SUBMIT, DASHBOARD, PASSAGES = 6, 10, 6, 8
SMALL, LARGE = (1_000, 9), (10_000, 93)  # statements, institutions
PAGES = {
    "stand": ("", DASHBOARD),
    "invitations": ("/beteiligung", LIST_OF_20),
    "statements": ("/stellungnahmen", LIST_OF_20),
}


def build(size, now, drafts=0):
    statements, institutions = size
    with transaction():
        return town.build(statements=statements, institutions=institutions, drafts=drafts, remarks=0, now=now)


@pytest.mark.parametrize("page", PAGES)
def test_a_leads_page_asks_no_more_of_a_large_town(app, as_user, count_queries, now, page):
    path, most = PAGES[page]
    asked = []
    for size in (SMALL, LARGE):
        built = build(size, now)
        browser = as_user(db.session.get_one(User, built.lead_id))
        with count_queries() as seen:
            answer = browser.get(f"/verfahren/{built.procedure_id}{path}")
        assert answer.status_code == 200
        asked.append(seen)

    assert len(asked[1]) <= most, "\n\n".join(asked[1])
    assert len(asked[0]) == len(asked[1])


def test_the_workbench_asks_no_more_where_more_was_said_by_more(app, as_user, count_queries, now):
    asked = []
    for statements, institutions in (SMALL, LARGE):
        with transaction():
            built = town.build(statements=statements, institutions=institutions, remarks=1, now=now)
        browser = as_user(db.session.get_one(User, built.lead_id))
        with count_queries() as seen:
            page = browser.get(f"/verfahren/{built.procedure_id}/auswertung?art=club&frist=ohne").text
        assert '<div class="muted">Verein ' in page
        asked.append(seen)
        with count_queries() as one_by_one:
            assert browser.get(f"/verfahren/{built.procedure_id}/auswertung/anmerkungen").status_code == 200
        assert len(one_by_one) <= LIST_OF_20, "\n\n".join(one_by_one)

    assert len(asked[1]) <= LIST_OF_20, "\n\n".join(asked[1])
    assert len(asked[0]) == len(asked[1])


def test_a_list_asks_no_more_for_its_last_page(app, as_user, count_queries, now):
    built = build(LARGE, now)
    browser = as_user(db.session.get_one(User, built.lead_id))

    with count_queries() as seen:
        answer = browser.get(f"/verfahren/{built.procedure_id}/stellungnahmen?seite=500")

    assert answer.status_code == 200
    assert len(seen) <= LIST_OF_20, "\n\n".join(seen)


def test_handing_in_asks_no_more_in_a_large_town(app, client, count_queries, now, wakeups):
    asked = []
    for size in (SMALL, LARGE):
        [token] = build(size, now, drafts=1).tokens
        client.get(f"/beteiligung/{token}/abschicken")
        with count_queries() as seen:
            answer = submit(client, token)
        assert "/bestaetigung/" in answer.location
        asked.append(seen)

    assert len(asked[1]) <= SUBMIT, "\n\n".join(asked[1])
    assert len(asked[0]) == len(asked[1])
    assert db.session.scalar(select(func.count(Receipt.id))) == 2
    assert db.session.scalar(select(func.count(Delivery.id)).where(Delivery.kind == "statement_receipt")) == 2


def test_handing_in_for_the_hundredth_time_asks_no_more(app, client, count_queries, now, wakeups):
    [token] = build(SMALL, now, drafts=1).tokens
    for _ in range(2):
        with count_queries() as first:
            submit(client, token, Answer.AGREES)
    for _ in range(20):
        submit(client, token, Answer.AGREES)

    with count_queries() as last:
        submit(client, token, Answer.AGREES)

    assert len(last) == len(first) <= SUBMIT, "\n\n".join(last)


def test_reading_a_draft_of_600_sections_asks_no_more_where_10_000_remarks_were_made(app, client, count_queries, now):
    asked = {}
    for remarks in (1_000, 10_000):
        built = build((1, 1), now)
        with transaction():
            token = town.reader(built, remarks, now)
        for path in ("abschnitte?kapitel=7", "abschnitte/bp-300", "suche?suche=stadtteil"):
            db.session.expunge_all()
            with count_queries() as seen:
                answer = client.get(f"/beteiligung/{token}/{path}")
            assert answer.status_code == 200
            asked.setdefault(path, []).append(seen)

    for few, many in asked.values():
        assert len(many) <= PASSAGES, "\n\n".join(many)
        assert len(few) == len(many)


def submit(client, token, answer=Answer.REMARKS):
    form = {"key": str(uuid4()), "answer": answer.value, "author_name": "Mina Sander"}
    answered = client.post(f"/beteiligung/{token}/abschicken", data=form)
    assert answered.status_code == 303
    return answered

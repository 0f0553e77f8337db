"""A procedure without a paper: write, look, put right, create."""

import pytest

from ikb.accounts.model import Role
from ikb.db import db
from ikb.procedures.model import Procedure
from tests.deliberations.test_new_procedure import ADDRESS, fields_of
from tests.factories import make_user

WRITE = "/verfahren/neu/schreiben"
WRITTEN = {"title": "Lesekonzept", "paper_text": "# 1 Lesen\r\n\r\nAlle lesen.\r\n\r\n- auch abends"}


@pytest.fixture
def browser(as_user):
    return as_user(make_user())


def test_the_preview_shows_the_text_and_stores_nothing(browser):
    page = browser.post(WRITE, data=WRITTEN | {"act": "look"}).text

    assert "<h1>1 Lesen</h1>" in page
    assert "# 1 Lesen" in page
    assert db.session.query(Procedure).count() == 0


def test_what_was_written_becomes_the_first_version(browser):
    sent = fields_of(browser.post(WRITE, data=WRITTEN | {"act": "on"}).text)
    sent = fields_of(browser.post(ADDRESS, data=sent | {"act": "delete 2"}).text)

    answer = browser.post(ADDRESS, data=sent | {"sections-1-text": "Alle lesen gern."})

    assert answer.status_code == 303, answer.text
    procedure = db.session.query(Procedure).one()
    assert procedure.title == "Lesekonzept"
    assert [(s.anchor, s.kind, s.number, s.text) for s in procedure.drafts[0].versions[0].sections] == [
        ("lesen", "heading", "1", "Lesen"),
        ("lesen-1", "paragraph", None, "Alle lesen gern."),
    ]


def test_the_way_back_keeps_the_text(browser):
    sent = fields_of(browser.post(WRITE, data=WRITTEN | {"act": "on"}).text)

    assert "- auch abends" in browser.post(WRITE, data=sent | {"act": "back"}).text


@pytest.mark.parametrize(
    ("changes", "words"),
    [({"title": ""}, "Schreiben Sie, worum es geht."), ({"paper_text": " "}, "Schreiben Sie den Text des Entwurfs.")],
)
def test_what_is_missing_is_said_and_the_rest_stays(browser, changes, words):
    answer = browser.post(WRITE, data=WRITTEN | changes | {"act": "on"})

    assert answer.status_code == 422
    assert words in answer.text
    assert ("Lesekonzept" in answer.text) is ("title" not in changes)


def test_only_leads_write_drafts(as_user):
    assert as_user(make_user([Role.SECRETARY])).get(WRITE).status_code == 403

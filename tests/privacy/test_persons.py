"""One person's data: found wherever they are, given out legibly, erased as far as they may be, and nothing told of whose."""

from __future__ import annotations

import io
import json
import re
import zipfile
from datetime import timedelta

import pytest
from sqlalchemy import select

from ikb.accounts.model import Role, User
from ikb.db import db, transaction
from ikb.deliveries.model import Delivery
from ikb.errors import Conflict, Implausible
from ikb.institutions.model import Contact
from ikb.journal.model import JournalEntry
from ikb.journal.service import SYSTEM
from ikb.privacy import persons
from ikb.statements.model import Statement
from tests.factories import make_institution, make_invitation, make_statement, make_user, save

VERA, ADDRESS = "Vera Schmidt", "vera@verein.example.org"


@pytest.fixture
def stored(app, now):
    """Vera is a contact, has answered, got a message, and somebody mentions her."""
    institution = make_institution("Imkerverein")
    save(Contact(institution_id=institution.id, name=VERA, email=ADDRESS))
    make_statement(
        make_invitation(institution=institution), [{"comment": "Fragen Sie Vera Schmidt."}], author_name=VERA
    )
    save(
        Delivery(
            kind="invitation",
            subject_id=1,
            recipient=ADDRESS,
            recipient_name=VERA,
            dedup_key="k",
            message_id="<m>",
            state="handed_over",
            created_at=now,
            due_at=now,
            next_at=now,
            stale_at=now + timedelta(days=1),
            finished_at=now,
            body_text="Guten Tag, Vera Schmidt",
        )
    )
    return institution


def erase(who, now):
    with transaction():
        return persons.erase(who, persons.digest(persons.find(who)), by=SYSTEM, now=now)


def test_everything_is_found_whatever_its_case(stored):
    assert sorted(one.table for one in persons.find("vera  SCHMIDT")) == [
        "contact", "delivery", "remark mention", "statement",
    ]  # fmt: skip


def test_by_address_too_and_nobody_else(stored):
    save(Contact(institution_id=stored.id, name="Verena Schmidtke", email="verena@verein.example.org"))

    assert sorted(one.table for one in persons.find(ADDRESS)) == ["contact", "delivery"]


def test_erased_is_what_may_be_and_what_is_kept_has_a_ground(stored, now):
    done = erase(VERA, now)

    assert db.session.scalars(select(Contact)).all() == []
    assert [row.author_name for row in db.session.scalars(select(Statement)).unique()] == [""]
    [delivery] = db.session.scalars(select(Delivery))
    assert (delivery.recipient, delivery.body_text) == ("(gelöscht)", "")
    assert [one.table for one in done if one.kept] == ["remark mention"]
    assert all(one.kept or one.done for one in done)


def test_the_journal_tells_how_much_and_not_whose(stored, now):
    erase(VERA, now)

    entry = db.session.scalars(select(JournalEntry).order_by(JournalEntry.id.desc())).first()
    assert entry.action == "person's data erased"
    assert "Vera" not in json.dumps(entry.facts)
    assert entry.facts["contact erased"] == 1


def test_what_changed_since_the_preview_is_not_erased(stored, now):
    seen = persons.digest(persons.find(VERA))
    save(Contact(institution_id=stored.id, name=VERA))

    with pytest.raises(Conflict), transaction():
        persons.erase(VERA, seen, by=SYSTEM, now=now)


def test_an_account_in_use_is_kept_and_a_locked_one_made_nameless(app, now):
    make_user([Role.LEAD], name="Herr Aktiv")
    locked = make_user([Role.LEAD], name="Frau Weg", is_active=False)

    [kept] = erase("Herr Aktiv", now)
    erase("Frau Weg", now)

    assert "Sperren Sie es zuerst" in kept.kept
    assert db.session.get_one(User, locked.id).name == "Gelöschtes Konto"


def test_two_letters_find_nothing(app):
    with pytest.raises(Implausible):
        persons.find("Ve")


def test_the_administrator_looks_gives_out_and_erases(as_user, stored):
    browser, here = as_user(make_user([Role.ADMINISTRATOR])), "/verwaltung/einstellungen/person"

    page = browser.post(here, data={"who": VERA}).text
    assert "Gefunden: 4 Einträge" in page
    given = browser.post(f"{here}/auskunft", data={"who": VERA})
    with zipfile.ZipFile(io.BytesIO(given.data)) as packed:
        assert "1. Kontakt: Imkerverein" in packed.read("auskunft.txt").decode()
        assert len(json.loads(packed.read("auskunft.json"))["gespeichert"]) == 4
    seen = re.search(r'name="seen" value="(\w+)"', page)[1]
    told = browser.post(f"{here}/loeschen", data={"who": VERA, "seen": seen}).text

    assert "3 Einträge sind gelöscht oder namenlos" in told
    assert "Was bleibt, und warum" in told

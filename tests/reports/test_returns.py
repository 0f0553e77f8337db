"""How a participation comes along: day by day, by kind, who is missing and why, and the official list."""

from __future__ import annotations

import io
from datetime import date, timedelta

import openpyxl
import pytest
from docx import Document
from sqlalchemy import select

from ikb.accounts.model import Role
from ikb.db import db, transaction
from ikb.deliveries import service as deliveries
from ikb.deliveries.model import Delivery, DeliveryState
from ikb.institutions.model import Institution, Invitation, InvitationState
from ikb.reports import returns
from ikb.statements.model import Answer
from tests.factories import (
    MADE_AT,
    make_institution,
    make_invitation,
    make_phase,
    make_statement,
    make_user,
)


@pytest.fixture
def browser(as_user, lead):
    return as_user(lead)


def invited(phase, name, kind="club", **values):
    return make_invitation(phase, make_institution(name, kind=kind), **values)


def answered(phase, name, answer=Answer.AGREES, **values):
    invitation = invited(phase, name, **values)
    make_statement(invitation, answer=answer)
    with transaction():
        invitation.state = InvitationState(answer.value)
    return invitation


def page(browser, procedure, rest=""):
    answer = browser.get(f"/verfahren/{procedure.id}/ruecklauf{rest}")
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


@pytest.fixture
def town(phase):
    """One of each: not delivered, not used, used, a draft, agreeing, not concerned, with two remarks, extended."""
    invited(phase, "Amt Nicht Da", "authority", state=InvitationState.BOUNCED)
    invited(phase, "Chor Ungeöffnet", state=InvitationState.DELIVERED)
    invited(phase, "Verein Gelesen", state=InvitationState.OPENED, extended_until=date(2030, 7, 12))
    invited(phase, "Verein Entwurf", state=InvitationState.DRAFTED)
    answered(phase, "Amt Einig", kind="authority")
    answered(phase, "Bund Fern", Answer.NOT_CONCERNED, kind="association", is_late=True)
    make_statement(
        invited(phase, "Club Wort"),
        [
            {"anchor": "bp-1", "comment": "Zu wenig.", "stance": "oppose"},
            {"anchor": "bp-1", "wish": "replace", "proposed_text": "Anders."},
        ],
    )
    make_statement(invited(phase, "Zirkel Still"), [{"anchor": "bp-2"}], submitted=False)
    return phase


def test_every_institution_is_counted_once_by_kind(town, browser):
    text = page(browser, town.procedure)

    assert "3 von 8 haben geantwortet" in text
    assert "1 von 2" in text  # authorities
    assert "1 von 1" in text  # associations


def test_who_is_missing_stands_under_the_reason(town, browser):
    text = page(browser, town.procedure)

    order = [
        "Nicht zugestellt",
        "Amt Nicht Da",
        "Link nicht genutzt",
        "Chor Ungeöffnet",
        "Link genutzt",
        "Entwurf begonnen",
    ]
    places = [text.rindex(word) for word in order]
    assert places == sorted(places)
    assert "(Frist bis Fr., 12.07.2030)" in text
    assert "Amt Einig" not in text


def test_passages_stand_by_the_number_of_what_was_submitted(town, browser):
    assert [(hot.anchor, hot.remarks, hot.wishes, hot.objections) for hot in returns.hottest(town)] == [
        ("bp-1", 2, 1, 1)
    ]


def test_reminders_are_marked_on_the_day_they_left(town, browser, now):
    with transaction():
        invitation = invited_of(town, "Chor Ungeöffnet")
        deliveries.plan(
            "reminder",
            subject_id=invitation.id,
            recipient="chor@verein.example.org",
            recipient_name="Chor",
            due_at=MADE_AT + timedelta(days=2),
            stale_at=MADE_AT + timedelta(days=9),
            procedure_id=town.procedure_id,
            now=now,
        )
    delivery = deliveries_of(invitation)
    with transaction():
        delivery.state, delivery.finished_at = DeliveryState.HANDED_OVER, MADE_AT + timedelta(days=2)

    text = page(browser, town.procedure)

    assert "Erinnerung verschickt" in text
    assert "Mo., 03.06.2030" in text


def invited_of(phase, name):
    rows = select(Invitation).join(Invitation.institution).where(Institution.name == name)
    return db.session.scalars(rows.where(Invitation.phase_id == phase.id)).one()


def deliveries_of(invitation):
    return db.session.scalars(select(Delivery).where(Delivery.subject_id == invitation.id)).one()


def test_each_institution_stands_on_exactly_one_of_the_three_lists(town, browser):
    text = page(browser, town.procedure, "/liste")

    assert "Liste A: keine Antwort (5)" in text
    assert "Liste B: einverstanden, ohne Anmerkungen oder nicht betroffen (2)" in text
    assert "Liste C: mit Anmerkungen (1)" in text
    assert (
        "3 von 8 Institutionen haben geantwortet, 1 davon mit Anmerkungen. "
        "1 Antwort kam nach der Frist: 1 noch nicht entschieden." in text
    )


def test_the_lists_as_a_workbook_have_a_sheet_each_and_no_formula(phase, browser):
    answered(phase, "=SUMME(A1)")

    file = browser.get(f"/verfahren/{phase.procedure_id}/ruecklauf/liste.xlsx")

    book = openpyxl.load_workbook(io.BytesIO(file.data))
    assert book.sheetnames == ["Liste A", "Liste B", "Liste C"]
    assert book["Liste B"]["B2"].value == "'=SUMME(A1)"
    assert book["Liste A"].max_row == 1


def test_the_lists_as_a_document_say_the_same(town, browser):
    file = browser.get(f"/verfahren/{town.procedure_id}/ruecklauf/liste.docx")

    document = Document(io.BytesIO(file.data))
    assert [len(table.rows) for table in document.tables] == [6, 3, 2]
    assert "Club Wort" in [cell.text for cell in document.tables[2].rows[1].cells]


def test_of_several_phases_the_chosen_one_is_shown(phase, browser):
    later = make_phase(phase.draft_version, name="Zweite Runde")
    invited(phase, "Erster Verein")
    invited(later, "Zweiter Verein")

    assert "Zweiter Verein" in page(browser, phase.procedure)
    assert "Erster Verein" in page(browser, phase.procedure, f"?phase={phase.id}")


def test_before_the_opening_the_page_says_what_to_do(procedure, browser):
    assert "Noch ist nichts zu zählen." in page(browser, procedure)
    assert browser.get(f"/verfahren/{procedure.id}/ruecklauf/liste").status_code == 404


@pytest.mark.parametrize("rest", ["", "/liste", "/liste.xlsx", "/liste.docx", "/ergebnis"])
def test_another_procedures_figures_do_not_exist(town, as_user, rest):
    stranger = as_user(make_user([Role.LEAD]))

    assert stranger.get(f"/verfahren/{town.procedure_id}/ruecklauf{rest}").status_code == 404


def test_another_procedures_phase_does_not_exist(town, browser):
    foreign = make_phase()

    assert browser.get(f"/verfahren/{town.procedure_id}/ruecklauf?phase={foreign.id}").status_code == 404


def test_the_page_asks_as_much_for_many_as_for_few(town, browser, count_queries):
    with count_queries() as few:
        page(browser, town.procedure)
    for number in range(12):
        make_statement(invited(town, f"Verein {number:02}"), [{"anchor": f"a{number}", "comment": "Ja."}])
    with count_queries() as many:
        page(browser, town.procedure)

    assert len(many) == len(few) <= 10

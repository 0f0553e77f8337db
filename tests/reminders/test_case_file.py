"""Every message of a procedure is found by kind, state, recipient and day, and can be taken away as a table."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import Any

import openpyxl
import pytest
from flask import Flask

from ikb.accounts.model import User
from ikb.deliveries.model import Delivery, DeliveryState
from ikb.procedures.model import Procedure
from ikb.reminders import case_file
from tests import factories
from tests.conftest import Browser

MIDNIGHT = datetime(2030, 6, 2, 22, 0, tzinfo=UTC)  # the 3rd of June begins in Berlin


@pytest.fixture
def lead(app: Flask) -> User:
    return factories.make_user()


@pytest.fixture
def procedure(lead: User) -> Procedure:
    return factories.make_procedure(leads=[lead])


@pytest.fixture
def browser(lead: User, as_user: Callable[[User], Browser]) -> Browser:
    return as_user(lead)


def message(procedure: Procedure, number: int, **values: Any) -> Delivery:
    at = values.pop("at", MIDNIGHT)
    given: dict[str, Any] = {
        "kind": "invitation",
        "subject_id": number,
        "procedure_id": procedure.id,
        "recipient": f"post{number}@verein.example.org",
        "recipient_name": f"Verein {number}",
        "state": DeliveryState.HANDED_OVER,
        "finished_at": at,
        "subject_line": "Bitte um Stellungnahme",
        "body_text": "Guten Tag,\nwir bitten.",
    }
    times = dict.fromkeys(("created_at", "due_at", "next_at", "stale_at"), at)
    row: Delivery = factories.save(
        Delivery(**(given | times | values), dedup_key=f"k{number}", message_id=f"<{number}@x>")
    )
    return row


def listed(browser: Browser, procedure: Procedure, **wanted: str) -> str:
    return browser.get(f"/verfahren/{procedure.id}/nachrichten", query_string=wanted).text


def rows(browser: Browser, procedure: Procedure, **wanted: str) -> list[list[str]]:
    answer = browser.get(f"/verfahren/{procedure.id}/nachrichten/export.csv", query_string=wanted)
    return list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"), newline=""), delimiter=";"))[1:]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({}, [1, 2, 3, 4]),
        ({"an": "POST2@"}, [2]),
        ({"an": "verein 3"}, [3]),
        ({"an": "%"}, []),
        ({"tag": "2030-06-03"}, [1, 3]),
        ({"tag": "02.06.2030"}, [2]),
        ({"tag": "2030-06-04"}, [4]),
        ({"art": "reminder"}, [3]),
        ({"zustand": "bounced_hard", "tag": "2030-06-03"}, [3]),
        ({"art": "unknown", "zustand": "unknown"}, [1, 2, 3, 4]),
    ],
)
def test_the_list_and_the_table_hold_what_is_asked_for(
    browser: Browser, procedure: Procedure, wanted: dict[str, str], found: list[int]
) -> None:
    message(procedure, 1)
    message(procedure, 2, at=MIDNIGHT.replace(hour=21, minute=59))
    message(procedure, 3, kind="reminder", state=DeliveryState.BOUNCED_HARD, at=MIDNIGHT.replace(day=3, hour=21))
    message(procedure, 4, state=DeliveryState.PLANNED, finished_at=None, at=MIDNIGHT.replace(day=3))

    page = listed(browser, procedure, **wanted)

    shown = [number for number in range(1, 5) if f"post{number}@verein.example.org" in page]
    assert shown == found
    assert sorted(int(row[1].split()[1]) for row in rows(browser, procedure, **wanted)) == found


def test_a_day_that_there_is_not_is_named_and_what_was_typed_stays(browser: Browser, procedure: Procedure) -> None:
    message(procedure, 1)

    answer = browser.get(f"/verfahren/{procedure.id}/nachrichten", query_string={"tag": "31.02.2030"})

    assert answer.status_code == 422
    assert "Diesen Tag gibt es nicht" in answer.text
    assert 'value="31.02.2030"' in answer.text


def test_the_table_holds_text_time_and_outcome_and_no_formula(browser: Browser, procedure: Procedure) -> None:
    message(procedure, 1, recipient_name="=cmd", last_reply="250 OK", state=DeliveryState.DELIVERED)

    ((kind, name, address, state, due, over, _, reply, subject, text, message_id),) = rows(browser, procedure)

    assert (kind, name, address, state) == ("Einladung", "'=cmd", "post1@verein.example.org", "zugestellt")
    assert due == over == "03.06.2030, 00:00 Uhr"
    assert (reply, subject, text, message_id) == (
        "250 OK",
        "Bitte um Stellungnahme",
        "Guten Tag,\nwir bitten.",
        "<1@x>",
    )


def test_the_excel_file_is_one_and_has_the_same_lines(browser: Browser, procedure: Procedure) -> None:
    message(procedure, 1)

    answer = browser.get(f"/verfahren/{procedure.id}/nachrichten/export.xlsx")

    sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).active
    assert sheet is not None
    assert [cell.value for cell in sheet[2]][:3] == ["Einladung", "Verein 1", "post1@verein.example.org"]
    assert answer.headers["Content-Disposition"] == f'attachment; filename="nachrichten-{procedure.id}-2030-06-03.xlsx"'


def test_a_table_that_cannot_hold_all_says_so_and_so_does_the_page(
    browser: Browser, procedure: Procedure, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(case_file, "MOST_EXPORTED", 2)
    for number in (1, 2):
        message(procedure, number)
    assert len(rows(browser, procedure)) == 2
    assert case_file.NARROWER not in listed(browser, procedure)

    message(procedure, 3)

    *_, last = rows(browser, procedure)
    assert last == [f"Hier enden die 2 spätesten Nachrichten; es gibt ältere. {case_file.NARROWER}"]
    assert len(rows(browser, procedure)) == 3
    assert f"Die Datei enthält die 2 spätesten. {case_file.NARROWER}" in listed(browser, procedure)


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_another_lead_gets_no_table(procedure: Procedure, as_user: Callable[[User], Browser], form: str) -> None:
    stranger = as_user(factories.make_user())

    assert stranger.get(f"/verfahren/{procedure.id}/nachrichten/export.{form}").status_code == 404


def test_page_and_table_ask_few_questions_however_long_they_are(
    browser: Browser, procedure: Procedure, count_queries: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    for number in range(60):
        message(procedure, number)

    with count_queries() as for_page:
        listed(browser, procedure, an="verein", tag="2030-06-03")
    with count_queries() as for_table:
        assert len(rows(browser, procedure)) == 60

    assert len(for_page) <= 9
    assert len(for_table) <= 8

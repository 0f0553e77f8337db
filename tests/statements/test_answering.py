"""The short way and the new passage save by themselves: in a real browser, and what the server answers the script."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from ikb.db import transaction
from ikb.institutions import service as institutions
from ikb.institutions.links import token_of
from ikb.journal.service import SYSTEM
from ikb.remarks import queries as remark_queries
from ikb.statements import guide, queries
from tests.factories import MADE_AT, make_invitation
from tests.statements.test_writing import device as device
from tests.walks.looks import faults_of

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.statements.test_writing import Device

TEXT = "Ein Raum am Abend fehlt."
SCRIPT = {"X-Autosave": "1", "Accept": "application/json"}


def ask_shortly(invitation) -> int:
    """Questions for the invitation's phase; gives the first one's number."""
    with transaction():
        texts = ["Was fehlt?", "Was zuerst?", "Was half?"]
        guide.write(invitation.phase, "de", "Ein Plan.", texts, {}, row_version=0, by=SYSTEM, now=MADE_AT)
    return guide.questions_of(invitation.phase_id)[0].id


def line(page: Page) -> Any:
    return page.locator("[data-save-state]")


def is_saved(page: Page) -> None:
    expect(line(page)).to_contain_text("Gespeichert um", timeout=15_000)


@pytest.mark.browser
def test_the_short_way_saves_by_itself_survives_a_dead_line_and_goes_on_elsewhere(
    served, asked, device: Device
) -> None:
    link = asked("Kurz")
    with served.app.app_context():
        ask_shortly(institutions.find_by_token(link.rsplit("/", 1)[1]))
    page = device(f"{link}/kurz")
    page.context.clear_cookies()  # a session that ended meanwhile
    page.get_by_label("1. Was fehlt?").fill(TEXT)
    is_saved(page)
    assert faults_of(page) == []
    elsewhere = device(f"{link}/kurz")
    expect(elsewhere.get_by_label("1. Was fehlt?")).to_have_value(TEXT)

    served.broken = True
    page.get_by_label("2. Was zuerst?").fill("Räume.")
    expect(line(page)).to_contain_text("Noch nicht gespeichert: der Server antwortet", timeout=15_000)
    expect(line(page)).to_contain_text("Ihr Text bleibt auf diesem Gerät.")
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(link)
    expect(page.locator("[data-left]")).to_contain_text("zu den kurzen Fragen")
    page.goto(f"{link}/kurz")
    expect(page.locator("form[data-saves]")).to_contain_text("Räume.")
    served.broken = False
    page.get_by_role("button", name="Text übernehmen").click()
    is_saved(page)

    elsewhere.get_by_label("2. Was zuerst?").fill("Etwas anderes.")
    expect(line(elsewhere)).to_contain_text("Speichern Sie mit dem Knopf, dann sehen Sie beide Texte.")
    elsewhere.get_by_role("button", name="Speichern und später weiter").click()
    expect(elsewhere.locator("main")).to_contain_text("Zwei Fassungen einer Antwort.")
    expect(elsewhere.locator("main")).to_contain_text("Räume.")
    expect(elsewhere.get_by_label("2. Was zuerst?")).to_have_value("Etwas anderes.")


@pytest.mark.browser
def test_a_new_passage_is_one_wish_however_often_it_is_saved_on_the_way(served, asked, device: Device) -> None:
    link = asked("Neu")
    page = device(f"{link}/abschnitte/bp-2/neuer-abschnitt")
    lost: list[str] = []

    def lose(route: Any) -> None:
        if route.request.method != "POST" or lost:
            route.continue_()
            return
        lost.append(route.request.post_data)
        route.fetch()  # it arrives and is stored
        route.abort()  # and nobody hears of it

    page.route("**/neuer-abschnitt", lose)
    page.get_by_label("Der neue Abschnitt").fill("Jedes Amt")
    expect(line(page)).to_contain_text("Noch nicht gespeichert: keine Verbindung.", timeout=15_000)
    page.get_by_label("Der neue Abschnitt").fill("Jedes Amt nennt eine Person.")
    is_saved(page)
    assert faults_of(page) == []

    elsewhere = device(f"{link}/abschnitte/bp-2")
    elsewhere.get_by_role("link", name="Vorschlag ändern").click()
    elsewhere.get_by_label("Der neue Abschnitt").fill("Jedes Amt nennt zwei Personen.")
    elsewhere.get_by_label("davor").check()
    elsewhere.get_by_role("button", name="Vorschlag speichern").click()

    expect(elsewhere.locator("main")).to_contain_text("Jedes Amt nennt zwei Personen.")
    with served.app.app_context():
        invitation = institutions.find_by_token(link.rsplit("/", 1)[1])
        [row] = remark_queries.of_statement(queries.of_invitation(invitation.id)[-1].id)
        assert (row.wish, row.proposed_text) == ("insert_before", "Jedes Amt nennt zwei Personen.")


def test_the_script_is_told_what_is_stored_and_whose_text_was_faster(app, client) -> None:
    invitation = make_invitation()
    number = ask_shortly(invitation)
    link = f"/beteiligung/{token_of(invitation)}"
    mine = {f"answer-{number}": TEXT, f"version-{number}": "0", "language": "de"}

    stored = client.post(f"{link}/kurz", data=mine, headers=SCRIPT).get_json()
    assert stored["stored"] == {f"answer-{number}": TEXT, "language": "de"}
    late = client.post(f"{link}/kurz", data=mine | {f"answer-{number}": "Anderes"}, headers=SCRIPT)
    assert (late.status_code, late.get_json()["stored"][f"answer-{number}"]) == (409, TEXT)

    there = f"{link}/abschnitte/bp-2/neuer-abschnitt"
    wish = {"place": "insert_after", "inserted_text": "Neu."}
    first = client.post(there, data=wish, headers=SCRIPT).get_json()["versions"]
    second = client.post(there, data=wish | first | {"inserted_text": "Neuer."}, headers=SCRIPT).get_json()
    assert second["versions"] == {"remark_id": first["remark_id"], "row_version": first["row_version"] + 1}
    slower = client.post(there, data=wish | first | {"inserted_text": "Am neuesten."}, headers=SCRIPT)
    assert (slower.status_code, slower.get_json()["stored"]["inserted_text"]) == (409, "Neuer.")
    gone = client.post(there, data=wish | second["versions"] | {"inserted_text": ""}, headers=SCRIPT).get_json()
    assert (gone["is_empty"], gone["versions"]["remark_id"]) == (True, 0)
    assert [row.question_id for row in remark_queries.of_statement(queries.of_invitation(invitation.id)[-1].id)] == [
        number
    ]

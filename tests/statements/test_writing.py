"""Writing in a real browser: it says "gespeichert" only when it is, and no text is ever lost on the way."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import pytest
from playwright.sync_api import expect

from tests.served import Asked
from tests.walks.looks import faults_of

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser
PHONE = {"width": 360, "height": 740}
TEXT = "Bitte auch an den Abend denken."
Device = Callable[[str], "Page"]


@pytest.fixture
def device(browser: Browser) -> Iterator[Device]:
    """A phone with a page open on it; a further call is a further phone."""
    opened = []

    def take(address: str) -> Page:
        context = browser.new_context(viewport=PHONE, locale="de-DE")  # type: ignore[arg-type]
        context.set_default_timeout(15_000)
        opened.append(context)
        page = context.new_page()
        page.goto(address)
        return page

    yield take
    for context in opened:
        context.close()


def passage(page: Page, anchor: str = "bp-1") -> Any:
    return page.locator(f"article#{anchor}")


def write(page: Page, text: str = TEXT, anchor: str = "bp-1") -> None:
    part = passage(page, anchor)
    part.get_by_label("nur Anmerkung").check()
    part.get_by_label("Ihre Anmerkung").fill(text)


def bar(page: Page) -> Any:
    return page.locator("[data-save-bar]")


def is_saved(page: Page) -> None:
    expect(bar(page)).to_have_attribute("data-state", "saved", timeout=15_000)
    expect(bar(page)).to_contain_text("Gespeichert um 10:00 Uhr")


def is_not_saved(page: Page, why: str) -> None:
    expect(bar(page)).to_contain_text(f"Noch nicht gespeichert: {why}", timeout=15_000)
    expect(bar(page)).to_contain_text("Ihr Text bleibt auf diesem Gerät.")


def stored(device: Device, link: str, anchor: str = "bp-1") -> str:
    """What another device is shown."""
    other = device(f"{link}/abschnitte/{anchor}")
    return str(passage(other, anchor).get_by_label("Ihre Anmerkung").input_value())


def test_what_is_written_is_saved_by_itself_and_goes_on_elsewhere(asked, device) -> None:
    link = asked("Morgenstern")
    page = device(f"{link}/abschnitte")
    assert passage(page).get_by_label("Ihre Anmerkung").is_hidden()

    write(page)

    is_saved(page)
    expect(page.locator("[data-total]")).to_have_text("1 Anmerkung")
    expect(passage(page).locator(".passage-number .badge")).to_be_visible()
    assert faults_of(page) == []
    assert stored(device, link) == TEXT


def test_a_change_is_shown_while_it_is_written(asked, device) -> None:
    page = device(f"{asked('Wörtlich')}/abschnitte")
    part = passage(page)
    part.get_by_label("Zustimmung mit Änderung").check()
    part.get_by_text("Formulierung vorschlagen").click()
    field = part.get_by_label("So soll der Abschnitt lauten")
    assert field.input_value().startswith("Die Stadt Musterau beschließt das Konzept")

    field.fill(field.input_value().replace("Konzept", "Programm"))

    expect(part.locator("ins")).to_contain_text("Programm")
    expect(part.locator("del")).to_contain_text("Konzept")
    is_saved(page)
    part.get_by_label("streichen").check()
    expect(part.locator(".change")).to_contain_text("Der ganze Abschnitt fällt weg:")
    assert faults_of(page) == []


def test_without_a_connection_the_text_stays_and_is_saved_when_there_is_one(asked, device) -> None:
    link = asked("Funkloch")
    page = device(f"{link}/abschnitte")
    page.context.set_offline(True)

    write(page)

    is_not_saved(page, "keine Verbindung.")
    page.context.set_offline(False)
    is_saved(page)
    assert stored(device, link) == TEXT


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ({"status": 500, "body": "kaputt"}, "der Server antwortet gerade nicht wie gewohnt."),
        ({"status": 200, "body": "<h1>Bitte im Hotel anmelden</h1>", "content_type": "text/html"}, "keine Verbindung."),
        ({"status": 200, "json": {"saved_at": "10:00 Uhr", "row_version": 1}}, "der Server antwortet"),
        (
            {
                "status": 200,
                "json": {"saved_at": "10:00 Uhr", "row_version": 1, "stored": {"comment": "etwas anderes"}},
            },
            "der Server antwortet",
        ),
    ],
    ids=["error", "hotel", "no proof", "another text"],
)
def test_it_is_never_called_saved_unless_exactly_that_text_is(asked, device, answer, why) -> None:
    link = asked(f"Streng {why} {len(str(answer))}")
    page = device(f"{link}/abschnitte")
    address = "**/abschnitte/bp-1"
    page.route(address, lambda route: route.fulfill(**answer) if route.request.method == "POST" else route.continue_())

    write(page)

    is_not_saved(page, why)
    page.unroute(address)
    is_saved(page)  # by the next try, on its own
    assert stored(device, link) == TEXT


def test_an_expired_session_is_renewed_unseen(asked, device) -> None:
    link = asked("Mittagspause")
    page = device(f"{link}/abschnitte")
    page.context.clear_cookies()

    write(page)

    is_saved(page)
    assert stored(device, link) == TEXT


def test_after_a_reload_the_text_that_was_not_saved_is_offered(served: Asked, asked, device) -> None:
    link = asked("Akku leer")
    page = device(f"{link}/abschnitte")
    served.broken = True
    write(page)
    is_not_saved(page, "der Server antwortet gerade nicht wie gewohnt.")

    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(link)
    expect(page.locator("[data-left]")).to_contain_text("zu Abschnitt bp-1")
    assert faults_of(page) == []
    page.goto(f"{link}/abschnitte")
    expect(passage(page)).to_contain_text(TEXT)
    assert faults_of(page) == []
    served.broken = False
    passage(page).get_by_role("button", name="Text übernehmen").click()

    is_saved(page)
    assert stored(device, link) == TEXT
    page.goto(link)
    expect(page.locator("[data-left]")).to_be_hidden()


def test_text_that_is_thrown_away_is_not_offered_again(served: Asked, asked, device) -> None:
    link = asked("Doch nicht")
    page = device(f"{link}/abschnitte")
    served.broken = True
    write(page)
    is_not_saved(page, "der Server antwortet gerade nicht wie gewohnt.")
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()

    passage(page).get_by_role("button", name="Verwerfen").click()

    page.reload()
    expect(passage(page).get_by_label("Ihre Anmerkung")).to_be_hidden()
    assert page.evaluate("() => Object.keys(localStorage).filter(key => key.startsWith('ikb:text:')).length") == 0


def test_leaving_with_text_that_is_not_saved_warns(served: Asked, asked, device) -> None:
    page = device(f"{asked('Halt')}/abschnitte")
    served.broken = True
    write(page)
    is_not_saved(page, "der Server antwortet gerade nicht wie gewohnt.")
    warned: list[str] = []
    page.on("dialog", lambda dialog: (warned.append(dialog.type), dialog.dismiss()))

    page.close(run_before_unload=True)

    expect(bar(page)).to_be_visible()
    assert warned == ["beforeunload"]


def test_going_on_at_once_saves_first_and_does_not_warn(asked, device) -> None:
    link = asked("Eilig")
    page = device(f"{link}/abschnitte")
    warned: list[str] = []
    page.on("dialog", lambda dialog: (warned.append(dialog.type), dialog.accept()))
    write(page)

    page.get_by_role("link", name="Prüfen und abschicken").click()

    expect(page.locator("main")).to_contain_text(TEXT)
    assert warned == []


@pytest.mark.parametrize(("button", "kept"), [("Meinen Text", "vom Rechner"), ("Den anderen", "vom Telefon")])
def test_two_devices_see_both_texts_and_a_person_decides(asked, device, button, kept) -> None:
    link = asked(f"Zwei Geräte {kept}")
    phone, desk = device(f"{link}/abschnitte"), device(f"{link}/abschnitte")
    write(phone, "vom Telefon")
    is_saved(phone)

    write(desk, "vom Rechner")

    expect(passage(desk)).to_contain_text("Zwei Texte zu diesem Abschnitt.")
    box = passage(desk).locator(".side-by-side")
    expect(box).to_contain_text("vom Telefon")
    expect(box).to_contain_text("vom Rechner")
    assert faults_of(desk) == []
    sent: list[str] = []
    desk.on("request", lambda request: sent.append(request.method) if request.method == "POST" else None)
    passage(desk).get_by_label("Ihre Anmerkung").fill("vom Rechner")
    passage(desk).locator("button.secondary[type=submit]").click()
    assert sent == []  # it waits for the person
    assert stored(device, link) == "vom Telefon"

    passage(desk).get_by_role("button", name=button).click()

    expect(bar(desk)).to_have_attribute("data-state", "saved")
    expect(passage(desk).get_by_label("Ihre Anmerkung")).to_have_value(kept)
    assert stored(device, link) == kept


def test_when_only_the_answer_got_lost_ones_own_text_is_no_conflict(asked, device) -> None:
    link = asked("Tunnel")
    page = device(f"{link}/abschnitte")
    lost: list[dict[str, list[str]]] = []

    def lose(route: Any) -> None:
        if route.request.method != "POST" or lost:
            route.continue_()
            return
        lost.append(parse_qs(route.request.post_data))
        route.fetch()  # it arrives and is stored
        route.abort()  # and nobody hears of it

    page.route("**/abschnitte/bp-1", lose)
    write(page)
    is_not_saved(page, "keine Verbindung.")
    assert lost[0]["comment"] == [TEXT]

    passage(page).get_by_label("Ihre Anmerkung").fill(f"{TEXT} Und an den Morgen.")

    is_saved(page)
    assert stored(device, link) == f"{TEXT} Und an den Morgen."


def test_what_the_rules_refuse_is_told_and_kept(asked, device) -> None:
    page = device(f"{asked('Zu lang')}/abschnitte")

    write(page, "ä" * 20_001)

    expect(bar(page)).to_contain_text("20.001 Zeichen, erlaubt sind 20.000")
    expect(bar(page)).to_contain_text("Ihr Text bleibt auf diesem Gerät.")
    write(page, TEXT)
    is_saved(page)


def test_a_browser_that_keeps_nothing_does_not_promise_to(served: Asked, asked, device) -> None:
    page = device(f"{asked('Privat')}/abschnitte")
    page.evaluate("() => { Storage.prototype.setItem = () => { throw new Error('full') } }")
    served.broken = True

    write(page)

    expect(bar(page)).to_contain_text("Ihr Text steht nur hier: Lassen Sie diese Seite offen.")


def test_a_remark_is_taken_back(asked, device) -> None:
    link = asked("Zurück")
    page = device(f"{link}/abschnitte")
    write(page)
    is_saved(page)

    passage(page).get_by_role("button", name="Anmerkung löschen").click()

    expect(page.locator("[data-total]")).to_have_text("0 Anmerkungen")
    expect(bar(page)).to_contain_text("keine Anmerkung")
    assert stored(device, link) == ""


def test_what_was_read_is_ticked_on_this_device_only(asked, device) -> None:
    link = asked("Leser", sections=90)
    page = device(f"{link}/abschnitte?kapitel=3")
    asked_of_us: list[str] = []
    page.on("request", lambda request: asked_of_us.append(request.url) if "/beteiligung/" in request.url else None)

    page.locator("article").nth(-2).scroll_into_view_if_needed()

    expect(page.locator("#kapitel option:checked")).to_contain_text("gelesen")
    assert asked_of_us == []
    page.reload()
    expect(page.locator("#kapitel option:checked")).to_contain_text("gelesen")
    expect(device(f"{link}/abschnitte?kapitel=3").locator("#kapitel option:checked")).not_to_contain_text("gelesen")

"""Pages of the planning room: what does not hold, reasons beside it, moving in four steps, answering, the town's steps."""

import re
import uuid
from datetime import time
from html import unescape

import pytest

from ikb.accounts.model import Role
from ikb.db import db, transaction
from ikb.deliberations.model import Consultation, StationState
from ikb.planning.model import FindingOverride, Move, Scenario, TownPlan
from tests.factories import make_consultation, make_organization, make_procedure, make_user
from tests.planning.town import COUNCIL_NEXT, COUNCIL_ON, DISTRICT_LATER, DISTRICT_NEXT, MAIN_ON, build

pytestmark = pytest.mark.usefixtures("wakeups")
MOST_QUERIES = 12
REASON = "Das Ergebnis wird als Tischvorlage nachgereicht."


@pytest.fixture
def town(app):
    return build()


@pytest.fixture
def broken(town):
    """The district council was moved behind the council, by hand."""
    with transaction():
        town.stations["district"].agenda_item.meeting = town.sittings[DISTRICT_LATER]
    return town


def address(town, rest="pruefung"):
    return f"/verfahren/{town.procedure.id}/beratungsfolge/{rest}"


def words(answer):
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def links(answer, part):
    return [unescape(link) for link in re.findall(r'href="([^"]+)"', answer.text) if part in link]


def hidden(answer, name):
    return re.search(rf'name="{name}"[^>]* value="([^"]*)"', answer.text)[1]


# What does not hold


def test_a_sequence_that_holds_says_so(town, as_user):
    page = as_user(town.lead).get(address(town))

    assert page.status_code == 200
    assert "Die Beratungsfolge passt." in words(page)


def test_a_finding_shows_sentence_rule_weight_and_stations(broken, as_user):
    page = words(as_user(broken.lead).get(address(broken)))

    assert "Rat der Stadt Musterau" in page
    assert "§ 37 Abs. 5 GO NRW" in page
    assert "schwerer Mangel" in page
    assert "Bezirksvertretung Heide, Mi., 04.09.2030" in page


def test_the_findings_stand_on_the_page_of_the_sequence(broken, as_user):
    page = as_user(broken.lead).get(f"/verfahren/{broken.procedure.id}/beratungsfolge")

    assert "liegt vor" in words(page)
    assert links(page, "/beratungsfolge/pruefung")


def test_who_may_not_read_the_sequence_does_not_see_its_findings(broken, as_user):
    for visitor in (make_user(), make_user([Role.SECRETARY])):
        for rest in ("pruefung", "zeitplan"):
            assert as_user(visitor).get(address(broken, rest)).status_code == 404


def accept(browser, town, reason=REASON, key=None):
    page = browser.get(address(town))
    link = next(link for link in links(page, "/pruefung/"))
    return browser.post(link, data={"reason": reason, "key": str(key or uuid.uuid4())}), link


def test_a_finding_is_accepted_with_a_reason_and_stays_visible_with_who_and_when(broken, as_user):
    browser = as_user(broken.lead)
    answer, _ = accept(browser, broken)
    assert answer.status_code == 303

    page = words(browser.get(address(broken)))
    assert "Mit Grund hingenommen" in page
    assert REASON in page
    assert "Frau Leitung, 03.06.2030, 10:00 Uhr" in page


def test_a_reason_is_needed(broken, as_user):
    answer, _ = accept(as_user(broken.lead), broken, reason=" ")

    assert answer.status_code == 422
    assert db.session.query(FindingOverride).count() == 0


def test_a_reason_sent_twice_is_kept_once(broken, as_user):
    browser, key = as_user(broken.lead), uuid.uuid4()
    link = links(browser.get(address(broken)), "/pruefung/")[0]
    for _ in range(2):
        browser.post(link, data={"reason": REASON, "key": str(key)})

    assert db.session.query(FindingOverride).count() == 1


def test_a_reason_is_taken_back_by_a_row_of_its_own(broken, as_user):
    browser = as_user(broken.lead)
    _, link = accept(browser, broken)
    browser.post(link, data={"reason": "Der Bezirk besteht auf der Anhörung.", "key": str(uuid.uuid4())})

    rows = db.session.query(FindingOverride).order_by(FindingOverride.id).all()
    page = words(browser.get(address(broken)))
    assert [row.is_taken_back for row in rows] == [False, True]
    assert rows[0].reason == REASON
    assert "Mit Grund hingenommen" not in page
    assert "Zurückgenommen: Der Bezirk besteht auf der Anhörung." in page


def test_a_reason_holds_for_the_days_it_was_written_for(broken, as_user):
    browser = as_user(broken.lead)
    accept(browser, broken)
    with transaction():
        broken.stations["district"].agenda_item.meeting = broken.sittings[COUNCIL_ON]

    assert "Mit Grund hingenommen" not in words(browser.get(address(broken)))


def test_a_secretary_accepts_only_findings_about_their_own_stations(broken, as_user):
    own = as_user(broken.district_office)
    stranger_office = make_user([Role.SECRETARY])
    make_consultation(broken.procedure, make_organization("Kulturausschuss", [stranger_office]), held_on=None)

    link = links(own.get(address(broken)), "/pruefung/")[0]
    other = as_user(stranger_office)
    assert other.get(address(broken)).status_code == 200
    assert other.get(link).status_code == 404


def test_the_check_page_asks_few_questions_for_22_stations(app, as_user, count_queries):
    lead = make_user()
    procedure = make_procedure([lead])
    for number in range(22):
        make_consultation(procedure, make_organization(f"Gremium {number}"))
    browser = as_user(lead)

    for path in ("pruefung", "zeitplan"):
        with count_queries() as seen:
            page = browser.get(f"/verfahren/{procedure.id}/beratungsfolge/{path}")
        assert page.status_code == 200
        assert len(seen) <= MOST_QUERIES, "\n\n".join(seen)


def test_the_sequence_page_with_22_stations_asks_at_most_twelve(app, as_user, count_queries):
    lead = make_user()
    procedure = make_procedure([lead])
    for number in range(22):
        make_consultation(procedure, make_organization(f"Gremium {number}"))
    browser = as_user(lead)

    with count_queries() as seen:
        page = browser.get(f"/verfahren/{procedure.id}/beratungsfolge")
    assert page.status_code == 200
    assert len(seen) <= MOST_QUERIES, "\n\n".join(seen)


# The plan backwards


def test_the_plan_names_each_step_with_its_day_and_reason(town, as_user):
    page = words(as_user(town.lead).get(address(town, "zeitplan")))

    assert "Mitzeichnung der beteiligten Ämter abschließen" in page
    assert "überfällig" in page  # the steps for the sitting in sixteen days begin before today
    assert page.index("Vorlage fertigstellen") < page.index("Verwaltungsvorstand befassen")


def test_an_administrator_changes_the_towns_steps_and_the_plan_follows(town, as_user):
    administrator = as_user(make_user([Role.ADMINISTRATOR]))
    page = administrator.get("/einstellungen/zeitplan")
    data = plan_form(page, [("10", "Einladung versenden", "0", "dispatch"), ("20", "Kämmerei fragen", "4", "own")])
    answer = administrator.post("/einstellungen/zeitplan", data=data)

    assert answer.status_code == 303
    assert "Kämmerei fragen" in words(as_user(town.lead).get(address(town, "zeitplan")))


def plan_form(page, steps, **changes):
    data = {
        "row_version": hidden(page, "row_version"),
        "silence_days": "42",
        "presenter_minutes": "90",
        "busy_sittings": "15",
        "busy_days": "10",
    }
    for place, (order, name, days, kind) in enumerate(steps):
        data |= {
            f"steps-{place}-order": order,
            f"steps-{place}-name": name,
            f"steps-{place}-days": days,
            f"steps-{place}-unit": "working",
            f"steps-{place}-kind": kind,
        }
    return data | changes


@pytest.mark.parametrize(
    ("steps", "changes"),
    [
        ([], {}),
        ([("1", "Prüfen", "3", "own"), ("2", "prüfen", "4", "own")], {}),
        ([("1", "Prüfen", "900", "own")], {}),
        ([("1", "Prüfen", "3", "own")], {"silence_days": "0"}),
        ([("1", "Prüfen", "3", "own")], {"busy_days": ""}),
    ],
)
def test_steps_that_cannot_be_are_refused_and_nothing_is_stored(app, as_user, steps, changes):
    administrator = as_user(make_user([Role.ADMINISTRATOR]))
    before = db.session.query(TownPlan).one().steps
    page = administrator.get("/einstellungen/zeitplan")

    answer = administrator.post("/einstellungen/zeitplan", data=plan_form(page, steps, **changes))

    assert answer.status_code == 422
    assert db.session.query(TownPlan).one().steps == before


def test_two_administrators_at_the_steps_the_second_gets_both(app, as_user):
    administrator = as_user(make_user([Role.ADMINISTRATOR]))
    page = administrator.get("/einstellungen/zeitplan")
    first = plan_form(page, [("1", "Erste", "3", "own")])
    second = plan_form(page, [("1", "Zweite", "3", "own")])

    assert administrator.post("/einstellungen/zeitplan", data=first).status_code == 303
    answer = administrator.post("/einstellungen/zeitplan", data=second)
    assert answer.status_code == 409
    assert "Erste" in answer.text
    assert "Zweite" in answer.text


def test_the_same_presenter_in_two_places_on_one_evening_is_found(town, as_user):
    lead = as_user(town.lead)
    with transaction():
        town.sittings[MAIN_ON].held_on = COUNCIL_ON
        town.sittings[MAIN_ON].starts_at_local = town.sittings[COUNCIL_ON].starts_at_local = time(17)
    page = lead.get(address(town, "vortrag"))
    ids = re.findall(r'name="lines-(\d+)-consultation_id"[^>]*value="(\d+)"', page.text)
    data = {f"lines-{place}-consultation_id": step for place, step in ids}
    data |= {f"lines-{place}-name": "Herr Vortrag" for place, _ in ids}

    assert lead.post(address(town, "vortrag"), data=data).status_code == 303
    assert "Herr Vortrag" in lead.get(address(town, "vortrag")).text
    assert "Wer vorträgt, ist nur an einem Ort" in words(lead.get(address(town)))


# Moving in four steps


def first_step(browser, town, target=DISTRICT_NEXT, reason="vertagt, weil Unterlagen fehlen"):
    step = f"/beratungen/{town.stations['district'].id}/verschieben"
    page = browser.get(step)
    data = {
        "reason": reason,
        "target": str(town.sittings[target].id),
        "key": hidden(page, "key"),
        "row_version": hidden(page, "row_version"),
    }
    return browser.post(step, data=data)


def to_the_last_step(browser, town, target=DISTRICT_NEXT, code="shift"):
    second = first_step(browser, town, target).location
    third = second.replace("/folgen", "/antwort")
    version = hidden(browser.get(third), "row_version")
    return browser.post(third, data={"answer": code, "row_version": version}).location


def send_it(browser, town, **choices):
    last = to_the_last_step(browser, town, **choices)
    page = browser.get(last)
    data = {"checked": hidden(page, "checked"), "row_version": hidden(page, "row_version")}
    return browser.post(last, data=data), last, data


def test_step_one_offers_the_next_sittings_with_their_consequences(town, as_user):
    page = words(as_user(town.district_office).get(f"/beratungen/{town.stations['district'].id}/verschieben"))

    assert "Mi., 10.07.2030: 2 weitere Beratungen verschieben sich" in page
    assert "Mi., 04.09.2030" in page


def test_step_two_says_what_breaks_with_its_rule(town, as_user):
    browser = as_user(town.district_office)

    page = words(browser.get(first_step(browser, town, DISTRICT_LATER).location))

    assert "Rat der Stadt Musterau" in page
    assert "§ 37 Abs. 5 GO NRW" in page


def test_step_three_sets_the_new_sequence_beside_the_old(town, as_user):
    browser = as_user(town.district_office)

    page = words(browser.get(first_step(browser, town).location.replace("/folgen", "/antwort")))

    for answer in ("Spätere Beratungen verschieben", "In das Folgegremium vertagen", "auslassen", "Schweigen"):
        assert answer in page
    assert "geändert , wenn das Gremienbüro zustimmt" in page
    assert "geändert , sofort" in page


def test_step_four_sends_and_a_second_press_changes_nothing(town, as_user):
    browser = as_user(town.district_office)
    answer, last, data = send_it(browser, town)
    again = browser.post(last, data=data)

    assert (answer.status_code, again.status_code) == (303, 303)
    assert answer.location == again.location
    assert town.days()["district"] == DISTRICT_NEXT
    assert db.session.query(Move).count() == 3


def test_nothing_moves_before_the_last_step(town, as_user):
    browser = as_user(town.district_office)
    before = town.days()

    browser.get(to_the_last_step(browser, town))

    assert town.days() == before


def test_if_the_sequence_changed_the_wizard_says_so_and_computes_anew(town, as_user):
    browser = as_user(town.district_office)
    last = to_the_last_step(browser, town)
    with transaction():
        town.stations["council"].agenda_item.meeting = town.sittings[COUNCIL_NEXT]

    page = browser.get(last)
    assert page.status_code == 409
    assert "Das Planspiel ist überholt" in words(page)
    version = hidden(page, "row_version")
    answer = browser.post(last.replace("/absenden", "/neu"), data={"row_version": version})
    assert browser.get(answer.location).status_code == 200


def test_without_a_reason_or_a_sitting_the_form_comes_back(town, as_user):
    browser = as_user(town.district_office)
    step = f"/beratungen/{town.stations['district'].id}/verschieben"
    page = browser.get(step)

    for changes in ({"reason": ""}, {"target": ""}, {"target": "999999"}):
        data = {
            "reason": "vertagt",
            "target": str(town.sittings[DISTRICT_NEXT].id),
            "key": hidden(page, "key"),
            "row_version": "0",
        } | changes
        answer = browser.post(step, data=data)
        assert answer.status_code == 422
    assert db.session.query(Scenario).count() == 0


def test_another_office_does_not_move_a_station(town, as_user):
    assert (
        as_user(town.council_office).get(f"/beratungen/{town.stations['district'].id}/verschieben").status_code == 404
    )


def test_a_draft_is_seen_by_its_author_and_the_leads_only(town, as_user):
    browser = as_user(town.district_office)
    second = first_step(browser, town).location

    assert as_user(town.lead).get(second).status_code == 200
    assert as_user(town.council_office).get(second).status_code == 404
    assert as_user(make_user()).get(second).status_code == 404


def test_a_trial_run_is_discarded(town, as_user):
    browser = as_user(town.district_office)
    second = first_step(browser, town).location
    version = hidden(browser.get(second), "row_version")

    answer = browser.post(second.replace("/folgen", "/verwerfen"), data={"row_version": version})

    assert answer.status_code == 303
    assert "Noch kein Planspiel" in words(browser.get(answer.location))


# Answering


def test_an_office_confirms_all_its_bodies_at_once_and_the_sequence_holds_again(town, as_user):
    browser = as_user(town.district_office)
    sent, _, _ = send_it(browser, town)
    scenario = db.session.query(Scenario).one()
    office = as_user(town.council_office)
    assert "Hauptausschuss" in words(office.get("/vorschlaege"))
    page = office.get(f"/vorschlaege/{scenario.id}")
    seen = re.findall(r'name="seen" value="([^"]+)"', page.text)
    assert len(seen) == 2

    answer = office.post(f"/vorschlaege/{scenario.id}/alle", data={"seen": seen})

    assert answer.status_code == 303
    assert "Die Beratungsfolge passt wieder." in words(browser.get(sent.location))
    assert "Die Beratungsfolge passt." in words(as_user(town.lead).get(address(town)))


def test_a_refusal_shows_the_lead_what_it_breaks(town, as_user):
    sent, _, _ = send_it(as_user(town.district_office), town, target=DISTRICT_LATER)
    scenario = db.session.query(Scenario).one()
    office = as_user(town.council_office)
    for move in [move for move in scenario.moves if move.is_open]:
        data = {"reason": "Die Haushaltssitzung ist voll.", "row_version": move.row_version}
        assert office.post(f"/vorschlaege/{move.id}/ablehnen", data=data).status_code == 303

    page = words(as_user(town.lead).get(sent.location))
    assert "Was durch die Ablehnung nicht passt" in page
    assert "Die Haushaltssitzung ist voll." in page
    assert "liegt vor" in page
    assert "Neu rechnen" in page


def test_a_refusal_without_a_reason_comes_back_with_the_page(town, as_user):
    send_it(as_user(town.district_office), town)
    move = db.session.query(Move).filter_by(state="open").first()

    answer = as_user(town.council_office).post(f"/vorschlaege/{move.id}/ablehnen", data={"row_version": 1})

    assert answer.status_code == 422
    assert "Schreiben Sie, warum." in words(answer)


def test_an_outdated_proposal_is_said_clearly_and_nothing_moves(town, as_user):
    send_it(as_user(town.district_office), town)
    move = db.session.query(Move).filter_by(state="open").first()
    with transaction():
        council = db.session.get_one(Consultation, town.stations["council"].id)
        council.agenda_item.meeting = town.sittings[COUNCIL_NEXT]
    before = town.days()
    office = as_user(town.council_office)

    page = office.get(f"/vorschlaege/{move.scenario_id}")
    assert "Dieser Vorschlag ist überholt." in words(page)
    answer = office.post(f"/vorschlaege/{move.id}/bestaetigen", data={"row_version": move.row_version})
    assert "es wurde nichts verschoben" in words(office.get(answer.location))
    assert town.days() == before


def test_a_station_that_is_closed_offers_no_moving(town, as_user):
    with transaction():
        town.stations["district"].state = StationState.RECORDED

    answer = as_user(town.district_office).get(f"/beratungen/{town.stations['district'].id}/verschieben")

    assert answer.status_code == 409

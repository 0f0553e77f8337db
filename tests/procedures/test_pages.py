"""Pages of procedures, for leads and for those who may not."""

from datetime import date

import pytest

from ikb.accounts.model import Role
from ikb.db import db
from ikb.drafts import queries as drafts
from ikb.drafts.model import Section
from ikb.drafts.service import mark_of
from ikb.procedures.model import ParticipationPhase, PhaseState
from tests.factories import (
    SECTIONS,
    make_consultation,
    make_draft,
    make_phase,
    make_procedure,
    make_user,
    make_version,
)

NEW_PHASE = {
    "name": "Beteiligung im Sommer",
    "opens_on": "2030-06-05",
    "closes_on": "2030-06-28",
    "introduction": "Sagen Sie uns Ihre Meinung.",
    "row_version": "0",
}


@pytest.fixture
def lead(app):
    return make_user()


@pytest.fixture
def procedure(lead):
    return make_procedure([lead], title="Konzept für Musterau")


@pytest.fixture
def browser(as_user, lead):
    return as_user(lead)


@pytest.fixture
def version(procedure):
    return make_version(make_draft(procedure))


def test_without_a_procedure_the_page_says_how_to_begin(browser):
    page = browser.get("/verfahren").text

    assert "Noch kein Verfahren" in page
    assert 'href="/verfahren/neu"' in page


def test_the_list_shows_text_and_participation_of_each_procedure(browser, procedure, version):
    make_phase(version)
    make_version(version.draft, issued=False, number=2, base_id=version.id)

    page = browser.get("/verfahren").text

    assert "Konzept für Musterau" in page
    assert "Fassung 1, Fassung 2 in Arbeit" in page
    assert "bis Fr., 28.06.2030, 24 Uhr" in page


@pytest.mark.parametrize("count", [1, 20])
def test_the_list_asks_the_database_six_times_however_long_it_is(browser, lead, count_queries, count):
    for _ in range(count):
        make_phase(make_version(make_draft(make_procedure([lead]))))
    browser.get("/verfahren")

    with count_queries() as seen:
        assert browser.get("/verfahren").status_code == 200

    assert len(seen) <= 6, seen


def pages(procedure, version, phase):
    return [
        f"/verfahren/{procedure.id}/einstellungen",
        f"/verfahren/{procedure.id}/phasen/neu",
        f"/phasen/{phase.id}/frist",
        f"/fassungen/{version.id}/bearbeiten",
        f"/fassungen/{version.id}/abschnitte/bp-1",
    ]


def test_its_lead_opens_every_page_and_another_one_finds_nothing(browser, as_user, procedure, version):
    phase = make_phase(version)
    stranger = as_user(make_user())

    for address in pages(procedure, version, phase):
        assert browser.get(address, follow_redirects=True).status_code == 200, address
        assert stranger.get(address).status_code == 404, address


@pytest.mark.parametrize("role", [Role.SECRETARY, Role.ADMINISTRATOR])
def test_other_tasks_do_not_open_a_leads_pages(as_user, procedure, version, role):
    other = as_user(make_user([role]))

    for address in pages(procedure, version, make_phase(version)):
        assert other.get(address).status_code == 403, address


def test_who_was_a_lead_and_is_none_any_more_finds_nothing(as_user, version):
    former = make_user([Role.SECRETARY, Role.LEAD])
    procedure = make_procedure([former])
    former.grants = [grant for grant in former.grants if grant.role != Role.LEAD]
    db.session.commit()

    assert as_user(former).get(f"/verfahren/{procedure.id}/einstellungen").status_code == 403


def test_the_bar_names_procedure_version_and_next_date(browser, procedure, version):
    make_consultation(procedure, held_on=date(2030, 6, 12))

    page = browser.get(f"/verfahren/{procedure.id}/einstellungen").text
    assert "Nächste Sitzung: Mi., 12.06.2030" in page
    assert "Fassung 1" in page

    make_phase(version, closes_on=date(2030, 6, 8))
    page = browser.get(f"/verfahren/{procedure.id}/einstellungen").text
    assert "Frist der Beteiligung: Di., 11.06.2030, 24 Uhr (Noch 8 Tage)" in page


def settings(procedure, **changes):
    return {
        "title": procedure.title,
        "paper_number_pattern": "{base}/{revision}",
        "row_version": str(procedure.row_version),
    } | changes


def test_settings_are_saved(browser, procedure):
    answer = browser.post(
        f"/verfahren/{procedure.id}/einstellungen",
        data=settings(procedure, title="Neuer Titel", contact_email="a@stadt.example.org", is_public="y"),
    )

    assert answer.status_code == 303
    assert (procedure.title, procedure.contact_email, procedure.is_public) == (
        "Neuer Titel",
        "a@stadt.example.org",
        True,
    )


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"title": " "}, "Schreiben Sie, worum es geht."),
        ({"title": "x" * 501}, "höchstens 500 Zeichen"),
        ({"contact_email": "keine"}, "keine vollständige E-Mail-Adresse"),
        ({"paper_number_pattern": "{base}"}, "Das Muster braucht"),
    ],
)
def test_faulty_settings_come_back_as_typed(browser, procedure, changes, words):
    answer = browser.post(
        f"/verfahren/{procedure.id}/einstellungen", data=settings(procedure, contact_name="Frau Neu", **changes)
    )

    assert answer.status_code == 422
    assert words in answer.text
    assert 'value="Frau Neu"' in answer.text
    assert procedure.title == "Konzept für Musterau"


def test_an_old_form_gets_both_settings(browser, procedure):
    old = settings(procedure, title="Von Bert")
    browser.post(f"/verfahren/{procedure.id}/einstellungen", data=settings(procedure, title="Von Anna"))

    answer = browser.post(f"/verfahren/{procedure.id}/einstellungen", data=old)

    assert answer.status_code == 409
    assert "Titel: Von Anna" in answer.text
    assert "Titel: Von Bert" in answer.text


def test_the_deadline_is_explained_before_it_is_saved(browser, procedure, version):
    answer = browser.post(
        f"/verfahren/{procedure.id}/phasen/neu", data=NEW_PHASE | {"version": str(version.id), "act": "check"}
    )

    assert answer.status_code == 200
    assert "16 Arbeitstage bleiben für eine Antwort" in answer.text
    assert "Pfingstmontag (10.06.2030), Fronleichnam (20.06.2030)" in answer.text
    assert "4 weniger als 20 Arbeitstage" in answer.text
    assert "Sagen Sie uns Ihre Meinung." in answer.text
    assert db.session.query(ParticipationPhase).count() == 0


def test_a_phase_is_planned_changed_moved_and_closed(browser, procedure, version):
    browser.post(f"/verfahren/{procedure.id}/phasen/neu", data=NEW_PHASE | {"version": str(version.id)})
    phase = db.session.query(ParticipationPhase).one()
    assert (phase.state, phase.closes_on) == (PhaseState.PLANNED, date(2030, 6, 28))
    assert "Beteiligung im Sommer" in browser.get(f"/phasen/{phase.id}").text

    changed = NEW_PHASE | {"version": str(version.id), "closes_on": "29.06.2030", "row_version": "1"}
    assert browser.post(f"/phasen/{phase.id}", data=changed).status_code == 303
    assert phase.last_day == date(2030, 7, 1)

    phase.state = PhaseState.OPEN
    db.session.commit()
    moved = {"closes_on": "2030-07-05", "row_version": str(phase.row_version)}
    assert browser.post(f"/phasen/{phase.id}/frist", data=moved).status_code == 303
    assert (phase.closes_on, phase.deadline_version) == (date(2030, 7, 5), 2)

    address = f"/phasen/{phase.id}/schliessen"
    assert address not in browser.get(f"/verfahren/{procedure.id}/einstellungen").text
    early = browser.post(address)
    assert (early.status_code, "Die Frist läuft noch bis 05.07.2030" in early.text) == (409, True)
    assert phase.state == PhaseState.OPEN

    phase.closes_on = date(2030, 5, 31)
    db.session.commit()
    assert address in browser.get(f"/verfahren/{procedure.id}/einstellungen").text
    assert browser.post(address).status_code == 303
    assert phase.state == PhaseState.CLOSED


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"closes_on": "31.06.2030"}, "Diesen Tag gibt es nicht"),
        ({"closes_on": ""}, "Wählen Sie den letzten Tag."),
        ({"closes_on": "2030-06-04"}, "liegt vor dem Beginn"),
        ({"opens_on": "2030-05-01", "closes_on": "2030-05-20"}, "liegt in der Vergangenheit"),
        ({"name": ""}, "Geben Sie der Phase einen Namen."),
        ({"version": "999999"}, "Fassung"),
    ],
)
def test_a_faulty_phase_comes_back_as_typed(browser, procedure, version, changes, words):
    answer = browser.post(
        f"/verfahren/{procedure.id}/phasen/neu", data=NEW_PHASE | {"version": str(version.id)} | changes
    )

    assert answer.status_code == 422
    assert words in answer.text
    assert "Sagen Sie uns Ihre Meinung." in answer.text
    assert db.session.query(ParticipationPhase).count() == 0


def test_a_first_version_is_corrected_and_issued(browser, procedure):
    version = make_version(make_draft(procedure), issued=False)
    assert "Fassung 1 herausgeben" in browser.get(f"/fassungen/{version.id}/bearbeiten").text

    answer = browser.post(
        f"/fassungen/{version.id}/abschnitte/bp-1",
        data={"kind": "paragraph", "text": "Richtig gelesen.", "seen": mark_of(SECTIONS[0][4])},
    )
    assert answer.status_code == 303
    section = drafts.section(version.id, "bp-1")
    assert (section.text, section.kind) == ("Richtig gelesen.", "paragraph")

    assert browser.post(f"/fassungen/{version.id}/erste-herausgeben").status_code == 303
    assert version.is_issued
    assert "herausgeben</button>" not in browser.get(f"/fassungen/{version.id}/bearbeiten").text


def test_two_leads_on_one_section(browser, procedure):
    version = make_version(make_draft(procedure), issued=False)
    seen = mark_of(SECTIONS[0][4])
    address = f"/fassungen/{version.id}/abschnitte/bp-1"
    browser.post(address, data={"kind": "point", "text": "Von Anna.", "seen": seen})

    answer = browser.post(address, data={"kind": "point", "text": "Von Bert.", "seen": seen})

    assert answer.status_code == 409
    assert "Von Anna." in answer.text
    assert "Von Bert." in answer.text


def test_an_empty_section_comes_back(browser, procedure):
    version = make_version(make_draft(procedure), issued=False)

    answer = browser.post(
        f"/fassungen/{version.id}/abschnitte/bp-1",
        data={"kind": "point", "text": " ", "seen": mark_of(SECTIONS[0][4])},
    )

    assert answer.status_code == 422
    assert "Schreiben Sie den Wortlaut hinein." in answer.text


def test_an_issued_version_is_not_edited_by_whoever_still_has_the_form_open(browser, procedure, version):
    answer = browser.post(
        f"/fassungen/{version.id}/abschnitte/bp-1",
        data={"kind": "point", "text": "Zu spät.", "seen": mark_of(SECTIONS[0][4])},
    )

    assert answer.status_code == 409
    assert db.session.query(Section).filter_by(text="Zu spät.").count() == 0


def test_a_revision_is_not_issued_through_the_door_for_first_versions(browser, procedure, version):
    revision = make_version(version.draft, issued=False, number=2, base_id=version.id)

    assert browser.post(f"/fassungen/{revision.id}/erste-herausgeben").status_code == 404
    assert not revision.is_issued


def test_while_a_form_is_filled_in_only_the_deadlines_part_comes_back_and_nothing_is_wrong_yet(
    browser, procedure, version
):
    typed = {"act": "check", "opens_on": "2030-07-01", "closes_on": "2030-07-12", "row_version": "0"}
    address = f"/verfahren/{procedure.id}/phasen/neu"

    part = browser.post(address, data=typed, headers={"HX-Request": "true"})
    page = browser.post(address, data=typed)

    assert (part.status_code, page.status_code) == (200, 422)
    assert "10 Arbeitstage; fair sind mindestens 20" in part.text
    assert "<html" not in part.text

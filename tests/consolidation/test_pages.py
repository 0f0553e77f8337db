"""The workbench, the versions and the redline, as a lead meets them; nobody else does."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from sqlalchemy import select

from ikb.accounts.model import Role
from ikb.consolidation import queries, redlines, runs, weighing
from ikb.db import db, transaction
from ikb.deliberations.model import Consultation, Result
from ikb.remarks.model import Wish
from ikb.statements.model import Statement
from tests.consolidation.cases import HERE, LINE, Case, make_case
from tests.factories import make_draft, make_institution, make_procedure, make_user, make_version, save

MORE = "Jede Schule bietet drei Kurse am Nachmittag an."
MOST = "Jede Schule bietet vier Kurse am Nachmittag an."


def base_url(case: Case) -> str:
    return f"/verfahren/{case.procedure.id}"


def workbench(case: Case) -> str:
    return f"{base_url(case)}/auswertung"


def section(case: Case, anchor: str = HERE) -> str:
    return f"{workbench(case)}/{anchor}"


def sent(remark, outcome: str, reason: str = "", seen: int = 0) -> dict[str, str]:
    return {f"r{remark.id}-outcome": outcome, f"r{remark.id}-reason": reason, f"r{remark.id}-seen": str(seen)}


def pages_of(case: Case) -> list[str]:
    version = case.working()
    return [
        workbench(case),
        section(case),
        f"{base_url(case)}/fassungen",
        f"{base_url(case)}/fassungen/vergleich?alt={case.base.id}&neu={version.id}",
        f"/fassungen/{version.id}",
        f"/fassungen/{version.id}/herausgeben",
    ]


def test_another_lead_finds_none_of_these_pages_and_a_secretary_may_not_enter(app, now, as_user):
    case = make_case()
    remark = case.says(MORE)
    case.consolidate(now)
    foreign, secretary = as_user(make_user()), as_user(make_user([Role.SECRETARY]))
    pages = [*pages_of(case), f"{workbench(case)}/stellungnahmen/{remark.statement_id}"]

    assert {page: as_user(case.lead).get(page).status_code for page in pages} == dict.fromkeys(pages, 200)
    assert {page: foreign.get(page).status_code for page in pages} == dict.fromkeys(pages, 404)
    assert {page: secretary.get(page).status_code for page in pages} == dict.fromkeys(pages, 403)
    answer = foreign.post(f"{section(case)}/{remark.id}", data=sent(remark, "followed"))
    assert (answer.status_code, case.status_of(remark), case.seen(remark)) == (404, "merged", 0)


def test_a_remark_of_another_procedure_cannot_be_decided_on_through_ones_own(app, now, as_user):
    case, foreign = make_case(), make_case()
    remark = foreign.says(MORE)

    assert as_user(case.lead).post(f"{section(case)}/{remark.id}", data=sent(remark, "followed")).status_code == 404


def test_without_an_issued_version_the_workbench_says_what_to_do_first(app, as_user):
    lead = make_user()
    procedure = make_procedure([lead])
    make_version(make_draft(procedure), issued=False)

    page = as_user(lead).get(f"/verfahren/{procedure.id}/auswertung").text

    assert "Noch keine herausgegebene Fassung" in page


def test_the_lead_starts_a_run_and_sees_how_far_it_is_with_and_without_javascript(app, now, as_user):
    case = make_case()
    lead = as_user(case.lead)
    assert "Noch ist nichts zusammengeführt" in lead.get(workbench(case)).text

    answer = lead.post(workbench(case))
    assert (answer.status_code, answer.location) == (303, workbench(case))
    run = queries.newest_run(case.base.draft_id)
    with transaction():
        runs.claim("worker", now=now)
    with transaction():
        runs.begin(run.id, "worker", runs.look(run.base_version))

    page = lead.get(workbench(case)).text
    assert "Abschnitte: 0 von 6" in page
    assert ">Aktualisieren</a>" in page
    part = lead.get(f"{workbench(case)}/lauf", headers={"HX-Request": "true"})
    assert "0 von 6" in part.text
    assert 'hx-trigger="every 2s"' in part.text
    assert "<html" not in part.text
    assert lead.get(f"{workbench(case)}/lauf").status_code == 303


def test_when_the_run_is_over_the_page_stops_asking(app, now, as_user):
    case = make_case()
    case.consolidate(now)

    part = as_user(case.lead).get(f"{workbench(case)}/lauf", headers={"HX-Request": "true"}).text

    assert "hx-trigger" not in part
    assert "Ergebnis anzeigen" in part


def test_the_list_counts_and_filters(app, now, as_user):
    case = make_case()
    case.says(MORE), case.says(MOST)
    case.says(wish=Wish.NONE, comment="Gut.", anchor="bp-1")
    case.says(wish=Wish.NONE, comment="Im Ganzen gut.", anchor=None)
    case.consolidate(now)
    lead = as_user(case.lead)

    def names(choice: str) -> list[str]:
        page = lead.get(f"{workbench(case)}?zeigen={choice}").text
        return re.findall(r'<th scope="row"><a href="[^"]*/auswertung/([^"?]*)"', page)

    assert names("alle") == ["bp-1", "bp-1.a", "bp-2", "a2-z1", "a3-z1", HERE, "gesamter-entwurf"]
    assert names("gesagt") == ["bp-1", HERE, "gesamter-entwurf"]
    assert names("offen") == [HERE]
    assert "2 Punkte warten" in lead.get(workbench(case)).text


def test_what_came_in_since_is_said_with_its_number(app, now, clock, as_user):
    case = make_case()
    case.consolidate(now)
    assert "Seitdem ist nichts dazugekommen" in as_user(case.lead).get(workbench(case)).text

    remark = case.says(MOST)
    with transaction():
        db.session.get_one(Statement, remark.statement_id).submitted_at = clock.advance(hours=1)

    page = as_user(case.lead).get(workbench(case)).text
    assert "seitdem 1 neue Stellungnahme." in page
    assert "Neu zusammenführen" in page


def test_a_section_shows_who_asks_for_what_and_what_stands_against_what(app, now, as_user):
    case = make_case()
    case.says(MORE, institution=make_institution("Kulturverein Morgenstern"))
    case.says(MOST, institution=make_institution("Sportbund"), comment="Vier, weil drei nicht reichen.")
    case.says(wish=Wish.NONE, comment="Wir helfen gern.", institution=make_institution("Bücherei"))
    case.body_says("Nach Bedarf.", name="Jugendhilfeausschuss")
    case.consolidate(now)

    page = as_user(case.lead).get(section(case)).text

    assert "gegen B, weil dieselben Wörter geändert werden" in page
    assert page.count("Beides zugleich geht nicht, weil dieselben Wörter geändert werden.") == 1
    assert all(name in page for name in ("Kulturverein Morgenstern", "Sportbund", "Vier, weil drei nicht reichen."))
    board, proposals = page.index("Aus den Gremien"), page.index("Formulierungsvorschläge")
    assert board < page.index("Jugendhilfeausschuss, Mi., 12.06.2030") < proposals
    assert page.index("Anmerkungen ohne Änderungswunsch") < page.index("Wir helfen gern.")


@pytest.mark.parametrize(
    ("most", "words"), [(3, None), (2, "und gegen einen weiteren Vorschlag"), (1, "und gegen 2 weitere Vorschläge")]
)
def test_rivals_that_are_not_named_are_said_with_their_number(app, now, as_user, monkeypatch, most, words):
    monkeypatch.setattr(weighing, "MOST_RIVALS", most)
    case = make_case()
    for number in range(4):
        case.says(LINE.replace("zwei", str(number)))
    case.consolidate(now)

    page = as_user(case.lead).get(section(case)).text

    assert len(re.findall(r"<li>gegen \w, weil dieselben Wörter geändert werden", page)) == 4 * most
    assert page.count("und gegen") == (4 if words else 0)
    assert words is None or words in page


def test_deciding_leads_back_to_the_section_with_its_effect(app, now, as_user):
    case = make_case()
    remark = case.says(MORE)
    case.consolidate(now)
    lead = as_user(case.lead)

    answer = lead.post(f"{section(case)}/{remark.id}", data=sent(remark, "not_followed", "Das Geld reicht für zwei."))

    assert (answer.status_code, answer.location) == (303, section(case))
    page = lead.get(section(case)).text
    assert "Gespeichert: nicht gefolgt." in page
    assert f"entschieden von {case.lead.name}" in page
    assert "Das Geld reicht für zwei." in page
    assert case.text() == LINE


def test_a_missing_reason_is_said_at_its_field_and_nothing_is_stored(app, now, as_user):
    case = make_case()
    remark = case.says(wish=Wish.NONE, comment="Mehr!")
    case.consolidate(now)

    answer = as_user(case.lead).post(f"{section(case)}/{remark.id}", data=sent(remark, "partly_followed", " "))

    assert answer.status_code == 422
    assert f'id="r{remark.id}-reason-error"' in answer.text
    assert "Es fehlt die Begründung" in answer.text
    assert case.seen(remark) == 0


def test_what_was_typed_stays_when_the_answer_does_not_fit(app, now, as_user):
    case = make_case()
    remark = case.says(MORE)
    case.consolidate(now)

    answer = as_user(case.lead).post(f"{section(case)}/{remark.id}", data=sent(remark, "noted", "Ein langer Grund."))

    assert (answer.status_code, "Ein langer Grund." in answer.text) == (422, True)


def test_the_second_of_two_gets_both_decisions(app, now, as_user):
    case = make_case()
    remark = case.says(MORE)
    case.consolidate(now)
    case.decide(remark, "not_followed", now, reason="Zu teuer.")

    answer = as_user(case.lead).post(f"{section(case)}/{remark.id}", data=sent(remark, "followed", "Gut.", seen=0))

    assert answer.status_code == 409
    assert "nicht gefolgt: Zu teuer." in answer.text
    assert "Gut.</textarea>" in answer.text


def test_every_changed_word_is_a_link_to_who_asked_for_it(app, now, as_user):
    case = make_case()
    remark = case.says(MORE, institution=make_institution("Kulturverein Morgenstern"), comment="Zwei reichen nicht.")
    case.consolidate(now)
    lead = as_user(case.lead)
    address = f"/fassungen/{case.working().id}"

    page = lead.get(address).text
    links = re.findall(r'<(ins|del) id="stelle-[^"]*"><a href="([^"]*)"', page)
    assert [kind for kind, _ in links] == ["del", "ins"]
    panel = lead.get(links[1][1].replace("&amp;", "&").split("#")[0]).text

    assert "Eingefügt: „drei“" in panel
    assert "Kulturverein Morgenstern" in panel
    assert "Zwei reichen nicht." in panel
    assert "Vorschlag, noch nicht bestätigt" in panel
    case.decide(remark, "followed", now, reason="Überzeugt.")
    address = f"/fassungen/{case.working().id}"
    link = re.findall(r'<ins id="stelle-[^"]*"><a href="([^"]*)"', lead.get(address).text)[0]
    panel = lead.get(link.split("#")[0]).text
    assert "Vorschlag, noch nicht bestätigt" not in panel
    assert "Überzeugt." in panel


def test_changes_shown_alone_tell_where_each_stands(app, now, as_user):
    case = make_case()
    case.says(MORE)
    case.consolidate(now)
    lead, address = as_user(case.lead), f"/fassungen/{case.working().id}"

    alone, whole = lead.get(f"{address}?nur=aenderungen").text, lead.get(address).text

    assert [text.count("Handlungsziel 1</p>") for text in (alone, whole)] == [1, 0]
    assert [text.count('class="draft-passage is-changed"') for text in (alone, whole)] == [1, 1]


@pytest.mark.parametrize("place", ["1-0", "999999-0", "x", "1-", "-1", "1-999", ""])
def test_an_address_of_a_reason_that_is_gone_says_so(app, now, as_user, place):
    case = make_case()
    case.says("Neu.", wish=Wish.INSERT_AFTER)
    case.consolidate(now)

    page = as_user(case.lead).get(f"/fassungen/{case.base.id}?grund={place}")

    assert (page.status_code, "Diese Stelle hat sich inzwischen geändert" in page.text) == (200, True)


def test_the_redline_shows_what_went_and_what_came_at_its_place_or_only_that(app, now, as_user):
    case = make_case()
    case.says(anchor="bp-2", wish=Wish.DELETE)
    case.says("Ganz neu.", anchor="bp-1", wish=Wish.INSERT_BEFORE)
    case.consolidate(now)
    lead, address = as_user(case.lead), f"/fassungen/{case.working().id}"

    whole = re.findall(r'<div class="draft-passage[^"]*" id="([^"]*)"', lead.get(address).text)
    only = re.findall(r'<div class="draft-passage[^"]*" id="([^"]*)"', lead.get(f"{address}?nur=aenderungen").text)

    assert (whole[1:], only[1:]) == (["bp-1", "bp-1.a", "bp-2", "a2-z1", "a3-z1", HERE], ["bp-2"])
    assert whole[0] == only[0]
    assert whole[0].startswith("neu-")


def test_two_versions_side_by_side(app, now, as_user):
    case = make_case()
    case.says(MORE)
    case.says(anchor="bp-2", wish=Wish.DELETE)
    case.consolidate(now)
    lead, pair = as_user(case.lead), f"alt={case.working().id}&neu={case.base.id}"

    page = lead.get(f"{base_url(case)}/fassungen/vergleich?{pair}").text

    assert "2 Abschnitte sind anders" in page
    assert re.findall(r'<article class="passage" id="([^"]*)"', page) == ["bp-2", HERE]
    whole = lead.get(f"{base_url(case)}/fassungen/vergleich?{pair}&zeigen=alles").text
    assert len(re.findall(r'<article class="passage"', whole)) == 6
    assert lead.get(f"{base_url(case)}/fassungen/vergleich?alt=1").status_code == 404


def test_side_by_side_each_column_reads_as_its_version_does(app, now, as_user):
    case = make_case()
    case.says(MORE)
    case.says("", anchor="bp-2", wish="delete")
    case.consolidate(now)
    old, new = case.base, case.working()
    address = f"{base_url(case)}/fassungen/vergleich?alt={old.id}&neu={new.id}&ansicht=synopse"

    part, whole = (as_user(case.lead).get(address + more).text for more in ("", "&zeigen=alles"))

    rows = re.findall(r'<tr id="([^"]*)">', part)
    assert rows == ["bp-2", HERE]
    assert len(re.findall(r'<tr id="', whole)) == 6
    assert "entfallen" in part
    [here] = re.findall(rf'<tr id="{HERE}">(.*?)</tr>', part, re.S)
    older, newer = (words_in(cell) for cell in re.findall(r"<td[^>]*>(.*?)</td>", here, re.S))
    assert (older, newer) == (LINE, MORE)


def words_in(cell: str) -> str:
    """A cell's text without what only screen readers are told."""
    heard = re.sub(r'<span class="kern-sr-only">.*?</span>', "", cell)
    return re.sub(r"<[^>]*>", "", heard)


def test_issuing_names_what_is_open_and_offers_no_button(app, now, as_user):
    case = make_case()
    case.says(MORE)
    case.consolidate(now)
    lead, address = as_user(case.lead), f"/fassungen/{case.working().id}/herausgeben"

    page = lead.get(address).text
    assert f'href="{section(case)}?entwurf={case.base.draft_id}"' in page
    assert "ändert den Text und ist noch nicht bestätigt" in page
    assert 'name="reference"' not in page
    answer = lead.post(address, data={"reference": "17/1"})
    assert (answer.status_code, case.working().state) == (409, "working")


def test_issuing_with_the_proposed_number_ends_on_the_issued_version(app, now, as_user):
    case = make_case()
    remark = case.says(MORE)
    case.consolidate(now)
    case.decide(remark, "followed", now)
    version = case.working()
    lead, address = as_user(case.lead), f"/fassungen/{version.id}/herausgeben"
    number = re.search(r'name="reference"[^>]*value="([^"]*)"', lead.get(address).text)[1]
    assert number.endswith("/1")

    answer = lead.post(address, data={"reference": number})

    assert (answer.status_code, answer.location) == (303, f"/fassungen/{version.id}")
    page = lead.get(f"/fassungen/{version.id}").text
    assert f"als Drucksache {number}" in page
    assert lead.get(address).status_code == 303
    assert number in lead.get(f"{base_url(case)}/fassungen").text


def test_a_number_that_is_taken_is_said_at_the_field(app, now, as_user):
    case = make_case()
    remark = case.says(MORE)
    case.consolidate(now)
    case.decide(remark, "followed", now)
    taken = redlines.papers_of([case.base.id])[case.base.id].reference

    answer = as_user(case.lead).post(f"/fassungen/{case.working().id}/herausgeben", data={"reference": taken})

    assert (answer.status_code, "schon vergeben" in answer.text, taken in answer.text) == (422, True, True)


def test_a_statement_shows_what_holds_for_each_remark_whoever_it_was_decided_on(app, now, as_user):
    case = make_case()
    first, second = case.says(MORE), case.says(MORE)
    case.consolidate(now)
    case.decide(first, "not_followed", now, reason="Zu teuer.")

    page = as_user(case.lead).get(f"{workbench(case)}/stellungnahmen/{second.statement_id}").text

    assert "Zu teuer." in page


def test_the_number_of_queries_does_not_grow_with_the_remarks(app, now, as_user, count_queries):
    few, many = make_case(), make_case()
    for case, times in ((few, 2), (many, 12)):
        case.says(MORE), case.says(MORE)
        for number in range(times):
            case.says(f"Jede Schule bietet {number} Kurse an.")
            case.says(wish=Wish.NONE, comment=f"Anmerkung {number}.")
        case.body_says("Nach Bedarf.")
        case.consolidate(now)

    def counted(case: Case) -> list[int]:
        lead, figures = as_user(case.lead), []
        for page in pages_of(case):
            with count_queries() as seen:
                assert lead.get(page).status_code == 200
            figures.append(len(seen))
        return figures

    assert counted(few) == counted(many)
    assert max(counted(many)) <= 20


def test_a_body_stands_behind_its_words_with_its_vote_and_is_not_counted(app, now, as_user):
    case = make_case()
    case.says(MORE)
    body = case.body_says(MORE, name="Jugendhilfeausschuss")
    item = Consultation.agenda_item_id == body.agenda_item_id
    save(
        Result(
            consultation_id=db.session.scalars(select(Consultation.id).where(item)).one(),
            key=uuid4(),
            outcome="recommended_amended",
            votes_yes=8,
            votes_no=5,
            recorded_by_id=case.lead.id,
            recorded_at=now,
        )
    )
    case.consolidate(now)
    case.decide(body, "followed", now)
    lead = as_user(case.lead)
    link = re.findall(r'<ins id="stelle-[^"]*"><a href="([^"#]*)', lead.get(f"/fassungen/{case.working().id}").text)[0]

    panel = lead.get(link).text

    assert "<p>1 Institution</p>" in panel
    assert re.search("Jugendhilfeausschuss, Mi., 12.06.2030: mit Änderungen empfohlen, .*8 Ja.*5 Nein", panel)
    assert ">bestätigt<" in panel


def test_each_draft_of_a_procedure_has_its_own_workbench(app, now, as_user):
    case, foreign = make_case(), make_case()
    other = make_draft(case.procedure, title="Langes Konzept", position=2)
    make_version(other, [("k-1", "paragraph", None, None, "Ein langer Text.")])
    lead = as_user(case.lead)

    assert "Langes Konzept</a>" in lead.get(workbench(case)).text
    assert lead.get(f"{workbench(case)}/k-1?entwurf={other.id}").status_code == 200
    assert lead.get(f"{workbench(case)}/k-1").status_code == 404
    assert lead.get(f"{workbench(case)}?entwurf={foreign.base.draft_id}").status_code == 404
    answer = lead.post(f"{workbench(case)}?entwurf={other.id}")
    assert answer.location == f"{workbench(case)}?entwurf={other.id}"
    assert queries.newest_run(other.id).state == "queued"
    assert queries.newest_run(case.base.draft_id) is None


def test_coming_back_to_the_address_of_a_decision_shows_the_section(app, now, as_user):
    case = make_case()
    remark = case.says(MORE)

    answer = as_user(case.lead).get(f"{section(case)}/{remark.id}")

    assert (answer.status_code, answer.location) == (303, section(case))

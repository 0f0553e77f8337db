"""The Beratungsfolge as a picture and on paper: each state has its shape and its words, and a page costs few queries."""

from __future__ import annotations

import re
import uuid
from datetime import date, timedelta

import pytest

from ikb.accounts.model import Role
from ikb.core.results import Outcome
from ikb.deliberations.model import Result
from ikb.deliberations.picture import SHAPES, Drawn, picture, shape_of, words_of
from tests.factories import MADE_AT, make_consultation, make_organization, make_procedure, make_user, save

TODAY = date(2030, 6, 3)


@pytest.mark.parametrize(
    ("held_on", "state", "outcome", "shape", "words"),
    [
        (date(2030, 6, 2), "recorded", "recommended", "agreed", "02.06. empfohlen"),
        (date(2030, 6, 2), "recorded", "recommended_amended", "amended", "02.06. mit Änderungen empfohlen"),
        (date(2030, 6, 2), "confirmed", "adopted_amended", "amended", "02.06. geändert beschlossen"),
        (date(2030, 6, 2), "recorded", "rejected", "rejected", "02.06. abgelehnt"),
        (date(2030, 6, 2), "recorded", "noted", "noted", "02.06. zur Kenntnis genommen"),
        (date(2030, 6, 2), "recorded", "postponed", "again", "02.06. vertagt"),
        (date(2030, 6, 2), "recorded", "postponed_to_next", "noted", "02.06. vertagt in das Folgegremium"),
        (date(2030, 6, 2), "removed", "removed", "again", "02.06. von der Tagesordnung abgesetzt"),
        (date(2030, 6, 2), "skipped", None, "skipped", "02.06. ausgelassen"),
        (date(2030, 6, 2), "invited", None, "missing", "02.06. Ergebnis fehlt"),
        (date(2030, 6, 3), "invited", None, "invited", "03.06. eingeladen"),
        (date(2030, 6, 3), "scheduled", None, "open", "03.06. terminiert"),
        (None, "planned", None, "open", "Tag offen, vorgesehen"),
    ],
)
def test_a_step_has_a_shape_and_words(held_on, state, outcome, shape, words):
    step = Drawn("Rat", held_on, state, outcome)

    assert (shape_of(step, TODAY), words_of(step, TODAY)) == (shape, words)


@pytest.mark.parametrize("outcome", list(Outcome))
def test_every_outcome_has_a_shape_that_the_legend_explains(outcome):
    assert shape_of(Drawn("Rat", TODAY, "recorded", outcome), TODAY) in SHAPES


def test_public_holidays_are_shaded():
    shades = picture([Drawn("Rat", date(2030, 6, 12), "scheduled", None)], TODAY).shades

    assert [shade.name for shade in shades] == ["Christi Himmelfahrt", "Pfingstmontag"]


def test_steps_without_a_day_make_no_picture():
    assert picture([Drawn("Rat", None, "planned", None)], TODAY) is None


def with_result(step, outcome, **values):
    save(
        Result(
            consultation_id=step.id,
            key=uuid.uuid4(),
            outcome=outcome,
            recorded_by_id=make_user().id,
            recorded_at=MADE_AT,
            **values,
        )
    )
    return step


def test_the_page_draws_what_its_table_says(as_user, lead):
    procedure = make_procedure([lead])
    with_result(make_consultation(procedure, make_organization("Seniorenrat"), date(2030, 5, 20)), "recommended")
    make_consultation(procedure, make_organization("Kulturausschuss"), date(2030, 5, 27))
    make_consultation(procedure, make_organization("Rat"), date(2030, 6, 12))

    page = as_user(lead).get(f"/verfahren/{procedure.id}/beratungsfolge").text

    drawing = page[page.index("<svg") : page.index("</figure>")]
    assert re.findall(r'class="tl-words[^"]*"[^>]*>([^<]+)', drawing) == [
        "20.05. empfohlen",
        "27.05. Ergebnis fehlt",
        "12.06. terminiert",
    ]
    assert "heute" in drawing
    assert 'role="img"' in drawing
    assert "kommt wieder" not in drawing  # the legend names only what is there


def test_on_paper_it_has_the_four_columns_of_the_towns_papers(as_user, lead):
    procedure = make_procedure([lead], file_reference="500.1-INT")
    step = make_consultation(procedure, make_organization("Seniorenrat"), date(2030, 5, 20))
    with_result(step, "recommended", votes_yes=14, votes_no=0, abstentions=1)

    page = as_user(lead).get(f"/verfahren/{procedure.id}/beratungsfolge/drucken").text

    assert re.findall(r'<th scope="col">([^<]+)', page) == ["Gremium", "Sitzung am", "Beratung", "Ergebnis"]
    assert "empfohlen, einstimmig bei 1 Enthaltung (vorläufig)" in page
    assert "20.05.2030" in page
    assert "noch nicht vergeben" in page


def test_a_secretary_of_another_committee_sees_neither(as_user, lead):
    procedure = make_procedure([lead])
    make_consultation(procedure)
    stranger = make_user([Role.SECRETARY])
    make_organization(clerks=[stranger])

    for path in ("beratungsfolge", "beratungsfolge/drucken"):
        assert as_user(stranger).get(f"/verfahren/{procedure.id}/{path}").status_code == 404


def test_22_stations_cost_no_more_queries_than_two(as_user, lead, count_queries):
    procedure = make_procedure([lead])
    browser, counts = as_user(lead), []
    for more in (2, 20):
        for place in range(more):
            with_result(make_consultation(procedure, held_on=date(2030, 6, 1) + timedelta(days=place)), "noted")
        for path in ("beratungsfolge", "beratungsfolge/drucken"):
            with count_queries() as seen:
                assert browser.get(f"/verfahren/{procedure.id}/{path}").status_code == 200
            counts.append(len(seen))

    assert counts[:2] == counts[2:], counts
    assert max(counts) <= 12, [query[-160:] for query in seen]

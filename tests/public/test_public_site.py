"""What everybody may see, and nothing else."""

from __future__ import annotations

import re
import uuid

import pytest

from ikb.db import db, transaction
from ikb.deliberations.model import AgendaItem, Meeting, Result
from tests.factories import (
    MADE_AT,
    make_consultation,
    make_draft,
    make_organization,
    make_paper,
    make_phase,
    make_procedure,
    make_user,
    make_version,
    save,
)


def recorded(consultation, **values):
    given = {
        "consultation_id": consultation.id,
        "key": uuid.uuid4(),
        "outcome": "recommended",
        "recorded_by_id": make_user().id,
        "recorded_at": MADE_AT,
    }
    return save(Result(**(given | values)))


def test_the_start_page_shows_public_procedures_only(client, app):
    make_procedure(title="Ein offenes Vorhaben")
    make_procedure(title="Noch nicht reif", is_public=False)

    page = client.get("/").text

    assert "Ein offenes Vorhaben" in page
    assert "Noch nicht reif" not in page


def test_headings_of_the_start_page_leave_no_level_out(client, app):
    make_procedure(title="Ein offenes Vorhaben")

    levels = re.findall(r"<h(\d)", client.get("/").text)

    assert levels == ["1", "2"]


def test_a_start_page_without_procedures_says_so(client, app):
    assert "Zurzeit ist kein Vorhaben öffentlich" in client.get("/").text


def test_a_procedure_that_is_not_public_does_not_exist(client, app):
    procedure = make_procedure(is_public=False)

    assert client.get(f"/vorhaben/{procedure.id}").status_code == 404


def test_a_public_step_shows_day_and_result_and_that_it_is_provisional(client, app):
    step = make_consultation(make_procedure(), make_organization("Kulturausschuss"))
    recorded(step)

    page = client.get(f"/vorhaben/{step.procedure_id}").text

    assert "Kulturausschuss" in page
    assert "12.06.2030" in page
    assert "empfohlen" in page
    assert "vorläufig" in page


def test_of_a_step_behind_closed_doors_no_result_leaves_the_room(client, app):
    step = make_consultation(make_procedure(), make_organization("Kulturausschuss"))
    with transaction():
        db.session.get(AgendaItem, step.agenda_item_id).public = False
    recorded(step, outcome="rejected")

    page = client.get(f"/vorhaben/{step.procedure_id}").text

    assert "nicht öffentlich" in page
    assert "abgelehnt" not in page
    assert "Kulturausschuss" not in client.get("/sitzungstermine").text


def test_dates_show_what_comes_and_leave_out_what_was_cancelled(client, app):
    procedure = make_procedure()
    make_consultation(procedure, make_organization("Kulturausschuss"))
    gone = make_consultation(procedure, make_organization("Sportausschuss"))
    with transaction():
        db.session.get(Meeting, gone.agenda_item.meeting_id).cancelled = True

    page = client.get("/sitzungstermine").text

    assert "Kulturausschuss" in page
    assert "Sportausschuss" not in page


@pytest.mark.parametrize("issued", [True, False])
def test_only_issued_versions_are_shown(client, app, issued):
    procedure = make_procedure()
    version = make_version(make_draft(procedure), issued=issued)
    make_paper(version, procedure)

    assert (client.get(f"/vorhaben/fassung/{version.id}").status_code == 200) is issued
    assert (f"Fassung {version.number}" in client.get(f"/vorhaben/{procedure.id}").text) is issued


def test_a_version_reads_as_its_paper_headings_numbers_and_lists(client, app):
    lines = (
        ("a", "heading", None, None, "Ziele"),
        ("b", "heading", None, "a", "Schule"),
        ("c", "point", "2", "b", "Mehr."),
    )
    version = make_version(make_draft(procedure := make_procedure()), (*lines, ("d", "bullet", None, "c", "Kurse")))
    make_paper(version, procedure)

    page = re.sub("<span[^>]*>|</span>", "", client.get(f"/vorhaben/fassung/{version.id}").text)

    for line in (
        '<h2 class="draft-line draft-heading">Ziele</h2>',
        '<h3 class="draft-line draft-heading">Schule</h3>',
        '<p class="draft-line draft-point">2. Mehr.</p>',
        '<p class="draft-line draft-bullet">Kurse</p>',
    ):
        assert line in page


def test_an_open_phase_names_its_last_day(client, app):
    phase = make_phase()

    assert "Freitag, 28. Juni 2030, 24 Uhr" in client.get(f"/vorhaben/{phase.procedure_id}").text


@pytest.mark.parametrize("path", ["/hilfe", "/anmelden", "/sitzungstermine", "/"])
def test_public_pages_answer(client, app, path):
    assert client.get(path).status_code == 200


def test_a_procedure_costs_the_same_few_queries_with_two_steps_and_with_twenty(client, app, count_queries):
    procedure = make_procedure()
    counts = []
    for number in (2, 18):
        for _ in range(number):
            recorded(make_consultation(procedure))
        with count_queries() as seen:
            client.get(f"/vorhaben/{procedure.id}")
        counts.append(len(seen))

    assert counts[0] == counts[1] <= 6

"""The real paper of 2010. Its text is not part of this repository; without it these tests are skipped."""

import re
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from ikb.drafts.importers.paper import read_paper

PAPER = Path(__file__).parents[2].parent / "shared" / "input" / "beschlussvorlage-2010.txt"
pytestmark = pytest.mark.skipif(not PAPER.exists(), reason="../shared/input/beschlussvorlage-2010.txt is not here")


@pytest.fixture(scope="module")
def paper():
    return read_paper(PAPER)


def test_it_has_22_consultations_in_21_committees(paper):
    steps = paper.consultations

    assert [step.position for step in steps] == list(range(1, 23))
    assert len({step.organization for step in steps}) == 21
    assert [(step.organization, step.date) for step in steps][:3] == [
        ("Integrationsrat", date(2010, 5, 26)),
        ("Integrationsrat", date(2010, 9, 8)),
        ("Fachbeirat für Mädchenarbeit", date(2010, 5, 14)),
    ]
    assert steps[6].organization == "Schul- u. Sportausschuss"
    assert (steps[21].organization, steps[21].date) == ("Rat der Stadt Bielefeld", date(2010, 9, 23))
    assert {(step.public, step.role, step.result) for step in steps} == {(True, None, None)}


def test_it_has_no_number_and_its_printed_subject(paper):
    assert paper.reference is None
    assert paper.subject == '"Wir fördern Integration!" - Integrationskonzept für Bielefeld'


def test_it_has_4_points_16_goals_16_objectives_and_58_measures(paper):
    kinds = Counter(section.kind for section in paper.sections)

    assert {kind: kinds[kind] for kind in ("point", "goal", "objective", "measure")} == {
        "point": 4,
        "goal": 16,
        "objective": 16,
        "measure": 58,
    }


def test_its_first_point_has_four_bullets_and_its_first_annex_eight_steps(paper):
    bullets = Counter(section.parent for section in paper.sections if section.kind == "bullet")

    assert bullets["bp-1"] == 4
    assert bullets["a1-umsetzungsschritte"] == 8
    assert bullets["a3-z13"] == 2


def test_its_nine_fields_hold_the_rows_printed_below_them(paper):
    rows = Counter(section.parent for section in paper.sections if section.kind == "objective")
    fields = [section for section in paper.sections if section.parent == "a3"]

    assert [rows[field.anchor] for field in fields] == [3, 1, 1, 1, 1, 1, 1, 2, 5]
    assert [fields[0].text, fields[8].text] == ["Elementarbereich", "Behörden, öffentliche Institutionen, Träger"]


def test_each_objective_has_the_measures_printed_beside_it(paper):
    measures = Counter(section.parent for section in paper.sections if section.kind == "measure")

    assert [measures[f"a3-z{row}"] for row in range(1, 17)] == [4, 4, 4, 4, 4, 4, 4, 4, 1, 4, 4, 4, 4, 4, 1, 4]


def test_no_word_is_left_broken_and_no_real_hyphen_is_lost(paper):
    text = " ".join(section.text for section in paper.sections)
    between_small_letters = re.findall(r"[a-zäöüß]+-[a-zäöüß]+", text)
    before_a_space = set(re.findall(r"\w- (\w+)", text))

    assert between_small_letters == ["politisch-rechtliche"]
    assert before_a_space == {"und", "bzw"}
    for healed in (
        "gleichberechtigt",
        "Anlage 1",
        "fortlaufenden",
        "Aushandlungsprozess",
        "Integrationspolitik, -förderung",
    ):
        assert healed in text
    for real in ("(Fach- bzw. Arbeits-)", "–arbeit", "inner- und außerhalb", "Oberziel-Ebene", "Nordrhein-Westfalen"):
        assert real in text


def test_every_word_of_it_is_read_or_named_in_a_warning(paper):
    source = PAPER.read_text(encoding="utf-8").split("Beschlussvorschlag:", 1)[1]
    source = re.sub(r"<[^>]+>", " ", source)
    text = " ".join(section.text for section in paper.sections)
    read = Counter(re.sub(r"[\W\d_]+", "", text).casefold())
    printed = Counter(re.sub(r"[\W\d_]+", "", source).casefold())

    unread = sum((printed - read).values())
    notes = [line for line in source.splitlines() if line.startswith(("Oberbürgermeister", "Wenn die", "Lfd. Nr."))]
    assert len(notes) == 3
    assert (read - printed).total() <= len("Beschlussvorschlag")
    assert unread <= len("".join(notes))


def test_what_was_not_read_or_concluded_is_named_with_its_line(paper):
    assert [warning.line for warning in paper.warnings] == [99, 101, 103, 130]

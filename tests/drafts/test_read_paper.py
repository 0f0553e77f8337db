"""Whole papers: a fictional town's long one with every quirk, a council system's short one, and broken ones."""

import json
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from ikb.drafts.importers.paper import read_paper
from ikb.drafts.importers.parsed import NotAPaper

FIXTURES = Path(__file__).parent / "fixtures"


@pytest.fixture(scope="module")
def auenstadt():
    return read_paper(FIXTURES / "auenstadt.txt")


@pytest.fixture(scope="module")
def wiesenau():
    return read_paper(FIXTURES / "wiesenau.txt")


def texts(paper) -> dict[str, str]:
    return {section.anchor: section.text for section in paper.sections}


def children(paper, parent: str) -> list[str]:
    return [section.anchor for section in paper.sections if section.parent == parent]


def test_the_table_is_read_in_printed_order_with_names_carried_down(auenstadt):
    steps = [(step.position, step.organization, step.date, step.public) for step in auenstadt.consultations]

    assert steps == [
        (1, "Seniorenbeirat", date(2015, 3, 4), True),
        (2, "Seniorenbeirat", date(2015, 5, 13), True),
        (3, "Jugendrat", date(2015, 2, 25), True),
        (4, "Kultur- u. Sportausschuss", date(2015, 3, 18), True),
        (5, "Bezirksvertretung Auenstadt-Nord", date(2015, 4, 15), True),
        (6, "Bezirksvertretung Hafen", date(2015, 4, 15), False),
        (7, "Haupt- und Finanzausschuss", None, None),
        (8, "Rat der Stadt Auenstadt", date(2015, 5, 28), True),
    ]


def test_subject_is_kept_as_printed_and_a_missing_number_stays_missing(auenstadt):
    assert auenstadt.subject == '"Auenstadt liest!" - Lesekonzept für alle Stadtteile'
    assert auenstadt.reference is None


def test_points_hold_their_further_paragraphs_and_bullets(auenstadt):
    assert [s.anchor for s in auenstadt.sections if s.kind == "point"] == ["bp-1", "bp-2", "bp-3", "bp-4"]
    assert children(auenstadt, "bp-1") == ["bp-1.abs2", "bp-1.abs3", "bp-1.a", "bp-1.b"]
    assert texts(auenstadt)["bp-1.b"].endswith(
        "in einem wiederkehrenden Verfahren von Vorschlag, Prüfung und Beschluss abgestimmt und weitergeführt werden."
    )
    assert "(gesamt-)städtische Aufgabe, die inner- und außerhalb der Büchereien" in texts(auenstadt)["bp-1.a"]
    assert texts(auenstadt)["bp-2"].endswith("(Anlage 1).")


def test_reasons_keep_numbers_bullets_and_rows_below_what_introduces_them(auenstadt):
    assert children(auenstadt, "bg") == [f"bg-{number}" for number in range(1, 7)]
    assert children(auenstadt, "bg-2.a") == ["bg-2.a.t1", "bg-2.a.t2"]
    assert texts(auenstadt)["bg-2.a.t1"] == "Treffen"
    assert texts(auenstadt)["bg-2.a.t1.b"] == "Werkstätten in den Stadtteilen. Anzahl: 4"
    assert [s.number for s in auenstadt.sections if s.anchor in ("bg-4", "bg-5")] == ["1", "2"]
    assert texts(auenstadt)["bg-6.a"].startswith("1. Schritt – Sammlung –:")


def test_annexes_without_their_number_are_found_and_said(auenstadt):
    headings = [(s.anchor, s.number, s.text) for s in auenstadt.sections if s.kind == "heading" and s.parent is None]

    assert headings[2:] == [
        ("a1", None, "Leitbild „Auenstadt - Seite für Seite“"),
        ("a2", None, "Lesepolitische Ziele"),
        ("a3", "3", "Anlage 3"),
    ]
    said = [warning.line for warning in auenstadt.warnings if "steht nicht in der Datei" in warning.text]
    assert said == [64, 79]


def test_annex_1_has_vision_and_steps_without_emphasis_marks(auenstadt):
    assert children(auenstadt, "a1") == ["a1-vision", "a1-naechste"]
    assert len(children(auenstadt, "a1-vision")) == 2
    assert [s.kind for s in auenstadt.sections if s.parent == "a1-naechste"] == ["bullet", "bullet", "paragraph"]
    assert texts(auenstadt)["a1-naechste-1"].endswith(
        "bei Leser*innen für das Vorlesen, auch mit Bürgerinnen- und Bürger-Beratung."
    )


def test_annex_2_is_goals_with_their_printed_numbers(auenstadt):
    goals = [(s.anchor, s.number) for s in auenstadt.sections if s.kind == "goal"]

    assert goals == [("a2-z1", "1"), ("a2-z2", "2"), ("a2-z3", "3")]


def test_a_blank_field_cell_continues_the_field_above(auenstadt):
    assert {s.text: children(auenstadt, s.anchor) for s in auenstadt.sections if s.parent == "a3"} == {
        "Kindergarten": ["a3-z1", "a3-z2"],
        "Schule": ["a3-z3"],
        "Stadtteile": ["a3-z4", "a3-z5"],
    }


def test_measures_cut_by_a_page_break_are_joined(auenstadt):
    measures = [s.text for s in auenstadt.sections if s.kind == "measure"]

    assert len(measures) == 10
    assert "Ausweitung des Netzes der offenen Bücherschränke (auch in Parks)." in measures
    assert "Förderung der politisch-historischen Lektüre und der Stadtgeschichte." in measures


def test_a_dash_that_the_paper_prints_elsewhere_begins_no_bullet(auenstadt):
    assert [(s.anchor, s.text) for s in auenstadt.sections if s.parent == "a3-z4" and s.kind == "bullet"] == [
        ("a3-z4.a", "Stadt - Freie Träger, Leser*innenkreise"),
        ("a3-z4.b", "Vereine untereinander"),
    ]


def test_signature_and_form_note_are_named_with_their_lines(auenstadt):
    assert [warning.line for warning in auenstadt.warnings] == [60, 62, 64, 79]


def test_anchors_are_unique_and_every_parent_comes_before_its_children(auenstadt):
    seen: set[str] = set()
    for section in auenstadt.sections:
        assert section.anchor not in seen
        assert section.parent is None or section.parent in seen
        assert section.text
        seen.add(section.anchor)


def test_the_same_paper_has_the_same_anchors_in_every_encoding(auenstadt):
    source = (FIXTURES / "auenstadt.txt").read_text(encoding="utf-8")

    assert read_paper(source.replace("\n", "\r\n").encode("utf-16")) == auenstadt


def test_json_has_exactly_the_promised_shape(auenstadt):
    paper = json.loads(json.dumps(auenstadt.to_json()))

    assert list(paper) == ["reference", "subject", "consultations", "sections", "warnings"]
    assert paper["consultations"][0] == {
        "position": 1,
        "organization": "Seniorenbeirat",
        "date": "2015-03-04",
        "public": True,
        "role": None,
        "result": None,
    }
    assert paper["consultations"][6]["date"] is None
    assert {tuple(section) for section in paper["sections"]} == {("anchor", "kind", "number", "parent", "text")}
    assert {tuple(warning) for warning in paper["warnings"]} == {("line", "text")}


def test_a_council_systems_paper_gives_number_subject_roles_and_results(wiesenau):
    assert wiesenau.reference == "0417/2020-2025"
    assert wiesenau.subject == "Verkehrsberuhigung rund um die Grundschule Am Bach"
    assert [(s.organization, s.role, s.result) for s in wiesenau.consultations][1:] == [
        ("Ausschuss für Verkehr, Umwelt und Klima", "Vorberatung", "mehrheitlich empfohlen"),
        ("Ausschuss für Verkehr, Umwelt und Klima", "Vorberatung", None),
        ("Rat der Stadt Wiesenau", "Entscheidung", None),
    ]


def test_wrapped_lines_are_one_passage_and_a_date_begins_no_point(wiesenau):
    assert texts(wiesenau)["bp-2"] == "Die Verwaltung berichtet bis zum 31. Dezember 2023 über die Wirkung."
    assert texts(wiesenau)["bg-1"].endswith("Die Elternbeirats-Umfrage vom Herbst bestätigt das.")
    assert Counter(s.kind for s in wiesenau.sections)["point"] == 2


def test_parts_that_are_not_read_are_named(wiesenau):
    said = " ".join(warning.text for warning in wiesenau.warnings)

    assert "Finanzielle Auswirkungen" in said
    assert "Anlage 1 Lageplan" in said
    assert "Stadt Wiesenau" in said


def test_faults_inside_a_paper_are_warnings_in_the_order_of_lines():
    paper = read_paper(FIXTURES / "mit-fehlern.txt")

    assert [warning.line for warning in paper.warnings] == [2, 3, 4, 5, 7, 16, 22, 23]
    assert [s.anchor for s in paper.sections if s.kind == "point"] == ["bp-1", "bp-3"]


@pytest.mark.parametrize(
    ("name", "missing"),
    [
        ("einkaufszettel.txt", ["Gegenstand der Vorlage fehlt", "Beschlussvorschlag fehlt", "Beratungsfolge fehlt"]),
        ("ohne-beschluss.txt", ["Zeile 6: Der Beschlussvorschlag fehlt"]),
        ("gibt-es-nicht.txt", ["„gibt-es-nicht.txt“ gibt es nicht"]),
        ("", ["ist ein Ordner"]),
    ],
)
def test_a_file_that_is_no_paper_is_refused_with_one_reason_per_fault(name, missing):
    with pytest.raises(NotAPaper) as refusal:
        read_paper(FIXTURES / name)

    assert len(refusal.value.reasons) == len(missing)
    assert all(part in reason for part, reason in zip(missing, refusal.value.reasons, strict=True))


@pytest.mark.parametrize(
    ("head", "reference"),
    [
        ("Drucksachennummer: 4400/2020-2025", "4400/2020-2025"),
        ("Drucksachen-Nr.\t2424/2014-2020", "2424/2014-2020"),
        ("Drucksache Nr. 16051-09-E1", "16051-09-E1"),
        ("Vorlage Nr. V/0716/2023/1", "V/0716/2023/1"),
        ("Vorlagen-Nr.: IX/416/1", "IX/416/1"),
        ("Beschlussvorlage 0815/2024", "0815/2024"),
        ("Drucksachen-Nr.:\n\n4400/2020-2025", "4400/2020-2025"),
        ("**Drucksache:** 12/2024", "12/2024"),
        ("Drucksachen-Nr.: ______", None),
        ("Beschlussvorlage der Verwaltung", None),
        ("Vorlage vom 12.03.2024", None),
    ],
)
def test_the_papers_number_is_read_from_its_head(head, reference):
    body = "Betreff: Brücke\nBeschlussvorschlag:\n1. Sie wird saniert.\nBegründung:\nVgl. Drucksache Nr. 1/1999.\n"

    assert read_paper(f"{head}\n\n{body}".encode()).reference == reference


def test_a_resolution_without_numbers_is_one_point():
    paper = read_paper("Betreff: Brücke\nBeschluss: Die Brücke wird saniert.\n\nDie Kosten trägt der Kreis.\n".encode())

    assert [(s.anchor, s.kind, s.number) for s in paper.sections] == [
        ("bp", "heading", None),
        ("bp-1", "point", None),
        ("bp-1.abs2", "paragraph", None),
    ]
    assert any("Die Begründung fehlt" in warning.text for warning in paper.warnings)


def test_points_numbered_twice_keep_distinct_anchors():
    paper = read_paper(
        "Betreff: Brücke\nBeschlussvorschlag:\n\n1. Eins.\n\n1. Noch eins.\n\nBegründung:\nDarum.\n".encode()
    )

    assert [s.anchor for s in paper.sections if s.kind == "point"] == ["bp-1", "bp-1~2"]

"""The table of fields, objectives and measures, with what page breaks and converters do to it."""

import pytest

from ikb.drafts.importers.paper import read_paper

HEAD = "Nr.\tHandlungsfeld\tZiel\tMaßnahmen"


def read(*rows: str, head: str = HEAD):
    table = "\n".join([head, *rows])
    return read_paper(
        f"Betreff: Brücken\nBeschlussvorschlag:\n1. Anlage 1 gilt.\nBegründung:\nDarum.\n\nAnlage 1\n\n{table}\n".encode()
    )


def measures(paper) -> list[str]:
    return [section.text for section in paper.sections if section.kind == "measure"]


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("○ Eins. ○ Zwei.", ["Eins.", "Zwei."]),
        ("<ul><li>Eins.</li><li>Zwei.</li></ul>", ["Eins.", "Zwei."]),
        ("<p>Eins</p><ul><li>Zwei.</li></ul>", ["Eins", "Zwei."]),
        ("- Eins. - Zwei.", ["Eins.", "Zwei."]),
        ("• Eins &amp; mehr.<br>• Zwei.", ["Eins & mehr.", "Zwei."]),
        ("Eins – ohne Zeichen.", ["Eins – ohne Zeichen."]),
        ("○ <b>Eins</b> *kursiv*. ○ Zwei <3.", ["Eins kursiv.", "Zwei <3."]),
        ("", []),
    ],
)
def test_a_cell_gives_its_measures(cell, expected):
    assert measures(read(f"1\tWege\tBrücken\t{cell}")) == expected


@pytest.mark.parametrize(
    ("rest", "expected"),
    [
        ("\t\t\tund Stege. ○ Zwei.", ["Eins und Stege.", "Zwei."]),
        ("\n\t\t\t<p>und Stege.</p> <ul> ○ Zwei.", ["Eins und Stege.", "Zwei."]),
        ("\n\t\t\t○ Zwei.", ["Eins", "Zwei."]),
        ("\nNr.\tHandlungsfeld\tZiel\tMaßnahmen\n\t\t\tund Stege.", ["Eins und Stege."]),
        ("und Stege.", ["Eins und Stege."]),
        ("\n○ Zwei.", ["Eins", "Zwei."]),
    ],
)
def test_a_cell_cut_by_a_page_break_goes_on(rest, expected):
    assert measures(read("1\tWege\tBrücken\t○ Eins", rest)) == expected


def test_field_and_objective_cut_by_a_page_break_are_joined():
    paper = read("1\tWege und\tMehr Brü-\t○ Eins.", "\tPlätze\tcken\t○ Zwei.")

    assert [(s.kind, s.text) for s in paper.sections][-4:] == [
        ("heading", "Wege und Plätze"),
        ("objective", "Mehr Brücken"),
        ("measure", "Eins."),
        ("measure", "Zwei."),
    ]


def test_a_row_that_lost_its_number_is_a_row_with_a_warning():
    paper = read("1\tWege\tBrücken\t○ Eins.", "\tParks\tBäume\t○ Zwei.")

    assert [s.text for s in paper.sections if s.kind == "objective"] == ["Brücken", "Bäume"]
    assert any("keine laufende Nummer" in warning.text for warning in paper.warnings)


def test_what_the_table_lacks_or_adds_is_said():
    paper = read("1\tWege\tBrücken\t\tAmt 66", "2\t\t\t○ Eins.", head=f"{HEAD}\tZuständig")

    said = " ".join(warning.text for warning in paper.warnings)
    assert "Die Spalte „Zuständig“ der Tabelle wurde nicht gelesen." in said
    assert "steht keine Maßnahme" in said
    assert "fehlt das Ziel" in said


def test_text_below_the_table_stays_in_the_annex():
    paper = read("1\tWege\tBrücken\t○ Eins.", "", "Die Reihenfolge sagt nichts über den Rang.")

    last = paper.sections[-1]
    assert (last.anchor, last.kind, last.parent) == ("a1-1", "paragraph", "a1")

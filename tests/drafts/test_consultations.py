"""The Beratungsfolge in the layouts that towns print."""

from datetime import date

import pytest

from ikb.drafts.importers.paper import read_paper

BODY = "\n\nBetreff: Ein neuer Weg\n\nBeschlussvorschlag:\n1. Der Weg wird gebaut.\n\nBegründung:\nEr fehlt.\n"


def read(sequence: str):
    return read_paper((sequence + BODY).encode())


def rows(sequence: str):
    return [(c.organization, c.date, c.public, c.role, c.result) for c in read(sequence).consultations]


SOCIAL = (
    "Ausschuss für Soziales, Wohnen und Gesundheit",
    date(2022, 3, 2),
    None,
    "Vorberatung",
    "ungeändert beschlossen",
)
COUNCIL = ("Rat der Stadt", None, None, "Entscheidung", None)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (
            "Ausschuss für Soziales, Wohnen und Gesundheit, Vorberatung, 02.03.2022, ungeändert beschlossen",
            "Rat der Stadt, Entscheidung",
        ),
        (
            "02.03.2022\tAusschuss für Soziales, Wohnen und Gesundheit\tVorberatung\tungeändert beschlossen",
            "\tRat der Stadt\tEntscheidung",
        ),
        (
            "1. Ausschuss für Soziales, Wohnen und Gesundheit (Vorberatung) am 02.03.2022: ungeändert beschlossen",
            "2. Rat der Stadt (Entscheidung)",
        ),
        (
            "Mi, 02.03.2022  Ausschuss für Soziales, Wohnen und Gesundheit  Vorberatung  ungeändert beschlossen",
            "Rat der Stadt  Entscheidung",
        ),
        (
            "- Ausschuss für Soziales, Wohnen und Gesundheit – Vorberatung – 2. März 2022 – ungeändert beschlossen",
            "- Rat der Stadt – Entscheidung",
        ),
        (
            "| Ausschuss für Soziales, Wohnen und Gesundheit | Vorberatung | 2022-03-02 | ungeändert beschlossen |",
            "| Rat der Stadt | Entscheidung | | |",
        ),
        (
            "Ausschuss für Soziales, Wohnen und Gesundheit; 02.03.22; Vorberatung; ungeändert beschlossen",
            "Rat der Stadt; noch offen; Entscheidung",
        ),
        (
            "2. März 2022: Ausschuss für Soziales, Wohnen und Gesundheit (Vorberatung), ungeändert beschlossen",
            "Rat der Stadt: Entscheidung",
        ),
        (
            "02.03.2022 Ausschuss für Soziales, Wohnen und Gesundheit Vorberatung ungeändert beschlossen",
            "Rat der Stadt Entscheidung",
        ),
        (
            "Ausschuss für Soziales, Wohnen und Gesundheit\n  02.03.2022, 17:00 Uhr  Vorberatung  ungeändert beschlossen",
            "Rat der Stadt\n  Entscheidung",
        ),
    ],
)
def test_every_usual_line_of_a_council_system_is_taken_apart(first, second):
    assert rows(f"Beratungsfolge:\n{first}\n{second}\n") == [SOCIAL, COUNCIL]


@pytest.mark.parametrize(
    "lines",
    [
        [
            "Gremium\tDatum\tZuständigkeit\tErgebnis",
            "Bauausschuss\t02.03.2022\tVorberatung\tvertagt",
            "\t16.03.2022\tVorberatung\t",
            "Rat\t\tEntscheidung\t-",
        ],
        [
            "Beratungsfolge:",
            "",
            "Datum\tGremium\tZuständigkeit\tErgebnis",
            "02.03.2022\tBauausschuss\tVorberatung\tvertagt",
            "16.03.2022\t\tVorberatung",
            "\tRat\tEntscheidung",
        ],
        [
            "| Gremium | Sitzungsdatum | Zuständigkeit | Ergebnis |",
            "|---|---|---|---|",
            "| Bauausschuss | 02.03.2022 | Vorberatung | vertagt |",
            "| | 16.03.2022 | Vorberatung | |",
            "| Rat | | Entscheidung | |",
        ],
        [
            "Gremium  Datum  Zuständigkeit  Ergebnis",
            "Bauausschuss  02.03.2022  Vorberatung  vertagt",
            "  16.03.2022  Vorberatung",
            "Rat  Entscheidung",
        ],
    ],
)
def test_a_table_may_have_its_columns_in_any_order_and_blank_cells(lines):
    assert rows("\n".join(lines)) == [
        ("Bauausschuss", date(2022, 3, 2), None, "Vorberatung", "vertagt"),
        ("Bauausschuss", date(2022, 3, 16), None, "Vorberatung", None),
        ("Rat", None, None, "Entscheidung", None),
    ]


@pytest.mark.parametrize(
    ("cell", "public", "role"),
    [
        ("öffentlich", True, None),
        ("Ö", True, None),
        ("nicht öffentlich", False, None),
        ("nichtöffentlich", False, None),
        ("N", False, None),
        ("", None, None),
        ("öffentlich / Vorberatung", True, "Vorberatung"),
        ("Anhörung", None, "Anhörung"),
    ],
)
def test_the_column_for_publicness_is_read_as_printed(cell, public, role):
    assert rows(f"Gremium\tSitzung am\tBeratung\nRat\t02.03.2022\t{cell}\n") == [
        ("Rat", date(2022, 3, 2), public, role, None)
    ]


@pytest.mark.parametrize(
    ("line", "role", "result"),
    [
        ("Rat, Einbringung (1. Lesung), 02.03.2022", "Einbringung (1. Lesung)", None),
        ("Rat, Entscheidung, 02.03.2022, Kenntnisnahme", "Entscheidung", "Kenntnisnahme"),
        (
            "Rat, Entscheidung, 02.03.2022, beschlossen, Ja: 44, Nein: 22",
            "Entscheidung",
            "beschlossen, Ja: 44, Nein: 22",
        ),
        ("Rat, 02.03.2022, abweichend vom Vorschlag beschlossen", None, "abweichend vom Vorschlag beschlossen"),
    ],
)
def test_role_and_result_stay_as_printed(line, role, result):
    assert rows(f"Beratungsfolge:\n{line}\n") == [("Rat", date(2022, 3, 2), None, role, result)]


def test_a_date_that_is_none_is_left_open_and_named_with_its_line():
    paper = read("Gremium\tSitzung am\nRat\t31.02.2022\nBauausschuss\tKW 12\n")

    assert [step.date for step in paper.consultations] == [None, None]
    assert [(w.line, "nennt keinen Tag" in w.text) for w in paper.warnings] == [(2, True), (3, True)]


def test_a_blank_committee_at_the_very_start_is_not_invented():
    paper = read("Gremium\tSitzung am\n\t02.03.2022\nRat\t03.03.2022\n")

    assert [(step.position, step.organization) for step in paper.consultations] == [(1, "Rat")]
    assert [(w.line, "kein Gremium" in w.text) for w in paper.warnings] == [(2, True)]


def test_a_name_wrapped_to_the_next_line_is_one_committee():
    assert rows("Gremium\tSitzung am\nHaupt- und\t02.03.2022\nFinanzausschuss\t\n") == [
        ("Haupt- und Finanzausschuss", date(2022, 3, 2), None, None, None)
    ]


def test_the_list_ends_where_other_text_begins():
    paper = read("Beratungsfolge:\nRat, 02.03.2022\n\nDiese Vorlage ersetzt eine frühere Fassung.\n")

    assert len(paper.consultations) == 1
    assert [w.line for w in paper.warnings] == [4]


def test_a_paper_without_beratungsfolge_is_read_with_a_warning():
    paper = read("Stadt Wiesenau")

    assert paper.consultations == ()
    assert any("Die Beratungsfolge fehlt" in warning.text for warning in paper.warnings)


def test_an_unknown_column_is_named_once():
    paper = read(
        "Gremium\tSitzung am\tTOP\nRat\t02.03.2022\t5\nGremium\tSitzung am\tTOP\nBauausschuss\t03.03.2022\t6\n"
    )

    assert len(paper.consultations) == 2
    assert [(w.line, "„TOP“" in w.text) for w in paper.warnings] == [(1, True)]

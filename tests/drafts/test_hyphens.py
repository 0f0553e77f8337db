"""A table of broken words and real hyphens; the second column is what a reader should see."""

import pytest

from ikb.drafts.importers.hyphens import Evidence, heal

BROKEN = [
    ("gleichbe-rechtigt", "gleichberechtigt"),
    ("Aus-handlungsprozess", "Aushandlungsprozess"),
    ("Beiträ-ge", "Beiträge"),
    ("(Anla- ge 1)", "(Anlage 1)"),
    ("fortlaufen- den Prozess", "fortlaufenden Prozess"),
    ("Integrati- onspolitik, -förderung", "Integrationspolitik, -förderung"),
    ("im De- tail", "im Detail"),
    ("gesellschaft-liche Aufgabe", "gesellschaftliche Aufgabe"),
    ("nachbar-schaftliche Hilfe", "nachbarschaftliche Hilfe"),
    ("nachhal-tige Wege", "nachhaltige Wege"),
    ("zwanzig-jährige Erfahrung", "zwanzigjährige Erfahrung"),
    ("den- noch", "dennoch"),
    ("Be-tei-ligung", "Beteiligung"),
    ("sozial- pädagogische Hilfe", "sozialpädagogische Hilfe"),
]
REAL = [
    "politisch-rechtliche Integration",
    "öffentlich-rechtlich",
    "politisch-kulturell",
    "Fach- bzw. Arbeits-)Kräften",
    "inner- und außerhalb",
    "Orientierungs- und Handlungsrahmen",
    "Schul- u. Sportausschuss",
    "ein- bis zweimal",
    "Vor- oder Nachteile",
    "Integrationspolitik, -förderung und –arbeit",
    "(gesamt-)gesellschaftliche",
    "Ober-, Teilzielen",
    "Bildungs-, soziale und Arbeitsmarkt-Integration",
    "Nordrhein-Westfalen",
    "Co-Beratung",
    "Dr.-Nr. 2009/3557",
    "Eltern/-teilen",
    "„MiMi“-Projektes",
    "Elternbeirats-…",
    "Stadt - Freie Träger",
    "EU-weit",
    "30-jährige",
    "2008-2010",
    "nicht-öffentliche Sitzung",
    "Schüler-innen",
    "jede-r",
    "x-fach",
    "schwarz-weißes Muster",
    "Know-how und Make-up",
    "von Fall zu Fall up-to-date",
    "www.stadt-auen-land.de und buero@rat-haus.de",
    "Fach-und Regeldienste",
    "Bildungs- Sozial- und Kulturpolitik",
]
BROKEN_AT_A_REAL_HYPHEN = [
    ("Oberziel- Ebene", "Oberziel-Ebene"),
    ("Elternbeirats- Umfrage", "Elternbeirats-Umfrage"),
    ("politisch- rechtliche", "politisch-rechtliche"),
    ("30- jährige", "30-jährige"),
]


def evidence(*texts: str) -> Evidence:
    return Evidence.of(texts)


@pytest.mark.parametrize(("printed", "expected"), BROKEN + BROKEN_AT_A_REAL_HYPHEN)
def test_a_word_broken_by_the_layout_is_joined(printed, expected):
    assert heal(printed, evidence(printed)) == expected


@pytest.mark.parametrize("printed", REAL)
def test_a_real_hyphen_stays(printed):
    assert heal(printed, evidence(printed)) == printed


@pytest.mark.parametrize("printed", [case[0] for case in BROKEN + BROKEN_AT_A_REAL_HYPHEN] + REAL)
def test_healing_twice_changes_nothing_more(printed):
    known = evidence(printed)
    once = heal(printed, known)

    assert heal(once, known) == once


@pytest.mark.parametrize(
    ("printed", "elsewhere", "expected"),
    [
        ("kommunal-politische", "kommunalpolitischer Rahmen", "kommunalpolitische"),
        ("kommunal-politische", "", "kommunal-politische"),
        ("Migrations-hintergrund", "mit Migrationshintergrund", "Migrationshintergrund"),
        ("Neustadt-weit", "in Neustadt", "Neustadt-weit"),
        ("Neustadt-weit", "", "Neustadtweit"),
        ("Integration- eine Aufgabe", "Integration gelingt", "Integration- eine Aufgabe"),
        ("Schul- und Sportamt", "Schule und Amt", "Schul- und Sportamt"),
        ("Sozial- und Bauamt", "soziale Fragen", "Sozial- und Bauamt"),
    ],
)
def test_the_document_itself_is_the_witness(printed, elsewhere, expected):
    assert heal(printed, evidence(printed, elsewhere)) == expected


def test_halves_of_broken_words_are_no_witnesses():
    known = evidence("ein fortlaufen- den Prozess")

    assert not known.has_word("den")
    assert not known.has_word("fortlaufen")

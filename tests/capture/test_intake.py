"""Many statements from one list: all of it or nothing, each fault with row and column."""

from __future__ import annotations

from uuid import uuid4

import pytest
from sqlalchemy import func, select

from ikb.capture import intake
from ikb.db import db, transaction
from ikb.deliveries.model import Delivery
from ikb.errors import Faulty
from ikb.remarks.model import Remark
from ikb.statements.model import Statement
from tests.consolidation.cases import make_case
from tests.factories import make_institution, make_invitation

HEAD = "Institution;Eingegangen am;Art des Eingangs;Antwort;Abschnitt;Haltung;Anmerkung;Vorschlag"


@pytest.fixture
def case(app, wakeups):
    return make_case()


@pytest.fixture
def chor(case):
    return make_invitation(case.phase, make_institution("Chor am Bach", number=7001))


def table(*rows: str) -> bytes:
    return "\n".join([HEAD, *rows]).encode()


def take_in(case, data, now, **how) -> int:
    with transaction():
        return intake.take_in(data, case.phase, how.pop("key", uuid4()), by=case.by, now=now, **how)


def faults(case, now, *rows) -> list[str]:
    with pytest.raises(Faulty) as refusal:
        take_in(case, table(*rows), now)
    return refusal.value.faults


def stored() -> tuple[int, int]:
    return db.session.scalar(select(func.count(Statement.id))), db.session.scalar(select(func.count(Remark.id)))


def test_lines_of_one_day_and_one_way_are_one_statement(case, chor, now):
    data = table(
        "Chor am Bach;03.06.2030;Brief;;Beschlusspunkt 2;Zustimmung;Gut so.;",
        "Chor am Bach;03.06.2030;Brief;;;;Mehr Räume.;",
        "7001;2.6.2030;E-Mail;;Leitziel 1;;;Mehr Sprachförderung in jedem Stadtteil.",
    )

    assert take_in(case, data, now) == 2

    rows = db.session.scalars(select(Statement).order_by(Statement.id)).all()
    assert [(row.channel, len(row.remarks)) for row in rows] == [("letter", 2), ("email", 1)]
    assert [(remark.anchor, remark.comment) for remark in rows[0].remarks] == [
        ("bp-2", "Gut so."),
        (None, "Mehr Räume."),
    ]
    assert rows[1].remarks[0].proposed_text == "Mehr Sprachförderung in jedem Stadtteil."


def test_an_answer_without_remarks(case, chor, now):
    take_in(case, table("Chor am Bach;03.06.2030;;Wir stimmen zu;;;;"), now)

    assert chor.state == "agrees"


def test_receipts_go_out_only_where_that_is_wanted(case, chor, now):
    row = table("Chor am Bach;03.06.2030;;Wir stimmen zu;;;;")
    mails = select(func.count(Delivery.id)).where(Delivery.kind == "statement_receipt")

    take_in(case, row, now)
    assert db.session.scalar(mails) == 0

    take_in(case, row, now, confirms=True)
    assert db.session.scalar(mails) == 1


def test_the_same_form_sent_twice_takes_the_list_in_once(case, chor, now):
    key, data = uuid4(), table("Chor am Bach;03.06.2030;;Wir stimmen zu;;;;")

    take_in(case, data, now, key=key)
    take_in(case, data, now, key=key)

    assert stored()[0] == 1


def test_a_dry_run_stores_nothing(case, chor, now):
    assert take_in(case, table("Chor am Bach;03.06.2030;;;;;Ja.;"), now, dry_run=True) == 1
    assert stored() == (0, 0)


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        (";03.06.2030;;;;;Ja.;", "Zeile 2, Spalte Institution: fehlt."),
        ("Chor;03.06.2030;;;;;Ja.;", "passt auf mehrere Institutionen"),
        ("Ruderverein;03.06.2030;;;;;Ja.;", "ist in dieser Beteiligung nicht eingeladen"),
        ("7001;;;;;;Ja.;", "Spalte Eingegangen am: fehlt."),
        ("7001;33.06.2030;;;;;Ja.;", "Spalte Eingegangen am: „33.06.2030“ ist kein Tag."),
        ("7001;04.06.2030;;;;;Ja.;", "Spalte Eingegangen am: der 04.06.2030 liegt in der Zukunft."),
        ("7001;31.05.2030;;;;;Ja.;", "die Beteiligung begann erst am 01.06.2030."),
        (
            "7001;03.06.2030;Taube;;;;Ja.;",
            "Spalte Art des Eingangs: „Taube“ ist nicht bekannt. Erlaubt sind: Brief, E-Mail",
        ),
        ("7001;03.06.2030;;Vielleicht;;;Ja.;", "Spalte Antwort: „Vielleicht“ ist nicht bekannt."),
        ("7001;03.06.2030;;;Leitziel 99;;Ja.;", "Spalte Abschnitt: „Leitziel 99“ gibt es in dieser Fassung nicht."),
        ("7001;03.06.2030;;;;Jein;Ja.;", "Spalte Haltung: „Jein“ ist nicht bekannt."),
        ("7001;03.06.2030;;;;;;", "Spalte Anmerkung: fehlt."),
        ("7001;03.06.2030;;Wir stimmen zu;;;Ja.;", "und doch steht in der Zeile eine Anmerkung."),
        ("7001;03.06.2030;;;;;;Anders.", "Ein Vorschlag gehört zu einem Abschnitt."),
        ("7001;03.06.2030;;;;;" + "x" * 5_001 + ";", "In Zeile 2 steht eine Zelle mit mehr als 5000 Zeichen."),
    ],
)
def test_each_fault_names_row_and_column_and_nothing_is_stored(case, chor, now, row, fault):
    make_invitation(case.phase, make_institution("Chor am Berg"))

    found = faults(case, now, row, "7001;03.06.2030;;;;;Eine gute Zeile.;")

    assert fault in found[0]
    assert stored() == (0, 0)


def test_one_statement_is_not_two_kinds_of_answer(case, chor, now):
    found = faults(case, now, "7001;03.06.2030;;Wir stimmen zu;;;;", "7001;03.06.2030;;;;;Aber mehr Räume.;")

    assert found == [
        "Zeilen 2 und 3: Eine Stellungnahme kann nicht zugleich Anmerkungen haben und ohne Anmerkungen sein."
    ]


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (b"Name;Anmerkung\nChor;Ja.", "Die Spalte Eingegangen am fehlt."),
        (HEAD.encode(), "Unter der Kopfzeile steht keine Stellungnahme."),
    ],
)
def test_a_list_that_is_none(case, now, data, fault):
    with pytest.raises(Faulty) as refusal:
        take_in(case, data, now)

    assert refusal.value.faults[0].startswith(fault)

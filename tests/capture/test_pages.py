"""The pile and the splitting, as a lead meets them; nobody else does, and everything works without scripts."""

from __future__ import annotations

import io
import re
from html import unescape
from uuid import uuid4

import pytest
from sqlalchemy import select

from ikb.accounts.model import Role
from ikb.capture.model import Letter
from ikb.db import db
from ikb.files import storage
from ikb.remarks.model import Remark
from ikb.statements.model import Statement
from tests.capture.mails import PDF, mail
from tests.consolidation.cases import make_case
from tests.factories import make_institution, make_invitation, make_statement, make_user

TEXT = (
    "Guten Tag,\n\ndie Kurse liegen zu früh. Abends wäre besser.\n\nZu Beschlusspunkt 2: Ja.\n\n"
    "Mit freundlichen Grüßen\nK. Muster"
)


@pytest.fixture
def case(app, wakeups):
    return make_case()


@pytest.fixture
def browser(as_user, case):
    return as_user(case.lead)


@pytest.fixture
def chor(case):
    return make_invitation(case.phase, make_institution("Chor am Bach", email="karla@verein.example.org"))


@pytest.fixture(autouse=True)
def _disk_as_before(app):
    before = set(storage.root().rglob("*"))
    yield
    for path in set(storage.root().rglob("*")) - before:
        if path.is_file():
            path.unlink()


def pile(case) -> str:
    return f"/verfahren/{case.procedure.id}/erfassen"


def lay_down(browser, case, *files, **more):
    data = {"key": str(uuid4()), "files": [(io.BytesIO(content), name) for content, name in files], **more}
    return browser.post(pile(case), data=data, content_type="multipart/form-data")


def letters() -> list[Letter]:
    return list(db.session.scalars(select(Letter).order_by(Letter.id)))


def text_of(answer) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True))).split())


def recorded(browser, case, chor, text=TEXT) -> Letter:
    lay_down(browser, case)
    letter = letters()[-1]
    answer = browser.post(f"{pile(case)}/{letter.id}", data=form(letter, case, text=text))
    assert answer.status_code == 303, text_of(answer)
    db.session.refresh(letter)
    return letter


def form(letter, case, **more) -> dict[str, str]:
    given = {
        "row_version": str(letter.row_version),
        "institution": "Chor am Bach",
        "phase": str(case.phase.id),
        "channel": "letter",
        "received_on": "2030-06-03",
        "answer": "remarks",
    }
    return given | more


def act(browser, case, letter, path, **data):
    db.session.refresh(letter)
    return browser.post(f"{pile(case)}/{letter.id}/{path}", data={"row_version": str(letter.row_version), **data})


def at(letter, words) -> dict[str, str]:
    start = letter.text.index(words)
    return {"start": str(start), "end": str(start + len(words))}


def test_a_mail_lies_on_the_pile_with_its_sender_its_words_and_its_attachments(browser, case, chor):
    message = mail("Bitte bauen Sie eine Rampe.")
    message.add_attachment(PDF, maintype="application", subtype="pdf", filename="Brief.pdf")

    answer = lay_down(browser, case, (bytes(message), "stellungnahme.eml"))

    [letter] = letters()
    assert answer.location.endswith(f"/erfassen/{letter.id}")
    assert [(one.file.name, one.is_original) for one in letter.files] == [
        ("stellungnahme.eml", True),
        ("Brief.pdf", False),
    ]
    page = browser.get(answer.location).get_data(as_text=True)
    assert 'value="Chor am Bach"' in page  # found by the sender's address
    assert 'value="2030-06-03"' in page
    assert "Bitte bauen Sie eine Rampe." in page


def test_several_files_are_one_letter_unless_somebody_says_otherwise(browser, case):
    files = [(PDF, "Seite 1.pdf"), (PDF + b" ", "Seite 2.pdf")]

    lay_down(browser, case, *files)
    lay_down(browser, case, *files, apart="y")

    assert [len(letter.files) for letter in letters()] == [2, 1, 1]


def test_a_file_that_is_refused_is_named_and_the_others_are_taken(browser, case):
    answer = lay_down(browser, case, (PDF, "gut.pdf"), (b"MZ\x90", "virus.pdf"))

    assert len(letters()) == 1
    assert "„virus.pdf“ wurde nicht angenommen." in text_of(browser.get(answer.location))


def test_only_refused_files_leave_the_pile_as_it_was(browser, case):
    answer = lay_down(browser, case, (b"", "leer.pdf"))

    assert answer.status_code == 422
    assert "„leer.pdf“" in text_of(answer)
    assert letters() == []


def test_the_way_from_a_sheet_of_paper_to_remarks_by_forms_alone(browser, case, chor):
    letter = recorded(browser, case, chor)

    page = text_of(browser.get(f"{pile(case)}/{letter.id}/aufteilen"))
    assert "2 Stellen sind noch offen" in page

    act(
        browser,
        case,
        letter,
        "anmerkung",
        **at(letter, "die Kurse liegen zu früh. Abends wäre besser."),
        section="a3-z1-m1",
        stance="support_with_changes",
    )
    second = at(letter, "Zu Beschlusspunkt 2: Ja.")
    assert '<option value="bp-2" selected>' in browser.get(f"{pile(case)}/{letter.id}/aufteilen").get_data(as_text=True)
    act(browser, case, letter, "anmerkung", **second, section="bp-2", stance="support")
    answer = act(browser, case, letter, "fertig")

    assert answer.location.endswith("/erfassen")
    rows = db.session.scalars(select(Remark).order_by(Remark.position)).all()
    assert [(row.anchor, row.stance, row.comment) for row in rows] == [
        ("a3-z1-m1", "support_with_changes", "die Kurse liegen zu früh. Abends wäre besser."),
        ("bp-2", "support", "Zu Beschlusspunkt 2: Ja."),
    ]


def test_what_is_still_open_is_counted_when_somebody_says_it_is_finished(browser, case, chor):
    letter = recorded(browser, case, chor)

    answer = act(browser, case, letter, "fertig")

    assert answer.status_code == 409
    assert "12 Wörter sind noch keiner Anmerkung zugeordnet" in text_of(answer)


def test_every_act_of_splitting_has_a_button(browser, case, chor):
    letter = recorded(browser, case, chor)
    first = at(letter, "die Kurse liegen zu früh.")
    act(browser, case, letter, "anmerkung", **first)
    [made] = db.session.scalars(select(Remark)).all()

    act(browser, case, letter, "anmerkung", **at(letter, "Abends wäre besser."), dazu=str(made.id))
    act(browser, case, letter, f"anmerkung/{made.id}", section="bp-1", wish="delete")
    db.session.refresh(made)
    assert (made.anchor, made.wish, made.comment) == (
        "bp-1",
        "delete",
        "die Kurse liegen zu früh.\n\nAbends wäre besser.",
    )

    act(browser, case, letter, "hoeflichkeit", **at(letter, "Abends wäre besser."))
    act(browser, case, letter, "offen", **at(letter, "Abends wäre besser."))
    act(browser, case, letter, f"anmerkung/{made.id}/zuruecknehmen")
    assert db.session.scalars(select(Remark)).all() == []
    act(browser, case, letter, "text", text="Nur noch ein Satz. Und einer.")
    db.session.refresh(letter)
    act(browser, case, letter, f"teilen/{len('Nur noch ein Satz.')}")
    act(browser, case, letter, f"verbinden/{len('Nur noch ein Satz.')}")
    db.session.refresh(letter)
    assert [part.of(letter.text) for part in letter.as_parts()] == ["Nur noch ein Satz. Und einer."]


def test_the_second_of_two_people_gets_the_new_state_and_overwrites_nothing(browser, case, chor):
    letter = recorded(browser, case, chor)
    seen = letter.row_version
    act(browser, case, letter, "hoeflichkeit", **at(letter, "Zu Beschlusspunkt 2: Ja."))

    answer = browser.post(
        f"{pile(case)}/{letter.id}/hoeflichkeit", data={"row_version": str(seen), **at(letter, "Abends wäre besser.")}
    )

    assert "Jemand anderes hat dieses Schreiben inzwischen weiter aufgeteilt." in text_of(browser.get(answer.location))


def test_an_earlier_statement_asks_what_is_to_count(browser, case, chor):
    earlier = make_statement(chor, [{"comment": "Früher."}])
    lay_down(browser, case)
    letter = letters()[0]

    answer = browser.post(f"{pile(case)}/{letter.id}", data=form(letter, case, text="Neu."))
    assert answer.status_code == 422
    assert "Sagen Sie, was gelten soll." in text_of(answer)

    browser.post(f"{pile(case)}/{letter.id}", data=form(letter, case, text="Neu.", replaces="no"))
    assert earlier.state == "submitted"
    assert len(db.session.scalars(select(Statement)).all()) == 2


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"institution": "Ruderverein"}, "ist in dieser Beteiligung nicht eingeladen"),
        ({"institution": ""}, "Sagen Sie, von wem das Schreiben ist."),
        ({"received_on": ""}, "Geben Sie an, an welchem Tag es eingegangen ist."),
        ({"received_on": "2030-06-04"}, "Dieser Tag liegt in der Zukunft."),
        ({"received_on": "2030-05-01"}, "Die Beteiligung begann am 01.06.2030"),
        ({"received_on": "31.02.2030"}, "Diesen Tag gibt es nicht."),
    ],
)
def test_what_is_wrong_stands_at_its_field_and_nothing_typed_is_lost(browser, case, chor, changes, sentence):
    lay_down(browser, case)
    letter = letters()[0]

    answer = browser.post(f"{pile(case)}/{letter.id}", data=form(letter, case, text="Ein langer Brief.", **changes))

    assert answer.status_code == 422
    assert sentence in text_of(answer)
    assert "Ein langer Brief." in text_of(answer)
    assert db.session.scalars(select(Statement)).all() == []


def test_what_is_no_statement_is_taken_from_the_pile(browser, case):
    lay_down(browser, case, (PDF, "werbung.pdf"))
    letter = letters()[0]

    act(browser, case, letter, "verwerfen")

    assert letters() == []


def test_a_list_is_taken_in_or_each_fault_is_shown(browser, case, chor):
    def send(rows: str):
        data = {"key": str(uuid4()), "phase": str(case.phase.id), "file": (io.BytesIO(rows.encode()), "liste.csv")}
        return browser.post(f"{pile(case)}/liste", data=data, content_type="multipart/form-data")

    bad = send("Institution;Eingegangen am;Anmerkung\nChor am Bach;gestern;Ja.")
    good = send("Institution;Eingegangen am;Anmerkung\nChor am Bach;03.06.2030;Ja.")

    assert "Zeile 2, Spalte Eingegangen am" in text_of(bad)
    assert good.status_code == 303
    assert db.session.scalar(select(Remark.comment)) == "Ja."


def test_another_leads_pile_does_not_exist_and_secretaries_may_not_enter(browser, case, chor, as_user):
    letter = recorded(browser, case, chor)
    pages = [pile(case), f"{pile(case)}/liste", f"{pile(case)}/{letter.id}", f"{pile(case)}/{letter.id}/aufteilen"]

    foreign, secretary = as_user(make_user()), as_user(make_user([Role.SECRETARY]))

    assert {foreign.get(page).status_code for page in pages} == {404}
    assert {secretary.get(page).status_code for page in pages} == {403}


def test_a_long_letter_costs_as_many_questions_as_a_short_one(browser, case, chor, count_queries):
    letter = recorded(browser, case, chor)
    act(browser, case, letter, "text", text="\n\n".join(f"Absatz {number}. Ein Satz." for number in range(150)))
    asked = []
    for numbers in (range(1), range(1, 9)):
        for number in numbers:
            act(browser, case, letter, "anmerkung", **at(letter, f"Absatz {number}."))
        db.session.expire_all()
        with count_queries() as seen:
            browser.get(f"{pile(case)}/{letter.id}/aufteilen")
        asked.append(seen)

    assert len(asked[0]) == len(asked[1]) <= 20

"""Letters to submitters: the form is checked by its fields, in quarantine; each letter says what became of every remark."""

from __future__ import annotations

import io
import zipfile
from uuid import uuid4

import pytest
from docx import Document
from sqlalchemy import delete, func, select

from ikb.bundles import service, shelf, work
from ikb.bundles.model import BundleState
from ikb.consolidation import issuing
from ikb.consolidation.model import AnsweredRemark
from ikb.db import db, transaction
from ikb.errors import Faulty
from ikb.journal.model import JournalEntry
from ikb.reports import answer_letters, word_forms
from ikb.reports.letter_bundles import KIND
from ikb.reports.model import AnswerLetters, WordForm
from ikb.statements.model import Statement
from tests.consolidation.cases import Case, make_case
from tests.core.test_filling import form_of
from tests.factories import make_institution, make_user

MORE = "Jede Schule bietet drei Kurse am Nachmittag an."


@pytest.fixture
def case(app, now) -> Case:
    """Two institutions, one of them without a mailbox; the version that answers them is issued."""
    case = make_case()
    first = case.says(
        MORE,
        comment="Zwei sind zu wenig. {nummer}",
        institution=make_institution("Ältestenrat", sort_key="aeltestenrat"),
    )
    case.says(
        MORE, comment="", institution=make_institution("Brückenverein", email="", address="Weg 1\n12345 Musterau")
    )
    case.consolidate(now)
    case.decide(first, "followed", now, "Das Geld ist da.")
    with transaction():
        issuing.issue(case.working(), "2030/2", by=case.by, now=now)
    return case


def here(case: Case) -> str:
    return f"/verfahren/{case.procedure.id}/ruecklauf/briefe"


def sent(form: bytes, name: str = "brief.docx") -> dict[str, object]:
    return {"key": str(uuid4()), "file": (io.BytesIO(form), name)}


def everything(data: bytes) -> str:
    document = Document(io.BytesIO(data))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


def asked(lead, case: Case, wanted: str, key: str = ""):
    return lead.post(f"{here(case)}/erstellen", data={"key": key or str(uuid4()), "wanted": wanted})


def made(lead, case: Case, wanted: str) -> bytes:
    """What a lead gets who asks for letters and waits for the worker."""
    assert asked(lead, case, wanted).status_code == 303
    assert work.take_up(KIND)
    file = lead.get(f"{here(case)}/datei/{newest().id}")
    data = file.data
    file.close()
    return data


def newest() -> AnswerLetters:
    return db.session.scalars(select(AnswerLetters).order_by(AnswerLetters.id.desc())).first()


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_leads_see_one_letter_then_make_all_of_them(case, as_user):
    lead = as_user(case.lead)
    statement = db.session.scalars(select(Statement).order_by(Statement.id)).first()

    page = lead.get(here(case)).text
    one = everything(lead.get(f"{here(case)}/{statement.invitation_id}.docx").data)
    with zipfile.ZipFile(io.BytesIO(made(lead, case, "each"))) as box:
        names, second = box.namelist(), everything(box.read(box.namelist()[1]))
    with zipfile.ZipFile(io.BytesIO(made(lead, case, "by_post"))) as box:
        by_post = box.namelist()
    together = everything(made(lead, case, "together"))

    assert "2 Institutionen haben beantwortete Anmerkungen, 1 davon ohne E-Mail-Adresse" in page
    assert all(
        words in one for words in ("Ältestenrat", statement.number, "Zwei sind zu wenig. {nummer}", "Das Geld ist da.")
    )
    assert names == ["001-brief-aeltestenrat.docx", "002-brief-brueckenverein.docx"]
    assert "Weg 1\n12345 Musterau" in second
    assert by_post == ["001-brief-brueckenverein.docx"]
    assert all(name in together for name in ("Ältestenrat", "Brückenverein"))
    acts = "answer letters requested", "answer letters made", "answer letters fetched"
    told = select(func.count()).select_from(JournalEntry).where(JournalEntry.action.in_(acts))
    assert db.session.scalar(told) == 9
    assert as_user(make_user()).get(here(case)).status_code == 404


def test_a_form_of_their_own_holds_until_they_go_back(case, as_user):
    lead = as_user(case.lead)
    own = form_of(["Briefkopf der Stadt"], ["An {insti", "tution}"], ["{anmerkungen}"], header="Az. {aktenzeichen}")
    statement = db.session.scalars(select(Statement).order_by(Statement.id)).first()
    preview = f"{here(case)}/{statement.invitation_id}.docx"

    taken = lead.post(here(case), data=sent(own))
    with_own = everything(lead.get(preview).data)
    shown = lead.get(here(case)).text
    lead.post(f"{here(case)}/vorlage-zuruecknehmen")
    without = everything(lead.get(preview).data)

    assert (taken.status_code, "Ihre Vorlage „brief.docx“" in shown) == (303, True)
    assert "Briefkopf der Stadt\nAn Ältestenrat" in with_own
    assert ("Briefkopf der Stadt" in without, "Wir folgen Ihrem Vorschlag" in without) == (False, True)


def _form_that_fetches() -> bytes:
    plain = io.BytesIO(form_of(["{institution}"]))
    bad = io.BytesIO()
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(bad, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "word/_rels/document.xml.rels":
                kind = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships/image"
                link = (
                    b'<Relationship Id="rX" Type="'
                    + kind
                    + b'" Target="http://example.org/x.png" TargetMode="External"/>'
                )
                data = data.replace(b"</Relationships>", link + b"</Relationships>")
            new.writestr(name, data)
    return bad.getvalue()


@pytest.mark.parametrize(
    ("form", "word"),
    [
        (
            form_of(["Guten Tag {institutoin}"]),
            "{institutoin} gibt es nicht: im Text, Absatz 1 („Guten Tag {institutoin}“)",
        ),
        (form_of(["{institution}"], header="{foo}"), "{foo} gibt es nicht: in der Kopfzeile, Absatz 1"),
        (form_of(["Hier: {anmerkungen}"]), "muss im Text allein in einem stehen"),
        (form_of(["Ohne alles"]), "kein Feld"),
        (_form_that_fetches(), "lädt beim Öffnen etwas aus dem Internet"),
        (b"PK\x03\x04 nur der Anfang", "beschädigt"),
        (b"%PDF-1.4", "beschädigt"),
    ],
)
@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_a_form_with_a_fault_is_not_taken_and_says_why(app, now, form, word):
    case = make_case()
    known, tables = answer_letters.FIELDS, answer_letters.TABLES

    with pytest.raises(Faulty) as refused, transaction():
        word_forms.add(
            case.procedure,
            answer_letters.PURPOSE,
            form,
            "x.docx",
            uuid4(),
            known=known,
            tables=tables,
            by=case.by,
            now=now,
        )

    assert any(word in fault for fault in refused.value.faults), refused.value.faults
    assert db.session.scalars(select(WordForm)).all() == []


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_what_is_different_in_each_letter_cannot_stand_in_the_head_of_one_file_for_all(case, as_user):
    lead = as_user(case.lead)
    lead.post(here(case), data=sent(form_of(["{institution}"], header="{nummer}")))

    answer = asked(lead, case, "together")

    assert (answer.status_code, "Kopf- oder Fußzeile" in answer.text) == (409, True)
    assert made(lead, case, "each").startswith(b"PK")


def test_they_are_asked_for_once_written_by_one_worker_and_are_their_own_procedures(case, now, clock, as_user):
    lead, key = as_user(case.lead), str(uuid4())

    twice = [asked(lead, case, "each", key).status_code for _ in range(2)]
    refused = lead.post(
        f"{here(case)}/erstellen", data={"key": str(uuid4()), "wanted": "each"}, follow_redirects=True
    ).text
    waiting = lead.get(here(case), headers={"HX-Request": "true"}).text
    with transaction():
        bundle = service.claim(AnswerLetters, "a worker that dies", now=clock())
    assert not work.take_up(KIND)
    clock.advance(minutes=4)
    assert work.take_up(KIND)
    page = lead.get(here(case)).text

    assert (twice, "Es werden schon Briefe" in refused, "und werden gleich geschrieben" in waiting) == (
        [303, 303],
        True,
        True,
    )
    db.session.refresh(bundle)
    assert (bundle.state, bundle.steps_done, bundle.files, bundle.attempts) == (BundleState.DONE, 2, 2, 2)
    assert ("fertig" in page, "Herunterladen" in page) == (True, True)
    assert as_user(make_user()).get(f"{here(case)}/datei/{bundle.id}").status_code == 404
    with transaction():
        shelf.forget(AnswerLetters, case.procedure.id)
    assert (shelf.place_of(bundle).exists(), lead.get(f"{here(case)}/datei/{bundle.id}").status_code) == (False, 404)


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_letters_that_cannot_be_written_say_why_and_can_be_asked_for_again(case, as_user):
    lead = as_user(case.lead)
    asked(lead, case, "each")
    with transaction():
        db.session.execute(delete(AnsweredRemark))

    assert work.take_up(KIND)

    page = lead.get(here(case)).text
    assert ("fehlgeschlagen" in page, "Es gibt keinen Brief zu schreiben" in page) == (True, True)

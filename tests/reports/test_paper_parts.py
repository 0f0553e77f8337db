"""An issued version in parts: each a Word file of its own, on the town's form with its styles, header and footer."""

from __future__ import annotations

import io
import zipfile
from uuid import uuid4

import pytest
from docx import Document

from ikb.reports import paper_parts
from tests.core.test_filling import form_of
from tests.factories import make_draft, make_paper, make_procedure, make_user, make_version

SECTIONS = [
    ("bp", "heading", None, None, "Beschlussvorschlag"),
    ("bp-1", "point", "1", "bp", "Der Rat beschließt {teil}."),
    ("bp-1.a", "bullet", None, "bp-1", "als Rahmen"),
    ("bg", "heading", None, None, "Begründung"),
    ("bg-1", "paragraph", None, "bg", "Weil es nötig ist."),
    ("a2", "heading", "2", None, "Ziele"),
    ("a2-f", "heading", None, "a2", "Schule"),
    ("a2-1", "paragraph", None, "a2-f", "Mehr Kurse."),
]
NAMES = ["01-beschlussvorschlag.docx", "02-begruendung.docx", "03-anlage-2-ziele.docx"]


@pytest.fixture
def issued(app):
    lead = make_user()
    procedure = make_procedure([lead], file_reference="501-12")
    version = make_version(make_draft(procedure, title="Unser Konzept"), SECTIONS)
    make_paper(version, procedure, reference="17/2030")
    return lead, procedure, version


def parts(lead, version, as_user) -> tuple[list[str], list]:
    answer = as_user(lead).get(f"/fassungen/{version.id}/teile.zip")
    with zipfile.ZipFile(io.BytesIO(answer.data)) as box:
        assert box.testzip() is None
        return box.namelist(), [Document(io.BytesIO(box.read(name))) for name in box.namelist()]


def lines(document) -> list[tuple[str, str]]:
    return [(one.style.name, one.text) for one in document.paragraphs if one.text]


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_without_a_form_each_part_looks_as_ikb_s_own_papers_with_version_and_number(issued, as_user):
    lead, _, version = issued

    names, (resolution, _, annex) = parts(lead, version, as_user)

    assert names == NAMES
    assert "Der Rat beschließt {teil}." in lines(resolution)[-3][1]
    assert ("Heading 2", "Schule") in lines(annex)
    assert "Drucksache 17/2030 · Fassung 1 vom" in annex.sections[0].footer.paragraphs[0].text
    assert as_user(make_user()).get(f"/fassungen/{version.id}/teile.zip").status_code == 404


def test_on_a_form_of_the_town_s_own_its_styles_hold_and_what_was_written_stays_text(issued, as_user):
    lead, procedure, version = issued
    form = form_of(["Stadt Musterau: {te", "il}"], ["{inhalt}"], ["Schluss"], header="{drucksache}, Fassung {fassung}")
    page = f"/verfahren/{procedure.id}/fassungen/formular"

    faulty = as_user(lead).post(page, data={"key": str(uuid4()), "file": (io.BytesIO(form_of(["{inhalt}"])), "f.docx")})
    taken = as_user(lead).post(page, data={"key": str(uuid4()), "file": (io.BytesIO(form), "formular.docx")})
    names, (resolution, _, annex) = parts(lead, version, as_user)

    assert (faulty.status_code, "Es fehlt das Feld {fassung}" in faulty.text) == (422, True)
    assert (taken.status_code, names) == (303, NAMES)
    assert lines(resolution) == [
        ("Normal", "Stadt Musterau: Beschlussvorschlag"),
        ("Heading 1", "Beschlussvorschlag"),
        ("Normal", "1.\tDer Rat beschließt {teil}."),
        ("List Bullet", "als Rahmen"),
        ("Normal", "Schluss"),
    ]
    assert ("Heading 2", "Schule") in lines(annex)
    assert resolution.sections[0].header.paragraphs[0].text.startswith("17/2030, Fassung 1 vom ")
    assert "„formular.docx“" in as_user(lead).get(page).text
    as_user(lead).post(f"{page}/zuruecknehmen")
    assert "Es gilt die mitgelieferte Form" in as_user(lead).get(page).text


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_what_stands_before_the_first_heading_is_a_part_and_a_working_version_has_none(app, as_user):
    lead = make_user()
    draft = make_draft(make_procedure([lead]), title="Ohne Überschrift")
    version = make_version(draft, [("p-1", "paragraph", None, None, "Ein Satz.")])
    working = make_version(draft, SECTIONS, number=2, issued=False)

    assert [part.title for part in paper_parts.parts_of(version)] == ["Ohne Überschrift"]
    assert as_user(lead).get(f"/fassungen/{working.id}/teile.zip").status_code == 409

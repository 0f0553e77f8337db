"""From a paper to a procedure: everything in it, once, or nothing."""

import uuid
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import func, select

from ikb.db import db, transaction
from ikb.deliberations import intake, queries
from ikb.deliberations.intake import Step, role_code, same_titles, steps_of, take_in
from ikb.deliberations.model import Consultation, Meeting, Organization, Paper, Result
from ikb.drafts import queries as drafts
from ikb.drafts.importers.paper import read_paper
from ikb.drafts.importers.parsed import ParsedConsultation, ParsedPaper, ParsedSection
from ikb.errors import Implausible
from ikb.events import _listeners
from ikb.journal.service import Actor
from ikb.procedures.model import Procedure
from tests.deliberations.paper import TEXT
from tests.factories import make_organization, make_user

REAL_PAPER = Path(__file__).parents[3] / "shared" / "input" / "beschlussvorlage-2010.txt"


@pytest.fixture
def lead(app):
    return make_user()


@pytest.fixture
def parsed():
    return read_paper(TEXT.encode(), "vorlage.txt")


@pytest.fixture
def procedure(lead, parsed, now):
    with transaction():
        return take_in(parsed, leads=[lead], by=Actor.user(lead.id), now=now)


def test_the_sequence_keeps_the_printed_order_and_is_read_by_date(procedure):
    steps = queries.sequence(procedure.id)

    assert [(step.position, step.organization.name, step.held_on) for step in steps] == [
        (3, "Seniorenrat", date(2030, 5, 15)),
        (1, "Integrationsrat", date(2030, 5, 22)),
        (4, "Bezirksvertretung Nord", date(2030, 6, 19)),
        (5, "Sozialausschuss", date(2030, 6, 25)),
        (2, "Integrationsrat", date(2030, 6, 26)),
        (6, "Rat der Stadt Musterau", date(2030, 7, 4)),
    ]


def test_roles_are_suggested_where_the_paper_is_silent(procedure):
    steps = queries.sequence(procedure.id)

    assert [step.role for step in steps] == [
        "hearing",
        "introduction",
        "hearing",
        "preliminary",
        "preliminary",
        "decision",
    ]
    assert [step.authoritative for step in steps] == [False] * 5 + [True]
    assert [step.agenda_item.public for step in steps] == [True, True, True, False, True, True]


def test_a_committee_that_comes_twice_is_one_committee_with_two_sittings(procedure):
    names = db.session.scalars(select(Organization.name)).all()
    sittings = db.session.scalar(
        select(func.count())
        .select_from(Meeting)
        .join(Meeting.organization)
        .where(Organization.name == "Integrationsrat")
    )

    assert (len(names), names.count("Integrationsrat"), sittings) == (5, 1, 2)


def test_kinds_are_read_from_the_names(procedure):
    kinds = dict(db.session.execute(select(Organization.name, Organization.kind)).all())

    assert kinds == {
        "Integrationsrat": "integration_council",
        "Seniorenrat": "advisory",
        "Bezirksvertretung Nord": "district",
        "Sozialausschuss": "committee",
        "Rat der Stadt Musterau": "council",
    }


def test_a_known_committee_is_not_added_again_however_it_is_spelled(lead, parsed, now):
    known = make_organization("Bezirksvertretung  Nord", sort_key="bezirksvertretung nord")

    with transaction():
        procedure = take_in(parsed, leads=[lead], by=Actor.user(lead.id), now=now)

    assert known.id in {step.organization_id for step in queries.sequence(procedure.id)}


def test_the_text_becomes_a_working_version_and_a_paper_with_its_number(procedure, parsed):
    draft = drafts.drafts_of(procedure.id)[0]
    version = drafts.working_version(draft.id)
    paper = db.session.scalars(select(Paper)).one()

    assert (version.number, version.is_issued) == (1, False)
    assert [section.anchor for section in drafts.sections_of(version.id)] == [s.anchor for s in parsed.sections]
    assert (paper.reference, paper.revision, paper.draft_version_id) == ("4711/2030-2035", 0, version.id)
    assert procedure.title == "Konzept für gutes Zusammenleben in Musterau"


def test_a_form_sent_twice_takes_the_paper_in_once(lead, parsed, now):
    key = uuid.uuid4()

    for _ in range(2):
        with transaction():
            take_in(parsed, leads=[lead], key=key, by=Actor.user(lead.id), now=now)

    assert len(db.session.scalars(select(Procedure.id)).all()) == 1
    assert len(db.session.scalars(select(Consultation.id)).all()) == 6


def test_every_sitting_is_announced(lead, parsed, now, monkeypatch):
    heard = []
    monkeypatch.setitem(_listeners, "meeting_scheduled", [lambda **values: heard.append(values["meeting_id"])])

    with transaction():
        take_in(parsed, leads=[lead], by=Actor.user(lead.id), now=now)

    assert sorted(heard) == sorted(db.session.scalars(select(Meeting.id)))


def test_a_number_that_another_paper_bears_leaves_nothing_behind(procedure, lead, parsed, now):
    with pytest.raises(Implausible, match="4711/2030-2035 ist schon vergeben"), transaction():
        take_in(parsed, leads=[lead], by=Actor.user(lead.id), now=now)

    assert len(db.session.scalars(select(Procedure.id)).all()) == 1


def test_a_paper_without_a_number_or_sequence_is_taken_too(lead, now):
    section = ParsedSection("bp-1", "point", "1", None, "Die Stadt handelt.")
    paper = ParsedPaper(None, "Etwas", (), (section,), ())

    with transaction():
        procedure = take_in(paper, "Ein anderer Titel", [lead], by=Actor.user(lead.id), now=now)

    assert procedure.title == "Ein anderer Titel"
    assert db.session.scalars(select(Paper.reference)).one() is None
    assert queries.sequence(procedure.id) == []


def test_the_steps_that_a_lead_corrected_are_the_ones_that_count(lead, parsed, now):
    steps = [Step("Kulturausschuss", None, "information", None), Step("Rat", date(2030, 9, 5), "decision", True)]

    with transaction():
        procedure = take_in(parsed, leads=[lead], steps=steps, by=Actor.user(lead.id), now=now)

    found = queries.sequence(procedure.id)
    assert [(step.organization.name, step.held_on, step.state) for step in found] == [
        ("Rat", date(2030, 9, 5), "scheduled"),
        ("Kulturausschuss", None, "planned"),
    ]


def printed(result, day=date(2030, 5, 15)):
    return Step("Seniorenrat", day, "hearing", True, result)


@pytest.mark.parametrize(
    ("step", "outcome"),
    [
        (printed("einstimmig empfohlen"), "recommended"),
        (printed("mit Mehrheit beschlossen, Ja: 44, Nein: 22"), "adopted"),
        (printed("vertagt"), None),  # the step after it stands in the list itself
        (printed("siehe Anlage"), None),
        (printed(None), None),
        (printed("beschlossen, 3 Ja, 9 Nein"), None),  # cannot be
        (printed("einstimmig empfohlen", date(2030, 6, 4)), None),  # tomorrow
        (printed("einstimmig empfohlen", None), None),
    ],
)
def test_printed_results_are_kept_where_they_can_be_read(lead, parsed, now, step, outcome):
    with transaction():
        take_in(parsed, leads=[lead], steps=[step], by=Actor.user(lead.id), now=now)

    assert db.session.scalars(select(Result.outcome)).one_or_none() == outcome


def test_a_result_that_the_command_line_takes_in_is_noted_for_the_lead(lead, parsed, now):
    with transaction():
        take_in(parsed, leads=[lead], steps=[printed("empfohlen")], by=Actor(), now=now)

    result = db.session.scalars(select(Result)).one()
    assert (result.recorded_by_id, result.is_provisional, result.resolution_text) == (lead.id, True, "empfohlen")


def test_goals_and_objectives_of_the_same_title_are_linked_whatever_their_numbers(lead, now):
    sections = (
        ParsedSection("a2-z1", "goal", "1", None, "Mehr Sprache."),
        ParsedSection("a2-z2", "goal", "2", None, "Mehr Arbeit."),
        ParsedSection("a3-z7", "objective", "7", None, "mehr  „Sprache“"),
        ParsedSection("a3-z8", "objective", "8", None, "Etwas anderes"),
        ParsedSection("a3-z7-m1", "measure", None, "a3-z7", "Mehr Arbeit."),
    )

    assert same_titles(sections) == [("a2-z1", "a3-z7")]
    with transaction():
        procedure = take_in(ParsedPaper(None, "X", (), sections, ()), leads=[lead], by=Actor.user(lead.id), now=now)
    draft = drafts.drafts_of(procedure.id)[0]
    assert drafts.links_of(draft.id)["a3-z7"] == [(draft.id, "a2-z1")]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("Entscheidung", "decision"),
        ("Beschlussfassung", "decision"),
        ("Vorberatung", "preliminary"),
        ("Empfehlung", "preliminary"),
        ("Anhörung", "hearing"),
        ("Kenntnisnahme", "information"),
        ("zur Information", "information"),
        ("Einbringung", "introduction"),
        ("1. Lesung", "introduction"),
        ("irgendwas", None),
        (None, None),
    ],
)
def test_printed_roles_become_codes(words, code):
    assert role_code(words) == code


def test_printed_roles_go_before_suggested_ones():
    step = ParsedConsultation(1, "Seniorenrat", date(2030, 5, 15), True, "Entscheidung", None)
    section = ParsedSection("bp-1", "point", "1", None, "Die Stadt handelt.")

    assert [found.role for found in steps_of(ParsedPaper(None, "X", (step,), (section,), ()))] == ["decision"]


def test_of_two_steps_of_one_committee_the_earlier_date_is_the_first():
    later = ParsedConsultation(1, "Integrationsrat", date(2030, 6, 26), True, None, None)
    earlier = ParsedConsultation(2, "Integrationsrat", date(2030, 5, 22), True, None, None)
    council = ParsedConsultation(3, "Rat der Stadt Musterau", date(2030, 7, 4), True, None, None)
    section = ParsedSection("bp-1", "point", "1", None, "Die Stadt handelt.")
    paper = ParsedPaper(None, "X", (later, earlier, council), (section,), ())

    assert [step.role for step in intake.steps_of(paper)] == ["preliminary", "introduction", "decision"]


@pytest.mark.skipif(not REAL_PAPER.exists(), reason="../shared is not beside this checkout")
def test_the_paper_of_2010_becomes_its_whole_sequence(lead, now):
    with transaction():
        procedure = take_in(read_paper(REAL_PAPER), leads=[lead], by=Actor.user(lead.id), now=now)

    steps = queries.sequence(procedure.id)
    assert (len(steps), len({step.organization_id for step in steps})) == (22, 21)
    assert Counter(step.role for step in steps) == {"hearing": 14, "preliminary": 6, "introduction": 1, "decision": 1}
    assert [step.position for step in steps if step.organization.name == "Integrationsrat"] == [1, 2]
    assert (steps[0].organization.name, steps[-1].organization.name) == (
        "Fachbeirat für Mädchenarbeit",
        "Rat der Stadt Bielefeld",
    )
    draft = drafts.drafts_of(procedure.id)[0]
    kinds = Counter(section.kind for section in drafts.sections_of(drafts.working_version(draft.id).id))
    assert (kinds["goal"], kinds["objective"], kinds["measure"]) == (16, 16, 58)
    links = drafts.links_of(draft.id)
    assert len([anchor for anchor in links if anchor.startswith("a3-")]) >= 14, sorted(links)

"""Versions: numbered, corrected while they are the first and in work, and never again once they are issued."""

from dataclasses import replace

import pytest
from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import DatabaseError

from ikb.db import db, transaction
from ikb.drafts import queries, service
from ikb.drafts.model import Change, DraftVersion, Section, VersionState
from ikb.drafts.service import SectionChange, SectionText, mark_of
from ikb.errors import Conflict, Immutable, Implausible, NotFound, NotReady
from ikb.events import FACTS, _listeners
from ikb.journal.model import JournalEntry
from ikb.journal.service import Actor
from tests.factories import SECTIONS, make_draft, make_procedure, make_user, make_version

TEXTS = [SectionText(*section) for section in SECTIONS]
FIRST = TEXTS[0]


@pytest.fixture
def by(app):
    return Actor.user(make_user().id)


@pytest.fixture
def heard(monkeypatch):
    """What is announced, in order."""
    facts = []
    for fact in FACTS:
        monkeypatch.setitem(_listeners, fact, [lambda fact=fact, **values: facts.append((fact, values))])
    return facts


def actions():
    return list(db.session.scalars(select(JournalEntry.action).order_by(JournalEntry.id)))


def test_versions_count_from_one_and_keep_the_order_of_the_text(app, now, by, heard):
    draft = make_draft()

    with transaction():
        first = service.add_version(draft, TEXTS, now=now)
    with transaction():
        service.issue(first, by=by, now=now)
    with transaction():
        second = service.add_version(draft, TEXTS[:2], base=first, now=now)

    assert (first.number, second.number, second.base_id) == (1, 2, first.id)
    assert [section.anchor for section in queries.sections_of(first.id)] == [text.anchor for text in TEXTS]
    assert [version.number for version in queries.history_of(draft.id)] == [2, 1]
    assert queries.latest_issued(draft.id) == first
    assert queries.working_version(draft.id) == second


def test_a_draft_has_one_working_version_at_a_time(app, now):
    draft = make_draft()
    with transaction():
        service.add_version(draft, TEXTS, now=now)

    with pytest.raises(NotReady, match="Fassung 1 ist noch in Arbeit"), transaction():
        service.add_version(draft, TEXTS, now=now)

    assert len(queries.history_of(draft.id)) == 1


@pytest.mark.parametrize(
    ("sections", "words"),
    [
        ([], "mindestens einen Abschnitt"),
        ([FIRST, FIRST], "kommt zweimal vor"),
        ([replace(FIRST, parent="bp-9")], "den es davor nicht gibt"),
        ([replace(TEXTS[1], parent="bp-1"), FIRST], "den es davor nicht gibt"),
        ([replace(FIRST, kind="poem")], "unbekannte Art"),
    ],
)
def test_sections_that_do_not_fit_together_are_refused_whole(app, now, sections, words):
    draft = make_draft()

    with pytest.raises(Implausible, match=words), transaction():
        service.add_version(draft, sections, now=now)

    assert queries.history_of(draft.id) == []


def test_issuing_is_journalled_and_announced_once(app, now, by, heard):
    version = make_version(issued=False)

    with transaction():
        service.issue(version, by=by, now=now)

    assert (version.state, version.issued_at) == (VersionState.ISSUED, now)
    assert heard == [("version_issued", {"version_id": version.id, "now": now})]
    assert actions() == ["version issued"]
    with pytest.raises(Immutable), transaction():
        service.issue(version, by=by, now=now)


def test_a_version_without_sections_cannot_be_issued(app, now, by):
    version = make_version(sections=(), issued=False)

    with pytest.raises(NotReady, match="keinen Abschnitt"), transaction():
        service.issue(version, by=by, now=now)


def test_a_working_version_takes_another_text_and_whoever_had_the_old_one_open_notices(app, now):
    version = make_version(issued=False)
    seen = version.row_version
    change = SectionChange("bp-1", "edit", [{"t": "ins", "text": "Neu.", "remarks": [1], "proposals": ["P-1-0"]}])

    with transaction():
        service.replace_working(version, [replace(FIRST, text="Neu.")], [change], now)

    assert [section.text for section in queries.sections_of(version.id)] == ["Neu."]
    assert db.session.scalars(select(Change.segments)).one() == [dict(change.segments[0])]
    assert version.row_version > seen


def test_an_issued_version_takes_no_other_text(app, now):
    version = make_version()

    with pytest.raises(Immutable), transaction():
        service.replace_working(version, TEXTS, [], now)


def test_a_section_of_a_first_version_is_corrected_and_the_journal_knows_no_text(app, now, by, heard):
    version = make_version(issued=False)

    with transaction():
        section = service.edit_section(
            version, "bp-1", "  Neuer\n Wortlaut. ", seen=mark_of(SECTIONS[0][4]), kind="paragraph", by=by, now=now
        )

    assert (section.text, section.kind) == ("Neuer\nWortlaut.", "paragraph")
    assert heard == [("version_changed", {"version_id": version.id, "now": now})]
    entry = db.session.scalars(select(JournalEntry)).one()
    assert entry.action == "section edited"
    assert "Wortlaut" not in str(entry.facts)


def test_saving_without_a_change_leaves_no_trace(app, now, by, heard):
    version = make_version(issued=False)

    with transaction():
        service.edit_section(version, "bp-1", SECTIONS[0][4], seen=mark_of(SECTIONS[0][4]), by=by, now=now)

    assert (heard, actions()) == ([], [])


def test_the_second_of_two_editors_of_one_section_gets_both_texts(app, now, by):
    version, seen = make_version(issued=False), mark_of(SECTIONS[0][4])
    with transaction():
        service.edit_section(version, "bp-1", "Die eine Fassung.", seen=seen, by=by, now=now)

    with pytest.raises(Conflict) as refused, transaction():
        service.edit_section(version, "bp-1", "Die andere Fassung.", seen=seen, by=by, now=now)

    assert (refused.value.theirs, refused.value.mine) == ("Die eine Fassung.", "Die andere Fassung.")
    assert queries.section(version.id, "bp-1").text == "Die eine Fassung."


def test_two_editors_of_two_sections_do_not_disturb_each_other(app, now, by):
    version = make_version(issued=False)

    for anchor, _, _, _, text in SECTIONS[:2]:
        with transaction():
            service.edit_section(version, anchor, f"{text} Neu.", seen=mark_of(text), by=by, now=now)

    assert [section.text[-4:] for section in queries.sections_of(version.id)[:2]] == ["Neu.", "Neu."]


@pytest.mark.parametrize(
    ("anchor", "text", "kind", "refusal", "words"),
    [
        ("bp-9", "Text.", None, NotFound, "gibt es in dieser Fassung nicht"),
        ("bp-1", " \n ", None, Implausible, "leer"),
        ("bp-1", "x" * 20_001, None, Implausible, "zu lang"),
        ("bp-1", "Text.", "poem", Implausible, "Wählen Sie eine Art"),
    ],
)
def test_what_cannot_be_a_section_is_refused(app, now, by, anchor, text, kind, refusal, words):
    version = make_version(issued=False)

    with pytest.raises(refusal, match=words), transaction():
        service.edit_section(version, anchor, text, seen=mark_of(SECTIONS[0][4]), kind=kind, by=by, now=now)

    assert queries.section(version.id, "bp-1").text == SECTIONS[0][4]


def test_issued_versions_and_those_made_from_remarks_are_not_edited_by_hand(app, now, by):
    issued = make_version()
    revision = make_version(issued.draft, issued=False, number=2, base_id=issued.id)

    for version, refusal in ((issued, Immutable), (revision, NotReady)):
        with pytest.raises(refusal), transaction():
            service.edit_section(version, "bp-1", "Neu.", seen=mark_of(SECTIONS[0][4]), by=by, now=now)


def _edit(version):
    version.sections[0].text = "anders"


def _add(version):
    version.sections.append(Section(anchor="neu", kind="point", text="Neu.", position=99))


def _drop(version):
    db.session.delete(version.sections[0])


def _add_change(version):
    db.session.add(Change(draft_version=version, anchor="bp-1", kind="edit", position=1, segments=[]))


def _unissue(version):
    version.state = VersionState.WORKING


@pytest.mark.parametrize("act", [_edit, _add, _drop, _add_change, _unissue])
def test_the_rows_of_an_issued_version_refuse_every_change(app, act):
    version = make_version()

    with pytest.raises(Immutable), transaction():
        act(version)

    assert [section.text for section in queries.sections_of(version.id)] == [section[4] for section in SECTIONS]


def _statements(version_id):
    section = {"draft_version_id": version_id, "anchor": "neu", "kind": "point", "position": 99, "text": "Neu."}
    change = {"draft_version_id": version_id, "anchor": "bp-1", "kind": "edit", "position": 1, "segments": []}
    return {
        "update section": update(Section).where(Section.draft_version_id == version_id).values(text="anders"),
        "delete section": delete(Section).where(Section.draft_version_id == version_id),
        "insert section": insert(Section).values(section),
        "insert change": insert(Change).values(change),
        "update version": update(DraftVersion).where(DraftVersion.id == version_id).values(number=7),
    }


@pytest.mark.parametrize("name", sorted(_statements(0)))
def test_the_database_itself_refuses_whoever_goes_around_the_application(app, name):
    version = make_version()
    statement = _statements(version.id)[name]

    with pytest.raises(DatabaseError, match=r"does not change|only grow"), transaction():
        db.session.execute(statement, execution_options={"synchronize_session": False})


@pytest.mark.parametrize("name", sorted(_statements(0)))
def test_the_same_statements_pass_on_a_working_version(app, name):
    version = make_version(issued=False)

    with transaction():
        changed = db.session.execute(_statements(version.id)[name], execution_options={"synchronize_session": False})

    assert changed.rowcount


def test_a_section_cannot_be_smuggled_into_an_issued_version(app):
    issued, working = make_version(), make_version(issued=False)
    move = update(Section).where(Section.draft_version_id == working.id, Section.anchor == "bp-1")

    with pytest.raises(DatabaseError, match="does not change"), transaction():
        db.session.execute(
            move.values(draft_version_id=issued.id, anchor="neu"), execution_options={"synchronize_session": False}
        )


def test_a_procedure_that_is_erased_takes_its_issued_versions_along(app):
    version = make_version()
    procedure_id, version_id = version.draft.procedure_id, version.id
    table = db.metadata.tables["procedure"]

    with transaction():
        db.session.execute(table.delete().where(table.c.id == procedure_id))
    db.session.expire_all()

    assert db.session.scalar(select(Section.id).where(Section.draft_version_id == version_id)) is None


def test_linked_passages_are_found_from_both_ends_and_noted_once(app):
    procedure = make_procedure()
    paper, concept = make_draft(procedure), make_draft(procedure, position=2)

    with transaction():
        new = service.link_sections([(paper, "a2-z1", paper, "a3-z1"), (paper, "a2-z1", concept, "kap-3")])
    with transaction():
        again = service.link_sections([(paper, "a2-z1", paper, "a3-z1")])

    assert (new, again) == (2, 0)
    assert queries.links_of(paper.id) == {
        "a2-z1": [(paper.id, "a3-z1"), (concept.id, "kap-3")],
        "a3-z1": [(paper.id, "a2-z1")],
    }
    assert queries.links_of(concept.id) == {"kap-3": [(paper.id, "a2-z1")]}


def test_drafts_of_a_procedure_stand_in_the_order_in_which_they_came(app, now):
    procedure = make_procedure()

    with transaction():
        for title in ("Vorlage", "Konzept"):
            service.add_draft(procedure.id, "concept", title, now=now)

    assert [draft.title for draft in queries.drafts_of(procedure.id)] == ["Vorlage", "Konzept"]

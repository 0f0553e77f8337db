"""Numbers of papers: proposed by pattern, given once, never given again."""

import pytest
from sqlalchemy import select

from ikb.db import db, transaction
from ikb.deliberations import papers
from ikb.deliberations.model import Paper
from ikb.errors import Immutable, Implausible
from ikb.journal.service import SYSTEM
from tests.factories import make_draft, make_paper, make_procedure, make_version


@pytest.fixture
def procedure(app):
    return make_procedure()


def version_of(procedure, number=1):
    return make_version(make_draft(procedure), number=number)


@pytest.mark.parametrize(
    ("base", "pattern", "proposed"),
    [
        ("4400/2020-2025", "{base}/{revision}", "4400/2020-2025/1"),
        ("16051-09", "{base}-E{revision}", "16051-09-E1"),
        ("IX/416", "{base}/{revision}", "IX/416/1"),
        ("V/0716/2023", "{base}/{revision}", "V/0716/2023/1"),
        (None, "{base}/{revision}", ""),
    ],
)
def test_the_first_revision_is_numbered_by_the_towns_pattern(procedure, base, pattern, proposed):
    with transaction():
        procedure.paper_number_pattern = pattern
    make_paper(version_of(procedure), procedure, reference=base)

    assert papers.propose_reference(procedure) == proposed


def test_without_any_paper_nothing_is_proposed(procedure):
    assert papers.propose_reference(procedure) == ""


def test_revisions_count_up_and_a_number_taken_elsewhere_is_passed_over(procedure, now):
    other = make_procedure()
    make_paper(version_of(procedure), procedure, reference="4400/2020-2025")
    make_paper(version_of(other), other, reference="4400/2020-2025/1")

    proposed = papers.propose_reference(procedure)
    second = version_of(procedure)
    with transaction():
        paper = papers.register_paper(second, proposed, by=SYSTEM, now=now)

    assert (paper.reference, paper.revision) == ("4400/2020-2025/2", 1)
    assert papers.propose_reference(procedure) == "4400/2020-2025/3"


@pytest.mark.parametrize("typed", ["4400/2020-2025", " 4400 / 2020-2025 ", "4400/2020-2025".lower()])
def test_a_number_is_never_given_twice(procedure, now, typed):
    make_paper(version_of(procedure), procedure, reference="4400/2020-2025")
    version = version_of(procedure)

    with pytest.raises(Implausible, match="schon vergeben") as refused, transaction():
        papers.register_paper(version, typed, by=SYSTEM, now=now)

    assert refused.value.field == "reference"
    assert len(db.session.scalars(select(Paper.id)).all()) == 1


def test_a_number_that_is_too_long_is_refused(procedure, now):
    version = version_of(procedure)

    with pytest.raises(Implausible, match="höchstens 100"), transaction():
        papers.register_paper(version, "1" * 101, by=SYSTEM, now=now)


def test_a_version_is_a_paper_once(procedure, now):
    version = version_of(procedure)
    with transaction():
        papers.register_paper(version, "1/2030", by=SYSTEM, now=now)

    with pytest.raises(Immutable), transaction():
        papers.register_paper(version, "2/2030", by=SYSTEM, now=now)


def test_a_paper_without_a_number_gets_it_once(procedure, now):
    version = version_of(procedure)
    with transaction():
        paper = papers.register_paper(version, "", by=SYSTEM, now=now)
    assert paper.reference is None

    with transaction():
        papers.give_reference(paper, "12/2030", by=SYSTEM, now=now)
    with pytest.raises(Immutable, match="12/2030"), transaction():
        papers.give_reference(paper, "13/2030", by=SYSTEM, now=now)

    assert paper.reference == "12/2030"


def test_several_papers_may_lack_their_number(procedure, now):
    first, second = version_of(procedure), version_of(procedure)

    with transaction():
        for version in (first, second):
            papers.register_paper(version, None, by=SYSTEM, now=now)

    assert [(paper.revision, paper.reference) for paper in papers.papers_of(procedure.id)] == [(1, None), (0, None)]

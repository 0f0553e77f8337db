"""The brief for a committee, on one page: which passages concern it, what those say who are at home there, what others
resolved, what is open. Made from data, and it says by which words.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

from sqlalchemy import case, func, select

from ikb.consolidation import journeys
from ikb.consolidation.gathering import WHOLE_DRAFT, anchor_among, stand_among
from ikb.consolidation.heat import heat_of
from ikb.consolidation.journeys import Elsewhere
from ikb.consolidation.model import Run, RunState, SectionOutcome
from ikb.core.topics import Topic, concerns, matches, weight
from ikb.core.workflow import OPEN
from ikb.db import db
from ikb.deliberations import queries as deliberations
from ikb.deliberations.model import Consultation, Paper
from ikb.drafts import queries as drafts
from ikb.drafts.model import Section
from ikb.institutions.model import Institution, Invitation
from ikb.procedures.model import ParticipationPhase
from ikb.remarks import queries as remarks
from ikb.remarks.model import Remark, Wish
from ikb.remarks.outgoing import Outgoing, outgoing
from ikb.statements.late import Late, late_of, newest_counts
from ikb.statements.model import Statement, StatementState
from ikb.web.filters import day, plural
from ikb.web.labels import label

# One printed page holds so much; the rest is counted.
PASSAGES, SAID, RESULTS, OPEN_POINTS = 6, 6, 8, 5
LONGEST = 150  # characters of one passage or remark
T = TypeVar("T")


@dataclass(frozen=True)
class Part(Generic[T]):
    """What is shown of a list, and how many there are."""

    shown: Sequence[T]
    total: int

    @property
    def more(self) -> int:
        return self.total - len(self.shown)


@dataclass(frozen=True)
class Passage:
    """One passage. because: the words for which it was found; remarks: how many speak of it."""

    name: str
    text: str
    because: Sequence[str]
    remarks: int


@dataclass(frozen=True)
class Said:
    """One remark of an institution that is at home where the committee is."""

    institution: str
    passage: str
    stance: str
    text: str


@dataclass(frozen=True)
class Brief:
    """Everything on the page. paper: None where none was issued; institutions: how many are at home there."""

    step: Consultation
    topic: Topic
    paper: Paper | None
    passages: Part[Passage]
    said: Part[Said]
    institutions: int
    results: Part[str]
    open_points: Part[str]


def brief(step: Consultation, paper: Paper | None, topic: Topic, today: date) -> Brief:
    """The brief for one deliberation. paper: what is laid before it; topic: what it is looked through for."""
    sections = drafts.sections_of(paper.draft_version_id) if paper else []
    moved = journeys.elsewhere(paper.draft_version) if paper else {}
    spoken = _spoken(paper, moved)
    chosen = _chosen(sections, topic, spoken)
    names = _names(sections)
    shown = [_passage(section, names, topic, spoken) for section in chosen[:PASSAGES]]
    anchors = [section.anchor for section in chosen[:PASSAGES]]
    at_home = _at_home(step.procedure_id, topic)
    steps = deliberations.sequence(step.procedure_id)
    return Brief(
        step=step,
        topic=topic,
        paper=paper,
        passages=Part(shown, len(chosen)),
        said=_said(step.procedure_id, at_home, anchors, names, moved),
        institutions=len(at_home),
        results=_cut(_results(steps), RESULTS),
        open_points=_cut([*_missing(steps, step, today), *_undecided(paper, anchors, names)], OPEN_POINTS),
    )


def _spoken(paper: Paper | None, moved: Mapping[int, Elsewhere]) -> dict[str, int]:
    """How many remarks speak of each passage of the paper, wherever it stood when they were made."""
    if paper is None:
        return {}
    found = heat_of(remarks.counting(paper.draft_version.draft_id), moved)
    return {anchor: heat.remarks for anchor, heat in found.items()}


def _cut(lines: Sequence[T], most: int) -> Part[T]:
    return Part(lines[:most], len(lines))


def _chosen(sections: Sequence[Section], topic: Topic, spoken: Mapping[str, int]) -> list[Section]:
    """The passages that concern a committee, the closest first; without a topic those that most is said about."""

    def order(section: Section) -> tuple[int, int, int]:
        return -weight(topic, section.text), -spoken.get(section.anchor, 0), section.position

    if topic:
        return sorted((section for section in sections if weight(topic, section.text)), key=order)
    return sorted((section for section in sections if spoken.get(section.anchor)), key=order)


def _names(sections: Iterable[Section]) -> dict[str, str]:
    """What each passage is called without quoting it: `Ziel 9`, `Maßnahme zu Handlungsziel 9`."""
    by_anchor = {section.anchor: section for section in sections}
    return {anchor: _name(section, by_anchor) for anchor, section in by_anchor.items()}


def _name(section: Section, by_anchor: Mapping[str, Section]) -> str:
    kind = label("section_kind", section.kind)
    if section.number:
        return f"{kind} {section.number}"
    above = by_anchor.get(section.parent or "")
    return f"{kind} zu {label('section_kind', above.kind)} {above.number}" if above and above.number else kind


def _passage(section: Section, names: Mapping[str, str], topic: Topic, spoken: Mapping[str, int]) -> Passage:
    because = matches(topic, section.text)
    return Passage(names[section.anchor], short(section.text), because, spoken.get(section.anchor, 0))


def _at_home(procedure_id: int, topic: Topic) -> set[int]:
    """Ids of the invited institutions that are at home in the committee's district or field; without a topic all."""
    rows = (
        select(Institution.id, Institution.fields, Institution.district)
        .join(Invitation, Invitation.institution_id == Institution.id)
        .join(ParticipationPhase, ParticipationPhase.id == Invitation.phase_id)
        .where(ParticipationPhase.procedure_id == procedure_id)
    )
    found = {id: (fields, district) for id, fields, district in db.session.execute(rows)}
    return {id for id, (fields, district) in found.items() if not topic or concerns(topic, fields, district)}


def _said(
    procedure_id: int,
    institutions: Collection[int],
    anchors: Collection[str],
    names: Mapping[str, str],
    moved: Mapping[int, Elsewhere],
) -> Part[Said]:
    """What some institutions handed in, on the passages shown first, the newest first.

    Where none is at home in the committee's field, whoever speaks of the passages shown.
    """
    of_these = stand_among(anchors, moved)
    spoken = Institution.id.in_(institutions) if institutions else of_these
    here = case((of_these, 0), else_=1)
    rows = (
        select(Remark, Institution.name, Statement.is_late, newest_counts(), func.count().over())
        .join(Statement, Statement.id == Remark.statement_id)
        .join(Invitation, Invitation.id == Statement.invitation_id)
        .join(Institution, Institution.id == Invitation.institution_id)
        .join(ParticipationPhase, ParticipationPhase.id == Invitation.phase_id)
        .where(ParticipationPhase.procedure_id == procedure_id, Statement.state == StatementState.SUBMITTED)
        .where(spoken, remarks.says_something())
        .order_by(here, Statement.submitted_at.desc(), Remark.position)
        .limit(SAID)
    )
    found = list(db.session.execute(rows))
    texts = outgoing([remark.id for remark, *_ in found])
    shown = [
        _one(remark, texts[remark.id], _with_mark(name, late_of(is_late, counts)), _passage_of(remark, names, moved))
        for remark, name, is_late, counts, _ in found
    ]
    return Part(shown, found[0][-1] if found else 0)


def _with_mark(institution: str, late: Late | None) -> str:
    return f"{institution} ({label('late', late)})" if late else institution


def _passage_of(remark: Remark, names: Mapping[str, str], moved: Mapping[int, Elsewhere]) -> str:
    anchor = anchor_among(moved, remark)
    return names.get(anchor, "Zum ganzen Entwurf" if anchor == WHOLE_DRAFT else "Früherer Abschnitt")


def _one(remark: Remark, leaves: Outgoing, institution: str, passage: str) -> Said:
    asks = {
        Wish.REPLACE: f"Vorschlag: „{leaves.wording}“",
        Wish.DELETE: "möchte den Abschnitt streichen.",
        Wish.INSERT_AFTER: f"möchte ergänzen: „{leaves.wording}“",
        Wish.INSERT_BEFORE: f"möchte davor ergänzen: „{leaves.wording}“",
    }.get(Wish(remark.wish), "")
    stance = label("stance", remark.stance) if remark.stance else ""
    return Said(institution, passage, stance, short(leaves.said or asks))


def _results(steps: Iterable[Consultation]) -> list[str]:
    """What the bodies resolved so far, the newest first."""
    done = [step for step in steps if step.result is not None and step.held_on is not None]
    return [f"{step.body_name}, {day(step.held_on)}: {_result(step)}" for step in reversed(done)]


def _result(step: Consultation) -> str:
    if step.agenda_item is not None and step.agenda_item.public is False:
        return "nichtöffentlich beraten"
    return step.result.phrase if step.result else ""


def _missing(steps: Iterable[Consultation], of: Consultation, today: date) -> list[str]:
    """Bodies that sat before this one and whose result nobody entered."""
    return [
        f"{step.body_name}, {day(step.held_on)}: Das Ergebnis ist noch nicht eingetragen."
        for step in steps
        if step.id != of.id and step.state in OPEN and step.held_on is not None and step.held_on < today
    ]


def _undecided(paper: Paper | None, anchors: Collection[str], names: Mapping[str, str]) -> list[str]:
    """Passages with points that nobody has decided yet, those on this page first."""
    if paper is None:
        return []
    newest = (
        select(func.max(Run.id))
        .where(Run.base_version_id == paper.draft_version_id, Run.state.in_((RunState.DONE, RunState.OUTDATED)))
        .scalar_subquery()
    )
    rows = select(SectionOutcome.anchor, SectionOutcome.counts).where(SectionOutcome.run_id == newest)
    found = [(anchor, counts["open"]) for anchor, counts in db.session.execute(rows.order_by(SectionOutcome.position))]
    waiting = sorted(((anchor, count) for anchor, count in found if count), key=lambda one: one[0] not in anchors)
    return [f"{names.get(anchor, 'Zum ganzen Entwurf')}: {_waits(count)}" for anchor, count in waiting]


def _waits(count: int) -> str:
    return f"über {plural(count, 'Vorschlag', 'Vorschläge')} ist noch nicht entschieden."


def short(text: str) -> str:
    """A text in one line that fits on the page."""
    line = " ".join(text.split())
    return line if len(line) <= LONGEST else line[:LONGEST].rsplit(" ", 1)[0] + " …"

"""The workbench's list: every section with what was said about it, by whom, and who sees to it. Four queries in all."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import and_, case, exists, func, literal, select, union

from ikb.accounts.model import User
from ikb.consolidation import journeys, queries
from ikb.consolidation.argument_model import ArgumentMember, SectionGrouping
from ikb.consolidation.assignment_model import Assignment
from ikb.consolidation.gathering import WHOLE_DRAFT, pool
from ikb.consolidation.holding import holds, stands
from ikb.consolidation.model import Consideration, Run, SectionOutcome
from ikb.core.cluster import default_themes
from ikb.db import db
from ikb.deliberations.model import Meeting, Organization
from ikb.drafts.model import DraftVersion, Section
from ikb.institutions.model import Institution, Invitation
from ikb.remarks.model import Remark, Wish
from ikb.statements.fields import Field, fields_of
from ikb.statements.outline import Line
from ikb.web.labels import label

BEGINNING = 200  # characters of a section, for its name
NOTHING: Mapping[str, int] = {"remarks": 0, "comments": 0, "proposals": 0, "conflicts": 0, "bodies": 0, "open": 0}


@dataclass(frozen=True)
class Said:
    """One remark as the list needs it. theme: of the lexicon, empty where it is of none. argument_id: 0 outside of one.

    Of an institution `body_id` is None, of a body `institution_id` is, and `kind` empty.
    words: how the comment begins, where it was asked for. user_id, person, due_on: who sees to this one remark, until when.
    is_entered: whether somebody answered it, though that may wait for its release.
    answer_id: of the newest consideration, whether it still holds or not; 0 for none.
    """

    remark_id: int
    anchor: str
    stance: str
    wish: str
    institution_id: int | None
    kind: str
    body_id: int | None
    who: str
    sort_key: str
    argument_id: int
    is_answered: bool
    is_entered: bool
    words: str
    user_id: int | None
    person: str
    due_on: date | None
    statement_id: int | None
    answer_id: int
    theme: str = ""

    @property
    def is_comment(self) -> bool:
        """Whether an institution asks for no other text: such a remark waits for an answer of its own."""
        return self.wish == Wish.NONE and self.institution_id is not None

    def is_overdue(self, today: date) -> bool:
        """Whether its own day is over and it still waits for its answer."""
        return self.due_on is not None and self.due_on < today and not self.is_answered


@dataclass(frozen=True)
class Assigned:
    """Who sees to a section until when. name: empty where only a day is set."""

    user_id: int | None
    name: str
    due_on: date | None


@dataclass(frozen=True)
class Row:
    """One section in the list."""

    anchor: str
    name: str
    counts: Mapping[str, int]
    said: Sequence[Said]
    assigned: Assigned | None = None

    @property
    def remarks(self) -> int:
        """How many remarks of institutions count now, also those that no run has seen yet."""
        return sum(one.institution_id is not None for one in self.said)

    @property
    def kinds(self) -> list[tuple[str, int]]:
        """How many remarks each kind of institution made, the most first."""
        counted = Counter(one.kind for one in self.said if one.institution_id is not None)
        return [(label("institution_kind", kind), count) for kind, count in counted.most_common()]

    @property
    def stances(self) -> list[tuple[str, int]]:
        """How many remarks of institutions take each stance, in the order of the form."""
        counted = Counter(one.stance for one in self.said if one.institution_id is not None)
        return [(code, counted[code]) for code in STANCES if counted[code]]

    @property
    def unanswered(self) -> int:
        """How many remarks without another text wait for an answer; those of one argument count once."""
        waiting = [one for one in self.said if one.is_comment and not one.is_answered]
        return len({one.argument_id or -one.remark_id for one in waiting})

    @property
    def is_open(self) -> bool:
        """Whether a wording waits for a decision; that is what issuing waits for."""
        return self.counts["open"] > 0

    @property
    def is_unseen(self) -> bool:
        """Whether somebody asks for another text that no run has weighed yet."""
        weighed = self.counts["remarks"] - self.counts["comments"] + self.counts["bodies"]
        return sum(one.wish != Wish.NONE for one in self.said) > weighed

    @property
    def is_settled(self) -> bool:
        """Whether something was said, and nothing of it waits."""
        return bool(self.said) and not (self.is_open or self.unanswered or self.is_unseen)

    def is_overdue(self, today: date) -> bool:
        """Whether its day is over and something still waits, or nothing was said yet."""
        due_on = self.assigned.due_on if self.assigned else None
        return due_on is not None and due_on < today and not self.is_settled


STANCES = ("support", "support_with_changes", "oppose", "neutral")


@dataclass(frozen=True)
class Listed:
    """All sections of a draft, and its fields of action."""

    rows: Sequence[Row]
    fields: Sequence[Field]

    @property
    def sections_of_field(self) -> dict[str, frozenset[str]]:
        return {field.anchor: field.anchors for field in self.fields}


def listed(base: DraftVersion, run: Run | None, *, words: int = 0) -> Listed:
    """Every section of a base version, then what is gone but still spoken of, then the whole draft. Two queries.

    words: how many characters of each comment are wanted.
    """
    found = db.session.execute(_sections(base, run.id if run else 0)).all()
    said = _said(base, {one: theme for row in found for one, theme in _themes(row.clusters)}, words)
    lines = [Line(row.anchor, row.kind, row.number, row.parent, row.beginning) for row in found if row.kind]
    rows = [_row(row, said.pop(row.anchor, [])) for row in found]
    rows += [Row(anchor, queries.special_name(anchor), NOTHING, those) for anchor, those in said.items()]
    rows.sort(key=lambda row: row.anchor == WHOLE_DRAFT)
    return Listed(rows, fields_of(lines))


def _sections(base: DraftVersion, run_id: int) -> Any:
    own = select(Section.anchor).where(Section.draft_version_id == base.id)
    spoken_of = select(SectionOutcome.anchor).where(SectionOutcome.run_id == run_id)
    anchors = union(own, spoken_of).subquery()
    here = anchors.c.anchor
    return (
        select(
            here.label("anchor"),
            Section.kind,
            Section.number,
            Section.parent,
            func.substr(Section.text, 1, BEGINNING).label("beginning"),
            SectionOutcome.counts,
            SectionGrouping.clusters,
            Assignment.id.label("assignment_id"),
            Assignment.user_id,
            Assignment.due_on,
            User.name.label("person"),
        )
        .select_from(anchors)
        .outerjoin(Section, and_(Section.draft_version_id == base.id, Section.anchor == here))
        .outerjoin(SectionOutcome, and_(SectionOutcome.run_id == run_id, SectionOutcome.anchor == here))
        .outerjoin(SectionGrouping, and_(SectionGrouping.run_id == run_id, SectionGrouping.anchor == here))
        .outerjoin(
            Assignment,
            and_(
                Assignment.draft_id == base.draft_id,
                Assignment.anchor == here,
                Assignment.remark_id.is_(None),
                Assignment.ended_at.is_(None),
            ),
        )
        .outerjoin(User, User.id == Assignment.user_id)
        .order_by(Section.position.is_(None), Section.position, SectionOutcome.position, here)
    )


def _row(found: Any, said: Sequence[Said]) -> Row:
    known = found.kind is not None
    name = queries.name_of(found.kind, found.number, found.beginning) if known else queries.special_name(found.anchor)
    given = Assigned(found.user_id, found.person or "", found.due_on) if found.assignment_id else None
    return Row(found.anchor, name, found.counts or NOTHING, said, given)


def _themes(clusters: Sequence[Mapping[str, Any]] | None) -> list[tuple[int, str]]:
    """The theme of each remark whose cluster has one; it stands first among its key words."""
    known = default_themes().stems
    named = [each for each in clusters or () if each["label"] and each["label"][0] in known]
    return [(one, each["label"][0]) for each in named for one in each["members"]]


def _said(base: DraftVersion, themes: Mapping[int, str], words: int) -> dict[str, list[Said]]:
    """All that counts and is not answered by an issued version, by section."""
    on_it = (Consideration.base_version_id == base.id, Consideration.remark_id == Remark.id)
    answered, entered = exists().where(*on_it, holds()), exists().where(*on_it, stands())
    newest_answer = select(func.max(Consideration.id)).where(*on_it)
    own = and_(Assignment.remark_id == Remark.id, Assignment.ended_at.is_(None))
    in_german = case((Remark.translation != "", Remark.translation), else_=Remark.comment)
    rows = (
        pool(base.draft_id)
        .outerjoin(Assignment, own)
        .outerjoin(User, User.id == Assignment.user_id)
        .outerjoin(Institution, Institution.id == Invitation.institution_id)
        .outerjoin(Organization, Organization.id == Meeting.organization_id)
        .outerjoin(ArgumentMember, and_(ArgumentMember.remark_id == Remark.id, ArgumentMember.left_at.is_(None)))
        .with_only_columns(
            Remark.id,
            func.coalesce(Remark.anchor, literal(WHOLE_DRAFT)),
            func.coalesce(Remark.stance, ""),
            Remark.wish,
            Institution.id,
            func.coalesce(Institution.kind, ""),
            Organization.id,
            func.coalesce(Institution.name, Organization.name, ""),
            func.coalesce(Institution.sort_key, Organization.sort_key, ""),
            func.coalesce(ArgumentMember.argument_id, 0),
            answered,
            entered,
            func.substr(in_german, 1, words) if words else literal(""),
            Assignment.user_id,
            func.coalesce(User.name, ""),
            Assignment.due_on,
            Remark.statement_id,
            func.coalesce(newest_answer.correlate(Remark).scalar_subquery(), 0),
        )
        .order_by(Remark.id)
    )
    found: dict[str, list[Said]] = defaultdict(list)
    moved = journeys.elsewhere(base)
    columns: list[Any]
    for columns in map(list, db.session.execute(rows)):
        if columns[0] in moved:
            columns[1] = moved[columns[0]].anchor or WHOLE_DRAFT
        found[columns[1]].append(Said(*[*columns, themes.get(columns[0], "")]))
    return found

"""Reading what a run works on: the pool of a draft, its texts through the versions, and what was decided."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select

from ikb.consolidation import journeys
from ikb.consolidation.holding import holds, stands
from ikb.consolidation.journeys import Elsewhere
from ikb.consolidation.model import AnsweredRemark, Consideration
from ikb.consolidation.release_model import ConsiderationRelease
from ikb.consolidation.weighing import Decided, Passage, Said
from ikb.core.proposals import Section as CoreSection
from ikb.core.wishes import Place
from ikb.db import db
from ikb.deliberations.model import AgendaItem, Meeting
from ikb.drafts.model import Draft, DraftVersion, Section
from ikb.drafts.service import SectionText
from ikb.institutions.model import Invitation
from ikb.procedures.model import Procedure
from ikb.remarks.model import Remark, Wish
from ikb.remarks.queries import left_out
from ikb.statements.model import Statement, StatementState

WHOLE_DRAFT = "gesamter-entwurf"
"""Stands for "no section": remarks on the whole draft."""


@dataclass(frozen=True)
class Texts:
    """A draft's texts: the base version in order, and every earlier one."""

    version: int
    base: Sequence[SectionText]
    older: Mapping[int, Mapping[str, str]]

    def section(self, anchor: str) -> CoreSection:
        """One section through the versions, for the core."""
        current = next((row.text for row in self.base if row.anchor == anchor), None)
        older = {version: texts[anchor] for version, texts in self.older.items() if anchor in texts}
        return CoreSection(self.version, current, older, dict(self._added_since(anchor)))

    def _added_since(self, anchor: str) -> Iterator[tuple[tuple[int, Place], list[str]]]:
        """What came beside the section after each earlier version: neighbours that were not there yet."""
        here = next((place for place, row in enumerate(self.base) if row.anchor == anchor), None)
        if here is None:
            return
        for version, texts in self.older.items():
            yield (version, "after"), _until_known(self.base[here + 1 :], texts)
            yield (version, "before"), _until_known(self.base[:here][::-1], texts)


def _until_known(rows: Iterable[SectionText], known: Mapping[str, str]) -> list[str]:
    added = []
    for row in rows:
        if row.anchor in known:
            break
        added.append(row.text)
    return added


def passages(base: DraftVersion) -> list[Passage]:
    """Every section of the base in order, then sections that are gone but still spoken of, then the whole draft."""
    texts = texts_of(base)
    moved = journeys.elsewhere(base)
    said = _by_anchor(_said(base, moved))
    decided = _by_anchor_of_decided(_decided(base, moved))
    known = [row.anchor for row in texts.base]
    gone = sorted(anchor for anchor in said if anchor not in known and anchor != WHOLE_DRAFT)
    order = [*known, *gone, *([WHOLE_DRAFT] if WHOLE_DRAFT in said else [])]
    return [
        Passage(anchor, place, texts.section(anchor), said.get(anchor, ()), decided.get(anchor, ()))
        for place, anchor in enumerate(order)
    ]


def passage(base: DraftVersion, anchor: str, position: int) -> Passage:
    """One section with all that was said about it."""
    moved = journeys.elsewhere(base)
    here = stands_at(anchor, moved)
    return Passage(
        anchor, position, texts_of(base).section(anchor), _said(base, moved, here), _decided(base, moved, here)
    )


def stands_at(anchor: str, moved: Mapping[int, Elsewhere]) -> ColumnElement[bool]:
    """Remarks that count at one section: those made on it, and those that came there from elsewhere."""
    return stand_among([anchor], moved)


def stand_among(anchors: Collection[str], moved: Mapping[int, Elsewhere]) -> ColumnElement[bool]:
    """The same for several sections."""
    own: ColumnElement[bool] = Remark.anchor.in_(anchors)
    if WHOLE_DRAFT in anchors:
        own = or_(own, Remark.anchor.is_(None))
    if not moved:
        return own
    came = [one for one, place in moved.items() if (place.anchor or WHOLE_DRAFT) in anchors]
    return or_(and_(own, Remark.id.not_in(moved.keys())), Remark.id.in_(came))


def anchor_of(base: DraftVersion, remark: Remark) -> str:
    """The section of a base version at which a remark counts."""
    return anchor_among(journeys.elsewhere(base), remark)


def anchor_among(moved: Mapping[int, Elsewhere], remark: Remark) -> str:
    """The same where it is known which remarks count elsewhere."""
    place = moved.get(remark.id)
    return (place.anchor if place else remark.anchor) or WHOLE_DRAFT


def texts_of(base: DraftVersion) -> Texts:
    """The texts of a version and of all before it."""
    rows = db.session.execute(
        select(DraftVersion.number, Section.anchor, Section.kind, Section.number, Section.parent, Section.text)
        .join(Section.draft_version)
        .where(DraftVersion.draft_id == base.draft_id, DraftVersion.number <= base.number)
        .order_by(DraftVersion.number, Section.position)
    )
    current: list[SectionText] = []
    older: dict[int, dict[str, str]] = defaultdict(dict)
    for version, anchor, kind, number, parent, text in rows:
        row = SectionText(anchor, kind, number, parent, text)
        if version == base.number:
            current.append(row)
        else:
            older[version][anchor] = text
    return Texts(base.number, current, older)


def mark_of(base: DraftVersion) -> str:
    """A few figures that differ as soon as another remark counts: how many there are, the newest, and their sums.

    One sum is over those that ask for other words: a body's wording can be taken back while its remark stays. Whether decisions
    count only when a second person has released them is told too.
    """
    row = db.session.execute(
        pool(base.draft_id).with_only_columns(
            func.count(Remark.id),
            func.coalesce(func.max(Remark.id), 0),
            func.coalesce(func.sum(Remark.id), 0),
            func.coalesce(func.sum(case((Remark.wish != Wish.NONE, Remark.id), else_=0)), 0),
        )
    ).one()
    mark = "/".join(str(int(figure)) for figure in row)
    return f"{mark}/2" if db.session.scalar(_wants_two_people(base)) else mark


def _wants_two_people(base: DraftVersion) -> Select[bool]:
    return select(Procedure.two_person).join(Draft, Draft.procedure_id == Procedure.id).where(Draft.id == base.draft_id)


def newest_consideration(base: DraftVersion) -> int:
    """Id of the newest decision on a base version, 0 if there is none."""
    newest = select(func.max(Consideration.id)).where(Consideration.base_version_id == base.id)
    return db.session.scalar(newest) or 0


def newest_release(base: DraftVersion) -> int:
    """Id of the newest release of a decision on a base version, 0 if there is none."""
    newest = (
        select(func.max(ConsiderationRelease.id))
        .join(Consideration, Consideration.id == ConsiderationRelease.consideration_id)
        .where(Consideration.base_version_id == base.id)
    )
    return db.session.scalar(newest) or 0


def pool(draft_id: int, *conditions: ColumnElement[bool]) -> Select[Any]:
    """Remarks that count for a draft and that no issued version has answered yet, with what is known of their source.

    Those of submitted statements that were neither replaced nor left out for coming late, and those of bodies.
    """
    return (
        select(Remark)
        .join(Remark.draft_version)
        .outerjoin(Statement, Statement.id == Remark.statement_id)
        .outerjoin(Invitation, Invitation.id == Statement.invitation_id)
        .outerjoin(AgendaItem, AgendaItem.id == Remark.agenda_item_id)
        .outerjoin(Meeting, Meeting.id == AgendaItem.meeting_id)
        .where(
            DraftVersion.draft_id == draft_id,
            or_(
                and_(Statement.state == StatementState.SUBMITTED, Statement.id.not_in(left_out())),
                Remark.agenda_item_id.is_not(None),
            ),
            ~exists().where(AnsweredRemark.remark_id == Remark.id),
            *conditions,
        )
    )


_COLUMNS = (
    Remark.id,
    Remark.anchor,
    DraftVersion.number,
    Remark.wish,
    Remark.proposed_text,
    Remark.created_at,
    Statement.submitted_at,
    Invitation.institution_id,
    Meeting.organization_id,
)


Moved = Mapping[int, Elsewhere]


def _said(base: DraftVersion, moved: Moved, *conditions: ColumnElement[bool]) -> list[Said]:
    rows = db.session.execute(pool(base.draft_id, *conditions).with_only_columns(*_COLUMNS).order_by(Remark.id))
    return [_as_said(row, moved) for row in rows]


def _decided(base: DraftVersion, moved: Moved, *conditions: ColumnElement[bool]) -> list[Decided]:
    """Every consideration on the base, also of remarks that were replaced since: it holds for whoever asks for the same."""
    rows = db.session.execute(
        select(Consideration.id, Consideration.outcome, holds(), *_COLUMNS)
        .select_from(Consideration)
        .join(Remark, Remark.id == Consideration.remark_id)
        .join(DraftVersion, DraftVersion.id == Remark.draft_version_id)
        .outerjoin(Statement, Statement.id == Remark.statement_id)
        .outerjoin(Invitation, Invitation.id == Statement.invitation_id)
        .outerjoin(AgendaItem, AgendaItem.id == Remark.agenda_item_id)
        .outerjoin(Meeting, Meeting.id == AgendaItem.meeting_id)
        .where(Consideration.base_version_id == base.id, stands(), *conditions)
        .order_by(Consideration.id)
    )
    return [Decided(row[0], row[1], _as_said(row[3:], moved), holds=bool(row[2])) for row in rows]


def _as_said(row: Any, moved: Moved) -> Said:
    remark_id, anchor, version, wish, text, created_at, submitted_at, institution_id, organization_id = row
    is_of_a_body = institution_id is None
    source = f"organization:{organization_id}" if is_of_a_body else f"institution:{institution_id}"
    said = Said(remark_id, anchor, version, wish, text, source, is_of_a_body, submitted_at or created_at)
    place = moved.get(remark_id)
    if place is None:
        return said
    return replace(said, anchor=place.anchor, version=place.version, proposed_text=place.wording)


def _by_anchor(said: Iterable[Said]) -> dict[str, list[Said]]:
    found: dict[str, list[Said]] = defaultdict(list)
    for one in said:
        found[one.anchor or WHOLE_DRAFT].append(one)
    return found


def _by_anchor_of_decided(decided: Iterable[Decided]) -> dict[str, list[Decided]]:
    found: dict[str, list[Decided]] = defaultdict(list)
    for one in decided:
        found[one.said.anchor or WHOLE_DRAFT].append(one)
    return found

"""The weighing table: every remark that counts, by section, with what was said, wished and decided, and where it went."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby

from sqlalchemy import func, select

from ikb.consolidation import journeys
from ikb.consolidation import queries as consolidation
from ikb.consolidation.gathering import WHOLE_DRAFT, anchor_among
from ikb.consolidation.holding import holds
from ikb.consolidation.model import AnsweredRemark, Consideration, Run, RunState, SectionOutcome
from ikb.consolidation.voices import Voice, voices_of
from ikb.db import db
from ikb.deliberations.model import AgendaItem, Paper
from ikb.drafts.model import DraftVersion
from ikb.institutions.model import Institution, Invitation
from ikb.remarks import queries as remarks
from ikb.remarks.model import Remark
from ikb.remarks.outgoing import outgoing
from ikb.statements.model import Statement
from ikb.web.labels import label

BODY = "gremium"
OPEN = "offen"
NOT_PUBLIC = "nichtöffentlich beraten"
CLOSED_DOORS = "(nichtöffentlich)"


@dataclass(frozen=True)
class Row:
    """One remark. kind: of the institution, or `gremium`; version: on which it was made; effect: where it went.

    said, wording: as they may leave the house. outcome: empty as long as nothing was decided.
    decided_on, decided_by: the day, and the sitting or person that a later stage named. held_on: of a body's sitting.
    """

    remark_id: int
    anchor: str
    section: str
    who: str
    kind: str
    source: str
    version: int
    said: str
    wish: str
    wording: str
    outcome: str = ""
    reason: str = ""
    stage: str = ""
    decided_on: date | None = None
    decided_by: str = ""
    effect: str = ""
    held_on: date | None = None

    @property
    def is_of_a_body(self) -> bool:
        return self.kind == BODY

    @property
    def kind_in_words(self) -> str:
        return "Gremium" if self.is_of_a_body else label("institution_kind", self.kind)

    @property
    def outcome_in_words(self) -> str:
        return label("consideration", self.outcome) if self.outcome else "noch offen"


@dataclass(frozen=True)
class Filter:
    """What of the table is wanted; an empty part asks for everything. outcome: a consideration's code, or `offen`."""

    anchor: str = ""
    kind: str = ""
    outcome: str = ""

    def wants(self, row: Row) -> bool:
        """Whether a row is among what is wanted."""
        return (
            self.anchor in ("", row.anchor)
            and self.kind in ("", row.kind)
            and (not self.outcome or self.outcome == (row.outcome or OPEN))
        )


@dataclass(frozen=True)
class SectionRows:
    """The rows on one section."""

    anchor: str
    name: str
    rows: Sequence[Row]


def rows_of(base: DraftVersion) -> list[Row]:
    """The whole table of a draft as it stands, in the order of its newest issued text; about ten queries however long it is."""
    pool = remarks.pool_of(base.draft_id)
    ids = [remark.id for remark in pool]
    voices, texts, kinds = voices_of(ids), outgoing(ids), _kinds(base.draft_id)
    decided, went, closed = _decided(base.draft_id, ids), _effects(base.draft_id), _behind_closed_doors(base.draft_id)
    names = consolidation.names(base.id)
    moved, place = journeys.elsewhere(base), {anchor: number for number, anchor in enumerate(_order(base.id))}
    found = []
    for remark in pool:
        anchor, voice, decision = anchor_among(moved, remark), voices[remark.id], decided.get(remark.id)
        row = _row(voice, anchor, names.get(anchor) or consolidation.special_name(anchor), kinds)
        row = replace(row, said=texts[remark.id].said, wording=texts[remark.id].wording, effect=went.get(remark.id, ""))
        if decision is not None:
            row = _with_decision(row, decision)
        found.append(_hidden(row) if remark.id in closed else row)
    last = len(place)
    return sorted(found, key=lambda row: (row.anchor == WHOLE_DRAFT, place.get(row.anchor, last), row.anchor,
                                          not row.is_of_a_body, row.who.casefold(), row.remark_id))  # fmt: skip


def by_section(rows: Iterable[Row]) -> list[SectionRows]:
    """Rows that follow each other on one section, together."""
    return [SectionRows(anchor, (own := list(group))[0].section, own) for anchor, group in groupby(rows, _anchor)]


def anonymised(rows: Sequence[Row]) -> list[Row]:
    """The same rows with each institution as its kind and a number, in the order in which they spoke; bodies keep their names.

    The numbers are given over all rows, so take them before anything is filtered out. A name is replaced in the texts as well
    wherever it is written in full.
    """
    known = _numbered(rows)
    veil = _veil(known)
    return [
        replace(
            row,
            who=row.who if row.is_of_a_body else known[row.who],
            source=row.source if row.is_of_a_body else "",
            said=veil(row.said),
            wording=veil(row.wording),
            reason=veil(row.reason),
        )
        for row in rows
    ]


def veil_of(rows: Iterable[Row]) -> Callable[[str], str]:
    """What replaces the names of institutions in any other text, in the same way as `anonymised` does in these rows."""
    return _veil(_numbered(rows))


def _numbered(rows: Iterable[Row]) -> dict[str, str]:
    known: dict[str, str] = {}
    counted: Counter[str] = Counter()
    for row in sorted(rows, key=lambda row: row.remark_id):
        if not row.is_of_a_body and row.who not in known:
            counted[row.kind] += 1
            known[row.who] = f"{row.kind_in_words} {counted[row.kind]}"
    return known


def _veil(known: Mapping[str, str]) -> Callable[[str], str]:
    if not known:
        return str
    longest_first = sorted(known, key=len, reverse=True)
    names = re.compile("|".join(rf"(?<!\w){re.escape(name)}(?!\w)" for name in longest_first), re.IGNORECASE)
    folded = {name.casefold(): other for name, other in known.items()}
    return lambda text: names.sub(lambda found: folded.get(found[0].casefold(), "Institution"), text)


def _anchor(row: Row) -> str:
    return row.anchor


def _row(voice: Voice, anchor: str, section: str, kinds: Mapping[int, str]) -> Row:
    remark = voice.remark
    source = voice.result_in_words if voice.is_of_a_body else f"{voice.statement_number} Nr. {remark.position}"
    return Row(
        remark_id=remark.id,
        anchor=anchor,
        section=section,
        who=voice.name,
        kind=BODY if voice.is_of_a_body else kinds[remark.id],
        source=source,
        version=voice.version,
        said="",
        wish=remark.wish,
        wording="",
        held_on=voice.held_on,
    )


def _with_decision(row: Row, decision: Consideration) -> Row:
    return replace(
        row,
        outcome=decision.outcome,
        reason=decision.reason,
        stage=decision.stage,
        decided_on=decision.on,
        decided_by=decision.resolved_by,
    )


def _hidden(row: Row) -> Row:
    """Of a deliberation that was not public the table tells that it took place, and nothing else."""
    return replace(row, source=NOT_PUBLIC, said="", wording="", reason=CLOSED_DOORS if row.reason else "")


def _order(base_id: int) -> Iterable[str]:
    return (row.anchor for row in consolidation.rows_of(base_id, None))


def _kinds(draft_id: int) -> dict[int, str]:
    """The kind of the institution behind each remark of a draft."""
    rows = (
        select(Remark.id, Institution.kind)
        .join(Remark.draft_version)
        .join(Statement, Statement.id == Remark.statement_id)
        .join(Invitation, Invitation.id == Statement.invitation_id)
        .join(Institution, Institution.id == Invitation.institution_id)
        .where(DraftVersion.draft_id == draft_id)
    )
    return dict(db.session.execute(rows).all())


def _behind_closed_doors(draft_id: int) -> set[int]:
    rows = (
        select(Remark.id)
        .join(Remark.draft_version)
        .join(AgendaItem, AgendaItem.id == Remark.agenda_item_id)
        .where(DraftVersion.draft_id == draft_id, AgendaItem.public.is_(False))
    )
    return set(db.session.scalars(rows))


def _decided(draft_id: int, ids: Collection[int]) -> dict[int, Consideration]:
    """What holds for each remark: a decision on the proposal it belongs to, else the newest on itself."""
    rows = (
        select(Consideration)
        .join(DraftVersion, DraftVersion.id == Consideration.base_version_id)
        .where(DraftVersion.draft_id == draft_id, holds())
        .order_by(Consideration.id)
    )
    by_id = {row.id: row for row in db.session.scalars(rows)}
    own = {row.remark_id: row for row in by_id.values()}
    held = {remark: by_id[one] for remark, one in _held(draft_id).items() if one in by_id}
    wanted = set(ids)
    return {remark: row for remark, row in (own | held).items() if remark in wanted}


def _held(draft_id: int) -> dict[int, int]:
    """Which consideration holds for each remark by its proposal, from the newest finished run on every version."""
    newest = (
        select(func.max(Run.id))
        .join(DraftVersion, DraftVersion.id == Run.base_version_id)
        .where(DraftVersion.draft_id == draft_id, Run.state.in_((RunState.DONE, RunState.OUTDATED)))
        .group_by(Run.base_version_id)
    )
    rows = select(SectionOutcome.proposals, SectionOutcome.bodies).where(SectionOutcome.run_id.in_(newest))
    found: dict[int, int] = {}
    for proposals, bodies in db.session.execute(rows.order_by(SectionOutcome.run_id)):
        found |= {one: asked["decided"] for asked in proposals if asked["decided"] for one in asked["members"]}
        found |= {body["remark"]: body["decided"] for body in bodies if body["decided"]}
    return found


def _effects(draft_id: int) -> dict[int, str]:
    """The issued version that answered each remark: `Fassung 2, Drucksache 2010/2`."""
    rows = (
        select(AnsweredRemark.remark_id, DraftVersion.number, Paper.reference)
        .join(DraftVersion, DraftVersion.id == AnsweredRemark.version_id)
        .outerjoin(Paper, Paper.draft_version_id == DraftVersion.id)
        .where(DraftVersion.draft_id == draft_id)
    )
    return {
        remark_id: f"Fassung {number}" + (f", Drucksache {reference}" if reference else "")
        for remark_id, number, reference in db.session.execute(rows)
    }

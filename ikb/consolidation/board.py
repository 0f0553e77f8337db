"""The committees' board of a section: what each body resolved, in the order of the Beratungsfolge, and what became of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import and_, exists, select
from sqlalchemy.orm import aliased, contains_eager, joinedload, lazyload

from ikb.consolidation import journeys
from ikb.consolidation.board_model import AdministrationComment
from ikb.consolidation.gathering import stands_at
from ikb.consolidation.holding import DECIDES
from ikb.consolidation.model import AnsweredRemark, Consideration
from ikb.consolidation.sequels import Position, Sequel, Wording, sequel
from ikb.consolidation.voices import Voice
from ikb.core.results import Outcome
from ikb.core.workflow import StationState
from ikb.db import db
from ikb.deliberations.model import AgendaItem, Consultation, Meeting, Organization, Paper, Result
from ikb.deliberations.wordings import REPLACED
from ikb.drafts.model import DraftVersion, Section
from ikb.remarks.model import Remark, Wish
from ikb.web import labels

PASSED_OVER = frozenset({StationState.SKIPPED, StationState.REMOVED})

labels.add(
    "sequel",
    {
        Sequel.CONFIRMED: "bestätigt",
        Sequel.CHANGED: "geändert: mit eigenem Wortlaut",
        Sequel.NOT_TAKEN_UP: "nicht übernommen: ohne diesen Wortlaut zugestimmt",
        Sequel.NO_VOTE: "kein Votum zu diesem Wortlaut",
        Sequel.UNKNOWN: "aus dem Ergebnis nicht ersichtlich",
        Sequel.PENDING: "noch nicht beraten",
    },
)


@dataclass(frozen=True)
class Station:
    """One step of the Beratungsfolge. laid: as in `Position`."""

    consultation: Consultation
    result: Result | None
    laid: str | None

    @property
    def name(self) -> str:
        return self.consultation.body_name

    @property
    def held_on(self) -> date | None:
        return self.consultation.held_on

    @property
    def is_provisional(self) -> bool:
        """Whether its result waits for the minutes."""
        return bool(self.result and self.result.entered_provisional) and (
            self.consultation.state != StationState.CONFIRMED
        )

    @property
    def decides(self) -> bool:
        """Whether its result is the decision on the paper."""
        return self.consultation.authoritative and self.result is not None and Outcome(self.result.outcome) in DECIDES


@dataclass(frozen=True)
class Heard:
    """What one remark of a body came to: answered_in is the number of the version that answered it."""

    remark: Remark
    answered_in: int | None

    @property
    def wording(self) -> Wording:
        return Wording(self.remark.wish, self.remark.proposed_text)


@dataclass(frozen=True)
class Followed:
    """What a later body made of it."""

    station: Station
    what: Sequel


@dataclass(frozen=True)
class Entry:
    """One remark of a body on the board.

    found:    what stands of it in the section's outcome, None where it only comments or a version has answered it.
    comments: of the administration, the newest first; the newest holds.
    later:    what the next body made of it, and the one that decides.
    binds:    the deciding body's own wording: it goes into the text as it stands.
    """

    heard: Heard
    voice: Voice
    station: Station | None
    found: Mapping[str, Any] | None
    consideration: Consideration | None
    comments: Sequence[AdministrationComment]
    later: Sequence[Followed]
    binds: bool

    @property
    def remark(self) -> Remark:
        return self.heard.remark

    @property
    def remark_id(self) -> int:
        return self.remark.id

    @property
    def comment(self) -> AdministrationComment | None:
        """The comment that holds; None where none was written or it was taken back."""
        return self.comments[0] if self.comments and self.comments[0].text else None


def heard_on(base: DraftVersion, anchor: str) -> list[Heard]:
    """All that bodies said about what stands at a section now, whichever version lay before them."""
    here = stands_at(anchor, journeys.elsewhere(base))
    answering = aliased(DraftVersion)
    rows = (
        select(Remark, answering.number)
        .join(Remark.draft_version)
        .outerjoin(AnsweredRemark, AnsweredRemark.remark_id == Remark.id)
        .outerjoin(answering, answering.id == AnsweredRemark.version_id)
        .where(
            DraftVersion.draft_id == base.draft_id, here, Remark.agenda_item_id.is_not(None), Remark.comment != REPLACED
        )
        .order_by(Remark.id)
    )
    return [Heard(remark, number) for remark, number in db.session.execute(rows)]


def stations(procedure_id: int, anchor: str) -> list[Station]:
    """The steps of a procedure by their day, with the result that holds and the section as it was laid. One query."""
    newer = aliased(Result)
    holds = ~exists().where(newer.consultation_id == Consultation.id, newer.id > Result.id)
    rows = (
        select(Consultation, Result, Paper.id, Section.text)
        .outerjoin(Consultation.agenda_item)
        .outerjoin(AgendaItem.meeting)
        .outerjoin(Result, and_(Result.consultation_id == Consultation.id, holds))
        .outerjoin(Paper, Paper.id == Consultation.laid_paper_id)
        .outerjoin(Section, and_(Section.draft_version_id == Paper.draft_version_id, Section.anchor == anchor))
        .where(Consultation.procedure_id == procedure_id, Consultation.state.not_in(PASSED_OVER))
        .options(
            contains_eager(Consultation.agenda_item).contains_eager(AgendaItem.meeting),
            joinedload(Consultation.organization).joinedload(Organization.names),
            lazyload(Consultation.procedure),
        )
        .order_by(Meeting.held_on.is_(None), Meeting.held_on, Consultation.position, Consultation.id)
    )
    return [
        Station(step, result, None if paper_id is None else text or "")
        for step, result, paper_id, text in db.session.execute(rows).unique()
    ]


def binding(heard: Sequence[Heard], sequence: Sequence[Station]) -> frozenset[int]:
    """Ids of the remarks whose wording the deciding body adopted. Where two of them are rivals, the later one binds."""
    said = _by_item(heard)
    found: list[Heard] = []
    for station in sequence:
        own = said.get(station.consultation.agenda_item_id or 0, []) if station.decides else []
        for one in (one for one in own if one.remark.wish != Wish.NONE and one.answered_in is None):
            found = [other for other in found if not other.wording.is_rival_of(one.wording)] + [one]
    return frozenset(one.remark.id for one in found)


def binding_on(base: DraftVersion, anchor: str) -> frozenset[int]:
    """The same for a section, from what is recorded now."""
    heard = heard_on(base, anchor)
    return binding(heard, stations(base.draft.procedure_id, anchor)) if heard else frozenset()


def entries(
    heard: Sequence[Heard],
    procedure_id: int,
    anchor: str,
    voices: Mapping[int, Voice],
    found: Mapping[int, Mapping[str, Any]],
    decided: Mapping[int, Consideration],
) -> list[Entry]:
    """The board in the order of the Beratungsfolge. Two queries, none where no body said anything.

    found, decided: by remark.
    """
    heard = [one for one in heard if one.remark.id in voices]
    if not heard:
        return []
    sequence = stations(procedure_id, anchor)
    place = {
        step.consultation.agenda_item_id: at for at, step in enumerate(sequence) if step.consultation.agenda_item_id
    }
    comments, binds = comments_on([one.remark.id for one in heard]), binding(heard, sequence)
    board = []
    for one in sorted(heard, key=lambda one: (place.get(one.remark.agenda_item_id or 0, len(place)), one.remark.id)):
        at = place.get(one.remark.agenda_item_id or 0)
        board.append(
            Entry(
                heard=one,
                voice=voices[one.remark.id],
                station=None if at is None else sequence[at],
                found=found.get(one.remark.id),
                consideration=decided.get(one.remark.id),
                comments=comments.get(one.remark.id, ()),
                later=[] if at is None else _later(one, sequence[at + 1 :], _by_item(heard)),
                binds=one.remark.id in binds,
            )
        )
    return board


def comments_on(remark_ids: Collection[int]) -> dict[int, list[AdministrationComment]]:
    """What the administration said to each of some remarks, the newest first."""
    rows = select(AdministrationComment).where(AdministrationComment.remark_id.in_(remark_ids))
    found: dict[int, list[AdministrationComment]] = {}
    for row in db.session.scalars(rows.order_by(AdministrationComment.id.desc())):
        found.setdefault(row.remark_id, []).append(row)
    return found


def _by_item(heard: Sequence[Heard]) -> dict[int, list[Heard]]:
    found: dict[int, list[Heard]] = {}
    for one in heard:
        found.setdefault(one.remark.agenda_item_id or 0, []).append(one)
    return found


def _later(one: Heard, after: Sequence[Station], said: Mapping[int, Sequence[Heard]]) -> list[Followed]:
    """The next body, and the deciding one behind it."""
    if one.remark.wish == Wish.NONE:
        return []
    chosen = [step for at, step in enumerate(after) if at == 0 or step.consultation.authoritative]
    return [Followed(step, sequel(one.wording, _position(step, said))) for step in chosen]


def _position(step: Station, said: Mapping[int, Sequence[Heard]]) -> Position:
    own = [other.wording for other in said.get(step.consultation.agenda_item_id or 0, ()) if other.remark.wish]
    return Position(Outcome(step.result.outcome) if step.result else None, own, step.laid)

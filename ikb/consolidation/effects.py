"""What became of each remark: the words that it changed, else the reason why it changed none. One of both is always there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import func, select

from ikb.consolidation import journeys, sections, wordings
from ikb.consolidation.gathering import WHOLE_DRAFT
from ikb.consolidation.model import AnsweredRemark, Consideration, Run, RunState, SectionOutcome
from ikb.core.proposals import Status
from ikb.db import db
from ikb.deliberations.wordings import REPLACED
from ikb.drafts.model import Change, DraftVersion
from ikb.remarks.model import Remark
from ikb.remarks.queries import left_out
from ikb.statements.late_model import LateDecision
from ikb.statements.model import Statement, StatementState
from ikb.web import labels

ALREADY_THERE = frozenset({Status.NO_CHANGE, Status.ADOPTED})
HAS_NO_PLACE: Mapping[str, str] = {
    Status.STALE: "Die Stelle hat sich geändert, seit der Vorschlag geschrieben wurde; er passt nicht mehr hinein.",
    Status.UNPLACEABLE: "Den Abschnitt, den der Vorschlag meint, gibt es in der jetzigen Fassung nicht mehr.",
}

GONE: Mapping[StatementState, str] = {
    StatementState.REPLACED: "Die Stellungnahme ist durch eine spätere ersetzt.",
    StatementState.WITHDRAWN: "Die Stellungnahme ist zurückgezogen.",
}
TOO_LATE = "Die Stellungnahme kam nach der Frist und wird nicht berücksichtigt."


class Became(StrEnum):
    """What a remark came to."""

    CHANGED = "changed"  # its words stand in an issued version
    PLANNED = "planned"  # they stand in the working version
    ANSWERED = "answered"  # somebody decided, and no word of the text is its own
    ALREADY_THERE = "already_there"
    NOT_COUNTED = "not_counted"
    WAITING = "waiting"


labels.add(
    "became",
    {
        Became.CHANGED: "hat den Text geändert",
        Became.PLANNED: "ändert die Arbeitsfassung",
        Became.ANSWERED: "beantwortet, ohne Änderung am Text",
        Became.ALREADY_THERE: "stand schon im Text",
        Became.NOT_COUNTED: "zählt nicht",
        Became.WAITING: "wartet auf eine Antwort",
    },
    tones={
        Became.CHANGED: "success",
        Became.PLANNED: "info",
        Became.ANSWERED: "info",
        Became.NOT_COUNTED: "neutral",
        Became.WAITING: "warning",
    },
)


@dataclass(frozen=True)
class Version:
    """A version as far as a link to it needs."""

    id: int
    number: int
    is_issued: bool


@dataclass(frozen=True)
class Place:
    """One changed stretch of a redline: the segment `number` of a change. kind: `ins` or `del`."""

    version: Version
    change_id: int
    number: int
    kind: str
    text: str

    @property
    def name(self) -> str:
        """As the redline calls the stretch in its address."""
        return f"{self.change_id}-{self.number}"


@dataclass(frozen=True)
class Effect:
    """What became of one remark.

    places:   the changed stretches that it is behind, the oldest version first.
    reason:   why it changed no word; never empty where there are no places.
    answered: the issued version that took it out of the pool, None while it is in there.
    """

    remark: Remark
    became: Became
    reason: str
    places: Sequence[Place] = ()
    decision: Consideration | None = None
    answered: Version | None = None


def of_remarks(draft_id: int, remarks: Sequence[Remark]) -> dict[int, Effect]:
    """The effect of each remark of a draft, by its id; ten queries however many they are."""
    if not remarks:
        return {}
    known = _Known(draft_id, remarks)
    return {remark.id: known.effect(remark) for remark in remarks}


class _Known:
    """Everything that the effects of some remarks follow from."""

    def __init__(self, draft_id: int, remarks: Sequence[Remark]) -> None:
        ids = [remark.id for remark in remarks]
        self._versions = _versions(draft_id)
        self._decisions = sections.decided_in(draft_id, remarks)
        self._proposals = _proposals(draft_id, {at or WHOLE_DRAFT for at in journeys.all_places(draft_id, remarks)})
        self._status = {one: str(proposal["status"]) for (_, one), proposal in self._proposals.items()}
        self._answered = _answered(ids)
        self._outside = _outside(remarks)
        changes = _changes(draft_id)
        self._by_hand = {(change.draft_version_id, change.anchor) for change in changes if _hands(change)}
        self._places = self._places_of(changes)

    def effect(self, remark: Remark) -> Effect:
        """What became of one of them."""
        places, decision = self._places.get(remark.id, []), self._decisions.get(remark.id)
        answered = self._versions.get(self._answered.get(remark.id, 0))
        if any(place.version.is_issued for place in places):
            return Effect(remark, Became.CHANGED, "", places, decision, answered)
        if why := self._why_not_counted(remark):
            return Effect(remark, Became.NOT_COUNTED, why, (), decision, answered)
        if places:
            return Effect(remark, Became.PLANNED, "", places, decision, answered)
        if decision is not None:
            return Effect(remark, Became.ANSWERED, self._why(remark, decision, answered), (), decision, answered)
        status = self._status.get(remark.id, "")
        if status in ALREADY_THERE:
            return Effect(remark, Became.ALREADY_THERE, "Was gewünscht wird, steht schon im Text.", answered=answered)
        return Effect(remark, Became.WAITING, HAS_NO_PLACE.get(status, "Darüber ist noch nicht entschieden."))

    def _why_not_counted(self, remark: Remark) -> str:
        if remark.is_of_a_body:
            return (
                "Das Ergebnis des Gremiums ist berichtigt; der Wortlaut gilt nicht mehr." if _is_retired(remark) else ""
            )
        return self._outside.get(remark.statement_id or 0, "")

    def _why(self, remark: Remark, decision: Consideration, answered: Version | None) -> str:
        """The reason that somebody wrote, else what follows from the facts."""
        if decision.reason.strip():
            return decision.reason
        if decision.outcome != "followed":
            return "Eine Begründung ist nicht eingetragen."
        if not remark.wish:
            return "Es wird gefolgt; ein anderer Wortlaut war nicht gewünscht."
        if answered is None:
            return "Es wird gefolgt; in die Arbeitsfassung kommt das mit der nächsten Zusammenführung."
        if (answered.id, remark.anchor or "") in self._by_hand:
            return "Es wird gefolgt; der Abschnitt wurde danach von Hand anders geschrieben."
        return "Es wird gefolgt; der Text sagte es schon."

    def _places_of(self, changes: Sequence[Change]) -> dict[int, list[Place]]:
        hands = {one for change in changes for one in _hands(change)}
        behind_hands = self._behind_hands(wordings.decisions_by(hands))
        found: dict[int, list[Place]] = defaultdict(list)
        for change in changes:
            for number, part in _changed(change):
                place = Place(
                    self._versions[change.draft_version_id], change.id, number, part["t"], part["text"].strip()
                )
                answered = {one for edit in part.get("hand", ()) for one in behind_hands.get(edit, ())}
                for remark_id in {*part["remarks"], *answered}:
                    found[remark_id].append(place)
        return found

    def _behind_hands(self, decisions: Mapping[int, Sequence[Consideration]]) -> dict[int, set[int]]:
        """The remarks that a wording of the lead's own answers, by edit: those decided on, and all that ask for the same."""
        members: dict[tuple[int, str], set[int]] = defaultdict(set)
        for (base_id, remark_id), proposal in self._proposals.items():
            members[base_id, proposal.get("key", "")].add(remark_id)
        return {
            edit: {
                one
                for row in rows
                for one in (
                    row.remark_id,
                    *(members[row.base_version_id, row.proposal_key] if row.proposal_key else ()),
                )
            }
            for edit, rows in decisions.items()
        }


def _is_retired(remark: Remark) -> bool:
    return not remark.wish and remark.comment == REPLACED


def _changed(change: Change) -> Iterator[tuple[int, Mapping[str, Any]]]:
    return ((number, part) for number, part in enumerate(change.segments) if part["t"] != "keep")


def _hands(change: Change) -> set[int]:
    return {one for _, part in _changed(change) for one in part.get("hand", ())}


def _versions(draft_id: int) -> dict[int, Version]:
    rows = select(DraftVersion.id, DraftVersion.number, DraftVersion.issued_at)
    found = db.session.execute(rows.where(DraftVersion.draft_id == draft_id))
    return {id: Version(id, number, issued_at is not None) for id, number, issued_at in found}


def _changes(draft_id: int) -> list[Change]:
    rows = select(Change).join(Change.draft_version).where(DraftVersion.draft_id == draft_id)
    return list(db.session.scalars(rows.order_by(DraftVersion.number, Change.position)))


def _proposals(draft_id: int, anchors: Collection[str]) -> dict[tuple[int, int], Mapping[str, Any]]:
    """What each remark asks for as the newest finished run on each version found it, by that version and the remark."""
    newest = (
        select(func.max(Run.id))
        .join(DraftVersion, DraftVersion.id == Run.base_version_id)
        .where(DraftVersion.draft_id == draft_id, Run.state.in_((RunState.DONE, RunState.OUTDATED)))
        .group_by(Run.base_version_id)
    )
    rows = (
        select(Run.base_version_id, SectionOutcome.proposals)
        .join(SectionOutcome.run)
        .where(SectionOutcome.run_id.in_(newest), SectionOutcome.anchor.in_(anchors))
        .order_by(SectionOutcome.run_id)
    )
    return {
        (base_id, remark_id): proposal
        for base_id, proposals in db.session.execute(rows)
        for proposal in proposals
        for remark_id in proposal["members"]
    }


def _answered(ids: Collection[int]) -> dict[int, int]:
    """The version that answered each remark, by remark."""
    rows = select(AnsweredRemark.remark_id, AnsweredRemark.version_id).where(AnsweredRemark.remark_id.in_(ids))
    return dict(db.session.execute(rows).all())


def _outside(remarks: Sequence[Remark]) -> dict[int, str]:
    """Why statements do not count, by statement; those that do are not in it."""
    ids = {remark.statement_id for remark in remarks if remark.statement_id}
    gone = select(Statement.id, Statement.state).where(Statement.id.in_(ids), Statement.state.in_(GONE))
    late = select(LateDecision.statement_id, LateDecision.reason).where(
        LateDecision.statement_id.in_(ids), LateDecision.statement_id.in_(left_out())
    )
    told = {id: f"{TOO_LATE} {reason}".strip() for id, reason in db.session.execute(late.order_by(LateDecision.id))}
    return told | {id: GONE[StatementState(state)] for id, state in db.session.execute(gone)}

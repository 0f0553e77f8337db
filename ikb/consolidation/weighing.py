"""One section and all that was said about it: proposals, bodies' wordings and the suggested text. Pure; no database.

Statements compete by the rules of the core. What a body resolved never competes: it is adopted word for word by a
decision, or kept apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from ikb.consolidation.outcomes import FOLLOWED, Found, elements_of, figures, segments_as_json
from ikb.consolidation.rivalries import Rivalries
from ikb.consolidation.verbatim import in_their_words
from ikb.core.diff import joined_for_display
from ikb.core.merge import Decision, merge_section
from ikb.core.proposals import Proposal, Section, Status
from ikb.core.redline import Edit, Segment, redline
from ikb.core.relation import are_rivals
from ikb.core.texts import joined
from ikb.core.wishes import Amendment, Member, Wish
from ikb.remarks import model as remarks

MOST_RIVALS = 50
"""So many rivals of a proposal are named, the best supported ones; of further ones the number is enough to decide."""

_OPS: dict[str, tuple[Literal["replace", "delete", "insert"], Literal["before", "after"] | None]] = {
    remarks.Wish.REPLACE: ("replace", None),
    remarks.Wish.DELETE: ("delete", None),
    remarks.Wish.INSERT_AFTER: ("insert", "after"),
    remarks.Wish.INSERT_BEFORE: ("insert", "before"),
}


@dataclass(frozen=True)
class Said:
    """One remark with its source. source: the institution or organization behind it, equal for the same one."""

    remark_id: int
    anchor: str | None
    version: int
    wish: str
    proposed_text: str
    source: str
    is_of_a_body: bool
    at: datetime

    @property
    def asks_for_text(self) -> bool:
        return self.wish != remarks.Wish.NONE


@dataclass(frozen=True)
class Decided:
    """A consideration on a remark, and through its wish on all that ask for the same. holds: whether it counts yet."""

    consideration_id: int
    outcome: str
    said: Said
    holds: bool = True

    @property
    def as_decision(self) -> Decision:
        return "accept" if self.outcome == FOLLOWED else "reject"


@dataclass(frozen=True)
class Passage:
    """Everything that one section's outcome follows from."""

    anchor: str
    position: int
    section: Section
    said: Sequence[Said] = ()
    decided: Sequence[Decided] = ()

    @property
    def as_entered(self) -> Passage:
        """As it will be once all that was decided counts: what a further decision is measured by."""
        return replace(self, decided=[replace(one, holds=True) for one in self.decided])


def weigh(passage: Passage) -> Found:
    """What becomes of one section. Depends on the set of remarks and decisions alone, not on their order."""
    table = _Table(passage)
    running, aside = table.split()
    merged = merge_section(passage.section, running, table.decisions())
    shown = [*merged.proposals, *table.set_aside(aside, merged.proposals)]
    against = Rivalries(sorted(shown, key=lambda p: table.order(p)), table.official)
    asked = [proposal for proposal in against.ordered if table.members(proposal)]
    proposals = [table.proposal(proposal, against) for proposal in asked]
    bodies = [table.body(said) for said in table.bodies]
    elements = in_their_words(elements_of(passage.anchor, merged), bodies, passage.section.current or "")
    found = Found(proposals, elements, bodies)
    ours = [said for said in passage.said if not said.is_of_a_body]
    comments = sum(1 for said in ours if not said.asks_for_text)
    counts = figures(found, remarks=len(ours), comments=comments, conflicts=against.count_among(asked))
    return replace(found, counts=counts)


class _Table:
    """One section's wishes, laid out: those of statements, those of bodies, and what was decided on them."""

    def __init__(self, passage: Passage) -> None:
        self.section = passage.section
        asking = sorted((said for said in passage.said if said.asks_for_text), key=lambda said: said.remark_id)
        self.bodies = [said for said in asking if said.is_of_a_body]
        self.statements = [_amendment(said) for said in asking if not said.is_of_a_body]
        entered = _newest_last(passage.decided)
        holding = [decided for decided in entered if decided.holds]
        self._of_body, self._of_wish = self._on_bodies(holding), self._on_wishes(holding)
        self._entered_of_body, self._entered_of_wish = self._on_bodies(entered), self._on_wishes(entered)
        self.adopted = [self._verbatim(said) for said in self.bodies if self._outcome_of_body(said) == FOLLOWED]
        self.official = frozenset(amendment.statement for amendment in self.adopted)
        self._wording = {one.statement: one.wish.new_text or "" for one in (*self.statements, *self.adopted)}

    @staticmethod
    def _on_bodies(decided: Iterable[Decided]) -> dict[int, Decided]:
        return {d.said.remark_id: d for d in decided if d.said.is_of_a_body}

    def _on_wishes(self, decided: Iterable[Decided]) -> dict[tuple[object, ...], Decided]:
        asking = (d for d in decided if d.said.asks_for_text and not d.said.is_of_a_body)
        return {self._identity(_amendment(d.said).wish): d for d in asking}

    def split(self) -> tuple[list[Amendment], list[Amendment]]:
        """The amendments that run for the text, and those that an adopted wording leaves no room for."""
        aside = [amendment for amendment in self.statements if self._has_no_room(amendment)]
        out = {amendment.statement for amendment in aside}
        return [*self.adopted, *(a for a in self.statements if a.statement not in out)], aside

    def decisions(self) -> dict[Member, Decision]:
        """One decision for each wish that has one; what a body resolved and was adopted counts as accepted."""
        found = {amendment.member: self._decision_on(amendment) for amendment in self.statements}
        decided = {member: decision for member, decision in found.items() if decision is not None}
        return decided | {amendment.member: "accept" for amendment in self.adopted}

    def set_aside(self, aside: Sequence[Amendment], running: Iterable[Proposal]) -> list[Proposal]:
        """The proposals that an adopted wording leaves no room for: superseded by it, or held if they were accepted too."""
        ours = {amendment.member for amendment in self.adopted}
        keys = tuple(sorted(p.key for p in running if ours & set(p.members)))
        judged = merge_section(self.section, aside, self.decisions()).proposals
        return [self._pushed_out(proposal, keys) for proposal in judged]

    def _pushed_out(self, proposal: Proposal, keys: tuple[str, ...]) -> Proposal:
        if not proposal.competes or proposal.status is Status.REJECTED:
            return proposal
        decided = self._decided_on(proposal)
        status = Status.HELD if decided and decided.outcome == FOLLOWED else Status.SUPERSEDED
        return replace(proposal, status=status, conflicts_with=tuple(sorted({*proposal.conflicts_with, *keys})))

    def _has_no_room(self, amendment: Amendment) -> bool:
        """Whether a wish cannot stand beside a wording that goes in word for word."""
        if not self.adopted:
            return False
        placed = self.section.place(amendment.wish)
        same = any(placed.identity == self._identity(one.wish) for one in self.adopted)
        if same and self._decision_on(amendment) != "reject":
            return False
        for one in self.adopted:
            official = self.section.place(one.wish)
            if "insert" not in (official.kind, placed.kind):
                return True
            if (official.kind, official.place) == (placed.kind, placed.place) and are_rivals(
                (token.text for token in official.words), (token.text for token in placed.words)
            ):
                return True
        return False

    def order(self, proposal: Proposal) -> tuple[int, str]:
        """Well supported ones first, then by first member."""
        return -self._support(proposal), proposal.key

    def members(self, proposal: Proposal) -> list[int]:
        """The statements' remarks behind a proposal."""
        return sorted(int(one) for one in proposal.statements if one not in self.official)

    def proposal(self, proposal: Proposal, against: Rivalries) -> dict[str, Any]:
        """A proposal as it is stored."""
        decided, entered = self._decided_on(proposal), self._entered_on(proposal)
        rivals = against.of(proposal)
        named = rivals[:MOST_RIVALS]
        return {
            "key": proposal.key,
            "op": proposal.wish.kind,
            "place": proposal.wish.place,
            "status": str(proposal.status),
            "support": self._support(proposal),
            "members": self.members(proposal),
            "bodies": sorted(int(one) for one in proposal.statements if one in self.official),
            "conflicts_with": [other.key for other in named],
            "reasons": {other.key: against.why(proposal, other) for other in named},
            "further_rivals": len(rivals) - len(named),
            "decided": decided.consideration_id if decided else None,
            "outcome": decided.outcome if decided else None,
            "entered": entered.consideration_id if entered else None,
            "segments": self._shown_alone(proposal),
            "text": joined(proposal.wish.words) if proposal.wish.kind == "insert" else self._asked(proposal),
        }

    def body(self, said: Said) -> dict[str, Any]:
        """What a body resolved, as it is stored: beside the proposals, never among them."""
        amendment = self._verbatim(said)
        alone = merge_section(self.section, [amendment]).proposals[0]
        decided, entered = self._of_body.get(said.remark_id), self._entered_of_body.get(said.remark_id)
        adopted = decided is not None and decided.outcome == FOLLOWED
        return {
            "remark": said.remark_id,
            "op": alone.wish.kind,
            "place": alone.wish.place,
            "status": "open" if decided is None else "adopted" if adopted else "apart",
            "decided": decided.consideration_id if decided else None,
            "outcome": decided.outcome if decided else None,
            "entered": entered.consideration_id if entered else None,
            "segments": self._shown_alone(alone),
            "text": said.proposed_text,
        }

    def _support(self, proposal: Proposal) -> int:
        """Institutions behind a proposal; a body that asks for the same is not counted among them."""
        return sum(1 for submitter in proposal.submitters if submitter.startswith("institution:"))

    def _verbatim(self, said: Said) -> Amendment:
        """A body's wording, put on the current text as a whole: carried over word by word it would not be theirs."""
        return _amendment(replace(said, version=self.section.version))

    def _identity(self, wish: Wish) -> tuple[object, ...]:
        return self.section.place(wish).identity

    def _outcome_of_body(self, said: Said) -> str | None:
        decided = self._of_body.get(said.remark_id)
        return decided.outcome if decided else None

    def _decision_on(self, amendment: Amendment) -> Decision | None:
        decided = self._of_wish.get(self._identity(amendment.wish))
        return decided.as_decision if decided else None

    def _decided_on(self, proposal: Proposal) -> Decided | None:
        """The consideration that holds for a proposal: its own, else that of the body whose adopted wording it is."""
        if official := self.official & set(proposal.statements):
            return self._of_body[min(int(one) for one in official)]
        return self._of_wish.get(proposal.wish.identity)

    def _entered_on(self, proposal: Proposal) -> Decided | None:
        """The same whether it counts yet or not."""
        if official := self.official & set(proposal.statements):
            return self._entered_of_body[min(int(one) for one in official)]
        return self._entered_of_wish.get(proposal.wish.identity)

    def _shown_alone(self, proposal: Proposal) -> list[dict[str, Any]]:
        """The redline of one proposal on the current text; empty where it has no place there."""
        placed = proposal.wish
        if not proposal.competes:
            return []
        if placed.kind == "insert":
            return segments_as_json([Segment("ins", joined(placed.words), proposal.statements, (proposal.key,))])
        base = self.section.tokens()
        if placed.kind == "delete":
            return segments_as_json([Segment("del", joined(base), proposal.statements, (proposal.key,))])
        shown = joined_for_display(base, placed.hunks)
        return segments_as_json(redline(base, [Edit(hunk, proposal.statements, (proposal.key,)) for hunk in shown]))

    def _asked(self, proposal: Proposal) -> str:
        """The wording that the first member wrote, in full."""
        return self._wording.get(proposal.members[0].statement, "")


def _amendment(said: Said) -> Amendment:
    op, place = _OPS[said.wish]
    new_text = None if op == "delete" else said.proposed_text
    return Amendment(
        str(said.remark_id), 0, said.source, said.at, Wish(op, said.version, new_text=new_text, place=place)
    )


def _newest_last(decided: Iterable[Decided]) -> list[Decided]:
    return sorted(decided, key=lambda d: d.consideration_id)

"""One section and all that is asked for it: which wishes fit together, which do not, and the text that follows."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, groupby
from typing import Literal

from ikb.core.diff import Hunk
from ikb.core.proposals import Proposal, Section, Status, proposals
from ikb.core.redline import Edit, Segment, new_text, redline
from ikb.core.relation import are_rivals, conflicting_owners
from ikb.core.texts import joined
from ikb.core.wishes import Amendment, Member, Place

Decision = Literal["accept", "reject"]
Decisions = Mapping[Member, Decision]


class ContradictingDecisions(ValueError):
    """One proposal is both accepted and rejected.

    members: the amendments with an accept and a reject.
    """

    def __init__(self, accepted: Member, rejected: Member) -> None:
        super().__init__(f"{accepted} is accepted and {rejected} is rejected, but both ask for the same")
        self.accepted = accepted
        self.rejected = rejected


@dataclass(frozen=True, slots=True)
class NewSection:
    """A section that comes beside this one."""

    place: Place
    text: str
    proposal: Proposal


@dataclass(frozen=True, slots=True)
class Merged:
    """What became of one section.

    status:    "unchanged", "changed" or "deleted"; None if there was no section.
    text:      the suggested text, None if deleted or never there.
    segments:  the redline (see `Segment`).
    new:       sections to come beside it: those before it, then those after it, each in the order of the text.
    proposals: in order of their first members.
    """

    status: Literal["unchanged", "changed", "deleted"] | None
    text: str | None
    segments: tuple[Segment, ...]
    new: tuple[NewSection, ...]
    proposals: tuple[Proposal, ...]


def merge_section(section: Section, amendments: Iterable[Amendment], decisions: Decisions | None = None) -> Merged:
    """Apply every proposal that no other contradicts; leave the rest to a human (R4 to R10).

    section:    its texts; keep the object for the next call, it remembers where wishes stand.
    amendments: all that are asked for this section; their order never matters.
    decisions:  "accept" or "reject" for members; each holds for the whole proposal.
    Raises ContradictingDecisions if one proposal has both.
    """
    judged = select(section, proposals(section, amendments), decisions or {})
    merged = [proposal for proposal in judged if proposal.status is Status.MERGED]
    new = tuple(_new_sections(merged))
    if section.current is None:
        return Merged(None, None, (), new, tuple(judged))
    if deletion := next((proposal for proposal in merged if proposal.wish.kind == "delete"), None):
        gone = Segment("del", joined(section.tokens()), deletion.statements, (deletion.key,))
        return Merged("deleted", None, (gone,) if gone.text else (), new, tuple(judged))
    segments = redline(section.tokens(), _edits(merged))
    changed = any(segment.kind != "keep" for segment in segments)
    return Merged("changed" if changed else "unchanged", new_text(segments), segments, new, tuple(judged))


def select(section: Section, candidates: Sequence[Proposal], decisions: Decisions) -> list[Proposal]:
    """The proposals with their status and their conflicts (R6, R7).

    First the accepted ones, then the others by falling support; equal support decides nothing.
    """
    decided = {proposal.key: _decision(proposal, decisions) for proposal in candidates}
    rejected = {key for key, decision in decided.items() if decision == "reject"}
    running = [p for p in candidates if p.competes and p.key not in rejected]
    rivals = _conflicts(section, running)
    status: dict[str, Status] = dict.fromkeys(rejected, Status.REJECTED)
    for tier in _tiers(running, decided):
        status |= _judge(tier, rivals, status)
    return [
        replace(p, status=status.get(p.key, p.status), conflicts_with=tuple(sorted(rivals.get(p.key, ()))))
        for p in candidates
    ]


def _decision(proposal: Proposal, decisions: Decisions) -> Decision | None:
    """What was decided on a proposal; nothing has an effect on one that does not compete."""
    if not proposal.competes:
        return None
    by_kind = {decisions[member]: member for member in reversed(proposal.members) if member in decisions}
    if len(by_kind) > 1:
        raise ContradictingDecisions(by_kind["accept"], by_kind["reject"])
    return next(iter(by_kind), None)


def _conflicts(section: Section, running: Sequence[Proposal]) -> dict[str, set[str]]:
    """Key -> keys of the proposals in conflict with it, both directions (R6)."""
    found: dict[str, set[str]] = defaultdict(set)
    for one, other in _conflicting_pairs(section, running):
        found[one.key].add(other.key)
        found[other.key].add(one.key)
    return found


def _conflicting_pairs(section: Section, running: Sequence[Proposal]) -> Iterator[tuple[Proposal, Proposal]]:
    edits = [proposal for proposal in running if proposal.wish.kind == "edit"]
    hunks = [(hunk, number) for number, edit in enumerate(edits) for hunk in edit.wish.hunks]
    base = [token.text for token in section.tokens()]
    for one, other in conflicting_owners(hunks, base):
        yield edits[one], edits[other]
    for deletion in (proposal for proposal in running if proposal.wish.kind == "delete"):
        yield from ((deletion, edit) for edit in edits)
    inserts = [(p, frozenset(t.text for t in p.wish.words)) for p in running if p.wish.kind == "insert"]
    for (first, its_words), (second, other_words) in combinations(inserts, 2):
        if first.wish.place == second.wish.place and are_rivals(its_words, other_words):
            yield first, second


def _tiers(running: Iterable[Proposal], decided: Mapping[str, Decision | None]) -> Iterator[list[Proposal]]:
    def rank(proposal: Proposal) -> tuple[int, int]:
        return (0, 0) if decided[proposal.key] == "accept" else (1, -proposal.support)

    for _, tier in groupby(sorted(running, key=rank), key=rank):
        yield list(tier)


def _judge(tier: Iterable[Proposal], rivals: Mapping[str, set[str]], above: Mapping[str, Status]) -> dict[str, Status]:
    """The status of one tier's proposals, given those of the higher tiers (R7)."""
    judged: dict[str, Status] = {}
    standing = set()
    for proposal in tier:
        met = {above[key] for key in rivals.get(proposal.key, ()) if key in above}
        if Status.MERGED in met:
            judged[proposal.key] = Status.SUPERSEDED
        else:
            standing.add(proposal.key)
            judged[proposal.key] = Status.HELD if Status.HELD in met else Status.MERGED
    for key in standing:
        if rivals.get(key, set()) & standing:
            judged[key] = Status.HELD
    return judged


def _edits(merged: Iterable[Proposal]) -> list[Edit]:
    """Each hunk once, with all merged proposals that contain it (R10); its white space is the first one's."""
    owners: dict[Hunk, list[Proposal]] = defaultdict(list)
    for proposal in merged:
        for hunk in proposal.wish.hunks:
            owners[hunk].append(proposal)  # equal hunks share a key, and the key stays the first of them
    return [
        Edit(
            hunk=hunk,
            statements=tuple(sorted({statement for owner in group for statement in owner.statements})),
            proposals=tuple(sorted(owner.key for owner in group)),
            support=len(frozenset().union(*(owner.submitters for owner in group))),
        )
        for hunk, group in owners.items()
    ]


def _new_sections(merged: Iterable[Proposal]) -> Iterator[NewSection]:
    """Those before the section, then those after it, each by falling support, then by text (R9)."""
    inserts = [proposal for proposal in merged if proposal.wish.kind == "insert"]
    for place in ("before", "after"):
        here = [(-p.support, joined(p.wish.words), p) for p in inserts if p.wish.place == place]
        for _, text, proposal in sorted(here, key=lambda entry: entry[:2]):
            yield NewSection(proposal.wish.place or "after", text, proposal)

"""Which proposals of a section cannot both stand, and why. Pure; no database."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ikb.core.diff import Hunk
from ikb.core.proposals import Proposal


class Rivalries:
    """The proposals of one section against each other.

    ordered:  the proposals as they are listed.
    official: statements whose wording goes in word for word.
    """

    def __init__(self, ordered: Sequence[Proposal], official: frozenset[str]) -> None:
        self.ordered = ordered
        self._official = {proposal.key for proposal in ordered if official & set(proposal.statements)}
        self._by_key = {proposal.key: proposal for proposal in ordered}
        ranked = sorted(ordered, key=lambda p: p.key not in self._official)
        self._rank = {proposal.key: place for place, proposal in enumerate(ranked)}
        self._whys: dict[frozenset[str], str] = {}

    def of(self, proposal: Proposal) -> list[Proposal]:
        """All that a proposal cannot stand beside: an official wording first, the others as they are listed."""
        keys = [key for key in proposal.conflicts_with if key in self._by_key]
        return [self._by_key[key] for key in sorted(keys, key=self._rank.__getitem__)]

    def count_among(self, asked: Iterable[Proposal]) -> int:
        """How many pairs there are in which one of `asked` is."""
        pairs = {frozenset((one.key, key)) for one in asked for key in one.conflicts_with if key in self._by_key}
        return len(pairs)

    def why(self, one: Proposal, other: Proposal) -> str:
        """Why two proposals cannot both stand, as a code that the page puts into words; looked up once per pair."""
        pair = frozenset((one.key, other.key))
        if pair not in self._whys:
            self._whys[pair] = self._look_up(one, other)
        return self._whys[pair]

    def _look_up(self, one: Proposal, other: Proposal) -> str:
        if self._official & {one.key, other.key}:
            return "verbatim"
        kinds = {one.wish.kind, other.wish.kind}
        if "delete" in kinds:
            return "deletion"
        if kinds == {"insert"}:
            return "rivals"
        return "same_words" if change_same_words(one.wish.hunks, other.wish.hunks) else "same_place"


def change_same_words(one: Sequence[Hunk], other: Sequence[Hunk]) -> bool:
    """Whether a word is changed by both, and not alike.

    one, other: hunks in the order of the text, none overlapping its neighbour. Goes through both once, side by side.
    """
    left = right = 0
    while left < len(one) and right < len(other):
        a, b = one[left], other[right]
        if max(a.i, b.i) < min(a.j, b.j) and a != b:
            return True
        if (a.j, a.i) <= (b.j, b.i):
            left += 1
        else:
            right += 1
    return False

"""The remarks on a section that only comment, folded: arguments that people made, groups that a run suggests, the rest."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from ikb.consolidation.argument_model import Argument, ArgumentMember, SectionGrouping
from ikb.consolidation.model import Consideration
from ikb.consolidation.voices import Voice
from ikb.db import db

Added = Mapping[int, Sequence[str]]
"""Remark id -> whole sentences that it says beyond what stands for all."""


@dataclass(frozen=True)
class Fold:
    """Remarks that say the same.

    argument:       None while nobody confirmed the group.
    representative: the remark whose words stand for all.
    joining:        those of which a run found that they say the same as an argument, and nobody took them in yet.
    """

    argument: Argument | None
    representative: int
    members: Added
    joining: Added = field(default_factory=dict)

    @property
    def ids(self) -> list[int]:
        return [*self.members, *self.joining]


@dataclass(frozen=True)
class Folded:
    """All remarks of a section, each in one place. topics: key words of what each single remark argues."""

    folds: Sequence[Fold]
    singles: Sequence[int]
    topics: Mapping[int, str]


@dataclass(frozen=True)
class Member:
    """One remark of a group, what it adds, and what was decided about it."""

    voice: Voice
    added: Sequence[str]
    consideration: Consideration | None


@dataclass(frozen=True)
class Group:
    """One fold as the page shows it."""

    argument: Argument | None
    representative: Voice
    members: Sequence[Member]
    joining: Sequence[Member]

    @property
    def consideration(self) -> Consideration | None:
        """What was answered last to the whole argument."""
        if self.argument is None:
            return None
        answers = (one.consideration for one in self.members if one.consideration)
        ours = [answer for answer in answers if answer.argument_id == self.argument.id]
        return max(ours, key=lambda answer: answer.id, default=None)

    @property
    def different(self) -> Sequence[Member]:
        """The members that say more than what stands for all."""
        return [one for one in self.members if one.added]


def fold(suggested: SectionGrouping | None, draft_id: int, anchor: str, ids: Sequence[int]) -> Folded:
    """Sort the remarks that count on a section. One query.

    A suggested group whose members are in an argument by now only offers the others to it.
    """
    counting = set(ids)
    members = standing_members(draft_id, anchor)
    groups = [_counting(group, counting) for group in (suggested.groups if suggested else [])]
    folds = _arguments(members, groups, counting) + _suggestions(groups, members.values())
    inside = {one for each in folds for one in each.ids}
    topics = _topics(suggested)
    singles = [one for one in ids if one not in inside]
    order = {topic: place for place, topic in enumerate(dict.fromkeys(topics.values()))}
    singles.sort(key=lambda one: (order.get(topics.get(one, ""), len(order)), one))
    return Folded(folds, singles, topics)


def shown(folds: Iterable[Fold], voices: Mapping[int, Voice], decided: Mapping[int, Consideration]) -> list[Group]:
    """Folds with who is behind them."""

    def members(added: Added) -> list[Member]:
        return [Member(voices[one], more, decided.get(one)) for one, more in added.items() if one in voices]

    return [
        Group(each.argument, voices[each.representative], members(each.members), members(each.joining))
        for each in folds
        if each.representative in voices
    ]


def standing_members(draft_id: int, anchor: str) -> dict[Argument, dict[int, Sequence[str]]]:
    """What is in each argument on a section now: remark id -> what it adds, in the order in which they joined."""
    rows = select(Argument, ArgumentMember.remark_id, ArgumentMember.added).join(
        ArgumentMember, ArgumentMember.argument_id == Argument.id
    )
    here = (Argument.draft_id == draft_id, Argument.anchor == anchor, ArgumentMember.left_at.is_(None))
    found: dict[Argument, dict[int, Sequence[str]]] = defaultdict(dict)
    for argument, remark_id, added in db.session.execute(rows.where(*here).order_by(Argument.id, ArgumentMember.id)):
        found[argument][remark_id] = added
    return found


def argument_of(remark_id: int) -> Argument | None:
    """The argument that a remark is in now."""
    rows = select(Argument).join(ArgumentMember, ArgumentMember.argument_id == Argument.id)
    return db.session.scalar(rows.where(ArgumentMember.remark_id == remark_id, ArgumentMember.left_at.is_(None)))


@dataclass(frozen=True)
class _Suggested:
    representative: int
    members: Added


def _counting(group: Mapping[str, Any], counting: Collection[int]) -> _Suggested:
    """A suggested group without the remarks that were replaced or answered since."""
    still = {int(one): added for one, added in group["members"].items() if int(one) in counting}
    first = int(group["representative"])
    return _Suggested(first if first in still else min(still, default=0), still)


def _arguments(
    members: Mapping[Argument, Added], groups: Sequence[_Suggested], counting: Collection[int]
) -> list[Fold]:
    place = {remark: argument for argument, inside in members.items() for remark in inside}
    joining: dict[Argument, dict[int, Sequence[str]]] = defaultdict(dict)
    for group in groups:
        known = [place[one] for one in group.members if one in place]
        if known:
            free = {one: added for one, added in group.members.items() if one not in place}
            joining[max(known, key=known.count)].update(free)
    chosen = {group.representative for group in groups}
    folds = []
    for argument, everyone in members.items():
        inside = {one: added for one, added in everyone.items() if one in counting}
        if inside:
            folds.append(Fold(argument, _plainest(inside, chosen), inside, joining[argument]))
    return folds


def _plainest(inside: Added, chosen: Collection[int]) -> int:
    """Who speaks for an argument: whom the last run chose if still in it, so that no other's slip stands for all."""
    plain = [one for one, added in inside.items() if not added] or list(inside)
    return next((one for one in plain if one in chosen), plain[0])


def _suggestions(groups: Iterable[_Suggested], members: Iterable[Added]) -> list[Fold]:
    taken = {remark for inside in members for remark in inside}
    free = [one for one in groups if len(one.members) > 1 and not taken & set(one.members)]
    return [Fold(None, one.representative, one.members) for one in sorted(free, key=lambda one: -len(one.members))]


def _topics(suggested: SectionGrouping | None) -> dict[int, str]:
    """Key words of the cluster that each remark is in, of those with more than one voice."""
    found = suggested.clusters if suggested else []
    return {one: ", ".join(each["label"]) for each in found if len(each["members"]) > 1 for one in each["members"]}

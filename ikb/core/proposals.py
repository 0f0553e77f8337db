"""From amendments to proposals: everyone who asks for the same is one of its members (R4, R8)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from ikb.core.diff import Hunk, edit_script
from ikb.core.rebase import rebase
from ikb.core.texts import Token, tokens
from ikb.core.wishes import Amendment, Member, Place, Wish, wished_tokens


class Status(StrEnum):
    """What becomes of a proposal."""

    MERGED = "merged"
    SUPERSEDED = "superseded"
    HELD = "held"
    REJECTED = "rejected"
    STALE = "stale_conflict"
    ADOPTED = "already_adopted"
    UNPLACEABLE = "unplaceable"
    NO_CHANGE = "no_change"


@dataclass(frozen=True, slots=True)
class Placed:
    """A wish on the current text.

    outcome:  a status that is settled before anything competes, or None.
    identity: equal for wishes that are one proposal.
    hunks:    of an edit, on the current tokens; of a stale one, on the tokens of its version.
    words:    tokens of a new section.
    """

    kind: Literal["edit", "insert", "delete"]
    identity: tuple[object, ...]
    outcome: Status | None = None
    hunks: tuple[Hunk, ...] = ()
    words: tuple[Token, ...] = ()
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Proposal:
    """What one or more amendments ask for alike.

    key:            made from the first member, so it stays while that one stays.
    members:        in order of submission.
    submitters:     different submitters; their number is the support.
    conflicts_with: keys of all proposals it cannot stand beside, sorted, whatever their status.
    """

    key: str
    members: tuple[Member, ...]
    submitters: frozenset[str]
    wish: Placed
    status: Status
    conflicts_with: tuple[str, ...] = ()

    @property
    def support(self) -> int:
        return len(self.submitters)

    @property
    def statements(self) -> tuple[str, ...]:
        """Ids of the statements behind it, sorted."""
        return tuple(sorted({member.statement for member in self.members}))

    @property
    def competes(self) -> bool:
        """False for what was settled before: stale, adopted, unplaceable or changing nothing."""
        return self.wish.outcome is None


@dataclass(slots=True)
class Section:
    """The texts of one section through the versions, and where wishes stand on them.

    version:     number of the current version.
    current:     its text there, or None if the section is gone or never existed.
    older:       version number -> text, for every earlier version that had the section.
    added_since: (version, "before" or "after") -> texts of the sections that came beside this one after that version.
    Wishes are placed once and remembered: a Section lives as long as its texts.
    """

    version: int
    current: str | None
    older: Mapping[int, str] = field(default_factory=dict)
    added_since: Mapping[tuple[int, Place], Sequence[str]] = field(default_factory=dict)
    _placed: dict[Wish, Placed] = field(default_factory=dict)
    _tokens: dict[int, tuple[Token, ...]] = field(default_factory=dict)

    def tokens(self) -> tuple[Token, ...]:
        """Tokens of the current text; none if the section is gone."""
        return self.tokens_in(self.version) or ()

    def tokens_in(self, version: int) -> tuple[Token, ...] | None:
        """Tokens of the section's text in a version, or None if it was not there."""
        text = self.current if version == self.version else self.older.get(version)
        if text is None:
            return None
        if version not in self._tokens:
            self._tokens[version] = tokens(text)
        return self._tokens[version]

    def place(self, wish: Wish) -> Placed:
        """Where the wish stands on the current text, or why it does not."""
        if wish not in self._placed:
            self._placed[wish] = _place(self, wish)
        return self._placed[wish]


def key_of(member: Member) -> str:
    """A proposal's key, from its first member."""
    return f"P-{member.statement}-{member.amendment}"


def proposals(section: Section, amendments: Iterable[Amendment]) -> list[Proposal]:
    """The amendments of one section gathered into proposals (R4), in order of their first members.

    Those that compete come with the status `held` until the selection has judged them.
    """
    groups: dict[tuple[object, ...], list[Amendment]] = defaultdict(list)
    for amendment in sorted(amendments, key=lambda a: a.order):
        groups[section.place(amendment.wish).identity].append(amendment)
    return [_proposal(section.place(group[0].wish), group) for group in groups.values()]


def _proposal(placed: Placed, group: Sequence[Amendment]) -> Proposal:
    members = tuple(amendment.member for amendment in group)
    submitters = frozenset(amendment.submitter for amendment in group)
    return Proposal(key_of(members[0]), members, submitters, placed, placed.outcome or Status.HELD)


def _place(section: Section, wish: Wish) -> Placed:
    old = section.tokens_in(wish.base_version)
    if old is None:
        return _unplaceable(wish)
    if wish.kind == "delete":
        return _place_deletion(section)
    if wish.kind == "insert":
        return _place_new_section(section, wish)
    return _place_edit(section, wish, old)


def _unplaceable(wish: Wish) -> Placed:
    return Placed(wish.kind, (Status.UNPLACEABLE, wish), Status.UNPLACEABLE)


def _place_deletion(section: Section) -> Placed:
    outcome = Status.ADOPTED if section.current is None else None
    return Placed("delete", (outcome, "delete"), outcome)


def _place_new_section(section: Section, wish: Wish) -> Placed:
    new = tokens(wish.new_text or "")
    wording = tuple(token.text for token in new)
    outcome, version = None, None
    if not new:
        outcome = Status.NO_CHANGE
    elif section.current is None:
        outcome, version = Status.STALE, wish.base_version
    elif wish.place and wording in _wordings(section.added_since.get((wish.base_version, wish.place), ())):
        outcome = Status.ADOPTED
    return Placed("insert", (outcome, "insert", version, wish.place, wording), outcome, (), new, wish.place)


def _wordings(texts: Iterable[str]) -> set[tuple[str, ...]]:
    return {tuple(token.text for token in tokens(text)) for text in texts}


def _place_edit(section: Section, wish: Wish, old: tuple[Token, ...]) -> Placed:
    new = wished_tokens(old, wish)
    if new is None:
        return _unplaceable(wish)
    hunks = edit_script(old, new)
    if not hunks:
        return Placed("edit", (Status.NO_CHANGE, "edit"), Status.NO_CHANGE)
    current = section.tokens_in(section.version)
    if wish.base_version == section.version:
        return Placed("edit", (None, "edit", hunks), None, hunks)
    rebased = rebase(hunks, old, current) if current is not None else None
    if rebased is None:
        return Placed("edit", (Status.STALE, "edit", wish.base_version, hunks), Status.STALE, hunks)
    if not rebased.hunks:
        return Placed("edit", (Status.ADOPTED, "edit", rebased.done), Status.ADOPTED)
    return Placed("edit", (None, "edit", rebased.hunks), None, rebased.hunks)

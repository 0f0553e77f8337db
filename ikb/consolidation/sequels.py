"""What a later body made of an earlier one's wording, as far as recorded results tell. Pure; no database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from ikb.core.results import OUTCOMES, Outcome
from ikb.core.texts import normalise
from ikb.remarks.model import Wish


class Sequel(StrEnum):
    CONFIRMED = "confirmed"
    CHANGED = "changed"
    NOT_TAKEN_UP = "not_taken_up"
    NO_VOTE = "no_vote"  # it ended otherwise: postponed, rejected as a whole, noted …
    UNKNOWN = "unknown"  # it agreed, but what lay before it is not recorded
    PENDING = "pending"


@dataclass(frozen=True)
class Wording:
    """What a body wants one passage to be. wish: as in `Remark`."""

    wish: str
    text: str

    @property
    def identity(self) -> tuple[str, str]:
        return self.wish, "" if self.wish == Wish.DELETE else normalise(self.text)

    def is_rival_of(self, other: Wording) -> bool:
        """Whether only one of both can be what became of the passage."""
        about_itself = {Wish.REPLACE, Wish.DELETE}
        return {self.wish, other.wish} <= about_itself or (self.wish == other.wish and self.wish not in about_itself)


@dataclass(frozen=True)
class Position:
    """What is recorded of a later body.

    outcome:  of its result, None while there is none.
    wordings: what it resolved itself about the passage.
    laid:     the passage as it stood in the version laid before it, "" where it was not in it; None if no version is recorded.
    """

    outcome: Outcome | None
    wordings: Sequence[Wording] = ()
    laid: str | None = None


def sequel(earlier: Wording, later: Position) -> Sequel:
    """What became of an earlier wording in a later body. It is told from records alone, never guessed."""
    if any(own.identity == earlier.identity for own in later.wordings):
        return Sequel.CONFIRMED
    if any(own.is_rival_of(earlier) for own in later.wordings):
        return Sequel.CHANGED
    if later.outcome is None:
        return Sequel.PENDING
    if not OUTCOMES[later.outcome].agrees:
        return Sequel.NO_VOTE
    if later.laid is None or earlier.wish not in (Wish.REPLACE, Wish.DELETE):
        return Sequel.UNKNOWN
    stood = normalise(later.laid) == (normalise(earlier.text) if earlier.wish == Wish.REPLACE else "")
    return Sequel.CONFIRMED if stood else Sequel.NOT_TAKEN_UP

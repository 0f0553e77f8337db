"""What a secretary enters about one consultation, all of it: outcome, votes, groups, points, motions, what follows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from ikb.core.motions import GroupVotes, MotionOutcome, aim_in_words, motion_phrase
from ikb.core.results import OUTCOMES, Manner, Outcome, Tally, phrase
from ikb.deliberations.model import Result
from ikb.deliberations.result_model import Motion
from ikb.deliberations.successors import Next
from ikb.deliberations.wordings import ChangedWording
from ikb.web.labels import label


@dataclass(frozen=True)
class PointEntry:
    """The vote on one point of the resolution. anchor: its section in the paper, None for one that is not found there."""

    label: str
    outcome: Outcome
    tally: Tally = field(default_factory=Tally)
    manner: Manner | None = None
    anchor: str | None = None

    def in_words(self) -> str:
        return f"Punkt {self.label}: {phrase(self.outcome, self.tally, self.manner)}"


@dataclass(frozen=True)
class MotionEntry:
    """A motion in the sitting. aim: the outcome that a motion on procedure asked for; None for a change of the paper.

    wordings: the passages as the motion wants them.
    """

    outcome: MotionOutcome
    mover: str = ""
    text: str = ""
    aim: Outcome | None = None
    tally: Tally = field(default_factory=Tally)
    wordings: tuple[ChangedWording, ...] = ()

    def in_words(self) -> str:
        name = f"{aim_in_words(self.aim)}: {self.mover}" if self.mover else aim_in_words(self.aim)
        lines = [f"{name}, {motion_phrase(self.outcome, self.tally)}", self.text, *map(wording_in_words, self.wordings)]
        return "\n".join(line for line in lines if line)


@dataclass(frozen=True)
class ResultEntry:
    """What a secretary enters about one consultation.

    tally:                votes on the paper; for an outcome that is a carried motion (to postpone …) those on the motion.
    kind_name:            what the town calls this kind of resolution; empty for the usual words.
    laid_paper_id:        the paper that lay before the sitting; None for the newest of that day.
    successor:            where and when the paper goes on, for outcomes after which it does.
    motions:              in the order of the votes, the furthest-reaching first; without the one that is the outcome.
    """

    outcome: Outcome
    tally: Tally = field(default_factory=Tally)
    manner: Manner | None = None
    resolution_text: str = ""
    is_provisional: bool = True
    laid_paper_id: int | None = None
    successor: Next = field(default_factory=Next)
    kind_name: str = ""
    groups: tuple[GroupVotes, ...] = ()
    points: tuple[PointEntry, ...] = ()
    motions: tuple[MotionEntry, ...] = ()

    def in_words(self, changed: Sequence[ChangedWording] = ()) -> str:
        """Everything entered as plain text, for setting two entries side by side."""
        said = [
            phrase(self.outcome, self.tally, self.manner, name=self.kind_name),
            "\n".join(group.in_words() for group in self.groups),
            "\n".join(point.in_words() for point in self.points),
            *(motion.in_words() for motion in self.motions),
            "\n".join(map(wording_in_words, changed)),
            self.resolution_text.strip(),
        ]
        return "\n\n".join(part for part in said if part)


def wording_in_words(wording: ChangedWording) -> str:
    """`bp-1 streichen`, or the passage with its new text."""
    return f"{wording.anchor} ({label('wish', wording.wish)}): {wording.text}".removesuffix(": ")


def entry_of(result: Result) -> ResultEntry:
    """A stored result as what was entered; a correction begins with it."""
    outcome, carried = Outcome(result.outcome), result.carried_motion
    return ResultEntry(
        outcome=outcome,
        tally=carried.tally if carried else result.tally,
        manner=Manner(result.manner) if result.manner else None,
        resolution_text=result.resolution_text,
        is_provisional=result.is_provisional,
        kind_name=result.kind_name,
        groups=tuple(GroupVotes(group.name, group.tally) for group in result.groups),
        points=tuple(
            PointEntry(
                point.label,
                Outcome(point.outcome),
                point.tally,
                Manner(point.manner) if point.manner else None,
                point.anchor,
            )
            for point in result.points
        ),
        motions=tuple(_motion_of(motion) for motion in result.motions if motion is not carried),
    )


def _motion_of(motion: Motion) -> MotionEntry:
    return MotionEntry(
        outcome=MotionOutcome(motion.outcome),
        mover=motion.mover,
        text=motion.text,
        aim=Outcome(motion.aim) if motion.aim else None,
        tally=motion.tally,
        wordings=tuple(ChangedWording(one.anchor, one.text, one.wish) for one in motion.wordings),
    )


def voted_on_motion(outcome: Outcome) -> bool:
    """Whether the votes that come with an outcome are about a motion, not about the paper."""
    return OUTCOMES[outcome].on_motion

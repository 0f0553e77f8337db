"""What belongs to a result: votes by group and by point, motions with their wordings; and the town's kinds of resolution.

All but the kinds are parts of one entry and only grow with it: a correction is a new result with all its parts.
"""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, relationship

from ikb.core.motions import GroupVotes, MotionOutcome, aim_in_words, motion_phrase
from ikb.core.results import Manner, Outcome, Tally, phrase
from ikb.db import Base, Edited


class ResolutionKind(Edited, Base):
    """A kind of resolution (Beschlussart) as the town prints it, and what it means."""

    __tablename__ = "resolution_kind"

    name: Mapped[str] = mapped_column(String(120), unique=True)
    outcome: Mapped[str] = mapped_column(String(30))
    position: Mapped[int]
    is_active: Mapped[bool] = mapped_column(default=True)


class Counted:
    """Mixed into whatever was voted on: votes as minutes state them; None is not known, which is not zero."""

    votes_yes: Mapped[int | None]
    votes_no: Mapped[int | None]
    abstentions: Mapped[int | None]
    present: Mapped[int | None]
    excluded: Mapped[int | None]

    @declared_attr.directive
    def __table_args__(cls) -> tuple[CheckConstraint, ...]:  # noqa: N805 (a declared attribute belongs to the class)
        columns = ("votes_yes", "votes_no", "abstentions", "present", "excluded")
        return (CheckConstraint(" AND ".join(f"{column} >= 0" for column in columns), name="no_negative_votes"),)

    @property
    def tally(self) -> Tally:
        return Tally(self.votes_yes, self.votes_no, self.abstentions, self.present, self.excluded)


class GroupVote(Counted, Base):
    """How one group of the body voted."""

    __tablename__ = "group_vote"

    result_id: Mapped[int] = mapped_column(ForeignKey("result.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    name: Mapped[str] = mapped_column(String(200))

    @property
    def in_words(self) -> str:
        return GroupVotes(self.name, self.tally).in_words()


class PointVote(Counted, Base):
    """The vote on one point of the resolution, where the points were voted on one by one."""

    __tablename__ = "point_vote"

    result_id: Mapped[int] = mapped_column(ForeignKey("result.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    label: Mapped[str] = mapped_column(String(80))  # the point's number as printed
    anchor: Mapped[str | None] = mapped_column(String(80))  # its section in the paper, where there is one
    outcome: Mapped[str] = mapped_column(String(30))
    manner: Mapped[str | None] = mapped_column(String(40))

    @property
    def phrase(self) -> str:
        return phrase(Outcome(self.outcome), self.tally, Manner(self.manner) if self.manner else None)


class Motion(Counted, Base):
    """A motion in a sitting, in the order of the votes: to change the paper, or (with an aim) on procedure."""

    __tablename__ = "motion"

    result_id: Mapped[int] = mapped_column(ForeignKey("result.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]  # from 1; of motions to change the text the furthest-reaching first
    aim: Mapped[str | None] = mapped_column(String(30))  # the outcome that a motion on procedure asks for
    mover: Mapped[str] = mapped_column(String(200), default="")  # the group, as minutes name it
    text: Mapped[str] = mapped_column(Text, default="")
    outcome: Mapped[str] = mapped_column(String(20))
    wordings: Mapped[list[MotionWording]] = relationship(
        cascade="all, delete-orphan", order_by="MotionWording.position"
    )

    def carries(self, outcome: str) -> bool:
        """Whether its adoption is that outcome of the sitting."""
        return self.aim == outcome and self.outcome == MotionOutcome.ADOPTED

    @property
    def name(self) -> str:
        """`Änderungsantrag: Fraktion Morgen`; without the mover where minutes name none."""
        kind = aim_in_words(Outcome(self.aim) if self.aim else None)
        return f"{kind}: {self.mover}" if self.mover else kind

    @property
    def phrase(self) -> str:
        return motion_phrase(MotionOutcome(self.outcome), self.tally)


class MotionWording(Base):
    """What a motion to change the paper wants one passage to be."""

    __tablename__ = "motion_wording"

    motion_id: Mapped[int] = mapped_column(ForeignKey("motion.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    anchor: Mapped[str] = mapped_column(String(80))
    wish: Mapped[str] = mapped_column(String(20))
    text: Mapped[str] = mapped_column(Text, default="")

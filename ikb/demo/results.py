"""What the advisory boards made of the paper in spring: votes by group, motions, separate votes; and who got it when."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import select

from ikb.accounts.model import User
from ikb.core.motions import GroupVotes, MotionOutcome
from ikb.core.results import Manner, Outcome, Tally
from ikb.core.workflow import StationState
from ikb.db import db, transaction
from ikb.deliberations import laying, papers, resolution_kinds
from ikb.deliberations import service as deliberations
from ikb.deliberations.entries import MotionEntry, PointEntry, ResultEntry
from ikb.deliberations.laying_model import LayingManner
from ikb.deliberations.model import AgendaItem, Consultation, Meeting, Organization
from ikb.deliberations.resolution_kinds import KindEntry
from ikb.deliberations.result_parts import points_of
from ikb.deliberations.wordings import ChangedWording
from ikb.demo.story import Story
from ikb.journal.service import SYSTEM, Actor
from ikb.procedures.model import Procedure

# What this town prints, in the order in which its forms offer it.
KINDS = (
    ("ungeändert empfohlen", Outcome.RECOMMENDED),
    ("mit Änderungen empfohlen", Outcome.RECOMMENDED_AMENDED),
    ("ungeändert beschlossen", Outcome.ADOPTED),
    ("geändert beschlossen", Outcome.ADOPTED_AMENDED),
    ("zur Kenntnis genommen", Outcome.NOTED),
    ("ohne Beschlussempfehlung", Outcome.NO_RECOMMENDATION),
    ("abgelehnt", Outcome.REJECTED),
    ("vertagt", Outcome.POSTPONED),
)
INVITED_DAYS = 12


@dataclass(frozen=True)
class Sat:
    """One sitting of 2010 with its result."""

    committee: str
    day: date
    entry: ResultEntry
    changed: tuple[ChangedWording, ...] = ()


def sittings(points: Sequence[PointEntry]) -> tuple[Sat, ...]:
    """The five advisory boards, each with what its minutes say. points: the separate votes of the first."""
    care = ChangedWording(
        "a3-z9-m1", "Pflegeangebote berücksichtigen Sprache, Religion, Essgewohnheiten und Trauerbräuche."
    )
    squares = ChangedWording(
        "a3-z10-m4", "Plätze und Begegnungszentren werden als barrierefreie Treffpunkte gestaltet."
    )
    motions = (
        MotionEntry(
            MotionOutcome.REJECTED,
            "Gruppe Selbsthilfe",
            "Alle Plätze sollen in zwei Jahren umgebaut sein.",
            tally=Tally(yes=3, no=8),
        ),
        MotionEntry(
            MotionOutcome.ADOPTED,
            "Gruppe der Verbände",
            "Barrierefreiheit soll bei den Treffpunkten ausdrücklich genannt sein.",
            tally=Tally(yes=9, no=2),
            wordings=(squares,),
        ),
        MotionEntry(MotionOutcome.SETTLED, "Einzelmitglied", "Bei den Treffpunkten an Rampen denken."),
    )
    groups = (
        GroupVotes("Internationale Liste", Tally(yes=2, no=4, abstentions=1)),
        GroupVotes("Liste Vielfalt", Tally(yes=4, no=1)),
        GroupVotes("Ratsmitglieder", Tally(yes=3, no=4)),
    )
    postponed = MotionEntry(
        MotionOutcome.REJECTED, "Internationale Liste", aim=Outcome.POSTPONED, tally=Tally(yes=6, no=13)
    )
    return (
        Sat("Fachbeirat für Mädchenarbeit", date(2010, 5, 14), _final(Outcome.SPLIT_VOTE, points=tuple(points))),
        Sat(
            "Integrationsrat",
            date(2010, 5, 26),
            _final(Outcome.NO_RECOMMENDATION, Tally(9, 9, 1, 19), groups=groups, motions=(postponed,)),
        ),
        Sat("Psychiatriebeirat", date(2010, 6, 16), _final(Outcome.RECOMMENDED, Tally(11, 0, 1))),
        Sat(
            "Seniorenrat",
            date(2010, 6, 16),
            # Its minutes are still to be released.
            replace(_final(Outcome.RECOMMENDED_AMENDED, Tally(14, 0, 0)), is_provisional=True),
            (care,),
        ),
        Sat(
            "Beirat für Behindertenfragen",
            date(2010, 6, 23),
            _final(Outcome.RECOMMENDED_AMENDED, Tally(9, 2, excluded=1), motions=motions),
        ),
    )


def _final(outcome: Outcome, tally: Tally | None = None, **parts: tuple[object, ...]) -> ResultEntry:
    manner = Manner.UNANIMOUS if tally is not None and tally.no == 0 and not tally.abstentions else None
    names = {code: name for name, code in KINDS}
    return ResultEntry(
        outcome,
        tally or Tally(),
        manner,
        is_provisional=False,
        kind_name=names.get(outcome, ""),
        **parts,  # type: ignore[arg-type]
    )


def kinds(now: datetime) -> None:
    """The town's own words for what its bodies resolve."""
    with transaction():
        for name, outcome in KINDS:
            resolution_kinds.add(KindEntry(name, outcome), by=SYSTEM, now=now)


def record(procedure: Procedure, secretary: User, story: Story) -> Iterable[datetime]:
    """The results of spring, one after the other; gives the moment of each, when its mails go out."""
    by = Actor.user(secretary.id)
    for sat in sittings(_separate_votes(procedure)):
        consultation = consultation_of(procedure, sat.committee, story.moved(sat.day))
        moment = story.at(sat.day + timedelta(days=1), 10)
        with transaction():
            _lay(consultation, story, sat.day, by)
            deliberations.record_result(consultation, sat.entry, sat.changed, uuid.uuid4(), by=by, now=moment)
        yield moment


def _separate_votes(procedure: Procedure) -> list[PointEntry]:
    votes = (Tally(8, 0), Tally(8, 0), Tally(5, 2, 1), Tally(3, 5))
    points = points_of(papers.latest_paper(procedure.id))
    return [
        PointEntry(
            point.number or point.anchor,
            Outcome.RECOMMENDED if (votes[place].yes or 0) > (votes[place].no or 0) else Outcome.REJECTED,
            votes[place],
            anchor=point.anchor,
        )
        for place, point in enumerate(points)
    ]


def _lay(consultation: Consultation, story: Story, day: date, by: Actor) -> None:
    """How the paper came to a board: to the first as a Tischvorlage, since it was finished after the invitation."""
    paper = papers.latest_paper(consultation.procedure_id)
    assert paper is not None  # noqa: S101 (the demonstration begins with it)
    tabled = day == date(2010, 5, 14)
    at = story.at(day, 17) if tabled else story.at(day - timedelta(days=INVITED_DAYS), 11)
    manner = LayingManner.TABLED if tabled else LayingManner.INVITATION
    who = "die Anwesenden" if tabled else "alle Mitglieder und Stellvertretungen"
    entry = laying.LayingEntry(paper.id, manner, at, who, 8 if tabled else None)
    laying.note(consultation, entry, uuid.uuid4(), by=by, now=at + timedelta(hours=1))


def lay_before_those_invited(procedure: Procedure, secretary: User, now: datetime) -> None:
    """What went out with the invitations to the sittings that are close."""
    paper = papers.latest_paper(procedure.id)
    assert paper is not None  # noqa: S101
    rows = select(Consultation).where(
        Consultation.procedure_id == procedure.id, Consultation.state == StationState.INVITED
    )
    invited = db.session.scalars(rows.order_by(Consultation.position)).all()
    entry = laying.LayingEntry(paper.id, LayingManner.INVITATION, now, "alle Mitglieder und Stellvertretungen")
    with transaction():
        for consultation in invited:
            laying.note(consultation, entry, uuid.uuid4(), by=Actor.user(secretary.id), now=now)


def consultation_of(procedure: Procedure, organization: str, held_on: date) -> Consultation:
    """The station of a committee on a day."""
    return db.session.scalars(
        select(Consultation)
        .join(Consultation.organization)
        .join(Consultation.agenda_item)
        .join(AgendaItem.meeting)
        .where(Consultation.procedure_id == procedure.id, Organization.name == organization, Meeting.held_on == held_on)
    ).one()

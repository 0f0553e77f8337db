"""The steps of one procedure as a council system has them, in the order of their days."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from ikb.core.clock import berlin_day
from ikb.core.oparl.objects import RemoteConsultation, RemoteItem, RemoteMeeting, RemotePaper
from ikb.db import db
from ikb.deliberations.intake import role_code
from ikb.deliberations.model import Consultation, Organization, Paper
from ikb.oparl import mirror
from ikb.oparl.model import SourceLink
from ikb.oparl.taking import Taking


@dataclass
class Step:
    """One consultation of one of the procedure's papers.

    held_on:   its day, None while it has none.
    knows_day: the council system says something about the day, if only that the sitting was cancelled.
    twins:     consultations of other papers of the procedure in the same sitting; this one is of the newest.
    """

    link: SourceLink
    remote: RemoteConsultation
    organization: Organization
    paper: Paper
    order: int
    held_on: date | None
    knows_day: bool
    meeting: RemoteMeeting | None
    item_link: SourceLink | None
    item: RemoteItem | None
    twins: list[SourceLink]
    local: Consultation | None = None

    @property
    def role(self) -> str | None:
        """The role as a code; None where it is not said, or in a word that ikb does not know."""
        return role_code(self.remote.role) or (
            "decision" if self.remote.authoritative and not self.remote.role else None
        )

    @property
    def subject(self) -> str:
        """What it is about, as a heading."""
        return (
            f"{self.organization.name}, {self.held_on:%d.%m.%Y}"
            if self.held_on
            else f"{self.organization.name}, ohne Termin"
        )


def steps_of(taking: Taking, papers: Iterable[Paper]) -> tuple[list[Step], list[SourceLink]]:
    """All steps by day, those without one last; and the links of steps that the council system deleted."""
    numbered = {mirror.same_reference(paper.reference): paper for paper in papers if paper.reference}
    found: list[Step] = []
    deleted: list[SourceLink] = []
    for paper_link, paper in _paper_links(taking, numbered):
        for order, link in enumerate(_consultations(taking, paper_link)):
            if link.deleted or paper_link.deleted:
                deleted.append(link)
            elif step := _step(taking, link, paper, order):
                found.append(step)
    found.sort(key=lambda step: (step.held_on or date.max, step.order, step.link.id))
    return _without_twins(found), deleted


def _paper_links(taking: Taking, numbered: dict[str, Paper]) -> list[tuple[SourceLink, Paper]]:
    rows = select(SourceLink).where(SourceLink.system_id == taking.system.id, SourceLink.kind == "paper")
    found = []
    for link in db.session.scalars(rows.order_by(SourceLink.id)):
        remote = link.remote
        paper = numbered.get(mirror.same_reference(remote.reference)) if isinstance(remote, RemotePaper) else None
        if paper is not None:
            link.joined("paper", paper.id)
            found.append((link, paper))
    return found


def _consultations(taking: Taking, paper_link: SourceLink) -> list[SourceLink]:
    """Those of a paper in printed order; one that only its own list names comes after them."""
    remote = paper_link.remote
    printed = remote.consultations if isinstance(remote, RemotePaper) else ()
    rows = select(SourceLink).where(
        SourceLink.system_id == taking.system.id,
        SourceLink.kind == "consultation",
        SourceLink.parent_id == paper_link.remote_id,
    )
    place = {own: number for number, own in enumerate(printed)}
    links = db.session.scalars(rows)
    return sorted(links, key=lambda link: (place.get(link.remote_id, len(place)), link.id))


def _step(taking: Taking, link: SourceLink, paper: Paper, order: int) -> Step | None:
    remote = link.remote
    if not isinstance(remote, RemoteConsultation):
        return None
    known = mirror.links_of(taking.system.id, [remote.item, remote.meeting])
    item_link = known.get(remote.item)
    item = item_link.remote if item_link else None
    if not isinstance(item, RemoteItem) or item.deleted:
        item_link = item = None
    meeting_id = remote.meeting or (item.meeting if item else "")
    meeting_link = known.get(meeting_id) or mirror.links_of(taking.system.id, [meeting_id]).get(meeting_id)
    meeting = meeting_link.remote if meeting_link else None
    if not isinstance(meeting, RemoteMeeting):
        meeting = None
    organization = _organization(taking, link, remote, meeting)
    if organization is None:
        return None
    held_on = None
    if meeting is not None and meeting.starts_at and not (meeting.cancelled or meeting.deleted):
        held_on = berlin_day(meeting.starts_at)
    knows_day = meeting is not None and (held_on is not None or meeting.cancelled or meeting.deleted)
    return Step(link, remote, organization, paper, order, held_on, knows_day, meeting, item_link, item, [])


def _organization(
    taking: Taking, link: SourceLink, remote: RemoteConsultation, meeting: RemoteMeeting | None
) -> Organization | None:
    """The committee of a step: the first chosen one that it names, else that of its sitting."""
    named = remote.organizations or (meeting.organizations if meeting else ())
    for own in named:
        if own in taking.organizations:
            return taking.organizations[own]
    unknown = mirror.links_of(taking.system.id, named)
    names = ", ".join(one.facts.get("name", "") for one in unknown.values()) or "unbekannt"
    taking.fault(link, f"Die Beratung wurde nicht übernommen: Das Gremium ({names}) ist nicht ausgewählt.")
    return None


def _without_twins(steps: list[Step]) -> list[Step]:
    """One step per committee and day: a paper and its supplement may stand on two items of one sitting."""
    kept: dict[tuple[int, date], Step] = {}
    found = []
    for step in steps:
        other = kept.get((step.organization.id, step.held_on)) if step.held_on else None
        if other is None or step.held_on is None:
            if step.held_on:
                kept[step.organization.id, step.held_on] = step
            found.append(step)
            continue
        newer, older = (step, other) if _weight(step) > _weight(other) else (other, step)
        newer.twins = [*older.twins, older.link, *newer.twins]
        kept[step.organization.id, step.held_on] = newer
        found[found.index(other)] = newer
    return found


def _weight(step: Step) -> tuple[bool, int]:
    return bool(step.item and step.item.result), step.paper.revision

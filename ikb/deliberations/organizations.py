"""The register of committees: finding or adding one, its sittings, and who keeps its business."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm.attributes import flag_modified

from ikb.accounts.model import Role, User
from ikb.core.committees import suggest_kind
from ikb.core.names import sort_key
from ikb.db import db
from ikb.deliberations.model import Clerk, Meeting, Organization
from ikb.errors import Implausible
from ikb.journal import service as journal
from ikb.journal.service import Actor
from ikb.procedures.edits import lock_unchanged


def find_or_add(name: str, *, by: Actor, now: datetime) -> Organization:
    """The committee of that name; one that nobody knew before is added, its kind read from the name."""
    name = " ".join(name.split())
    if not name:
        raise Implausible("Der Name des Gremiums fehlt.", "organization")
    if len(name) > 300:
        raise Implausible("Der Name des Gremiums ist zu lang: höchstens 300 Zeichen.", "organization")
    known = db.session.scalar(select(Organization).where(Organization.sort_key == sort_key(name)))
    if known is not None:
        return known
    organization = Organization(name=name, sort_key=sort_key(name), kind=suggest_kind(name))
    db.session.add(organization)
    db.session.flush()
    facts = {"kind": organization.kind}
    journal.record("organization added", organization, by=by, now=now, facts=facts)
    return organization


def sitting_on(organization: Organization, held_on: date, *, by: Actor, now: datetime) -> Meeting:
    """The committee's sitting on a day; there is at most one, and a new one is added."""
    rows = select(Meeting).where(Meeting.organization_id == organization.id, Meeting.held_on == held_on)
    if known := db.session.scalar(rows):
        return known
    meeting = Meeting(organization=organization, held_on=held_on)
    db.session.add(meeting)
    db.session.flush()
    facts = {"organization_id": organization.id, "held_on": held_on.isoformat()}
    journal.record("meeting added", meeting, by=by, now=now, facts=facts)
    return meeting


def set_clerks(organization: Organization, people: Iterable[User], *, by: Actor, now: datetime) -> None:
    """Name who keeps a committee's business. Raises Implausible for somebody without that task."""
    wanted = {person.id: person for person in people}
    for person in wanted.values():
        if Role.SECRETARY not in person.roles:
            raise Implausible(f"{person.name} hat die Aufgabe „Schriftführung“ nicht.", "clerks")
    before = sorted(clerk.user_id for clerk in organization.clerks)
    kept = [clerk for clerk in organization.clerks if clerk.user_id in wanted]
    new = [wanted[user_id] for user_id in sorted(wanted) if user_id not in before]
    organization.clerks = kept + [Clerk(user=person) for person in new]
    db.session.flush()
    if before != sorted(wanted):
        facts = {"before": before, "after": sorted(wanted)}
        journal.record("clerks changed", organization, by=by, now=now, facts=facts)


def change(
    organization: Organization,
    people: Iterable[User],
    notice_days: int | None,
    *,
    seen: int,
    by: Actor,
    now: datetime,
) -> None:
    """Change who keeps a committee's business and its notice period.

    Raises Conflict if somebody else did meanwhile, Implausible without a period of 0 to 60 days.
    """
    named = list(people)
    mine = ", ".join(person.name for person in named) or "niemand"
    lock_unchanged(organization, seen, mine=mine, theirs=lambda: _clerks_in_words(organization))
    if notice_days is None or notice_days > 60:
        raise Implausible("Schreiben Sie die Ladungsfrist in Tagen, von 0 bis 60.", "notice_days")
    before = organization.notice_days
    organization.notice_days = notice_days
    set_clerks(organization, named, by=by, now=now)
    flag_modified(organization, "notice_days")  # also for clerks alone: whoever has the form open notices
    db.session.flush()
    if before != notice_days:
        facts = {"before": before, "after": notice_days}
        journal.record("notice period changed", organization, by=by, now=now, facts=facts)


def _clerks_in_words(organization: Organization) -> str:
    db.session.refresh(organization, ["clerks"])
    return ", ".join(clerk.user.name for clerk in organization.clerks) or "niemand"

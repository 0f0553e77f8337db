"""The register of committees: finding or adding one, its sittings, and who keeps its business."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from sqlalchemy import or_, select

from ikb.accounts.model import Role, User
from ikb.core.committees import suggest_kind
from ikb.core.names import sort_key
from ikb.db import db
from ikb.deliberations.model import Clerk, Meeting, MeetingOrganization, Organization, OrganizationName
from ikb.errors import Implausible
from ikb.journal import service as journal
from ikb.journal.service import Actor


def find_or_add(name: str, *, by: Actor, now: datetime) -> Organization:
    """The committee of that name; one that nobody knew before is added, its kind read from the name."""
    name = " ".join(name.split())
    if not name:
        raise Implausible("Der Name des Gremiums fehlt.", "organization")
    if len(name) > 300:
        raise Implausible("Der Name des Gremiums ist zu lang: höchstens 300 Zeichen.", "organization")
    if known := known_as(name):
        return known
    organization = Organization(name=name, sort_key=sort_key(name), kind=suggest_kind(name))
    db.session.add(organization)
    db.session.flush()
    facts = {"kind": organization.kind}
    journal.record("organization added", organization, by=by, now=now, facts=facts)
    return organization


def known_as(name: str) -> Organization | None:
    """The committee that bears a name, or bore it before (Migrationsrat: the Integrationsrat of today)."""
    wanted = sort_key(name)
    current = db.session.scalar(select(Organization).where(Organization.sort_key == wanted))
    if current is not None:
        return current
    former = select(OrganizationName).where(OrganizationName.sort_key == wanted)
    found = db.session.scalars(former.order_by(OrganizationName.valid_to.desc()).limit(1)).first()
    return found.organization if found else None


def sitting_on(organization: Organization, held_on: date, *, by: Actor, now: datetime) -> Meeting:
    """The committee's sitting on a day, its own or a joint one; there is at most one, and a new one is added.

    Raises Implausible for a day whose sitting was cancelled, and for a day on which the committee did not exist.
    """
    if known := find_sitting(organization, held_on):
        if known.cancelled:
            raise Implausible(
                f"Die Sitzung {organization.name} am {held_on:%d.%m.%Y} ist abgesagt. Wählen Sie einen anderen Tag, oder "
                "nehmen Sie die Absage zurück.",
                "held_on",
            )
        return known
    refuse_outside_validity(organization, held_on)
    meeting = Meeting(organization=organization, held_on=held_on)
    db.session.add(meeting)
    db.session.flush()
    facts = {"organization_id": organization.id, "held_on": held_on.isoformat()}
    journal.record("meeting added", meeting, by=by, now=now, facts=facts)
    return meeting


def find_sitting(organization: Organization, held_on: date) -> Meeting | None:
    """The sitting in which a committee takes part on a day: one that takes place before a cancelled one."""
    sits_too = select(MeetingOrganization.meeting_id).where(MeetingOrganization.organization_id == organization.id)
    rows = (
        select(Meeting)
        .where(Meeting.held_on == held_on)
        .where(or_(Meeting.organization_id == organization.id, Meeting.id.in_(sits_too)))
        .order_by(Meeting.cancelled, Meeting.organization_id != organization.id, Meeting.id)
    )
    return db.session.scalars(rows.limit(1)).first()


def refuse_outside_validity(organization: Organization, held_on: date) -> None:
    """Raises Implausible for a day before the committee was founded or after it was dissolved."""
    if organization.exists_on(held_on):
        return
    first, last = organization.valid_from, organization.valid_to
    span = f"seit dem {first:%d.%m.%Y}" if first and held_on < first else f"nur bis zum {last:%d.%m.%Y}"
    raise Implausible(
        f"{organization.name} besteht {span}. Am {held_on:%d.%m.%Y} kann es keine Sitzung haben; prüfen Sie den Tag.",
        "held_on",
    )


def set_clerks(
    organization: Organization,
    people: Iterable[User],
    deputies: Iterable[User] = (),
    *,
    by: Actor,
    now: datetime,
) -> None:
    """Name who keeps a committee's business, and who stands in. Raises Implausible for somebody without that task."""
    named, standing_in = {person.id: person for person in people}, {person.id: person for person in deputies}
    _check_clerks(named, standing_in)
    wanted = named | standing_in
    before = {clerk.user_id: clerk.is_deputy for clerk in organization.clerks}
    after = {user_id: user_id in standing_in for user_id in sorted(wanted)}
    kept = [clerk for clerk in organization.clerks if clerk.user_id in wanted]
    for clerk in kept:
        clerk.is_deputy = after[clerk.user_id]
    new = [Clerk(user=wanted[user_id], is_deputy=after[user_id]) for user_id in after if user_id not in before]
    organization.clerks = kept + new
    db.session.flush()
    if before != after:
        facts = {"before": sorted(before), "after": sorted(after), "deputies": sorted(standing_in)}
        journal.record("clerks changed", organization, by=by, now=now, facts=facts)


def _check_clerks(named: Mapping[int, User], deputies: Mapping[int, User]) -> None:
    for person in (*named.values(), *deputies.values()):
        if Role.SECRETARY not in person.roles:
            raise Implausible(f"{person.name} hat die Aufgabe „Schriftführung“ nicht.", "clerks")
    both = [person.name for user_id, person in named.items() if user_id in deputies]
    if both:
        raise Implausible(f"{both[0]} kann nicht sich selbst vertreten. Wählen Sie eines von beiden.", "deputies")

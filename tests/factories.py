"""Builders that fill in the boring parts; the test names the one that matters. Each saves what it makes."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from ikb.accounts.model import Grant, Role, User
from ikb.accounts.policy import Visitor
from ikb.db import Base, db, transaction
from ikb.deliberations.model import AgendaItem, Clerk, Consultation, Meeting, Organization, Paper, StationState
from ikb.drafts.model import Draft, DraftVersion, Section, VersionState
from ikb.institutions.links import hash_of, shared_token_for, token_of
from ikb.institutions.model import Institution, Invitation, InvitationState
from ikb.institutions.shared_model import Scope, SharedLink
from ikb.procedures.model import ParticipationPhase, PhaseState, Procedure, ProcedureLead
from ikb.remarks.model import Remark, Stance, Wish
from ikb.statements.model import Answer, Statement, StatementState

MADE_AT = datetime(2030, 6, 1, 8, 0, tzinfo=UTC)
_numbers = itertools.count(1)

# Anchor, kind, number, parent, text: a small paper with every kind of section.
SECTIONS: tuple[tuple[str, str, str | None, str | None, str], ...] = (
    ("bp-1", "point", "1", None, "Die Stadt Musterau beschließt das Konzept als Grundlage ihrer Arbeit."),
    ("bp-1.a", "bullet", None, "bp-1", "Die Verwaltung berichtet einmal im Jahr über den Stand."),
    ("bp-2", "point", "2", None, "Die Ziele nach Anlage 2 gelten für alle Ämter."),
    ("a2-z1", "goal", "1", None, "Mehr Sprachförderung in allen Stadtteilen."),
    ("a3-z1", "objective", "1", None, "Mehr Sprachförderung in allen Stadtteilen."),
    ("a3-z1-m1", "measure", None, "a3-z1", "Jede Schule bietet zwei Kurse am Nachmittag an."),
)


def save(row: Any) -> Any:
    with transaction():
        db.session.add(row)
    return row


def make_user(roles: Iterable[Role] = (Role.LEAD,), **values: Any) -> User:
    number = next(_numbers)
    given: dict[str, Any] = {
        "email": f"person{number}@stadt.example.org",
        "name": f"Person {number}",
        "created_at": MADE_AT,
    }
    user = User(**(given | values))
    user.grants = [Grant(role=role) for role in roles]
    return save(user)


def make_procedure(leads: Iterable[User] = (), **values: Any) -> Procedure:
    given: dict[str, Any] = {"title": f"Verfahren {next(_numbers)}", "created_at": MADE_AT, "is_public": True}
    procedure = Procedure(**(given | values))
    procedure.leads = [ProcedureLead(user=user) for user in leads]
    return save(procedure)


def make_lead_of(procedure_id: int) -> Visitor:
    """Somebody who leads a procedure from now on, as queries ask for them."""
    user = make_user()
    save(ProcedureLead(procedure_id=procedure_id, user_id=user.id))
    return Visitor(user.id, user.roles, user.name)


def make_draft(procedure: Procedure | None = None, **values: Any) -> Draft:
    given: dict[str, Any] = {"procedure_id": (procedure or make_procedure()).id, "title": "Beschlussvorlage"}
    return save(Draft(**(given | values)))


def make_version(
    draft: Draft | None = None, sections: Sequence[Sequence[Any]] = SECTIONS, *, issued: bool = True, **values: Any
) -> DraftVersion:
    """A version with sections given as (anchor, kind, number, parent, text); issued unless said otherwise."""
    given: dict[str, Any] = {"draft_id": (draft or make_draft()).id, "number": 1, "created_at": MADE_AT}
    version = DraftVersion(**(given | values))
    version.sections = [
        Section(anchor=anchor, kind=kind, number=number, parent=parent, text=text, position=place)
        for place, (anchor, kind, number, parent, text) in enumerate(sections)
    ]
    save(version)
    if issued:
        with transaction():
            version.state, version.issued_at = VersionState.ISSUED, MADE_AT
    return version


def make_phase(version: DraftVersion | None = None, **values: Any) -> ParticipationPhase:
    """A phase that is open since two days and closes on Friday, 28 June 2030."""
    version = version or make_version()
    given: dict[str, Any] = {
        "procedure_id": version.draft.procedure_id,
        "draft_version": version,
        "name": "Beteiligung",
        "state": PhaseState.OPEN,
        "opens_at": MADE_AT,
        "opened_at": MADE_AT,
        "closes_on": date(2030, 6, 28),
    }
    return save(ParticipationPhase(**(given | values)))


def make_institution(name: str | None = None, **values: Any) -> Institution:
    number = next(_numbers)
    name = name or f"Verein {number} e. V."
    given: dict[str, Any] = {
        "number": number,
        "name": name,
        "sort_key": name.lower(),
        "kind": "club",
        "email": f"post{number}@verein.example.org",
        "created_at": MADE_AT,
    }
    return save(Institution(**(given | values)))


def make_invitation(
    phase: ParticipationPhase | None = None, institution: Institution | None = None, **values: Any
) -> Invitation:
    """An invitation that was sent, with the link that `token_of` gives."""
    given: dict[str, Any] = {"state": InvitationState.INVITED, "invited_at": MADE_AT}
    invitation: Invitation = save(
        Invitation(phase=phase or make_phase(), institution=institution or make_institution(), **(given | values))
    )
    if "token_hash" not in values:
        with transaction():
            invitation.token_hash = hash_of(token_of(invitation))
    return invitation


def make_shared_link(invitation: Invitation, scope: Scope = Scope.WRITE, name: str = "", **values: Any) -> SharedLink:
    """A link of somebody's own; its token is `shared_token_of(link)`."""
    given: dict[str, Any] = {"created_at": MADE_AT, "name": name}
    link: SharedLink = save(SharedLink(invitation=invitation, scope=scope, **(given | values)))
    with transaction():
        link.token_hash = hash_of(shared_token_of(link))
    return link


def shared_token_of(link: SharedLink) -> str:
    return shared_token_for(link.id, link.generation)


def make_statement(
    invitation: Invitation | None = None,
    remarks: Iterable[dict[str, Any]] = (),
    *,
    submitted: bool = True,
    **values: Any,
) -> Statement:
    """A statement with remarks given as dicts of Remark's columns; submitted unless said otherwise."""
    invitation = invitation or make_invitation()
    number = next(_numbers)
    given: dict[str, Any] = {"created_at": MADE_AT, "changed_at": MADE_AT, "answer": Answer.REMARKS}
    if submitted:
        given |= {
            "state": StatementState.SUBMITTED,
            "submitted_at": MADE_AT + timedelta(seconds=number),  # before the tests' Monday, however many there were
            "number": f"TEST-{number}",
        }
    statement = Statement(invitation=invitation, **(given | values))
    statement.remarks = [
        make_remark_row(draft_version=invitation.phase.draft_version, position=place, **remark)
        for place, remark in enumerate(remarks, 1)
    ]
    save(statement)
    if submitted:
        with transaction():
            invitation.state, invitation.answered_at = InvitationState.SUBMITTED, statement.submitted_at
    return statement


def make_remark_row(**values: Any) -> Remark:
    """A remark that is not saved yet: on the first section, a comment without a wish for the text."""
    given: dict[str, Any] = {
        "anchor": "bp-1",
        "stance": Stance.NEUTRAL,
        "comment": "Eine Anmerkung.",
        "wish": Wish.NONE,
        "created_at": MADE_AT,
    }
    return Remark(**(given | values))


def make_organization(name: str | None = None, clerks: Iterable[User] = (), **values: Any) -> Organization:
    name = name or f"Ausschuss {next(_numbers)}"
    given: dict[str, Any] = {"name": name, "sort_key": name.lower(), "kind": "committee"}
    organization = Organization(**(given | values))
    organization.clerks = [Clerk(user=user) for user in clerks]
    return save(organization)


def make_consultation(
    procedure: Procedure | None = None,
    organization: Organization | None = None,
    held_on: date | None = date(2030, 6, 12),
    **values: Any,
) -> Consultation:
    """One step of the sequence; with a sitting and an agenda item unless `held_on` is None."""
    organization = organization or make_organization()
    given: dict[str, Any] = {
        "procedure": procedure or make_procedure(),
        "organization": organization,
        "position": next(_numbers),
        "role": "preliminary",
        "state": StationState.PLANNED,
    }
    if held_on is not None:
        meeting = Meeting(organization=organization, held_on=held_on)
        item = AgendaItem(meeting=meeting, title="Unser Konzept", public=True)
        given |= {"agenda_item": item, "state": StationState.SCHEDULED}
    return save(Consultation(**(given | values)))


def make_paper(version: DraftVersion, procedure: Procedure, **values: Any) -> Paper:
    given: dict[str, Any] = {
        "procedure": procedure,
        "draft_version": version,
        "name": "Unser Konzept",
        "reference": f"{next(_numbers)}/2030-2035",
        "created_at": MADE_AT,
    }
    return save(Paper(**(given | values)))


def fingerprint(row: Base) -> str:
    """A digest over a row's columns, to see whether anything touched it."""
    values = [str(getattr(row, column.key)) for column in row.__table__.columns]
    return hashlib.sha256("|".join(values).encode()).hexdigest()

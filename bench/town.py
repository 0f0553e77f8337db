"""A town of any size, put into the database in bulk: for measuring, and for counting queries.

One procedure with its 22 consultations, its institutions and all the statements; beside it rounds of the same
institutions whose drafts wait to be submitted. Rows go in by many values at a time through the models' tables.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import bindparam, func, insert, select, update

from ikb.accounts.model import Grant, LoginSession, Role, User
from ikb.consolidation.model import Run, RunState, SectionOutcome
from ikb.core.clock import berlin_day
from ikb.db import Base, db
from ikb.deliberations.model import AgendaItem, Consultation, Meeting, Organization, Result, StationState
from ikb.drafts.model import Draft, DraftVersion, Section, VersionState
from ikb.institutions.links import hash_of, token_for
from ikb.institutions.model import Contact, Institution, Invitation, InvitationState
from ikb.journal import service as journal
from ikb.journal.service import SYSTEM
from ikb.procedures.model import ParticipationPhase, PhaseState, Procedure, ProcedureLead
from ikb.remarks.model import Remark, Stance, Wish
from ikb.statements.model import Answer, Statement, StatementState

STATIONS = 22
SECTIONS = 40
REMARKS_IN_A_DRAFT = 3
MOST_IN_A_STATEMENT = 400
REMARKS_OF_A_READER = 30
STATES = (InvitationState.SUBMITTED, InvitationState.DELIVERED, InvitationState.OPENED, InvitationState.BOUNCED)
PASSAGE = "Die Stadt richtet in jedem Stadtteil eine Stelle ein, die berät und in mehreren Sprachen Auskunft gibt."
REMARK = "Unser Verein bietet das seit Jahren an und bittet darum, die vorhandenen Angebote einzubeziehen."


@dataclass(frozen=True)
class Town:
    """What is there: the lead, the large procedure, and links behind which a draft waits to be submitted."""

    lead_id: int
    procedure_id: int
    tokens: Sequence[str]


def build(
    *, statements: int, institutions: int = 93, drafts: int = 0, remarks: int = 1, session: str = "", now: datetime
) -> Town:
    """Put a town into the database, inside the caller's transaction.

    statements: submitted ones in the large procedure; its institutions take turns.
    remarks:    in each of those.
    drafts:     how many more wait to be submitted, in rounds of the same institutions.
    session:    token of a login session for the lead; none without it.
    """
    lead_id = _lead(session, now)
    version_id, procedure_id = _procedure(lead_id, now)
    people = _institutions(institutions, now)
    phase_id = _phase(procedure_id, version_id, PhaseState.OPEN, now)
    invitations = _invitations(phase_id, people, [STATES[place % len(STATES)] for place in range(len(people))], now)
    _set_links(invitations)
    _statements(invitations, version_id, statements, remarks, now)
    _sequence(procedure_id, lead_id, now)
    _run(version_id, now)
    _events(procedure_id, now)
    tokens: list[str] = []
    while len(tokens) < drafts:
        tokens += _round(lead_id, version_id, people[: drafts - len(tokens)], now)
    return Town(lead_id, procedure_id, tokens)


def reader(town: Town, remarks: int, now: datetime, sections: int = 600) -> str:
    """The link of an institution that is reading and writing in a long draft on which others have said so much.

    remarks: on that draft, in statements of others, up to four hundred in each; thirty more in the reader's own draft.
    """
    version_id, procedure_id = _procedure(town.lead_id, now, sections)
    others = -(-remarks // MOST_IN_A_STATEMENT)
    people = _institutions(others + 1, now)
    phase_id = _phase(procedure_id, version_id, PhaseState.OPEN, now)
    invitations = _invitations(phase_id, people, [InvitationState.DRAFTED] * len(people), now)
    tokens = _set_links(invitations)
    written = _handed_in(invitations[:-1], now)
    [own] = _put(Statement, [{"invitation_id": invitations[-1], "created_at": now, "changed_at": now}])
    said = [(written[place // MOST_IN_A_STATEMENT], place) for place in range(remarks)]
    said += [(own, place * sections // REMARKS_OF_A_READER) for place in range(REMARKS_OF_A_READER)]
    rows = [_remark(row, version_id, place % MOST_IN_A_STATEMENT + 1, place, now, sections) for row, place in said]
    db.session.execute(insert(Remark), rows)
    return tokens[-1]


def _handed_in(invitations: Sequence[int], now: datetime) -> list[int]:
    what = {"state": StatementState.SUBMITTED, "answer": Answer.REMARKS, "submitted_at": now}
    what |= {"created_at": now, "changed_at": now}
    rows = [what | {"invitation_id": row, "number": f"L-{row}"} for row in invitations]
    return _put(Statement, rows)


def fill_drafts(length: int) -> None:
    """Make what waits to be submitted long: so many characters in each of a remark's two texts."""
    drafts = select(Statement.id).where(Statement.state == StatementState.DRAFT)
    texts = {"comment": (REMARK * length)[:length], "proposed_text": (PASSAGE * length)[:length]}
    db.session.execute(update(Remark).where(Remark.statement_id.in_(drafts)).values(**texts))


def planned_phase(town: Town, institutions: int, now: datetime) -> int:
    """A phase of the large procedure whose institutions are chosen and not invited yet; its id."""
    version_id = db.session.scalars(select(DraftVersion.id).limit(1)).one()
    people = list(db.session.scalars(select(Institution.id).order_by(Institution.id).limit(institutions)))
    phase_id = _phase(town.procedure_id, version_id, PhaseState.PLANNED, now)
    _invitations(phase_id, people, [InvitationState.PLANNED] * len(people), now)
    return phase_id


def _put(model: type[Base], rows: Sequence[dict[str, Any]]) -> list[int]:
    """Ids of many new rows, in the order given."""
    if not rows:
        return []
    return list(db.session.scalars(insert(model).returning(model.id, sort_by_parameter_order=True), rows))


def _lead(session: str, now: datetime) -> int:
    [lead] = _put(User, [{"email": f"leitung-{_next(User)}@stadt.example.org", "name": "Rosa Lenz", "created_at": now}])
    _put(Grant, [{"user_id": lead, "role": Role.LEAD}])
    if session:
        digest = hashlib.sha256(session.encode()).hexdigest()
        _put(LoginSession, [{"token_hash": digest, "user_id": lead, "created_at": now, "last_seen_at": now}])
    return lead


def _procedure(lead_id: int, now: datetime, sections: int = SECTIONS) -> tuple[int, int]:
    procedure_id = _new_procedure(lead_id, now)
    [draft] = _put(Draft, [{"procedure_id": procedure_id, "title": "Beschlussvorlage"}])
    [version_id] = _put(DraftVersion, [{"draft_id": draft, "number": 1, "created_at": now}])
    passages = [
        {"draft_version_id": version_id, "anchor": f"bp-{place}", "kind": "point", "number": str(place)}
        | {"parent": None, "position": place, "text": PASSAGE}
        for place in range(1, sections + 1)
    ]
    _put(Section, passages)
    issued = update(DraftVersion).where(DraftVersion.id == version_id)
    db.session.execute(issued.values(state=VersionState.ISSUED, issued_at=now))
    return version_id, procedure_id


def _new_procedure(lead_id: int, now: datetime) -> int:
    row = {"title": f"Ein Verfahren, das {_next(Procedure)}.", "created_at": now, "is_public": True}
    [procedure_id] = _put(Procedure, [row | {"contact_name": "Rosa Lenz", "contact_email": "lenz@stadt.example.org"}])
    _put(ProcedureLead, [{"procedure_id": procedure_id, "user_id": lead_id}])
    return procedure_id


def _phase(procedure_id: int, version_id: int, state: PhaseState, now: datetime) -> int:
    row = {"procedure_id": procedure_id, "draft_version_id": version_id, "name": "Beteiligung", "state": state}
    opened = None if state == PhaseState.PLANNED else now - timedelta(days=2)
    day = berlin_day(now + timedelta(days=30))
    [phase_id] = _put(
        ParticipationPhase, [row | {"opens_at": now - timedelta(days=2), "opened_at": opened, "closes_on": day}]
    )
    return phase_id


def _institutions(count: int, now: datetime) -> list[int]:
    first = _next(Institution)
    rows = [
        {"number": number, "name": f"Verein Nummer {number} e. V.", "sort_key": f"verein nummer {number:06d}"}
        | {"kind": "club", "email": f"post{number}@verein.example.org", "created_at": now}
        for number in range(first, first + count)
    ]
    ids = _put(Institution, rows)
    _put(
        Contact,
        [{"institution_id": id_, "name": "Ansprechperson", "email": f"person{id_}@verein.example.org"} for id_ in ids],
    )
    return ids


def _invitations(phase_id: int, people: Sequence[int], states: Sequence[InvitationState], now: datetime) -> list[int]:
    rows = [
        {"phase_id": phase_id, "institution_id": institution, "state": state}
        | {"invited_at": None if state == InvitationState.PLANNED else now}
        for institution, state in zip(people, states, strict=True)
    ]
    return _put(Invitation, rows)


def _set_links(invitations: Sequence[int]) -> list[str]:
    """Give each invitation its link; the tokens."""
    tokens = [token_for(number, 1) for number in invitations]
    rows = [{"number": number, "hash": hash_of(token)} for number, token in zip(invitations, tokens, strict=True)]
    table = Invitation.__table__
    linked = update(table).where(table.c.id == bindparam("number")).values(token_hash=bindparam("hash"))
    db.session.connection().execute(linked, rows)
    return tokens


def _statements(invitations: Sequence[int], version_id: int, count: int, remarks: int, now: datetime) -> None:
    """Each institution's newest statement is in force, those before were replaced by it."""
    per_head, first = len(invitations), _next(Statement)
    rows = [
        {"invitation_id": invitations[place % per_head], "sequence": place // per_head + 1, "answer": Answer.REMARKS}
        | {"state": StatementState.SUBMITTED if place >= count - per_head else StatementState.REPLACED}
        | {"number": f"P-{first + place}", "created_at": now, "changed_at": now}
        | {"submitted_at": now - timedelta(minutes=count - place)}
        for place in range(count)
    ]
    if not remarks:
        db.session.execute(insert(Statement), rows)
        return
    written, places = _put(Statement, rows), range(1, remarks + 1)
    _put(Remark, [_remark(row, version_id, place, row + place, now) for row in written for place in places])


def _remark(
    statement_id: int, version_id: int, position: int, place: int, now: datetime, sections: int = SECTIONS
) -> dict[str, Any]:
    what = {"draft_version_id": version_id, "anchor": f"bp-{place % sections + 1}", "statement_id": statement_id}
    said = {"stance": Stance.SUPPORT_WITH_CHANGES, "comment": REMARK, "wish": Wish.REPLACE}
    return (
        what | said | {"proposed_text": PASSAGE + " Sie hat abends geöffnet.", "position": position, "created_at": now}
    )


def _round(lead_id: int, version_id: int, people: Sequence[int], now: datetime) -> list[str]:
    """A procedure whose institutions have all written something and not submitted it yet."""
    phase_id = _phase(_new_procedure(lead_id, now), version_id, PhaseState.OPEN, now)
    invitations = _invitations(phase_id, people, [InvitationState.DRAFTED] * len(people), now)
    drafts = _put(Statement, [{"invitation_id": row, "created_at": now, "changed_at": now} for row in invitations])
    places = range(1, REMARKS_IN_A_DRAFT + 1)
    _put(Remark, [_remark(draft, version_id, place, draft + place, now) for draft in drafts for place in places])
    return _set_links(invitations)


def _sequence(procedure_id: int, lead_id: int, now: datetime) -> None:
    """The Beratungsfolge: the first half has sat and decided, the rest is to come."""
    first, today = _next(Organization), berlin_day(now)
    bodies = _put(
        Organization,
        [
            {"name": f"Ausschuss {first + place}", "sort_key": f"ausschuss {first + place:06d}", "kind": "committee"}
            for place in range(STATIONS)
        ],
    )
    days = [today + timedelta(days=3 * (place - STATIONS // 2) + 1) for place in range(STATIONS)]
    sittings = _put(
        Meeting, [{"organization_id": body, "held_on": day} for body, day in zip(bodies, days, strict=True)]
    )
    items = _put(
        AgendaItem, [{"meeting_id": sitting, "title": "Unser Konzept", "public": True} for sitting in sittings]
    )
    steps = _put(
        Consultation,
        [
            {"procedure_id": procedure_id, "organization_id": body, "agenda_item_id": item, "position": place}
            | {"role": "preliminary", "state": StationState.RECORDED if day < today else StationState.SCHEDULED}
            for place, (body, item, day) in enumerate(zip(bodies, items, days, strict=True), 1)
        ],
    )
    decided = [step for step, day in zip(steps, days, strict=True) if day < today]
    _put(Result, [_result(step, lead_id, now) for step in decided])


def _result(consultation_id: int, user_id: int, now: datetime) -> dict[str, Any]:
    votes = {"votes_yes": 9, "votes_no": 0, "abstentions": 2, "outcome": "recommended"}
    return votes | {"consultation_id": consultation_id, "key": uuid4(), "recorded_by_id": user_id, "recorded_at": now}


def _run(version_id: int, now: datetime) -> None:
    [run] = _put(
        Run, [{"base_version_id": version_id, "state": RunState.DONE, "requested_at": now, "finished_at": now}]
    )
    outcomes = [
        {"run_id": run, "anchor": f"bp-{place}", "position": place, "proposals": [], "elements": [], "bodies": []}
        | {"counts": {"remarks": 5, "comments": 3, "proposals": 2, "conflicts": 1, "bodies": 0, "open": 2}}
        for place in range(1, SECTIONS + 1)
    ]
    _put(SectionOutcome, outcomes)


def _events(procedure_id: int, now: datetime) -> None:
    procedure = db.session.get_one(Procedure, procedure_id)
    for _ in range(10):
        journal.record("procedure changed", procedure, by=SYSTEM, now=now, procedure_id=procedure_id)


def _next(model: type[Base]) -> int:
    """A number that no row of this table has: names and numbers must be given once."""
    return (db.session.scalar(select(func.max(model.id))) or 0) + 1

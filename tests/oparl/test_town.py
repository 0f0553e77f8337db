"""A town's council system, read from a real server process: the sequence of 2010, and what happens to it afterwards."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from ikb.core.results import Manner, Outcome, Tally
from ikb.db import Base, db, transaction
from ikb.deliberations import organizations, queries, service, stations
from ikb.deliberations.entries import ResultEntry
from ikb.deliberations.stations import Station
from ikb.journal.model import JournalEntry
from ikb.journal.service import Actor
from ikb.moment import now
from ikb.oparl.model import SyncFault, SyncRun
from ikb.procedures.model import Procedure
from tests.factories import make_procedure, make_user
from tests.oparl.conftest import connect, read_again
from tests.oparl.town import STATIONS, WORDING

BY_HAND = {
    "Integrationsrat": ResultEntry(Outcome.NOTED),
    "Fachbeirat für Mädchenarbeit": ResultEntry(Outcome.NOTED),
    "Psychiatriebeirat": ResultEntry(
        Outcome.RECOMMENDED, Tally(yes=11, no=0, abstentions=1), Manner.UNANIMOUS_WITH_ABSTENTIONS
    ),
    "Seniorenrat": ResultEntry(Outcome.RECOMMENDED, Tally(yes=12, no=3), Manner.MAJORITY),
    "Beirat für Behindertenfragen": ResultEntry(
        Outcome.RECOMMENDED_AMENDED, manner=Manner.UNANIMOUS, resolution_text=WORDING
    ),
}
ROLES = {
    "Einbringung": "introduction",
    "Anhörung": "hearing",
    "Vorberatung": "preliminary",
    "Empfehlung": "preliminary",
}


def entered_by_hand() -> Procedure:
    """The same sequence, as a secretary types it from the printed form."""
    person = make_user()
    by, procedure = Actor.user(person.id), make_procedure([person], title="Konzept")
    with transaction():
        for committee, day, role, result in STATIONS:
            organization = organizations.find_or_add(committee, by=by, now=now())
            code = ROLES.get(role) or ("decision" if role == "Entscheidung" else "hearing")
            station = Station(code, day, public=True)
            added = stations.add_station(procedure, organization, station, by=by, now=now())
            if result:
                service.record_result(added, BY_HAND[committee], by=by, now=now())
    return procedure


def as_told(procedure_id: int) -> list[tuple[Any, ...]]:
    """A sequence as people compare it."""
    return [
        (
            step.organization.name,
            step.held_on,
            step.role,
            step.authoritative,
            step.agenda_item.public if step.agenda_item else None,
            step.state,
            step.result.phrase if step.result else None,
            step.result.tally if step.result else None,
            step.result.resolution_text if step.result else None,
            step.result.is_provisional if step.result else None,
            step.predecessor_id,
        )
        for step in queries.sequence(procedure_id)
    ]


def traces() -> dict[str, Any]:
    """Everything that a reading could have touched: rows, their versions, the journal."""
    watched = [mapper.class_ for mapper in Base.registry.mappers if mapper.class_ is not SyncRun]
    counts: dict[str, Any] = {
        one.__tablename__: db.session.scalar(select(func.count()).select_from(one)) for one in watched
    }
    edited = [one for one in watched if hasattr(one, "row_version")]
    counts["versions"] = {
        one.__tablename__: sorted(tuple(row) for row in db.session.execute(select(one.id, one.row_version)))
        for one in edited
    }
    counts["journal"] = db.session.scalar(select(func.max(JournalEntry.id)))
    return counts


def open_faults() -> list[str]:
    return list(db.session.scalars(select(SyncFault.sentence).where(SyncFault.cleared_at.is_(None))))


def test_a_town_read_over_oparl_has_the_same_sequence_as_one_entered_by_hand(server, paper):
    by_hand = entered_by_hand()

    connect(server)

    read = as_told(paper.procedure_id)
    assert len(read) == 22
    assert read == as_told(by_hand.id)
    assert open_faults() == []


def test_reading_again_changes_nothing(server, paper):
    system = connect(server)
    before = traces()

    read_again(system)
    server.asked()
    read_again(system)

    assert traces() == before
    assert any("modified_since=" in path for path in server.asked())


def test_reading_everything_again_changes_nothing_either(server, paper, clock):
    system = connect(server)
    before = traces()

    clock.advance(days=8)
    read_again(system)

    assert traces() == before
    newest = db.session.scalars(select(SyncRun).order_by(SyncRun.id.desc())).first()
    assert (newest.state, newest.since) == ("finished", None)

"""A council system to read from: a real process, and the town of 2010 connected to it step by step."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

import pytest

from ikb.accounts.model import Role
from ikb.db import transaction
from ikb.deliberations.model import Paper
from ikb.journal.service import Actor
from ikb.moment import now
from ikb.oparl import queries, service, tasks
from ikb.oparl.model import CouncilSystem
from ikb.oparl.service import Settings
from tests.factories import make_draft, make_paper, make_procedure, make_user, make_version
from tests.oparl.server import CouncilServer, council_server
from tests.oparl.town import COMMITTEES, REFERENCE, STATIONS, town


@pytest.fixture(scope="session")
def _server_process() -> Iterator[CouncilServer]:
    with council_server() as server:
        yield server


@pytest.fixture
def server(_server_process: CouncilServer) -> CouncilServer:
    """The council system of 2010, whole and without faults, its clock at the tests' Monday."""
    _server_process.tell(reset=True)
    _server_process.tell(clock="2030-06-03T08:00:00+00:00", load=town(), page_size=5, version="1.1")
    _server_process.asked()
    return _server_process


FEW = (STATIONS[0], STATIONS[1], STATIONS[3], STATIONS[8], STATIONS[21])
FEW_COMMITTEES = tuple(dict.fromkeys(committee for committee, *_ in FEW))


@pytest.fixture
def few(server: CouncilServer) -> CouncilServer:
    """The same with five stations in four committees: Integrationsrat twice, Psychiatriebeirat, Dornberg, Rat."""
    server.tell(reset=True)
    server.tell(load=town(stations=FEW), page_size=4)
    server.asked()
    return server


def read_all() -> None:
    """Carry out every reading that waits, as a worker does."""
    while tasks.take_up():
        pass


def add(server: CouncilServer, **changes: Any) -> CouncilSystem:
    """A council system that was just entered by an administrator; its bodies are not read yet."""
    given: dict[str, Any] = {
        "name": "ALLRIS",
        "url": server.system,
        "interval_minutes": 60,
        "since_on": date(2010, 1, 1),
        "allows_private": True,
    }
    administrator = make_user([Role.ADMINISTRATOR])
    with transaction():
        return service.add(Settings(**(given | changes)), by=Actor.user(administrator.id), now=now())


def choose(system: CouncilSystem, names: Iterable[str] = COMMITTEES) -> None:
    """Choose committees by name; each is found by its name in ikb, or added."""
    wanted = set(names)
    chosen = {one.id: None for one in queries.organizations(system.id) if one.facts["name"] in wanted}
    assert len(chosen) == len(wanted)
    with transaction():
        service.choose_organizations(
            system, chosen, seen=system.row_version, by=Actor.user(system.account_id), now=now()
        )


def confirm(system: CouncilSystem) -> None:
    with transaction():
        service.confirm(system, seen=system.row_version, by=Actor.user(system.account_id), now=now())


def connect(server: CouncilServer, names: Iterable[str] = COMMITTEES, **changes: Any) -> CouncilSystem:
    """A council system that is read: entered, committees chosen and confirmed unseen, first reading done."""
    system = add(server, **changes)
    read_all()
    choose(system, names)
    confirm(system)
    read_all()
    return system


def read_again(system: CouncilSystem) -> None:
    """One more reading, as the button asks for it."""
    with transaction():
        service.read_now(system, now=now())
    read_all()


@pytest.fixture
def paper(app: Any) -> Paper:
    """Our paper with the number that the council system knows, of a procedure without any station."""
    procedure = make_procedure([make_user([Role.LEAD])], title="Konzept")
    return make_paper(make_version(make_draft(procedure)), procedure, reference=REFERENCE)

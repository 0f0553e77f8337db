"""Broken servers: what they get wrong is named with its address, and the rest is read all the same."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from ikb.db import db, transaction
from ikb.deliberations import queries
from ikb.oparl import runs, service, tasks
from ikb.oparl.model import RunState, SyncFault, SyncRun
from tests.oparl.conftest import FEW_COMMITTEES, add, choose, confirm, connect, read_again, read_all
from tests.oparl.server import SCHEMA
from tests.oparl.test_town import open_faults, traces
from tests.oparl.town import item_path, meeting_path, path_of, step_path

COUNCIL, ON_23 = "Rat der Stadt", date(2010, 9, 23)
PSYCHIATRY, ON_16 = "Psychiatriebeirat", date(2010, 6, 16)

# What is broken, what the fault says, and how many of the five stations are read all the same.
BROKEN = {
    "bad JSON on a page": ({"faults": {"/list/meeting?page=2": "<html>kaputt"}}, "kein gültiges JSON", 5),
    "a page without data": ({"faults": {"/list/meeting?page=2": "{}"}}, "fehlt „data“", 5),
    "a list that is not there": ({"faults": {"/list/meeting": 404}}, "nicht zu Ende gelesen", 5),
    "a list that nobody may read": ({"faults": {"/list/meeting": 403}}, "gibt die Daten nicht heraus", 5),
    "a list that goes round in circles": ({"faults": {"/list/paper": "loop"}}, "wiederholt eine frühere", 5),
    "a page that leads elsewhere for ever": (
        {"faults": {"/list/meeting": "->/list/meeting"}},
        "leitet mehr als 5-mal",
        5,
    ),
    "a time without a zone": (
        {"change": {meeting_path(COUNCIL, ON_23): {"start": "2010-09-23T17:00:00"}}},
        "keine Zeitzone",
        5,
    ),
    "a day that is none": ({"change": {meeting_path(COUNCIL, ON_23): {"start": "23.09.2010"}}}, "kein Zeitpunkt", 5),
    "an order that is missing": ({"change": {item_path(COUNCIL, ON_23): {"order": None}}}, "„order“ fehlt", 5),
    "an order that is a word": ({"change": {item_path(COUNCIL, ON_23): {"order": "zwei"}}}, "expected", 5),
    "a list that is no list": (
        {"change": {meeting_path(COUNCIL, ON_23): {"organization": "/organization/21"}}},
        "keine Liste",
        5,
    ),
    "an agenda item that is nowhere": (
        {"change": {meeting_path(COUNCIL, ON_23): {"agendaItem": [item_path(COUNCIL, ON_23), "/item/nowhere"]}}},
        "gibt es nichts (HTTP 404)",
        5,
    ),
    "an id that is not its address": (
        {
            "change": {meeting_path(COUNCIL, ON_23): {"agendaItem": ["/item/twice", item_path(COUNCIL, ON_23)]}},
            "faults": {"/item/twice": f'{{"id": "https://else.example/1", "type": "{SCHEMA}AgendaItem", "order": 0}}'},
        },
        "mit einer anderen „id“",
        5,
    ),
    "a result in words that nobody knows": (
        {"change": {item_path(PSYCHIATRY, ON_16): {"result": "weitestgehend erledigt"}}},
        "Ergebnis nicht gelesen: „weitestgehend erledigt“",
        5,
    ),
    "a result with words that are left over": (
        {"change": {item_path(PSYCHIATRY, ON_16): {"result": "einstimmig empfohlen nach langer Nacht"}}},
        "Vom Ergebnis nicht gelesen: „nach langer Nacht“",
        5,
    ),
    "votes that cannot be": (
        {"change": {item_path(PSYCHIATRY, ON_16): {"result": "empfohlen, Ja: 3, Nein: 9"}}},
        "hat der Beschlussvorschlag keine Mehrheit",
        5,
    ),
    "a role that nobody knows": ({"change": {step_path(COUNCIL, ON_23): {"role": "Obacht"}}}, "Die Rolle „Obacht“", 5),
    "a text that is a number": (
        {"change": {item_path(COUNCIL, ON_23): {"number": 7}}},
        "erwartet: Text, bekommen: Zahl",
        5,
    ),
    "a paper's step without type": ({"change": {step_path(COUNCIL, ON_23): {"type": "Beratung"}}}, "anderen Art", 4),
    "an unknown version": ({"version": "3.0"}, "Unbekannte OParl-Version", 5),
}


@pytest.mark.parametrize("engine_name", ["sqlite"])
@pytest.mark.parametrize("what", BROKEN)
def test_what_is_broken_is_named_and_the_rest_is_read(few, paper, what):
    order, sentence, count = BROKEN[what]
    sentence = "erwartet: Zahl ab 0" if sentence == "expected" else sentence
    few.tell(**order)

    connect(few, FEW_COMMITTEES)

    assert any(sentence in said for said in open_faults()), open_faults()
    assert len(queries.sequence(paper.procedure_id)) == count


def test_every_fault_has_the_address_of_what_is_broken(few, paper):
    few.tell(change={item_path(COUNCIL, ON_23): {"number": 7}})

    connect(few, FEW_COMMITTEES)

    [fault] = db.session.scalars(select(SyncFault).where(SyncFault.cleared_at.is_(None)))
    assert fault.url == few.url + item_path(COUNCIL, ON_23)


def test_a_fault_that_was_mended_is_over(few, paper):
    few.tell(change={item_path(COUNCIL, ON_23): {"number": 7}}, faults={"/list/agendaItem": "{}"})
    system = connect(few, FEW_COMMITTEES)
    read_again(system)
    assert len(open_faults()) == 2

    few.tell(change={item_path(COUNCIL, ON_23): {"number": "Ö 7"}}, mend=["/list/agendaItem"])
    read_again(system)

    assert open_faults() == []


def test_a_fault_that_stays_is_one_row(few, paper, clock):
    few.tell(change={item_path(PSYCHIATRY, ON_16): {"result": "weitestgehend erledigt"}})
    system = connect(few, FEW_COMMITTEES)
    before = traces()

    clock.advance(minutes=70)
    read_again(system)

    assert traces() == before


def test_a_server_of_version_1_0_is_read(few, paper):
    few.tell(version="1.0")

    connect(few, FEW_COMMITTEES)

    assert len(queries.sequence(paper.procedure_id)) == 5
    assert open_faults() == []


def newest_run() -> SyncRun:
    db.session.expire_all()
    return db.session.scalars(select(SyncRun).order_by(SyncRun.id.desc())).first()


def test_a_server_that_is_away_for_a_moment_is_asked_again_at_the_same_page(few, paper, clock):
    system = connect(few, FEW_COMMITTEES)
    few.tell(faults={"/list/paper": [503, 2]})
    few.asked()

    read_again(system)
    waiting = newest_run()
    assert (waiting.state, waiting.stage, waiting.attempts) == (RunState.WAITING, "paper", 1)
    assert waiting.next_at == clock() + runs.PAUSES[0]
    assert "HTTP 503" in waiting.sentence

    assert not tasks.take_up(), "before its time it is not asked again"
    for pause in runs.PAUSES[:2]:
        clock.advance(seconds=pause.total_seconds())
        read_all()

    assert newest_run().state == RunState.FINISHED
    asked = [path for path in few.asked() if path.startswith("/list/meeting")]
    assert len(asked) == len(set(asked)), "what was read before is not read again"


def test_a_server_that_stays_away_ends_the_reading_with_a_sentence(few, clock, app):
    few.tell(faults={"/oparl/system": 500})
    add(few)

    for pause in (timedelta(0), *runs.PAUSES):
        clock.advance(seconds=pause.total_seconds())
        read_all()

    failed = newest_run()
    assert failed.state == RunState.FAILED
    assert "HTTP 500" in failed.sentence


def test_a_list_that_stays_broken_does_not_stop_the_others(few, paper, clock):
    few.tell(faults={"/list/meeting": 500})
    system = add(few)
    read_all()
    choose(system, FEW_COMMITTEES)
    read_all()
    for pause in runs.PAUSES:
        clock.advance(seconds=pause.total_seconds())
        read_all()
    confirm(system)
    read_all()
    for pause in runs.PAUSES:
        clock.advance(seconds=pause.total_seconds())
        read_all()

    assert newest_run().state == RunState.FINISHED
    assert not newest_run().is_whole
    assert len(queries.sequence(paper.procedure_id)) == 5, "each sitting was asked for by itself"


def test_what_is_no_council_system_is_said_so(few, app):
    few.tell(faults={"/oparl/system": '{"hello": "world"}'})
    add(few)

    read_all()

    assert newest_run().state == RunState.FAILED
    assert "kein OParl-System" in newest_run().sentence


def test_an_address_inside_the_own_network_is_not_asked_unless_allowed(few, app):
    add(few, allows_private=False)

    read_all()

    assert "eigenen Netz" in newest_run().sentence
    assert few.asked() == []


def test_two_workers_never_read_the_same_system(few, paper, clock):
    system = connect(few, FEW_COMMITTEES)
    with transaction():
        service.read_now(system, now=clock())
    with transaction():
        held = runs.claim("first", now=clock())
    assert held is not None

    with transaction():
        assert runs.claim("second", now=clock()) is None
    assert not tasks.take_up(system.id)


def test_a_reading_whose_worker_died_goes_on_where_it_stopped(few, paper, clock):
    system = connect(few, FEW_COMMITTEES)
    with transaction():
        service.read_now(system, now=clock())
        run = runs.open_run(system.id)
        run.stage, run.scope = "paper", "as it was"
    with transaction():
        runs.claim("died", now=clock())
    few.asked()

    clock.advance(seconds=runs.LEASE.total_seconds() + 1)
    read_all()

    assert newest_run().state == RunState.FINISHED
    asked = few.asked()
    assert any(path.startswith("/list/paper") for path in asked)
    assert not any(path.startswith(("/oparl/system", "/list/meeting")) for path in asked)


def test_a_worker_that_slept_through_its_lease_changes_nothing_any_more(few, paper, clock):
    system = connect(few, FEW_COMMITTEES)
    with transaction():
        service.read_now(system, now=clock())
    with transaction():
        first = runs.claim("slow", now=clock())
    clock.advance(seconds=runs.LEASE.total_seconds() + 1)
    with transaction():
        runs.claim("quick", now=clock())

    with pytest.raises(runs.LeaseLost), transaction():
        runs.hold(first.id, "slow", now=clock())


def test_a_committee_that_the_system_deleted_stays_here_and_is_reported(few, paper, clock):
    system = connect(few, FEW_COMMITTEES)
    few.tell(delete=[path_of(COUNCIL)])
    clock.advance(days=8)

    read_again(system)

    assert f"{COUNCIL}: In ALLRIS gibt es dieses Gremium nicht mehr." in open_faults()
    assert len(queries.sequence(paper.procedure_id)) == 5


def test_what_is_due_is_asked_for_by_the_tick_and_nothing_else(app, few, paper, clock):
    tick = app.extensions["celery"].tasks["oparl.sync"]
    connect(few, FEW_COMMITTEES)
    few.asked()

    tick()
    assert few.asked() == []
    clock.advance(minutes=61)
    tick()

    assert few.asked() != []

"""One passage over everything that was read: saved piece by piece, or only looked at, or for a single difference."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

from ikb.db import db, transaction
from ikb.journal.service import Actor
from ikb.oparl import differences, mirror, runs, sequences, sittings
from ikb.oparl.model import CouncilSystem
from ikb.oparl.taking import Piece, Taking, take_organizations


class _OnlyLooking(Exception):
    """Everything inside is undone."""


def pieces(system: CouncilSystem) -> Iterator[Piece]:
    """Everything that has to be done, in pieces that each fit into one short transaction."""
    yield take_organizations
    yield from sittings.pieces(system)
    yield from sequences.pieces(system)
    yield differences.close


def take(run_id: int, owner: str, now: Callable[[], datetime]) -> Taking:
    """Take over what a reading brought, and end the reading. Raises runs.LeaseLost if another worker has it by now."""
    with transaction():
        system = runs.hold(run_id, owner, now=now()).system
        todo = list(pieces(system))
    taking = Taking(system, Actor.user(system.account_id), now())
    for piece in todo:
        with transaction():
            runs.hold(run_id, owner, now=now())
            piece(taking)
    with transaction():
        run = runs.hold(run_id, owner, now=now())
        run.changes = len(taking.done)
        mirror.note_faults(run, "taking", taking.faults, now=now())
        mirror.clear_faults_not_seen_in(run, now=now())
        runs.finish(run, now=now())
    return taking


def look(system: CouncilSystem, *, now: datetime) -> Taking:
    """What taking over would do and could not do; nothing is saved."""
    taking = Taking(system, Actor.user(system.account_id), now)
    try:
        with transaction():
            for piece in list(pieces(system)):
                piece(taking)
            raise _OnlyLooking
    except _OnlyLooking:
        db.session.expire_all()
    return taking

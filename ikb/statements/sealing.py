"""What makes a statement one that was handed in: number, moment, what it replaces, and how far its invitation has come."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from ikb.core.clock import berlin_day
from ikb.db import db
from ikb.errors import Conflict
from ikb.institutions import service as institutions
from ikb.institutions.model import InvitationState
from ikb.journal.service import Actor
from ikb.statements import publishing
from ikb.statements.model import WITH_REMARKS, Answer, Release, Statement, StatementState
from ikb.together import Change, saving, write_together


def next_sequence(statements: Sequence[Statement]) -> int:
    """The place of a new statement among those of one institution."""
    return max((row.sequence for row in statements), default=0) + 1


def seal(statement: Statement, key: UUID, answer: Answer, is_late: bool, now: datetime) -> None:
    """Make a statement one that was handed in. now: when it was received, which is what counts."""
    statement.state, statement.answer, statement.key = StatementState.SUBMITTED, answer, key
    statement.release = Release.GIVEN if statement.release == Release.ASKED else Release.NONE
    statement.submitted_at = statement.changed_at = now
    statement.is_late = is_late
    statement.standing_version_id = statement.invitation.standing_version_id
    statement.number = number_of(statement, now)


def number_of(statement: Statement, now: datetime) -> str:
    """`E-2030-000042`, and `E-2030-000042-2` for the one that replaces it: invitation and sequence are given once."""
    first = f"E-{berlin_day(now).year}-{statement.invitation.id:06d}"
    return first if statement.sequence == 1 else f"{first}-{statement.sequence}"


def in_force(statement: Statement, statements: Sequence[Statement]) -> list[Statement]:
    """The other statements of its institution that count in the same phase."""
    return [row for row in statements if row is not statement and would_be_replaced(row)]


def would_be_replaced(statement: Statement) -> bool:
    """Whether a further statement takes the place of this one: none does that was or is handed in outside of a phase."""
    is_outside = statement.is_standing or statement.invitation.is_standing
    return statement.state == StatementState.SUBMITTED and not is_outside


def replace_earlier(
    statement: Statement, statements: Sequence[Statement], published: Collection[int], *, by: Actor, now: datetime
) -> None:
    """What was handed in before counts no more and is not public any more; a late one replaces none that was in time.

    published: ids of the statements of which something was ever published; the others are not asked about.
    """
    for earlier in in_force(statement, statements):
        if earlier.is_late or not statement.is_late:
            earlier.state = StatementState.REPLACED
            if earlier.id in published:
                publishing.withdraw_with(earlier, by=by, now=now)


def note_answer(statement: Statement, statements: Sequence[Statement], now: datetime) -> None:
    """How the institution answered, for the lead's list."""
    invitation = statement.invitation
    if statement.is_standing:
        return  # what is said outside of a phase is no answer to it
    if in_force(statement, statements):
        return  # a late one beside one in time: what was said in time stays the answer, the late one is in the list
    state = InvitationState.SUBMITTED if statement.answer in WITH_REMARKS else InvitationState(statement.answer)
    institutions.advance(invitation, state, now=now)
    invitation.is_late = statement.is_late


def flush() -> None:
    """Write down what is new or changed. Raises Conflict where the form's key belongs to something else."""
    with _one_form_one_act():
        db.session.flush()


def changes_of(statement: Statement) -> list[Change]:
    """What has still to be written of a statement and its invitation, by `store`; a new statement is written at once."""
    changes = saving(statement, statement.invitation)
    flush()
    return changes


def store(changes: Sequence[Change]) -> None:
    """Write changes down, all at once. Raises Conflict where the form's key belongs to something else."""
    with _one_form_one_act():
        write_together(changes)


@contextmanager
def _one_form_one_act() -> Iterator[None]:
    try:
        yield
    except IntegrityError as fault:
        raise Conflict(
            "Dieses Formular wurde schon einmal für etwas anderes benutzt. Es wurde nichts abgeschickt; Ihr Entwurf ist "
            "gespeichert. Öffnen Sie die Seite „Abschicken“ neu."
        ) from fault

"""Statements that came another way than through the link: recorded by staff, with number, journal entry and receipt."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from ikb.core.clock import berlin_day
from ikb.db import db
from ikb.errors import PhaseNotOpen
from ikb.events import announce
from ikb.files.model import StoredFile
from ikb.institutions.model import Invitation
from ikb.journal.service import Actor
from ikb.procedures.model import PhaseState
from ikb.remarks import service as remarks
from ikb.remarks.model import Remark
from ikb.remarks.service import Said
from ikb.statements import queries, receipts, sealing, service
from ikb.statements.attachment_model import Attachment
from ikb.statements.model import Answer, Statement, StatementState


def record(
    invitation: Invitation,
    key: UUID,
    answer: Answer,
    *,
    channel: str,
    received_at: datetime,
    replaces: bool,
    said: Sequence[tuple[str | None, Said]] = (),
    files: Sequence[StoredFile] = (),
    confirms: bool = True,
    by: Actor,
    now: datetime,
) -> Statement:
    """A statement as it reached the town on paper, by mail or by word; what is being written behind the link stays.

    The invitation's row must be locked.
    key:         of the form: recorded twice, the same statement comes back.
    received_at: when it reached the town, which decides whether it is in time.
    replaces:    what the institution handed in before counts no more.
    said:        remarks that are known already, each with its section's anchor.
    confirms:    the institution gets its receipt by mail, where it has a mailbox.
    Raises PhaseNotOpen for a day before the phase.
    """
    _refuse_before_opening(invitation, received_at)
    statements = queries.of_invitation(invitation.id)
    if earlier := next((statement for statement in statements if statement.key == key), None):
        return earlier
    statement = _row(invitation, sealing.next_sequence(statements), channel, now)
    sealing.seal(statement, key, answer, not service.is_in_time(invitation, received_at), received_at)
    statement.changed_at = now
    if replaces:
        sealing.replace_earlier(statement, statements, [row.id for row in statements], by=by, now=now)
    sealing.note_answer(statement, statements, received_at)
    sealing.flush()
    attached = _attach(statement, files, now)
    made = [_remark(statement, anchor, one, now) for anchor, one in said]
    if confirms:
        sealing.store(receipts.mail_about(statement, now))
    receipts.give(statement, made, attached, by=by, arrived_at=received_at, now=now)
    announce("statement_submitted", statement_id=statement.id, now=now)
    return statement


def _row(invitation: Invitation, sequence: int, channel: str, now: datetime) -> Statement:
    # Never in the state of a draft: an invitation has at most one of those.
    row = Statement(
        invitation=invitation,
        state=StatementState.SUBMITTED,
        sequence=sequence,
        channel=channel,
        created_at=now,
        changed_at=now,
    )
    db.session.add(row)
    return row


def _attach(statement: Statement, files: Sequence[StoredFile], now: datetime) -> list[Attachment]:
    rows = [Attachment(statement_id=statement.id, file=file, is_letter=True, created_at=now) for file in files]
    db.session.add_all(rows)
    db.session.flush()
    return rows


def _remark(statement: Statement, anchor: str | None, said: Said, now: datetime) -> Remark:
    version_id = statement.invitation.phase.draft_version_id
    return remarks.add(said, draft_version_id=version_id, anchor=anchor, statement_id=statement.id, now=now)


def _refuse_before_opening(invitation: Invitation, received_at: datetime) -> None:
    phase = invitation.phase
    if phase.state == PhaseState.PLANNED or berlin_day(received_at) < berlin_day(phase.opens_at):
        raise PhaseNotOpen(
            f"Die Beteiligung begann am {berlin_day(phase.opens_at):%d.%m.%Y}; vorher kann nichts eingegangen sein."
        )

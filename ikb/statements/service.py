"""The rules of a statement: written behind a link, submitted once, replaced until the deadline, never lost."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from ikb.core.clock import berlin_day
from ikb.db import db
from ikb.drafts import queries as drafts
from ikb.errors import NothingToSubmit, NotReady, PhaseNotOpen
from ikb.events import announce
from ikb.institutions import service as institutions
from ikb.institutions.model import Invitation, InvitationState
from ikb.institutions.shared_model import INVITED, Person
from ikb.journal import service as journal
from ikb.journal.service import Actor
from ikb.procedures.model import PhaseState
from ikb.remarks import queries as remark_queries
from ikb.remarks import service as remarks
from ikb.remarks.model import ADDITIONS, Remark, Wish
from ikb.remarks.service import Said
from ikb.statements import attached, queries, receipts, release_rules, saving, sealing
from ikb.statements.model import WITH_REMARKS, Answer, Release, Statement, StatementState
from ikb.statements.saving import Outcome as Outcome
from ikb.statements.saving import Saved as Saved

LONGEST_NAME = 200
STATE_OF_DRAFT = {
    Release.NONE: InvitationState.DRAFTED,
    Release.ASKED: InvitationState.AWAITS_RELEASE,
    Release.RETURNED: InvitationState.RETURNED,
}


def begin(invitation: Invitation, *, now: datetime) -> Statement:
    """The statement that an institution is writing; else a new one, which begins with what was handed in.

    The invitation's row must be locked (`find_by_token(…, for_update=True)`).
    Raises PhaseNotOpen before the phase begins, NotReady after the deadline if something was handed in: it stays.
    """
    refuse_before_opening(invitation, now)
    statements = queries.of_invitation(invitation.id)
    if writing := _draft_among(statements):
        return writing
    latest = latest_in_force(statements)
    if latest is not None:
        _refuse_after_deadline(invitation, now)
    draft = _new_draft(invitation, statements, now)
    if latest is not None:
        _begin_with(draft, latest, now)
    return draft


def save_remark(
    invitation: Invitation, anchor: str | None, said: Said, *, row_version: int, author: str = "", now: datetime
) -> Saved:
    """Store what an institution says about one passage; an empty form takes the remark back.

    anchor:      the section, None for the whole document.
    row_version: the remark's version that the writer had before them, 0 where there was none.
    author:      who writes, by the name that they gave; empty if they gave none.
    A proposed wording that is the passage's own is not kept as a wish. What is stored already is saved, whoever sent it.
    A wish for a new passage beside the section is a remark of its own, of which there may be many.
    After something was handed in, the first change begins a draft from all of it.
    Raises NotFound for a section that the version does not have, Conflict with both texts if it was changed or taken
    back elsewhere, Implausible for a text that is too long, NotReady as `begin` does.
    """
    refuse_before_opening(invitation, now)
    section = drafts.section(invitation.version_id, anchor) if anchor is not None else None
    said, is_same = saving.beside(anchor, section, said)
    statements = queries.of_invitation(invitation.id)
    statement = _draft_among(statements) or latest_in_force(statements)
    stored = _remark_on(statement, anchor, said)
    if stored is not None and Said.of(stored) == saving.as_kept(said):
        return Saved(statement, stored, Outcome.SAVED)
    saving.refuse_if_changed(stored, said, row_version)
    if said.is_empty and stored is None:
        return Saved(statement, None, Outcome.SAME_TEXT if is_same else Outcome.NOTHING)
    if statement is None or statement.state != StatementState.DRAFT:
        statement = begin(invitation, now=now)
        stored = _remark_on(statement, anchor, said)
    note_writing(invitation, statement, now=now)
    if said.is_empty and stored is not None:
        remarks.remove(stored, row_version=row_version)
        return Saved(statement, None, Outcome.REMOVED)
    # The field comes filled with the passage's text: who only comments is told that it was saved, and no more.
    takes_wish_back = is_same and stored is not None and stored.wish == Wish.REPLACE
    kept = _say(statement, stored, anchor, said, author, now)
    return Saved(statement, kept, Outcome.SAME_TEXT if takes_wish_back else Outcome.SAVED)


def note_writing(invitation: Invitation, draft: Statement, *, now: datetime) -> None:
    """Something about a draft has changed: since when, and how far the invitation has come."""
    draft.changed_at = now
    institutions.advance(invitation, STATE_OF_DRAFT[Release(draft.release)], now=now)


def statement_of(invitation: Invitation) -> Statement | None:
    """What an institution is writing, else what it handed in last and would replace; None where there is neither."""
    statements = queries.of_invitation(invitation.id)
    return _draft_among(statements) or latest_in_force(statements)


def draft_of(invitation: Invitation) -> Statement | None:
    """What an institution is writing, None if it is not."""
    return _draft_among(queries.of_invitation(invitation.id))


def submit(
    invitation: Invitation,
    key: UUID,
    answer: Answer = Answer.REMARKS,
    *,
    author_name: str = "",
    consents_to_name: bool = False,
    consents_to_text: bool = False,
    by: Person = INVITED,
    now: datetime,
    arrived_at: datetime | None = None,
) -> Statement:
    """Hand in an institution's statement, once, and promise it a receipt.

    key: the form's UUID; handed in twice, the same statement comes back.
    by:  who hands in; where the institution wants a second person, that one.
    now: when it was received, taken before any lock was awaited.
    arrived_at: when the proxy in front saw it come, where it notes that; the earlier of the two counts.
    A late statement is stored and marked: a person decides what it counts for. It replaces no earlier one in time.
    Files of the draft go with it, except those that were not accepted; where there is nothing else, they are a letter.
    One outside of a phase is never late and replaces none.
    The invitation's row must be locked (`find_by_token(…, for_update=True)`), so that two of them come one after the
    other. Raises PhaseNotOpen before the phase begins, NothingToSubmit for remarks without any, NotReady where a second
    person has to release it first.
    """
    refuse_before_opening(invitation, now)
    statements, said, has_files, published = queries.with_remarks_of_draft(invitation.id)
    if earlier := next((statement for statement in statements if statement.key == key), None):
        return earlier
    draft = _draft_among(statements)
    release_rules.refuse_if_alone(invitation, draft, answer, by)
    files = attached.of_statement(draft.id) if draft is not None and has_files else []
    if answer in WITH_REMARKS:
        answer = Answer.REMARKS if said else Answer.LETTER
        files = attached.hand_in(files, as_letter=not said)
    received_at = now if arrived_at is None else min(now, arrived_at)
    is_late = not invitation.is_standing and not is_in_time(invitation, received_at)
    statement = _to_submit(invitation, statements, bool(said or files), answer, now)
    handed_in = (said, files) if answer in WITH_REMARKS else ((), ())
    sealing.seal(statement, key, answer, is_late, received_at)
    statement.author_name = author_name.strip()[:LONGEST_NAME]
    statement.consents_to_name = consents_to_name and bool(statement.author_name)
    statement.consents_to_text = consents_to_text
    sealing.replace_earlier(statement, statements, published, by=Actor.invitation(invitation.id), now=now)
    sealing.note_answer(statement, statements, now)
    sealing.store([*sealing.changes_of(statement), *receipts.mail_about(statement, now)])
    receipts.give(statement, *handed_in, now=now, arrived_at=arrived_at)
    announce("statement_submitted", statement_id=statement.id, now=now)
    return statement


def write_again(invitation: Invitation, *, now: datetime) -> Statement:
    """A draft that begins with what was submitted, to replace it; the one that is being written if there is one.

    Raises NotReady after the deadline: what is in stays, and a person is asked.
    """
    _refuse_after_deadline(invitation, now)
    return begin(invitation, now=now)


def latest_in_force(statements: Sequence[Statement]) -> Statement | None:
    """The last one that was handed in and that a further one would replace, of an institution's statements, oldest first.

    Outside of a phase there is none: each stands beside the others.
    """
    return next((row for row in reversed(statements) if sealing.would_be_replaced(row)), None)


def _begin_with(draft: Statement, latest: Statement, now: datetime) -> None:
    draft.author_name = latest.author_name
    draft.letter_note = latest.letter_note
    remarks.copy_all(remark_queries.of_statement(latest.id), draft.id, now=now)
    attached.copy_all(attached.of_statement(latest.id), draft.id, now=now)
    by, procedure_id = Actor.invitation(draft.invitation.id), draft.invitation.phase.procedure_id
    facts = {"sequence": draft.sequence}
    journal.record("statement reopened", draft, by=by, now=now, procedure_id=procedure_id, facts=facts)


def _refuse_after_deadline(invitation: Invitation, now: datetime) -> None:
    if not is_in_time(invitation, now):
        raise NotReady(
            "Die Frist ist vorbei; Ihre Stellungnahme bleibt, wie sie ist. Wenn etwas falsch ist, rufen Sie uns an."
        )


def is_in_time(invitation: Invitation, now: datetime) -> bool:
    """Whether a statement of this moment would count without a mark."""
    return invitation.phase.accepts(now, invitation.extended_until)


def refuse_before_opening(invitation: Invitation, now: datetime) -> None:
    """Raises PhaseNotOpen before the phase begins; afterwards everything is taken, late or not."""
    phase = invitation.phase
    if phase.state == PhaseState.PLANNED or now < phase.opens_at:
        raise PhaseNotOpen(f"Die Beteiligung beginnt am {berlin_day(phase.opens_at):%d.%m.%Y}.")


def _draft_among(statements: Sequence[Statement]) -> Statement | None:
    return next((row for row in statements if row.state == StatementState.DRAFT), None)


def _new_draft(invitation: Invitation, statements: Sequence[Statement], now: datetime) -> Statement:
    draft = Statement(invitation=invitation, sequence=sealing.next_sequence(statements), created_at=now, changed_at=now)
    db.session.add(draft)
    db.session.flush()
    return draft


def take_back_addition(invitation: Invitation, remark_id: int, *, row_version: int, now: datetime) -> None:
    """Take back the wish for a new passage. Nothing happens if it is gone already.

    Raises Conflict if it was changed elsewhere meanwhile.
    """
    draft = _draft_among(queries.of_invitation(invitation.id))
    remark = db.session.get(Remark, remark_id, populate_existing=True)
    if draft is None or remark is None or remark.statement_id != draft.id or not remark.is_addition:
        return
    draft.changed_at = now
    remarks.remove(remark, row_version=row_version)


def _remark_on(statement: Statement | None, anchor: str | None, said: Said) -> Remark | None:
    """What is stored where `said` belongs: the one remark on the passage, or the very same wish for a new one."""
    if statement is None:
        return None
    here = Remark.anchor.is_(None) if anchor is None else Remark.anchor == anchor
    rows = select(Remark).where(Remark.statement_id == statement.id, here, Remark.question_id.is_(None))
    if said.wish in ADDITIONS:
        rows = rows.where(Remark.wish == said.wish, Remark.proposed_text == said.proposed_text.strip())
    else:
        rows = rows.where(Remark.wish.not_in(ADDITIONS))
    return db.session.scalar(rows.order_by(Remark.position).limit(1).execution_options(populate_existing=True))


def _say(
    statement: Statement, stored: Remark | None, anchor: str | None, said: Said, author: str, now: datetime
) -> Remark:
    version_id = statement.invitation.version_id
    if stored is not None:
        stored.draft_version_id = version_id  # whoever changes it has this version before them
        return remarks.edit(stored, said, row_version=stored.row_version, author=author)
    return remarks.add(
        said, draft_version_id=version_id, anchor=anchor, statement_id=statement.id, author=author, now=now
    )


def _to_submit(
    invitation: Invitation, statements: Sequence[Statement], says_something: bool, answer: Answer, now: datetime
) -> Statement:
    """The draft; or, for an answer without remarks, a row of its own: a draft that says something is not thrown away for it."""
    draft = _draft_among(statements)
    if answer in WITH_REMARKS:
        if draft is None or not says_something:
            raise NothingToSubmit(
                "Ihre Stellungnahme hat noch keine Anmerkung. Schreiben Sie zu mindestens einem Abschnitt etwas, schicken Sie "
                "uns Ihr Schreiben, oder antworten Sie ohne Anmerkungen."
            )
        if draft.sequence < (last := sealing.next_sequence(statements) - 1):
            draft.sequence = last + 1  # something was handed in while this was being written
        return draft
    return draft if draft is not None and not says_something else _new_draft_beside(invitation, statements, now)


def _new_draft_beside(invitation: Invitation, statements: Sequence[Statement], now: datetime) -> Statement:
    # Never in the state of a draft: an invitation has at most one of those.
    row = Statement(
        invitation=invitation,
        state=StatementState.SUBMITTED,
        sequence=sealing.next_sequence(statements),
        created_at=now,
        changed_at=now,
    )
    db.session.add(row)
    return row

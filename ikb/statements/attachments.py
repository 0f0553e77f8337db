"""Files while an institution is writing: attached, taken away again, and the sentence that goes with its letter.

The journal hears of them when the statement is handed in, as of its remarks.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select

from ikb.db import db
from ikb.drafts import queries as drafts
from ikb.errors import Conflict, FileRefused, NotFound, NotReady
from ikb.files import service as files
from ikb.files.service import Received
from ikb.files.storage import Scope
from ikb.institutions.model import Invitation
from ikb.remarks.service import refuse_if_too_long
from ikb.statements import attached, service
from ikb.statements.attachment_model import Attachment
from ikb.statements.model import Statement, StatementState

MOST_FILES = 20


def scope_of(invitation: Invitation) -> Scope:
    """Whose the files of an institution in a procedure are."""
    return Scope(invitation.phase.procedure_id, invitation.institution_id)


def attach(
    invitation: Invitation, received: Received, *, anchor: str | None = None, is_letter: bool = False, now: datetime
) -> Attachment:
    """Hang a received file on the draft; sent twice to the same place, it hangs there once.

    anchor: the section whose remark it belongs to, None for the whole statement.
    The invitation's row must be locked. After something was handed in, this begins a draft from all of it.
    Raises FileRefused for the 21st file or where the institution's room is used up, NotFound for a section that the version
    does not have, PhaseNotOpen and NotReady as `service.begin` does.
    """
    if anchor is not None and drafts.section(invitation.version_id, anchor) is None:
        raise NotFound("Diesen Abschnitt gibt es in dieser Fassung nicht.")
    draft = service.begin(invitation, now=now)
    there = attached.of_statement(draft.id)
    if twin := _twin(there, received, anchor, is_letter):
        return twin
    if len(there) >= MOST_FILES:
        raise FileRefused(
            received.name,
            f"Eine Stellungnahme kann höchstens {MOST_FILES} Dateien haben. Löschen Sie eine, oder fassen Sie mehrere in "
            "einem PDF zusammen.",
            "too_many",
        )
    file = files.enter(received, now=now)
    row = Attachment(statement_id=draft.id, file=file, anchor=anchor, is_letter=is_letter, created_at=now)
    db.session.add(row)
    service.note_writing(invitation, draft, now=now)
    db.session.flush()
    return row


def detach(invitation: Invitation, attachment_id: int, *, now: datetime) -> str:
    """Take a file off the draft again; its name. Its bytes go too, unless a statement that was handed in has them.

    Raises NotFound for anybody else's, NotReady for one that was handed in: it stays.
    """
    row = attached.of_invitation(attachment_id, invitation.id)
    statement = db.session.get_one(Statement, row.statement_id)
    if statement.state != StatementState.DRAFT:
        raise NotReady(
            "Diese Datei ist schon abgeschickt und bleibt, wie sie ist. Wenn Sie Ihre Stellungnahme ersetzen, können Sie sie "
            "dabei weglassen."
        )
    file, name = row.file, row.file.name
    db.session.delete(row)
    service.note_writing(invitation, statement, now=now)
    db.session.flush()
    if not db.session.scalar(select(func.count()).where(Attachment.file_id == file.id)):
        files.forget(file)
    return name


def save_note(invitation: Invitation, note: str, *, seen: str, now: datetime) -> None:
    """The sentence that goes with the letter. seen: the one that its writer had before them.

    Raises Conflict with both texts if somebody else changed it since, Implausible for one that is too long.
    """
    refuse_if_too_long(note, "note")
    draft = service.draft_of(invitation)
    stored = draft.letter_note if draft is not None else seen
    if note == stored:
        return
    if stored != seen:
        raise Conflict(
            "Dieser Satz wurde inzwischen an anderer Stelle geändert. Beide stehen hier; es wurde nichts überschrieben.",
            theirs=stored,
            mine=note,
        )
    draft = draft or service.begin(invitation, now=now)
    draft.letter_note = note
    service.note_writing(invitation, draft, now=now)
    db.session.flush()


def _twin(there: list[Attachment], received: Received, anchor: str | None, is_letter: bool) -> Attachment | None:
    place = (received.sha256, anchor, is_letter)
    return next((each for each in there if (each.file.sha256, each.anchor, each.is_letter) == place), None)

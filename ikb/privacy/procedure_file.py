"""The file of a procedure: what institutions said and what was written to them. Erased, the skeleton stays: who answered,
on which passages, and what was decided why.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import delete, func, select

from ikb.bundles import shelf
from ikb.capture.model import Letter, LetterFile
from ikb.casefile.model import CaseArchive
from ikb.consolidation.model import Run, SectionOutcome
from ikb.db import db
from ikb.deliberations.model import AgendaItem, Consultation, Meeting, Result
from ikb.deliveries.model import OPEN_STATES, Delivery
from ikb.drafts.model import Draft, DraftVersion
from ikb.files import service as files
from ikb.files.model import StoredFile
from ikb.institutions.extension_model import ExtensionRequest
from ikb.institutions.model import Invitation
from ikb.institutions.shared_model import SharedLink
from ikb.procedures.model import ParticipationPhase, Procedure
from ikb.publications.model import Publication, PublishedName
from ikb.remarks.model import Remark
from ikb.remarks.redaction_model import Redaction
from ikb.remarks.translation_model import RemarkTranslation
from ikb.reminders.model import CallNote
from ikb.reports.model import AnswerLetters, WordForm
from ikb.statements.attachment_model import Attachment
from ikb.statements.model import Receipt, ReleaseStep, Statement


def due(cut_off: date) -> dict[int, int]:
    """Procedures whose deciding body decided on that day or before, and how many statements each still holds in full."""
    decided = (
        select(Consultation.procedure_id)
        .join(AgendaItem, AgendaItem.id == Consultation.agenda_item_id)
        .join(Meeting, Meeting.id == AgendaItem.meeting_id)
        .join(Result, Result.consultation_id == Consultation.id)
        .where(Consultation.authoritative)
        .group_by(Consultation.procedure_id)
        .having(func.max(Meeting.held_on) <= cut_off)
    )
    rows = (
        select(ParticipationPhase.procedure_id, func.count(Receipt.id))
        .join(Invitation, Invitation.phase_id == ParticipationPhase.id)
        .join(Statement, Statement.invitation_id == Invitation.id)
        .join(Receipt, Receipt.statement_id == Statement.id)
        .where(ParticipationPhase.procedure_id.in_(decided))
        .group_by(ParticipationPhase.procedure_id)
    )
    return {row[0]: row[1] for row in db.session.execute(rows)}


def restrict(procedure_id: int, since: datetime | None) -> None:
    """Close a procedure's inside to everybody, or open it again (None)."""
    procedure = db.session.get(Procedure, procedure_id)
    if procedure is not None:
        procedure.restricted_at = since
        db.session.flush()


def erase(procedure_id: int, _cut_off: date) -> int:
    """Take the texts, the names, the letters and the archives of a procedure away. Returns how many statements it held."""
    shelf.forget(CaseArchive, procedure_id)
    shelf.forget(AnswerLetters, procedure_id)
    invitations = select(Invitation.id).join(Invitation.phase).where(ParticipationPhase.procedure_id == procedure_id)
    statements = select(Statement.id).where(Statement.invitation_id.in_(invitations))
    remarks = select(Remark.id).where(Remark.statement_id.in_(statements))
    count = db.session.scalar(select(func.count(Receipt.id)).where(Receipt.statement_id.in_(statements))) or 0
    for remark in db.session.scalars(select(Remark).where(Remark.statement_id.in_(statements))):
        remark.comment, remark.proposed_text, remark.translation, remark.authors = "", "", "", []
    for statement in db.session.scalars(select(Statement).where(Statement.id.in_(statements))).unique():
        statement.author_name, statement.key = "", None  # the key is the salt of the digest that the journal keeps
    for invitation in db.session.scalars(select(Invitation).where(Invitation.id.in_(invitations))).unique():
        invitation.holder_name, invitation.wished_until = "", None
    db.session.flush()
    versions = select(DraftVersion.id).join(DraftVersion.draft).where(Draft.procedure_id == procedure_id)
    runs = select(Run.id).where(Run.base_version_id.in_(versions))
    letters = select(Letter.id).where(Letter.procedure_id == procedure_id)
    published = select(Publication.id).where(Publication.procedure_id == procedure_id)
    for rows in (
        delete(LetterFile).where(LetterFile.letter_id.in_(letters)),
        delete(Letter).where(Letter.procedure_id == procedure_id),
        delete(Attachment).where(Attachment.statement_id.in_(statements)),
        delete(Redaction).where(Redaction.remark_id.in_(remarks)),
        delete(RemarkTranslation).where(RemarkTranslation.remark_id.in_(remarks)),
        delete(Receipt).where(Receipt.statement_id.in_(statements)),
        delete(ReleaseStep).where(ReleaseStep.statement_id.in_(statements)),
        delete(SharedLink).where(SharedLink.invitation_id.in_(invitations)),
        delete(ExtensionRequest).where(ExtensionRequest.invitation_id.in_(invitations)),
        delete(WordForm).where(WordForm.procedure_id == procedure_id),
        delete(CallNote).where(CallNote.invitation_id.in_(invitations)),
        delete(SectionOutcome).where(SectionOutcome.run_id.in_(runs)),
        delete(PublishedName).where(PublishedName.publication_id.in_(published)),
        delete(Publication).where(Publication.procedure_id == procedure_id),
        delete(Delivery).where(Delivery.procedure_id == procedure_id, Delivery.state.not_in(OPEN_STATES)),
    ):
        db.session.execute(rows, execution_options={"synchronize_session": False})
    db.session.expire_all()
    for file in db.session.scalars(select(StoredFile).where(StoredFile.procedure_id == procedure_id)).all():
        files.forget(file)
    return count

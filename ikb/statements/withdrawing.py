"""Taking a consent back, at any time, with effect on what is public."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from ikb.db import db
from ikb.institutions.model import Invitation
from ikb.journal import service as journal
from ikb.journal.service import Actor
from ikb.publications import service as publications
from ikb.statements import publishing, queries
from ikb.statements.consent_model import Consent, ConsentWithdrawal
from ikb.statements.consents import agreed
from ikb.statements.model import Statement


def withdraw(invitation: Invitation, consent: Consent, *, by: Actor, now: datetime) -> Sequence[Statement]:
    """Take a consent back for everything handed in so far. What is public follows in the same transaction.

    The name leaves every snapshot, old ones too, and the public one is replaced by one without it; a text that was public
    by consent is withdrawn. Returns the statements for which it held.
    """
    handed_in = [row for row in queries.of_invitation(invitation.id) if row.submitted_at is not None]
    held = agreed(handed_in)
    concerned = [
        row for row in handed_in if (held[row.id].to_name if consent == Consent.NAME else held[row.id].to_text)
    ]
    if not concerned:
        return []
    row = ConsentWithdrawal(invitation_id=invitation.id, consent=consent, at=now)
    db.session.add(row)
    db.session.flush()
    facts = {"consent": str(consent), "statements": len(concerned)}
    procedure_id = invitation.phase.procedure_id
    journal.record("consent withdrawn", row, by=by, now=now, procedure_id=procedure_id, facts=facts)
    for statement in concerned:
        publishing.follow(statement, by=by, now=now)
        if consent == Consent.NAME:
            publications.forget_name(publishing.KIND, statement.id, by=by, now=now)
    return concerned

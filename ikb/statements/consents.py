"""Consent to publication, given when a statement is handed in: what of it holds now."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import func, select

from ikb.db import db
from ikb.statements.consent_model import Consent, ConsentWithdrawal
from ikb.statements.model import Statement
from ikb.web import labels

labels.add("consent", {Consent.NAME: "Name der Person", Consent.TEXT: "Text der Stellungnahme"})
labels.add("journal_action", {"consent withdrawn": "Einwilligung widerrufen"})
labels.add("subject", {"consent_withdrawal": "Widerruf"})


@dataclass(frozen=True)
class Agreed:
    """What holds for one statement now."""

    to_name: bool = False
    to_text: bool = False


def agreed(statements: Collection[Statement]) -> dict[int, Agreed]:
    """The consents that hold for some statements, by their ids; one query."""
    rows = (
        select(ConsentWithdrawal.invitation_id, ConsentWithdrawal.consent, func.max(ConsentWithdrawal.at))
        .where(ConsentWithdrawal.invitation_id.in_({statement.invitation_id for statement in statements}))
        .group_by(ConsentWithdrawal.invitation_id, ConsentWithdrawal.consent)
    )
    taken_back = {(invitation_id, consent): at for invitation_id, consent, at in db.session.execute(rows)}

    def holds(statement: Statement, consent: Consent) -> bool:
        withdrawn_at = taken_back.get((statement.invitation_id, consent))
        return withdrawn_at is None or statement.submitted_at is None or statement.submitted_at > withdrawn_at

    return {
        statement.id: Agreed(
            to_name=statement.consents_to_name and holds(statement, Consent.NAME),
            to_text=statement.consents_to_text and holds(statement, Consent.TEXT),
        )
        for statement in statements
    }
